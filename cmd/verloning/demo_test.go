package main

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"verloning/payroll"
	"verloning/payroll/calendar"
)

// demoGolden is what all months come to; VERLONING_GOLDEN=1 writes it anew.
const demoGolden = "testdata/demo/totals.json"

// demoPersons lists rows of a kind of file over all employers of the plan.
func demoPersons(t *testing.T, p demoPlan, name string) [][]string {
	t.Helper()
	var all [][]string
	for _, m := range p.months {
		for _, e := range m.employers {
			for i, line := range strings.Split(strings.TrimSpace(string(e.files[name])), "\n") {
				if i > 0 {
					all = append(all, append([]string{e.code}, strings.Split(line, ";")...))
				}
			}
		}
	}
	return all
}

// TestDemoPlan holds the plan against what the sources state, and everybody in
// it against the checks of their numbers.
func TestDemoPlan(t *testing.T) {
	plan, err := readDemoPlan()
	if err != nil {
		t.Fatal(err)
	}
	people, left := map[string]int{}, map[string]int{}
	for _, row := range demoPersons(t, plan, "contracts.csv") {
		people[row[0]]++
	}
	reasons := map[string]int{}
	for _, e := range plan.months[0].employers {
		left[e.code] = len(e.ended)
		for _, one := range e.ended {
			reasons[e.scheme+" "+one["reason"]]++
		}
	}
	for _, c := range plan.counts {
		all, running := 0, 0
		for _, code := range c.Employers {
			all, running = all+people[code], running+people[code]-left[code]
		}
		if all != c.People || running != c.Running {
			t.Errorf("%s at %v: %d people, %d running; want %d and %d", c.Scheme, c.Employers, all, running, c.People, c.Running)
		}
	}
	for reason, want := range map[string]int{"uden-warmm work": 4, "uden-warmm dismissed_absence": 2, "oss-bonusbaan work": 37} {
		if reasons[reason] != want {
			t.Errorf("%s: %d left, want %d", reason, reasons[reason], want)
		}
	}
	seen := map[string]bool{}
	for _, row := range demoPersons(t, plan, "persons.csv") {
		bsn, iban := row[2], row[5]
		if !payroll.BSN(bsn).Valid() || !strings.HasPrefix(bsn, "9999") || !payroll.IBAN(iban).Valid() || seen[bsn] || seen[iban] {
			t.Errorf("%s %s: BSN %s and IBAN %s must be right, of the test range, and nobody else's", row[0], row[1], bsn, iban)
		}
		seen[bsn], seen[iban] = true, true
	}
	for _, o := range plan.organisations {
		if iban := o["iban"]; iban != "" && (!payroll.IBAN(iban).Valid() || seen[iban]) {
			t.Errorf("organisation %s: IBAN %s is wrong or somebody else's", o["code"], iban)
		}
		seen[o["iban"]] = true
	}
	if len(seen) < 2*373 {
		t.Errorf("looked at %d numbers only", len(seen))
	}
}

// TestDemoOctober holds the forty people of 2026 against what is said of them.
func TestDemoOctober(t *testing.T) {
	plan, err := readDemoPlan()
	if err != nil {
		t.Fatal(err)
	}
	plan.months = plan.months[1:2]
	first, last := calendar.MustParse("2026-10-01"), calendar.MustParse("2026-10-31")
	youngest, oldest, persons := 99, 0, demoPersons(t, plan, "persons.csv")
	for _, row := range persons {
		born := calendar.MustParse(row[4])
		youngest, oldest = min(youngest, calendar.Age(born, first)), max(oldest, calendar.Age(born, last))
	}
	low, high, forfaits := 100, 0, 0
	for _, row := range demoPersons(t, plan, "decisions.csv") {
		if row[8] == "forfait" {
			forfaits++
			continue
		}
		percent, err := strconv.Atoi(row[10])
		if err != nil {
			t.Fatal(err)
		}
		low, high = min(low, percent), max(high, percent)
	}
	fixed, fullTime := []string{}, 0
	for _, row := range demoPersons(t, plan, "contracts.csv") {
		if row[11] == "fixed" {
			fixed = append(fixed, row[8])
		}
		if row[8] == row[9] {
			fullTime++
		}
	}
	if len(persons) != 40 || youngest != 18 || oldest != 66 || low != 20 || high != 90 || forfaits != 1 || !slices.Equal(fixed, []string{"36"}) || fullTime == 0 || fullTime > 20 {
		t.Errorf("%d people of %d to %d, loonwaarde %d to %d, %d forfaits, fixed wage at %v hours, %d full-time",
			len(persons), youngest, oldest, low, high, forfaits, fixed, fullTime)
	}
	if days := (calendar.Span{From: first, To: last}).Workdays(); days != 22 {
		t.Errorf("%d working days", days)
	}
}

