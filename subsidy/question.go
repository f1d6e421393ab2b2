package subsidy

import (
	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
	"verloning/payroll/statute"
)

// Reading is how points are read on which the law or a figure is disputed or not
// confirmed. The nought Reading is what this service chose; the register of open
// questions says why, and tries the others.
type Reading struct {
	Charges      *euro.Number // percent, instead of the dated figure
	ChargesInCap bool         // the cap holds base and charges together
	RoundSteps   bool         // each step to the cent, not base and charges once each
	WorkingDays  bool         // part of a month by working days, not by calendar days
	ByDay        bool         // the figures of the day, not those of granting and 1 January
}

func (r Reading) charges(d DecisionTerms, ref calendar.Date) (euro.Number, []figureUse, error) {
	if r.Charges != nil {
		return *r.Charges, nil, nil
	}
	return lksCharges(d, ref)
}

func (r Reading) step(n euro.Number) euro.Number {
	if r.RoundSteps {
		return n.Cents().Number()
	}
	return n
}

// underCap lowers the base where base and charges together have to stay under
// 70 % of minimum wage and holiday allowance.
func (r Reading) underCap(base, total, charge euro.Number, ref calendar.Date) euro.Number {
	limit, err := statute.LoonkostensubsidieCap(ref)
	if !r.ChargesInCap || err != nil {
		return base
	}
	most := total.Mul(limit.Value.Percent()).Part(euro.Ratio{Over: euro.Hundred, Under: euro.Hundred.Add(charge)})
	return base.Min(most)
}

func (r Reading) partOfMonth(part calendar.Span) euro.Ratio {
	month := calendar.MonthOf(part.From)
	if r.WorkingDays {
		return euro.Ratio{Over: euro.Int(int64(part.Workdays())), Under: euro.Int(int64(month.Workdays()))}
	}
	return euro.Ratio{Over: euro.Int(int64(part.Days())), Under: euro.Int(int64(month.Days()))}
}

func (r Reading) referenceDay(d DecisionTerms, day calendar.Date) calendar.Date {
	if r.ByDay {
		return day
	}
	return d.referenceDay(day)
}

// Question is a point on which law or figure is disputed or not confirmed, with
// the one choice that every amount rests on.
type Question struct {
	ID      string        `json:"question"`
	Asks    payroll.Text  `json:"asks"`
	Choice  payroll.Text  `json:"choice"`
	Chosen  calendar.Date `json:"chosen"` // when the choice was made
	Source  string        `json:"source"`
	Answers []Answer      `json:"alternatives"`
}

// Answer is another reading of a question.
type Answer struct {
	Says    payroll.Text `json:"says"`
	Reading Reading      `json:"-"`
}

// Questions is the register, in the order in which an amount meets them.
func Questions() []Question {
	old, now := euro.MustNumber("23.5"), euro.Int(25)
	checked := calendar.Day(2026, 11, 22)
	return []Question{
		{ID: "reference-day", Chosen: checked, Source: "Participatiewet art. 10d lid 7",
			Asks:    payroll.Text{NL: "Volgt een lopende subsidie het minimumloon van 1 juli?", EN: "Does a running subsidy follow the minimum wage of 1 July?"},
			Choice:  payroll.Text{NL: "Nee: het bedrag van de dag van toekenning, en van iedere 1 januari daarna.", EN: "No: the amount of the day of granting, and of each 1 January after it."},
			Answers: []Answer{{payroll.Text{NL: "Ja: het bedrag van de dag zelf.", EN: "Yes: the amount of the day itself."}, Reading{ByDay: true}}}},
		{ID: "charges-percentage", Chosen: checked, Source: "Regeling LKS PW 2021 art. 1 (23,5); MinBZK/regelrecht, scenario financieel_cv_koen (25)",
			Asks:   payroll.Text{NL: "Welk percentage werkgeverslasten geldt na de 23,5 van 2021, en sinds wanneer?", EN: "Which percentage of employer charges holds after the 23.5 of 2021, and since when?"},
			Choice: payroll.Text{NL: "23,5 tot 1 juli 2026, dan 25; niet bevestigd en daarom een uitzondering bij elke run.", EN: "23.5 until 1 July 2026, then 25; not confirmed and so an exception of every run."},
			Answers: []Answer{
				{payroll.Text{NL: "Nog steeds 23,5.", EN: "Still 23.5."}, Reading{Charges: &old}},
				{payroll.Text{NL: "Al eerder 25.", EN: "25 since earlier."}, Reading{Charges: &now}},
			}},
		{ID: "charges-in-cap", Chosen: checked, Source: "Participatiewet art. 10d lid 4; praktijk (SV Land/SZW, Werkzaak Rivierenland); MinBZK/regelrecht tot 9 oktober 2026",
			Asks:    payroll.Text{NL: "Komen de werkgeverslasten boven op het maximum van 70 %, of vallen ze erbinnen?", EN: "Do the employer charges come on top of the cap of 70 %, or fall within it?"},
			Choice:  payroll.Text{NL: "Erbovenop.", EN: "On top."},
			Answers: []Answer{{payroll.Text{NL: "Erbinnen: subsidie en lasten samen hoogstens 70 %.", EN: "Within: subsidy and charges together 70 % at most."}, Reading{ChargesInCap: true}}}},
		{ID: "part-month", Chosen: checked, Source: "geen artikel; DESIGN 5",
			Asks:    payroll.Text{NL: "Naar welke sleutel telt een deel van een maand?", EN: "By which key does part of a month count?"},
			Choice:  payroll.Text{NL: "Naar kalenderdagen.", EN: "By calendar days."},
			Answers: []Answer{{payroll.Text{NL: "Naar werkdagen, maandag tot en met vrijdag.", EN: "By working days, Monday to Friday."}, Reading{WorkingDays: true}}}},
		{ID: "rounding", Chosen: checked, Source: "geen artikel; rekenvoorbeeld 1 van de Regeling rondt elke stap af, het model van MinBZK alleen aan het eind",
			Asks:    payroll.Text{NL: "Wanneer wordt er afgerond?", EN: "When is it rounded?"},
			Choice:  payroll.Text{NL: "Grondslag en lasten elk eenmaal, op hele centen.", EN: "Base and charges once each, to whole cents."},
			Answers: []Answer{{payroll.Text{NL: "Na iedere stap.", EN: "After each step."}, Reading{RoundSteps: true}}}},
	}
}

// Under computes a contract's loonkostensubsidie of a period by another reading.
// The entitlement alone is compared: what may be claimed of it also depends on
// wage cost and on earlier months.
func Under(reading Reading, r payroll.Run, s Scheme, f File, slip payroll.Payslip) (euro.Amount, error) {
	claims, _, err := newClaims(r, s, f, slip, asked{reading: reading})
	sum := euro.Zero
	for _, c := range claims {
		if c.Kind == Subsidy {
			sum = sum.Add(c.Entitled)
		}
	}
	return sum, err
}
