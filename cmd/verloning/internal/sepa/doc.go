// Package sepa knows the messages of ISO 20022 that go between an organisation and
// its bank: credit transfers out (pain.001), and what the bank says of them
// (pain.002, camt.053).
//
// # Why
//
// A bank refuses a whole file for one wrong character, and says so hours later. So
// what is written keeps to the narrowest that banks agree on: the characters of the
// European Payments Council, no address where none is needed, control sums at both
// levels, one batch for each account and day. What is read is read by the names of
// elements alone, since banks differ in version and namespace, and every fault of a
// message is said at once, by its place and never by what stands there: it may be an
// account number or a name.
//
// Which payments there are and what becomes of them is not known here.
package sepa
