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
	"verloning/payroll/statute"
	"verloning/subsidy"
)

// life is a contract under a scheme with all that its claims rest on, drawn at
// random: the months are run one after another, and what holds of every scheme
// is checked of each claim and of what was claimed so far. It knows nothing of
// any scheme but what its file says.
type life struct {
	*rapid.T
	scheme  subsidy.Scheme
	version subsidy.Version
	file    subsidy.File
	sums    map[string]*tally
	days    map[string]int         // service days of each rule
	paid    euro.Amount            // what all payslips cost
	claimed map[string]euro.Amount // by each rule
	claims  []subsidy.Claim        // of the period
	slip    payroll.Payslip        // of the period
	charged bool                   // some claim counts charges beside what payslips cost
	again   bool                   // run each period once more, off the cycle
	seen    map[string]int         // what was met in all lives, so that a check that never looked fails
}

// tally sums the claims of one rule under one decision.
type tally struct {
	history subsidy.History
	cost    euro.Amount
	first   calendar.Date
	last    calendar.Date
}

// TestEveryScheme holds every scheme of the book, whatever its file says,
// against what no scheme may break.
func TestEveryScheme(t *testing.T) {
	book, err := subsidy.LoadBook()
	if err != nil {
		t.Fatal(err)
	}
	visited, employed := 0, 0
	for _, scheme := range book.All() {
		if scheme.Versions[0].Status.Kind != "employee" {
			continue // TestEveryTrajectory has those
		}
		employed++
		t.Run(scheme.ID, func(t *testing.T) {
			visited++
			seen := map[string]int{}
			var want []string
			for _, version := range scheme.Versions {
				for _, rule := range contractRules(version) {
					want = append(want, wanted(version, rule)...)
				}
			}
			checkUntil(t, seen, want, func(t *rapid.T) {
				version := rapid.SampledFrom(scheme.Versions).Draw(t, "version")
				l := &life{T: t, scheme: scheme, version: version, sums: map[string]*tally{}, days: map[string]int{}, claimed: map[string]euro.Amount{}, seen: seen}
				l.draw()
				l.live()
			})
		})
	}
	if visited == 0 || visited != employed {
		t.Fatalf("%d schemes visited of %d", visited, employed)
	}
}

// contractRules are the rules that a run looks at.
func contractRules(v subsidy.Version) []subsidy.PayRule {
	return slices.DeleteFunc(slices.Clone(v.Pay), func(r subsidy.PayRule) bool { return !r.ForContract() })
}

// wanted is what the lives of a scheme must have met of a rule, so that no check
// passes because it never looked.
func wanted(version subsidy.Version, rule subsidy.PayRule) []string {
	if rule.Kind == subsidy.Internal {
		return nil // It gives no claim; check would say that it knows no such rule.
	}
	list := []string{rule.ID}
	switch share := rule.Amount.Pct; {
	case rule.Cap == subsidy.CapWageCostTotal:
		list = append(list, rule.ID+" settled", rule.ID+" reclaimed")
	case rule.Cap == subsidy.CapWageCost && (share == nil || share.Of != subsidy.OfWageCost):
		list = append(list, rule.ID+" capped")
	}
	if rule.Amount.Parts != nil {
		list = append(list, rule.ID+" paid whole")
	}
	if rule.Clawback != nil {
		list = append(list, rule.ID+" pro rata", rule.ID+" clawed back")
	}
	if p := version.Period; p != nil && p.Months != nil && rule.Kind != subsidy.Hire {
		list = append(list, rule.ID+" over")
	}
	if rule.Kind == subsidy.Hire {
		list = append(list, rule.ID+" by the hour")
	}
	if rule.Amount.CostPrice != nil {
		list = append(list, rule.ID+" at cost price", rule.ID+" less a subsidy", rule.ID+" less part of a subsidy", rule.ID+" of nil")
	}
	if version.Wage != nil {
		for i := range version.Wage.Steps {
			list = append(list, fmt.Sprintf("wage step %d", i+1))
		}
	}
	return list
}

