package subsidy

import (
	"fmt"
	"strings"

	"verloning/payroll"
)

// causes tell why, in Dutch and English.
var causes = map[Class]payroll.Text{
	NotClaimed:        {NL: "De maand is nog niet goedgekeurd bij de werkgever, of de persoon ontbreekt in de verloning.", EN: "The employer has not approved the month yet, or the person is missing from the run."},
	MissingHours:      {NL: "Er zijn minder uren aangeleverd dan afgesproken, en daardoor is er minder te declareren.", EN: "Fewer hours were handed in than agreed, and so there is less to claim."},
	HoursAfterEnd:     {NL: "Er zijn uren aangeleverd na het einde van het contract, en daarover is gedeclareerd.", EN: "Hours were handed in after the end of the contract, and were claimed on."},
	EndedEarly:        {NL: "Het contract of het besluit eindigde eerder dan eerst was vastgelegd.", EN: "The contract or the decision ended earlier than was recorded first."},
	LoonwaardeChanged: {NL: "De loonwaarde is later anders vastgesteld.", EN: "The loonwaarde was determined anew later."},
	FigureChanged:     {NL: "Een gegeven (besluit, contract, regeling of wettelijk bedrag) is later gewijzigd.", EN: "A figure (decision, contract, scheme or a statutory amount) was changed later."},
	SicknessStopped:   {NL: "De subsidie stopte door ziekte.", EN: "The subsidy stopped because of sickness."},
	OtherWageCost:     {NL: "De loonkosten zijn anders dan verwacht; de regeling gaat daarnaar.", EN: "The wage cost is other than expected, and the scheme goes by it."},
	Capped:            {NL: "De declaratie is begrensd: door de loonkosten, het plafond, of een maximum per jaar of persoon.", EN: "The claim was capped: by the wage cost, the ceiling, or a maximum of a year or person."},
	CarriedOver:       {NL: "Doorgeschoven van of naar een andere maand.", EN: "Carried over from or to another month."},
	RefusedClaim:      {NL: "De gemeente heeft de declaratie afgewezen.", EN: "The municipality refused the claim."},
	PartlyGranted:     {NL: "De gemeente heeft de declaratie gedeeltelijk toegekend.", EN: "The municipality granted the claim partly."},
	NotGranted:        {NL: "Gedeclareerd en nog niet toegekend.", EN: "Claimed and not granted yet."},
	BeyondBudget:      {NL: "Dit gaat boven het budget van de bron.", EN: "This exceeds the budget of the source."},
	VATDifference:     {NL: "Btw die over de bank gaat en die het BTW-compensatiefonds teruggeeft.", EN: "VAT that goes over the bank and that the BTW-compensatiefonds gives back."},
	NotPaid:           {NL: "Toegekend en nog niet betaald, of nog niet terugbetaald.", EN: "Granted and not paid yet, or not paid back yet."},
	NotSettled:        {NL: "Betaalopdracht gegeven; de bankafschrijving of -bijschrijving is nog niet verwerkt.", EN: "The payment was ordered; the bank statement of one side is not processed yet."},
	ReturnedPayment:   {NL: "De bank heeft de betaling teruggestort.", EN: "The bank returned the payment."},
	FormerIBAN:        {NL: "De betaling ging naar een rekeningnummer dat niet meer geldt.", EN: "The payment went to an account number that is not in use any more."},
	Rounded:           {NL: "Afrondingsverschil.", EN: "Rounding."},
	SubsidyAboveCost:  {NL: "De toegekende subsidie is meer dan de loonkosten over de beschikkingsperiode.", EN: "The subsidy granted exceeds the wage cost over the decision's period."},
	FundingAboveCost:  {NL: "Subsidie en andere gelden samen zijn meer dan de loonkosten.", EN: "Subsidy and other money together exceed the wage cost."},
	LoonwaardeExpired: {NL: "De loonwaarde had opnieuw vastgesteld moeten zijn; er is gedeclareerd naar de oude.", EN: "The loonwaarde should have been determined anew; claims went by the old one."},
	DuplicateClaim:    {NL: "Voor deze persoon en dagen is onder een ander besluit ook gedeclareerd, samen voor meer uren dan een volledige week.", EN: "For this person and these days another decision was claimed on too, together for more hours than a full week."},
	Unexplained:       {NL: "ONVERKLAARD: geen enkel gegeven verklaart dit verschil.", EN: "UNEXPLAINED: no fact explains this difference."},
}

