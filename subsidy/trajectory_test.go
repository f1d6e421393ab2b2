package subsidy_test

import (
	"slices"
	"strings"
	"testing"

	"verloning/payroll/calendar"
	"verloning/payroll/euro"
	"verloning/subsidy"
)

// What the schemes of the book pay for a trajectory, with the days and amounts by
// hand: a line for each history.
func TestTrajectoryDues(t *testing.T) {
	for _, c := range []struct{ what, scheme, history, until, want string }{
		// The ladder: 4,000, 3,000, 2,000 and 1,000, half at the placement.
		{"the last day of month 3 is step 1", "breda-work-first", "started 2007-01-15; placed 2007-04-14", "2008-12-31", "speed placed 2007-04-14 2000.00, speed placed_month_6 2007-10-13 2000.00"},
		{"the day after is step 2", "breda-work-first", "started 2007-01-15; placed 2007-04-15", "2008-12-31", "speed placed 2007-04-15 1500.00, speed placed_month_6 2007-10-14 1500.00"},
		{"the end of a short month", "breda-work-first", "started 2006-11-30; placed 2007-02-27", "2007-02-28", "speed placed 2007-02-27 2000.00"},
		{"the last day of month 12", "breda-work-first", "started 2007-01-01; placed 2007-12-31", "2007-12-31", "speed placed 2007-12-31 500.00"},
		{"month 13", "breda-work-first", "started 2007-01-01; placed 2008-01-01", "2009-12-31", ""},
		{"without a start from the referral", "breda-work-first", "referred 2007-01-01; placed 2007-04-01", "2007-04-01", "speed placed 2007-04-01 1500.00"},
		{"a job of five months", "breda-work-first", "started 2007-01-01; placed 2007-02-01 ..2007-06-30", "2008-12-31", "speed placed 2007-02-01 2000.00"},
		{"a job of six months", "breda-work-first", "started 2007-01-01; placed 2007-02-01 ..2007-07-31", "2008-12-31", "speed placed 2007-02-01 2000.00, speed placed_month_6 2007-07-31 2000.00"},
		{"a job of a day less", "breda-work-first", "started 2007-01-01; placed 2007-02-01 ..2007-07-30", "2008-12-31", "speed placed 2007-02-01 2000.00"},
		{"before the six months are over", "breda-work-first", "started 2007-01-01; placed 2007-02-01", "2007-07-30", "speed placed 2007-02-01 2000.00"},
		{"relapse within six months", "breda-work-first", "started 2007-01-01; placed 2007-02-01; relapsed 2007-07-31", "2008-12-31", "speed placed 2007-02-01 2000.00"},
		{"relapse after six months", "breda-work-first", "started 2007-01-01; placed 2007-02-01; relapsed 2007-08-01", "2008-12-31", "speed placed 2007-02-01 2000.00, speed placed_month_6 2007-07-31 2000.00"},
		{"a second job earns it, once", "breda-work-first", "started 2007-01-01; placed 2007-02-01; exited 2007-02-01 work; relapsed 2007-04-01; placed 2007-06-01; relapsed 2007-12-15; placed 2007-12-20", "2009-12-31",
			"speed placed 2007-02-01 2000.00, speed placed_month_6 2007-11-30 2000.00"},
		{"out of one job and into another on a day", "breda-work-first", "started 2007-01-01; placed 2007-02-01; placed 2007-04-01; relapsed 2007-04-01", "2007-12-31", "speed placed 2007-02-01 2000.00, speed placed_month_6 2007-09-30 2000.00"},
		{"two jobs of three months are not six", "breda-work-first", "started 2007-01-01; placed 2007-02-01 ..2007-04-30; placed 2007-05-01 ..2007-07-31", "2008-12-31", "speed placed 2007-02-01 2000.00"},
		{"out for another reason, and placed after it", "breda-work-first", "started 2007-01-01; exited 2007-02-01 other; placed 2007-03-01", "2008-12-31", ""},
		{"out to work that begins later", "breda-work-first", "started 2007-01-01; exited 2007-02-01 work; placed 2007-03-01", "2007-03-01", "speed placed 2007-03-01 2000.00"},
		{"only reported", "breda-work-first", "started 2007-01-01; reported placed 2007-02-01", "2008-12-31", ""},
		{"contested", "breda-work-first", "started 2007-01-01; contested placed 2007-02-01", "2008-12-31", ""},
		{"rejected", "breda-work-first", "started 2007-01-01; rejected placed 2007-02-01", "2008-12-31", ""},
		{"contested and proved", "breda-work-first", "started 2007-01-01; upheld placed 2007-02-01", "2007-02-01", "speed placed 2007-02-01 2000.00"},
		// Products at prices of their own, and a bonus for tempo.
		{"a product once, and only when ordered", "helmond-actief", "started 2007-01-01; ordered 2007-01-01 intake; delivered 2007-01-10 intake; ordered 2007-02-01 intake; delivered 2007-02-10 intake; delivered 2007-03-01 module", "2008-12-31",
			"intake product/intake 2007-01-10 400.00"},
		{"ordered and not delivered", "helmond-actief", "started 2007-01-01; ordered 2007-01-01 module; reported delivered 2007-02-01 module", "2008-12-31", ""},
		{"ordered after it was delivered", "helmond-actief", "started 2007-01-01; delivered 2007-01-10 diagnosis; ordered 2007-01-20 diagnosis", "2008-12-31", "diagnosis product/diagnosis 2007-01-20 600.00"},
		{"aftercare of who left, ordered in time", "helmond-actief", "started 2006-01-01; ordered 2007-12-31 nazorg; exited 2007-12-31 dropout; delivered 2008-02-01 nazorg", "2008-12-31", "nazorg product/nazorg 2008-02-01 300.00"},
		{"ordered after 24 months", "helmond-actief", "started 2006-01-01; ordered 2008-01-01 nazorg; delivered 2008-02-01 nazorg", "2008-12-31", ""},
		{"tempo in month 6", "helmond-actief", "started 2007-01-01; placed 2007-06-30", "2008-12-31", "tempobonus placed 2007-06-30 750.00"},
		{"tempo in month 7", "helmond-actief", "started 2007-01-01; placed 2007-07-01", "2008-12-31", "tempobonus placed 2007-07-01 500.00"},
		{"tempo in month 18", "helmond-actief", "started 2006-01-01; placed 2007-06-30; relapsed 2007-09-01; placed 2007-10-01", "2008-12-31", "tempobonus placed 2007-06-30 250.00"},
		{"tempo in month 19", "helmond-actief", "started 2006-01-01; placed 2007-07-01", "2008-12-31", ""},
		// No cure less pay.
		{"no cure", "eindhoven-no-cure-less-pay", "started 2006-01-01; plan 2006-01-20; exited 2006-12-31 other", "2008-12-31", "trajectory plan 2006-01-20 2000.00"},
		{"half a cure", "eindhoven-no-cure-less-pay", "started 2006-01-01; plan 2006-01-20; placed 2006-06-01; relapsed 2006-09-01", "2008-12-31", "trajectory plan 2006-01-20 2000.00, trajectory placed 2006-06-01 1000.00"},
		{"cure", "eindhoven-no-cure-less-pay", "started 2006-01-01; plan 2006-01-20; placed 2006-06-01", "2008-12-31", "trajectory plan 2006-01-20 2000.00, trajectory placed 2006-06-01 1000.00, trajectory placed_month_6 2006-11-30 1000.00"},
		{"a module that nobody ordered", "eindhoven-modulair", "started 2006-01-01; ordered 2006-01-02 training; delivered 2006-03-01 training; delivered 2006-04-01 mediation", "2008-12-31", "training product/training 2006-03-01 1200.00"},
		{"UWV half and half", "uwv-resultaat-50-50", "started 2006-01-01; plan 2006-02-01; placed 2006-03-01 ..2006-08-31", "2008-12-31", "trajectory plan 2006-02-01 2500.00, trajectory placed_month_6 2006-08-31 2500.00"},
		{"UWV a fifth for the result", "uwv-resultaat-80-20", "started 2006-01-01; plan 2006-02-01; placed 2006-03-01", "2008-12-31", "trajectory plan 2006-02-01 4000.00, trajectory placed_month_6 2006-08-31 1000.00"},
		// A premium for each six months that were served whole.
		{"six months", "tilburg-participatieproject", "started 2007-01-15", "2008-01-14", "premium six_months/1 2007-07-14 150.00, premium six_months/2 2008-01-14 150.00"},
		{"a day less", "tilburg-participatieproject", "started 2007-01-15; exited 2008-01-13 other", "2009-01-14", "premium six_months/1 2007-07-14 150.00"},
		{"not all of six months", "tilburg-participatieproject", "started 2007-01-01; exited 2007-02-01 other; relapsed 2007-03-01", "2007-12-31", "premium six_months/2 2007-12-31 150.00"},
		{"the permanent jobs get the same", "tilburg-participatiebanen", "started 2007-01-15", "2007-07-14", "premium six_months/1 2007-07-14 150.00"},
		// Start, product and outcome.
		{"an open-ended job is an outcome when it has lasted", "generiek-traject", "started 2026-01-01; placed 2026-02-01", "2026-12-31", "start start 2026-01-01 500.00, outcome outcome 2026-07-31 1500.00"},
		{"a contract of six months at once", "generiek-traject", "started 2026-01-01; placed 2026-02-01 ..2026-07-31", "2026-02-01", "start start 2026-01-01 500.00, outcome outcome 2026-02-01 1500.00"},
		{"a relapse after it moves no day", "generiek-traject", "started 2026-01-01; placed 2026-02-01; relapsed 2026-10-01", "2026-12-31", "start start 2026-01-01 500.00, outcome outcome 2026-07-31 1500.00"},
		{"too few hours", "generiek-traject", "started 2026-01-01; placed 2026-02-01 19/40", "2026-12-31", "start start 2026-01-01 500.00"},
		{"half of the hours", "generiek-traject", "started 2026-01-01; placed 2026-02-01 20/40", "2026-12-31", "start start 2026-01-01 500.00, outcome outcome 2026-07-31 1500.00"},
		{"the first job has too few, the second not", "generiek-traject", "started 2026-01-01; placed 2026-02-01 19/40; placed 2026-04-01 20/40", "2026-12-31", "start start 2026-01-01 500.00, outcome outcome 2026-09-30 1500.00"},
		{"placed when the period is over", "generiek-traject", "started 2026-01-01; placed 2027-01-01", "2027-12-31", "start start 2026-01-01 500.00"},
		{"placed in the extension", "generiek-traject", "started 2026-01-01; extended 2026-12-01; placed 2027-01-01 ..2027-06-30", "2027-12-31", "start start 2026-01-01 500.00, outcome outcome 2027-01-01 1500.00"},
		{"out before it began", "generiek-traject", "exited 2025-12-01 other; started 2026-01-01", "2026-12-31", ""},
		// Where nothing is paid, or nobody says who pays.
		{"nothing", "bergen-op-zoom-springplank", "started 2007-01-01; plan 2007-01-02; placed 2007-02-01", "2009-12-31", ""},
	} {
		s := bookScheme(t, c.scheme)
		if got := strings.Join(said(subsidy.TrajectoryDues(s, trajectoryOf(t, c.scheme, c.history), calendar.MustParse(c.until), nil)), ", "); got != c.want {
			t.Errorf("%s, %s (%s): %q, want %q", c.scheme, c.what, c.history, got, c.want)
		}
	}
}

