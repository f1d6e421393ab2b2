package sheet

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"verloning/payroll"
)

var hours = Format{Columns: []Column{
	{Name: "contract", Required: true}, {Name: "day", Required: true}, {Name: "hours", Kind: Decimal, Required: true},
	{Name: "count", Kind: Whole}, {Name: "written", Kind: Truth}, {Name: "note"}, {Name: "reasons", Kind: Ignored},
}, MaxBytes: 10_000, MaxRows: 5}

var commas = Format{Columns: hours.Columns, DecimalComma: true, MaxBytes: hours.MaxBytes, MaxRows: hours.MaxRows}

// shown prints rows on one line each, so that a table of cases can be read.
func shown(rows []Row) string {
	var lines []string
	for _, r := range rows {
		text, err := json.Marshal(r.Cells)
		if err != nil {
			text = []byte(err.Error())
		}
		line := fmt.Sprint(r.Line, " ", string(text))
		for _, p := range r.Problems {
			line += " !" + p.Type + ":" + p.Field
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

func TestRead(t *testing.T) {
	for name, c := range map[string]struct {
		format Format
		text   string
		want   string
	}{
		"comma":         {hours, "contract,day,hours\nC-1,2026-10-01,7.5\n", `2 {"contract":"C-1","day":"2026-10-01","hours":"7.5"}`},
		"semicolon":     {hours, "contract;day;hours\r\nC-1;2026-10-01;7.5\r\n", `2 {"contract":"C-1","day":"2026-10-01","hours":"7.5"}`},
		"mark":          {hours, "\uFEFFcontract;day;hours\nC-1;d;8", `2 {"contract":"C-1","day":"d","hours":"8"}`},
		"excel says":    {hours, "sep=;\r\ncontract;day;hours\r\nC-1;d;8\r\n", `3 {"contract":"C-1","day":"d","hours":"8"}`},
		"utf-8":         {hours, "contract;day;hours;note\nC-1;d;8;Zoë\n", `2 {"contract":"C-1","day":"d","hours":"8","note":"Zoë"}`},
		"windows-1252":  {hours, "contract;day;hours;note\nC-1;d;8;Zo\xeb \x80\n", `2 {"contract":"C-1","day":"d","hours":"8","note":"Zoë €"}`},
		"decimal comma": {commas, "contract;day;hours\nC-1;d;7,5\n", `2 {"contract":"C-1","day":"d","hours":"7.5"}`},
		"comma in both": {commas, "contract,day,hours\nC-1,d,\"7,5\"\n", `2 {"contract":"C-1","day":"d","hours":"7.5"}`},
		"point refused": {commas, "contract;day;hours\nC-1;d;1.234,5\n", `2 {"contract":"C-1","day":"d"} !number/invalid:hours`},
		"not guessed":   {hours, "contract;day;hours\nC-1;d;7,5\n", `2 {"contract":"C-1","day":"d","hours":"7,5"}`},
		"kinds":         {hours, "contract;day;hours;count;written\nC-1;d;8;060;Ja\nC-2;d;8;-0;nee\n", "2 {\"contract\":\"C-1\",\"count\":60,\"day\":\"d\",\"hours\":\"8\",\"written\":true}\n3 {\"contract\":\"C-2\",\"count\":0,\"day\":\"d\",\"hours\":\"8\",\"written\":false}"},
		"wrong kinds":   {hours, "contract;day;hours;count;written\nC-1;d;8;6.5;x\n", `2 {"contract":"C-1","day":"d","hours":"8"} !number/whole:count !field/type:written`},
		"too few cells": {hours, "contract;day;hours\nC-1;d\n", `2 {"contract":"C-1","day":"d"} !row/cells:`},
		"too many":      {hours, "contract;day;hours\nC-1;d;8;9\n", `2 {"contract":"C-1","day":"d","hours":"8"} !row/cells:`},
		"cleared rows":  {hours, "contract;day;hours\n;;\n\nC-1;d;8\n;;\n", `4 {"contract":"C-1","day":"d","hours":"8"}`},
		"names":         {hours, " Contract ;DAY;hours;Reasons\nC-1;d;8;no\n", `2 {"contract":"C-1","day":"d","hours":"8"}`},
		"quoted lines":  {hours, "contract;day;hours;note\nC-1;d;8;\"two\nlines\"\nC-2;d;8;\n", "2 {\"contract\":\"C-1\",\"day\":\"d\",\"hours\":\"8\",\"note\":\"two\\nlines\"}\n4 {\"contract\":\"C-2\",\"day\":\"d\",\"hours\":\"8\"}"},
		"header only":   {hours, "contract;day;hours\n", ""},
		"long cell":     {hours, "contract;day;hours;note\nC-1;d;8;" + strings.Repeat("x", 4001) + "\n", `2 {"contract":"C-1","day":"d","hours":"8"} !cell/too_long:note`},
	} {
		t.Run(name, func(t *testing.T) {
			rows, err := Read(strings.NewReader(c.text), c.format)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, shown(rows)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestReadRefuses(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"empty":         {"", "invalid: file/empty"},
		"excel":         {"PK\x03\x04\x00\x00", "invalid: file/encoding"},
		"utf-16":        {"\xff\xfec\x00o\x00", "invalid: file/encoding"},
		"no encoding":   {"contract;day;hours\nC-\x81;d;8\n", "invalid: file/encoding"},
		"quotes":        {"contract;day;hours\nC-1;d;8\nC-2;\"d;8\n", "invalid: line 3: file/csv"},
		"bare quotes":   {"contract;day;hours\nC-1;d\"d;8\n", "invalid: line 2: file/csv"},
		"header":        {"contract;day;contract;uren;\n", "invalid: line 1: column/repeated (contract); line 1: column/unknown (uren); line 1: column/unknown; line 1: column/missing (hours)"},
		"no header":     {"C-1;2026-10-01;8\n", "invalid: line 1: column/unknown (?); line 1: column/unknown (?); line 1: column/unknown (?); line 1: column/missing (contract); line 1: column/missing (day); line 1: column/missing (hours)"},
		"a person":      {"Jansen;Jan\n", "invalid: line 1: column/unknown (?); line 1: column/unknown (?); line 1: column/missing (contract); line 1: column/missing (day); line 1: column/missing (hours)"},
		"many rows":     {"contract;day;hours\n" + strings.Repeat("C-1;d;8\n", 6), "too_large: file/too_many_rows"},
		"many bytes":    {"contract;day;hours\n" + strings.Repeat("x", 10_000), "too_large: file/too_large"},
		"tabs for once": {"contract\tday\thours\n", "invalid: line 1: column/unknown (?); line 1: column/missing (contract); line 1: column/missing (day); line 1: column/missing (hours)"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Read(strings.NewReader(c.text), hours)
			var refusal *payroll.Refusal
			if !errors.As(err, &refusal) {
				t.Fatalf("%v, want a refusal", err)
			}
			if diff := cmp.Diff(c.want, refusal.Error()); diff != "" {
				t.Error(diff)
			}
			for _, p := range refusal.Problems {
				if p.Detail.NL == "" || p.Detail.EN == "" {
					t.Errorf("%s has no text in both languages", p.Type)
				}
			}
		})
	}
}

func TestWrite(t *testing.T) {
	rows := [][]Cell{{T("C-1"), D("1234.50"), T("=HYPERLINK(1)")}, {T("+31"), D("-1"), T(`say "no"; no`)}, {T(""), D("=1+1"), T("@x")}}
	for style, want := range map[Style]string{
		RFC4180: "a,b,c\r\nC-1,1234.50,'=HYPERLINK(1)\r\n'+31,-1,\"say \"\"no\"\"; no\"\r\n,'=1+1,'@x\r\n",
		Excel:   "\uFEFFa;b;c\r\nC-1;1234,50;'=HYPERLINK(1)\r\n'+31;-1;\"say \"\"no\"\"; no\"\r\n;'=1+1;'@x\r\n",
	} {
		var out bytes.Buffer
		if err := Write(&out, style, []string{"a", "b", "c"}, rows); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, out.String()); diff != "" {
			t.Errorf("style %d: %s", style, diff)
		}
	}
}

// FuzzCSV reads anything, and what it could read it writes and reads again to
// the same texts, in both styles.
func FuzzCSV(f *testing.F) {
	for _, seed := range []string{
		"contract;day;hours\nC-1;2026-10-01;7,5\n", "contract,day,hours,note\nC-1,d,\"7,5\",\"a\nb\"\n", "sep=;\ncontract;day;hours\n=1;d;8\n",
		"\uFEFFcontract;day;hours;note\nC-1;d;8;Zo\xeb\n", "contract;day;hours;count;written\nC-1;d;8;1;ja\n;;;;\n", "\"", "\x00", ";", "",
	} {
		f.Add([]byte(seed), true)
		f.Add([]byte(seed), false)
	}
	f.Fuzz(func(t *testing.T, content []byte, comma bool) {
		format, style := hours, RFC4180
		if comma {
			format, style = commas, Excel
		}
		rows, err := Read(bytes.NewReader(content), format)
		if err != nil {
			var refusal *payroll.Refusal
			if !errors.As(err, &refusal) || len(refusal.Problems) == 0 {
				t.Fatalf("%v is no refusal", err)
			}
			return
		}
		if len(rows) > format.MaxRows {
			t.Fatalf("%d rows", len(rows))
		}
		header, lines := []string{"contract", "day", "hours", "note"}, [][]Cell{}
		for _, r := range rows {
			// A cell that begins like a formula gets a mark and stays marked.
			lines = append(lines, []Cell{T("x" + r.Texts["contract"]), T("x" + r.Texts["day"]), D("7.5"), T("x" + r.Texts["note"])})
		}
		var out bytes.Buffer
		if err := Write(&out, style, header, lines); err != nil {
			t.Fatal(err)
		}
		again, err := Read(&out, Format{Columns: format.Columns, DecimalComma: comma})
		if err != nil || len(again) != len(rows) {
			t.Fatalf("%d rows became %d: %v\n%q", len(rows), len(again), err, out.String())
		}
		for i := range again {
			// A return before a line feed is one end of a line to every reader.
			want := strings.ReplaceAll("x"+rows[i].Texts["note"], "\r\n", "\n")
			if again[i].Cells["hours"] != "7.5" || strings.ReplaceAll(again[i].Texts["note"], "\r\n", "\n") != want {
				t.Fatalf("row %d: %q became %q", i, rows[i].Texts, again[i].Texts)
			}
		}
	})
}
