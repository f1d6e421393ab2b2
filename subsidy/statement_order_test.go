package subsidy_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
	"verloning/subsidy"
)

// arrivals are the trajectories of one agreement and what becomes known of them,
// drawn at random: fact by fact in any order, some of it untrue for a while, with
// statements in between.
type arrivals struct {
	*rapid.T
	book   *subsidy.Book
	file   subsidy.StatementFile // as it is in the end
	facts  []arrival             // in the order in which they arrive
	known  int                   // how many of them have arrived
	booked []subsidy.BookedDue
	seen   map[string]int
}

// arrival is one event of one trajectory.
type arrival struct {
	trajectory int
	event      subsidy.TrajectoryEvent
}

// TestStatementsCatchUp is promise 7 for fees and premiums: whatever was known
// when, what the statements booked in the end is what one statement would have
// booked that knew all of it, of each payment to the cent with its VAT and its
// sources, and nothing is booked or paid twice.
func TestStatementsCatchUp(t *testing.T) {
	book, err := subsidy.LoadBook()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]int{}
	want := []string{"fee", "premium", "settlement", "less", "not due any more", "other budget", "two sources", "VAT that costs", "paid by another", "due again"}
	for round := 0; round == 0 || round < rounds && !t.Failed() && len(unmet(seen, want)) > 0; round++ {
		for _, s := range book.All() {
			if len(trajectoryRules(s.Versions[0])) > 0 {
				t.Run(s.ID, func(t *testing.T) { rapid.Check(t, func(t *rapid.T) { catchUp(t, book, s, seen) }) })
			}
		}
	}
	if none := unmet(seen, want); len(none) > 0 {
		t.Errorf("no statement had %q: %v", none, seen)
	}
}

func catchUp(t *rapid.T, book *subsidy.Book, scheme subsidy.Scheme, seen map[string]int) {
	a := &arrivals{T: t, book: book, seen: seen}
	g := subsidy.ProviderAgreement{ID: payroll.DeriveID("A"), Number: "A-1", Municipality: municipality, Provider: payroll.DeriveID("P"), Scheme: scheme.ID}
	g.Span.From = scheme.Versions[0].From.Date
	if rapid.Bool().Draw(t, "payer?") {
		g.Payer = payroll.DeriveID("I")
	}
	a.file.Agreements = []subsidy.ProviderAgreement{g}
	last := g.Span.From
	for i := range rapid.IntRange(1, 3).Draw(t, "trajectories") {
		c := newCourse(t, scheme, map[string]int{})
		one := c.t
		one.ID, one.Number, one.IBAN = payroll.DeriveID(fmt.Sprint("T-", i)), fmt.Sprint("T-", i), ""
		if rapid.IntRange(0, 3).Draw(t, "account?") > 0 {
			one.IBAN = "NL44RABO0123456789"
		}
		if rapid.Bool().Draw(t, "the same person?") {
			one.Person = payroll.DeriveID("person")
		}
		for _, e := range one.Events {
			a.facts = append(a.facts, arrival{i, e})
		}
		if one.Events = nil; c.until.After(last) {
			last = c.until
		}
		a.file.Trajectories = append(a.file.Trajectories, one)
	}
	a.facts = rapid.Permutation(a.facts).Draw(t, "arrive")
	months := []calendar.Period{calendar.MonthOf(last)}
	for range rapid.IntRange(1, 5).Draw(t, "statements") {
		months = append(months, calendar.MonthOf(last.Add(-rapid.IntRange(0, 900).Draw(t, "before"))))
	}
	slices.SortFunc(months, func(a, b calendar.Period) int { return a.From.Cmp(b.From) })
	for i, month := range months {
		a.known = rapid.IntRange(a.known, len(a.facts)).Draw(t, "known")
		if final := i == len(months)-1; final {
			a.known = len(a.facts)
			a.end(month)
			continue
		}
		a.keep(a.statement(month, a.asKnown(true), a.booked))
	}
}

// asKnown is the file of what has arrived. What is no more than believed may still
// turn out to be otherwise.
func (a *arrivals) asKnown(doubtful bool) subsidy.StatementFile {
	file := a.file
	file.Trajectories = slices.Clone(a.file.Trajectories)
	for _, fact := range a.facts[:a.known] {
		e := fact.event
		if doubtful && rapid.IntRange(0, 3).Draw(a.T, "otherwise?") == 0 {
			e.State = rapid.SampledFrom([]subsidy.EventState{subsidy.Reported, subsidy.Confirmed, subsidy.Contested}).Draw(a.T, "state")
		}
		t := &file.Trajectories[fact.trajectory]
		e.Number = len(t.Events) + 1
		t.Events = append(slices.Clone(t.Events), e)
	}
	return file
}

