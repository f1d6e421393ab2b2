// Package postgres knows SQL: it keeps what the desks decide.
//
// # Why
//
// PostgreSQL is the truth. Every command runs in one transaction here, with its
// reply, its events and its idempotency key, so that it happened whole or not
// at all; every statement stands in the method that scans it. What must never
// be wrong is said a second time by the schema (package migrations).
package postgres
