#!/bin/sh
# Finds the programs of a PostgreSQL server 14-18 where the service itself looks for them: on PATH and in
# /usr/lib/postgresql/*/bin. Where there are none, installs them with apt-get, as root or with sudo, without making
# the cluster that Debian's packages make by default: we start our own, and nothing of the machine's listens anywhere.
# Where that cannot be, says in one line what to install.
set -eu

oldest=14
newest=18
# The first is what we test with; the others from new to old.
wanted='15 18 17 16 14'
conf=/etc/postgresql-common/createcluster.conf

# found says whether there is a server that serves.
found() {
	old_ifs=$IFS
	IFS=:
	set -f
	# shellcheck disable=SC2086 # PATH is to be split.
	set -- $PATH
	set +f
	IFS=$old_ifs
	for dir in "$@" /usr/lib/postgresql/*/bin; do
		case $dir in /*) ;; *) continue ;; esac
		[ -f "$dir/postgres" ] && [ -x "$dir/postgres" ] && [ -f "$dir/initdb" ] && [ -x "$dir/initdb" ] || continue
		major=$("$dir/postgres" --version 2>/dev/null | sed -n 's/.*(PostgreSQL) \([0-9]*\).*/\1/p')
		[ "${major:-0}" -ge $oldest ] && [ "${major:-0}" -le $newest ] && return 0
	done
	return 1
}

give_up() {
	echo "PostgreSQL $oldest-$newest is missing${1:+ ($1)}: install its server, for instance with \`apt-get install postgresql-15\` as root, and run make again" >&2
	exit 1
}

restore() {
	if [ -e "$conf.before-verloning" ]; then mv -f "$conf.before-verloning" "$conf"; fi
}

install() {
	apt-get $quiet update || echo 'apt-get update failed; trying with the lists that are there' >&2
	package=
	for major in $wanted; do
		if apt-cache show "postgresql-$major" >/dev/null 2>&1; then
			package=postgresql-$major
			break
		fi
	done
	[ -n "$package" ] || give_up 'and this system has no package of it'

	echo "installing $package" >&2
	# Its configuration file comes first, so that ours is a change to it and no file in its way.
	apt-get $quiet -y --no-install-recommends install postgresql-common || give_up 'and apt-get install postgresql-common failed'
	[ -f "$conf" ] || give_up "and $conf, where its cluster can be declined, does not exist"
	trap restore EXIT
	trap 'exit 1' HUP INT TERM
	[ -e "$conf.before-verloning" ] || cp -p "$conf" "$conf.before-verloning"
	echo 'create_main_cluster = false' >>"$conf"
	apt-get $quiet -y --no-install-recommends install "$package" || give_up "and apt-get install $package failed"
}

found && exit 0

command -v apt-get >/dev/null 2>&1 || give_up 'and there is no apt-get here'
if [ "$(id -u)" != 0 ]; then
	command -v sudo >/dev/null 2>&1 || give_up 'and only root can install it'
	# Ask for a password only where somebody can answer.
	if ! sudo -n true 2>/dev/null && ! [ -t 0 ]; then give_up 'and sudo wants a password'; fi
	echo 'PostgreSQL is missing: installing it with sudo' >&2
	sudo sh "$0" || exit 1
	found || give_up 'also after the installation'
	exit 0
fi

PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin # Some ways of becoming root leave these out, and dpkg wants them.
export PATH DEBIAN_FRONTEND=noninteractive NEEDRESTART_MODE=l
quiet='-qq -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=300'
install </dev/null >&2
found || give_up 'also after the installation'
