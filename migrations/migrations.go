// Package migrations holds the schema as forward-only steps.
//
// # Why
//
// The schema is the second half of every assertion that the program makes:
// CHECK, EXCLUDE and foreign keys say what the domain says, and triggers keep
// what is posted from UPDATE and DELETE, whoever holds the connection. A step
// that has landed is never edited; there is no way back, since a payroll that
// was paid is not undone by dropping a table.
package migrations

import "embed"

// Files are the steps, in the order of their numbers.
//
//go:embed *.sql
var Files embed.FS
