package main

import (
	"context"
	"slices"
	"strings"

	"verloning/cmd/verloning/internal/pdf"
	"verloning/cmd/verloning/internal/postgres"
	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
	"verloning/subsidy"
)

// mostSpecified is how many claims a specification lists: more than a document
// may hold.
const mostSpecified = 5000

// claimsDrawn asks for the specification of a period's claims: as the employer of
// one gemeente or all, as the gemeente of one employer or all.
type claimsDrawn struct {
	Period string `json:"period" validate:"required"`
	Other  string `json:"other,omitempty" validate:"omitempty,code"` // code of the other party
	Language
}

// specification are claims that one employer has on one gemeente.
type specification struct {
	employer, payer payroll.Organisation
	claims          []subsidy.RaisedClaim
}

func (s *service) drawClaims(ctx context.Context, tx *postgres.Tx, a payroll.Actor, q claimsDrawn) (document, error) {
	door := payroll.NewDoor(q)
	period := door.Period("period", q.Period)
	if err := door.Err(); err != nil {
		return document{}, err
	}
	list, err := specified(ctx, tx, a, q, period)
	if err != nil {
		return document{}, err
	}
	if len(list) == 0 {
		return document{}, payroll.Refuse(payroll.NotFound, payroll.Reason("claim/none_of_period", "period",
			"Er zijn geen declaraties op goedgekeurde loonkosten van deze periode.", "There are no claims on approved wage cost of this period."))
	}
	name := q.speak().text("subsidiespecificatie-", "subsidy-specification-") + period.String()
	if q.Other != "" {
		name += "-" + q.Other
	}
	return draw(name, claimsDocument(q.speak(), a.Organisation, period, list))
}

// specified reads the claims of a period and puts those of the same two parties
// together, in order of their codes.
func specified(ctx context.Context, tx *postgres.Tx, a payroll.Actor, q claimsDrawn, period calendar.Period) ([]specification, error) {
	var claims []subsidy.RaisedClaim
	filter := subsidy.ClaimFilter{Period: q.Period, Limit: 1000}
	for page := []subsidy.RaisedClaim{{}}; len(page) > 0 && len(claims) <= mostSpecified; {
		var err error
		if page, err = tx.Claims(ctx, a, filter, period.From); err != nil {
			return nil, err
		}
		for _, c := range page {
			mine := q.Other == "" || c.Employer == q.Other || c.Payer == q.Other
			if filter.After = c.Claim.String(); c.Kind != subsidy.Hire && mine {
				claims = append(claims, c)
			}
		}
	}
	slices.SortFunc(claims, func(x, y subsidy.RaisedClaim) int {
		return strings.Compare(strings.Join([]string{x.Payer, x.Employer, x.Number, x.Decision, x.Origin.String(), x.Rule}, "\x00"),
			strings.Join([]string{y.Payer, y.Employer, y.Number, y.Decision, y.Origin.String(), y.Rule}, "\x00"))
	})
	var list []specification
	for _, c := range claims {
		if n := len(list); n == 0 || list[n-1].employer.Code != c.Employer || list[n-1].payer.Code != c.Payer {
			employer, _, err := tx.OrganisationByCode(ctx, c.Employer)
			if err != nil {
				return nil, err
			}
			payer, _, err := tx.OrganisationByCode(ctx, c.Payer)
			if err != nil {
				return nil, err
			}
			list = append(list, specification{employer: employer, payer: payer})
		}
		list[len(list)-1].claims = append(list[len(list)-1].claims, c)
	}
	return list, nil
}

// claimsDocument is a specification of subsidies: what was claimed, granted, and
// what lies between. People have no name in it.
func claimsDocument(l tongue, a payroll.Organisation, period calendar.Period, list []specification) pdf.Document {
	d := l.sheet(a, period.To, "Subsidiespecificatie", "Subsidy specification", l.period(period))
	if len(list) == 1 {
		d.Sender, d.Receiver = l.party("Werkgever", "Employer", list[0].employer), l.party("Gemeente of andere betaler", "Municipality or other payer", list[0].payer)
	} else {
		d.Sender = l.party("Van", "Of", a)
	}
	for _, s := range list {
		d.Sections = append(d.Sections, l.claims(s))
	}
	d.Sections = append(d.Sections, l.burdens(list))
	d.Notes = append(d.Notes, l.text("Bedragen zijn zonder btw. Een streepje onder toegekend: daarover is nog niet besloten.",
		"Amounts are without VAT. A dash under granted: nobody has decided yet."))
	return d
}

