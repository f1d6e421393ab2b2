package main

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"verloning/cmd/verloning/internal/pdf"
	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
)

// mostDocument is how large a document may be: what goes over the bus in base64
// has to stay below a megabyte.
const mostDocument = 700_000

// Language is part of every request for a document: Dutch where nothing is said.
type Language struct {
	Lang string `json:"lang,omitempty" validate:"omitempty,oneof=nl en"`
}

// document is a file that was made of what is kept: the same every time.
type document struct {
	Name   string `json:"name"` // of a file, without a person's name in it
	SHA256 string `json:"sha256"`
	PDF    string `json:"pdf"` // base64
}

// draw makes the reply of a document.
func draw(name string, d pdf.Document) (document, error) {
	file, err := pdf.Render(d)
	if err != nil {
		return document{}, err
	}
	if len(file) > mostDocument {
		return document{}, payroll.Refuse(payroll.Invalid, payroll.Reason("document/too_large", "",
			"Dit wordt een te groot document: vraag een kleiner deel.", "This makes too large a document: ask for a smaller part."))
	}
	sum := sha256.Sum256(file)
	return document{Name: fileName(name) + ".pdf", SHA256: hex.EncodeToString(sum[:]), PDF: base64.StdEncoding.EncodeToString(file)}, nil
}

// fileName replaces what a number of ours may have and a file's name may not.
func fileName(s string) string { return strings.NewReplacer("/", "~", " ", "-", "#", "-").Replace(s) }

// tongue writes texts, numbers and days as a language does.
type tongue string

// speak is the language that was asked for.
func (l Language) speak() tongue {
	if l.Lang == "en" {
		return "en"
	}
	return "nl"
}

func (l tongue) text(nl, en string) string {
	if l == "en" {
		return en
	}
	return nl
}

// amount writes euros without a sign for the currency.
func (l tongue) amount(a euro.Amount) string { return l.number(a.String()) }

// euros writes an amount that stands in a sentence.
func (l tongue) euros(a euro.Amount) string { return "€\u00A0" + l.amount(a) }

// number writes a decimal number that is a text: groups of three, and a comma
// before the decimals in Dutch.
func (l tongue) number(s string) string {
	sign := ""
	if strings.HasPrefix(s, "-") {
		sign, s = "-", s[1:]
	}
	whole, decimals, has := strings.Cut(s, ".")
	group, point := ".", ","
	if l == "en" {
		group, point = ",", "."
	}
	for at := len(whole) - 3; at > 0; at -= 3 {
		whole = whole[:at] + group + whole[at:]
	}
	if !has {
		return sign + whole
	}
	return sign + whole + point + decimals
}

// day writes a date, and nothing where there is none.
func (l tongue) day(d calendar.Date) string {
	if d.IsZero() {
		return ""
	}
	if l == "en" {
		return d.String()
	}
	return fmt.Sprintf("%02d-%02d-%04d", d.DayOfMonth(), int(d.Month()), d.Year())
}

var months = []string{"januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september", "oktober", "november", "december"}

// period writes a wage period: a month by its name, four weeks by their days.
func (l tongue) period(p calendar.Period) string {
	if p.Kind == calendar.FourWeeks {
		return fmt.Sprintf("%s (%s – %s)", p, l.day(p.From), l.day(p.To))
	}
	return l.month(p.From)
}

func (l tongue) month(d calendar.Date) string {
	return l.text(fmt.Sprintf("%s %d", months[d.Month()-time.January], d.Year()), fmt.Sprintf("%s %d", d.Month(), d.Year()))
}

func (l tongue) yes(b bool) string {
	if b {
		return l.text("ja", "yes")
	}
	return l.text("nee", "no")
}

// sheet begins a document of an organisation: its day, and the words of pages.
func (l tongue) sheet(author payroll.Organisation, day calendar.Date, nl, en, subtitle string) pdf.Document {
	d := pdf.Document{
		Lang: string(l), Day: day.Time(), Author: author.Name, Title: l.text(nl, en), Subtitle: subtitle,
		Page: l.text("pagina %d van %d", "page %d of %d"), Goes: l.text("(vervolg)", "(continued)"),
	}
	return d
}

// lawful is the note under a translation of what Dutch law asks for.
func (l tongue) lawful(d *pdf.Document) {
	if l == "en" {
		d.Notes = append(d.Notes, "This is a translation. The Dutch document is the one that the law asks for.")
	}
}

// party writes an organisation as sender or receiver.
func (l tongue) party(nl, en string, o payroll.Organisation) pdf.Party {
	p := pdf.Party{Head: l.text(nl, en), Lines: []string{o.Name}}
	if o.KvK != "" {
		p.Lines = append(p.Lines, "KvK "+o.KvK)
	}
	if o.OIN != "" {
		p.Lines = append(p.Lines, "OIN "+o.OIN)
	}
	return p
}