// TestDemoPlanRepeats makes the files twice: they have the same bytes.
func TestDemoPlanRepeats(t *testing.T) {
	one, err := readDemoPlan()
	if err != nil {
		t.Fatal(err)
	}
	two, err := readDemoPlan()
	if err != nil {
		t.Fatal(err)
	}
	files := 0
	for i, m := range one.months {
		for j, e := range m.employers {
			files += len(e.files)
			if !maps.EqualFunc(e.files, two.months[i].employers[j].files, bytes.Equal) {
				t.Errorf("the files of %s differ", e.code)
			}
		}
		for j, g := range m.referrers {
			files += len(g.files) + len(g.reports)
			if again := two.months[i].referrers[j]; !maps.EqualFunc(g.files, again.files, bytes.Equal) || !maps.EqualFunc(g.reports, again.reports, bytes.Equal) {
				t.Errorf("the files of %s differ", g.code)
			}
		}
	}
	if files < 71 {
		t.Errorf("%d files only", files)
	}
}

// TestFold folds long lines at spaces and leaves others alone.
func TestFold(t *testing.T) {
	for line, want := range map[string]string{
		"short":                 "short",
		"one two three four":    "one two\n    three\n    four",
		"  an indent goes on":   "  an\n      indent\n      goes\n      on",
		"éééééééééé éé":         "éééééééééé\n    éé",
		"averyveryverylongword": "averyveryverylongword",
	} {
		if got := fold(line, 10); got != want {
			t.Errorf("fold(%q) = %q, want %q", line, got, want)
		}
	}
}

// demoTotalsAre holds a printed or written document against the golden one.
func demoTotalsAre(t *testing.T, what string, got []byte) {
	t.Helper()
	want, err := os.ReadFile(demoGolden)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s: the totals are not those of %s:\n%s", what, demoGolden, got)
	}
}

