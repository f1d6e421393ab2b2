package pdf

import "codeberg.org/go-pdf/fpdf"

// sheet is one page with all that is drawn on it.
type sheet struct{ marks []mark }

// mark is a text at its baseline, or a rule where there is no text.
type mark struct {
	text  string
	face  face
	x, y  float64
	width float64 // of the text, or how far the rule goes
	heavy bool
}

func (m mark) draw(file *fpdf.Fpdf) {
	if m.text == "" {
		shade, thick := 170, 0.15
		if m.heavy {
			shade, thick = 40, 0.3
		}
		file.SetDrawColor(shade, shade, shade)
		file.SetLineWidth(thick)
		file.Line(m.x, m.y, m.x+m.width, m.y)
		return
	}
	shade := 0
	if m.face.grey {
		shade = 90
	}
	file.SetTextColor(shade, shade, shade)
	file.SetFont(family, m.face.style, m.face.size)
	file.Text(m.x, m.y, m.text)
}
