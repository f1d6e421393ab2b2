package statute

import (
	"fmt"

	"verloning/payroll/calendar"
	"verloning/payroll/euro"
)

// nameSpecial is the percentage that the bijzonder tarief came to.
const nameSpecial = "loonheffing.bijzonder_tarief"

// specialRow is a row of the table for special payments: from an annual wage
// on, the percentage without korting, the standard percentage and what is added
// to that with korting (negative where the arbeidskorting grows).
type specialRow struct {
	from, without, standard, offset euro.Number
	plain, credited                 Figure // the percentage that applies, without and with korting
}

// specialTable is the table of a year as it is written down, lowest row first.
type specialTable struct {
	year       int
	who        taxed
	rows       [][4]string
	sure       int        // so many rows, from below, are as sure as the table
	confidence Confidence // of those rows; the others are medium at most
	source     string
	derived    string
}

const (
	specialPattern = "derived from the rates of the year by the pattern that gives every row of 2026; a border of 1.08 x g1 may be one euro off"
	specialSource  = "not seen in print"
)

// specialTables: the rows of 2026 are published, the others follow from a
// pattern. Of 2023 to 2025 the rows up to the full minimum wage are sure.
var specialTables = []specialTable{
	{2020, belowAOW, [][4]string{
		{"0", "37.35", "0", "0"},
		{"7850", "37.35", "37.35", "-2.81"},
		{"10716", "37.35", "37.35", "-28.81"},
		{"19843", "37.35", "37.35", "-1.66"},
		{"20712", "37.35", "37.35", "4.02"},
		{"34955", "37.35", "37.35", "11.67"},
		{"68508", "49.5", "49.5", "6"},
		{"106493", "49.5", "49.5", "0"},
	}, 0, Medium, rates2020 + "; " + specialSource, specialPattern},
	{2021, belowAOW, [][4]string{
		{"0", "37.1", "0", "0"},
		{"8725", "37.1", "37.1", "-4.58"},
		{"10918", "37.1", "37.1", "-28.77"},
		{"20218", "37.1", "37.1", "-2.66"},
		{"21044", "37.1", "37.1", "3.31"},
		{"35653", "37.1", "37.1", "11.98"},
		{"68508", "49.5", "49.5", "6"},
		{"114195", "49.5", "49.5", "0"},
	}, 0, Medium, specialSource, specialPattern},
	{2022, belowAOW, [][4]string{
		{"0", "37.07", "0", "0"},
		{"8879", "37.07", "37.07", "-4.54"},
		{"11179", "37.07", "37.07", "-28.46"},
		{"20701", "37.07", "37.07", "-2.61"},
		{"21318", "37.07", "37.07", "3.4"},
		{"36650", "37.07", "37.07", "11.87"},
		{"69399", "49.5", "49.5", "5.86"},
		{"118095", "49.5", "49.5", "0"},
	}, 0, Medium, specialSource, specialPattern},
	{2023, belowAOW, [][4]string{
		{"0", "36.93", "0", "0"},
		{"10698", "36.93", "36.93", "-8.23"},
		{"11601", "36.93", "36.93", "-29.86"},
		{"21483", "36.93", "36.93", "-3.09"},
		{"22661", "36.93", "36.93", "3.01"},
		{"37692", "36.93", "36.93", "12.61"},
		{"73032", "49.5", "49.5", "6.51"},
		{"124520", "49.5", "49.5", "0"},
	}, 5, High, specialSource, specialPattern},
	{2024, belowAOW, [][4]string{
		{"0", "36.97", "0", "0"},
		{"11778", "36.97", "36.97", "-8.43"},
		{"12410", "36.97", "36.97", "-31.43"},
		{"22982", "36.97", "36.97", "-2.47"},
		{"24813", "36.97", "36.97", "4.16"},
		{"39958", "36.97", "36.97", "13.14"},
		{"75519", "49.5", "49.5", "6.51"},
		{"134930", "49.5", "49.5", "0"},
	}, 5, High, specialSource, specialPattern},
	{2025, belowAOW, [][4]string{
		{"0", "35.82", "0", "0"},
		{"11050", "35.82", "35.82", "-8.05"},
		{"13144", "35.82", "35.82", "-30.03"},
		{"24341", "35.82", "35.82", "-2.26"},
		{"28407", "35.82", "35.82", "4.08"},
		{"38442", "37.48", "37.48", "4.08"},
		{"43072", "37.48", "37.48", "12.85"},
		{"76818", "49.5", "49.5", "6.51"},
		{"139405", "49.5", "49.5", "0"},
	}, 5, High, specialSource + " but for the row from 28407 (tipsenadvies.nl)", specialPattern},
	{2026, belowAOW, [][4]string{
		{"0", "35.75", "0", "0"},
		{"11358", "35.75", "35.75", "-8.32"},
		{"12923", "35.75", "35.75", "-31.01"},
		{"23931", "35.75", "35.75", "-1.95"},
		{"29737", "35.75", "35.75", "4.45"},
		{"38884", "37.56", "37.56", "4.45"},
		{"45593", "37.56", "37.56", "12.91"},
		{"78427", "49.5", "49.5", "6.51"},
		{"143555", "49.5", "49.5", "0"},
	}, 9, High, "wit_bb_nl_std_20260101, transcribed in a public payroll repository; the derivation agrees", ""},
	{2026, aboveAOW, [][4]string{
		{"0", "17.85", "0", "0"},
		{"34719", "17.85", "17.85", "2.22"},
		{"38884", "37.56", "37.56", "2.22"},
		{"45593", "37.56", "37.56", "6.45"},
		{"46003", "37.56", "37.56", "21.45"},
		{"59783", "37.56", "37.56", "6.45"},
		{"78427", "49.5", "49.5", "3.25"},
		{"143555", "49.5", "49.5", "0"},
	}, 8, High, "Rekenvoorschriften 2026; without the alleenstaande-ouderenkorting", ""},
}

