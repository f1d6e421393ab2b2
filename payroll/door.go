package payroll

import (
	"fmt"
	"reflect"
	"regexp"
	"strings"

	"github.com/go-playground/validator/v10"

	"verloning/payroll/calendar"
	"verloning/payroll/euro"
)

// Door is where a submission becomes a fact. It reads texts into typed values
// and collects every reason why one can not be, so that a user mends a request
// in one go. Nothing is checked again behind the door.
type Door struct {
	Problems []Problem
	line     int
}

// NewDoor opens the door for a submission and checks its validator tags.
func NewDoor(submission any) *Door {
	d := &Door{}
	d.tags(submission)
	return d
}

// NewLineDoor opens a door for one line of a submission, counted from one.
func NewLineDoor(line int, submission any) *Door {
	d := &Door{line: line}
	d.tags(submission)
	return d
}

// Refuse adds a problem.
func (d *Door) Refuse(p Problem) {
	p.Line = d.line
	d.Problems = append(d.Problems, p)
}

// Err returns all problems as one refusal, or nothing.
func (d *Door) Err() error { return Refuse(Invalid, d.Problems...) }

// failed reports whether the field was refused already, so that one mistake
// gives one reason.
func (d *Door) failed(field string) bool {
	for _, p := range d.Problems {
		if p.Field == field {
			return true
		}
	}
	return false
}

// cite names the article that sets the bounds of a field, where the field is
// out of them.
func (d *Door) cite(field, article string) {
	for i, p := range d.Problems {
		if p.Field == field && p.Type == "number/out_of_range" {
			d.Problems[i].Article = article
		}
	}
}

// Date reads a day; an empty text is no date, which the tags refuse where one
// is required.
func (d *Door) Date(field, text string) calendar.Date {
	if text == "" || d.failed(field) {
		return calendar.Date{}
	}
	day, err := calendar.Parse(text)
	if err != nil {
		d.Refuse(Reason("date/invalid", field, fmt.Sprintf("%.20s is geen datum.", echo(text)), fmt.Sprintf("%.20s is not a date.", echo(text))))
	}
	return day
}

// Number reads a decimal number between two bounds, both included.
func (d *Door) Number(field, text string, low, high euro.Number) euro.Number {
	if text == "" || d.failed(field) {
		return euro.Number{}
	}
	n, err := euro.ParseNumber(text)
	if err != nil {
		d.Refuse(Reason("number/invalid", field, fmt.Sprintf("%.40s is geen getal (gebruik een punt, geen exponent).", echo(text)), fmt.Sprintf("%.40s is not a number (use a point, no exponent).", echo(text))))
		return euro.Number{}
	}
	if n.Cmp(low) < 0 || n.Cmp(high) > 0 {
		d.Refuse(Reason("number/out_of_range", field, fmt.Sprintf("%s ligt niet tussen %s en %s.", n, low, high), fmt.Sprintf("%s does not lie between %s and %s.", n, low, high)))
	}
	return n
}

// Decimals refuses what is kept with fewer decimals than were written: a fact
// is never rounded on its way in.
func (d *Door) Decimals(field string, n euro.Number, places int32) {
	if !n.Equal(n.Round(places)) {
		d.Refuse(Reason("number/decimals", field, fmt.Sprintf("Hoogstens %d decimalen.", places), fmt.Sprintf("At most %d decimals.", places)))
	}
}

// echo repeats a caller's own word where that helps, unless it may be something
// private that slipped into the wrong column: a BSN, an IBAN, or anything
// without a digit, which may be a name.
func echo(s string) string {
	if TidyBSN(s).Valid() || TidyIBAN(s).Valid() || !strings.ContainsAny(s, "0123456789") || strings.Contains(s, " ") {
		return mask
	}
	return s
}

// Amount reads an amount of money from nil up to ten million euros.
func (d *Door) Amount(field, text string) euro.Amount {
	n := d.Number(field, text, euro.Number{}, euro.Int(10_000_000))
	a, err := n.Amount()
	if err != nil {
		d.Refuse(Reason("number/cents", field, fmt.Sprintf("%s heeft meer dan twee decimalen.", n), fmt.Sprintf("%s has more than two decimals.", n)))
	}
	return a
}

// Span reads a first and a last day; the last may be open.
func (d *Door) Span(fromField, from, toField, to string) calendar.Span {
	s := calendar.Span{From: d.Date(fromField, from), To: d.Date(toField, to)}
	if !s.From.IsZero() && s.Empty() {
		d.Refuse(Reason("date/order", toField, fmt.Sprintf("%s ligt voor %s.", s.To, s.From), fmt.Sprintf("%s lies before %s.", s.To, s.From)))
	}
	return s
}