// cause is why, on this trail.
func (c Class) cause(t Trail) payroll.Text {
	text := causes[c]
	switch f := t.Facts; {
	case c == MissingHours:
		text.NL += fmt.Sprintf(" Bekend: %s van %s uur.", f.HoursKnown, f.HoursExpected)
		text.EN += fmt.Sprintf(" Known: %s of %s hours.", f.HoursKnown, f.HoursExpected)
	case c == HoursAfterEnd && f.HoursAfterEnd > 0:
		text.NL += fmt.Sprintf(" Het gaat om %s uur.", f.HoursAfterEnd)
		text.EN += fmt.Sprintf(" It is about %s hours.", f.HoursAfterEnd)
	case c == LoonwaardeExpired:
		text.NL += fmt.Sprintf(" Herziening was nodig voor %s.", f.ReviewDue)
		text.EN += fmt.Sprintf(" The review was due by %s.", f.ReviewDue)
	}
	return text
}

// articles are what a cause goes by where there is a decision on a subsidy: the law on
// subsidies, and of a loonkostensubsidie its own.
var articles = map[Class]struct{ general, statutory string }{
	NotClaimed:        {"Awb art. 4:44", ""},
	MissingHours:      {"Awb art. 4:46 lid 2 onder a", ""},
	HoursAfterEnd:     {"BW 7:667; Awb art. 4:57", ""},
	EndedEarly:        {"Awb art. 4:46 lid 2 onder a", ""},
	LoonwaardeChanged: {"Awb art. 4:48", "Participatiewet art. 10d lid 4 en 6"},
	FigureChanged:     {"Awb art. 4:48", "Participatiewet art. 10d lid 7"},
	SicknessStopped:   {"", sicknessArticle},
	OtherWageCost:     {"Awb art. 4:46 lid 3", ""},
	Capped:            {"Awb art. 4:31", ""},
	CarriedOver:       {"Awb art. 4:31", ""},
	RefusedClaim:      {"Awb art. 4:35 en 4:46", ""},
	PartlyGranted:     {"Awb art. 4:46", ""},
	NotGranted:        {"Awb art. 4:13", ""},
	BeyondBudget:      {"Gemeentewet art. 189; Awb art. 4:25", ""},
	NotPaid:           {"Awb art. 4:52", ""},
	NotSettled:        {"Awb art. 4:89", ""},
	ReturnedPayment:   {"Awb art. 4:89", ""},
	FormerIBAN:        {"Awb art. 4:89", ""},
	Rounded:           {"", "Participatiewet art. 10d lid 4"},
	SubsidyAboveCost:  {"Awb art. 4:46 lid 3 en 4:57", ""},
	FundingAboveCost:  {"Awb art. 4:46 lid 3 en 4:57", ""},
	LoonwaardeExpired: {"", "Participatiewet art. 10d lid 6"},
	DuplicateClaim:    {"Awb art. 4:46 en 4:57", ""},
}

// article is what the cause goes by: law where a decision on a subsidy was taken, and
// always the rule of the scheme.
func (c Class) article(t Trail) string {
	var list []string
	switch a := articles[c]; {
	case c == VATDifference:
		list = append(list, "Wet op het BTW-compensatiefonds art. 3")
	case t.Facts.Agreed:
		list = append(list, "overeenkomst")
	case t.Facts.Statutory && a.statutory != "":
		list = append(list, a.statutory)
	case a.general != "" && t.Kind != Internal:
		list = append(list, a.general)
	}
	return strings.Join(append(list, fmt.Sprintf("regeling %s, regel %s", t.Scheme, t.Rule)), "; ")
}
