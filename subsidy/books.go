package subsidy

import (
	"context"
	"crypto/sha256"
	"fmt"
	"sync"

	"github.com/google/uuid"

	"verloning/payroll"
	"verloning/payroll/calendar"
)

// Books gives out the book of a moment: what is known of schemes at a cut-off, or
// now. It satisfies payroll's Rulebook. Books and parsed files are kept by the
// hash of what they are made of, so that a transaction that came to nothing
// leaves nothing wrong behind.
type Books struct {
	program *Book

	lock   sync.Mutex
	made   map[string]*Book  // by the hash of the rules
	parsed map[string]Scheme // by the hash of the file
}

// maxBooks is how many books a process keeps; when there are more it begins anew.
const maxBooks = 64

// NewBooks starts from the schemes that come with the program.
func NewBooks(program *Book) *Books {
	return &Books{program: program, made: map[string]*Book{}, parsed: map[string]Scheme{}}
}

// Program is the book of what came with the program.
func (b *Books) Program() *Book { return b.program }

// Now is the book of what is known in this transaction; commands go by it.
func (b *Books) Now(ctx context.Context, tx payroll.Tx) (*Book, error) {
	return b.At(ctx, tx, payroll.KnownNow)
}

// At is the book of what was known at a cut-off; a calculation and whatever
// repeats it go by that one.
func (b *Books) At(ctx context.Context, tx payroll.Tx, cutoff int64) (*Book, error) {
	files, err := tx.SchemesAt(ctx, cutoff)
	if err != nil || len(files) == 0 {
		return b.program, err
	}
	hash := b.program.hashWith(files)
	if book, known := b.find(hash); known {
		return book, nil
	}
	book := &Book{schemes: b.program.schemes, own: map[owned]Scheme{}, hash: hash}
	for _, f := range files {
		said, err := b.read(ctx, tx, f)
		if err != nil {
			return nil, err
		}
		book.amend(f, said)
	}
	b.lock.Lock()
	defer b.lock.Unlock()
	if len(b.made) >= maxBooks {
		clear(b.made)
		clear(b.parsed)
	}
	b.made[hash] = book
	return book, nil
}

func (b *Books) find(hash string) (*Book, bool) {
	b.lock.Lock()
	defer b.lock.Unlock()
	book, known := b.made[hash]
	return book, known
}

// read parses a file that was added. One that this program does not understand,
// which another version of it accepted, has no versions: nothing is claimed under
// it, and the run says so.
func (b *Books) read(ctx context.Context, tx payroll.Tx, f payroll.SchemeFile) (Scheme, error) {
	b.lock.Lock()
	said, known := b.parsed[f.Hash]
	b.lock.Unlock()
	if known {
		return said, nil
	}
	text, err := tx.SchemeText(ctx, f)
	if err != nil {
		return Scheme{}, err
	}
	said, faults := ParseScheme([]byte(text))
	if len(faults) > 0 {
		said = Scheme{ID: f.Scheme}
	}
	b.lock.Lock()
	defer b.lock.Unlock()
	b.parsed[f.Hash] = said
	return said, nil
}

// hashWith is the hash of the rules of a book with the files that municipalities
// added to it.
func (b *Book) hashWith(files []payroll.SchemeFile) string {
	sum := sha256.New()
	_, _ = fmt.Fprintf(sum, "program:%s\n", b.hash)
	for _, f := range files {
		_, _ = fmt.Fprintf(sum, "%s/%s/%d from %s:%s\n", f.Municipality, f.Scheme, f.Version, f.From, f.Hash)
	}
	return payroll.HashText(sum.Sum(nil))
}

// amend lets what a file says hold from its day on, for contracts that name its
// municipality. Before that day holds what held before: an earlier file of the
// municipality, or else the program's scheme of that id.
func (b *Book) amend(f payroll.SchemeFile, said Scheme) {
	before, _ := b.Scheme(f.Scheme, f.Municipality)
	b.own[owned{f.Municipality, f.Scheme}] = said.after(before, f.From)
}

// after is a scheme whose terms from a day on are its own and before that day
// those of another. The version that holds on the day begins on it; the days
// before it that the file also speaks of are passed over.
func (s Scheme) after(before Scheme, from calendar.Date) Scheme {
	var versions []Version
	for _, v := range before.Versions {
		if !v.From.Before(from) {
			continue
		}
		if last := from.Add(-1); v.To.IsZero() || v.To.After(last) {
			v.To = Day{last}
		}
		versions = append(versions, v)
	}
	if v, known := s.On(from); known {
		v.From = Day{from}
		versions = append(versions, v)
	}
	for _, v := range s.Versions {
		if v.From.After(from) {
			versions = append(versions, v)
		}
	}
	s.Versions = versions
	return s
}

// OfProgram names the schemes that come with the program, in order.
func (b *Books) OfProgram() []string {
	var names []string
	for _, s := range b.program.All() {
		names = append(names, s.ID)
	}
	return names
}

// SetAt is the hash of the rules at a cut-off.
func (b *Books) SetAt(ctx context.Context, tx payroll.Tx, cutoff int64) (string, error) {
	files, err := tx.SchemesAt(ctx, cutoff)
	if err != nil || len(files) == 0 {
		return b.program.hash, err
	}
	return b.program.hashWith(files), nil
}

// Figures is the hash of the national figures and of the schemes that come with the
// program.
func (b *Books) Figures() string { return b.program.figures }

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
	return d.schemeNamed(ctx, tx, c.Municipality, c.Scheme)
}