// draw makes the contract, its decisions, loonwaarden and placements.
func (l *life) draw() {
	from := l.version.From.Add(rapid.IntRange(0, 900).Draw(l.T, "start"))
	span := calendar.Span{From: from, To: from.Add(rapid.IntRange(0, 1300).Draw(l.T, "days"))}
	factor := euro.One
	full := euro.Int(40)
	if w := l.version.Wage; w != nil {
		if w.Factor != nil {
			factor = w.Factor.Value.Number
		}
		if w.FullTimeHours != nil {
			full = w.FullTimeHours.Value.Number
		}
	}
	reasons := append([]string{""}, l.version.Exits...)
	for _, rule := range l.version.Pay {
		if rule.Clawback != nil { // what takes back is to be met more often than not
			reasons = append(rule.Clawback.Reasons, rule.Clawback.Reasons[0], "")
		}
	}
	reason := rapid.SampledFrom(reasons).Draw(l.T, "reason")
	c := payroll.Contract{ID: payroll.DeriveID("C-1"), Number: "C-1", Employer: employer, Municipality: municipality, Scheme: l.scheme.ID}
	for v := range rapid.IntRange(1, 2).Draw(l.T, "versions") {
		terms := payroll.Terms{
			Version: v + 1, ValidFrom: from.Add(v * rapid.IntRange(1, 200).Draw(l.T, "amended")), Span: span,
			HoursPerWeek: euro.Int(rapid.Int64Range(1, 40).Draw(l.T, "hours")), FullTimeHours: full, Base: payroll.BaseWML,
			Factor: factor.Add(euro.Scaled(rapid.Int64Range(0, 20).Draw(l.T, "above"), 2)), PayBasis: payroll.ByHours, EndReason: reason,
		}
		c.Versions = append(c.Versions, l.drawExperience(terms))
	}
	l.file = subsidy.File{Contract: c, Birth: calendar.MustParse(rapid.SampledFrom([]string{"1960-03-01", "1988-05-15", "2001-11-30"}).Draw(l.T, "birth"))}
	if calendar.Age(l.file.Birth, from) < 16 {
		l.file.Birth = calendar.MustParse("1970-01-01")
	}
	l.drawDecisions(span)
	for day := from; !day.After(span.To); day = day.Add(rapid.IntRange(1, 400).Draw(l.T, "next value")) {
		l.file.Loonwaarden = append(l.file.Loonwaarden, subsidy.Loonwaarde{Version: len(l.file.Loonwaarden) + 1, ValidFrom: day, Percent: rapid.IntRange(0, 100).Draw(l.T, "percent")})
	}
	l.drawPlacements(span)
}

// drawExperience pays by the scheme's wage table where it has one.
func (l *life) drawExperience(terms payroll.Terms) payroll.Terms {
	if l.version.Wage == nil || len(l.version.Wage.Steps) == 0 {
		return terms
	}
	terms.Base, terms.Factor = payroll.BaseSteps, euro.One
	terms.ExperienceSince = terms.ValidFrom.Add(-rapid.IntRange(0, 2500).Draw(l.T, "experience"))
	for _, step := range l.version.Wage.Steps {
		terms.Steps = append(terms.Steps, payroll.WageStep{Years: step.Years, Factor: step.Factor.Value.Number})
	}
	return terms
}

