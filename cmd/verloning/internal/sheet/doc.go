// Package sheet knows CSV as people hand it in and want it back, and writes Excel.
//
// # Why
//
// A file from a spreadsheet says neither its encoding nor its separator nor
// how it writes decimals, and a wrong guess about a decimal pays somebody a
// hundredfold. What the bytes prove is found out here (encoding, separator);
// the decimal sign they do not prove, so the user declares it for the whole
// file. Everything wrong with a file is said at once, by line and column, and
// no message repeats a cell: it may hold a BSN, an IBAN or a name.
package sheet
