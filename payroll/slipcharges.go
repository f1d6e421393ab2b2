package payroll

import "verloning/payroll/euro"

// ChargeClass is which of a premium's percentages was due, for the return.
type ChargeClass string

// The classes.
const (
	ChargeLow  ChargeClass = "low"
	ChargeHigh ChargeClass = "high"
	ChargeUfo  ChargeClass = "ufo" // in place of the AWf
	ChargeNone ChargeClass = ""    // from AOW age on
)

// SlipCharges are the employer's charges of one payslip, and what it adds to the
// cumulatives of the year.
type SlipCharges struct {
	AWfKind ChargeClass
	AofKind ChargeClass
	Insured Cumulative
	Zvw     Cumulative

	AWf         euro.Amount // or Ufo, by its class
	Aof         euro.Amount
	Wko         euro.Amount
	Whk         euro.Amount
	EmployerZvw euro.Amount
}

// Total is what the employer owes on top of the wage.
func (c SlipCharges) Total() euro.Amount { return euro.Sum(c.AWf, c.Aof, c.Wko, c.Whk, c.EmployerZvw) }

// amounts are all amounts in a fixed order.
func (c SlipCharges) amounts() []euro.Amount {
	return []euro.Amount{
		c.Insured.Wage, c.Insured.Maximum, c.Insured.Base, c.Zvw.Wage, c.Zvw.Maximum, c.Zvw.Base, c.AWf, c.Aof, c.Wko, c.Whk, c.EmployerZvw,
	}
}

// Add adds what another charges, and keeps the classes.
func (c SlipCharges) Add(o SlipCharges) SlipCharges {
	return SlipCharges{
		AWfKind: c.AWfKind, AofKind: c.AofKind, Insured: c.Insured.Plus(o.Insured), Zvw: c.Zvw.Plus(o.Zvw),
		AWf: c.AWf.Add(o.AWf), Aof: c.Aof.Add(o.Aof), Wko: c.Wko.Add(o.Wko), Whk: c.Whk.Add(o.Whk), EmployerZvw: c.EmployerZvw.Add(o.EmployerZvw),
	}
}

// Sub is the difference with another, and keeps the classes.
func (c SlipCharges) Sub(o SlipCharges) SlipCharges {
	return SlipCharges{
		AWfKind: c.AWfKind, AofKind: c.AofKind, Insured: c.Insured.since(o.Insured), Zvw: c.Zvw.since(o.Zvw),
		AWf: c.AWf.Sub(o.AWf), Aof: c.Aof.Sub(o.Aof), Wko: c.Wko.Sub(o.Wko), Whk: c.Whk.Sub(o.Whk), EmployerZvw: c.EmployerZvw.Sub(o.EmployerZvw),
	}
}

// slip are the charges as a payslip keeps them: what was added since.
func (c Charges) slip(earlier Cumulatives) *SlipCharges {
	s := &SlipCharges{
		AWfKind: c.awfClass, AofKind: c.aofClass,
		Insured: c.Cumulatives.Insured.since(earlier.Insured), Zvw: c.Cumulatives.Zvw.since(earlier.Zvw),
	}
	for _, p := range c.Premiums {
		switch p.Kind {
		case PremiumAWf, PremiumUfo:
			s.AWf = p.Amount
		case PremiumAof:
			s.Aof = p.Amount
		case PremiumWko:
			s.Wko = p.Amount
		case PremiumWhk:
			s.Whk = p.Amount
		case PremiumZvw:
			s.EmployerZvw = p.Amount
		}
	}
	return s
}

// since is what was added to earlier cumulatives.
func (c Cumulative) since(earlier Cumulative) Cumulative {
	return Cumulative{c.Wage.Sub(earlier.Wage), c.Maximum.Sub(earlier.Maximum), c.Base.Sub(earlier.Base)}
}

// Plus adds what a payslip added.
func (c Cumulative) Plus(d Cumulative) Cumulative {
	return Cumulative{c.Wage.Add(d.Wage), c.Maximum.Add(d.Maximum), c.Base.Add(d.Base)}
}
