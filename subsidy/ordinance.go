package subsidy

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
)

// Ordinance says a scheme as an ordinance would, in numbered articles, in
// English for "en" and else in Dutch. A municipality reads this and not the
// file, so that every number comes with the mark that says how sure it is.
func Ordinance(s Scheme, lang string) string {
	o := &ordinance{english: lang == "en"}
	o.line(fmt.Sprintf("%s (%s)", o.in(payroll.Text(s.Name)), s.ID))
	if s.Municipality == "" {
		o.line(o.say("Voor elke gemeente", "For any municipality"))
	} else {
		o.line(o.say("Gemeente %s", "Municipality of %s", s.Municipality))
	}
	for i, v := range s.Versions {
		o.line("")
		from, last := o.day(v.From.Date), ""
		switch {
		case !v.To.IsZero():
			last = o.say(" tot en met %s", " up to and including %s", o.day(v.To.Date))
		case i+1 < len(s.Versions):
			last = o.say(" tot en met %s", " up to and including %s", o.day(s.Versions[i+1].From.Add(-1)))
		}
		o.line(o.say("Geldt vanaf %s%s", "Holds from %s%s", from, last))
		o.wrap("", "", o.say("Bron: %s", "Source: %s", v.Source))
		o.version(v)
	}
	return o.text.String()
}

// ordinance is the text that is being written.
type ordinance struct {
	english   bool
	text      strings.Builder
	article   int
	paragraph int
}

// say picks a language and fills in the values.
func (o *ordinance) say(nl, en string, values ...any) string {
	return fmt.Sprintf(o.in(payroll.Text{NL: nl, EN: en}), values...)
}

func (o *ordinance) in(t payroll.Text) string {
	if o.english {
		return t.EN
	}
	return t.NL
}

func (o *ordinance) line(text string) { o.wrap("", "", text) }

// begin starts an article.
func (o *ordinance) begin(title string) {
	o.article++
	o.paragraph = 0
	o.line("")
	o.line(o.say("Artikel %d. %s", "Article %d. %s", o.article, title))
}

// add adds a numbered paragraph to the article.
func (o *ordinance) add(text string) {
	o.paragraph++
	o.wrap(fmt.Sprintf("  %d. ", o.paragraph), "     ", text)
}

// items adds a lettered list under the paragraph.
func (o *ordinance) items(list []string) {
	for i, item := range list {
		end := ";"
		if i == len(list)-1 {
			end = "."
		}
		o.wrap("     - ", "       ", item+end)
	}
}

// ordinanceWidth is how many letters stand on a line.
const ordinanceWidth = 90

// wrap breaks a text into lines. A hard space (U+00A0) keeps a number and its
// unit together and is printed as a space; other white space of a scheme's own
// texts is a space too.
func (o *ordinance) wrap(first, rest, text string) {
	line, empty := first, true
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return r == ' ' || r == '\n' || r == '\t' || r == '\r' }) {
		if !empty && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > ordinanceWidth {
			o.text.WriteString(line + "\n")
			line, empty = rest, true
		}
		if !empty {
			line += " "
		}
		line, empty = line+strings.ReplaceAll(word, hard, " "), false
	}
	o.text.WriteString(strings.TrimRight(line, " ") + "\n")
}

const hard = "\u00a0"

// Numbers, as they are written in the language.

var ordinanceMonths = [...]string{"januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september", "oktober", "november", "december"}

func (o *ordinance) day(d calendar.Date) string {
	if d.IsZero() {
		return "-"
	}
	month := d.Month().String()
	if !o.english {
		month = ordinanceMonths[d.Month()-1]
	}
	return fmt.Sprintf("%d%s%s%s%d", d.DayOfMonth(), hard, month, hard, d.Year())
}

// number writes at least some decimals, and thousands apart.
func (o *ordinance) number(n euro.Number, places int32) string {
	whole, fraction, _ := strings.Cut(n.Fixed(places), ".")
	thousands, point := ".", ","
	if o.english {
		thousands, point = ",", "."
	}
	digits := strings.TrimPrefix(whole, "-")
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + thousands + digits[i:]
	}
	if strings.HasPrefix(whole, "-") {
		digits = "-" + digits
	}
	if fraction == "" {
		return digits
	}
	return digits + point + fraction
}

func (o *ordinance) money(m Marked) string {
	return "€" + hard + o.number(m.Value.Number, 2) + o.mark(m.Mark)
}

func (o *ordinance) percent(n euro.Number) string {
	return o.number(n.Mul(euro.Hundred), 0) + hard + "%"
}

