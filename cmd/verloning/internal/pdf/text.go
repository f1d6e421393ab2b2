package pdf

import (
	"strings"

	"codeberg.org/go-pdf/fpdf"
)

// Sizes of type in points, and of the page in millimetres.
const (
	titleSize = 15.0
	headSize  = 10.0
	bodySize  = 8.5
	smallSize = 7.5
	leastSize = 6.0 // a text is not shrunk below it: it breaks

	pageWidth, pageHeight = 210.0, 297.0
	left, right           = 15.0, pageWidth - 15.0
	top, bottom           = 14.0, pageHeight - 16.0

	point  = 25.4 / 72 // millimetres
	spread = 1.28      // from line to line, of the size of type
)

// face is how a text is written.
type face struct {
	style string
	size  float64
	grey  bool
}

var (
	plain  = face{size: bodySize}
	strong = face{style: "B", size: bodySize}
	label  = face{size: smallSize, grey: true}
)

// line is how far the next line lies below one of this face.
func (f face) line() float64 { return f.size * point * spread }

// ruler measures texts in millimetres.
type ruler struct{ file *fpdf.Fpdf }

func (r ruler) width(f face, text string) float64 {
	r.file.SetFont(family, f.style, f.size)
	return r.file.GetStringWidth(text)
}

// fit lays a text out over lines of a width. Where one word is too wide all of it
// shrinks, within bounds; what is too wide even then breaks.
func (r ruler) fit(f face, text string, width float64) (face, []string) {
	// A space that does not break is part of a word.
	words := strings.FieldsFunc(clean(text), func(r rune) bool { return r == ' ' })
	if len(words) == 0 {
		return f, []string{""}
	}
	widest := 0.0
	for _, word := range words {
		widest = max(widest, r.width(f, word))
	}
	if widest > width {
		f.size = max(leastSize, f.size*width/widest*0.995)
	}
	return f, r.wrap(f, words, width)
}

// wrap fills lines with words.
func (r ruler) wrap(f face, words []string, width float64) []string {
	var lines []string
	current := ""
	for _, word := range words {
		for _, part := range r.parts(f, word, width) {
			joined := part
			if current != "" {
				joined = current + " " + part
			}
			if current != "" && r.width(f, joined) > width {
				lines = append(lines, current)
				joined = part
			}
			current = joined
		}
	}
	return append(lines, current)
}

// parts breaks a word that is wider than a line; the first part ends in a hyphen
// only where the word has one.
func (r ruler) parts(f face, word string, width float64) []string {
	if r.width(f, word) <= width {
		return []string{word}
	}
	var parts []string
	start, letters := 0, []rune(word)
	for i := range letters {
		if i > start && r.width(f, string(letters[start:i+1])) > width {
			parts = append(parts, string(letters[start:i]))
			start = i
		}
	}
	return append(parts, string(letters[start:]))
}
