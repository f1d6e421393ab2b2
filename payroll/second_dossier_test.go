package payroll_test

import (
	"math/rand/v2"
	"slices"

	"github.com/google/uuid"

	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
)

// A dossierMaker invents one person at one employer. All it does follows from
// the seed and the number of the case, so that a case can be made again.
type dossierMaker struct {
	*rand.Rand
	run     payroll.Run
	file    payroll.Dossier
	elderly bool // may be of AOW age: the year of payment is 2026
}

// newDossier makes a case.
func newDossier(seed, number uint64) (payroll.Run, payroll.Dossier) {
	m := &dossierMaker{Rand: rand.New(rand.NewPCG(seed, number))}
	m.makeRun()
	m.makeEmployment()
	count := 1
	for count < 3 && m.chance(20) {
		count++
	}
	for i := range count {
		m.makeContract(i)
	}
	m.makeService()
	m.makeBooked()
	m.makeSettings()
	m.makeClaims()
	return m.run, m.file
}

func (m *dossierMaker) chance(percent int) bool { return m.IntN(100) < percent }

// between draws a whole number, both ends included.
func (m *dossierMaker) between(least, most int) int { return least + m.IntN(most-least+1) }

func (m *dossierMaker) pick(from ...int) int { return from[m.IntN(len(from))] }

// id draws the id of a fact.
func (m *dossierMaker) id() (id uuid.UUID) {
	for i := range id {
		id[i] = byte(m.IntN(256))
	}
	return id
}

// amount draws cents.
func (m *dossierMaker) amount(least, most int) euro.Amount {
	return cents(int64(m.between(least, most)))
}

// makeRun draws a period, and a day of payment near its end.
func (m *dossierMaker) makeRun() {
	kind := calendar.Month
	if m.chance(30) {
		kind = calendar.FourWeeks
	}
	first, last := calendar.Day(secondFirstYear, 1, 10), calendar.Day(secondLastYear, 12, 20)
	day := first.Add(m.between(0, last.Sub(first)))
	if m.chance(30) {
		day = calendar.Day(secondLastYear, 1, 1).Add(m.between(0, 350))
	}
	m.run = payroll.Run{ID: m.id(), Employer: m.id(), Kind: payroll.Regular, Period: calendar.PeriodFrom(kind, day), Status: payroll.RunCalculating}
	m.run.PayDate = m.run.Period.To.Add(m.between(-6, 12))
	if m.run.PayDate.Year() > secondLastYear {
		m.run.PayDate = m.run.Period.To.Add(-7)
	}
	if m.run.PayDate.Year() < secondFirstYear {
		m.run.PayDate = calendar.Day(secondFirstYear, 1, 1)
	}
	m.elderly = m.run.PayDate.Year() == 2026 && m.run.Period.From.Year() == 2026
}

// makeEmployment draws a person; many of them are young or near AOW age.
func (m *dossierMaker) makeEmployment() {
	from := m.run.Period.From
	oldest, youngest := 63, 16
	switch {
	case m.chance(35):
		oldest = 21
	case m.elderly && m.chance(25):
		oldest, youngest = 80, 66
		if m.chance(50) {
			oldest = 67
		}
	}
	birth := calendar.Day(from.Year()-m.between(youngest, oldest), from.Month(), from.DayOfMonth()).Add(-m.between(0, 364))
	if oldest == 21 && m.chance(40) { // A birthday within the period.
		birth = calendar.Day(from.Year()-m.between(17, 21), from.Month(), from.DayOfMonth()+m.between(0, m.run.Period.Days()-1))
	}
	if birth.After(calendar.Day(from.Year()-16, from.Month(), from.DayOfMonth())) {
		birth = birth.AddMonths(-12)
	}
	if m.chance(2) && birth.Year() > 1970 {
		birth = calendar.Day(birth.Year()/4*4, 2, 29)
	}
	m.file.Employment = payroll.Employment{
		ID: m.id(), Person: m.id(), Employer: m.run.Employer, Number: "1", Version: 1, Name: "A. Nonymus", Birth: birth,
		IBAN: "NL91ABNA0417164300", Korting: m.chance(75), Jonggehandicapt: m.chance(10), Alleenstaand: m.chance(15), Identified: m.chance(93),
	}
}

// makeSpan draws the days of a contract that meets the period.
func (m *dossierMaker) makeSpan() calendar.Span {
	p := m.run.Period
	within := func() calendar.Date { return p.From.Add(m.between(0, p.Days()-1)) }
	var span calendar.Span
	switch draw := m.IntN(100); {
	case draw < 18:
		span.From = within()
	case draw < 50:
		span.From = p.From.Add(-m.between(0, 400))
	case draw < 96:
		span.From = p.From.Add(-m.between(0, 3000))
	default:
		span.From = p.From.Add(-m.between(12_500, 16_500))
	}
	switch draw := m.IntN(100); {
	case draw < 22:
		span.To = within()
	case draw < 40:
		span.To = p.To.Add(m.between(0, 700))
	}
	if span.Empty() {
		span.To = p.To
	}
	return span
}

