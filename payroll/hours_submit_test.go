package payroll

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"verloning/payroll/calendar"
	"verloning/payroll/euro"
)

var (
	ann, bob = DeriveID("ann"), DeriveID("bob")
	firm     = DeriveID("firm")
)

// hoursBook knows C-1 and C-2 of Ann and B-1 of Bob, in October 2026.
func hoursBook() HoursBook {
	book := HoursBook{
		Contracts: map[ContractKey]Contract{}, Versions: map[HoursKey]int{},
		Week: map[WeekKey]map[HoursKey]Quantity{}, Approved: map[uuid.UUID][]calendar.Span{},
	}
	for number, person := range map[string]uuid.UUID{"C-1": ann, "C-2": ann, "B-1": bob} {
		book.Contracts[ContractKey{"", number}] = Contract{
			ID: DeriveID(number), Number: number, Employer: firm, Person: person,
			Versions: []Terms{{Version: 1, Span: calendar.Span{From: calendar.MustParse("2026-07-01"), To: calendar.MustParse("2026-12-31")}, HoursPerWeek: euro.Int(32)}},
		}
	}
	return book
}

// submitted reads lines such as "C-1 2026-10-05 worked 8"; a line of fewer
// words leaves the rest out.
func submitted(text string) []HoursLine {
	var lines []HoursLine
	for _, clause := range strings.Split(text, ";") {
		f := append(strings.Fields(clause), "", "", "", "")
		lines = append(lines, HoursLine{Contract: f[0], Day: f[1], Kind: f[2], Hours: f[3]})
	}
	return lines
}

func judgeText(text string, book HoursBook) HoursVerdict {
	var lines []judged
	for i, l := range submitted(text) {
		lines = append(lines, l.read(i+1))
	}
	return judge(DeriveID("submission"), lines, book)
}

// verdictText prints a verdict a line a word group: "1 v1; 2 v2 late; 3: type".
func verdictText(v HoursVerdict) string {
	parts := map[int]string{}
	for _, a := range v.Accepted {
		s := fmt.Sprintf("%d v%d", a.Line, a.Version)
		if a.Late {
			s += " late"
		}
		for _, w := range a.Warnings {
			s += " " + w.Type
		}
		parts[a.Line] = s
	}
	for _, r := range v.Refused {
		s := fmt.Sprintf("%d:", r.Line)
		for _, p := range r.Problems {
			s += " " + p.Type
		}
		parts[r.Line] += s
	}
	var lines []string
	for i := 1; len(lines) < len(parts); i++ {
		lines = append(lines, parts[i])
	}
	return strings.Join(lines, "; ")
}

