package payroll

import (
	"errors"
	"fmt"
	"slices"

	"verloning/payroll/calendar"
	"verloning/payroll/euro"
	"verloning/payroll/statute"
)

// Kinds of exceptions at the end of a contract.
const (
	EndReasonUnknown  ExceptionKind = "end/reason_unknown"
	TransitionUnknown ExceptionKind = "end/transition_unknown"
	LeaveBelowNil     ExceptionKind = "end/leave_below_nil"
	EndNotContinued   ExceptionKind = "end/not_continued"
)

// transitionSince is the first day that an end gives a transitievergoeding (Wwz).
var transitionSince = calendar.Day(2015, 7, 1)

// payOut pays what accrued and is due with this period, and settles contracts
// that end in it.
func (p *person) payOut() error {
	for _, s := range p.earning() {
		p.checkOpening(s)
		if s.ends() {
			if err := p.settleLeave(s); err != nil {
				return err
			}
		}
		if s.holidayDue() {
			if err := s.payHoliday(s.month.openingHoliday(s.Period), p.trace); err != nil {
				return err
			}
		}
		if s.ends() {
			if err := p.payTransition(s); err != nil {
				return err
			}
		}
	}
	return nil
}

// goesOn reports whether another contract with the employer runs on after an end,
// or starts on the next day.
func (p *person) goesOn(end calendar.Date) bool {
	return slices.ContainsFunc(p.file.Service, func(s calendar.Span) bool {
		return (s.To.IsZero() || s.To.After(end)) && !s.From.After(end.Add(1))
	})
}

// followed reports whether another contract starts after an end, within six
// months of it: then the service goes on (BW 7:673 lid 4). One that runs beside it
// does not follow it.
func (p *person) followed(end calendar.Date) bool {
	return slices.ContainsFunc(p.file.Service, func(s calendar.Span) bool {
		return s.From.After(end) && !s.From.After(end.Add(1).AddMonths(6))
	})
}

// settleLeave pays the hours of leave that are left when no contract goes on (BW
// 7:641), at the hourly wage with the holiday allowance that belongs to it. Leave
// taken beyond what accrued is owed by the employee, and never set off against
// the wage.
func (p *person) settleLeave(s *earning) error {
	end := s.month.Contract.Span().To
	if len(s.cut) == 0 || p.goesOn(end) {
		return nil
	}
	if s.last().EndedBy == Continued {
		if !p.followed(end) {
			p.found = append(p.found, notContinued(s.ContractNumber, end))
		}
		return nil
	}
	left := p.file.Booked.Leave
	for _, other := range p.slips {
		left += other.LeaveAccrued - other.LeaveTaken
	}
	hour := s.cut[len(s.cut)-1].rate
	rate := hour.Mul(euro.One.Add(s.holidayRate())).Round(4)
	amount := left.Number().Mul(rate).Cents()
	s.LeaveTaken += left
	if amount.Sign() < 0 {
		s.Owed = amount.Neg()
		p.found = append(p.found, leaveBelowNil(s.ContractNumber, -left, s.Owed))
	}
	if amount.Sign() <= 0 {
		return nil
	}
	s.LeavePaid = amount
	s.pay(Line{Kind: LineLeavePaid, Quantity: left, Rate: rate, Amount: amount, Rule: "BW 7:641", Source: "verlof " + s.ContractNumber, Origin: s.Period.From})
	p.trace.Add(func() Step {
		return Step{What: Text{NL: "verlof, uitbetaald bij het einde", EN: "leave, paid out at the end"}, Article: "BW 7:641",
			Formula: fmt.Sprintf("%s × %s × (1 + %s)", left, hour.Fixed(2), s.holidayRate()), Result: amount.String(), Rounded: "half up, rate 0.0001, amount 0.01"}
	})
	return nil
}

// notContinued is the exception of a contract that was to be continued, where no
// contract follows: leave and a transition payment are not paid.
func notContinued(contract string, end calendar.Date) Exception {
	return Exception{Kind: EndNotContinued, Subject: contract, Article: "BW 7:641; BW 7:673", Detail: Text{
		NL: fmt.Sprintf("Contract %s eindigde op %s omdat het wordt voortgezet, maar er volgt geen contract: verlof en transitievergoeding zijn niet uitbetaald.", contract, end),
		EN: fmt.Sprintf("Contract %s ended on %s because it is continued, but no contract follows: leave and transition payment are not paid.", contract, end)}}
}

func leaveBelowNil(contract string, hours Quantity, owed euro.Amount) Exception {
	return Exception{Kind: LeaveBelowNil, Subject: contract, Article: "BW 7:641", Detail: Text{
		NL: fmt.Sprintf("Bij het einde is %s uur verlof meer opgenomen dan opgebouwd: %s wordt een vordering op de werknemer en niet verrekend.", hours, owed),
		EN: fmt.Sprintf("At the end %s hours of leave more were taken than accrued: %s becomes a receivable and is not set off.", hours, owed)}}
}

// payTransition pays the transitievergoeding where the end gives a right to one.
// An end that nobody gave a reason for is an exception: unknown is not nought.
func (p *person) payTransition(s *earning) error {
	end := s.month.Contract.Span().To
	terms := s.last()
	if end.Before(transitionSince) || len(s.cut) == 0 || p.followed(end) {
		return nil
	}
	switch terms.EndedBy {
	case ByEmployer, ByExpiry:
	case EndUnknown:
		p.found = append(p.found, Exception{Kind: EndReasonUnknown, Subject: s.ContractNumber, Article: articleTransition, Detail: Text{
			NL: fmt.Sprintf("Contract %s eindigt op %s en niet is vastgelegd waardoor: er is geen transitievergoeding berekend. Leg het vast met contract end.", s.ContractNumber, end),
			EN: fmt.Sprintf("Contract %s ends on %s and nothing says why: no transition payment was computed. Record it with contract end.", s.ContractNumber, end)}})
		return nil
	default:
		return nil
	}
	month := terms.HoursPerWeek.Mul(s.cut[len(s.cut)-1].rate).PartCents(euro.Ratio{Over: euro.Int(52), Under: euro.Int(12)})
	service := p.serviceOf(s.month.Contract.Span().From)
	due, err := NewTransitionPayment20200101(TransitionInput{Service: calendar.Span{From: service, To: end}, MonthlyWage: month}, p.trace)
	if errors.Is(err, statute.ErrNoFigure) {
		p.found = append(p.found, Exception{Kind: TransitionUnknown, Subject: s.ContractNumber, Article: articleTransition, Detail: Text{
			NL: fmt.Sprintf("De transitievergoeding van contract %s is niet te berekenen: %v.", s.ContractNumber, err),
			EN: fmt.Sprintf("The transition payment of contract %s can not be computed: %v.", s.ContractNumber, err)}})
		return nil
	}
	if err != nil {
		return err
	}
	p.found = append(p.found, due.Attention...)
	amount := due.Amount
	for _, paid := range p.file.Booked.Paid {
		if !paid.From.Before(service) && paid.From.Before(s.month.Contract.Span().From) {
			amount = amount.Sub(paid.Amount) // on a contract of this service (BW 7:673 lid 5)
		}
	}
	if amount.Sign() <= 0 {
		return nil
	}
	s.Transition = amount
	s.pay(Line{Kind: LineTransition, Amount: amount, Rule: articleTransition, Source: "dienstverband vanaf " + service.String(), Origin: s.Period.From})
	return nil
}
