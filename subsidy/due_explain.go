package subsidy

import (
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"

	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
	"verloning/payroll/statute"
)

// listener hears the steps of payments: of one of them, or of all where none is
// named. Nobody listens to a statement that is calculated, and it computes the same.
type listener struct {
	trace *payroll.Trace
	only  *dueKey
	payee bool // a provider listens, whom the municipality's budgets do not concern
}

// of is the trace that the steps of a payment go to, which may be nil.
func (l listener) of(k dueKey) *payroll.Trace {
	if l.only != nil && *l.only != k {
		return nil
	}
	return l.trace
}

// PaymentsOf are the payments of one trajectory that fell due by a day, as a
// statement books them when nothing was booked before and nobody got a premium
// elsewhere. A bonus or malus is of a whole agreement and no part of it. Payer is
// who pays what the municipality does not.
func PaymentsOf(s Scheme, t Trajectory, payer uuid.UUID, until calendar.Date, trace *payroll.Trace) ([]BookedDue, []payroll.Exception, error) {
	heard := listener{trace: trace}
	var all, limited []TrajectoryDue
	for _, due := range trajectoryDues(s, t, until, heard) {
		if due.isPremium() {
			limited = append(limited, due)
		} else {
			all = append(all, due)
		}
	}
	found := t.attention(nil, s, until, nil)
	kept, odd, err := premiums(limited, nil, heard)
	if err != nil {
		return nil, nil, err
	}
	all, found = append(all, kept...), append(found, odd...)
	slices.SortStableFunc(all, byDay)
	t.IBAN = "-" // Nobody is paid here, and so nobody's account number is needed.
	statement := Statement{Municipality: t.Municipality, heard: heard}
	file := StatementFile{Trajectories: []Trajectory{t}, Agreements: []ProviderAgreement{{ID: t.Agreement, Provider: t.Provider, Payer: payer}}}
	list, odd, err := statement.booked(all, file)
	return list, distinct(append(found, odd...)), err
}

// ExplainLine recomputes one payment of a statement from what its cut-off knew, with
// every step, and reports whether there is still anything to book of it: by other
// rules than those of then there may be nothing. A payee is not told which budgets of
// the municipality bear it.
func (s Statement) ExplainLine(book *Book, file StatementFile, b BookedDue, payee bool, t *payroll.Trace) (StatementLine, bool, error) {
	key := b.identity()
	s.heard, s.Lines, s.Exceptions = listener{trace: t, only: &key, payee: payee}, nil, nil
	if err := s.Compute(book, file); err != nil {
		return StatementLine{}, false, err
	}
	for _, line := range s.Lines {
		if line.identity() == key {
			return line, true, nil
		}
	}
	return StatementLine{}, false, nil
}

// times tells how often a person got a premium of the scheme before in the year.
func (l listener) times(due TrajectoryDue, before, most int) {
	l.of(due.identity()).Add(func() payroll.Step {
		result := due.Amount
		if before >= most {
			result = euro.Zero
		}
		return payroll.Step{
			What:   payroll.Text{NL: due.named("hoe vaak een persoon het in een kalenderjaar krijgt"), EN: due.named("how often a person gets it in a calendar year")},
			Source: "scheme " + due.Scheme + " " + due.Rule.ID, Formula: fmt.Sprintf("%d before in %d, at most %d", before, due.Day.Year(), most), Result: result.String(),
		}
	})
}

// inYear tells what is left of the amount that a person gets in premiums in a year.
func (l listener) inYear(due TrajectoryDue, before euro.Amount, figure statute.Figure) {
	l.of(due.identity()).Add(func() payroll.Step {
		left := due.Amount.Min(figure.Value.Cents().Sub(before))
		if left.Sign() < 0 {
			left = euro.Zero
		}
		return payroll.Step{
			What:    payroll.Text{NL: due.named("wat een persoon in een kalenderjaar aan premies krijgt"), EN: due.named("what a person gets in premiums in a calendar year")},
			Article: figure.Article, Source: source(figure),
			Formula: fmt.Sprintf("%s, with %s before in %d and at most %s", due.Amount, before, due.Day.Year(), figure.Value.Fixed(2)), Result: left.String(),
		}
	})
}

