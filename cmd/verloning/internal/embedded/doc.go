// Package embedded starts what the service needs when nobody has configured it: a private PostgreSQL cluster from the
// machine's own binaries, and a NATS server inside our own process, both under one data directory.
//
// # Why
//
// One command must be enough to try or to run verloning on one machine, and it must be as safe there as on a
// large installation. So the database syncs to disk and keeps checksums, the stream store syncs every message, nobody
// but this user and root can connect to the database, and every NATS connection needs a JWT.
//
// What is hard about it is dying well. We may be killed at any instant and started again in the next one. Three
// kernel facts carry that, and no timer does:
//
//   - A lock taken with flock disappears with its last holder. The postgres.lock is held by us alone, so whoever
//     cannot have it meets a live owner. The cluster.lock is inherited by the server and by each of its processes, so
//     whoever has it knows that no process of an earlier server is left, even if we were killed and it is still
//     writing its last checkpoint.
//   - The kernel sends the server SIGINT, its fast shutdown, when the thread that started it dies. A goroutine
//     therefore keeps that thread for as long as the server lives.
//   - A rename is atomic. A cluster is made under the name data.unfinished and renamed to data when it is complete,
//     so that a directory named data is always a whole cluster.
//
// PostgreSQL refuses to run as root. Started as root, we run it as another user, and that user must be able to enter
// the directories above its cluster. Where it cannot (under /root, or in a 0700 directory), the cluster is kept
// elsewhere and the data directory holds a pointer to it.
//
// The package is for Linux: it needs the parent-death signal and /proc.
package embedded