// decided is what was granted of a claim, where somebody has decided.
func decided(c subsidy.RaisedClaim) (euro.Amount, bool) {
	if c.Status == "raised" || c.Granted == nil {
		return euro.Zero, c.Status == "nil"
	}
	return *c.Granted, true
}

// claims is the table of one employer and one payer.
func (l tongue) claims(s specification) pdf.Section {
	section := pdf.Section{Head: s.employer.Name + " – " + s.payer.Name, Columns: []pdf.Column{
		{Head: l.text("Contract", "Contract"), Weight: 16}, {Head: l.text("Beschikking", "Decision"), Weight: 16}, {Head: l.text("Regeling", "Scheme"), Weight: 26},
		{Head: l.text("Over", "Of"), Weight: 15}, {Head: l.text("Grondslag", "Base"), Weight: 15, Right: true}, {Head: l.text("Lasten", "Charges"), Weight: 14, Right: true},
		{Head: l.text("Gedeclareerd", "Claimed"), Weight: 16, Right: true}, {Head: l.text("Toegekend", "Granted"), Weight: 15, Right: true},
		{Head: l.text("Verschil", "Difference"), Weight: 14, Right: true}, {Head: l.text("Budget", "Budget"), Weight: 16},
	}}
	var base, charges, claimed, granted, between euro.Amount
	for _, c := range s.claims {
		given, difference := "–", ""
		if g, known := decided(c); known {
			given, difference = l.amount(g), l.amount(c.Amount.Sub(g))
			granted, between = granted.Add(g), between.Add(c.Amount.Sub(g))
		}
		of := c.Period
		if !c.Origin.IsZero() {
			of = l.month(c.Origin)
		}
		scheme := c.Scheme + ", " + c.Rule
		if c.Provisional {
			scheme += l.text(" (voorlopig)", " (provisional)")
		}
		base, charges, claimed = base.Add(c.Base), charges.Add(c.Charges), claimed.Add(c.Amount)
		section.Rows = append(section.Rows, pdf.Row{Cells: []string{c.Number, c.Decision, scheme, of, l.amount(c.Base), l.amount(c.Charges), l.amount(c.Amount), given, difference, borne(c)}})
	}
	section.Rows = append(section.Rows, pdf.Row{Strong: true, Cells: []string{l.text("Totaal", "Total"), "", "", "", l.amount(base), l.amount(charges), l.amount(claimed), l.amount(granted), l.amount(between)}})
	return section
}

// borne says which sources bear a claim.
func borne(c subsidy.RaisedClaim) string {
	if len(c.Sources) == 0 {
		return string(c.Budget)
	}
	var parts []string
	for _, s := range c.Sources {
		parts = append(parts, string(s.Source))
	}
	return strings.Join(parts, ", ")
}

// burdens sums what was claimed by the budget that bears it, as it was claimed and
// with VAT that nobody gives back.
func (l tongue) burdens(list []specification) pdf.Section {
	sums, order := map[string]euro.Amount{}, []string{}
	add := func(payer payroll.Organisation, source subsidy.Source, amount euro.Amount) {
		key := payer.Name + "\x00" + string(source)
		if _, known := sums[key]; !known {
			order = append(order, key)
		}
		sums[key] = sums[key].Add(amount)
	}
	for _, s := range list {
		for _, c := range s.claims {
			for _, share := range c.Sources {
				add(s.payer, share.Source, share.Amount)
			}
			if len(c.Sources) == 0 {
				add(s.payer, c.Budget, c.Amount.Add(c.VATCost))
			}
		}
	}
	slices.Sort(order)
	section := pdf.Section{Head: l.text("Gedeclareerd per budget (€)", "Claimed by budget (€)"), Columns: []pdf.Column{
		{Head: l.text("Betaler", "Payer"), Weight: 50}, {Head: l.text("Budget", "Budget"), Weight: 25}, {Head: l.text("Last", "Burden"), Weight: 20, Right: true},
	}}
	for _, key := range order {
		payer, source, _ := strings.Cut(key, "\x00")
		section.Rows = append(section.Rows, pdf.Row{Cells: []string{payer, source, l.amount(sums[key])}})
	}
	return section
}
