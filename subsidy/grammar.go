package subsidy

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"verloning/payroll/euro"
)

// What a scheme may say, a section for each block. Only what the engine
// computes is accepted: a rule that would be passed over in silence is worse
// than one that is refused.

// Limits that no scheme comes near and that keep a reader's work bounded.
const (
	maxVersions = 50
	maxRules    = 20
	maxMonths   = 600
	maxShown    = 120        // months of a milestone where the scheme has no limit
	maxPrice    = 4          // decimals of a price an hour
	mostMoney   = 10_000_000 // euro, of one amount of a scheme
)

var (
	schemeID = regexp.MustCompile(`^[a-z][a-z0-9-]{1,30}$`)
	ruleID   = regexp.MustCompile(`^[a-z][a-z0-9_]{0,30}$`)
)

var marks = []Mark{Stated, Public, Setting}

// oneOf wants one of some codes.
func oneOf[T ~string](l *faultList, path string, value T, allowed ...T) {
	if slices.Contains(allowed, value) {
		return
	}
	var names []string
	for _, a := range allowed {
		if a != "" {
			names = append(names, string(a))
		}
	}
	l.fault(path, "%.40q kan hier niet; kies uit %s", "%.40q is not one of %s", string(value), strings.Join(names, ", "))
}

// marked wants the mark of a number and, where there are limits, the number
// within them.
func (l *faultList) marked(path string, m Marked, sound func(n euro.Number) bool, nl, en string) {
	oneOf(l, below(path, "mark"), m.Mark, marks...)
	if !sound(m.Value.Number) {
		l.fault(below(path, "value"), "%s: "+nl, "%s: "+en, m.Value)
	}
}

// within makes a test of a number that may be both of its limits.
func within(least, most int64) func(euro.Number) bool {
	return func(n euro.Number) bool { return n.Cmp(euro.Int(least)) >= 0 && n.Cmp(euro.Int(most)) <= 0 }
}

// money tests an amount above nought in whole cents.
func money(n euro.Number) bool {
	_, err := n.Amount()
	return err == nil && n.Sign() > 0 && n.Cmp(euro.Int(mostMoney)) <= 0
}

// codes wants names that are not empty, each once.
func (l *faultList) codes(path string, list []string) {
	seen := map[string]bool{}
	for i, code := range list {
		switch {
		case strings.TrimSpace(code) == "":
			l.fault(nth(path, i), "is leeg; geef een naam of haal de regel weg", "is empty; give a name or take the line away")
		case seen[code]:
			l.fault(nth(path, i), "%.40q staat er al", "%.40q is there already", code)
		}
		seen[code] = true
	}
}

func (l *faultList) filled(path, text string) {
	if strings.TrimSpace(text) == "" {
		l.fault(path, "mag niet leeg zijn", "may not be empty")
	}
}

// The scheme.

func (s Scheme) check(l *faultList) {
	if !schemeID.MatchString(s.ID) {
		l.fault("scheme", "%.40q is geen naam voor een regeling: kleine letters, cijfers en koppeltekens, 2 tot 31", "%.40q is no id: 2 to 31 lower-case letters, digits and hyphens", s.ID)
	}
	l.filled("name.nl", s.Name.NL)
	l.filled("name.en", s.Name.EN)
	if len(s.Versions) == 0 {
		l.fault("versions", "er is geen versie; een regeling heeft er ten minste één", "there is none; a scheme has at least one version")
	}
	if len(s.Versions) > maxVersions {
		l.fault("versions", "%d versies; hoogstens %d", "%d versions; at most %d", len(s.Versions), maxVersions)
	}
	for i, v := range s.Versions[:min(len(s.Versions), maxVersions)] {
		path := nth("versions", i)
		if i > 0 && !v.From.IsZero() && !s.Versions[i-1].From.Before(v.From.Date) {
			l.fault(below(path, "from"), "begint op %s, niet na de versie ervoor (%s); zet de versies op volgorde", "starts on %s, not after the version before (%s); put the versions in order", v.From, s.Versions[i-1].From)
		}
		if i > 0 {
			v.follows(l, path, s.Versions[i-1])
		}
		v.check(l, path)
	}
}

