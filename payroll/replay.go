package payroll

import (
	"fmt"

	"github.com/google/uuid"

	"verloning/payroll/calendar"
)

// Past is a period that an approved run paid, as it is known now.
type Past struct {
	Run       Run     // that paid it
	File      Dossier // of the period, as known now; of the first one with what was booked before it
	Booked    []BookedPart
	*Taxation // nil: nothing of it is attributed
}

// BookedPart is what all approved runs together have booked of one contract for
// one period.
type BookedPart struct {
	Contract Contract
	Lines    []Line
	Part
}

// Replayed is a past period computed anew, as if everything had been known in
// time.
type Replayed struct {
	Past
	Slips       []Payslip
	Found       []Exception
	Corrections []Correction // of every contract that has or had anything of the period
}

// Replay computes past periods anew, in order, by the law of each period: what
// accrued in one is known to the next. The net of a payslip among the results was
// never paid; its charges are what the period would have cost. What is enjoyed in
// those periods that differences are attributed to is computed apart from it, and
// the trace says how.
func Replay(past []Past, t *Trace) ([]Replayed, error) {
	stands := standing{}
	list := make([]Replayed, 0, len(past))
	for i, p := range past {
		p.File.Garnishments, p.File.Receivables, p.File.Corrections = nil, nil, nil
		if i > 0 {
			p.File = stands.before(p.Run, p.File)
		} else {
			stands.begin(p.Run, p.File)
		}
		slips, found, err := NewPayslips(p.Run, p.File, nil)
		if err != nil {
			return nil, fmt.Errorf("%s anew: %w", p.Run.Period, err)
		}
		for _, s := range slips {
			stands.add(p.Run, p.File, s)
		}
		list = append(list, Replayed{Past: p, Slips: slips, Found: found, Corrections: corrections(p, slips)})
	}
	return list, attribute(list, t)
}

// corrections holds what was computed anew against what was booked.
func corrections(p Past, slips []Payslip) []Correction {
	var list []Correction
	computed := map[uuid.UUID]bool{}
	for _, s := range slips {
		booked := bookedOf(p.Booked, s.Contract)
		month, _ := p.File.Month(s.Contract)
		computed[s.Contract] = true
		list = append(list, Correction{
			Contract: month.Contract, Origin: p.Run.Period, Part: s.own().Sub(booked.Part), Lines: difference(s.Lines, booked.Lines, p.Run.Period.From),
		})
	}
	for _, b := range p.Booked {
		if !computed[b.Contract.ID] {
			list = append(list, Correction{
				Contract: b.Contract, Origin: p.Run.Period, Part: Part{}.Sub(b.Part), Lines: difference(nil, b.Lines, p.Run.Period.From),
			})
		}
	}
	return list
}

// standing is where a person stands between two periods of a replay.
type standing struct {
	months map[uuid.UUID]ContractMonth // of each contract what is booked: Earlier and Since
	booked Booked
	year   int // of payment
}

// begin takes over what was booked before the first period.
func (s *standing) begin(r Run, file Dossier) {
	s.months, s.booked, s.year = map[uuid.UUID]ContractMonth{}, file.Booked, r.PayDate.Year()
	for _, m := range file.Contracts {
		s.months[m.Contract.ID] = ContractMonth{Earlier: m.Earlier, Since: m.Since}
	}
}

// before is a file of a later period, with what the replay has booked by then.
func (s *standing) before(r Run, file Dossier) Dossier {
	if year := r.PayDate.Year(); year != s.year {
		s.year, s.booked.Year = year, Cumulatives{}
	}
	months := make([]ContractMonth, len(file.Contracts))
	for i, m := range file.Contracts {
		at := s.months[m.Contract.ID]
		m.Earlier, m.Since = at.Earlier, at.Since
		months[i] = m
	}
	file.Contracts, file.Booked = months, s.booked
	return file
}

// add books a payslip.
func (s *standing) add(r Run, file Dossier, slip Payslip) {
	at := s.months[slip.Contract]
	at.Earlier.Base, at.Earlier.Accrued = at.Earlier.Base.Add(slip.Wage), at.Earlier.Accrued.Add(slip.Holiday)
	at.Earlier.Paid = at.Earlier.Paid.Add(slip.HolidayPaid)
	if slip.HolidayPaid.Sign() > 0 {
		at.Earlier.LastPaid = r.Period.From
	}
	if at.Since.IsZero() || r.Period.From.Before(at.Since) {
		at.Since = r.Period.From
	}
	s.months[slip.Contract] = at
	b := &s.booked
	if b.Leave += slip.LeaveAccrued - slip.LeaveTaken; b.Since.IsZero() {
		b.Since = r.Period.From
	}
	if slip.Charges != nil {
		b.Year.Year = r.PayDate.Year()
		b.Year.Insured, b.Year.Zvw = b.Year.Insured.Plus(slip.Charges.Insured), b.Year.Zvw.Plus(slip.Charges.Zvw)
	}
	if month, known := file.Month(slip.Contract); known && slip.Transition.Sign() > 0 {
		b.Paid = append(b.Paid[:len(b.Paid):len(b.Paid)], TransitionPaid{From: month.Contract.Span().From, Amount: slip.Transition})
	}
}

// Corrected is the dossier of a period with the corrections of those before it:
// what accrued and was paid counts as if it had been known in time.
func (d Dossier) Corrected(past []Replayed) Dossier {
	months := append([]ContractMonth(nil), d.Contracts...)
	for _, r := range past {
		for _, c := range r.Corrections {
			d.Corrections = append(d.Corrections, c)
			d.Booked.Leave += c.LeaveAccrued - c.LeaveTaken
			d.Booked.Paid = transitions(d.Booked.Paid, c)
			for _, a := range c.Attributed {
				d.Booked.Year = d.Booked.Year.plus(a.Enjoyed, a.Paid.Year())
			}
			for i := range months {
				if m := &months[i]; m.Contract.ID == c.Contract.ID {
					m.correct(c, r)
				}
			}
		}
	}
	d.Contracts = months
	return d
}

// correct adds a correction to what was booked of the contract.
func (m *ContractMonth) correct(c Correction, r Replayed) {
	e := &m.Earlier
	e.Base, e.Accrued, e.Paid = e.Base.Add(c.Wage), e.Accrued.Add(c.Holiday), e.Paid.Add(c.HolidayPaid)
	if from := r.Run.Period.From; m.Since.IsZero() || from.Before(m.Since) {
		m.Since = from
	}
	if e.LastPaid == r.Run.Period.From || e.LastPaid.Before(r.Run.Period.From) {
		e.LastPaid = r.lastPaid(c.Contract.ID, e.LastPaid)
	}
}

// lastPaid is the last period that pays the allowance, now that this one was
// computed anew.
func (r Replayed) lastPaid(contract uuid.UUID, before calendar.Date) calendar.Date {
	for _, s := range r.Slips {
		if s.Contract != contract {
			continue
		}
		if s.HolidayPaid.Sign() > 0 {
			return r.Run.Period.From
		}
		if month, known := r.File.Month(contract); known && before == r.Run.Period.From {
			return month.Earlier.LastPaid
		}
	}
	return before
}

// transitions are the transition payments with what a correction changes.
func transitions(paid []TransitionPaid, c Correction) []TransitionPaid {
	if c.Transition.IsZero() {
		return paid
	}
	return append(paid[:len(paid):len(paid)], TransitionPaid{From: c.Contract.Span().From, Amount: c.Transition})
}
