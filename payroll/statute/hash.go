package statute

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"strconv"
	"sync"
)

// Hash identifies the national figures that a calculation used: SHA-256 over
// every field of every figure in a fixed order, in hexadecimal. The computed
// youth amounts are in it as well, so that a changed rule shows just as a
// changed row does.
func Hash() string { return hashOnce() }

var hashOnce = sync.OnceValue(func() string { return hashOf(everything()) })

// everything lists all figures in a fixed order.
func everything() []Figure {
	var all []Figure
	for _, series := range [][]Figure{charges, subsidyCap, forfait, subsidyFullTime, fullTimeMost, sicknessStop, holidayAllowance, vat, aowAges, anonymousRate, dayTable, taxParameters} {
		all = append(all, series...)
	}
	for _, t := range specialTables {
		for _, row := range specials[t.who][t.year-firstTaxYear] {
			all = append(all, row.plain, row.credited)
		}
	}
	for i := range schedule {
		for k := range kinds {
			for a := range ages {
				t := &schedule[i].due[k][a]
				all = append(all, t.percentage, t.hour, t.day, t.week, t.month, t.reference)
				all = append(all, t.hours[:]...)
			}
		}
	}
	return append(append(all, premiumFigures()...), transitionMaximum...)
}

func hashOf(figures []Figure) string {
	h := sha256.New()
	for i := range figures {
		figures[i].dump(h)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// dump writes the figure in one way only: the length before each field keeps
// two different figures from ever reading the same.
func (f *Figure) dump(w io.Writer) {
	line := make([]byte, 0, 512)
	for _, field := range [...]string{
		f.Name, f.Value.String(), f.Since.String(), f.Source, f.Article,
		string(f.Confidence), f.Checked.String(), f.ConfirmedThrough.String(), f.Derived,
	} {
		line = strconv.AppendInt(line, int64(len(field)), 10)
		line = append(line, ':')
		line = append(line, field...)
	}
	_, _ = w.Write(append(line, '\n')) // a hash never fails to write
}
