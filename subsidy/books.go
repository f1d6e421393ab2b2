package subsidy

import (
	"context"

	"github.com/google/uuid"

	"verloning/payroll"
	"verloning/payroll/calendar"
)

// Books gives out the book of a moment: what is known of schemes at a cut-off, or
// now. It satisfies payroll's Rulebook.
type Books struct {
	program *Book
}

// NewBooks starts from the schemes that come with the program.
func NewBooks(program *Book) *Books { return &Books{program: program} }

// Program is the book of what came with the program.
func (b *Books) Program() *Book { return b.program }

// Now is the book of what is known in this transaction; commands go by it.
func (b *Books) Now(context.Context, payroll.Tx) (*Book, error) { return b.program, nil }

// At is the book of what was known at a cut-off; a calculation and whatever
// repeats it go by that one.
func (b *Books) At(context.Context, payroll.Tx, int64) (*Book, error) { return b.program, nil }

// SetAt is the hash of the rules at a cut-off.
func (b *Books) SetAt(ctx context.Context, tx payroll.Tx, cutoff int64) (string, error) {
	book, err := b.At(ctx, tx, cutoff)
	if err != nil {
		return "", err
	}
	return book.RuleSet(), nil
}

// Scheme is what a scheme asks of a contract, as known now.
func (b *Books) Scheme(ctx context.Context, tx payroll.Tx, id string, municipality uuid.UUID, on calendar.Date) (payroll.SchemeRules, bool, error) {
	book, err := b.Now(ctx, tx)
	if err != nil {
		return payroll.SchemeRules{}, false, err
	}
	rules, known := book.Rules(id, municipality, on)
	return rules, known, nil
}

// schemeOf finds the scheme of a contract as known now.
func (d *Desk) schemeOf(ctx context.Context, tx Tx, c payroll.Contract) (Scheme, bool, error) {
	book, err := d.Books.Now(ctx, tx)
	if err != nil {
		return Scheme{}, false, err
	}
	scheme, known := book.Of(c)
	return scheme, known, nil
}
