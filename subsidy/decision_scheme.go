package subsidy

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"verloning/payroll"
	"verloning/payroll/calendar"
)

// withinScheme holds the newest version of a decision against its scheme: the
// source of money, the document, the longest period, how often a person may have
// one, and what the amount is reckoned by.
func (d *Desk) withinScheme(ctx context.Context, tx Tx, door *payroll.Door, req DecisionRecord, c payroll.Contract, decision *Decision) error {
	terms := &decision.Versions[len(decision.Versions)-1]
	scheme, known, err := d.schemeOf(ctx, tx, c)
	if err != nil {
		return err
	}
	version, dated := scheme.Governing(terms.Span.From)
	if !known || !dated {
		terms.Document = orDocument(terms.Document, Beschikking)
		return nil // the run says so
	}
	version.acceptSource(door, *terms)
	version.acceptDocument(door, terms)
	version.acceptPercent(door, req)
	if len(door.Problems) > 0 || c.Person == uuid.Nil {
		return nil
	}
	others, err := tx.Subsidised(ctx, *decision, c)
	if err == nil {
		version.acceptPeriod(door, *terms, c, others)
	}
	return err
}

// AcceptAsked reads what a question says of a decision under the scheme as a record
// of one is read. Where it names no source it is the first that the scheme draws on.
func (r DecisionRecord) AcceptAsked(door *payroll.Door, v Version) DecisionTerms {
	for _, rule := range v.Pay {
		if sources := rule.sources(); r.Budget == "" && rule.ForContract() && len(sources) > 0 {
			r.Budget = string(sources[0])
		}
	}
	if r.Budget == "" {
		door.Refuse(payroll.Reason("decision/not_of_scheme", "", "Onder deze regeling betaalt een gemeente niets op een besluit over een contract.", "Under this scheme a municipality pays nothing on a decision about a contract."))
		return DecisionTerms{}
	}
	terms := r.accept(door)
	terms.Version = 1
	v.acceptSource(door, terms)
	v.acceptDocument(door, &terms)
	v.acceptPercent(door, r)
	return terms
}

// acceptSource refuses a budget that the scheme's rules do not draw on, and a rule
// that draws on several where one of them did not exist in a year of the decision.
func (v Version) acceptSource(door *payroll.Door, t DecisionTerms) {
	if source, year, missing := v.sharedYears(t.Span); missing {
		door.Refuse(notInYear("budget", source, year))
	}
	draws := false
	for _, rule := range v.Pay {
		draws = draws || rule.ForContract() && rule.Budget[string(t.Budget)].Sign() > 0
	}
	if draws {
		return
	}
	door.Refuse(payroll.Reason("budget/not_of_scheme", "budget", "Deze regeling put niet uit deze bron.", "This scheme does not draw on this source."))
}

// acceptDocument takes the scheme's document where none is named, and refuses
// another: where the scheme says that there is no subsidy relation, the paper is
// an agreement and no beschikking.
func (v Version) acceptDocument(door *payroll.Door, t *DecisionTerms) {
	own := Beschikking
	for _, rule := range v.Pay {
		if rule.Document == "agreement" && rule.ForContract() {
			own = Agreement
		}
	}
	if t.Document = orDocument(t.Document, own); t.Document != own {
		door.Refuse(payroll.Reason("document/not_of_scheme", "document",
			fmt.Sprintf("Onder deze regeling berust dit op een %s: laat het veld weg of vul %s in.", own.dutch(), own),
			fmt.Sprintf("Under this scheme this rests on: %s. Leave the field out or write that.", own)))
	}
}

// dutch is the paper's name for a reader.
func (d Document) dutch() string {
	if d == Agreement {
		return "overeenkomst"
	}
	return string(d)
}

func orDocument(d, otherwise Document) Document {
	if d == "" {
		return otherwise
	}
	return d
}

// acceptPercent refuses a loonwaarde where the scheme reckons by productivity,
// and either where it reckons by neither.
func (v Version) acceptPercent(door *payroll.Door, req DecisionRecord) {
	byLoonwaarde, byProductivity := v.byLoonwaarde(), false
	for _, rule := range v.Pay {
		byProductivity = byProductivity || rule.Amount.Gap != nil
	}
	if req.Loonwaarde != nil && !byLoonwaarde {
		door.Refuse(payroll.Reason("loonwaarde/not_of_scheme", "loonwaarde", "Deze regeling rekent niet met een loonwaarde.", "This scheme does not reckon by a loonwaarde."))
	}
	if req.Productivity != nil && !byProductivity {
		door.Refuse(payroll.Reason("productivity/not_of_scheme", "productivity", "Deze regeling rekent niet met een productiviteit.", "This scheme does not reckon by a productivity."))
	}
}

// acceptPeriod refuses days after the scheme's longest period, counted over all
// decisions of the municipality for the person, in whatever order they were
// recorded, and a second decision where a person may have one.
func (v Version) acceptPeriod(door *payroll.Door, t DecisionTerms, c payroll.Contract, others []calendar.Span) {
	if v.Eligibility.OncePerPerson && len(others) > 0 {
		door.Refuse(payroll.Reason("decision/once_per_person", "contract", "Deze persoon heeft onder deze regeling al een besluit gehad; dat kan eenmaal.", "This person has had a decision under this scheme before; that can be once."))
	}
	if v.Period == nil || v.Period.Months == nil {
		return
	}
	days := t.Span.Meet(c.Span())
	last := v.Period.lastDay(days.From, others)
	if days.To.IsZero() || days.To.After(last) {
		door.Refuse(payroll.Reason("to/beyond_scheme", "to",
			fmt.Sprintf("Deze regeling duurt hoogstens %d maanden; het besluit loopt uiterlijk tot en met %s.", v.Period.months(), last),
			fmt.Sprintf("This scheme lasts %d months at most; the decision runs until %s at the latest.", v.Period.months(), last)))
	}
}

// reserve reckons anew what the decisions on a contract are expected to cost.
func (d *Desk) reserve(ctx context.Context, tx Tx, c payroll.Contract) error {
	scheme, known, err := d.schemeOf(ctx, tx, c)
	if err != nil || !known {
		return err
	}
	file, err := tx.DecidedFile(ctx, c)
	if err != nil {
		return err
	}
	for _, decision := range file.Decisions {
		expected, err := Expect(scheme, file, decision)
		if err != nil {
			expected = nil // the run will say what is missing; a forecast refuses no decision
		}
		if err := tx.Reserve(ctx, decision, expected); err != nil {
			return err
		}
	}
	return nil
}
