package main

import "math/big"

// modelClaim is what is owed for a contract's month by somebody, in euros.
type modelClaim struct {
	Rule, Kind, Payer   string   // a subsidy, fee or hire
	Base, Charges       *big.Rat // of what the scheme gives
	Amount, VAT         *big.Rat // of what is claimed
	Granted, GrantedVAT *big.Rat // by the municipality, which has no say in hire
}

func (c modelClaim) line() string {
	return c.Payer + " " + c.Kind + " " + modelMoney(c.Base, c.Charges, c.Amount, c.VAT, c.Granted, c.GrantedVAT)
}

// modelRules name what a scheme pays: the municipality's part, and the share of
// the wage cost that an inlener pays when no price an hour is agreed.
var modelRules = map[string]struct{ municipal, hire string }{
	"oss-werkende-weg":           {"wage_subsidy", "0.30"},
	"uden-warmm":                 {"place", "0.25"},
	"breda-vangnetbaan":          {"wage_cost", ""},
	"breda-opstapbaan":           {"one_off", ""},
	"oss-bonusbaan":              {"bonus", ""},
	"den-bosch-verloning":        {"lks", ""},
	"tilburg-vooropgesteld-werk": {"wage_subsidy", "0.50"},
	"loonkostensubsidie":         {"lks", ""},
}

// claims are what the contract's month gives: by the municipality for days under
// its decision, by the inlener for days of the placement.
func (c modelContract) claims(municipality string) (claims []modelClaim) {
	if d := c.Decision; d != nil && len(c.days(d.Span)) > 0 {
		claims = append(claims, c.municipal(municipality, *d))
	}
	if p := c.Placement; p != nil && len(c.days(p.Span)) > 0 {
		claims = append(claims, c.hire(*p))
	}
	return claims
}

// municipal is a subsidy, or WARMM's fee, with the verdict on it.
func (c modelContract) municipal(municipality string, d modelDecision) modelClaim {
	base, charges, most := c.owed(d, c.days(d.Span))
	m := modelClaim{Rule: modelRules[c.Scheme].municipal, Kind: "subsidy", Payer: municipality,
		Base: modelCents(base), Charges: modelCents(charges), VAT: new(big.Rat), Granted: new(big.Rat), GrantedVAT: new(big.Rat)}
	m.Amount = modelPlus(m.Base, m.Charges)
	if most != nil {
		m.Amount = modelLeast(m.Amount, most)
	}
	if d.Ceiling != "" {
		m.Amount = modelLeast(m.Amount, modelNumber(d.Ceiling))
	}
	switch d.Verdict {
	case "granted":
		m.Granted = m.Amount
	case "partly":
		m.Granted = modelCents(modelTimes(m.Amount, modelNumber("0.5")))
	}
	if c.Scheme == "uden-warmm" { // A supply, and no subsidy.
		m.Kind, m.VAT, m.GrantedVAT = "fee", modelCents(modelTimes(m.Amount, c.law().VAT)), modelCents(modelTimes(m.Granted, c.law().VAT))
	}
	return m
}

// owed is what the scheme gives for the days of the decision in this month,
// exact, and the most that may be claimed for them: the wage cost, or nothing
// that limits.
func (c modelContract) owed(d modelDecision, days []int) (base, charges, most *big.Rat) {
	none, cost, part := new(big.Rat), c.cost(days, c.rate()), c.part(days)
	hours := modelLeast(modelNumber(d.Week), modelNumber(c.Full)) // The sector's full week at most.
	ofFull := modelTimes(hours, new(big.Rat).Inv(modelNumber(c.Full)))
	switch c.Scheme {
	case "oss-werkende-weg":
		return modelTimes(cost, modelNumber("0.60")), none, cost
	case "tilburg-vooropgesteld-werk":
		return modelTimes(cost, modelNumber("0.50")), none, cost
	case "uden-warmm":
		return modelTimes(modelNumber("1900.00"), part), none, nil
	case "breda-vangnetbaan": // The full cost of the minimum wage with a percentage for charges; what is paid above it is for the employer.
		percent := modelPercent(d.Charges, "0.17")
		counted := modelLeast(c.cost(days, c.minimum("1")), cost)
		return counted, modelTimes(counted, percent), modelPlus(cost, modelCents(modelTimes(cost, percent)))
	case "breda-opstapbaan":
		return c.oneOff(d, cost)
	case "oss-bonusbaan": // What the person falls short of the minimum wage and its holiday allowance.
		return modelTimes(c.law().Month, modelNumber("1.08"), big.NewRat(100-d.Percent, 100), ofFull, part), none, cost
	case "den-bosch-verloning":
		return modelTimes(c.law().Month, modelNumber("0.50"), ofFull, part), none, cost
	case "loonkostensubsidie":
		// (WML + 8 %) × (100 − loonwaarde) %, at most 70 %, or 50 % by the forfait;
		// × the decision's hours of 36; 25 % on top for charges.
		share := modelLeast(big.NewRat(100-d.Percent, 100), modelNumber("0.70"))
		if d.Forfait {
			share = modelNumber("0.50")
		}
		base = modelTimes(c.law().Month, modelNumber("1.08"), share, hours, big.NewRat(1, 36), part)
		return base, modelTimes(base, modelPercent(d.Charges, "0.25")), cost
	}
	panic("no scheme: " + c.Scheme)
}

// modelPercent is the decision's own percentage, or else a share.
func modelPercent(own, otherwise string) *big.Rat {
	if own == "" {
		return modelNumber(otherwise)
	}
	return modelTimes(modelNumber(own), big.NewRat(1, 100))
}

// oneOff is 5,000 for a year: half at its start and half when the year has been
// served. It is an advance on the wage cost of the whole period, and so that
// limits it in the month of the period's end alone. Here nothing was claimed in
// months before.
func (c modelContract) oneOff(d modelDecision, cost *big.Rat) (base, charges, most *big.Rat) {
	from, to := max(c.Span.From, d.Span.From), d.Span.To
	if c.Span.To != "" {
		to = min(c.Span.To, to)
	}
	base = new(big.Rat)
	for _, due := range []string{from, modelMonthsOn(from, 12)} {
		if due <= to && due[:7] == c.Month {
			base.Add(base, modelNumber("2500.00"))
		}
	}
	if to[:7] == c.Month {
		most = cost
	}
	return base, new(big.Rat), most
}

// hire is what the inlener pays, with VAT: the agreed price for the hours
// worked, and not for training, leave or sickness; or a share of the wage cost.
func (c modelContract) hire(p modelPlacement) modelClaim {
	days, price, none := c.days(p.Span), new(big.Rat), new(big.Rat)
	if p.Price == "" {
		price = modelTimes(c.cost(days, c.rate()), modelNumber(modelRules[c.Scheme].hire))
	} else if worked := c.hoursOf(days)["worked"]; worked != nil {
		price = modelTimes(worked, modelNumber(p.Price))
	}
	amount := modelCents(price)
	return modelClaim{Rule: "hire", Kind: "hire", Payer: p.Inlener, Base: amount, Charges: none, Amount: amount,
		VAT: modelCents(modelTimes(amount, c.law().VAT)), Granted: none, GrantedVAT: none}
}
