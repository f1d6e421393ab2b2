package payroll

import (
	"fmt"

	"verloning/payroll/calendar"
	"verloning/payroll/euro"
	"verloning/payroll/statute"
)

// Pension is what a payslip pays for a pension.
type Pension struct {
	Base     euro.Amount
	Employee euro.Amount // withheld before tax (Wet LB 1964 art. 11 lid 1 onder j)
	Employer euro.Amount // on top of the wage
}

// takePension computes the premiums of a payslip: the wage under the maximum and
// above the franchise, both for the hours that were paid, times the percentages,
// each rounded half up to cents. Who waits, or has not the age, pays nothing.
func (s *earning) takePension(e Employment, terms PensionTerms, service, paid calendar.Date, t *Trace) error {
	takes, err := terms.takesPart(e.Birth, service, s.Period.To, paid)
	if err != nil || !takes {
		return err
	}
	wage := s.Wage
	if terms.Holiday {
		wage = s.Accrued()
	}
	share := s.fullTimeShare()
	year := yearOf(s.Period)
	counted := wage.Number()
	if terms.Maximum != nil {
		counted = counted.Min(terms.Maximum.Number().Mul(share).Part(year))
	}
	franchise := terms.Franchise.Number().Mul(share).Part(year)
	s.Pension.Base = counted.Sub(franchise).Max(euro.Number{}).Cents()
	s.Pension.Employee = s.Pension.Base.PercentOf(terms.Employee)
	s.Pension.Employer = s.Pension.Base.PercentOf(terms.Employer)
	s.tracePension(terms, counted, franchise, share, t)
	if !s.Pension.Employee.IsZero() {
		s.withhold(Line{Kind: LinePension, Rate: terms.Employee.Percent(), Amount: s.Pension.Employee, Rule: "Pensioenwet art. 26", Source: terms.source()})
	}
	return nil
}

// takesPart reports whether somebody is in the pension on a day: of the age, and
// past the waiting time. The AOW age is that of the day of payment, as for the
// tax.
func (t PensionTerms) takesPart(birth, service, on, paid calendar.Date) (bool, error) {
	if on.Sub(service)+1 <= t.WaitingDays {
		return false, nil
	}
	if !reached(birth, t.FromAge, on) {
		return false, nil
	}
	if t.ToAge > 0 {
		return !reached(birth, t.ToAge, on), nil
	}
	over, _, err := statute.AOWReached(birth, paid)
	return !over, err
}

// reached reports whether somebody has had a birthday in the month of the day or
// before.
func reached(birth calendar.Date, age int, on calendar.Date) bool {
	return !birth.AddMonths(12 * age).After(calendar.MonthOf(on).To)
}

func (t PensionTerms) source() string { return fmt.Sprintf("pension %s %s", t.Name, t.ValidFrom) }

// yearOf is the part of a year that a period is.
func yearOf(p calendar.Period) euro.Ratio {
	if p.Kind == calendar.FourWeeks {
		return euro.Ratio{Over: euro.Int(int64(p.Days())), Under: euro.Int(364)}
	}
	return monthOfYear
}

var monthOfYear = euro.Ratio{Over: euro.One, Under: euro.Int(12)}

// fullTimeShare is which part of a full-time period was paid, one at most, at
// eight decimals.
func (s *earning) fullTimeShare() euro.Number {
	if len(s.cut) == 0 {
		return euro.Number{}
	}
	full := s.last().FullTimeHours
	sum, scale := hoursOf(s.month, s.cut, s.Period, func(cut segment) euro.Number {
		return full.Part(euro.Ratio{Over: euro.One, Under: cut.terms.FullTimeHours}) // one, unless the sector's week changes
	})
	weeks := weeksOf(s.Period)
	share := sum.Mul(weeks.Under).Part(euro.Ratio{Over: euro.One, Under: full.Mul(weeks.Over).Mul(scale)})
	return share.Min(euro.One).Round(8)
}

func (s *Payslip) tracePension(terms PensionTerms, counted, franchise, share euro.Number, t *Trace) {
	year := yearOf(s.Period)
	t.Add(func() Step {
		return Step{
			What: Text{NL: "pensioengrondslag: loon min franchise naar rato", EN: "pension base: wage less the franchise in proportion"}, Source: terms.source(),
			Formula: fmt.Sprintf("%s − %s × %s/%s × %s = %s − %s", counted.Round(4), terms.Franchise, year.Over, year.Under, share, counted.Round(4), franchise.Round(4)), Result: s.Pension.Base.String(), Rounded: "half up, share 0.00000001, 0.01",
		}
	})
	t.Add(func() Step {
		return Step{
			What: Text{NL: "pensioenpremie werknemer", EN: "pension premium, employee"}, Source: terms.source(),
			Formula: fmt.Sprintf("%s × %s %%", s.Pension.Base, terms.Employee), Result: s.Pension.Employee.String(), Rounded: "half up, 0.01",
		}
	})
	t.Add(func() Step {
		return Step{
			What: Text{NL: "pensioenpremie werkgever", EN: "pension premium, employer"}, Source: terms.source(),
			Formula: fmt.Sprintf("%s × %s %%", s.Pension.Base, terms.Employer), Result: s.Pension.Employer.String(), Rounded: "half up, 0.01",
		}
	})
}
