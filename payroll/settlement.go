package payroll

import (
	"errors"
	"fmt"

	"verloning/payroll/calendar"
	"verloning/payroll/euro"
	"verloning/payroll/statute"
)

// Kinds of exceptions at the end of a contract.
const (
	EndReasonUnknown  ExceptionKind = "end/reason_unknown"
	TransitionUnknown ExceptionKind = "end/transition_unknown"
	LeaveBelowNil     ExceptionKind = "end/leave_below_nil"
)

// transitionSince is the first day that an end gives a transitievergoeding (Wwz).
var transitionSince = calendar.Day(2015, 7, 1)

// payOut pays what accrued and is due with this period, and settles contracts
// that end in it.
func (p *person) payOut() error {
	for _, s := range p.slips {
		p.checkOpening(s)
		if s.ends() {
			if err := p.settleLeave(s); err != nil {
				return err
			}
		}
		if holidayDue(s.last(), s.Period, s.ends()) {
			if err := s.payHoliday(s.month.openingHoliday(s.Period), s.month.Earlier, p.trace); err != nil {
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

// followed reports whether another contract with the employer goes on after an
// end, or starts within so many months of it.
func (p *person) followed(end calendar.Date, months int) bool {
	limit := end.Add(1).AddMonths(months)
	for _, span := range p.file.Service {
		if (span.To.IsZero() || span.To.After(end)) && !span.From.After(limit) {
			return true
		}
	}
	return false
}

// settleLeave pays the hours of leave that are left when no contract goes on (BW
// 7:641), at the hourly wage with the holiday allowance that belongs to it. Leave
// taken beyond what accrued is owed by the employee, and never set off against
// the wage.
func (p *person) settleLeave(s *earning) error {
	if len(s.cut) == 0 || p.followed(s.month.Contract.Span().To, 0) || s.last().EndedBy == Continued {
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
	if end.Before(transitionSince) || len(s.cut) == 0 || p.followed(end, 6) {
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
	due, err := NewTransitionPayment20200101(TransitionInput{Service: calendar.Span{From: p.service(), To: end}, MonthlyWage: month}, p.trace)
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
	amount := due.Amount.Sub(p.file.Booked.Transition)
	if amount.Sign() <= 0 {
		return nil
	}
	s.Transition = amount
	s.pay(Line{Kind: LineTransition, Amount: amount, Rule: articleTransition, Source: "dienstverband vanaf " + p.service().String(), Origin: s.Period.From})
	return nil
}
