package pdf

import "fmt"

// layout puts a document on sheets, from the top down.
type layout struct {
	ruler
	doc    Document
	sheets []sheet
	y      float64 // top of what comes next
}

// layOut finds a place for everything, and then numbers the pages.
func layOut(d Document, r ruler) []sheet {
	l := &layout{ruler: r, doc: d}
	l.page()
	l.parties()
	l.facts(d.Facts)
	for _, s := range d.Sections {
		l.section(s)
	}
	l.notes()
	for i := range l.sheets {
		l.number(i)
	}
	return l.sheets
}

// page begins a sheet: the title in full on the first, small on the others.
func (l *layout) page() {
	l.sheets = append(l.sheets, sheet{})
	l.y = top
	f := face{style: "B", size: titleSize}
	if len(l.sheets) > 1 {
		f.size = headSize
	}
	title := l.doc.Title
	if l.doc.Subtitle != "" {
		title += " – " + l.doc.Subtitle
	}
	width := right - left
	if l.doc.Mark != "" {
		width -= 60
		y := l.y
		l.paragraph(face{style: "B", size: headSize}, l.doc.Mark, right-57, 57, true)
		l.y = y
	}
	l.paragraph(f, title, left, width, false)
	l.y += 1
	l.rule(left, right-left, true)
	l.y += 2
}

// put writes one line whose top is at y.
func (l *layout) put(f face, text string, x, y, width float64, toRight bool) {
	if text == "" {
		return
	}
	w := l.width(f, text)
	if toRight {
		x += width - w
	}
	last := &l.sheets[len(l.sheets)-1]
	last.marks = append(last.marks, mark{text: text, face: f, x: x, y: y + f.size*point, width: w})
}

// rule draws a line across at y.
func (l *layout) rule(x, width float64, heavy bool) {
	last := &l.sheets[len(l.sheets)-1]
	last.marks = append(last.marks, mark{x: x, y: l.y, width: width, heavy: heavy})
}

// paragraph writes a text of as many lines as it takes, over pages if need be.
func (l *layout) paragraph(f face, text string, x, width float64, toRight bool) {
	f, lines := l.fit(f, text, width)
	for _, line := range lines {
		if l.y+f.line() > bottom {
			l.page()
		}
		l.put(f, line, x, l.y, width, toRight)
		l.y += f.line()
	}
}

// parties stand side by side.
func (l *layout) parties() {
	start, end, half := l.y, l.y, (right-left)/2-4
	for i, p := range []Party{l.doc.Sender, l.doc.Receiver} {
		if p.Head == "" {
			continue
		}
		l.y = start
		x := left + float64(i)*(half+8)
		l.paragraph(label, p.Head, x, half, false)
		for n, line := range p.Lines {
			f := plain
			if n == 0 {
				f = strong
			}
			l.paragraph(f, line, x, half, false)
		}
		end = max(end, l.y)
	}
	l.y = end + 2
}

// facts stand in two columns, each with its label before it.
func (l *layout) facts(list []Fact) {
	half := (right-left)/2 - 4
	for i := 0; i < len(list); i += 2 {
		pair := list[i:min(i+2, len(list))]
		cells := make([]cell, 0, 4)
		for n, fact := range pair {
			x := left + float64(n)*(half+8)
			cells = append(cells, l.cell(label, fact.Label, x, half*0.42, false), l.cell(plain, fact.Value, x+half*0.44, half*0.56, false))
		}
		l.row(cells, func() {})
	}
	if len(list) > 0 {
		l.y += 1.5
	}
}

// notes end the document.
func (l *layout) notes() {
	if len(l.doc.Notes) == 0 {
		return
	}
	l.y += 2
	for _, note := range l.doc.Notes {
		l.paragraph(label, note, left, right-left, false)
		l.y += 0.8
	}
}

// number writes at the foot of a sheet which page it is.
func (l *layout) number(i int) {
	text, f := fmt.Sprintf(clean(l.doc.Page), i+1, len(l.sheets)), label
	w := l.width(f, text)
	l.sheets[i].marks = append(l.sheets[i].marks, mark{text: text, face: f, x: right - w, y: pageHeight - 9, width: w})
	f, lines := l.fit(f, l.doc.Author, (right-left)*0.7)
	l.sheets[i].marks = append(l.sheets[i].marks, mark{text: lines[0], face: f, x: left, y: pageHeight - 9, width: l.width(f, lines[0])})
}