// follows wants no day between two versions, and none in both: a version that
// names its last day is followed on the day after it.
func (v Version) follows(l *faultList, path string, before Version) {
	if before.To.IsZero() || !before.From.Before(v.From.Date) {
		return
	}
	switch next := before.To.Add(1); {
	case v.From.After(next):
		l.fault(below(path, "from"), "begint op %s, en de versie ervoor eindigt op %s: van %s tot en met %s geldt er niets; sluit de versies op elkaar aan",
			"starts on %s, and the version before ends on %s: from %s to %s nothing holds; let the versions follow on each other", v.From, before.To, next, v.From.Add(-1))
	case v.From.Before(next):
		l.fault(below(path, "from"), "begint op %s, voor het einde van de versie ervoor (%s); sluit de versies op elkaar aan",
			"starts on %s, before the version before it ends (%s); let the versions follow on each other", v.From, before.To)
	}
}

func (v Version) check(l *faultList, path string) {
	if v.From.IsZero() {
		l.fault(below(path, "from"), "de begindag ontbreekt", "the first day is missing")
	}
	if !v.To.IsZero() && v.To.Before(v.From.Date) {
		l.fault(below(path, "to"), "ligt voor de eerste dag, %s; de versie geldt nooit", "is before the first day, %s; the version never holds", v.From)
	}
	l.filled(below(path, "source"), v.Source)
	v.Status.check(l, below(path, "status"))
	if v.Wage != nil {
		v.Wage.check(l, below(path, "wage"), v.Status)
	}
	months := 0
	if v.Period != nil {
		months = v.Period.check(l, below(path, "period"))
	}
	v.Eligibility.check(l, below(path, "eligibility"))
	if len(v.Pay) > maxRules {
		l.fault(below(path, "pay"), "%d betaalregels; hoogstens %d", "%d pay rules; at most %d", len(v.Pay), maxRules)
	}
	ids := map[string]bool{}
	for i, rule := range v.Pay[:min(len(v.Pay), maxRules)] {
		at := nth(below(path, "pay"), i)
		if ids[rule.ID] {
			l.fault(below(at, "id"), "%.40q wordt twee keer gebruikt; geef elke betaalregel een eigen naam", "%.40q is used twice; give every pay rule an id of its own", rule.ID)
		}
		ids[rule.ID] = true
		if v.Status.Kind == "benefit" && rule.Payee == "employer" {
			l.fault(below(at, "payee"), "wie een uitkering houdt, heeft hier geen werkgever; kies uit provider, person", "who keeps a benefit has no employer here; choose provider or person")
		}
		rule.check(l, at, months)
	}
	l.codes(below(path, "exits"), v.Exits)
	v.checkResults(l, path)
	v.checkSpeed(l, path)
}

// Status and duration.

func (s Status) check(l *faultList, path string) {
	oneOf(l, below(path, "kind"), s.Kind, "employee", "benefit")
	if s.Kind == "benefit" {
		oneOf(l, below(path, "with_benefit"), s.WithBenefit, "", "kept")
		if s.Employer != "" || s.Exclusive {
			l.fault(path, "wie een uitkering houdt, heeft hier geen werkgever; haal employer en exclusive weg", "who keeps a benefit has no employer here; take employer and exclusive away")
		}
		if h := s.HoursPerWeek; h != nil {
			l.marked(below(path, "hours_per_week"), *h, within(1, 48), "een week van deelname telt 1 tot en met 48 uur", "a week of taking part has 1 to 48 hours")
		}
		return
	}
	if s.HoursPerWeek != nil {
		l.fault(below(path, "hours_per_week"), "de arbeidsovereenkomst noemt de uren; haal de sleutel weg", "the contract names the hours; take the key away")
	}
	oneOf(l, below(path, "with_benefit"), s.WithBenefit, "", "never", "offset")
	l.filled(below(path, "employer"), s.Employer)
}

