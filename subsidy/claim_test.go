package subsidy_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"pgregory.net/rapid"

	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
	"verloning/payroll/ledger"
	"verloning/subsidy"
)

// example is the person of the worked example, in October 2026.
func example(t rapid.TB) (payroll.Run, payroll.Employment, payroll.ContractMonth, subsidy.File) {
	t.Helper()
	month := payroll.ContractMonth{Contract: contractOf(t, "2026-07-01.. 32/40")}
	for _, d := range []int{1, 2, 5, 6, 7, 8, 12, 13, 14, 15, 19, 20, 21, 22, 26, 27, 28} {
		month.Hours = append(month.Hours, payroll.Hours{Contract: month.Contract.ID, Day: calendar.Day(2026, 10, d), Kind: payroll.Worked, Version: 1, Quantity: 8_00})
	}
	e := payroll.Employment{ID: payroll.DeriveID("employment"), Person: payroll.DeriveID("person"), Employer: employer, Birth: calendar.MustParse("1996-03-01"), IBAN: "NL91ABNA0417164300"}
	return runOf(t, "2026-10"), e, month, subsidy.File{
		Contract: month.Contract, Birth: e.Birth,
		Decisions: []subsidy.Decision{decisionOf(t, "2026-07-01 2026-07-01.. loonwaarde 32")}, Loonwaarden: loonwaardenOf(t, "2026-07-01 60"),
	}
}