// TestDemo plays all months, and starts again in the same directory when all
// is done: the totals are the same.
func TestDemo(t *testing.T) {
	dir := enterable(t)
	mine := filepath.Join(dir, "mine.txt")
	if err := os.WriteFile(mine, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, what := range []string{"first", "again"} {
		var out, errs bytes.Buffer
		err := run(t.Context(), []string{"demo", "--json", "--dir", dir}, func(string) string { return "" }, strings.NewReader(""), &out, &errs)
		if err != nil {
			t.Fatalf("%s: %v\n%s", what, err, errs.String())
		}
		if os.Getenv("VERLONING_GOLDEN") != "" && what == "first" {
			if err := os.WriteFile(demoGolden, out.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		demoTotalsAre(t, what, out.Bytes())
	}
	demoLeft(t, dir)
	if book, err := os.ReadFile(filepath.Join(dir, "reconciliation.xlsx")); err != nil || !strings.HasPrefix(string(book), "PK") {
		t.Errorf("reconciliation.xlsx: %.2q %v", book, err)
	}
	written, err := os.ReadFile(filepath.Join(dir, "totals.json"))
	if err != nil {
		t.Fatal(err)
	}
	demoTotalsAre(t, "written", written)
	if text, err := os.ReadFile(mine); err != nil || string(text) != "mine" {
		t.Errorf("a file of the user's became %q: %v", text, err)
	}
}

// demoLeft holds the bank files, which a bank would take and give, and the payslip of
// somebody who was paid too much of an earlier month.
func demoLeft(t *testing.T, dir string) {
	t.Helper()
	for name, parts := range map[string][]string{
		"bank/WERK-2026-10-1-pain.001.xml":      {"pain.001.001.09", "<NbOfTxs>39</NbOfTxs>", "Loon 2026-10 C-030"},
		"bank/WERK-2026-10-3-camt.053.xml":      {"camt.053.001.08", "Loon 2026-10 C-030", "<Cd>AC04</Cd>", ">1975.47</Amt>"},
		"bank/WERK-2026-10-4-pain.001.xml":      {"<NbOfTxs>1</NbOfTxs>", "<IBAN>NL85RABO0350617247</IBAN>"},
		"bank/WERK-2026-10-5-camt.053.xml":      {"<CdtDbtInd>DBIT</CdtDbtInd>", "<NbOfTxs>1</NbOfTxs>"},
		"bank/GEM-2026-11-2-camt.053.xml":       {"<NbOfTxs>41</NbOfTxs>"},
		"payslips/2026-11-C-008.pdf":            {"%PDF-"}, // of a contract that had ended
		"2026-11/claims-loonkostensubsidie.csv": {"WERK;C-039;subsidy;lks;GEM;B-2026-039;560.88;560.88;"},
	} {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Error(err)
		}
		for _, part := range parts {
			if !strings.Contains(string(text), part) {
				t.Errorf("%s has no %s", name, part)
			}
		}
	}
	if files, err := os.ReadDir(filepath.Join(dir, "bank")); err != nil || len(files) != 11 {
		t.Errorf("%v %v", files, err)
	}
	reader, err := exec.LookPath("pdftotext")
	if err != nil {
		t.Skip("pdftotext (poppler-utils) is not installed: nothing reads the text back")
	}
	slip, err := exec.CommandContext(t.Context(), reader, "-layout", filepath.Join(dir, "payslips", "2026-11-C-026.pdf"), "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{"Gewerkte uren (over oktober 2026)", "-239,84", "Niet ingehouden: te veel betaald loon", "192,68"} {
		if !strings.Contains(string(slip), part) {
			t.Errorf("the corrected payslip has no %q:\n%s", part, slip)
		}
	}
}

// demoVictimEnv makes a copy of this test program play the demo in the directory
// that it names, to be killed.
const demoVictimEnv = "VERLONING_DEMO_VICTIM"

// TestDemoVictim is no test but the process that TestDemoKilled starts and kills.
// It ends with its standard input, so that it does not outlive the test.
func TestDemoVictim(t *testing.T) {
	dir := os.Getenv(demoVictimEnv)
	if dir == "" {
		t.Skip("only for TestDemoKilled, which starts it as a process of its own")
	}
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(3)
	}()
	if err := run(context.Background(), []string{"demo", "--dir", dir}, func(string) string { return "" }, strings.NewReader(""), os.Stdout, os.Stderr); err != nil {
		t.Fatal(err)
	}
}

// TestDemoKilled kills the demo at several places, starts it again each time in
// the same directory, and has the same totals in the end.
func TestDemoKilled(t *testing.T) {
	dir := enterable(t)
	places := []string{"WARMM/karin person import", "── Openen en berekenen", "BREDA/nel trajectory judge", "METAAL/dora --yes run approve", "UDEN/ria claim grant", "HELMOND/tom statement approve",
		"WERK/anja explain", "WERK-2026-10-4-pain.001.xml", "GEM/eva control confirm"}
	if testing.Short() {
		places = places[1:2]
	}
	for _, place := range append(slices.Clone(places), "") {
		playDemoUntil(t, dir, place)
	}
	written, err := os.ReadFile(filepath.Join(dir, "totals.json"))
	if err != nil {
		t.Fatal(err)
	}
	demoTotalsAre(t, "after kills", written)
}

// playDemoUntil plays the demo as a process of its own and kills it when it
// prints the words; without words it plays to the end.
func playDemoUntil(t *testing.T, dir, words string) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, self, "-test.run=^TestDemoVictim$", "-test.timeout=6m")
	cmd.Env = append(crashEnviron(), demoVictimEnv+"="+dir)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	defer stdin.Close()
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	killed := false
	lines := bufio.NewScanner(stdout)
	for lines.Scan() {
		if words != "" && strings.Contains(lines.Text(), words) {
			killed = true
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			break
		}
	}
	_, _ = io.Copy(io.Discard, stdout)
	if err := cmd.Wait(); killed != (err != nil) || killed != (words != "") {
		t.Fatalf("the demo that was to be killed at %q: killed %t, and it ended with %v\n%s", words, killed, err, errs.String())
	}
}
