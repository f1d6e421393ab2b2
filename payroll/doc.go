// Package payroll turns hours into payslips, and payslips into money owed.
//
// # Why
//
// Everything in this package takes values and returns values: no SQL, no
// messages, no clock. What day it is, who asks and what is already known are
// handed in. So the same facts give the same cents on every machine and in any
// later year, and a payslip of years ago can be computed again from its
// cut-off.
//
// The nouns stand one to a file: Contract, Hours, Payslip, Run, Payment, Event.
// Desk says which step follows which and what is announced; Store is what the
// desk needs kept, written down by its consumer. Rates live in statute,
// roundings in euro, days in calendar, accounts in ledger. Municipal schemes
// live in package subsidy, which imports this one and never the reverse.
package payroll
