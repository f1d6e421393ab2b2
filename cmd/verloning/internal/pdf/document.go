package pdf

import (
	"bytes"
	"fmt"
	"time"

	"codeberg.org/go-pdf/fpdf"
)

// Document is what is drawn. All texts are as the reader is to see them.
type Document struct {
	Lang     string    // of its words: nl or en
	Day      time.Time // the document's own day, which its dates inside are
	Author   string    // whose document it is
	Title    string
	Subtitle string
	Mark     string // stands out at the head of every page, such as that it is a draft
	Sender   Party
	Receiver Party
	Facts    []Fact
	Sections []Section
	Notes    []string
	Page     string // of a page: two verbs, the page and how many there are
	Goes     string // stands beside a section's head where a page goes on with it
}

// Party is who sends or receives a document.
type Party struct {
	Head  string
	Lines []string
}

// Fact is a value with its label.
type Fact struct{ Label, Value string }

// Section is a part with a head of its own: a table, facts, or both.
type Section struct {
	Head    string
	Facts   []Fact
	Columns []Column
	Rows    []Row
}

// Column is a column of a table. Widths are shares of the page's by weight.
type Column struct {
	Head   string
	Weight int
	Right  bool // numbers stand to the right
}

// Row is a row of a table; a cell that is missing at the end is empty.
type Row struct {
	Cells  []string
	Strong bool // a total: bold, under a line
}

// Render draws a document. Equal documents give equal bytes.
func Render(d Document) ([]byte, error) {
	file, err := newFile(d)
	if err != nil {
		return nil, err
	}
	sheets := layOut(d, ruler{file})
	for _, s := range sheets {
		file.AddPage()
		for _, m := range s.marks {
			m.draw(file)
		}
	}
	var out bytes.Buffer
	if err := file.Output(&out); err != nil {
		return nil, fmt.Errorf("draw %s: %w", d.Title, err)
	}
	return out.Bytes(), nil
}

// newFile begins a file that depends on the document alone.
func newFile(d Document) (*fpdf.Fpdf, error) {
	file := fpdf.New("P", "mm", "A4", "")
	file.SetCatalogSort(true)
	file.SetCreationDate(d.Day.UTC())
	file.SetModificationDate(d.Day.UTC())
	file.SetProducer("verloning", true)
	file.SetCreator("verloning", true)
	file.SetTitle(clean(d.Title+" "+d.Subtitle), true)
	file.SetAuthor(clean(d.Author), true)
	file.SetLang(d.Lang)
	file.SetMargins(0, 0, 0)
	file.SetCellMargin(0)
	file.SetAutoPageBreak(false, 0)
	for style, font := range faces {
		file.AddUTF8FontFromBytes(family, style, bytes.Clone(font))
	}
	file.SetFont(family, "", bodySize)
	if err := file.Error(); err != nil {
		return nil, fmt.Errorf("draw %s: %w", d.Title, err)
	}
	return file, nil
}
