package subsidy_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/uuid"

	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
	"verloning/subsidy"
)

// What trajectories hold of a budget, and why money is left, by hand: no cure less
// pay is 4,000 in 2,000 at the plan, 1,000 placed and 1,000 after six months; the
// participatieproject is 150 each six months of which W bears half; Helmond's
// products are 400, 600, 1,200 and 300, and its tempobonus 750 at most.
func TestExpectTrajectories(t *testing.T) {
	for _, c := range []struct{ what, scheme, events, closed, booked, want string }{
		{"nothing has happened", "eindhoven-no-cure-less-pay", "referred 2007-01-01", "", "", "2007 W 4000.00 0.00 0.00"},
		{"the plan is booked", "eindhoven-no-cure-less-pay", "started 2007-01-01; plan 2007-02-01", "2007-02-28", "trajectory plan 2000.00", "2007 W 2000.00 0.00 0.00"},
		{"placed late in the year, the last part falls in the next", "eindhoven-no-cure-less-pay", "started 2007-01-01; plan 2007-02-01; placed 2007-09-01", "2007-09-30",
			"trajectory plan 2000.00; trajectory placed 1000.00", "2008 W 1000.00 0.00 0.00"},
		{"left without a cure", "eindhoven-no-cure-less-pay", "started 2007-01-01; plan 2007-02-01; exited 2007-05-31 other", "2007-05-31", "trajectory plan 2000.00", "2007 W 0.00 0.00 2000.00"},
		{"left with work that lasts: the last part is still held", "eindhoven-no-cure-less-pay", "started 2007-01-01; plan 2007-02-01; placed 2007-04-01; exited 2007-05-31 work", "2007-05-31",
			"trajectory plan 2000.00; trajectory placed 1000.00", "2007 W 1000.00 0.00 0.00"},
		{"never began, and the period is over", "eindhoven-no-cure-less-pay", "referred 2005-01-01", "2007-05-31", "", "2005 W 0.00 0.00 4000.00"},
		{"a product that was ordered", "helmond-actief", "started 2007-01-01; ordered 2007-01-01 intake", "", "", "2007 W 1150.00 0.00 0.00"},
		{"a product that was ordered and never came", "helmond-actief", "started 2007-01-01; ordered 2007-01-01 module; exited 2007-03-01 dropout", "2007-03-31", "", "2007 W 0.00 1200.00 750.00"},
		{"two premiums in the year, of two sources", "tilburg-participatieproject", "started 2007-01-01", "2007-06-30", "premium six_months/1 150.00", "2007 I 75.00 0.00 0.00; 2007 W 75.00 0.00 0.00"},
	} {
		one := trajectoryOf(t, c.scheme, c.events)
		file := subsidy.StatementFile{Trajectories: []subsidy.Trajectory{one}}
		if c.closed != "" {
			file.Closed = calendar.MustParse(c.closed)
		}
		for _, clause := range strings.FieldsFunc(c.booked, func(r rune) bool { return r == ';' }) {
			f := strings.Fields(clause)
			file.Booked = append(file.Booked, subsidy.BookedDue{Trajectory: one.ID, Rule: f[0], Key: f[1], Amount: euro.MustParse(f[2])})
		}
		book, err := subsidy.LoadBook()
		if err != nil {
			t.Fatal(err)
		}
		list, err := subsidy.ExpectTrajectories(book, file)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		left := subsidy.UnderuseWithTrajectories(nil, list)
		for i, e := range list {
			got = append(got, fmt.Sprintf("%d %s %s %s %s", e.Year, e.Source, e.Reserved, e.NeverUsed, e.NotEarned))
			if u := left[i]; !u.Causes().Equal(u.Free) || !u.Free.Equal(u.Left.Sub(u.Claimed).Sub(u.Reserved)) {
				t.Errorf("%s: causes %s, free %s", c.what, u.Causes(), u.Free)
			}
		}
		if s := strings.Join(got, "; "); s != c.want {
			t.Errorf("%s: %s, want %s", c.what, s, c.want)
		}
	}
}

// Where the municipality guides somebody itself no provider is paid, so that nothing
// is held for one; a premium is.
func TestExpectWithoutProvider(t *testing.T) {
	book, err := subsidy.LoadBook()
	if err != nil {
		t.Fatal(err)
	}
	for scheme, want := range map[string]string{"eindhoven-no-cure-less-pay": "[]", "generiek-premie": "300.00"} {
		for _, provider := range []uuid.UUID{uuid.Nil, municipality} {
			for _, events := range []string{"started 2007-01-01", "started 2007-01-01; exited 2007-01-31 other"} {
				one := trajectoryOf(t, scheme, events)
				one.Provider = provider
				list, err := subsidy.ExpectTrajectories(book, subsidy.StatementFile{Trajectories: []subsidy.Trajectory{one}})
				if err != nil {
					t.Fatal(err)
				}
				got := fmt.Sprint(list)
				if len(list) == 1 {
					got = list[0].Reserved.Add(list[0].NeverUsed).Add(list[0].NotEarned).String()
				}
				if got != want {
					t.Errorf("%s, %s, by %s: %s, want %s", scheme, events, provider, got, want)
				}
			}
		}
	}
}

// What a person gets in a year is not held twice: of three premiums in 2007 the third
// cannot come, whichever trajectory it is of.
func TestExpectPremiumsOfOnePerson(t *testing.T) {
	book, err := subsidy.LoadBook()
	if err != nil {
		t.Fatal(err)
	}
	first, second := trajectoryOf(t, "generiek-premie", "started 2007-01-01"), trajectoryOf(t, "generiek-premie", "started 2007-04-01")
	second.ID, second.Number = payroll.DeriveID("T-2"), "T-2"
	for person, want := range map[string]string{"": "450.00", "one": "300.00"} {
		if person != "" {
			first.Person, second.Person = payroll.DeriveID(person), payroll.DeriveID(person)
		} else {
			first.Person, second.Person = uuid.Nil, uuid.Nil
		}
		list, err := subsidy.ExpectTrajectories(book, subsidy.StatementFile{Trajectories: []subsidy.Trajectory{first, second}})
		if err != nil || len(list) != 1 || list[0].Reserved.String() != want {
			t.Errorf("of person %q: %v, %v, want %s", person, list, err, want)
		}
	}
}
