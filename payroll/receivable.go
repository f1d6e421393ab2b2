package payroll

import (
	"fmt"

	"github.com/google/uuid"

	"verloning/payroll/calendar"
	"verloning/payroll/euro"
)

// Receivable is money that somebody owes the employer, and what a period may
// take of it. It is never set off against the minimum wage (WML art. 13).
type Receivable struct {
	ID        uuid.UUID // the same for all versions
	Reference string    // unique within the person
	Version   int
	Cause     string
	Amount    euro.Amount
	PerPeriod euro.Amount   // the repayment plan; nought: nothing is taken
	From      calendar.Date // first day of payment of the plan
	Protected euro.Amount   // a month: beslagvrije voet, which a plan leaves the employee (BW 7:632 lid 2)
	Taken     euro.Amount   // what approved runs have taken
	Run       uuid.UUID     // of one that a run made
	Contract  uuid.UUID     // of one that a run made
}

// takeRepayments withholds the repayment plans. Of each contract no more is taken
// than the net of what the wage is above the minimum wage, in proportion and
// rounded down, and nothing of what is protected.
func (p *person) takeRepayments() error {
	if p.slips[0].GrossOnly || len(p.file.Receivables) == 0 {
		return nil
	}
	garnished := p.protected(p.served())
	for _, r := range p.file.Receivables {
		left := p.leave(r.Protected).Number().Max(garnished.Number()).Cents()
		due := r.PerPeriod.Min(r.Amount.Sub(r.Taken)).Min(p.net().Sub(left))
		if due.Sign() <= 0 || p.run.PayDate.Before(r.From) {
			continue
		}
		for _, s := range p.slips {
			most := s.aboveMinimum()
			part := due.Min(most)
			if part.Sign() <= 0 {
				continue
			}
			due = due.Sub(part)
			s.Repaid = s.Repaid.Add(part)
			s.withhold(Line{Kind: LineRepaid, Amount: part, Rule: "BW 7:632; WML art. 13", Source: "vordering " + r.Reference, Fact: r.ID})
			p.traceRepayment(r, most, part)
		}
	}
	return nil
}

// aboveMinimum is what of the net still to pay is above the minimum wage of the
// hours.
func (e *earning) aboveMinimum() euro.Amount {
	if len(e.cut) == 0 {
		return euro.Zero
	}
	least, scale := hoursOf(e.month, e.cut, e.Period, func(s segment) euro.Number { return s.minimum.Value })
	above := e.Wage.Number().Mul(scale).Sub(least)
	if above.Sign() <= 0 || e.Gross.Sign() <= 0 {
		return euro.Zero
	}
	whole := e.Net.Add(e.Repaid).Number().Part(euro.Ratio{Over: above, Under: e.Gross.Number().Mul(scale)}).CentsDown()
	return whole.Sub(e.Repaid)
}

// OwedBy are the receivables that a payslip gives rise to: leave taken beyond what
// accrued, and wage of earlier periods that was too much. They have no repayment
// plan until somebody makes one.
func OwedBy(r Run, s Payslip) []Receivable {
	var list []Receivable
	owe := func(amount euro.Amount, name, about, cause string) {
		if amount.Sign() <= 0 {
			return
		}
		id := DeriveID(name)
		list = append(list, Receivable{
			ID: id, Reference: fmt.Sprintf("%s-%s-%.8s", about, r.Period, id), Version: 1, Cause: cause,
			Amount: amount, From: r.PayDate, Run: r.ID, Contract: s.Contract,
		})
	}
	owe(s.Owed, fmt.Sprintf("receivable/%s/%s", r.ID, s.Contract), "verlof", "verlof meer opgenomen dan opgebouwd")
	owe(s.Overpaid, fmt.Sprintf("receivable/%s/%s/overpaid", r.ID, s.Contract), "loon", "loon van eerdere perioden dat te veel was betaald")
	return list
}

func (p *person) traceRepayment(r Receivable, most, part euro.Amount) {
	p.trace.Add(func() Step {
		return Step{
			What: Text{NL: "terugbetaling, niet uit het minimumloon", EN: "repayment, not out of the minimum wage"}, Article: "WML art. 13",
			Source: "vordering " + r.Reference, Formula: fmt.Sprintf("min(%s, %s − %s, %s)", r.PerPeriod, r.Amount, r.Taken, most), Result: part.String(),
		}
	})
}
