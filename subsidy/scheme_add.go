package subsidy

import (
	"context"
	"crypto/sha256"
	"fmt"

	"verloning/payroll"
	"verloning/payroll/calendar"
)

// SchemeAdd adds a scheme of the caller, a municipality, or amends one, also one
// that came with the program. What the file says holds from a day on, for
// contracts that name the municipality; of a file with several versions those
// count that hold on that day and after it.
type SchemeAdd struct {
	payroll.Command
	Text string `json:"text" validate:"required,max=262144"` // the file, as it is
	From string `json:"from" validate:"required"`
}

// SchemeAdded is the reply.
type SchemeAdded struct {
	Scheme   string        `json:"scheme"`
	Version  int           `json:"version"` // of this municipality's files of the scheme
	From     calendar.Date `json:"from"`
	Hash     string        `json:"hash"`
	Again    bool          `json:"again,omitempty"`         // the same file from the same day was the newest already
	Amends   bool          `json:"amends,omitempty"`        // the scheme was known to this municipality before
	Approved calendar.Date `json:"approved_until,omitzero"` // a month under the scheme is approved until this day and stays as it is
}

// AddScheme keeps a scheme file as a fact. A file with faults is refused with each
// of them and its line, and nothing of it is kept.
func (d *Desk) AddScheme(ctx context.Context, tx Tx, a payroll.Actor, req SchemeAdd) (SchemeAdded, error) {
	door := payroll.NewDoor(req)
	onlyMunicipality(door, a)
	from := door.Date("from", req.From)
	var scheme Scheme
	if req.Text != "" {
		scheme = acceptScheme(door, req.Text, from)
	}
	if err := door.Err(); err != nil {
		return SchemeAdded{}, err
	}
	if err := tx.HoldSchemes(ctx, a); err != nil {
		return SchemeAdded{}, err
	}
	book, err := d.Books.Now(ctx, tx)
	if err != nil {
		return SchemeAdded{}, err
	}
	f := payroll.SchemeFile{Municipality: a.Organisation.ID, Scheme: scheme.ID, Version: 1, From: from, Hash: hashOf([]byte(req.Text))}
	last, err := lastFile(ctx, tx, f)
	if err != nil {
		return SchemeAdded{}, err
	}
	_, amends := book.Scheme(f.Scheme, f.Municipality)
	reply := SchemeAdded{Scheme: f.Scheme, Version: last.Version + 1, From: from, Hash: f.Hash, Amends: amends}
	if reply.Approved, err = tx.ApprovedUnder(ctx, f); err != nil {
		return SchemeAdded{}, err
	}
	if last.Hash == f.Hash && last.From == from {
		reply.Version, reply.Again = last.Version, true
		return reply, nil
	}
	f.Version = reply.Version
	if err := tx.AddScheme(ctx, a, f, req.Text); err != nil {
		return SchemeAdded{}, err
	}
	return reply, tx.Publish(ctx, []payroll.Event{schemeAdded(f)})
}

func hashOf(text []byte) string {
	sum := sha256.Sum256(text)
	return payroll.HashText(sum[:])
}

// acceptScheme reads the file; each of its faults is a problem with its line. A
// file that says nothing of the day is refused: nobody could tell what holds then.
func acceptScheme(door *payroll.Door, text string, from calendar.Date) Scheme {
	scheme, faults := ParseScheme([]byte(text))
	for _, f := range faults {
		door.Problems = append(door.Problems, f.problem("text"))
	}
	if len(faults) > 0 || from.IsZero() {
		return scheme
	}
	if _, dated := scheme.On(from); !dated {
		door.Refuse(payroll.Reason("scheme/not_on_day", "from",
			fmt.Sprintf("Van %s zegt het bestand niets: de eerste versie geldt vanaf %s.", from, scheme.Versions[0].From),
			fmt.Sprintf("The file says nothing of %s: its first version holds from %s.", from, scheme.Versions[0].From)))
	}
	return scheme
}

// problem is a fault as a reason to refuse the file.
func (f Fault) problem(field string) payroll.Problem {
	line := f.Line
	f.Line = 0 // it is told beside the text
	return payroll.Problem{Type: "scheme/fault", Field: field, Line: line, Detail: payroll.Text{NL: f.In("nl"), EN: f.In("en")}}
}

// lastFile is the newest file of a scheme that its municipality added, which is
// none where it has no version.
func lastFile(ctx context.Context, tx Tx, f payroll.SchemeFile) (last payroll.SchemeFile, err error) {
	files, err := tx.SchemesAt(ctx, payroll.KnownNow)
	for _, one := range files {
		if one.Municipality == f.Municipality && one.Scheme == f.Scheme {
			last = one
		}
	}
	return last, err
}

// schemeAdded announces a file without its text; who wants that asks for it.
func schemeAdded(f payroll.SchemeFile) payroll.Event {
	return payroll.Event{
		Owner: f.Municipality, Noun: "scheme", Aggregate: payroll.DeriveID(fmt.Sprintf("scheme/%s/%s", f.Municipality, f.Scheme)), Version: f.Version, Verb: "added",
		Data: payroll.EventData(struct {
			Scheme  string        `json:"scheme"`
			Version int           `json:"version"`
			From    calendar.Date `json:"from"`
			Hash    string        `json:"hash"`
		}{f.Scheme, f.Version, f.From, f.Hash}),
	}
}
