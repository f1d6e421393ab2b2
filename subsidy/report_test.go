package subsidy_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
	"verloning/subsidy"
)

// generated are trajectories of one scheme: so many of each history.
func generated(t *testing.T, scheme string, histories map[string]int) []subsidy.Trajectory {
	t.Helper()
	var list []subsidy.Trajectory
	for history, n := range histories {
		for range n {
			one := trajectoryOf(t, scheme, history)
			one.Number = fmt.Sprint("T-", len(list)+1)
			one.ID = payroll.DeriveID(one.Number)
			list = append(list, one)
		}
	}
	return list
}

// outcomesOn reports on one scheme alone.
func outcomesOn(t *testing.T, list []subsidy.Trajectory, on string) subsidy.OutcomeReport {
	t.Helper()
	reports := subsidy.Outcomes(newBook(t), list, calendar.MustParse(on))
	if len(reports) != 1 {
		t.Fatalf("%d reports", len(reports))
	}
	return reports[0]
}

func newBook(t *testing.T) *subsidy.Book {
	t.Helper()
	book, err := subsidy.LoadBook()
	if err != nil {
		t.Fatal(err)
	}
	return book
}

// resultOf is "number of denominator = percentage" of what over a base.
func resultOf(t *testing.T, r subsidy.OutcomeReport, what, base string) string {
	t.Helper()
	at := slices.IndexFunc(r.Results, func(one subsidy.Result) bool { return one.What == what && one.Base == base })
	if at < 0 {
		t.Fatalf("no result of %s over %s", what, base)
	}
	one := r.Results[at]
	percentage := "unknown"
	if one.Percentage != nil {
		percentage = one.Percentage.String()
	}
	return fmt.Sprintf("%d of %d = %s", one.Number, one.Denominator, percentage)
}

// Helmond: work 44 %, social activation 35 %, other 16 %, drop-out 24 %. They are 119
// together, so that they are not of the same people: each is told with a number and a
// denominator of its own, and of the same people none of them is 100 less the others.
func TestHelmondKeepsDenominators(t *testing.T) {
	for _, c := range []struct {
		reason   string
		left, of int
		want     string
	}{
		{"work", 11, 25, "11 of 25 = 44.00"},
		{"social_activation", 7, 20, "7 of 20 = 35.00"},
		{"other", 8, 50, "8 of 50 = 16.00"},
		{"dropout", 6, 25, "6 of 25 = 24.00"},
	} {
		rest := "work"
		if c.reason == rest {
			rest = "other"
		}
		r := outcomesOn(t, generated(t, "helmond-actief", map[string]int{
			"started 2004-01-01; exited 2005-06-30 " + c.reason: c.left, "started 2004-01-01; exited 2005-06-30 " + rest: c.of - c.left,
			"started 2004-01-01": 5, "referred 2004-01-01": 5, // neither is out
		}), "2005-12-31")
		if got := resultOf(t, r, c.reason, "exits"); got != c.want {
			t.Errorf("%s: %s, want %s", c.reason, got, c.want)
		}
		if got, want := resultOf(t, r, c.reason, "starters"), fmt.Sprintf("%d of %d = ", c.left, c.of+5); !strings.HasPrefix(got, want) {
			t.Errorf("%s of starters: %s, want %s…", c.reason, got, want)
		}
	}
	r := outcomesOn(t, generated(t, "helmond-actief", map[string]int{
		"started 2004-01-01; exited 2005-06-30 work": 44, "started 2004-01-01; exited 2005-06-30 social_activation": 35,
		"started 2004-01-01; exited 2005-06-30 other": 16, "started 2004-01-01; exited 2005-06-30 dropout": 24, "started 2004-01-01": 31, "referred 2004-01-01": 50,
	}), "2005-12-31")
	for _, c := range []struct{ what, base, want string }{
		{"outcome", "exits", "44 of 119 = 36.97"}, {"outcome", "starters", "44 of 150 = 29.33"}, {"outcome", "referrals", "44 of 200 = 22.00"},
		{"social_activation", "exits", "35 of 119 = 29.41"}, {"dropout", "starters", "24 of 150 = 16.00"}, {"other", "referrals", "16 of 200 = 8.00"},
	} {
		if got := resultOf(t, r, c.what, c.base); got != c.want {
			t.Errorf("%s over %s: %s, want %s", c.what, c.base, got, c.want)
		}
	}
	sum := 0
	for _, e := range r.Exits {
		sum += e.Number
	}
	if got := fmt.Sprint(r.Referred, r.Started, r.Running, r.Out, sum); got != "200 150 31 119 119" {
		t.Errorf("referred, started, running, out and the sum of the exits: %s", got)
	}
	if got := resultOf(t, outcomesOn(t, generated(t, "helmond-actief", map[string]int{"referred 2004-01-01": 1}), "2005-12-31"), "outcome", "exits"); got != "0 of 0 = unknown" {
		t.Errorf("of nobody: %s", got)
	}
}

