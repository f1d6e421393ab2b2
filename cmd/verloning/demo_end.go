package main

import (
	"fmt"
	"strconv"
	"strings"

	"verloning/payroll"
)

// conclude prints what the months came to, what of it is stated and what is
// invented, and what to try next.
func (d *demo) conclude(t demoTotals, kept bool) {
	d.chapter("Per regeling: mensen en loon", "By scheme: people and wages")
	wages := newTable("", ">people", ">running", ">payslips", ">gross", ">holiday", ">tax", ">charges", ">payments", ">paid", ">except.", ">refused")
	claims := newTable("", ">claims", ">claimed", ">granted", ">hired", ">vat", ">payments", ">paid", ">balance", ">events")
	trajectories := newTable("", ">referred", ">fees", ">bonus", ">malus", ">premiums", ">paid back", ">own costs")
	row := func(name string, s demoTotal) {
		n := strconv.Itoa
		if s.People > 0 {
			wages.add(name, n(s.People), n(s.Running), n(s.Payslips), s.Gross.String(), s.Holiday.String(), s.Tax.String(), s.Charges.String(), n(s.WagePayments), s.WagesPaid.String(),
				n(s.Exceptions), n(s.Refused))
		}
		claims.add(name, n(s.Claims), s.Claimed.String(), s.Granted.String(), s.Hired.String(), s.VAT.String(), n(s.MunicipalPayments), s.MunicipalPaid.String(),
			s.Balance.String(), n(s.Events))
		if s.Referred > 0 || !s.Costs.IsZero() {
			trajectories.add(name, n(s.Referred), s.Fees.String(), s.Bonus.String(), s.Malus.String(), s.Premiums.String(), s.Receivable.String(), s.Costs.String())
		}
	}
	for _, s := range t.Schemes {
		row(s.Scheme, s)
	}
	row("totaal / total", t.Total)
	d.table(wages)
	d.chapter("Per regeling: declaraties, betalingen van gemeenten, saldo en gebeurtenissen", "By scheme: claims, municipal payments, balance and events")
	d.table(claims)
	d.chapter("Per regeling: trajecten, vergoedingen en premies", "By scheme: trajectories, fees and premiums")
	d.table(trajectories)
	d.say("%s", bilingual("De bedragen zijn zonder btw; terugbetaald is met btw, wat van een malus overbleef na verrekening op dezelfde afrekening",
		"Amounts are without VAT; paid back is with VAT, what was left of a malus after it was set off on the same statement"))
	d.budgeted(t.Budgets)
	d.banked(t.Banks)
	d.chapter("Wat de bronnen noemen en wat verzonnen is", "What the sources state and what is invented")
	counts := newTable("", "", ">people", ">running", "")
	marks := map[string]payroll.Text{"stated": {NL: "bron", EN: "stated"}, "invented": {NL: "verzonnen", EN: "invented"}}
	for _, c := range t.Counts {
		counts.add(marks[c.Mark].NL, c.Scheme, strconv.Itoa(c.People), strconv.Itoa(c.Running), c.what.NL)
		counts.add(marks[c.Mark].EN, "", "", "", c.what.EN)
	}
	for _, c := range t.Referrals {
		counts.add(marks[c.Mark].NL, c.Scheme, strconv.Itoa(c.People), "", c.what.NL)
		counts.add(marks[c.Mark].EN, "", "", "", c.what.EN)
	}
	d.table(counts)
	d.say("Deze aantallen zijn in de database geteld. Verzonnen zijn verder alle mensen, uren, prijzen en budgetten, de verdeling over bedrijven, " +
		"en elk bedrag dat een regeling als instelling merkt (verloning scheme check). IBAN en BSN zijn kenmerken van nu; in 2007 waren er rekening- en sofinummers.")
	d.say("These are counted in the database. Invented are also all people, hours, prices and budgets, the division over companies, " +
		"and every amount that a scheme marks as a setting (verloning scheme check). IBAN and BSN are identifiers of today; 2007 had account and sofi numbers.")
	d.say("Saldo van alle rekeningen samen %[1]s / balance of all accounts together %[1]s", t.Total.Balance)
	d.next(kept)
}

// budgeted prints how the budgets stand.
func (d *demo) budgeted(list []demoBudget) {
	d.chapter("De budgetten", "The budgets")
	budgets := newTable("", ">year", "source", ">granted", ">spent", ">left", ">claimed", ">reserved", ">free")
	for _, b := range list {
		budgets.add(b.Municipality, strconv.Itoa(b.Year), string(b.Source), b.Granted.String(), b.Spent.String(), b.Left.String(), b.Claimed.String(), b.Reserved.String(), b.Free.String())
	}
	d.table(budgets)
}

// banked prints what went over the bank, and that all of it arrived once.
func (d *demo) banked(list []demoBanked) {
	d.chapter("De bank: elke opdracht is een keer betaald", "The bank: every order was paid once")
	shown := newTable("", ">files", ">orders", ">ordered", ">came back", ">payments", ">paid", ">still owed")
	for _, b := range list {
		shown.add(b.Organisation, strconv.Itoa(b.Files), strconv.Itoa(b.Orders), b.Ordered.String(), b.CameBack.String(), strconv.Itoa(b.Payments), b.Paid.String(), b.Owed.String())
	}
	d.table(shown)
	d.say("%s", bilingual("Opgedragen min teruggekomen is elke betaling een keer; wat de bank meldde is helemaal geboekt",
		"What was ordered less what came back is each payment once; all that the bank told is booked"))
}

func (d *demo) table(t *table) { _ = t.print(d.paper) } // Nobody reads what cannot be printed.

// next says what to try.
func (d *demo) next(kept bool) {
	d.chapter("Verder proberen", "To try next")
	d.say("%s: %s", bilingual("Bestanden", "Files"), d.out)
	if !kept {
		d.say("bin/verloning demo --keep\nbin/verloning demo --dir DIR\nbin/verloning scheme check subsidy/schemes/%s.yaml\nbin/verloning --help", d.plan.months[0].employers[0].scheme)
		return
	}
	first := d.plan.months[0].employers[0]
	as := func(who string, words ...string) {
		d.say("  bin/verloning --data %s --as %s %s", d.data, who, strings.Join(words, " "))
	}
	d.say("%s", bilingual("De dienst draait; in een andere terminal", "The service runs; in another terminal")+":")
	as(d.plan.user(first.municipality, "control"), "budget list")
	as(d.plan.user(first.municipality, "control"), "decision list --limit 10")
	as(d.plan.user(first.code, "calculate"), "run exceptions "+d.plan.months[0].period)
	as(d.plan.user(first.code, "calculate"), fmt.Sprintf("explain %s/%s", d.plan.months[0].period, first.explain))
	d.say("%s", bilingual("Ctrl-C stopt; de gegevens blijven in "+d.data, "Ctrl-C stops; the data stay there"))
}