// drawDecisions makes up to two decisions that follow each other, whose days
// need not be those of the contract nor of the scheme.
func (l *life) drawDecisions(contract calendar.Span) {
	var sources []subsidy.Source
	for _, rule := range contractRules(l.version) {
		for source := range rule.Budget {
			if rule.Kind == subsidy.Internal {
				continue
			}
			sources = append(sources, subsidy.Source(source))
		}
	}
	slices.Sort(sources)
	from := contract.From.Add(rapid.IntRange(-40, 100).Draw(l.T, "decided from"))
	for n := range rapid.IntRange(1, 2).Draw(l.T, "decisions") {
		name := fmt.Sprintf("D-%d", n+1)
		d := subsidy.Decision{ID: payroll.DeriveID(name), Number: name, Municipality: municipality, Contract: l.file.Contract.ID}
		terms := subsidy.DecisionTerms{
			Version: 1, ValidFrom: from, Document: subsidy.Agreement, Granted: from, Route: subsidy.ByLoonwaarde,
			Span:         calendar.Span{From: from, To: from.Add(rapid.IntRange(0, 1200).Draw(l.T, "decided days"))},
			HoursPerWeek: euro.Int(rapid.Int64Range(1, 48).Draw(l.T, "decided hours")), Budget: rapid.SampledFrom(sources).Draw(l.T, "source"),
		}
		if rapid.IntRange(0, 3).Draw(l.T, "ceiling?") == 0 {
			ceiling := euro.Cents(rapid.Int64Range(0, 20_000_00).Draw(l.T, "ceiling"))
			terms.Ceiling = &ceiling
		}
		if rapid.IntRange(0, 2).Draw(l.T, "charges?") == 0 {
			charges := euro.Int(rapid.Int64Range(0, 60).Draw(l.T, "charges"))
			terms.Charges = &charges
		}
		d.Versions = append(d.Versions, terms)
		if rapid.IntRange(0, 3).Draw(l.T, "decided again?") == 0 {
			again := terms
			again.Version, again.ValidFrom = 2, from.Add(rapid.IntRange(0, 300).Draw(l.T, "again from"))
			again.HoursPerWeek = euro.Int(rapid.Int64Range(1, 48).Draw(l.T, "hours again"))
			d.Versions = append(d.Versions, again)
		}
		l.file.Decisions = append(l.file.Decisions, d)
		from = terms.Span.To.Add(rapid.IntRange(1, 100).Draw(l.T, "gap"))
	}
}

// drawPlacements makes placements that follow each other, with a price or as the
// scheme has it.
func (l *life) drawPlacements(contract calendar.Span) {
	from := contract.From
	for n := range rapid.IntRange(0, 3).Draw(l.T, "placements") {
		p := payroll.Placement{ID: payroll.DeriveID(fmt.Sprintf("placement %d", n)), Contract: l.file.Contract.ID, Inlener: payroll.DeriveID("I")}
		p.Span = calendar.Span{From: from, To: from.Add(rapid.IntRange(0, 200).Draw(l.T, "placed days"))}
		if rapid.Bool().Draw(l.T, "price?") {
			price := euro.Scaled(rapid.Int64Range(0, 30_0000).Draw(l.T, "price"), 4)
			p.Price = &price
		}
		l.file.Placements = append(l.file.Placements, p)
		from = p.Span.To.Add(rapid.IntRange(1, 30).Draw(l.T, "placed again"))
	}
}

// live runs the periods from the first day of the contract to the one after its
// last.
func (l *life) live() {
	period := calendar.PeriodFrom(rapid.SampledFrom([]calendar.Kind{calendar.Month, calendar.Month, calendar.FourWeeks}).Draw(l.T, "periods"), l.file.Contract.Span().From)
	for ; !period.From.After(l.file.Contract.Span().To); period = period.Next() {
		l.run(period)
	}
	for _, s := range l.sums {
		l.whole(*s)
	}
	for _, rule := range l.rules() {
		if rule.Kind == subsidy.Internal {
			continue
		}
		if want := l.serviceDays(rule); l.days[rule.ID] != want {
			l.Fatalf("%s: %d service days claimed of %d", rule.ID, l.days[rule.ID], want)
		}
	}
}