// A place is paid until the longest period ends, with the extension where that was
// decided: spoor 2 stops after 12 months and spoor 3 after 18, spoor 0 costs nothing.
func TestTrajectoriesStop(t *testing.T) {
	for _, c := range []struct{ scheme, history, last, sum string }{
		{"krimpen-spoor-2", "started 2010-01-01", "month/2010-06", "2100.00"},
		{"krimpen-spoor-2", "started 2010-01-01; extended 2010-06-20", "month/2010-12", "4200.00"},
		{"krimpen-spoor-2", "started 2010-01-01; reported extended 2010-06-20", "month/2010-06", "2100.00"},
		{"krimpen-spoor-3", "started 2010-01-01", "month/2010-12", "4200.00"},
		{"krimpen-spoor-3", "started 2010-01-01; extended 2010-12-20; extended 2011-06-20", "month/2011-06", "6300.00"},
		{"krimpen-spoor-2", "started 2010-01-16; exited 2010-03-10 work", "month/2010-03", "643.55"},                                               // 350 × (16/31 + 1 + 10/31)
		{"krimpen-spoor-2", "started 2010-01-01; exited 2010-02-14 work; relapsed 2010-03-01; exited 2010-03-31 other", "month/2010-03", "875.00"}, // 350 × (1 + 14/28 + 1)
		{"krimpen-spoor-2", "referred 2010-01-01; accepted 2010-01-05", "", "0.00"},
		{"krimpen-spoor-0", "started 2010-01-01; placed 2010-02-01", "", "0.00"},
		{"breda-samen-naar-werk", "started 2006-07-01", "month/2007-12", "4500.00"},
	} {
		list := subsidy.TrajectoryDues(bookScheme(t, c.scheme), trajectoryOf(t, c.scheme, c.history), calendar.MustParse("2012-12-31"), nil)
		last := ""
		if len(list) > 0 {
			last = list[len(list)-1].Key
		}
		if last != c.last || total(list).String() != c.sum {
			t.Errorf("%s (%s): %s, last %q, want %s and %q", c.scheme, c.history, total(list), last, c.sum, c.last)
		}
	}
}