// Emmen: 2,217 out, of whom 857 to work, 384 to school or ended, and 976 whom nobody
// could influence. 900,000 is earned back by 64.29 persons a year, so by 65. What is
// saved goes by months off benefit: half a year of 1,241 people is half of 14,000 each,
// and 14,000 for each of the 857 is not what comes out.
func TestEmmenSaves(t *testing.T) {
	list := generated(t, "emmen-plan", map[string]int{
		"started 2015-01-15; exited 2016-12-31 work": 857, "started 2015-01-15; exited 2016-12-31 school_or_ended": 384, "started 2015-01-15; exited 2016-12-31 not_influenceable": 976,
	})
	r := outcomesOn(t, list, "2017-06-30")
	for what, want := range map[string]string{"work": "857 of 2217 = 38.66", "school_or_ended": "384 of 2217 = 17.32", "not_influenceable": "976 of 2217 = 44.02", "outcome": "1241 of 2217 = 55.98"} {
		if got := resultOf(t, r, what, "exits"); got != want {
			t.Errorf("%s: %s, want %s", what, got, want)
		}
	}
	saved := savedBy(t, list, "2017-06-30")
	if got, want := saidSaving(saved), "1241 off benefit, 7446 months, 8687000.00; plan 900000.00, 64.29 or 65"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if whole := euro.Cents(857 * 14_000_00); saved.Saved.Equal(whole) {
		t.Errorf("%s is 14,000 for each who left to work", whole)
	}
}

func savedBy(t *testing.T, list []subsidy.Trajectory, on string) subsidy.SavingReport {
	t.Helper()
	reports := subsidy.Savings(newBook(t), list, calendar.MustParse(on))
	if len(reports) != 1 {
		t.Fatalf("%d reports of savings", len(reports))
	}
	return reports[0]
}

func saidSaving(r subsidy.SavingReport) string {
	return fmt.Sprintf("%d off benefit, %s months, %s; plan %s, %s or %d", r.OffBenefit, r.Months, r.Saved, r.Plan, r.BreakEven.Fixed(2), *r.BreakEvenPersons)
}