// serviceDays counts the days that a rule pays for: those of contract and
// placement, or of contract and decision as far as the longest period goes, which
// starts with the contract or with the first of those days.
func (l *life) serviceDays(rule subsidy.PayRule) int {
	contract := l.file.Contract.Span()
	count := 0
	if rule.Kind == subsidy.Hire {
		for _, p := range l.file.Placements {
			count += p.Span.Meet(contract).Days()
		}
		return count
	}
	limit, limited := l.months()
	within := contract
	if limited && l.version.Period.Limits == "contract" {
		within = contract.Meet(calendar.Span{From: contract.From, To: contract.From.AddMonths(limit).Add(-1)})
	}
	first := calendar.Date{}
	for _, d := range l.file.Decisions {
		days := d.Span().Meet(within)
		if count += days.Days(); first.IsZero() && !days.Empty() {
			first = days.From
		}
	}
	if !limited || first.IsZero() {
		return count
	}
	if contract.To.After(first.AddMonths(limit).Add(-1)) {
		l.seen[rule.ID+" over"]++
	}
	return min(count, first.AddMonths(limit).Sub(first))
}

// months is the longest period of the scheme, which a decision on a contract may hold
// with its extension.
func (l *life) months() (int, bool) {
	if l.version.Period == nil || l.version.Period.Months == nil {
		return 0, false
	}
	n := whole(l.T, l.version.Period.Months.Value.Number)
	if more := l.version.Period.Extension; more != nil {
		n += whole(l.T, more.Value.Number)
	}
	return n, true
}

// run computes the payslip and the claims of a period.
func (l *life) run(period calendar.Period) {
	l.file.Hours = l.drawHours(period)
	month := payroll.ContractMonth{Contract: l.file.Contract, Hours: l.file.Hours}
	slip, _, err := payroll.NewPayslip(payroll.Employment{Birth: l.file.Birth}, month, period, nil)
	if err != nil {
		l.Fatal(err)
	}
	l.slip = slip
	l.floor(slip)
	l.paid = l.paid.Add(slip.WageCost())
	l.file.History = nil
	for _, s := range l.sums {
		l.file.History = append(l.file.History, s.history)
	}
	r := payroll.Run{ID: payroll.RunID(employer, period, payroll.Regular, 1), Employer: employer, Period: period, Kind: payroll.Regular, Sequence: 1}
	claims, _, err := subsidy.NewClaims(r, l.scheme, l.file, slip, nil)
	if err != nil {
		l.Fatal(err)
	}
	again, _, err := subsidy.NewClaims(r, l.scheme, l.file, slip, &payroll.Trace{})
	if err != nil || len(again) != len(claims) {
		l.Fatalf("%d claims and then %d, %v", len(claims), len(again), err)
	}
	ids := map[uuid.UUID]bool{}
	l.claims = claims
	for i, c := range claims {
		if ids[c.ID] {
			l.Fatalf("two claims have the id %s", c.ID)
		}
		ids[c.ID] = true
		if c.Hash() != again[i].Hash() {
			l.Fatalf("the same facts give %+v and %+v", c, again[i])
		}
		l.explained(r, slip, c)
		l.check(period, c)
	}
	if l.again {
		l.repeated(period)
	}
}

// drawHours makes hours on some days of the period that the contract covers.
func (l *life) drawHours(period calendar.Period) []payroll.Hours {
	var hours []payroll.Hours
	days := l.file.Contract.Span().Meet(period.Span)
	each := rapid.IntRange(0, 4).Draw(l.T, "each") // nought: none at all
	quantity := payroll.Quantity(rapid.Int64Range(1, 12_00).Draw(l.T, "quantity"))
	kind := rapid.SampledFrom([]payroll.HoursKind{payroll.Worked, payroll.Training, payroll.Sick, payroll.UnpaidAbsence}).Draw(l.T, "kind")
	for day, n := days.From, 0; each > 0 && !day.After(days.To); day, n = day.Add(each), n+1 {
		h := payroll.Hours{Contract: l.file.Contract.ID, Day: day, Kind: payroll.Worked, Version: 1, Quantity: quantity}
		if n%3 == 2 {
			h.Kind = kind
		}
		hours = append(hours, h)
	}
	return hours
}

