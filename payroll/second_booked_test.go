package payroll_test

import (
	"slices"

	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
)

// makeBooked draws what earlier runs booked on the person.
func (m *dossierMaker) makeBooked() {
	b := payroll.Booked{Leave: payroll.Quantity(m.between(-40_00, 150_00))}
	if m.chance(70) {
		periods := m.between(1, 12)
		insured := payroll.Cumulative{Wage: m.amount(0, 70_000_00), Maximum: cents(int64(periods) * 5_800_00)}
		if m.chance(20) {
			insured.Wage = m.amount(0, 140_000_00)
		}
		insured.Base = insured.Wage.Min(insured.Maximum)
		b.Year = payroll.Cumulatives{Year: m.run.PayDate.Year(), Insured: insured, Zvw: insured}
		b.Year.Zvw.Wage = b.Year.Zvw.Wage.Add(m.amount(0, 3000_00))
		b.Year.Zvw.Base = b.Year.Zvw.Wage.Min(b.Year.Zvw.Maximum)
	}
	if m.chance(4) {
		b.Maximum = m.amount(1_00, 5_000_00)
	}
	if m.servedLastYear() && m.chance(80) {
		b.LastYear = m.amount(500_00, 60_000_00)
	}
	if m.chance(15) {
		of := m.file.Service[m.IntN(len(m.file.Service))]
		b.Paid = []payroll.TransitionPaid{{From: of.From, Amount: m.amount(1_00, 3000_00)}}
	}
	if m.chance(4) {
		b.Period = payroll.PeriodBooked{Regular: m.amount(1_00, 2000_00), Table: m.amount(0, 100_00), Arbeidskorting: m.amount(0, 100_00), Net: m.amount(0, 1500_00)}
	}
	m.file.Booked = b
	if m.chance(50) {
		m.file.AnnualWages = append(m.file.AnnualWages, payroll.AnnualWage{Year: m.run.PayDate.Year() - 1, Amount: m.amount(0, 90_000_00), Source: "jaaropgaaf"})
	}
	if m.chance(20) {
		m.file.AnnualWages = append(m.file.AnnualWages, payroll.AnnualWage{Year: m.run.PayDate.Year() - 2, Amount: m.amount(0, 90_000_00), Source: "jaaropgaaf"})
	}
}

// makeSettings draws what the employer has recorded.
func (m *dossierMaker) makeSettings() {
	if m.chance(4) {
		return
	}
	s := &payroll.Settings{}
	for i := range m.between(1, 2) {
		t := payroll.ChargeTerms{Version: i + 1, ValidFrom: m.run.PayDate.Add(m.between(-300, 3))}
		t.Small, t.Ufo = m.chance(50), m.chance(15)
		if m.chance(60) {
			t.Whk = &payroll.WhkDecision{Year: m.run.PayDate.Year() - m.pick(0, 0, 0, 1), Percentage: euro.Scaled(int64(m.between(10, 400)), 2), Reference: "1"}
		}
		s.Charges = append(s.Charges, t)
	}
	if m.chance(45) {
		t := payroll.PensionTerms{
			Version: 1, ValidFrom: m.run.Period.To.Add(-m.between(-2, 900)), Name: "P", Franchise: m.amount(0, 18_000_00),
			Employee: euro.Scaled(int64(m.between(0, 12_00)), 2), Employer: euro.Scaled(int64(m.between(0, 22_00)), 2),
			Holiday: m.chance(50), WaitingDays: m.pick(0, 0, 0, 30, 56, 182), FromAge: m.pick(15, 18, 18, 20, 21), ToAge: m.pick(0, 0, 0, 65, 68),
		}
		if m.chance(60) {
			most := m.amount(30_000_00, 140_000_00)
			t.Maximum = &most
		}
		s.Pension = append(s.Pension, t)
	}
	m.file.Settings = s
}

// makeClaims draws garnishments and receivables.
func (m *dossierMaker) makeClaims() {
	for i := 0; i < 3 && m.chance(25); i++ {
		g := payroll.Garnishment{
			ID: m.id(), Reference: "G", Version: 1, Creditor: "NL91ABNA0417164300", Name: "B. Eslag", Rank: m.between(1, 3),
			Span: calendar.Span{From: m.run.PayDate.Add(m.between(-300, 2))}, Protected: m.amount(0, 2_400_00),
		}
		if m.chance(30) {
			g.Span.To = m.run.PayDate.Add(m.between(-1, 100))
		}
		if g.Span.Empty() {
			g.Span.To = g.Span.From
		}
		if m.chance(60) {
			total := m.amount(50_00, 3_000_00)
			g.Total, g.Taken = &total, cents(total.InCents()*int64(m.between(0, 100))/100)
		}
		m.file.Garnishments = append(m.file.Garnishments, g)
	}
	for i := 0; i < 3 && m.chance(25); i++ {
		r := payroll.Receivable{
			ID: m.id(), Reference: "R", Version: 1, Cause: "voorschot", Amount: m.amount(10_00, 2_000_00), PerPeriod: m.amount(0, 300_00),
			From: m.run.PayDate.Add(m.between(-200, 2)), Protected: m.amount(0, 2_000_00),
		}
		r.Taken = cents(r.Amount.InCents() * int64(m.between(0, 100)) / 100)
		m.file.Receivables = append(m.file.Receivables, r)
	}
}

// servedLastYear reports whether there was any service in the calendar year
// before the payment.
func (m *dossierMaker) servedLastYear() bool {
	first := calendar.Day(m.run.PayDate.Year()-1, 1, 1)
	return slices.ContainsFunc(m.file.Service, func(s calendar.Span) bool {
		return s.From.Year() < m.run.PayDate.Year() && (s.To.IsZero() || !s.To.Before(first))
	})
}