// Months off benefit by hand: 14,000 a year is 1,166.67 a month.
func TestSavingsByMonths(t *testing.T) {
	again := func(benefit subsidy.Benefit, history string) func(*testing.T) []subsidy.Trajectory {
		return func(t *testing.T) []subsidy.Trajectory {
			first, second := trajectoryOf(t, "emmen-plan", "started 2017-01-01; exited 2017-01-31 work"), trajectoryOf(t, "emmen-plan", history)
			first.Person, second.Person = payroll.DeriveID("person"), payroll.DeriveID("person")
			second.ID, second.Number, second.Benefit = payroll.DeriveID("T-2"), "T-2", benefit
			return []subsidy.Trajectory{second, first}
		}
	}
	one := func(history string) func(*testing.T) []subsidy.Trajectory {
		return func(t *testing.T) []subsidy.Trajectory {
			return []subsidy.Trajectory{trajectoryOf(t, "emmen-plan", history)}
		}
	}
	for _, c := range []struct {
		what string
		list func(*testing.T) []subsidy.Trajectory
		on   string
		want string
	}{
		{"a whole month", one("started 2017-01-01; exited 2017-01-31 work"), "2017-02-28", "1 1 1166.67"},
		{"half a month", one("started 2017-01-01; exited 2017-01-31 work"), "2017-02-14", "1 0.5 583.33"},
		{"a leap month", one("started 2016-01-01; exited 2016-01-31 work"), "2016-02-29", "1 1 1166.67"},
		{"three months, rounded once", one("started 2017-01-01; exited 2017-01-31 school_or_ended"), "2017-04-30", "1 3 3500.00"},
		{"on the day of the exit itself", one("started 2017-01-01; exited 2017-01-31 work"), "2017-01-31", "0 0 0.00"},
		{"asked of a day before", one("started 2017-01-01; exited 2017-01-31 work"), "2017-01-15", "0 0 0.00"},
		{"a reason that saves nothing", one("started 2017-01-01; exited 2017-01-31 not_influenceable"), "2017-12-31", "0 0 0.00"},
		{"an exit that is contested", one("started 2017-01-01; contested exited 2017-01-31 work"), "2017-12-31", "0 0 0.00"},
		{"until a relapse", one("started 2017-01-01; placed 2017-02-01; exited 2017-01-31 work; relapsed 2017-03-16"), "2017-12-31", "0 1.48 1731.18"},
		{"and out again", one("started 2017-01-01; placed 2017-02-01; exited 2017-01-31 work; relapsed 2017-03-16; exited 2017-04-30 work"), "2017-05-31", "1 2.48 2897.85"},
		{"until a next referral", again(subsidy.WWB, "started 2017-03-01"), "2017-04-30", "0 1 1166.67"},
		{"a next referral without a benefit", again(subsidy.NoBenefit, "started 2017-03-01"), "2017-04-30", "1 3 3500.00"},
		{"one person out of two", again(subsidy.WWB, "started 2017-01-01; exited 2017-02-14 work"), "2017-02-28", "1 1 1166.67"},
	} {
		r := savedBy(t, c.list(t), c.on)
		if got := fmt.Sprintf("%d %s %s", r.OffBenefit, r.Months, r.Saved); got != c.want {
			t.Errorf("%s: %s, want %s", c.what, got, c.want)
		}
	}
}

// Krimpen's spoor 2 stops after 12 months and spoor 3 after 18, extended; the day
// after, nobody runs and nobody has left either.
func TestKrimpenStops(t *testing.T) {
	for scheme, c := range map[string]struct{ extended, last, next string }{
		"krimpen-spoor-2": {"2010-06-20", "2010-12-31", "2011-01-01"},
		"krimpen-spoor-3": {"2010-12-20", "2011-06-30", "2011-07-01"},
	} {
		list := generated(t, scheme, map[string]int{"started 2010-01-01; extended " + c.extended: 2})
		last, next := outcomesOn(t, list, c.last), outcomesOn(t, list, c.next)
		if got := fmt.Sprint(last.Running, next.Running, next.Out); got != "2 0 0" {
			t.Errorf("%s runs on its last day, on the next, and is out: %s", scheme, got)
		}
	}
}

// A target is met exactly or not: by the people and not by a rounded percentage,
// whatever the base.
func TestTargetsOverEachBase(t *testing.T) {
	work := func(n, rest int) map[string]int {
		return map[string]int{"started 2014-07-01; exited 2015-06-30 work": n, "started 2014-07-01; exited 2015-06-30 other": rest}
	}
	for _, c := range []struct {
		scheme    string
		histories map[string]int
		want      string
	}{
		{"tilburg-noma", work(7, 13), "referrals 35.00 true, exits 35.00 true"},
		{"tilburg-noma", work(351, 652), "referrals 35.00 false, exits 35.00 false"},
		{"tilburg-noma", map[string]int{"started 2014-07-01; exited 2015-06-30 work": 1, "started 2014-07-01": 2}, "referrals 33.33 false, exits 100.00 true"},
		{"tilburg-noma", map[string]int{"started 2014-07-01": 2}, "referrals 0.00 false, exits unknown unknown"},
		{"uden-warmm", map[string]int{"started 2007-01-01; exited 2007-06-30 work; placed 2007-07-01": 38, "started 2007-01-01": 18}, "places 76.00 true, starters 67.86 true"},
		{"uden-warmm", map[string]int{"started 2007-01-01; exited 2007-06-30 work; placed 2007-07-01": 37, "started 2007-01-01": 12}, "places 74.00 false, starters 75.51 false"},
	} {
		var got []string
		for _, r := range outcomesOn(t, generated(t, c.scheme, c.histories), "2016-06-30").Results {
			if r.What != subsidy.ResultOutcome {
				continue
			}
			percentage, met := "unknown", "unknown"
			if r.Percentage != nil {
				percentage = r.Percentage.String()
			}
			if r.Target.Met != nil {
				met = fmt.Sprint(*r.Target.Met)
			}
			got = append(got, fmt.Sprintf("%s %s %s", r.Base, percentage, met))
		}
		if strings.Join(got, ", ") != c.want {
			t.Errorf("%s: %s, want %s", c.scheme, strings.Join(got, ", "), c.want)
		}
	}
}

