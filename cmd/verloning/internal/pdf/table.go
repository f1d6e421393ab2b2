package pdf

// padding is what stands free between a rule and a text, gap between columns.
const padding, gap = 1.2, 2.2

// cell is a text that has its place in a row and its lines.
type cell struct {
	face    face
	lines   []string
	x       float64
	width   float64
	toRight bool
}

func (l *layout) cell(f face, text string, x, width float64, toRight bool) cell {
	f, lines := l.fit(f, text, width)
	return cell{f, lines, x, width, toRight}
}

// row draws cells beside each other. What does not fit goes to the next page as a
// whole, under what head draws there; what is longer than a page is split.
func (l *layout) row(cells []cell, head func()) {
	lines, step, size := 0, 0.0, 0.0
	for _, c := range cells {
		lines, step, size = max(lines, len(c.lines)), max(step, c.face.line()), max(size, c.face.size)
	}
	moved := false
	for from := 0; from < lines; {
		room := int((bottom - l.y) / step)
		if room < lines-from && !moved {
			l.page()
			head()
			moved = true
			continue
		}
		room = max(1, min(room, lines-from))
		for _, c := range cells {
			for i := from; i < min(from+room, len(c.lines)); i++ {
				base := (size - c.face.size) * point // small and large stand on one line
				l.put(c.face, c.lines[i], c.x, l.y+base+float64(i-from)*step, c.width, c.toRight)
			}
		}
		l.y += float64(room) * step
		from, moved = from+room, false
	}
}

// section draws a head, facts, and a table whose head is repeated on each page.
func (l *layout) section(s Section) {
	l.y += 2.5
	heading := func(again bool) {
		text := s.Head
		if again && l.doc.Goes != "" {
			text += " " + l.doc.Goes
		}
		if s.Head != "" {
			l.paragraph(face{style: "B", size: headSize}, text, left, right-left, false)
			l.y += 0.6
		}
		if len(s.Columns) > 0 {
			l.heads(s.Columns)
		}
	}
	// A head is not left alone at the foot of a page.
	if l.y+headSize*point*spread+5*plain.line() > bottom {
		l.page()
	}
	if len(s.Facts) > 0 {
		only := s
		only.Columns = nil
		l.titled(only)
		l.facts(s.Facts)
		s.Head = ""
	}
	if len(s.Columns) == 0 {
		return
	}
	heading(false)
	for _, r := range s.Rows {
		l.tableRow(s.Columns, r, func() { heading(true) })
	}
}

// titled draws the head of a section without a table.
func (l *layout) titled(s Section) {
	if s.Head == "" {
		return
	}
	l.paragraph(face{style: "B", size: headSize}, s.Head, left, right-left, false)
	l.rule(left, right-left, false)
	l.y += padding
}

// heads draws the names of columns.
func (l *layout) heads(columns []Column) {
	cells := make([]cell, 0, len(columns))
	for i, at := range places(columns) {
		cells = append(cells, l.cell(face{style: "B", size: smallSize, grey: true}, columns[i].Head, at.x, at.width, columns[i].Right))
	}
	l.row(cells, func() {})
	l.y += padding / 3
	l.rule(left, right-left, false)
	l.y += padding / 2
}

func (l *layout) tableRow(columns []Column, r Row, head func()) {
	f := plain
	if r.Strong {
		f = strong
	}
	cells := make([]cell, 0, len(columns))
	for i, at := range places(columns) {
		text := ""
		if i < len(r.Cells) {
			text = r.Cells[i]
		}
		cells = append(cells, l.cell(f, text, at.x, at.width, columns[i].Right))
	}
	if r.Strong {
		if l.y+f.line()+padding > bottom {
			l.page()
			head()
		}
		l.y += padding / 3
		l.rule(left, right-left, false)
		l.y += padding / 2
	}
	l.row(cells, head)
	l.y += padding / 3
}

// place is where a column stands.
type place struct{ x, width float64 }

// places shares the width of the page out over columns.
func places(columns []Column) []place {
	sum := 0
	for _, c := range columns {
		sum += c.Weight
	}
	list, x := make([]place, len(columns)), left
	free := right - left - gap*float64(len(columns)-1)
	for i, c := range columns {
		list[i] = place{x, free * float64(c.Weight) / float64(sum)}
		x += list[i].width + gap
	}
	return list
}
