package payroll

import (
	"fmt"
	"slices"

	"github.com/google/uuid"

	"verloning/payroll/calendar"
	"verloning/payroll/euro"
	"verloning/payroll/statute"
)

// ExceptionKind names what a person must accept before a run is approved.
type ExceptionKind string

// The kinds of exceptions that wages give.
const (
	ContractWithoutHours ExceptionKind = "contract/without_hours"
	HoursOutsideContract ExceptionKind = "hours/outside_contract"
	MoreThanAgreed       ExceptionKind = "hours/more_than_agreed"
	BelowMinimum         ExceptionKind = "wage/below_minimum"
	FigureInDoubt        ExceptionKind = "figure/in_doubt"
	PersonFailed         ExceptionKind = "person/failed"
	PaidBefore           ExceptionKind = "payslip/paid_before"
)

// Exception is something about a run that somebody must accept by name. Its
// key is made of its content: calculated again with the same outcome it is the
// same exception and stays accepted; with another outcome it is a new one.
type Exception struct {
	Kind    ExceptionKind
	Subject string // contract number, or the name of a figure
	Article string
	Detail  Text
}

// Key identifies the exception within a run.
func (e Exception) Key(run uuid.UUID) uuid.UUID {
	return DeriveID(fmt.Sprintf("exception/%s/%s/%s/%s", run, e.Kind, e.Subject, e.Detail.NL))
}

// attention lists what a reader of the payslip should know.
func (s Payslip) attention(c ContractMonth, cut []segment) []Exception {
	var found []Exception
	number := c.Contract.Number
	if len(cut) > 0 && !anyHours(c.Hours) && cut[len(cut)-1].terms.PayBasis == ByHours {
		found = append(found, Exception{Kind: ContractWithoutHours, Subject: number, Detail: Text{
			NL: fmt.Sprintf("Contract %s loopt in %s, maar er zijn geen uren.", number, s.Period),
			EN: fmt.Sprintf("Contract %s runs in %s, but there are no hours.", number, s.Period)}})
	}
	if e, ok := outside(c, cut); ok {
		found = append(found, e)
	}
	if e, ok := overtime(c, cut); ok {
		found = append(found, e)
	}
	if need, short := shortOfMinimum(c, cut, s); short {
		found = append(found, Exception{Kind: BelowMinimum, Subject: number, Article: "WML art. 7", Detail: Text{
			NL: fmt.Sprintf("Loon %s is lager dan het minimumloon over de uren van %s: %s. Pas het loon aan of leg een schriftelijke urenverrekening vast.", s.Wage, s.Period, need),
			EN: fmt.Sprintf("Wage %s is below the minimum wage for the hours of %s: %s. Change the wage or record a written arrangement that averages hours.", s.Wage, s.Period, need)}})
	}
	return append(found, doubtfulMinimum(cut)...)
}

// anyHours reports whether hours are left: a quantity of nought took them back.
func anyHours(hours []Hours) bool {
	return slices.ContainsFunc(hours, func(h Hours) bool { return h.Quantity != 0 })
}

// doubtfulMinimum names each minimum wage of the payslip that is not confirmed
// for its days, once.
func doubtfulMinimum(cut []segment) []Exception {
	var found []Exception
	for i, s := range cut {
		e, doubtful := Doubtful(s.minimum, s.To)
		if !doubtful {
			continue
		}
		again := i+1 < len(cut) && source(cut[i+1].minimum) == source(s.minimum) && cut[i+1].minimum.Value.Equal(s.minimum.Value)
		if !again {
			found = append(found, e)
		}
	}
	return found
}

// outside finds hours on days that the contract does not cover (any more).
func outside(c ContractMonth, cut []segment) (Exception, bool) {
	var sum Quantity
	for _, h := range c.Hours {
		if _, ok := find(cut, h.Day); !ok {
			sum += h.Quantity
		}
	}
	if sum == 0 {
		return Exception{}, false
	}
	return Exception{Kind: HoursOutsideContract, Subject: c.Contract.Number, Detail: Text{
		NL: fmt.Sprintf("%s uur ligt buiten de looptijd van contract %s en wordt niet betaald.", sum, c.Contract.Number),
		EN: fmt.Sprintf("%s hours lie outside contract %s and are not paid.", sum, c.Contract.Number)}}, true
}

// overtime finds weeks with more hours on duty than agreed.
func overtime(c ContractMonth, cut []segment) (Exception, bool) {
	var over euro.Number
	var sum Quantity
	for i, h := range c.Hours { // in order of day
		if h.Kind.OnDuty() {
			sum += h.Quantity
		}
		week := h.Day.Week()
		if i+1 < len(c.Hours) && c.Hours[i+1].Day.Week() == week || len(cut) == 0 {
			continue
		}
		s, ok := find(cut, week.Add(6))
		if !ok {
			s = cut[len(cut)-1]
		}
		if extra := sum.Number().Sub(s.terms.HoursPerWeek); extra.Sign() > 0 {
			over = over.Add(extra)
		}
		sum = 0
	}
	if over.IsZero() {
		return Exception{}, false
	}
	return Exception{Kind: MoreThanAgreed, Subject: c.Contract.Number, Detail: Text{
		NL: fmt.Sprintf("Contract %s: %s uur meer gewerkt dan per week is overeengekomen.", c.Contract.Number, over.Fixed(2)),
		EN: fmt.Sprintf("Contract %s: %s hours more than agreed per week.", c.Contract.Number, over.Fixed(2))}}, true
}

// Doubtful turns a figure that is not confirmed for a day into an exception.
func Doubtful(f statute.Figure, on calendar.Date) (Exception, bool) {
	nl, en, doubtful := f.Doubt(on)
	if !doubtful {
		return Exception{}, false
	}
	return Exception{Kind: FigureInDoubt, Subject: source(f), Article: f.Article, Detail: Text{NL: nl, EN: en}}, true
}

// Failed is the exception of a person whose calculation did not succeed: the
// others go on, and this one is not paid in this run.
func Failed(number string, cause error) Exception {
	return Exception{Kind: PersonFailed, Subject: number, Detail: Text{
		NL: fmt.Sprintf("Contract %s kon niet worden berekend en zit niet in deze run: %v.", number, cause),
		EN: fmt.Sprintf("Contract %s could not be calculated and is not in this run: %v.", number, cause)}}
}

// AlreadyPaid is the exception of a contract that another run of the same days
// has paid: it is left out, so that nobody is paid twice. What changed since is
// a correction and no second payslip.
func AlreadyPaid(c ContractMonth, p calendar.Period) Exception {
	number := c.Contract.Number
	return Exception{Kind: PaidBefore, Subject: number, Detail: Text{
		NL: fmt.Sprintf("Contract %s is over %s al betaald (bruto %s) in een andere run en zit niet in deze.", number, p, c.Paid),
		EN: fmt.Sprintf("Contract %s was paid for %s (gross %s) in another run and is not in this one.", number, p, c.Paid)}}
}
