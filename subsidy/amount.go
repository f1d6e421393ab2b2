package subsidy

import (
	"errors"
	"fmt"

	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
	"verloning/payroll/statute"
)

// amounts computes what a rule gives over the service days of a month. Days
// with the same facts form a stretch; each stretch counts for its calendar
// days, and the month rounds once, not each stretch.
func amounts(rule PayRule, f File, d Decision, cost euro.Amount, days calendar.Span, t *payroll.Trace) (lks, []payroll.Exception, error) {
	var sum lks
	var found []payroll.Exception
	for _, part := range stretches(f, d, days) {
		one, err := amountOn(rule, f, d, cost, part.From, t)
		if e, known := excuse(err, f.Contract.Number, part); known {
			found = append(found, e)
			continue
		}
		if err != nil {
			return lks{}, nil, fmt.Errorf("contract %s, rule %s: %w", f.Contract.Number, rule.ID, err)
		}
		share := euro.Ratio{Over: euro.Int(int64(part.Days())), Under: euro.Int(int64(calendar.MonthOf(part.From).Days()))}
		if rule.Amount.Pct != nil && rule.Amount.Pct.Of == "wage_cost" {
			share = euro.Ratio{Over: euro.Int(int64(part.Days())), Under: euro.Int(int64(days.Days()))} // the cost is of these days
		}
		sum.base = sum.base.Add(one.base.Part(share))
		sum.charges = sum.charges.Add(one.charges.Part(share))
		sum.figures = append(sum.figures, one.figures...)
		traceShare(t, share, part)
	}
	sum.base, sum.charges = sum.base.Round(shareNoise), sum.charges.Round(shareNoise)
	return sum, append(found, overdue(f, rule, days)...), nil
}

// shareNoise takes away what the twenty-four decimals of each share lack, so
// that stretches of a month that comes to half a cent sum to half a cent again.
const shareNoise = 18

// stretches cuts the days where a fact of the amount changes: the decision's
// terms, the loonwaarde, the hours of the contract, the end of the forfait, or
// the month, since amounts are a month's in a run of four weeks too.
func stretches(f File, d Decision, days calendar.Span) []calendar.Span {
	type facts struct {
		decision, contract, value int
		over                      bool
		reference, month          calendar.Date
	}
	forfaitEnds := f.Contract.Span().From.AddMonths(6)
	month := calendar.MonthOf(days.From)
	var cut []calendar.Span
	var last facts
	for day := days.From; !day.After(days.To); day = day.Add(1) {
		if day.After(month.To) {
			month = month.Next()
		}
		terms, _ := d.On(day)
		contract, _ := f.Contract.On(day)
		value, _ := loonwaardeOn(f.Loonwaarden, day)
		now := facts{terms.Version, contract.Version, value.Version, terms.Route == Forfait && !day.Before(forfaitEnds), terms.referenceDay(month.From), month.From}
		if len(cut) > 0 && now == last {
			cut[len(cut)-1].To = day
			continue
		}
		cut, last = append(cut, calendar.Span{From: day, To: day}), now
	}
	return cut
}

// amountOn is the amount of a whole month on the facts of a day.
func amountOn(rule PayRule, f File, d Decision, cost euro.Amount, day calendar.Date, t *payroll.Trace) (lks, error) {
	terms, _ := d.On(day)
	switch form := rule.Amount; {
	case form.Loonkostensubsidie != nil:
		return lksMonth(terms, f.Loonwaarden, f.Contract, f.Birth, day, t)
	case form.Fixed != nil:
		return lks{base: form.Fixed.Amount.Value.Number}, nil
	case form.Pct != nil && form.Pct.Of == "wage_cost":
		return lks{base: cost.Times(form.Pct.Rate.Value.Number)}, nil
	case form.Pct != nil:
		return pctOfMinimum(*form.Pct, terms, f, day)
	}
	return lks{}, fmt.Errorf("rule %s has no amount", rule.ID)
}

// pctOfMinimum is a share of the minimum wage a month, in proportion to the
// decision's hours over the sector's full week.
func pctOfMinimum(form PctAmount, terms DecisionTerms, f File, day calendar.Date) (lks, error) {
	month, err := statute.ReferenceMonth(f.Birth, day)
	if err != nil {
		return lks{}, err
	}
	out := lks{base: month.Value.Mul(form.Rate.Value.Number), figures: []figureUse{{month, day}}}
	if form.WithHolidayAllowance {
		holiday, err := statute.HolidayAllowance(day)
		if err != nil {
			return lks{}, err
		}
		out.base = out.base.Mul(euro.One.Add(holiday.Value.Percent()))
	}
	contract, _ := f.Contract.On(day)
	out.base = out.base.Part(euro.Ratio{Over: terms.HoursPerWeek.Min(contract.FullTimeHours), Under: contract.FullTimeHours})
	return out, nil
}

// excuse turns a fact that is missing into an exception: unknown is never
// nought, so these days claim nothing and somebody has to say that it is all
// right.
func excuse(err error, contract string, part calendar.Span) (payroll.Exception, bool) {
	days := fmt.Sprintf("%s..%s", part.From, part.To)
	switch {
	case errors.Is(err, errLoonwaarde):
		return payroll.Exception{Kind: UnknownLoonwaarde, Subject: contract, Article: "Participatiewet art. 10d lid 4", Detail: payroll.Text{
			NL: fmt.Sprintf("Contract %s: de loonwaarde is niet bekend voor %s; over die dagen wordt niets gedeclareerd.", contract, days),
			EN: fmt.Sprintf("Contract %s: the loonwaarde is not known for %s; nothing is claimed for those days.", contract, days)}}, true
	case errors.Is(err, errForfait):
		return payroll.Exception{Kind: ForfaitOver, Subject: contract, Article: "Participatiewet art. 10d lid 5", Detail: payroll.Text{
			NL: fmt.Sprintf("Contract %s: het forfait geldt hoogstens zes maanden; voor %s is een loonwaarde nodig.", contract, days),
			EN: fmt.Sprintf("Contract %s: the forfait lasts six months at most; %s needs a loonwaarde.", contract, days)}}, true
	}
	return payroll.Exception{}, false
}

// overdue notices a loonwaarde whose review date has passed.
func overdue(f File, rule PayRule, days calendar.Span) []payroll.Exception {
	value, known := loonwaardeOn(f.Loonwaarden, days.To)
	if rule.Amount.Loonkostensubsidie == nil || !known || value.ReviewDue.IsZero() || !value.ReviewDue.Before(days.From) {
		return nil
	}
	return []payroll.Exception{{Kind: ReviewOverdue, Subject: f.Contract.Number, Article: "Participatiewet art. 10d lid 6", Detail: payroll.Text{
		NL: fmt.Sprintf("Contract %s: de loonwaarde had op %s herzien moeten zijn.", f.Contract.Number, value.ReviewDue),
		EN: fmt.Sprintf("Contract %s: the loonwaarde was due for review on %s.", f.Contract.Number, value.ReviewDue)}}}
}

func traceShare(t *payroll.Trace, share euro.Ratio, part calendar.Span) {
	t.Add(func() payroll.Step {
		return payroll.Step{
			What:    payroll.Text{NL: "deel van de maand, in kalenderdagen", EN: "part of the month, in calendar days"},
			Formula: fmt.Sprintf("%s..%s: %s/%s", part.From, part.To, share.Over, share.Under), Result: fmt.Sprintf("%s/%s", share.Over, share.Under),
		}
	})
}