// No cure less pay pays more than nothing and less than all, and the whole for a
// cure, whatever the days.
func TestNoCureLessPay(t *testing.T) {
	s := bookScheme(t, "eindhoven-no-cure-less-pay")
	price := s.Versions[0].Pay[0].Amount.Parts.Price.Value.Cents()
	none := total(subsidy.TrajectoryDues(s, trajectoryOf(t, s.ID, "started 2006-01-01; plan 2006-01-20; exited 2007-12-31 other"), calendar.MustParse("2010-12-31"), nil))
	cure := total(subsidy.TrajectoryDues(s, trajectoryOf(t, s.ID, "started 2006-01-01; plan 2006-01-20; placed 2006-07-01; exited 2006-07-01 work"), calendar.MustParse("2010-12-31"), nil))
	if none.Sign() <= 0 || none.Cmp(price) >= 0 || !cure.Equal(price) {
		t.Errorf("without a cure %s, with one %s, of %s", none, cure, price)
	}
}

// The premium is the same for all: whatever there is to vary of how somebody does
// changes nothing of it.
func TestPremiumSameForAll(t *testing.T) {
	s := bookScheme(t, "tilburg-participatieproject")
	want := []string{"premium six_months/1 2007-06-30 150.00", "premium six_months/2 2007-12-31 150.00", "premium six_months/3 2008-06-30 150.00"}
	tried := 0
	for _, job := range []string{"", "placed 2007-03-01 1/40", "placed 2007-03-01 40/40", "placed 2007-03-01 40/40 public", "placed 2007-03-01 ..2007-03-31", "plan 2007-01-02", "ordered 2007-01-02 course; delivered 2007-02-01 course"} {
		for _, benefit := range subsidy.Benefits {
			one := trajectoryOf(t, s.ID, strings.TrimSuffix("started 2007-01-01; "+job, "; "))
			one.Benefit = benefit
			if got := said(subsidy.TrajectoryDues(s, one, calendar.MustParse("2008-11-30"), nil)); !slices.Equal(got, want) {
				t.Errorf("%q, %s: %q", job, benefit, got)
			}
			tried++
		}
	}
	if tried != 28 {
		t.Errorf("%d tried", tried)
	}
}

