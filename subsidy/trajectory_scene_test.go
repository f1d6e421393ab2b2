package subsidy_test

import (
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
	"verloning/subsidy"
)

// trajectoryOf reads "started 2007-01-01; reported placed 2007-03-01 ..2007-08-31 32/40 profit;
// exited 2007-03-01 work": a kind and a day, before it the state unless the event is
// confirmed, and behind it the job, the product or the reason. The referral is the
// first of the days unless "referred 2007-01-01" says another.
func trajectoryOf(t rapid.TB, scheme, text string) subsidy.Trajectory {
	t.Helper()
	one := subsidy.Trajectory{ID: payroll.DeriveID("T-1"), Number: "T-1", Municipality: municipality, Provider: payroll.DeriveID("P"), Scheme: scheme, Benefit: subsidy.WWB}
	for _, clause := range strings.Split(text, "; ") {
		f := strings.Fields(clause)
		e := subsidy.TrajectoryEvent{State: subsidy.Confirmed}
		if len(f) > 2 && slices.Contains([]string{"reported", "contested", "upheld", "rejected"}, f[0]) {
			e.State, f = subsidy.EventState(f[0]), f[1:]
		}
		if len(f) < 2 {
			t.Fatalf("event %q", clause)
		}
		e.Kind, e.Day = subsidy.TrajectoryKind(f[0]), calendar.MustParse(f[1])
		if one.Referred.IsZero() {
			one.Referred = e.Day
		}
		if f[0] == "referred" {
			continue
		}
		switch rest := f[2:]; e.Kind {
		case subsidy.Placed:
			e.Job = jobOf(t, rest)
		case subsidy.Ordered, subsidy.Delivered:
			e.Product = rest[0]
		case subsidy.Exited:
			e.Reason = rest[0]
		default:
			if !slices.Contains(subsidy.TrajectoryKinds, e.Kind) || len(rest) > 0 {
				t.Fatalf("event %q", clause)
			}
		}
		e.Number = len(one.Events) + 1
		one.Events = append(one.Events, e)
	}
	return one
}

// jobOf reads "..2007-08-31 32/40 profit"; without anything it is a full job for as
// long as it lasts.
func jobOf(t rapid.TB, words []string) *subsidy.Job {
	t.Helper()
	j := &subsidy.Job{HoursPerWeek: euro.Int(40), FullTimeHours: euro.Int(40), Sector: "profit"}
	for _, word := range words {
		last, days := strings.CutPrefix(word, "..")
		hours, full, week := strings.Cut(word, "/")
		switch {
		case days:
			j.To = calendar.MustParse(last)
		case week:
			j.HoursPerWeek, j.FullTimeHours = euro.MustNumber(hours), euro.MustNumber(full)
		default:
			j.Sector = word
		}
	}
	return j
}

// bookScheme is a scheme that comes with the program.
func bookScheme(t rapid.TB, id string) subsidy.Scheme {
	t.Helper()
	book, err := subsidy.LoadBook()
	if err != nil {
		t.Fatal(err)
	}
	s, known := book.Scheme(id, uuid.Nil)
	if !known {
		t.Fatalf("there is no scheme %s", id)
	}
	return s
}

// said are dues as "rule key day amount" each.
func said(list []subsidy.TrajectoryDue) []string {
	out := make([]string, len(list))
	for i, d := range list {
		out[i] = fmt.Sprintf("%s %s %s %s", d.Rule.ID, d.Key, d.Day, d.Amount)
	}
	return out
}

// total sums dues.
func total(list []subsidy.TrajectoryDue) euro.Amount {
	sum := euro.Zero
	for _, d := range list {
		sum = sum.Add(d.Amount)
	}
	return sum
}