// check returns the months of the limit, or nought.
func (p SubsidyPeriod) check(l *faultList, path string) int {
	oneOf(l, below(path, "limits"), p.Limits, "subsidy", "contract")
	months := 0
	if p.Months != nil {
		l.marked(below(path, "months"), *p.Months, func(n euro.Number) bool {
			whole, err := n.Int()
			if err != nil || whole < 1 || whole > maxMonths {
				return false
			}
			months = whole
			return true
		}, "schrijf een heel aantal maanden, 1 tot en met 600", "write a whole number of months, 1 to 600")
	}
	whole := func(n euro.Number) bool {
		months, err := n.Int()
		return err == nil && months >= 1 && months <= maxMonths
	}
	for key, m := range map[string]*Marked{"extension": p.Extension, "before": p.Before} {
		if m != nil {
			l.marked(below(path, key), *m, whole, "schrijf een heel aantal maanden, 1 tot en met 600", "write a whole number of months, 1 to 600")
		}
	}
	if p.Extension != nil && months > 0 && whole(p.Extension.Value.Number) {
		months += wholeMonths(p.Extension)
	}
	if p.Extension != nil && p.Months == nil {
		l.fault(below(path, "extension"), "zonder months valt er niets te verlengen", "without months there is nothing to extend")
	}
	last := 0
	for i, review := range p.ReviewMonths {
		at := nth(below(path, "review_months"), i)
		switch {
		case review <= last:
			l.fault(at, "maand %d komt niet na maand %d; zet de maanden op volgorde", "month %d does not come after month %d; put the months in order", review, last)
		case review > maxMonths || months > 0 && review > months:
			l.fault(at, "maand %d valt na het einde van de periode", "month %d is after the end of the period", review)
		}
		last = review
	}
	return months
}

// Eligibility.

func (e Eligibility) check(l *faultList, path string) {
	for i, b := range e.Benefits {
		oneOf(l, nth(below(path, "benefits"), i), b, Benefits...)
	}
	l.codes(below(path, "require"), e.Require)
	l.codes(below(path, "exclude"), e.Exclude)
	if e.Places < 0 {
		l.fault(below(path, "places"), "%d plaatsen kan niet; schrijf 0 of meer", "%d places cannot be; write 0 or more", e.Places)
	}
}

// Pay: what every rule says, and what each kind adds to it.

func (r PayRule) check(l *faultList, path string, months int) {
	if !ruleID.MatchString(r.ID) {
		l.fault(below(path, "id"), "%.40q kan hier niet: kleine letters, cijfers en _, hoogstens 31", "%.40q is no id: lower-case letters, digits and _, at most 31", r.ID)
	}
	oneOf(l, below(path, "mark"), r.Mark, marks...)
	if r.ByTrajectory() || r.Kind == Premium {
		r.checkTrajectory(l, path, months)
		return
	}
	oneOf(l, below(path, "kind"), r.Kind, Subsidy, Fee, Hire, Premium, Internal)
	if r.Kind != Internal {
		oneOf(l, below(path, "payee"), r.Payee, "employer", "provider", "person")
		oneOf(l, below(path, "trigger"), r.Trigger, Monthly, Milestone)
	}
	r.checkOnlyTrajectory(l, path)
	if r.Clawback != nil {
		r.Clawback.check(l, below(path, "clawback"), r.Amount.Parts != nil)
	}
	r.checkLimit(l, path)
	switch r.Kind {
	case Subsidy, Fee:
		oneOf(l, below(path, "payer"), r.Payer, "municipality")
		oneOf(l, below(path, "document"), r.Document, "decision", "agreement")
		oneOf(l, below(path, "cap"), r.Cap, "", CapWageCost, CapWageCostTotal)
	case Hire:
		oneOf(l, below(path, "payer"), r.Payer, "inlener")
		oneOf(l, below(path, "document"), r.Document, "invoice")
		r.checkHire(l, path)
	case Internal:
		oneOf(l, below(path, "payer"), r.Payer, "municipality")
		oneOf(l, below(path, "document"), r.Document, HoursSheet)
		r.checkInternal(l, path)
	default:
		oneOf(l, below(path, "payer"), r.Payer, "municipality", "inlener")
		oneOf(l, below(path, "document"), r.Document, "decision", "agreement", "invoice", HoursSheet)
		oneOf(l, below(path, "cap"), r.Cap, "", CapWageCost, CapWageCostTotal)
	}
	r.checkVAT(l, below(path, "vat"))
	r.checkBudget(l, below(path, "budget"))
	r.checkAmount(l, path, months)
}