// The two lines of the worked example get exactly the reply that it prints.
func TestExampleHours(t *testing.T) {
	v := judgeText("C-1 2026-10-01 worked 8.00; C-9 2026-10-32 worked -1", hoursBook())
	got, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"submission":"` + DeriveID("submission").String() + `","accepted":[{"line":1,"version":1}],"refused":[{"line":2,"problems":[` +
		`{"type":"contract/unknown","field":"contract","detail":{"nl":"Contract C-9 is niet bekend bij uw organisatie.","en":"Contract C-9 is not known to your organisation."}},` +
		`{"type":"date/invalid","field":"day","detail":{"nl":"2026-10-32 is geen datum.","en":"2026-10-32 is not a date."}},` +
		`{"type":"hours/out_of_range","field":"hours","detail":{"nl":"Uren liggen tussen 0 en 24 per dag.","en":"Hours lie between 0 and 24 a day."}}]}]}`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Error(diff)
	}
}

// One line for each submission: what is stored already, what comes, and the
// verdict on each line. The week of 2026-10-05 is a Monday's.
func TestHoursVerdicts(t *testing.T) {
	const duty = "hours/week_total"
	for _, c := range []struct{ what, stored, lines, want string }{
		{"several kinds on a day", "", "C-1 2026-10-05 worked 4;C-1 2026-10-05 training 4", "1 v1; 2 v1"},
		{"a duplicate", "", "C-1 2026-10-05 worked 8;C-1 2026-10-05 worked 7", "1 v1; 2: day/duplicate"},
		{"a duplicate in another spelling", "", "C-1 2026-10-05 worked 8;C-1 2026-10-05 worked 8.00", "1 v1; 2: day/duplicate"},
		{"the next version", "C-1 2026-10-05 worked 8", "C-1 2026-10-05 worked 7", "1 v2"},
		{"hours taken back", "C-1 2026-10-05 worked 8", "C-1 2026-10-05 worked 0", "1 v2"},
		{"a version a kind", "C-1 2026-10-05 worked 8", "C-1 2026-10-05 sick 8", "1 v1"},
		{"nobody else's version", "B-1 2026-10-05 worked 8", "C-1 2026-10-05 worked 8", "1 v1"},
		{"before the contract", "", "C-1 2026-06-30 worked 8", "1: day/outside_contract"},
		{"the last day", "", "C-1 2026-12-31 worked 8", "1 v1"},
		{"after the contract, two at a time", "", "C-1 2027-01-01 worked 25", "1: hours/out_of_range day/outside_contract"},
		{"exactly 24", "", "C-1 2026-10-05 sick 12;C-1 2026-10-05 leave 12", "1 v1; 2 v1"},
		{"24 over kinds", "", "C-1 2026-10-05 sick 12;C-1 2026-10-05 leave 12.01", "1: hours/day_total; 2: hours/day_total"},
		{"24 over contracts", "", "C-1 2026-10-05 worked 12;C-2 2026-10-05 worked 13", "1: hours/day_total; 2: hours/day_total"},
		{"24 over persons is no matter", "", "C-1 2026-10-05 worked 12;B-1 2026-10-05 worked 13", "1 v1; 2 v1"},
		{"24 over stored hours", "C-1 2026-10-05 worked 16", "C-2 2026-10-05 worked 9", "1: hours/day_total"},
		{"24 over stored hours of another kind", "C-1 2026-10-05 worked 16", "C-1 2026-10-05 sick 9", "1: hours/day_total"},
		{"a correction replaces stored hours", "C-1 2026-10-05 worked 16", "C-1 2026-10-05 worked 9;C-1 2026-10-05 training 15", "1 v2; 2 v1"},
		{"48 does not warn", "", "C-1 2026-10-05 worked 16;C-1 2026-10-06 worked 16;C-1 2026-10-07 worked 16", "1 v1; 2 v1; 3 v1"},
		{"over 48 warns", "", "C-1 2026-10-05 worked 16;C-1 2026-10-06 worked 16;C-1 2026-10-07 worked 16.01", "1 v1 " + duty + "; 2 v1 " + duty + "; 3 v1 " + duty},
		{"60 warns still", "", "C-1 2026-10-05 worked 20;C-1 2026-10-06 worked 20;C-1 2026-10-07 worked 20", "1 v1 " + duty + "; 2 v1 " + duty + "; 3 v1 " + duty},
		{"over 60 refuses", "", "C-1 2026-10-05 worked 20;C-1 2026-10-06 worked 20;C-1 2026-10-11 worked 20.01", "1: " + duty + "; 2: " + duty + "; 3: " + duty},
		{"the next Monday is another week", "", "C-1 2026-10-06 worked 20;C-1 2026-10-11 worked 20;C-1 2026-10-12 worked 20.25", "1 v1; 2 v1; 3 v1"},
		{"sick hours are no duty", "", "C-1 2026-10-05 worked 24;C-1 2026-10-06 worked 24;C-1 2026-10-07 sick 24", "1 v1; 2 v1; 3 v1"},
		{"over 60 across contracts", "", "C-1 2026-10-05 worked 24;C-2 2026-10-06 worked 24;C-1 2026-10-07 training 13", "1: " + duty + "; 2: " + duty + "; 3: " + duty},
		{"over 60 across stored hours", "C-1 2026-10-05 worked 24;C-2 2026-10-06 worked 24", "C-1 2026-10-07 worked 13", "1: " + duty},
		{"over 48 across stored hours", "C-1 2026-10-05 worked 24;C-2 2026-10-06 worked 20", "C-1 2026-10-07 worked 8", "1 v1 " + duty},
		{"a correction of a full week", "C-1 2026-10-05 worked 24;C-2 2026-10-06 worked 24", "C-1 2026-10-05 worked 8;C-1 2026-10-07 worked 16", "1 v2; 2 v1"},
		{"somebody else's week", "B-1 2026-10-05 worked 24;B-1 2026-10-06 worked 24", "C-1 2026-10-07 worked 24", "1 v1"},
		{"a refused line does not count", "", "C-1 2026-10-05 worked 24;C-1 2026-10-06 worked 24;C-1 2026-10-07 worked 25", "1 v1; 2 v1; 3: hours/out_of_range"},
		{"a late period", "", "C-1 2026-09-30 worked 8;C-1 2026-10-01 worked 8", "1 v1 late period/approved; 2 v1"},
		{"nothing at all", "", "C-1;;C-1 2026-10-05", "1: field/required field/required field/required; 2: field/required field/required field/required field/required; 3: field/required field/required"},
		{"a kind of its own", "", "C-1 2026-10-05 overtime 8", "1: field/not_allowed"},
		{"every reason at once", "", "C?9 2026-02-30 overtime 1e9", "1: field/number field/not_allowed date/invalid hours/out_of_range"},
	} {
		book := hoursBook()
		book.Approved[firm] = []calendar.Span{calendar.MonthOf(calendar.MustParse("2026-09-01")).Span}
		if c.stored != "" {
			for _, l := range submitted(c.stored) {
				h, contract := l.read(1), book.Contracts[ContractKey{"", l.Contract}]
				week := WeekKey{contract.Person, contract.Employer, h.Day.Week()}
				if book.Week[week] == nil {
					book.Week[week] = map[HoursKey]Quantity{}
				}
				key := HoursKey{contract.ID, h.Day, h.Kind}
				book.Week[week][key], book.Versions[key] = h.Quantity, 1
			}
		}
		if got := verdictText(judgeText(c.lines, book)); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.what, got, c.want)
		}
	}
}

// Hours that make no sense are refused, whatever they are written as, and a
// refusal repeats no more than a little of the text.
func TestAbsurdHours(t *testing.T) {
	for _, s := range []string{"1e9", "NaN", "Inf", "-0.01", "24.01", "7.125", "8,5", "٨", "0x8", "8 ", " 8", "--8", strings.Repeat("9", 30), "999999999999999999", strings.Repeat("8", 1<<20)} {
		j := HoursLine{Contract: "C-1", Day: "2026-10-05", Kind: "worked", Hours: s}.read(1)
		if len(j.problems) != 1 || j.problems[0].Type != "hours/out_of_range" || len(j.problems[0].Detail.EN) > 200 {
			t.Errorf("%.30q: %+v", s, j.problems)
		}
	}
	for _, s := range []string{"2026-02-29", "2026-13-01", "2026-1-1", "26-10-01", "0000-00-00", "9999-12-31", "1899-12-31", "2026-10-05T00:00:00Z", "5 oktober", strings.Repeat("2", 1<<20)} {
		j := HoursLine{Contract: "C-1", Day: s, Kind: "worked", Hours: "8"}.read(1)
		if len(j.problems) != 1 || j.problems[0].Type != "date/invalid" || len(j.problems[0].Detail.EN) > 200 {
			t.Errorf("%.30q: %+v", s, j.problems)
		}
	}
}

// FuzzHoursLine looks for a text that is accepted and is no day's hours, or
// that brings the judge down.
func FuzzHoursLine(f *testing.F) {
	for _, seed := range [][4]string{{"C-1", "2026-10-05", "worked", "8.00"}, {"C-9", "2026-10-32", "worked", "-1"}, {"", "", "", ""}, {"C-1", "2026-02-29", "overtime", "1e999999999"}, {"C-1", "2199-12-31", "sick", "24"}, {"C\x00", "\xff", "worked", "0.001"}} {
		f.Add(seed[0], seed[1], seed[2], seed[3])
	}
	f.Fuzz(func(t *testing.T, contract, day, kind, hours string) {
		line := HoursLine{Contract: contract, Day: day, Kind: kind, Hours: hours}
		v := judge(DeriveID("submission"), []judged{line.read(1)}, hoursBook())
		if len(v.Accepted)+len(v.Refused) != 1 {
			t.Fatalf("%+v", v)
		}
		j := line.read(1)
		if len(v.Accepted) == 1 && (j.Quantity < 0 || j.Quantity > MaxDay || j.Day.String() != day || j.Kind.order() == len(HoursKinds)) {
			t.Fatalf("accepted %+v", line)
		}
		for _, r := range v.Refused {
			if len(r.Problems) == 0 {
				t.Fatal("refused without a reason")
			}
		}
	})
}
