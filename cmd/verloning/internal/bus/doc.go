// Package bus knows NATS: subjects, accounts, streams, the endpoints of the
// interface and the relay that empties the outbox.
//
// # Why
//
// PostgreSQL is the truth and NATS is how others reach it. Every handler here
// may run twice and change nothing the second time, and every acknowledgement
// follows a commit; so a message may be lost after it was acknowledged to us
// and a process may be killed anywhere, and still nothing is paid twice.
//
// Who asks is what the server enforced: the organisation is a token of the
// subject that only its own account can fill in, and the user is the key that
// the server writes into each request. Neither is ever read from a payload.
package bus