// mark says where a number comes from.
func (o *ordinance) mark(m Mark) string {
	words, known := markWords[m]
	if !known {
		words = payroll.Text{NL: string(m), EN: string(m)}
	}
	return " (" + o.in(words) + ")"
}

// word says a code; one that is not in the table is printed as it is.
func (o *ordinance) word(table map[string]payroll.Text, code string) string {
	if text, known := table[code]; known {
		return o.in(text)
	}
	return code
}

func (o *ordinance) words(table map[string]payroll.Text, codes []string) []string {
	list := make([]string, len(codes))
	for i, code := range codes {
		list[i] = o.word(table, code)
	}
	return list
}

// enumerate joins with commas and a last "and".
func (o *ordinance) enumerate(list []string) string {
	if len(list) < 2 {
		return strings.Join(list, "")
	}
	return strings.Join(list[:len(list)-1], ", ") + o.say(" en ", " and ") + list[len(list)-1]
}

// The articles of a version.

func (o *ordinance) version(v Version) {
	o.article = 0
	o.status(v.Status)
	o.wage(v)
	o.period(v)
	o.eligibility(v.Eligibility)
	for _, rule := range v.Pay {
		o.pay(v, rule)
	}
	o.begin(o.say("Uitstroom", "Exits"))
	if len(v.Exits) == 0 {
		o.add(o.say("De regeling onderscheidt geen redenen van uitstroom.", "The scheme tells no reasons of exit apart."))
	} else {
		o.add(o.say("De deelname eindigt om één van deze redenen:", "Participation ends for one of these reasons:"))
		o.items(o.words(exitWords, v.Exits))
	}
	o.begin(o.say("Resultaat", "Outcome"))
	o.outcome(v.Outcome)
	o.saving(v.Saving)
	o.contest(v.ContestDays)
}

func (o *ordinance) status(s Status) {
	o.begin(o.say("Arbeidsverhouding", "Employment"))
	if s.Kind == "benefit" {
		o.add(o.say("De deelnemer houdt de uitkering en heeft geen arbeidsovereenkomst.", "The participant keeps the benefit and has no contract of employment."))
	} else {
		o.add(o.say("De deelnemer heeft een arbeidsovereenkomst met %[1]s.", "The participant has a contract of employment with %[1]s.", o.word(employerWords, s.Employer)))
	}
	if h := s.HoursPerWeek; h != nil {
		o.add(o.say("De deelname is %s uur%s per week.", "Participation is %s hours%s a week.", o.number(h.Value.Number, 0), o.mark(h.Mark)))
	}
	switch s.WithBenefit {
	case "never":
		o.add(o.say("Over dagen van de arbeidsovereenkomst is er geen uitkering.", "There is no benefit for days of the contract."))
	case "offset":
		o.add(o.say("Het loon wordt verrekend met de uitkering van wie er een houdt.", "The wage is offset against the benefit of whoever keeps one."))
	}
	if s.Exclusive {
		o.add(o.say("Een deelnemer heeft onder deze regeling één werkgever tegelijk.", "A participant has one employer at a time under this scheme."))
	}
}

func (o *ordinance) period(v Version) {
	o.begin(o.say("Duur", "Duration"))
	p := v.Period
	switch {
	case p == nil || p.Months == nil:
		o.add(o.say("De regeling begrenst de duur niet.", "The scheme sets no limit to the duration."))
	case v.Status.Kind == "benefit":
		o.add(o.say("De deelname duurt ten hoogste %s maanden%s.", "Participation lasts %s months%s at most.", o.number(p.Months.Value.Number, 0), o.mark(p.Months.Mark)))
	case p.Limits == "contract":
		o.add(o.say("De arbeidsovereenkomst duurt ten hoogste %s maanden%s.", "The contract of employment lasts %s months%s at most.", o.number(p.Months.Value.Number, 0), o.mark(p.Months.Mark)))
	default:
		o.add(o.say("De gemeente betaalt over ten hoogste %s maanden%s; de arbeidsovereenkomst mag langer duren.", "The municipality pays for %s months%s at most; the contract of employment may last longer.", o.number(p.Months.Value.Number, 0), o.mark(p.Months.Mark)))
	}
	if p == nil {
		return
	}
	if x := p.Extension; x != nil {
		o.add(o.say("De gemeente kan dat één keer verlengen, met ten hoogste %s maanden%s.", "The municipality may extend that once, by %s months%s at most.", o.number(x.Value.Number, 0), o.mark(x.Mark)))
	}
	if b := p.Before; b != nil {
		o.add(o.say("Aan de start gaat een diagnose vooraf van ten hoogste %s maanden%s.", "A diagnosis of %s months%s at most comes before the start.", o.number(b.Value.Number, 0), o.mark(b.Mark)))
	}
	if len(p.ReviewMonths) > 0 {
		var months []string
		for _, m := range p.ReviewMonths {
			months = append(months, fmt.Sprint(m))
		}
		o.add(o.say("De deelname wordt herzien na %s maanden.", "Participation is reviewed after %s months.", o.enumerate(months)))
	}
}

