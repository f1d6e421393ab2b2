// Package pdf draws documents: a letterhead, facts, tables and notes on A4.
//
// # Why
//
// It is handed texts and knows nothing of payroll: which words a payslip has, and
// how an amount is written in a language, is decided by who calls it. So every
// document is laid out by one set of rules: a text wraps in its column, shrinks
// within bounds where one word is too wide, and breaks as the last resort; a table
// that does not fit goes on on the next page under the same head; each page says
// which it is and of how many.
//
// Layout comes before drawing. The layout is a list of texts and rules with their
// places on each page, which tests measure against the margins, and only when all
// pages are known is anything drawn: that is how a page knows how many there are.
//
// Equal documents give equal bytes, so that a document can be made again from what
// is kept, today or in seven years, and compared by its hash: the dates inside are
// the document's own day, resources are sorted, and there are no random ids.
//
// The typeface is Liberation Sans (SIL Open Font License 1.1, which allows it to
// be embedded): it has Latin with all its extensions, Greek and Cyrillic, so names
// such as Şahin, Łukasiewicz and Őze are written as they are. What it lacks is
// drawn as a mark that nobody overlooks, and never left out.
package pdf