// specials is the tables as they are looked up.
var specials = makeSpecials(specialTables)

type specialSet [taxedKinds][lastTaxYear - firstTaxYear + 1][]specialRow

func makeSpecials(tables []specialTable) (set specialSet) {
	for _, t := range tables {
		rows := make([]specialRow, 0, len(t.rows))
		for i, text := range t.rows {
			rows = append(rows, t.row(i, text))
			if i > 0 && rows[i].from.Cmp(rows[i-1].from) <= 0 {
				panic(fmt.Sprintf("statute: special row %v of %d does not rise", text, t.year))
			}
		}
		set[t.who][t.year-firstTaxYear] = rows
	}
	return set
}

func (t specialTable) row(i int, text [4]string) specialRow {
	r := specialRow{
		from: euro.MustNumber(text[0]), without: euro.MustNumber(text[1]),
		standard: euro.MustNumber(text[2]), offset: euro.MustNumber(text[3]),
	}
	r.plain = Figure{
		Name: nameSpecial + "." + t.who.String() + "zonder", Value: r.without, Since: calendar.Day(t.year, 1, 1),
		Source: t.source, Article: "Wet LB 1964 art. 26", Confidence: t.confidence,
		Checked: checked, ConfirmedThrough: calendar.Day(t.year, 12, 31), Derived: t.derived,
	}
	if i >= t.sure {
		r.plain.Confidence = weaker(t.confidence, Medium)
	}
	row := "row from " + text[0] + ": "
	if t.derived != "" {
		row = t.derived + "; " + row
	}
	r.credited = r.plain
	r.credited.Name = nameSpecial + "." + t.who.String() + "met"
	r.credited.Value = r.standard.Add(r.offset).Max(euro.Number{})
	r.plain.Derived = row + text[1]
	r.credited.Derived = row + text[2] + " and " + text[3]
	return r
}

// SpecialWage is a payment that is made once or once a year: holiday allowance,
// a bonus, leave paid out, arrears (Wet LB 1964 art. 26).
type SpecialWage struct {
	Taxpayer
	Amount euro.Amount
	Paid   calendar.Date
	// AnnualWage is the wage for the loonheffing of the calendar year before with
	// this employer, made a whole year; who had none then: what this year would
	// give. It is a fact with a source of its own, never guessed here.
	AnnualWage euro.Amount
}

// SpecialLoonheffing computes the tax on a special payment, rounded down to
// cents, in the employee's favour. It has no jonggehandicaptenkorting and no
// verrekende arbeidskorting: those belong to the wage of the period.
func SpecialLoonheffing(w SpecialWage) (WageTax, error) {
	if w.Anonymous {
		return anonymousTax(w.Amount, w.Paid)
	}
	who, age, err := taxedAs(w.Taxpayer, w.Paid)
	if err != nil {
		return WageTax{}, err
	}
	rows := specials[who][w.Paid.Year()-firstTaxYear]
	if rows == nil {
		return WageTax{}, missing(nameSpecial, w.Paid, "above AOW age the rows are known for 2026 only, and not for who was born in 1945 or before")
	}
	if who != belowAOW && w.Korting && w.Alleenstaand {
		return WageTax{}, missing(nameSpecial, w.Paid, "the rows with the alleenstaande-ouderenkorting are not known")
	}
	if w.Amount.Sign() <= 0 {
		return WageTax{Steps: TaxSteps{Tariff: TariffNone, AboveAOW: who != belowAOW}}, nil
	}
	row := rows[0]
	for _, r := range rows {
		if r.from.Cmp(w.AnnualWage.Number()) <= 0 {
			row = r
		}
	}
	s := TaxSteps{
		Tariff: TariffSpecial, AboveAOW: who != belowAOW, AnnualWage: w.AnnualWage,
		RowFrom: row.from, Standard: row.without, Rate: row.without,
	}
	used := row.plain
	if w.Korting {
		used = row.credited
		s.Standard, s.Offset, s.Rate = row.standard, row.offset, used.Value
	}
	return WageTax{
		Tax:     w.Amount.Times(s.Rate.Percent()).CentsDown(),
		Figures: append([]Figure{used}, age...),
		Steps:   s,
	}, nil
}