func (o *ordinance) eligibility(e Eligibility) {
	o.begin(o.say("Voorwaarden", "Eligibility"))
	before := o.paragraph
	if len(e.Benefits) > 0 {
		o.add(o.say("De deelnemer heeft één van deze uitkeringen:", "The participant has one of these benefits:"))
		o.items(o.words(benefitWords, texts(e.Benefits)))
	}
	if len(e.Require) > 0 {
		o.add(o.say("Vereist is:", "It is required that the participant:"))
		o.items(o.words(eligibilityWords, e.Require))
	}
	if len(e.Exclude) > 0 {
		o.add(o.say("Uitgesloten is wie:", "Excluded is whoever:"))
		o.items(o.words(eligibilityWords, e.Exclude))
	}
	if e.OncePerPerson {
		o.add(o.say("Een persoon komt één keer in aanmerking.", "A person is eligible once."))
	}
	if e.Places > 0 {
		o.add(o.say("Er zijn %d plaatsen.", "There are %d places.", e.Places))
	}
	if o.paragraph == before {
		o.add(o.say("De regeling stelt geen eigen voorwaarden.", "The scheme sets no conditions of its own."))
	}
}

// A pay rule: who pays whom, how it is computed, what limits it.

func (o *ordinance) pay(v Version, r PayRule) {
	kind := o.word(kindWords, string(r.Kind))
	o.begin(fmt.Sprintf("%s (%s)", kind, r.ID))
	if r.Kind == Internal {
		o.internal(r)
		return
	}
	when := o.when(r)
	o.add(o.say("%[1]s betaalt %[2]s %[3]s %[4]s.", "%[1]s pays %[2]s %[4]s %[3]s.", o.word(payerWords, r.Payer), o.word(partyWords, r.Payee), when, o.word(kindArticles, string(r.Kind))))
	if r.ByTrajectory() {
		o.trajectory(v, r)
	} else {
		o.amount(r)
	}
	switch {
	case r.Cap == CapWageCost:
		o.add(o.say("Nooit meer dan de loonkosten over de periode van %s; wat daar boven uitgaat schuift door.", "Never more than the wage cost over the period of %s; what exceeds it is carried over.", o.word(documentWords, r.Document)))
	case r.Cap == CapWageCostTotal:
		o.add(o.say("Nooit meer dan de loonkosten over de hele periode van %s; tot het einde is wat betaald is een voorschot, en dan wordt het afgerekend.", "Never more than the wage cost over the whole period of %s; until its end what is paid is an advance, which is settled then.", o.word(documentWords, r.Document)))
	case r.Kind == Subsidy:
		o.add(o.say("De regeling stelt geen maximum aan de loonkosten.", "The scheme sets no cap on wage cost."))
	}
	if r.Limit != nil && r.ForContract() {
		o.add(o.say("Voor één persoon is dat onder alle besluiten en contracten samen ten hoogste %s.", "For one person that is %s in all at most, under all decisions and contracts.", o.money(*r.Limit)))
	}
	o.clawback(r)
	o.vat(r)
	switch {
	case r.Kind == Hire:
		o.add(o.say("De werkgever stuurt een factuur.", "The employer sends an invoice."))
	default:
		o.add(o.say("De betaling berust op %s.", "The payment rests on %s.", o.word(documentWords, r.Document)))
	}
	o.charged(r)
}

