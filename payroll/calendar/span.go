package calendar

// Span is a run of days, both ends included. A zero To means that it has no
// end yet; a zero From that it always was.
type Span struct {
	From Date `json:"from"`
	To   Date `json:"to,omitzero"`
}

// Holds reports whether the day lies in the span.
func (s Span) Holds(d Date) bool {
	return !d.Before(s.From) && (s.To.IsZero() || !d.After(s.To))
}

// Empty reports whether the span ends before it starts.
func (s Span) Empty() bool { return !s.To.IsZero() && s.To.Before(s.From) }

// Meet returns the days that both spans hold; Empty tells when there are none.
func (s Span) Meet(t Span) Span {
	m := Span{From: later(s.From, t.From), To: s.To}
	if s.To.IsZero() || (!t.To.IsZero() && t.To.Before(s.To)) {
		m.To = t.To
	}
	return m
}

// Overlaps reports whether the spans have a day in common.
func (s Span) Overlaps(t Span) bool { return !s.Meet(t).Empty() }

// Days counts the days of a span that has an end; an open one has none.
func (s Span) Days() int {
	if s.To.IsZero() || s.Empty() {
		return 0
	}
	return s.To.Sub(s.From) + 1
}

// Workdays counts Mondays to Fridays; public holidays are days of the week
// too, paid or not as the contract says.
func (s Span) Workdays() int {
	n := 0
	for d := s.From; !s.To.IsZero() && !d.After(s.To); d = d.Add(1) {
		if w := d.Weekday(); w != 0 && w != 6 {
			n++
		}
	}
	return n
}
