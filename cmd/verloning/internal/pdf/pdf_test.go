package pdf

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// crowded is a document with everything that does not fit at once: long names,
// words without a space, and more rows than a page has.
func crowded(rows int) Document {
	d := Document{
		Lang: "nl", Day: time.Date(2026, 10, 30, 0, 0, 0, 0, time.UTC), Author: "Werkbedrijf Oost", Title: "Loonstrook", Subtitle: "oktober 2026", Mark: "CONCEPT",
		Sender:   Party{"Werkgever", []string{"Stichting " + strings.Repeat("Samenwerkende ", 12) + "Werkbedrijven", "KvK 12345678"}},
		Receiver: Party{"Werknemer", []string{"Şahin-Łukasiewicz, Őzgür Ğülşen", strings.Repeat("Wolfeschlegelsteinhausen", 6), "S\u0327ahin"}},
		Facts:    []Fact{{"Periode", "oktober 2026"}, {"Overeengekomen arbeidsduur", "32,00 uur per week"}, {"Kenmerk", strings.Repeat("0123456789", 9)}},
		Notes:    []string{"Alleen bruto."}, Page: "pagina %d van %d", Goes: "(vervolg)",
	}
	s := Section{Head: "Loon", Columns: []Column{{"Omschrijving", 50, false}, {"Aantal", 12, true}, {"Tarief", 12, true}, {"Bedrag", 16, true}}}
	for i := range rows {
		text := fmt.Sprintf("Regel %d", i+1)
		if i%7 == 3 {
			text += strings.Repeat(" met een lange omschrijving", 8)
		}
		s.Rows = append(s.Rows, Row{Cells: []string{text, "160,00", "14,99", "1.234.567.890.123.456,78"}})
	}
	s.Rows = append(s.Rows, Row{Cells: []string{"Bruto", "", "", "2.398,40"}, Strong: true})
	d.Sections = []Section{s, {Head: "Saldi", Facts: []Fact{{"Vakantiebijslag", "€ 191,87"}}}}
	return d
}

func sheets(t *testing.T, d Document) []sheet {
	t.Helper()
	file, err := newFile(d)
	if err != nil {
		t.Fatal(err)
	}
	return layOut(d, ruler{file})
}

// TestNothingOverflows lays out documents of every length: all that is drawn lies
// within the margins, nothing lies over something else, and no row is lost.
func TestNothingOverflows(t *testing.T) {
	for _, rows := range []int{0, 1, 20, 40, 47, 48, 49, 50, 51, 52, 300} {
		list, seen := sheets(t, crowded(rows)), map[string]int{}
		for n, s := range list {
			for i, m := range s.marks {
				if m.x < left-0.01 || m.x+m.width > right+0.01 || m.y < top || m.y > pageHeight-5 {
					t.Errorf("%d rows, page %d: %q at %.1f, %.1f is %.1f wide", rows, n+1, m.text, m.x, m.y, m.width)
				}
				if m.text != "" && m.face.size < leastSize {
					t.Errorf("%q is set in %.1f points", m.text, m.face.size)
				}
				seen[m.text]++
				for _, o := range s.marks[:i] {
					if m.text != "" && o.text != "" && m.y > o.y-1.5 && m.y < o.y+1.5 && m.x < o.x+o.width-0.01 && o.x < m.x+m.width-0.01 {
						t.Errorf("%d rows, page %d: %q lies over %q", rows, n+1, m.text, o.text)
					}
				}
			}
		}
		for i := range rows {
			first := fmt.Sprintf("Regel %d", i+1)
			if i%7 == 3 {
				continue
			}
			if seen[first] != 1 {
				t.Errorf("%d rows: %s stands there %d times", rows, first, seen[first])
			}
		}
		if got, want := seen["Omschrijving"], seen["Loon"]+seen["Loon (vervolg)"]; got != want || len(list) > 1 && seen["Loon (vervolg)"] == 0 {
			t.Errorf("%d rows: %d heads of columns, %d of the section", rows, got, want)
		}
		if last := fmt.Sprintf("pagina %d van %[1]d", len(list)); seen[last] != 1 {
			t.Errorf("%d rows: no %q", rows, last)
		}
	}
}

// TestSameBytes draws documents side by side: equal ones have equal bytes, other
// ones have not, and who asks at the same moment does not matter.
func TestSameBytes(t *testing.T) {
	want, err := Render(crowded(60))
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if got, err := Render(crowded(60)); err != nil || !bytes.Equal(got, want) {
				t.Errorf("%d bytes, then %d others: %v", len(want), len(got), err)
			}
		})
	}
	all.Wait()
	other := crowded(60)
	other.Day = other.Day.AddDate(0, 0, 1)
	if got, err := Render(other); err != nil || bytes.Equal(got, want) {
		t.Errorf("a document of another day has the same bytes: %v", err)
	}
	if !bytes.Contains(want, []byte("D:20261030000000")) {
		t.Error("it does not say the day of the document")
	}
	if year := fmt.Sprintf("D:%d", time.Now().Year()); year != "D:2026" && bytes.Contains(want, []byte(year)) {
		t.Error("it says when it was drawn")
	}
}

// TestPages counts the pages in the file itself.
func TestPages(t *testing.T) {
	for _, rows := range []int{1, 60, 300} {
		d := crowded(rows)
		file, err := Render(d)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := len(regexp.MustCompile(`/Type /Page\b`).FindAll(file, -1)), len(sheets(t, d)); got != want {
			t.Errorf("%d rows: %d pages in the file, %d laid out", rows, got, want)
		}
	}
}

// TestGlyphs: names of Latin alphabets are written as they are, a letter and its
// accent become one, and what no font has is marked and not left out.
func TestGlyphs(t *testing.T) {
	for text, want := range map[string]string{
		"Şahin-Łukasiewicz Őze Ğül Çelik Ștefan Đặng Nguyễn O’Brien € – −": "Şahin-Łukasiewicz Őze Ğül Çelik Ștefan Đặng Nguyễn O’Brien € – −",
		"Müller Αθηνά Наталья":                                             "Müller Αθηνά Наталья",
		"S\u0327ahin":                                                      "Şahin",
		"Jan 李 😀\tx\ny\u0000":                                              "Jan □ □ x y□",
	} {
		if got := clean(text); got != want {
			t.Errorf("clean(%q) = %q, want %q", text, got, want)
		}
	}
	if !glyphs()(missing) || glyphs()('李') {
		t.Error("the fonts lack the mark for what is missing, or have everything")
	}
}

// TestTextComesOut reads the text back as any reader of such files does.
func TestTextComesOut(t *testing.T) {
	reader, err := exec.LookPath("pdftotext")
	if err != nil {
		t.Skip("pdftotext (poppler-utils) is not installed: nothing reads the text back")
	}
	file, err := Render(crowded(3))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "a.pdf")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	text, err := exec.Command(reader, "-layout", path, "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Şahin-Łukasiewicz, Őzgür Ğülşen", "Loonstrook – oktober 2026", "CONCEPT", "1.234.567.890.123.456,78", "€ 191,87", "pagina 1 van 1", "Alleen bruto."} {
		if !strings.Contains(string(text), want) {
			t.Errorf("the text lacks %q:\n%s", want, text)
		}
	}
}

func BenchmarkRender(b *testing.B) {
	for b.Loop() {
		if _, err := Render(crowded(40)); err != nil {
			b.Fatal(err)
		}
	}
}