// The worked example end to end: payslip, claim and transfers, cent by cent.
func TestExample(t *testing.T) {
	r, e, month, f := example(t)
	trace := &payroll.Trace{}
	slip, noticed, err := payroll.NewPayslip(e, month, r.Period, trace)
	if err != nil {
		t.Fatal(err)
	}
	claims, found, err := subsidy.NewClaims(r, schemeOf(t, "loonkostensubsidie"), f, slip, trace)
	if err != nil || len(claims) != 1 {
		t.Fatalf("%d claims, %v", len(claims), err)
	}
	c := claims[0]
	got := []string{
		fmt.Sprintf("wage %s x %s = %s (%s)", slip.Lines[0].Quantity, slip.Lines[0].Rate, slip.Lines[0].Amount, slip.Lines[0].Rule),
		fmt.Sprintf("holiday %s (%s), net %s, gross only %t", slip.Lines[1].Amount, slip.Lines[1].Rule, slip.Net, slip.GrossOnly),
		fmt.Sprintf("claim %s + %s = %s of %s under %s, %s %s, %s", c.Base, c.Charges, c.Amount, c.Entitled, c.DecisionNumber, c.Document, c.Budget, c.WageCost),
		"attention " + kinds(append(noticed, found...)),
	}
	transfers := append(slip.Transfers(r.Employer), c.Transfers()...)
	for _, x := range transfers {
		if x.Ledger != employer {
			t.Errorf("%v is booked with somebody else", x)
		}
		got = append(got, fmt.Sprintf("%s <- %s %s", x.Debit, x.Credit, x.Amount))
	}
	want := []string{
		"wage 136.00 x 14.99 = 2038.64 (WML art. 8)",
		"holiday 163.09 (WML art. 15 lid 1), net 2038.64, gross only true",
		"claim 897.41 + 224.35 = 1121.76 of 1121.76 under D-1, beschikking BUIG, 2201.73",
		"attention figure/in_doubt",
		"WPerLesLon <- BSchSalNet 2038.64",
		"WPerLesVag <- BSchSalTvg 163.09",
		"BVorOva <- WPerLesLks 1121.76",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if c.Payer != municipality || c.Payee != employer || c.Service != (calendar.Span{From: calendar.MustParse("2026-10-01"), To: calendar.MustParse("2026-10-31")}) {
		t.Errorf("claim is of %s on %s over %v", c.Payee, c.Payer, c.Service)
	}
	paper := fmt.Sprint(trace.Steps)
	for _, figure := range []string{"136.00 × 14.99", "2337.00 × 1.08 × 40 % × 32/36", "897.408", "224.352", "1121.76"} {
		if !strings.Contains(paper, figure) {
			t.Errorf("the trace does not show %s", figure)
		}
	}
	sum := euro.Zero
	for _, balance := range ledger.Balances(transfers) {
		sum = sum.Add(balance)
	}
	if !sum.IsZero() {
		t.Errorf("the books are out by %s", sum)
	}
}

// The same facts give the same claim, id and hash, with a trace and without,
// and every figure of the claim is in its hash.
func TestClaimHash(t *testing.T) {
	r, _, _, f := example(t)
	scheme := schemeOf(t, "loonkostensubsidie")
	one := func(trace *payroll.Trace) subsidy.Claim {
		claims, _, err := subsidy.NewClaims(r, scheme, f, rich, trace)
		if err != nil || len(claims) != 1 {
			t.Fatalf("%d claims, %v", len(claims), err)
		}
		return claims[0]
	}
	first := one(nil)
	if again := one(&payroll.Trace{}); again.Hash() != first.Hash() {
		t.Error("the same facts give another hash")
	}
	for what, change := range map[string]func(*subsidy.Claim){
		"id": func(c *subsidy.Claim) { c.ID[0]++ }, "contract": func(c *subsidy.Claim) { c.Contract[0]++ }, "decision": func(c *subsidy.Claim) { c.Decision[0]++ },
		"payer": func(c *subsidy.Claim) { c.Payer[0]++ }, "payee": func(c *subsidy.Claim) { c.Payee[0]++ }, "rule": func(c *subsidy.Claim) { c.Rule += "x" },
		"service": func(c *subsidy.Claim) { c.Service.To = c.Service.To.Add(-1) }, "budget": func(c *subsidy.Claim) { c.Budget = subsidy.Own },
		"base": func(c *subsidy.Claim) { c.Base = c.Base.Add(euro.Cents(1)) }, "charges": func(c *subsidy.Claim) { c.Charges = c.Charges.Add(euro.Cents(1)) },
		"entitled": func(c *subsidy.Claim) { c.Entitled = c.Entitled.Add(euro.Cents(1)) }, "amount": func(c *subsidy.Claim) { c.Amount = c.Amount.Add(euro.Cents(1)) },
		"wage cost": func(c *subsidy.Claim) { c.WageCost = c.WageCost.Add(euro.Cents(1)) },
	} {
		other := first
		if change(&other); other.Hash() == first.Hash() {
			t.Errorf("%s is not in the hash", what)
		}
	}
	if subsidy.ClaimID(r, f.Contract.ID, uuid.Nil, "lks") == subsidy.ClaimID(runOf(t, "2026-11"), f.Contract.ID, uuid.Nil, "lks") {
		t.Error("claims of two months have one id")
	}
}

// Over any months under one decision the subsidy never exceeds wage cost or
// ceiling, and everything withheld is carried as soon as they allow it: what
// was claimed is exactly the least of the three sums after every month.
func TestCumulativeCap(t *testing.T) {
	scheme, capped := schemeOf(t, "loonkostensubsidie"), 0
	rapid.Check(t, func(t *rapid.T) {
		text := fmt.Sprintf("2024-02-10 2024-02-10..%s loonwaarde %d", calendar.MustParse("2024-06-30").Add(rapid.IntRange(0, 600).Draw(t, "longer")), rapid.IntRange(1, 40).Draw(t, "hours"))
		ceiling := euro.MustParse("999999")
		if rapid.Bool().Draw(t, "ceiling?") {
			ceiling = euro.Cents(rapid.Int64Range(0, 20_000_00).Draw(t, "ceiling"))
			text += " ceiling=" + ceiling.String()
		}
		f := subsidy.File{
			Contract: contractOf(t, "2024-01-15.. 32/40"), Birth: calendar.MustParse(rapid.SampledFrom([]string{"1996-03-01", "2006-05-05"}).Draw(t, "birth")),
			Decisions: []subsidy.Decision{decisionOf(t, text)}, Loonwaarden: loonwaardenOf(t, fmt.Sprintf("2024-01-01 %d; 2024-09-11 %d", rapid.IntRange(0, 100).Draw(t, "first"), rapid.IntRange(0, 100).Draw(t, "second"))),
		}
		h := subsidy.History{Decision: f.Decisions[0].ID, Rule: "lks"}
		r, months := runOf(t, "2024-01"), 0
		for ; r.Period.From.Year() < 2027; r.Period = r.Period.Next() {
			slip := payroll.Payslip{}
			if rapid.IntRange(0, 3).Draw(t, "works") > 0 {
				slip.Wage = euro.Cents(rapid.Int64Range(0, 2500_00).Draw(t, "gross"))
				slip.Holiday = slip.Wage.Times(euro.MustNumber("0.08")).Cents()
			}
			f.History = []subsidy.History{h}
			claims, _, err := subsidy.NewClaims(r, scheme, f, slip, nil)
			if err != nil || len(claims) > 1 {
				t.Fatal(len(claims), err)
			}
			if len(claims) == 0 {
				continue
			}
			c := claims[0]
			if c.Amount.Sign() < 0 || c.Service.From.Before(f.Decisions[0].Versions[0].Span.From) || c.Service.To.After(f.Decisions[0].Versions[0].Span.To) {
				t.Fatalf("%+v", c)
			}
			h.Entitled, h.WageCost, h.Amount = h.Entitled.Add(c.Entitled), h.WageCost.Add(c.WageCost), h.Amount.Add(c.Amount)
			if least := h.Entitled.Min(h.WageCost).Min(ceiling); !h.Amount.Equal(least) {
				t.Fatalf("%s: claimed %s, of %s entitled, %s wage cost and a ceiling of %s", r.Period, h.Amount, h.Entitled, h.WageCost, ceiling)
			}
			if h.Amount.Cmp(h.Entitled) < 0 {
				capped++
			}
			months++
		}
		if months < 5 {
			t.Fatalf("claims in %d months only", months)
		}
	})
	if capped == 0 {
		t.Fatal("the cap never bound")
	}
}

// The subsidy never rises with the loonwaarde, and is the same up to 30 %.
func TestSubsidyFallsWithLoonwaarde(t *testing.T) {
	scheme := schemeOf(t, "loonkostensubsidie")
	rapid.Check(t, func(t *rapid.T) {
		year := rapid.IntRange(2017, 2026).Draw(t, "year")
		day := rapid.SampledFrom([]int{1, 1, 2, 15, 28}).Draw(t, "day")
		from := fmt.Sprintf("%d-%02d-%02d", year, rapid.IntRange(1, 12).Draw(t, "month"), day)
		hours := euro.Cents(rapid.Int64Range(1, 4800).Draw(t, "hours")).String()
		scale := rapid.SampledFrom([]string{"", " bbl"}).Draw(t, "scale")
		f := subsidy.File{
			Contract: contractOf(t, from+".. 32/"+rapid.SampledFrom([]string{"36", "38", "40"}).Draw(t, "full")+scale), Birth: calendar.Day(year-rapid.IntRange(17, 40).Draw(t, "age"), 3, 1),
			Decisions: []subsidy.Decision{decisionOf(t, from+" "+from+".. loonwaarde "+hours)},
		}
		large := hours > "1" && day == 1 // enough for a percent of it not to round to nil
		last := euro.MustParse("99999")
		var flat euro.Amount
		for percent := 0; percent <= 100; percent++ {
			f.Loonwaarden = loonwaardenOf(t, fmt.Sprintf("%s %d", from, percent))
			claims, _, err := subsidy.NewClaims(runOf(t, from[:7]), scheme, f, rich, nil)
			if err != nil || len(claims) != 1 {
				t.Fatal(len(claims), err)
			}
			now := claims[0].Entitled
			if percent == 0 {
				flat = now
			}
			if now.Cmp(last) > 0 || (percent <= 30 && !now.Equal(flat)) || percent == 100 && !now.IsZero() || percent < 100 && now.IsZero() && large {
				t.Fatalf("loonwaarde %d gives %s after %s", percent, now, last)
			}
			last = now
		}
	})
}

// Versions that change nothing change no cent, whichever of the facts has them
// and on whatever days.
func TestNoOpVersions(t *testing.T) {
	scheme := schemeOf(t, "loonkostensubsidie")
	rapid.Check(t, func(t *rapid.T) {
		r := runOf(t, rapid.SampledFrom([]string{"2026-10", "2027-02", "2026-11", "2024-02", "2026-P11", "2023-07"}).Draw(t, "period"))
		hours := rapid.SampledFrom([]string{"32", "36", "18", "9", "40", "12.5", "27"}).Draw(t, "hours")
		f := subsidy.File{
			Contract: contractOf(t, "2023-02-01.. "+hours+"/40"), Birth: calendar.MustParse("1996-03-01"),
			Decisions:   []subsidy.Decision{decisionOf(t, "2023-02-01 2023-02-01.. loonwaarde "+hours+" charges=25")},
			Loonwaarden: loonwaardenOf(t, fmt.Sprintf("2023-02-01 %d", rapid.IntRange(0, 100).Draw(t, "value"))),
		}
		before, _, err := subsidy.NewClaims(r, scheme, f, rich, nil)
		if err != nil {
			t.Fatal(err)
		}
		for range rapid.IntRange(1, 6).Draw(t, "versions") {
			day := r.Period.From.Add(rapid.IntRange(0, r.Period.Days()-1).Draw(t, "day"))
			switch rapid.IntRange(0, 2).Draw(t, "fact") {
			case 0:
				again := f.Contract.Latest()
				again.Version, again.ValidFrom = again.Version+1, day
				f.Contract.Versions = append(f.Contract.Versions, again)
			case 1:
				again := f.Decisions[0].Versions[0]
				again.Version, again.ValidFrom = len(f.Decisions[0].Versions)+1, day
				f.Decisions[0].Versions = append(f.Decisions[0].Versions, again)
			case 2:
				again := f.Loonwaarden[0]
				again.Version, again.ValidFrom = len(f.Loonwaarden)+1, day
				f.Loonwaarden = append(f.Loonwaarden, again)
			}
		}
		after, _, err := subsidy.NewClaims(r, scheme, f, rich, nil)
		if err != nil || len(before) != 1 || len(after) != 1 || before[0].Hash() != after[0].Hash() {
			t.Fatalf("before %+v\nafter  %+v, %v", before, after, err)
		}
	})
}

// The days of a month deal the whole out: a decision cut in two claims the same
// as one, to a cent for each of base and charges.
func TestDecisionCutInTwo(t *testing.T) {
	scheme := schemeOf(t, "loonkostensubsidie")
	for day := 1; day < 31; day++ {
		_, _, _, f := example(t)
		r := runOf(t, "2026-10")
		whole, _, err := subsidy.NewClaims(r, scheme, f, rich, nil)
		if err != nil {
			t.Fatal(err)
		}
		first := decisionOf(t, fmt.Sprintf("2026-07-01 2026-07-01..2026-10-%02d loonwaarde 32", day))
		second := decisionOf(t, fmt.Sprintf("2026-07-01 2026-10-%02d.. loonwaarde 32", day+1))
		second.ID = payroll.DeriveID("D-2")
		f.Decisions, f.Hours = []subsidy.Decision{first, second}, richHours(f.Contract, r.Period)
		parts, found, err := subsidy.NewClaims(r, scheme, f, rich, nil)
		if err != nil || len(parts) != 2 || kinds(found) != "figure/in_doubt" {
			t.Fatalf("%d: %d claims, %s, %v", day, len(parts), kinds(found), err)
		}
		off := parts[0].Base.Add(parts[1].Base).Sub(whole[0].Base).InCents()
		if off < -1 || off > 1 || parts[0].ID == parts[1].ID {
			t.Errorf("cut after day %d: %s and %s of %s", day, parts[0].Base, parts[1].Base, whole[0].Base)
		}
	}
}

// The same of any facts that stay as they are: the days of a period, cut between
// two decisions, come to the whole, each of base and charges to the cent that the
// rounding of two parts may take. The wage has one payslip and does not know.
func TestMonthCutInTwo(t *testing.T) {
	scheme, sick := schemeOf(t, "loonkostensubsidie"), 0
	rapid.Check(t, func(t *rapid.T) {
		r := runOf(t, rapid.SampledFrom([]string{"2026-10", "2024-02", "2026-P11", "2026-P07", "2023-07", "2021-10", "2017-03", "2021-P13"}).Draw(t, "period"))
		start := r.Period.From.AddMonths(-rapid.IntRange(0, 5).Draw(t, "months before")).String()
		route := rapid.SampledFrom([]string{"loonwaarde", "forfait"}).Draw(t, "route")
		terms := fmt.Sprintf(" %s %d", route, rapid.IntRange(1, 48).Draw(t, "hours"))
		f := subsidy.File{
			Contract: contractOf(t, start+".. 32/"+rapid.SampledFrom([]string{"36", "38", "40"}).Draw(t, "full")+rapid.SampledFrom([]string{"", " bbl"}).Draw(t, "scale")),
			Birth:    r.Period.From.AddMonths(-rapid.IntRange(16*12, 40*12).Draw(t, "age in months")), Loonwaarden: loonwaardenOf(t, fmt.Sprintf("%s %d", start, rapid.IntRange(0, 100).Draw(t, "value"))),
			Decisions: []subsidy.Decision{decisionOf(t, start+" "+start+".."+terms)},
		}
		f.Hours = richHours(f.Contract, r.Period)
		for i := range f.Hours {
			if rapid.IntRange(0, 3).Draw(t, "sick") == 0 {
				f.Hours[i].Kind = payroll.Sick
				sick++
			}
		}
		whole, _, err := subsidy.NewClaims(r, scheme, f, rich, nil)
		if err != nil {
			t.Fatal(err)
		}
		cut := r.Period.From.Add(rapid.IntRange(1, r.Period.Days()-1).Draw(t, "cut"))
		f.Decisions = []subsidy.Decision{decisionOf(t, start+" "+start+".."+cut.Add(-1).String()+terms), otherDecision(t, "D-2", start+" "+cut.String()+".."+terms)}
		parts, _, err := subsidy.NewClaims(r, scheme, f, rich, nil)
		if err != nil || len(whole) != 1 || len(parts) != 2 {
			t.Fatal(len(whole), len(parts), err)
		}
		base := parts[0].Base.Add(parts[1].Base).Sub(whole[0].Base).InCents()
		charges := parts[0].Charges.Add(parts[1].Charges).Sub(whole[0].Charges).InCents()
		if base < -1 || base > 1 || charges < -1 || charges > 1 {
			t.Fatalf("cut on %s: %+v\n%+v", cut, parts, whole)
		}
		for _, c := range append(parts, whole...) {
			if !c.Entitled.Equal(c.Base.Add(c.Charges)) || !c.Amount.Equal(c.Entitled) || c.Base.Sign() < 0 || c.Charges.Sign() < 0 {
				t.Fatalf("%+v does not add up", c)
			}
		}
	})
	if sick == 0 {
		t.Error("nobody was sick")
	}
}

// BenchmarkPayslipWithClaim computes one payslip of twenty lines of hours, from
// gross to net, and its claim, as a run does: without a trace.
func BenchmarkPayslipWithClaim(b *testing.B) {
	book, err := subsidy.LoadBook()
	if err != nil {
		b.Fatal(err)
	}
	scheme, _ := book.Scheme("loonkostensubsidie", uuid.Nil)
	month := payroll.ContractMonth{Contract: payroll.Contract{ID: payroll.DeriveID("C-1"), Number: "C-1", Versions: []payroll.Terms{{
		Version: 1, ValidFrom: calendar.MustParse("2026-07-01"), Span: calendar.Span{From: calendar.MustParse("2026-07-01")},
		HoursPerWeek: euro.Int(40), FullTimeHours: euro.Int(40), Base: payroll.BaseWML, Factor: euro.One, PayBasis: payroll.ByHours,
	}}}}
	for d := 1; d <= 20; d++ {
		month.Hours = append(month.Hours, payroll.Hours{Day: calendar.Day(2026, 10, d), Kind: payroll.Worked, Quantity: 4_00})
	}
	e := payroll.Employment{Birth: calendar.MustParse("1996-03-01"), Korting: true, Identified: true}
	p := calendar.MonthOf(calendar.MustParse("2026-10-01"))
	r := payroll.Run{Employer: employer, Period: p, Kind: payroll.Regular, Sequence: 1, PayDate: p.To}
	dossier := payroll.Dossier{Employment: e, Settings: settings(), Contracts: []payroll.ContractMonth{month}}
	f := subsidy.File{
		Contract: month.Contract, Birth: e.Birth, Loonwaarden: []subsidy.Loonwaarde{{Version: 1, ValidFrom: calendar.MustParse("2026-07-01"), Percent: 60}},
		Decisions: []subsidy.Decision{{ID: payroll.DeriveID("D-1"), Versions: []subsidy.DecisionTerms{{
			Version: 1, ValidFrom: calendar.MustParse("2026-07-01"), Granted: calendar.MustParse("2026-07-01"), Span: calendar.Span{From: calendar.MustParse("2026-07-01")},
			Route: subsidy.ByLoonwaarde, HoursPerWeek: euro.Int(32), Budget: subsidy.BUIG,
		}}}},
	}
	b.ReportAllocs()
	for b.Loop() {
		slips, _, err := payroll.NewPayslips(r, dossier, nil)
		if err != nil || slips[0].GrossOnly || slips[0].Charges == nil {
			b.Fatal(err)
		}
		claims, _, err := subsidy.NewClaims(r, scheme, f, slips[0], nil)
		if err != nil || len(claims) != 1 || claims[0].Amount.IsZero() {
			b.Fatalf("%+v, %v", claims, err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "payslips/s")
}

// settings are those of a small employer with a Whk decision.
func settings() *payroll.Settings {
	return &payroll.Settings{Charges: []payroll.ChargeTerms{{Version: 1, ValidFrom: calendar.MustParse("2026-01-01"), ChargeSettings: payroll.ChargeSettings{
		Small: true, Whk: &payroll.WhkDecision{Year: 2026, Percentage: euro.MustNumber("1.52"), Reference: "W-1"}}}}}
}