// clawback says what an early end of the contract costs.
func (o *ordinance) clawback(r PayRule) {
	c := r.Clawback
	if c == nil {
		return
	}
	o.add(o.say("Eindigt de arbeidsovereenkomst voordat %s maanden%s zijn gediend, dan is het bedrag verdiend naar rato van de hele maanden vanaf de eerste dag; wat daarvan nog niet is betaald, wordt alsnog betaald.",
		"Where the contract ends before %s months%s are served, the amount is earned in proportion to the whole months from the first day; what of that is not paid yet is still paid.", o.number(c.Months.Value.Number, 0), o.mark(c.Months.Mark)))
	o.formula(o.say("bedrag × hele maanden :"+hard+"%s", "amount × whole months ÷"+hard+"%s", o.number(c.Months.Value.Number, 0)))
	back := o.say("vordert de gemeente terug wat meer is betaald", "the municipality reclaims what was paid beyond it")
	if r.Document == "agreement" {
		back = o.say("betaalt de werkgever volgens de overeenkomst terug wat meer is betaald", "the employer repays under the agreement what was paid beyond it")
	}
	o.add(o.say("Alleen na een einde om één van deze redenen %s: %s. Bij een ander einde blijft betaald wat betaald is.", "Only after an end for one of these reasons %s: %s. After any other end what was paid stays paid.", back, o.enumerate(o.words(exitWords, c.Reasons))))
}

// internal says a cost of the municipality itself, which is paid to nobody.
func (o *ordinance) internal(r PayRule) {
	o.add(o.say("De gemeente maakt deze kosten zelf en betaalt ze aan niemand; ze berusten op %s en een tweede persoon keurt ze goed.",
		"The municipality makes this cost itself and pays it to nobody; it rests on %s and a second person approves it.", o.word(documentWords, r.Document)))
	if price := r.Amount.Hourly.Price; price != nil {
		o.add(o.say("Een uur kost %s.", "An hour costs %s.", o.money(*price)))
		o.formula(o.say("uren × prijs per uur", "hours × price an hour"))
	} else {
		o.add(o.say("Het bedrag wordt opgegeven.", "The amount is stated when it is recorded."))
	}
	o.charged(r)
}

// charged says which budgets a rule is charged to, and where the rule comes from.
func (o *ordinance) charged(r PayRule) {
	if len(r.Budget) > 0 {
		o.add(o.say("Ten laste van: %s.", "Charged to: %s.", o.shares(r.Budget)))
	}
	for _, benefit := range slices.Sorted(maps.Keys(r.BudgetBy)) {
		o.add(o.say("Voor een deelnemer met %s in plaats daarvan ten laste van: %s.", "For a participant with %s charged instead to: %s.",
			o.word(benefitWords, string(benefit)), o.shares(r.BudgetBy[benefit])))
	}
	o.add(o.say("Herkomst van dit artikel als geheel:%s.", "Origin of this article as a whole:%s.", o.mark(r.Mark)))
}

func (o *ordinance) vat(r PayRule) {
	switch {
	case r.VAT != nil:
		o.add(o.say("Daar komt btw bij. Van die btw krijgt de gemeente %s%s terug uit het BTW-compensatiefonds; de rest drukt op haar budget.",
			"VAT comes on top. The municipality gets %s%s of that VAT back from the BTW-compensatiefonds; the rest burdens its budget.", o.percent(r.VAT.Compensable.Value.Number), o.mark(r.VAT.Compensable.Mark)))
	case r.Kind == Subsidy:
		o.add(o.say("Over een subsidie is geen btw verschuldigd.", "A subsidy carries no VAT."))
	case r.Kind == Premium:
		o.add(o.say("Over een premie is geen btw verschuldigd.", "A premium carries no VAT."))
	default:
		o.add(o.say("Daar komt btw bij.", "VAT comes on top."))
	}
}