// checkHire refuses what the computation of a hire price would not look at.
func (r PayRule) checkHire(l *faultList, path string) {
	if r.Cap != "" {
		l.fault(below(path, "cap"), "een inleenvergoeding heeft geen maximum; haal cap weg", "a hire price has no cap; take cap away")
	}
	at := below(path, "amount")
	if r.Amount.Fixed != nil {
		l.fault(below(at, "fixed"), "een inleenvergoeding is een prijs per uur (hourly), een deel van de loonkosten (pct) of de kostprijs (cost_price)", "a hire price is a price an hour (hourly), a share of the wage cost (pct) or the cost price (cost_price)")
	}
	p := r.Amount.Pct
	if p == nil {
		return
	}
	at = below(at, "pct")
	if p.Of == OfMinimum {
		l.fault(below(at, "of"), "een inleenvergoeding is een deel van de loonkosten; schrijf of: wage_cost", "a hire price is a share of the wage cost; write of: wage_cost")
	}
	if p.AtMinimum {
		l.fault(below(at, "at_minimum"), "kan niet bij een inleenvergoeding; haal de sleutel weg", "does not go with a hire price; take the key away")
	}
	if p.Charges != nil {
		l.fault(below(at, "employer_charges"), "kan niet bij een inleenvergoeding; haal de sleutel weg", "does not go with a hire price; take the key away")
	}
}

func (r PayRule) checkVAT(l *faultList, path string) {
	switch {
	case r.VAT != nil && r.Kind == Subsidy:
		l.fault(path, "over een subsidie is geen btw verschuldigd; haal vat weg", "a subsidy carries no VAT; take vat away")
	case r.VAT != nil && r.Kind == Hire:
		l.fault(path, "btw over een inleenvergoeding is altijd verschuldigd en niet compensabel; haal vat weg", "VAT on a hire price is always due and never compensable; take vat away")
	case r.VAT == nil && r.Kind == Fee:
		l.fault(path, `ontbreekt; zeg welk deel van de btw het BTW-compensatiefonds teruggeeft: vat: {compensable: {value: "1.00", mark: setting}}`,
			`is missing; say which part of the VAT the BTW-compensatiefonds gives back: vat: {compensable: {value: "1.00", mark: setting}}`)
	}
	if r.VAT != nil {
		l.marked(below(path, "compensable"), r.VAT.Compensable, within(0, 1), `schrijf een deel van "0" tot en met "1"`, `write a share from "0" to "1"`)
	}
}

func (r PayRule) checkBudget(l *faultList, path string) {
	if r.Kind == Hire || r.Payer == "inlener" {
		if r.Budget != nil {
			l.fault(path, "de inlener betaalt; haal budget weg", "the inlener pays; take budget away")
		}
		return
	}
	// Of a kind that is not known nobody can say whether it has a budget.
	if r.Budget != nil || slices.Contains([]Kind{Subsidy, Fee, Premium, Internal}, r.Kind) {
		checkShares(l, path, r.Budget)
	}
}

// checkShares wants known sources of one time, and parts that make a whole.
func checkShares(l *faultList, path string, shares map[string]Decimal) {
	var sum euro.Number
	for _, source := range slices.Sorted(maps.Keys(shares)) {
		oneOf(l, below(path, source), Source(source), Sources...)
		if shares[source].Sign() <= 0 {
			l.fault(below(path, source), "%s: een aandeel is meer dan nul", "%s: a share is above nought", shares[source])
		}
		sum = sum.Add(shares[source].Number)
	}
	switch {
	case l.brokenBelow(path):
	case !sum.Equal(euro.One):
		l.fault(path, "de aandelen zijn samen %s en moeten samen 1 zijn", "the shares sum to %s, not to 1", sum)
	case !(PayRule{Budget: shares}).together():
		l.fault(path, "deze bronnen bestonden nooit in hetzelfde jaar; noem bronnen van één tijd", "these sources never existed in the same year; name sources of one time")
	}
}