// Period reads a wage period.
func (d *Door) Period(field, text string) calendar.Period {
	if text == "" || d.failed(field) {
		return calendar.Period{}
	}
	p, err := calendar.ParsePeriod(text)
	if err != nil {
		d.Refuse(Reason("period/invalid", field, fmt.Sprintf("%.20s is geen periode (bijvoorbeeld 2026-10).", echo(text)), fmt.Sprintf("%.20s is not a period (such as 2026-10).", echo(text))))
	}
	return p
}

var (
	codePattern   = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9-]{0,31}$`)
	numberPattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9./_-]{0,39}$`)
	tagRules      = newTagRules()
)

func newTagRules() *validator.Validate {
	v := validator.New(validator.WithRequiredStructEnabled())
	v.RegisterTagNameFunc(func(f reflect.StructField) string {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		return name
	})
	for tag, valid := range map[string]func(string) bool{
		"bsn":    func(s string) bool { return TidyBSN(s).Valid() },
		"iban":   func(s string) bool { return TidyIBAN(s).Valid() },
		"code":   codePattern.MatchString,
		"number": numberPattern.MatchString,
	} {
		check := func(fl validator.FieldLevel) bool { return valid(fl.Field().String()) }
		if err := v.RegisterValidation(tag, check); err != nil {
			panic(fmt.Sprintf("payroll: validator tag %s: %v", tag, err))
		}
	}
	return v
}

// tags runs validator/v10 and turns each failure into a problem. The value
// itself is never repeated for private fields: a message must not leak it.
func (d *Door) tags(submission any) {
	err := tagRules.Struct(submission)
	if err == nil {
		return
	}
	failures, ok := err.(validator.ValidationErrors)
	if !ok {
		panic(fmt.Sprintf("payroll: %T cannot be validated: %v", submission, err))
	}
	for _, f := range failures {
		d.Refuse(tagProblem(f))
	}
}

// tagTexts say what each tag asks, in words; %s is the tag's parameter.
var tagTexts = map[string][3]string{
	"required":    {"field/required", "Dit veld is verplicht.", "This field is required."},
	"required_if": {"field/required", "Dit veld is hier verplicht.", "This field is required here."},
	"max":         {"field/too_long", "Hoogstens %s tekens of regels.", "At most %s characters or lines."},
	"min":         {"field/too_short", "Minstens %s.", "At least %s."},
	"oneof":       {"field/not_allowed", "Kies uit: %s.", "Choose one of: %s."},
	"bsn":         {"bsn/invalid", "Geen geldig BSN (elfproef).", "Not a valid BSN (eleven test)."},
	"iban":        {"iban/invalid", "Geen geldig IBAN (land, lengte of controlegetal).", "Not a valid IBAN (country, length or check digits)."},
	"code":        {"field/code", "Alleen letters, cijfers en streepjes, hoogstens 32.", "Only letters, digits and hyphens, at most 32."},
	"number":      {"field/number", "Alleen letters, cijfers en . / _ -, hoogstens 40.", "Only letters, digits and . / _ -, at most 40."},
	"len":         {"field/length", "Precies %s tekens.", "Exactly %s characters."},
	"numeric":     {"field/digits", "Alleen cijfers.", "Digits only."},
	"uuid":        {"field/uuid", "Geen geldig kenmerk (UUID).", "Not a valid id (UUID)."},
	"hexadecimal": {"field/hash", "Geen geldige hash.", "Not a valid hash."},
	"dive":        {"field/item", "Een van de waarden klopt niet.", "One of the values is wrong."},
}

func tagProblem(f validator.FieldError) Problem {
	field := fieldOf(f.Namespace())
	texts, known := tagTexts[f.Tag()]
	if !known {
		texts = [3]string{"field/invalid", "Deze waarde klopt niet (" + f.Tag() + ").", "This value is wrong (" + f.Tag() + ")."}
	}
	if k := f.Kind(); (f.Tag() == "min" || f.Tag() == "max") && k != reflect.String && k != reflect.Slice {
		return Reason("number/out_of_range", field,
			fmt.Sprintf("Dit getal is %s %s.", map[string]string{"min": "ten minste", "max": "ten hoogste"}[f.Tag()], f.Param()),
			fmt.Sprintf("This number is at %s %s.", map[string]string{"min": "least", "max": "most"}[f.Tag()], f.Param()))
	}
	fill := func(s string) string { return strings.ReplaceAll(s, "%s", f.Param()) }
	return Reason(texts[0], field, fill(texts[1]), fill(texts[2]))
}

// fieldOf is the path of a field as the request writes it: the name of the
// request goes, and so do those of structs that are embedded in it, which alone
// of the rest begin with a capital.
func fieldOf(namespace string) string {
	var path []string
	for _, name := range strings.Split(namespace, ".")[1:] {
		if name[0] < 'A' || name[0] > 'Z' {
			path = append(path, name)
		}
	}
	return strings.Join(path, ".")
}