// A monthly fee with a bonus that falls by less than that fee a month keeps clients
// on the books: the check refuses it, and says where the total rises. Without
// "speed" the same ladder is the municipality's own affair.
func TestSpeedThatRisesIsRefused(t *testing.T) {
	const fall = `scheme: test
name: {nl: Proef, en: Trial}
versions:
  - from: 2015-01-01
    source: "a source"
    status: {kind: benefit}
    period: {months: {value: "MONTHS", mark: stated}, limits: subsidy}
    pay:
      - {id: month, kind: fee, payer: municipality, payee: provider, trigger: month, amount: {fixed: {amount: {value: "FEE", mark: stated}}}, mark: stated, LIMIT vat: {compensable: {value: "1", mark: stated}}, document: order, budget: {own: "1"}}
      - id: bonus
        kind: fee
        payer: municipality
        payee: provider
        trigger: outcome
        speed: SPEED
        amount:
          ladder:
            by: months_to_work
            steps: [{to: 1, amount: {value: "900", mark: stated}}, {to: 2, amount: {value: "700", mark: stated}}, {to: 3, amount: {value: "500", mark: stated}}]
        mark: stated
        vat: {compensable: {value: "1", mark: stated}}
        document: order
        budget: {own: "1"}
    exits: [work]
`
	for _, c := range []struct{ months, fee, limit, speed, want string }{
		{"3", "200", "", "true", ""},
		{"3", "200.01", "", "true", "1100.01 in month 1 and 1100.02 in month 2"},
		{"3", "199.99", "", "true", ""},
		{"3", "500", "", "false", ""},
		{"4", "200", "", "true", ""}, // the fourth month's fee makes up for no bonus: 800 after 1,100
		{"9", "200", "", "true", "800.00 in month 4 and 1000.00 in month 5"},
		{"9", "200", `limit: {value: "600", mark: stated},`, "true", ""},
	} {
		text := strings.NewReplacer("MONTHS", c.months, "FEE", c.fee, "LIMIT", c.limit, "SPEED", c.speed).Replace(fall)
		_, faults := subsidy.ParseScheme([]byte(text))
		if c.want == "" && len(faults) > 0 || c.want != "" && (len(faults) != 1 || !strings.Contains(faults[0].In("en"), c.want)) {
			t.Errorf("%+v: %q", c, faults)
		}
	}
}

