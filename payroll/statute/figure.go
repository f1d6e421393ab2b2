package statute

import (
	"errors"
	"fmt"
	"sort"
	"strings"

	"verloning/payroll/calendar"
	"verloning/payroll/euro"
)

// Confidence of a figure as its source page marks it.
type Confidence string

// The degrees of confidence. Medium and Low need a person who accepts them.
const (
	High   Confidence = "high"
	Medium Confidence = "medium"
	Low    Confidence = "low"
)

// ErrNoFigure is wrapped, with the name and the day, when national law has no
// such figure on that day or this package does not reach that far back.
var ErrNoFigure = errors.New("no national figure")

// ErrNoBirth is wrapped next to ErrNoFigure when an age is needed and the day
// of birth is not known: nobody is taken for an adult by default.
var ErrNoBirth = errors.New("the day of birth is not known")

// Figure is one dated value of national law.
type Figure struct {
	Name             string        // stable, e.g. "wml.hour"
	Value            euro.Number   // euros, a percentage (60 for 60 %) or hours, as the name says
	Since            calendar.Date // the value holds from this day
	Source           string        // the page or publication it was read on
	Article          string        // e.g. "WML art. 8"
	Confidence       Confidence
	Checked          calendar.Date // the series was last checked on this day
	ConfirmedThrough calendar.Date // zero: no known end
	Derived          string        // "" when printed; else how it was derived, in words
}

// checked is the day that every series below was last compared with its
// sources.
var checked = calendar.Day(2026, 11, 22)

// Doubt says why a figure used for the day needs acceptance by name: it is
// marked below high, or the day lies beyond what is confirmed.
func (f Figure) Doubt(on calendar.Date) (nl, en string, doubtful bool) {
	unsure := f.Confidence != High
	beyond := !f.ConfirmedThrough.IsZero() && on.After(f.ConfirmedThrough)
	if !unsure && !beyond {
		return "", "", false
	}
	var dutch, english []string
	if unsure {
		dutch = append(dutch, "betrouwbaarheid "+f.Confidence.dutch()+", bron: "+f.origin())
		english = append(english, "confidence "+f.Confidence.english()+", source: "+f.origin())
	}
	if beyond {
		dutch = append(dutch, fmt.Sprintf("bevestigd tot en met %s, gebruikt voor %s", f.ConfirmedThrough, on))
		english = append(english, fmt.Sprintf("confirmed through %s, used for %s", f.ConfirmedThrough, on))
	}
	comma := strings.Replace(f.Value.String(), ".", ",", 1)
	nl = fmt.Sprintf("%s %s (sinds %s): %s", f.Name, comma, f.Since, strings.Join(dutch, "; "))
	en = fmt.Sprintf("%s %s (since %s): %s", f.Name, f.Value, f.Since, strings.Join(english, "; "))
	return nl, en, true
}

// Confirmed refuses, with ErrNoFigure, a day beyond what is confirmed. It is for
// answers that nobody accepts by name: a run goes on with Doubt instead.
func (f Figure) Confirmed(on calendar.Date) error {
	if f.ConfirmedThrough.IsZero() || !on.After(f.ConfirmedThrough) {
		return nil
	}
	return missing(f.Name, on, "it is confirmed through "+f.ConfirmedThrough.String())
}

// origin is the source, and how the figure was made from it where it was.
func (f Figure) origin() string {
	if f.Derived == "" {
		return f.Source
	}
	return f.Source + " (" + f.Derived + ")"
}

func (c Confidence) dutch() string {
	switch c {
	case High:
		return "hoog"
	case Medium:
		return "matig"
	case Low:
		return "laag"
	}
	return "onbekend"
}

func (c Confidence) english() string {
	if c == "" {
		return "unknown"
	}
	return string(c)
}

// weaker returns the lower of two marks: a derived figure is as doubtful as
// the most doubtful thing it was derived from.
func weaker(a, b Confidence) Confidence {
	for _, c := range []Confidence{Low, Medium} {
		if a == c || b == c {
			return c
		}
	}
	return High
}

// dated is one row of a history as it is written down.
type dated struct {
	since      string
	value      string
	confidence Confidence
	source     string
}

// history makes figures out of rows, oldest first. Bad text panics when the
// program starts, which is as early as a fault in the data can be told.
func history(name, article string, rows ...dated) []Figure {
	figures := make([]Figure, 0, len(rows))
	for _, r := range rows {
		figures = append(figures, Figure{
			Name: name, Value: euro.MustNumber(r.value), Since: calendar.MustParse(r.since),
			Source: r.source, Article: article, Confidence: r.confidence, Checked: checked,
		})
	}
	return figures
}

// at returns the last figure that started on the day or before it.
func at(figures []Figure, on calendar.Date) (Figure, error) {
	i := sort.Search(len(figures), func(i int) bool { return figures[i].Since.After(on) })
	if i == 0 {
		return Figure{}, missing(figures[0].Name, on, "its history starts on "+figures[0].Since.String())
	}
	return figures[i-1], nil
}

// missing is the error that there is no such figure, with the reason.
func missing(name string, on calendar.Date, why string) error {
	if on.IsZero() {
		return fmt.Errorf("%w: %s without a day", ErrNoFigure, name)
	}
	return fmt.Errorf("%w: %s on %s: %s", ErrNoFigure, name, on, why)
}