// makeTerms draws one version of a contract.
func (m *dossierMaker) makeTerms(version int, span calendar.Span) payroll.Terms {
	full := m.pick(36_00, 37_00, 38_00, 40_00)
	t := payroll.Terms{
		Version: version, ValidFrom: span.From, Span: span,
		HoursPerWeek:  euro.Scaled(int64(min(full, m.pick(6_00, 8_00, 12_00, 16_00, 20_00, 24_00, 27_75, 32_00, 36_00, 38_00, 40_00))), 2),
		FullTimeHours: euro.Scaled(int64(full), 2), Base: payroll.BaseWML, Factor: euro.Scaled(int64(m.pick(1_00, 1_00, 1_00, 1_02, 1_10, 1_13, 1_20, 1_30)), 2),
		PayBasis: payroll.ByHours, Averaging: m.chance(50), Written: m.chance(90), OpenEnded: m.chance(60), OnCall: m.chance(15),
		BBL: m.chance(12), HolidayEachPeriod: m.chance(12), LeaveWeeks: euro.Scaled(int64(m.pick(0, 0, 30, 40, 45, 50, 60)), 1),
		EndedBy: []payroll.EndedBy{payroll.EndUnknown, payroll.ByEmployer, payroll.ByEmployer, payroll.ByExpiry, payroll.ByExpiry, payroll.ByEmployee, payroll.ByAgreement, payroll.ByDeath, payroll.Continued}[m.IntN(9)],
	}
	if m.chance(35) {
		t.Base, t.Factor, t.HourlyAmount = payroll.BaseAmount, euro.Number{}, euro.Scaled(int64(m.between(4_00, 30_00)), 2)
		if m.chance(10) {
			t.HourlyAmount = euro.Scaled(int64(m.between(40_00, 120_00)), 2)
		}
	}
	if m.run.Period.From.Sub(span.From) > 8000 && m.chance(80) { // A long service at a high wage.
		t.Base, t.HourlyAmount, t.HoursPerWeek = payroll.BaseAmount, euro.Scaled(int64(m.between(35_00, 160_00)), 2), t.FullTimeHours
		t.Factor, t.EndedBy = euro.Number{}, payroll.ByEmployer
	}
	if m.chance(15) { // Numbers with more decimals than most contracts have.
		t.HoursPerWeek = euro.Scaled(int64(m.between(4_00, full)), 2)
		if t.Base == payroll.BaseWML {
			t.Factor = euro.Scaled(int64(m.between(1_0000, 1_5000)), 4)
		} else {
			t.HourlyAmount = euro.Scaled(int64(m.between(4_0000, 30_0000)), 4)
		}
	}
	if m.chance(12) {
		m.makeSteps(&t)
	}
	if m.chance(45) {
		t.PayBasis = payroll.Fixed
	}
	if m.chance(40) {
		t.Sick = &payroll.SickTerms{
			WaitingDays: m.IntN(3), Percentage: euro.Scaled(int64(m.between(70_00, 100_00)), 2), SecondPeriod: euro.Int(int64(m.pick(70, 80, 85, 100))),
		}
	}
	return t
}

// makeSteps pays by a wage table, often with a step that is reached within the
// period.
func (m *dossierMaker) makeSteps(t *payroll.Terms) {
	t.Base, t.Factor, t.HourlyAmount = payroll.BaseSteps, euro.One, euro.Number{}
	years, factor := 0, m.between(1_0000, 1_1000)
	for range m.between(1, 6) {
		t.Steps = append(t.Steps, payroll.WageStep{Years: years, Factor: euro.Scaled(int64(factor), 4)})
		years, factor = years+m.between(1, 2), factor+m.between(0, 800)
	}
	first := m.run.Period.From
	t.ExperienceSince = calendar.Day(first.Year()-m.between(0, 8), first.Month(), first.DayOfMonth()).Add(m.between(0, 30))
	if t.ExperienceSince.After(t.ValidFrom) {
		t.ExperienceSince = t.ValidFrom
	}
	if m.chance(2) && t.ExperienceSince.Year() > 2008 {
		t.ExperienceSince = calendar.Day(t.ExperienceSince.Year()/4*4, 2, 29)
	}
}

