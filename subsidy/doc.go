// Package subsidy computes what municipalities owe for the people that payroll
// pays, from schemes that are data.
//
// # Why
//
// A new municipal scheme must be one new file and no program text. So a scheme
// is a YAML file in schemes/ with its source and a mark beside every value,
// and this package knows only forms of amounts: a fixed amount, a percentage,
// the gap that a productivity leaves, a price in parts, a price by how soon somebody
// is at work, a price an hour, a cost price, a bonus or malus by what was realised,
// and the statutory loonkostensubsidie. What the law says of the latter
// stands in loonkostensubsidie.go, its figures in payroll/statute. What a file may
// say stands in grammar.go and grammar_trajectory.go, and how it reads in words in ordinance.go.
//
// No claim on a municipality without a decision: Decision comes first, Claim
// follows it and never exceeds the wage cost over the decision's period. A hire
// price rests on a placement instead. The desk closes the month: payroll's step
// first, then the claims on it; month.go has one contract's part of that.
//
// What does not hang on a contract hangs on a Trajectory: fees to providers and
// premiums to participants. due.go computes all that ever fell due for one, each
// payment under a key of its own, and a Statement books the difference with what
// was booked before: so a fact may come late, be contested or be taken back, and
// nothing is paid twice or forgotten.
package subsidy