// Amounts: one form, which suits the kind, the trigger and the cap.

func (r PayRule) checkAmount(l *faultList, path string, months int) {
	at := below(path, "amount")
	forms := r.Amount.forms()
	if len(forms) != 1 && !l.brokenBelow(at) {
		l.fault(at, "er staan %d vormen; kies er precies één: fixed, pct, gap, parts, hourly, cost_price of loonkostensubsidie", "there are %d; exactly one form is needed: fixed, pct, gap, parts, hourly, cost_price or loonkostensubsidie", len(forms))
	}
	for _, form := range forms {
		only := map[string]Kind{"gap": Subsidy, "parts": Subsidy, "loonkostensubsidie": Subsidy, "hourly": Hire, "cost_price": Hire}[form]
		if r.Kind == Internal {
			continue // Which has a form of its own, and says so.
		}
		if only != "" && r.Kind != only && slices.Contains([]Kind{Subsidy, Fee, Hire}, r.Kind) {
			l.fault(below(at, form), "deze vorm hoort alleen bij kind: %[2]s en niet bij %[1]s", "this form goes with kind: %[2]s only, not with %[1]s", r.Kind, only)
		}
	}
	if f := r.Amount.Fixed; f != nil {
		l.marked(below(at, "fixed.amount"), f.Amount, money, `schrijf een bedrag boven nul met hoogstens twee decimalen, zoals "1900.00"`, `is no amount of money: above nought, at most two decimals, such as "1900.00"`)
	}
	if p := r.Amount.Pct; p != nil {
		p.check(l, below(at, "pct"))
	}
	if g := r.Amount.Gap; g != nil {
		g.check(l, below(at, "gap"))
	}
	if p := r.Amount.Parts; p != nil {
		p.check(l, below(at, "parts"), months)
	}
	if h := r.Amount.Hourly; h != nil && h.Price != nil {
		l.marked(below(at, "hourly.price"), *h.Price, func(n euro.Number) bool { return n.Sign() > 0 && n.Equal(n.Round(maxPrice)) },
			"schrijf een prijs boven nul met hoogstens vier decimalen", "write a price above nought with at most four decimals")
	}
	if c := r.Amount.CostPrice; c != nil {
		c.check(l, below(at, "cost_price"))
	}
	if s := r.Amount.Loonkostensubsidie; s != nil {
		l.filled(below(at, "loonkostensubsidie.article"), s.Article)
	}
	r.checkTiming(l, path, forms)
}

// checkTiming holds trigger and cap against the form.
func (r PayRule) checkTiming(l *faultList, path string, forms []string) {
	if len(forms) != 1 || r.Kind == Internal {
		return
	}
	parts := r.Amount.Parts != nil
	switch {
	case parts && r.Trigger == Monthly:
		l.fault(below(path, "trigger"), "delen (parts) worden bij een mijlpaal betaald; schrijf trigger: milestone", "parts are paid at milestones; write trigger: milestone")
	case !parts && r.Trigger == Milestone:
		l.fault(below(path, "trigger"), "alleen delen (parts) worden bij een mijlpaal betaald; schrijf trigger: month", "only parts are paid at milestones; write trigger: month")
	}
	pct := r.Amount.Pct
	switch {
	case r.Kind == Hire:
	case parts && r.Cap == CapWageCost:
		l.fault(below(path, "cap"), "bij delen (parts) hoort wage_cost_total, of geen maximum", "parts go with wage_cost_total, or with no cap")
	case !parts && r.Cap == CapWageCostTotal:
		l.fault(below(path, "cap"), "wage_cost_total hoort alleen bij delen (parts); kies wage_cost of laat cap weg", "wage_cost_total goes with parts only; choose wage_cost or leave cap out")
	case r.Kind == Subsidy && pct != nil && pct.Of == OfWageCost && r.Cap == "":
		l.fault(below(path, "cap"), "een subsidie in procenten van de loonkosten heeft cap: wage_cost", "a subsidy as a share of the wage cost has cap: wage_cost")
	}
}