// makeContract adds a contract with its hours.
func (m *dossierMaker) makeContract(i int) {
	span := m.makeSpan()
	c := payroll.Contract{
		ID: m.id(), Number: "C-" + string(rune('1'+i)), Employer: m.run.Employer, Person: m.file.Employment.Person,
		Employment: m.file.Employment.ID, Versions: []payroll.Terms{m.makeTerms(1, span)},
	}
	for len(c.Versions) < 4 && m.chance(20) {
		next := c.Versions[len(c.Versions)-1]
		if m.chance(50) {
			next = m.makeTerms(0, span)
		}
		next.Version = len(c.Versions) + 1
		next.ValidFrom = m.run.Period.From.Add(m.between(-20, m.run.Period.Days()))
		if next.ValidFrom.Before(span.From) {
			next.ValidFrom = span.From
		}
		c.Versions = append(c.Versions, next)
	}
	month := payroll.ContractMonth{Contract: c}
	m.makeHours(&month)
	m.makeSickness(&month)
	if m.chance(3) {
		month.Paid = m.amount(1, 2000_00)
	}
	base := m.between(0, 30_000_00)
	if m.chance(30) {
		base = 0
	}
	accrued := (base*8+50)/100 + m.between(-6, 6)
	if base == 0 {
		accrued = 0
	}
	month.Earlier = payroll.Accrued{Base: cents(int64(base)), Accrued: cents(int64(accrued))}
	if m.chance(40) {
		month.Earlier.Paid = cents(int64(accrued) * int64(m.between(0, 100)) / 100)
	}
	m.file.Contracts = append(m.file.Contracts, month)
}

// makeHours draws the hours of a period, most of them on days that the contract
// has, each day and kind once and in order of day.
func (m *dossierMaker) makeHours(month *payroll.ContractMonth) {
	usual := m.pick(4_00, 7_20, 7_60, 8_00, 8_00)
	fixed := month.Contract.Versions[0].PayBasis == payroll.Fixed
	silent, unpaid := fixed && m.chance(40), m.chance(6)
	sickFrom, sickTo := m.between(0, 60), m.between(0, 40)
	for i := range m.run.Period.Days() {
		day := m.run.Period.From.Add(i)
		weekend := day.Weekday() == 0 || day.Weekday() == 6
		if silent || weekend && !m.chance(4) || !weekend && m.chance(20) {
			continue
		}
		kind := payroll.HoursKinds[0]
		switch draw := m.IntN(100); {
		case unpaid:
			kind = payroll.UnpaidAbsence
		case i >= sickFrom && i <= sickTo:
			kind = payroll.Sick
		case draw < 25:
			kind = payroll.HoursKinds[m.IntN(len(payroll.HoursKinds))]
		}
		quantity := payroll.Quantity(usual)
		if m.chance(10) {
			quantity = payroll.Quantity(m.between(0, 9_99))
		}
		if m.chance(1) {
			quantity = 0
		}
		m.addHours(month, day, kind, quantity)
		if other := payroll.HoursKinds[m.IntN(len(payroll.HoursKinds))]; other != kind && m.chance(6) {
			m.addHours(month, day, other, payroll.Quantity(m.between(1, 4_00)))
		}
	}
}

func (m *dossierMaker) addHours(month *payroll.ContractMonth, day calendar.Date, kind payroll.HoursKind, quantity payroll.Quantity) {
	month.Hours = append(month.Hours, payroll.Hours{Contract: month.Contract.ID, Day: day, Kind: kind, Version: 1, Quantity: quantity})
}

// makeSickness draws the hours of sickness before the period, with days well
// between them that sometimes end a spell.
func (m *dossierMaker) makeSickness(month *payroll.ContractMonth) {
	span := month.Contract.Versions[0].Span
	first := span.From
	if m.run.Period.From.Before(first) {
		first = m.run.Period.From
	}
	day := first
	if n := m.run.Period.From.Sub(first); n > 0 && m.chance(50) {
		day = first.Add(m.between(0, n))
	} else if !m.chance(30) {
		return
	}
	for ; day.Before(m.run.Period.From); day = day.Add(m.pick(1, 1, 3, 7, 7, 14, 28)) {
		month.Sickness = append(month.Sickness, payroll.Hours{Contract: month.Contract.ID, Day: day, Kind: payroll.Sick, Version: 1, Quantity: 8_00})
		if m.chance(2) {
			day = day.Add(m.between(25, 33))
		}
	}
	if !m.lessWhenSick(month.Contract) {
		month.Sickness = nil
	}
}

// lessWhenSick reports whether any terms pay less than the whole wage.
func (m *dossierMaker) lessWhenSick(c payroll.Contract) bool {
	return slices.ContainsFunc(c.Versions, func(t payroll.Terms) bool { return t.Sick != nil })
}

// makeService lists the contracts with the employer, some of them over.
func (m *dossierMaker) makeService() {
	for _, c := range m.file.Contracts {
		m.file.Service = append(m.file.Service, c.Contract.Versions[0].Span)
	}
	first := slices.MinFunc(m.file.Service, func(a, b calendar.Span) int { return a.From.Cmp(b.From) }).From
	for m.chance(25) {
		to := first.Add(-m.between(1, 230))
		first = to.Add(-m.between(0, 900))
		m.file.Service = append(m.file.Service, calendar.Span{From: first, To: to})
	}
	if m.chance(12) { // One that is known to follow.
		from := m.run.Period.To.Add(m.between(1, 220))
		m.file.Service = append(m.file.Service, calendar.Span{From: from})
	}
	m.Shuffle(len(m.file.Service), func(i, j int) {
		m.file.Service[i], m.file.Service[j] = m.file.Service[j], m.file.Service[i]
	})
}
