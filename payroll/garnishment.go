package payroll

import (
	"fmt"
	"slices"

	"github.com/google/uuid"

	"verloning/payroll/calendar"
	"verloning/payroll/euro"
)

// Garnishment is a loonbeslag on somebody's wage: what the net wage has above
// the protected amount (beslagvrije voet, Rv art. 475d) goes to the creditor.
type Garnishment struct {
	ID        uuid.UUID // of the garnishment, the same for all its versions
	Reference string    // of the bailiff; unique within the person
	Version   int
	Creditor  IBAN
	Name      Name          // of the creditor
	Span      calendar.Span // days of payment on which it is served
	Protected euro.Amount   // a month
	Total     *euro.Amount  // what is claimed; nil: until it is withdrawn
	Rank      int           // lower goes first
	Taken     euro.Amount   // of that, what approved runs have paid
}

// takeGarnishments withholds for the creditors, in order of rank, what the net
// of all contracts has above the protected amount; the highest one holds where
// garnishments name different ones.
func (p *person) takeGarnishments() error {
	served := p.served()
	if len(served) == 0 {
		return nil
	}
	free := p.net().Sub(p.protected(served))
	for _, g := range served {
		due := free
		if g.Total != nil {
			due = due.Min(g.Total.Sub(g.Taken))
		}
		if due.Sign() <= 0 {
			continue
		}
		free = free.Sub(due)
		p.traceGarnishment(g, due)
		p.takeOff(due, func(s *earning, part euro.Amount) {
			s.Garnished = s.Garnished.Add(part)
			s.withhold(Line{Kind: LineGarnished, Amount: part, Rule: "Rv art. 475", Source: "loonbeslag " + g.Reference, Fact: g.ID})
		})
	}
	return nil
}

// served are the garnishments on the day of payment, by rank. A payslip without
// tax has no net to take them from.
func (p *person) served() []Garnishment {
	if p.slips[0].GrossOnly {
		return nil
	}
	var list []Garnishment
	for _, g := range p.file.Garnishments {
		if g.Span.Holds(p.run.PayDate) {
			list = append(list, g)
		}
	}
	slices.SortStableFunc(list, func(a, b Garnishment) int { return a.Rank - b.Rank })
	return list
}

// protected is what of the period's net nobody takes: the highest amount that a
// garnishment names.
func (p *person) protected(served []Garnishment) euro.Amount {
	most := euro.Number{}
	for _, g := range served {
		most = most.Max(g.Protected.Number())
	}
	return p.leave(most.Cents())
}

// leave is what of a protected amount a month this run has to leave the employee:
// the period's part, less what other runs of the period have paid him.
func (p *person) leave(month euro.Amount) euro.Amount {
	left := month.Number().Mul(euro.Int(12)).PartCents(yearOf(p.run.Period)).Sub(p.file.Booked.Period.Net)
	if left.Sign() < 0 {
		return euro.Zero
	}
	return left
}

// net is what is left to pay of all contracts.
func (p *person) net() euro.Amount {
	sum := euro.Zero
	for _, s := range p.slips {
		sum = sum.Add(s.Net)
	}
	return sum
}

// takeOff takes an amount from the payslips one after the other.
func (p *person) takeOff(amount euro.Amount, take func(*earning, euro.Amount)) {
	for _, s := range p.slips {
		if part := amount.Min(s.Net); part.Sign() > 0 {
			take(s, part)
			amount = amount.Sub(part)
		}
	}
}

// formula is how what is due came about: never more than the creditor has left to
// claim.
func (g Garnishment) formula(net, protected euro.Amount) string {
	if g.Total == nil {
		return fmt.Sprintf("%s − %s", net, protected)
	}
	return fmt.Sprintf("min(%s − %s, %s − %s)", net, protected, g.Total, g.Taken)
}

func (p *person) traceGarnishment(g Garnishment, due euro.Amount) {
	net, protected := p.net(), p.protected(p.served())
	p.trace.Add(func() Step {
		return Step{
			What: Text{NL: "loonbeslag boven de beslagvrije voet", EN: "garnishment above the protected amount"}, Article: "Rv art. 475d",
			Source: "loonbeslag " + g.Reference, Formula: g.formula(net, protected), Result: due.String(),
		}
	})
}