// floor wants at least the scheme's factor of the minimum wage for the paid
// hours, less the rounding of each line and of the hourly wage to four decimals.
func (l *life) floor(slip payroll.Payslip) {
	need, paid := euro.Number{}, euro.Number{}
	for _, h := range l.file.Hours {
		if !h.Kind.Paid() {
			continue
		}
		terms, _ := l.file.Contract.On(h.Day)
		least, err := statute.MinimumHour(l.file.Birth, h.Day, terms.FullTimeHours)
		if err != nil {
			l.Fatal(err)
		}
		need, paid = need.Add(h.Quantity.Number().Mul(least.Value).Mul(l.factorOn(terms, h.Day))), paid.Add(h.Quantity.Number())
	}
	slack := euro.Scaled(5, 3).Mul(euro.Int(int64(len(slip.Lines)))).Add(paid.Mul(euro.Scaled(5, 5)))
	if slip.Gross.Number().Add(slack).Cmp(need) < 0 {
		l.Fatalf("%s: wage %s for hours that are worth %s", slip.Period, slip.Gross, need)
	}
}

// factorOn is what the scheme makes of the minimum wage on a day: its factor, or
// that of the last step whose years of experience are full.
func (l *life) factorOn(terms payroll.Terms, day calendar.Date) euro.Number {
	factor := euro.One
	if l.version.Wage == nil {
		return factor
	}
	if l.version.Wage.Factor != nil {
		return l.version.Wage.Factor.Value.Number
	}
	for i, step := range l.version.Wage.Steps {
		if full := terms.ExperienceSince.AddMonths(12 * step.Years); !full.After(day) {
			factor = step.Factor.Value.Number
			l.seen[fmt.Sprintf("wage step %d", i+1)]++
		}
	}
	return factor
}

// explained computes the claim alone, with a trace.
func (l *life) explained(r payroll.Run, slip payroll.Payslip, c subsidy.Claim) {
	trace := &payroll.Trace{}
	alone, found, err := subsidy.ExplainClaim(r, l.scheme, l.file, slip, trace, c.ID)
	if err != nil || !found || alone.Hash() != c.Hash() {
		l.Fatalf("alone the claim is %+v, not %+v: %t, %v", alone, c, found, err)
	}
	if len(trace.Steps) == 0 || !slices.ContainsFunc(trace.Steps, func(s payroll.Step) bool {
		return c.Kind == subsidy.Hire || s.Result == c.Amount.String()
	}) {
		l.Fatalf("no step of %+v ends at %s", trace.Steps, c.Amount)
	}
}

// A gap never rises with productivity, and is nil at 100 % and not before.
func TestEveryGapFalls(t *testing.T) {
	book, err := subsidy.LoadBook()
	if err != nil {
		t.Fatal(err)
	}
	gaps := 0
	for _, scheme := range book.All() {
		for _, version := range scheme.Versions {
			for _, rule := range version.Pay {
				if rule.Amount.Gap == nil {
					continue
				}
				gaps++
				day := version.From.String()
				f := subsidy.File{Contract: contractOf(t, day+".. 40/40"), Birth: calendar.MustParse("1970-01-01"), Decisions: []subsidy.Decision{decisionOf(t, day+" "+day+".. loonwaarde 40")}}
				last := euro.MustParse("99999")
				for percent := 0; percent <= 100; percent++ {
					f.Loonwaarden = loonwaardenOf(t, fmt.Sprintf("%s %d", day, percent))
					claims, _, err := subsidy.NewClaims(runOf(t, day[:7]), scheme, f, rich, nil)
					i := slices.IndexFunc(claims, func(c subsidy.Claim) bool { return c.Rule == rule.ID })
					if err != nil || i < 0 {
						t.Fatal(err)
					}
					if now := claims[i].Entitled; now.Cmp(last) > 0 || now.IsZero() != (percent == 100) || !claims[i].Amount.Equal(now) {
						t.Errorf("%s: %s at %d %% after %s", scheme.ID, now, percent, last)
					}
					last = claims[i].Entitled
				}
			}
		}
	}
	if gaps == 0 {
		t.Error("no scheme has a gap")
	}
}
