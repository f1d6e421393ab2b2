package subsidy_test

import (
	"fmt"
	"strings"
	"testing"

	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
	"verloning/subsidy"
)

// The contract of the tests of statements: 2004 and 2005 are its contract years.
var agreed = subsidy.ProviderAgreement{
	ID: payroll.DeriveID("G-1"), Number: "G-1", Municipality: municipality, Provider: payroll.DeriveID("P"), Scheme: "helmond-actief",
	Span: calendar.Span{From: calendar.MustParse("2004-01-01"), To: calendar.MustParse("2005-12-31")},
}

// under is the file of trajectories T-1, T-2, … under that contract.
func under(t *testing.T, histories ...string) subsidy.StatementFile {
	t.Helper()
	file := subsidy.StatementFile{Agreements: []subsidy.ProviderAgreement{agreed}}
	for i, history := range histories {
		one := trajectoryOf(t, agreed.Scheme, history)
		one.Number = fmt.Sprintf("T-%d", i+1)
		one.ID, one.Agreement = payroll.DeriveID(one.Number), agreed.ID
		file.Trajectories = append(file.Trajectories, one)
	}
	return file
}

// statementOf computes the statement of a month and says its lines.
func statementOf(t *testing.T, month string, file subsidy.StatementFile) (subsidy.Statement, string) {
	t.Helper()
	book, err := subsidy.LoadBook()
	if err != nil {
		t.Fatal(err)
	}
	period, err := calendar.ParsePeriod(month)
	if err != nil {
		t.Fatal(err)
	}
	s := subsidy.Statement{Municipality: municipality, Period: period}
	if err := s.Compute(book, file); err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, l := range s.Lines {
		list = append(list, fmt.Sprintf("%s %s %s", l.Subject, l.Key, l.Amount))
	}
	return s, strings.Join(list, ", ")
}

// A statement of an earlier month than one that was approved takes back only what
// fell due by then: the rest is of the later month and stays.
func TestStatementOfAnEarlierMonth(t *testing.T) {
	both := "started 2004-01-01; ordered 2004-01-01 intake; delivered 2004-02-01 intake; ordered 2004-01-01 nazorg; delivered 2004-09-01 nazorg"
	file := under(t, both)
	later, lines := statementOf(t, "2004-10", file)
	if want := "T-1 product/intake 400.00, T-1 product/nazorg 300.00"; lines != want {
		t.Fatalf("October is %s, want %s", lines, want)
	}
	for _, l := range later.Lines {
		file.Booked = append(file.Booked, l.BookedDue)
	}
	if _, lines := statementOf(t, "2004-06", file); lines != "" {
		t.Errorf("June after October is %s, want nothing", lines)
	}
	neither := under(t, strings.ReplaceAll(both, "delivered", "rejected delivered"))
	neither.Booked = file.Booked
	for month, want := range map[string]string{"2004-06": "T-1 product/intake -400.00", "2004-10": "T-1 product/intake -400.00, T-1 product/nazorg -300.00"} {
		if _, lines := statementOf(t, month, neither); lines != want {
			t.Errorf("when nothing was delivered after all %s is %s, want %s", month, lines, want)
		}
	}
}

// More people than there are places is told, and as many as there are is not.
func TestPlacesOver(t *testing.T) {
	for people, want := range map[int]string{50: "", 51: "Scheme uden-warmm: on 2007-02-28 51 take part; there are 50 places."} {
		var file subsidy.StatementFile
		for i := range people {
			one := trajectoryOf(t, "uden-warmm", "started 2007-01-01")
			one.Number = fmt.Sprint("T-", i)
			one.ID = payroll.DeriveID(one.Number)
			file.Trajectories = append(file.Trajectories, one)
		}
		statement, _ := statementOf(t, "2007-02", file)
		var got []string
		for _, e := range statement.Exceptions {
			if e.Kind == subsidy.PlacesOver {
				got = append(got, e.Detail.EN)
			}
		}
		if strings.Join(got, "; ") != want {
			t.Errorf("%d people: %v, want %q", people, got, want)
		}
	}
}

// How a provider stands on a day is the same whenever that is asked.
func TestStandingOnADay(t *testing.T) {
	book, err := subsidy.LoadBook()
	if err != nil {
		t.Fatal(err)
	}
	file := under(t,
		"started 2004-01-01; ordered 2004-01-01 intake; delivered 2004-02-01 intake; exited 2004-05-01 dropout",
		"started 2004-01-01; placed 2004-06-01; exited 2004-06-01 work; relapsed 2004-10-01",
		"started 2004-01-01; ordered 2004-07-01 module; delivered 2004-07-02 module; placed 2004-09-01; exited 2004-09-01 work")
	for _, c := range []struct{ on, want string }{
		{"2004-04-30", "0 of 0"},
		{"2004-05-01", "0 of 1 = 0 %, amount -40.00"},         // 44 points short, of which ten count: 10 % of 400
		{"2004-06-30", "1 of 2 = 50 %, amount 24.00"},         // 6 points above: 6 % of 400
		{"2004-09-30", "2 of 3 = 66.67 %, amount 160.00"},     // 22.67 above, of which ten count: 10 % of 1,600
		{"2004-12-31", "1 of 2 = 50 %, amount 96.00"},         // who relapsed is not out: 6 % of 1,600
		{"2005-06-30", "1 of 2 = 50 %, amount 96.00; 0 of 0"}, // nothing of the second year yet
	} {
		var list []string
		for _, s := range subsidy.StandingsOf(book, agreed.ID, file, calendar.MustParse(c.on)) {
			line := fmt.Sprintf("%d of %d", s.Outcomes, s.Of)
			if s.Realised != nil {
				line += fmt.Sprintf(" = %s %%, amount %s", s.Realised, s.Amount)
			}
			list = append(list, line)
		}
		if got := strings.Join(list, "; "); got != c.want {
			t.Errorf("on %s: %s, want %s", c.on, got, c.want)
		}
	}
}

// A premium that a participant keeps is set off against another of the same year,
// whichever trajectory it is of, and never against another year or person.
func TestPremiumsAreSetOffByYear(t *testing.T) {
	line := func(n int, amount string) subsidy.StatementLine {
		return subsidy.StatementLine{Number: n, BookedDue: subsidy.BookedDue{Kind: subsidy.Premium, Amount: euro.MustParse(amount)}}
	}
	lines := []subsidy.StatementLine{line(1, "-150.00"), line(2, "150.00"), line(3, "150.00"), line(4, "150.00"), line(5, "100.00")}
	// Lines 1 and 2 are of one person and year, 3 and 4 of another who kept 200.00, 5 is a fee.
	subsidy.SetOff(lines, map[int]int{1: 1, 2: 1, 3: 2, 4: 2}, map[int]euro.Amount{1: euro.Zero, 2: euro.MustParse("200.00")})
	var got []string
	for _, l := range lines {
		got = append(got, l.Kept.String())
	}
	if want := "0.00 150.00 150.00 50.00 0.00"; strings.Join(got, " ") != want {
		t.Errorf("kept %v, want %s", got, want)
	}
}