// The months of a funnel sum to the whole, but for who is guided in several; an exit
// that a relapse undid is none, and what another agreement did is no part of it.
func TestFunnelByMonth(t *testing.T) {
	file := subsidy.StatementFile{Trajectories: generated(t, "breda-work-first", map[string]int{
		"started 2007-01-15; placed 2007-03-01; exited 2007-02-28 work": 3, "started 2007-02-01; exited 2007-03-31 other": 2,
		"started 2007-01-15; placed 2007-03-01; exited 2007-02-28 work; relapsed 2007-04-10": 1, "referred 2007-01-20": 4,
	})}
	g := subsidy.ProviderAgreement{ID: payroll.DeriveID("G"), Number: "G", Municipality: municipality, Provider: payroll.DeriveID("P"), Scheme: "breda-work-first",
		Span: calendar.Span{From: calendar.MustParse("2007-01-01")}, Agreed: 10, Targets: map[string]int{"referrals": 10, "outcomes": 4, "exits": 5}}
	other := g
	other.ID, other.Number = payroll.DeriveID("H"), "H"
	file.Agreements = []subsidy.ProviderAgreement{g, other}
	for i := range file.Trajectories {
		file.Trajectories[i].Agreement = g.ID
	}
	book := func(trajectory uuid.UUID, kind subsidy.Kind, day, amount string) {
		file.Booked = append(file.Booked, subsidy.BookedDue{Trajectory: trajectory, Agreement: g.ID, Kind: kind, Day: calendar.MustParse(day), Payee: g.Provider, Amount: euro.MustParse(amount)})
	}
	book(payroll.DeriveID("T-1"), subsidy.Fee, "2007-03-01", "2000.00")
	book(payroll.DeriveID("T-1"), subsidy.Fee, "2007-08-31", "2000.00")
	book(payroll.DeriveID("T-2"), subsidy.Premium, "2007-03-01", "150.00") // not the provider's
	book(uuid.Nil, subsidy.Fee, "2007-12-31", "-100.00")
	funnels := subsidy.Funnels(newBook(t), file, calendar.MustParse("2007-12-31"))
	said := func(c subsidy.FunnelCount) string {
		return fmt.Sprint(c.Referred, c.Started, c.Guided, c.Outcomes, c.OtherExits, " ", c.Earned, " ", c.BonusMalus)
	}
	want := map[string]string{
		"2007-01": "8 4 4 0 0 0.00 0.00", "2007-02": "2 2 6 3 0 0.00 0.00", "2007-03": "0 0 2 0 2 2000.00 0.00", "2007-04": "0 0 1 0 0 0.00 0.00",
		"2007-08": "0 0 1 0 0 2000.00 0.00", "2007-12": "0 0 1 0 0 0.00 -100.00",
	}
	met := 0
	for _, m := range funnels[0].Months {
		if text, known := want[m.Month.String()]; known && said(m.FunnelCount) == text {
			met++
		} else if known {
			t.Errorf("%s: %s, want %s", m.Month, said(m.FunnelCount), text)
		}
	}
	if got := said(funnels[0].Total); met != len(want) || got != "10 6 6 3 2 4000.00 -100.00" {
		t.Errorf("%d months as wanted, in all %s", met, got)
	}
	if got := fmt.Sprint(funnels[0].Targets); got != "[{referrals 10 10 true} {outcomes 4 3 false} {exits 5 5 true}]" {
		t.Errorf("targets: %s", got)
	}
	if got := said(funnels[1].Total); got != "0 0 0 0 0 0.00 0.00" || len(funnels[1].Months) != 0 {
		t.Errorf("of nobody: %s, %d months", got, len(funnels[1].Months))
	}
}
