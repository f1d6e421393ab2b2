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
	AgeOfDay     bool         // the youth amount by the age on the day, not on the day of the figures
	RegularScale bool         // a pupil of the beroepsbegeleidende leerweg by the regular youth amounts
	PaidWhenSick bool         // sickness before 2022 stops nothing
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

// age is the age that amounts are told apart by within a month; nought where
// they go by the day of the figures. Nobody is young beyond twenty-three.
func (r Reading) age(form AmountForm, birth, day calendar.Date) int {
	if form.Loonkostensubsidie != nil && !r.AgeOfDay && !r.ByDay || birth.IsZero() {
		return 0
	}
	return min(calendar.Age(birth, day), 23)
}

// birth is a day of birth that on the day of the figures gives the age which the
// reading goes by.
func (r Reading) birth(birth, figures, day calendar.Date) calendar.Date {
	if !r.AgeOfDay || birth.IsZero() {
		return birth
	}
	return calendar.Day(figures.Year()-calendar.Age(birth, day), 1, 1)
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
		{ID: "youth-age", Chosen: checked, Source: "Participatiewet art. 2 en 10d lid 7; geen artikel over een verjaardag in het jaar",
			Asks:    payroll.Text{NL: "Volgt een lopende subsidie de leeftijd bij een verjaardag in het jaar?", EN: "Does a running subsidy follow the age at a birthday within the year?"},
			Choice:  payroll.Text{NL: "Nee: de leeftijd op de dag van toekenning, en op iedere 1 januari daarna.", EN: "No: the age on the day of granting, and on each 1 January after it."},
			Answers: []Answer{{payroll.Text{NL: "Ja: de leeftijd op de dag zelf.", EN: "Yes: the age on the day itself."}, Reading{AgeOfDay: true}}}},
		{ID: "bbl-reference", Chosen: checked, Source: "Participatiewet art. 2; Besluit minimumjeugdloon art. 3",
			Asks:    payroll.Text{NL: "Welk minimumloon telt voor een leerling in de beroepsbegeleidende leerweg?", EN: "Which minimum wage counts for a pupil in the beroepsbegeleidende leerweg?"},
			Choice:  payroll.Text{NL: "Dat van de eigen, lagere staffel, zolang het contract die heeft.", EN: "That of the pupil's own, lower scale, as long as the contract has it."},
			Answers: []Answer{{payroll.Text{NL: "Dat van de gewone staffel voor de leeftijd.", EN: "That of the regular scale for the age."}, Reading{RegularScale: true}}}},
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
		{ID: "sickness-before-2022", Chosen: checked, Source: "drv.nl: tot en met 31 december 2021 stopte de subsidie tijdens een Ziektewetuitkering (no-riskpolis, Ziektewet art. 29b); geen artikel gevonden",
			Asks:    payroll.Text{NL: "Loopt de subsidie voor 2022 door tijdens ziekte?", EN: "Does the subsidy go on during sickness before 2022?"},
			Choice:  payroll.Text{NL: "Nee: kalenderdagen van een ziekteperiode tellen niet mee, met een uitzondering bij de run.", EN: "No: calendar days of a spell of sickness do not count, with an exception of the run."},
			Answers: []Answer{{payroll.Text{NL: "Ja, zoals sinds 1 januari 2022: er was geen Ziektewetuitkering.", EN: "Yes, as since 1 January 2022: there was no benefit of the Ziektewet."}, Reading{PaidWhenSick: true}}}},
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