// What a provider gets in all for somebody who is placed on the last day of month k
// and stays never rises with k, by the payments themselves, for every scheme that
// says so.
func TestSoonerPaysNoLess(t *testing.T) {
	book, err := subsidy.LoadBook()
	if err != nil {
		t.Fatal(err)
	}
	looked := 0
	for _, s := range book.All() {
		for _, v := range s.Versions {
			if slices.ContainsFunc(v.Pay, func(r subsidy.PayRule) bool { return r.Speed }) {
				looked++
				soonerPaysNoLess(t, s, v)
			}
		}
	}
	if looked < 3 {
		t.Errorf("%d schemes reward speed", looked)
	}
}

// soonerPaysNoLess starts on the first of a month, so that months are whole.
func soonerPaysNoLess(t interface {
	Helper()
	Errorf(string, ...any)
}, s subsidy.Scheme, v subsidy.Version) {
	t.Helper()
	start := calendar.MonthOf(v.From.AddMonths(1)).From
	months := 30
	if v.Period != nil && v.Period.Months != nil {
		months, _ = v.Period.Months.Value.Int()
	}
	last := euro.Zero
	for k := 1; k <= months; k++ {
		day := start.AddMonths(k).Add(-1)
		list := subsidy.TrajectoryDues(s, subsidy.Trajectory{Number: "T", Referred: start, Events: []subsidy.TrajectoryEvent{
			{Kind: subsidy.Started, Day: start, State: subsidy.Confirmed},
			{Kind: subsidy.Placed, Day: day, State: subsidy.Confirmed, Job: &subsidy.Job{HoursPerWeek: euro.Int(40), FullTimeHours: euro.Int(40), Sector: sectorOf(v)}},
			{Kind: subsidy.Exited, Day: day, State: subsidy.Confirmed, Reason: "work"},
		}}, start.AddMonths(200), nil)
		sum := total(slices.DeleteFunc(list, func(d subsidy.TrajectoryDue) bool {
			return d.Rule.Payee != "provider" || d.Rule.Payer != "municipality"
		}))
		if k > 1 && sum.Cmp(last) > 0 {
			t.Errorf("%s: %s in all in month %d, after %s in month %d", s.ID, sum, k, last, k-1)
		}
		last = sum
	}
}

// sectorOf is the sector that the outcome asks, or any.
func sectorOf(v subsidy.Version) string {
	if v.Outcome != nil {
		return v.Outcome.Sector
	}
	return ""
}