// settled tells how the outcome of a contract year gives its bonus or malus.
func (l listener) settled(due TrajectoryDue, s Standing) {
	trace, grounds := l.of(due.identity()), "scheme "+due.Scheme+" "+due.Rule.ID
	add := func(nl, en, formula, result, rounded string) {
		trace.Add(func() payroll.Step {
			return payroll.Step{What: payroll.Text{NL: nl, EN: en}, Source: grounds, Formula: formula, Result: result, Rounded: rounded}
		})
	}
	rule := due.Rule.Amount.Settle
	days := fmt.Sprintf("%s – %s", s.Days.From, s.Days.To)
	add(fmt.Sprintf("contractjaar %d (%s): resultaat in procenten van wie telt (%s)", s.Year, days, s.Base),
		fmt.Sprintf("contract year %d (%s): outcome in percent of who counts (%s)", s.Year, days, s.Base),
		fmt.Sprintf("%d / %d × 100", s.Outcomes, s.Of), s.Realised.Fixed(2), "half up, 0.01")
	add("punten ten opzichte van het doel", "points against the target", fmt.Sprintf("%s − %s", s.Realised.Fixed(2), s.Target), s.Points.String(), "")
	add("deel van de omzet, hoogstens het plafond naar beide kanten", "share of the turnover, at most the cap either way",
		fmt.Sprintf("%s × %s, at most %s", s.Points, rule.PerPoint.Value, rule.Cap.Value), s.Share.String(), "")
	add("bonus, of onder nul malus, over de producten van het jaar", "bonus, or below nil malus, over the products of the year",
		fmt.Sprintf("%s × %s", s.Turnover, s.Share), s.Amount.String(), "half up, 0.01")
}

// taxed tells the VAT on a supply and what of it burdens the budget, where there is
// any.
func (l listener) taxed(b BookedDue, rate statute.Figure, compensable euro.Number) {
	trace := l.of(b.identity())
	trace.Add(func() payroll.Step {
		return payroll.Step{
			What:    payroll.Text{NL: b.named("omzetbelasting over een dienst"), EN: b.named("value added tax on a supply")},
			Article: rate.Article, Source: source(rate), Formula: fmt.Sprintf("%s × %s %%", b.Amount, b.VATRate), Result: b.VAT.String(), Rounded: "half up, 0.01",
		}
	})
	if b.VATCost.IsZero() || l.payee {
		return
	}
	trace.Add(func() payroll.Step {
		return payroll.Step{
			What:   payroll.Text{NL: b.named("omzetbelasting die niet wordt gecompenseerd"), EN: b.named("value added tax that is not compensated")},
			Source: "scheme " + b.Scheme + " " + b.Rule, Formula: fmt.Sprintf("%s × (1 − %s)", b.VAT, compensable), Result: b.VATCost.String(), Rounded: "half up, 0.01",
		}
	})
}

// dealtOut tells which source bears how much.
func (l listener) dealtOut(b BookedDue, shares map[string]Decimal) {
	if l.payee || len(shares) == 0 {
		return
	}
	l.of(b.identity()).Add(func() payroll.Step {
		var parts, results []string
		for _, part := range b.Sources {
			parts = append(parts, fmt.Sprintf("%s %d × %s", part.Source, part.Year, shares[string(part.Source)]))
			results = append(results, part.Amount.String())
		}
		return payroll.Step{
			What:   payroll.Text{NL: b.named("verdeling over de bronnen van de regeling"), EN: b.named("division over the sources of the scheme")},
			Source: "scheme " + b.Scheme + " " + b.Rule, Formula: fmt.Sprintf("%s: %s", b.Amount.Add(b.VATCost), strings.Join(parts, ", ")),
			Result: strings.Join(results, " + "), Rounded: "down to 0.01, cents that are left to the first",
		}
	})
}

// before tells what is left to book of a payment of which something was booked.
func (l listener) before(now, booked, left BookedDue) {
	if booked.Rule == "" {
		return
	}
	trace := l.of(booked.identity())
	if now.Rule == "" {
		trace.Add(func() payroll.Step {
			return payroll.Step{What: payroll.Text{NL: booked.named("niet meer verschuldigd"), EN: booked.named("not due any more")}, Source: "scheme " + booked.Scheme, Result: euro.Zero.String()}
		})
	}
	trace.Add(func() payroll.Step {
		return payroll.Step{
			What:    payroll.Text{NL: booked.named("verschil met wat eerder is geboekt"), EN: booked.named("difference with what was booked before")},
			Formula: fmt.Sprintf("%s − %s", now.Amount, booked.Amount), Result: left.Amount.String(),
		}
	})
}

// named puts the payment before what is said of it.
func (d TrajectoryDue) named(said string) string {
	return fmt.Sprintf("%s, %s: %s", d.Rule.ID, d.Key, said)
}

// named puts the payment before what is said of it.
func (b BookedDue) named(said string) string { return fmt.Sprintf("%s, %s: %s", b.Rule, b.Key, said) }