func (p PctAmount) check(l *faultList, path string) {
	oneOf(l, below(path, "of"), p.Of, OfWageCost, OfMinimum)
	l.marked(below(path, "rate"), p.Rate, func(n euro.Number) bool { return n.Sign() > 0 && n.Cmp(euro.Int(2)) <= 0 },
		`schrijf een deel boven nul en hoogstens 2; "0.50" is de helft`, `is no share: above nought, at most 2; "0.50" is half`)
	if p.Of == OfMinimum && p.AtMinimum {
		l.fault(below(path, "at_minimum"), "kan alleen met of: wage_cost", "goes with of: wage_cost only")
	}
	if p.Of == OfMinimum && p.Charges != nil {
		l.fault(below(path, "employer_charges"), "kan alleen met of: wage_cost", "goes with of: wage_cost only")
	}
	if p.Of == OfWageCost && p.WithHolidayAllowance {
		l.fault(below(path, "with_holiday_allowance"), "kan alleen met of: WML; loonkosten hebben de vakantietoeslag al", "goes with of: WML only; wage cost has holiday allowance in it already")
	}
	if p.Charges != nil {
		l.marked(below(path, "employer_charges"), *p.Charges, within(0, 1), `schrijf een deel van "0" tot en met "1"; "0.20" is een vijfde erbij`, `write a share from "0" to "1"; "0.20" is a fifth on top`)
	}
}

func (g GapAmount) check(l *faultList, path string) {
	oneOf(l, below(path, "of"), g.Of, OfMinimum)
	oneOf(l, below(path, "by"), g.By, "productivity")
	if g.MaxShare.Sign() <= 0 || g.MaxShare.Cmp(euro.One) > 0 {
		l.fault(below(path, "max_share"), `%s: schrijf een deel boven nul en hoogstens "1"`, `%s: write a share above nought, at most "1"`, g.MaxShare)
	}
}

func (p PartsAmount) check(l *faultList, path string, months int) {
	l.marked(below(path, "price"), p.Price, money, `schrijf een bedrag boven nul met hoogstens twee decimalen, zoals "5000.00"`, `is no amount of money: above nought, at most two decimals, such as "5000.00"`)
	most := months
	if most == 0 {
		most = maxShown
	}
	at := below(path, "shares")
	var sum euro.Number
	for _, key := range slices.Sorted(maps.Keys(p.Shares)) {
		month, named := milestoneMonths(key)
		if !named || month > most {
			l.fault(below(at, key), "geen mijlpaal; kies start, of month_1 tot en met month_%d", "no milestone; choose start, or month_1 to month_%d", most)
		}
		if p.Shares[key].Sign() <= 0 {
			l.fault(below(at, key), "%s: een deel is meer dan nul", "%s: a share is above nought", p.Shares[key])
		}
		sum = sum.Add(p.Shares[key].Number)
	}
	if !sum.Equal(euro.One) && !l.brokenBelow(at) {
		l.fault(at, "de delen zijn samen %s en moeten samen 1 zijn", "the shares sum to %s, not to 1", sum)
	}
}

// forms names the forms that are set.
func (a AmountForm) forms() []string {
	var set []string
	for _, form := range []struct {
		name string
		set  bool
	}{
		{"fixed", a.Fixed != nil}, {"pct", a.Pct != nil}, {"gap", a.Gap != nil}, {"parts", a.Parts != nil},
		{"hourly", a.Hourly != nil}, {"loonkostensubsidie", a.Loonkostensubsidie != nil},
		{"ladder", a.Ladder != nil}, {"settle", a.Settle != nil}, {"cost_price", a.CostPrice != nil},
	} {
		if form.set {
			set = append(set, form.name)
		}
	}
	return set
}