// amount says the form in words, and then as a formula.
func (o *ordinance) amount(r PayRule) {
	switch a := r.Amount; {
	case a.Fixed != nil:
		o.add(o.say("Het bedrag is %s per maand, over een deel van een maand naar kalenderdagen.", "The amount is %s a month, for part of a month by calendar days.", o.money(a.Fixed.Amount)))
		o.formula(o.say("bedrag × dagen :"+hard+"dagen van de maand", "amount × days ÷"+hard+"days of the month"))
	case a.Pct != nil && a.Pct.Of == OfWageCost:
		o.ofWageCost(*a.Pct, r.Kind)
	case a.Pct != nil:
		o.add(o.say("Het bedrag is %s%s van het wettelijk minimumloon per maand%s, naar rato van de uren van %s en van de dagen van de maand.", "The amount is %s%s of the statutory minimum wage a month%s, in proportion to the hours of %s and to the days of the month.",
			o.percent(a.Pct.Rate.Value.Number), o.mark(a.Pct.Rate.Mark), o.holiday(a.Pct.WithHolidayAllowance), o.word(documentWords, r.Document)))
		o.formula(o.minimum(a.Pct.WithHolidayAllowance) + " × " + o.percent(a.Pct.Rate.Value.Number) + o.hours())
	case a.Gap != nil:
		o.add(o.say("Het bedrag is wat de deelnemer aan productiviteit tekortkomt, gerekend over het wettelijk minimumloon per maand%s, naar rato van de uren van %s en van de dagen van de maand; ten hoogste %s daarvan.", "The amount is what the participant falls short of in productivity, of the statutory minimum wage a month%s, in proportion to the hours of %s and to the days of the month; at most %s of it.",
			o.holiday(a.Gap.WithHolidayAllowance), o.word(documentWords, r.Document), o.percent(a.Gap.MaxShare.Number)))
		o.formula(o.minimum(a.Gap.WithHolidayAllowance) + o.say(" × (100"+hard+"%% − productiviteit)", " × (100"+hard+"%% − productivity)") + o.hours())
	case a.Parts != nil:
		o.add(o.say("Het bedrag is in totaal %s, in delen:", "The amount is %s in all, in parts:", o.money(a.Parts.Price)))
		o.items(o.parts(a.Parts.Shares))
	case a.Hourly != nil && a.Hourly.Price != nil:
		o.add(o.say("De prijs is die van de plaatsing, of anders %s, per gewerkt uur.", "The price is the placement's own, or else %s, for each hour worked.", o.money(*a.Hourly.Price)))
		o.formula(o.say("gewerkte uren × prijs per uur", "hours worked × price an hour"))
	case a.Hourly != nil:
		o.add(o.say("De prijs per gewerkt uur is die van de plaatsing.", "The price for each hour worked is the placement's own."))
		o.formula(o.say("gewerkte uren × prijs per uur", "hours worked × price an hour"))
	case a.CostPrice != nil:
		o.costPrice(*a.CostPrice)
	case a.Loonkostensubsidie != nil:
		o.add(o.say("Het bedrag is de wettelijke loonkostensubsidie (%s); de bedragen en percentages staan in de wet.", "The amount is the statutory loonkostensubsidie (%s); its figures stand in national law.", a.Loonkostensubsidie.Article))
	}
}

func (o *ordinance) formula(text string) { o.wrap("     = ", "       ", text) }

func (o *ordinance) ofWageCost(p PctAmount, kind Kind) {
	o.add(o.say("Het bedrag is %s%s van de loonkosten: loon en vakantiebijslag.", "The amount is %s%s of the wage cost: wage and holiday allowance.", o.percent(p.Rate.Value.Number), o.mark(p.Rate.Mark)))
	formula := o.say("loonkosten", "wage cost") + " × " + o.percent(p.Rate.Value.Number)
	if p.Charges != nil {
		o.formula(formula + " × (100" + hard + "% + " + o.percent(p.Charges.Value.Number) + ")")
	} else {
		o.formula(formula)
	}
	if p.AtMinimum {
		o.add(o.say("De loonkosten tellen mee tot die van het wettelijk minimumloon; wat de arbeidsovereenkomst daarboven betaalt is voor de werkgever.", "The wage cost counts up to that of the statutory minimum wage; what the contract pays above it is for the employer."))
	}
	if p.Charges != nil {
		o.add(o.say("Voor werkgeverslasten komt er %s%s bij, zolang %s geen ander percentage noemt.", "For employer charges %s%s comes on top, unless %s names another percentage.", o.percent(p.Charges.Value.Number), o.mark(p.Charges.Mark), o.in(payroll.Text{NL: "het besluit", EN: "the decision"})))
	}
	if kind == Hire {
		o.add(o.say("Noemt de plaatsing een prijs per uur, dan geldt die voor elk gewerkt uur.", "Where the placement names a price an hour, that price holds for each hour worked."))
	}
}

func (o *ordinance) holiday(with bool) string {
	if !with {
		return ""
	}
	return o.say(" met vakantiebijslag", " with holiday allowance")
}

func (o *ordinance) minimum(holiday bool) string {
	if holiday {
		return o.say("minimumloon × (100"+hard+"%% + vakantiebijslag)", "minimum wage × (100"+hard+"%% + holiday allowance)")
	}
	return o.say("minimumloon", "minimum wage")
}

// hours is what a month's amount is in proportion to.
func (o *ordinance) hours() string {
	return o.say(" × uren per week :"+hard+"volledige werkweek × dagen :"+hard+"dagen van de maand", " × hours a week ÷"+hard+"full week × days ÷"+hard+"days of the month")
}
