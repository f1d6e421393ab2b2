package embedded

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// The major versions of PostgreSQL that the service is made for.
const (
	oldestMajor = 14
	newestMajor = 18
)

// versionLine matches what `postgres --version` says, for instance "postgres (PostgreSQL) 15.14 (Debian 15.14-0)".
var versionLine = regexp.MustCompile(`\(PostgreSQL\) (\d+)`)

// binaries is one PostgreSQL installation on this machine.
type binaries struct {
	dir   string
	major int
}

func (b binaries) postgres() string { return filepath.Join(b.dir, "postgres") }
func (b binaries) initdb() string   { return filepath.Join(b.dir, "initdb") }

// findBinaries lists the installations that the account can run, newest first. Nil dirs means the usual places.
func findBinaries(ctx context.Context, dirs []string, as account) ([]binaries, error) {
	if dirs == nil {
		dirs = usualDirs()
	}
	var found []binaries
	var unfit []string
	for _, dir := range dirs {
		candidate := binaries{dir: dir}
		if !executable(candidate.postgres()) || !executable(candidate.initdb()) {
			continue
		}
		major, err := candidate.version(ctx, as)
		if ctx.Err() != nil {
			// What was cut short says nothing of an installation.
			return nil, fmt.Errorf("look for a PostgreSQL server in %s: %w", dir, context.Cause(ctx))
		}
		switch {
		case err != nil:
			unfit = append(unfit, fmt.Sprintf("%s: %v", dir, err))
		case major < oldestMajor || major > newestMajor:
			unfit = append(unfit, fmt.Sprintf("%s has version %d", dir, major))
		default:
			candidate.major = major
			found = append(found, candidate)
		}
	}
	if len(found) == 0 {
		return nil, noBinaries(unfit)
	}
	slices.SortStableFunc(found, func(a, b binaries) int { return cmp.Compare(b.major, a.major) })
	return found, nil
}

// noBinaries says what to install. The versions that were found but do not serve save the reader a search.
func noBinaries(unfit []string) error {
	found := ""
	if len(unfit) > 0 {
		found = " (found, but of no use: " + strings.Join(unfit, "; ") + ")"
	}
	return fmt.Errorf("no PostgreSQL server %d–%d on this machine%s: install one, for instance with "+
		"`apt-get install postgresql-15`, or set DATABASE_URL to a server that you have", oldestMajor, newestMajor, found)
}

// version asks the program itself, as the account, which proves as well that the account may run it.
func (b binaries) version(ctx context.Context, as account) (int, error) {
	said, err := as.run(ctx, "/", nil, b.postgres(), "--version")
	if err != nil {
		return 0, fmt.Errorf("user %s cannot run it: %w", as.name, err)
	}
	match := versionLine.FindStringSubmatch(said)
	if match == nil {
		return 0, fmt.Errorf("cannot read its version from %q", strings.TrimSpace(said))
	}
	return strconv.Atoi(match[1])
}

// usualDirs is PATH, and the place where Debian keeps the programs that it leaves out of PATH.
func usualDirs() []string {
	debian, _ := filepath.Glob("/usr/lib/postgresql/*/bin") // The pattern is a good one, and only a bad one fails.
	var dirs []string
	for _, dir := range append(filepath.SplitList(os.Getenv("PATH")), debian...) {
		if filepath.IsAbs(dir) && !slices.Contains(dirs, dir) {
			dirs = append(dirs, dir)
		}
	}
	return dirs
}

// executable reports whether path is a file that somebody may run.
func executable(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular() && info.Mode().Perm()&0o111 != 0
}

// choose picks the newest installation, or the one whose major version made the existing cluster: a cluster is bound
// to its major version.
func choose(found []binaries, home string, major int) (binaries, error) {
	if major == 0 {
		return found[0], nil
	}
	var have []string
	for _, candidate := range found {
		if candidate.major == major {
			return candidate, nil
		}
		have = append(have, strconv.Itoa(candidate.major))
	}
	return binaries{}, fmt.Errorf("the cluster in %s was made by PostgreSQL %d, and this machine has only %s: install "+
		"version %d (`apt-get install postgresql-%d`), or bring the cluster over with pg_upgrade",
		home, major, strings.Join(have, ", "), major, major)
}
