// Package statute holds the figures of Dutch national law that wages and
// subsidies are computed with, each with its whole history.
//
// # Why
//
// A correction over 2007 needs the minimum wage of 2007, and a payslip has to
// say where its figures come from. So a figure here is never a bare number: it
// carries the day it holds since, the article, the page it was read on, how
// sure we are of it and the day somebody last looked. Figures live in the
// program and not in a table of the database, since a change of law is a change
// of code that is reviewed, tested against the published tables in testdata and
// recognised afterwards by its Hash.
//
// One file has one subject with all its years. When only an amount changes, a
// row is added. When the rule changes, a function with its start day in the
// name is added and the old one stays for corrections.
//
// Nothing here stops a payroll: a day beyond the last check still gets the last
// known figure, and Figure.Doubt says what a person has to accept by name. What
// the law does not have at all - a month wage after 2023, a subsidy before 2015,
// a minimum under fifteen - is ErrNoFigure. Wage tax and premiums are stricter:
// their rates are new each year, so a year or an age without good ones is
// ErrNoFigure too, with the reason, and no other year's rates are ever used.
//
// Every table is built once when the program starts and never written again, so
// any number of goroutines may read at the same time.
package statute