func (a *arrivals) statement(month calendar.Period, file subsidy.StatementFile, booked []subsidy.BookedDue) subsidy.Statement {
	s := subsidy.Statement{Municipality: municipality, Period: month}
	file.Booked = booked
	if err := s.Compute(a.book, file); err != nil {
		a.Fatal(err)
	}
	for i, l := range s.Lines {
		if slices.ContainsFunc(s.Lines[:i], func(m subsidy.StatementLine) bool { return l.Same(m.BookedDue) }) {
			a.Fatalf("%s %s %s stands there twice", l.Subject, l.Rule, l.Key)
		}
		a.bears(l)
	}
	return s
}

// bears wants the sources to bear all of a line and nothing else.
func (a *arrivals) bears(l subsidy.StatementLine) {
	if sum := sourceSum(l.Sources); len(l.Sources) > 0 && !sum.Equal(l.Amount.Add(l.VATCost)) {
		a.Fatalf("sources %v bear %s of %s with %s of its VAT", l.Sources, sum, l.Amount, l.VATCost)
	}
	if (l.Kind == subsidy.Premium) != (l.IBAN != "") {
		a.Fatalf("a %s to account %q", l.Kind, l.IBAN.Reveal())
	}
	a.see(map[string]bool{
		string(l.Kind): true, "settlement": l.Trajectory == uuid.Nil, "less": l.Amount.Sign() < 0, "other budget": l.Amount.IsZero() && len(l.Sources) > 1,
		"two sources": len(l.Sources) > 1, "VAT that costs": !l.VATCost.IsZero(), "paid by another": l.Payer != municipality,
	})
}

func (a *arrivals) see(met map[string]bool) {
	for what, is := range met {
		if is {
			a.seen[what]++
		}
	}
}

// keep books a statement as the database does: summed by payment, of which the
// newest line says the rest.
func (a *arrivals) keep(s subsidy.Statement) {
	for _, l := range s.Lines {
		i := slices.IndexFunc(a.booked, func(b subsidy.BookedDue) bool { return b.Same(l.BookedDue) })
		if i < 0 {
			a.booked = append(a.booked, l.BookedDue)
			continue
		}
		before := a.booked[i].Amount
		a.booked[i] = a.booked[i].Plus(l.BookedDue)
		a.see(map[string]bool{"not due any more": a.booked[i].Amount.IsZero(), "due again": before.IsZero() && a.booked[i].Amount.Sign() > 0})
	}
}

// end makes the last statement, and holds what all of them booked against one
// that knew everything from the start.
func (a *arrivals) end(month calendar.Period) {
	a.keep(a.statement(month, a.asKnown(false), a.booked))
	if again := a.statement(month, a.asKnown(false), a.booked); len(again.Lines) > 0 {
		a.Fatalf("the same once more gives %+v", again.Lines)
	}
	a.facts = rapid.Permutation(a.facts).Draw(a.T, "recorded otherwise")
	atOnce := a.statement(month, a.asKnown(false), nil)
	for _, l := range atOnce.Lines {
		i := slices.IndexFunc(a.booked, func(b subsidy.BookedDue) bool { return b.Same(l.BookedDue) })
		if i < 0 {
			a.Fatalf("%s %s %s was never booked", l.Subject, l.Rule, l.Key)
		}
		if got, want := bookedSaid(a.booked[i]), bookedSaid(l.BookedDue); got != want {
			a.Fatalf("%s %s: %s was booked in all, and %s at once", l.Subject, l.Rule, got, want)
		}
		if vat := l.Amount.Times(l.VATRate.Percent()).Cents(); !vat.Equal(l.VAT) {
			a.Fatalf("VAT of %s at %s is %s, not %s", l.Amount, l.VATRate, vat, l.VAT)
		}
		a.booked = slices.Delete(a.booked, i, i+1)
	}
	for _, b := range a.booked {
		if !b.Amount.IsZero() || !b.VAT.IsZero() || !b.VATCost.IsZero() || len(b.Sources) > 0 {
			a.Fatalf("%s is left of %s %s, which is not due", bookedSaid(b), b.Subject, b.Rule)
		}
	}
}

// bookedSaid is all that must not depend on when what was known. The day may: one
// that moves within its year moves no money.
func bookedSaid(b subsidy.BookedDue) string {
	var sources []string
	for _, s := range b.Sources {
		sources = append(sources, fmt.Sprint(s.Source, " ", s.Year, " ", s.Amount))
	}
	slices.Sort(sources)
	return fmt.Sprint(b.Key, ": ", b.Amount, " + ", b.VAT, " (", b.VATCost, ") by ", b.Payer, " to ", b.Payee, " from ", sources)
}

func sourceSum(list []subsidy.SourceAmount) euro.Amount {
	sum := euro.Zero
	for _, s := range list {
		sum = sum.Add(s.Amount)
	}
	return sum
}
