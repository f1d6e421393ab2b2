package main

import (
	"encoding/csv"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"verloning/payroll/euro"
)

// sumOf adds up a member of the payslips of a run, as people see them.
func (o office) sumOf(run string, of func(slip map[string]any) euro.Amount, contracts ...string) (sum euro.Amount) {
	o.t.Helper()
	for _, c := range contracts {
		sum = sum.Add(of(o.must(o.clerk, "payslip.show", map[string]any{"run": run, "contract": c})))
	}
	return sum
}

// figure reads an amount of a payslip, or of its charges.
func figure(slip map[string]any, name string) euro.Amount {
	if v, is := slip[name]; is {
		return euro.MustParse(fmt.Sprint(v))
	}
	return euro.MustParse(fmt.Sprint(slip["employer_charges"].(map[string]any)[name]))
}

// element finds an element of the collective part: euros, exact, rounding.
func (o office) element(period, name string) (found [3]string) {
	o.t.Helper()
	for _, e := range o.must(o.boss, "return.show", map[string]any{"period": period})["CollectieveAangifte"].([]any) {
		if m := e.(map[string]any); m["element"] == name {
			return [3]string{fmt.Sprint(m["euros"]), fmt.Sprint(m["exact"]), fmt.Sprint(m["rounding"])}
		}
	}
	o.t.Fatalf("no element %s", name)
	return found
}

// stands is what an account stands at.
func (o office) stands(account string, cutoff map[string]any) string {
	o.t.Helper()
	for _, b := range o.must(o.boss, "ledger.balances", cutoff)["balances"].([]any) {
		if m := b.(map[string]any); m["account"] == account {
			return fmt.Sprint(m["amount"])
		}
	}
	return "0.00"
}

// TestReturn makes the return of a month, corrects it, remits it and holds the year
// against payslips and ledger.
func TestReturn(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	o := s.office("E", "M")
	o.must(o.clerk, "employer.record", map[string]any{"valid_from": "2026-01-01", "aof": "low", "whk_percentage": "1.11", "whk_year": 2026, "whk_reference": "W"})
	o.must(o.clerk, "pension.record", map[string]any{"valid_from": "2026-01-01", "name": "Fonds", "franchise": "0", "employee_percentage": "5.5", "employer_percentage": "11"})
	o.hire(1)
	o.hire(2)
	if got := o.refused(o.clerk, "return.make", map[string]any{"period": "2026-09"}); got != "return/empty" {
		t.Errorf("a return of nothing: %s", got)
	}
	o.work("C-1", "8.00", weekdays("2026-09")...)
	o.work("C-2", "7.30", weekdays("2026-09")...)
	run := o.pay("2026-09")
	made := o.must(o.clerk, "return.make", map[string]any{"period": "2026-09"})
	both := []string{"C-1", "C-2"}
	for element, of := range map[string]func(map[string]any) euro.Amount{
		"TotLnLbPh":       func(p map[string]any) euro.Amount { return figure(p, "gross").Sub(figure(p, "pension_employee")) },
		"TotLnSV":         func(p map[string]any) euro.Amount { return figure(p, "gross").Sub(figure(p, "pension_employee")) },
		"TotPrlnAofAnwLg": func(p map[string]any) euro.Amount { return figure(p, "gross").Sub(figure(p, "pension_employee")) },
		"IngLbPh":         func(p map[string]any) euro.Amount { return figure(p, "wage_tax") },
		"TotPrAofLg":      func(p map[string]any) euro.Amount { return figure(p, "aof") },
		"TotOpslWko":      func(p map[string]any) euro.Amount { return figure(p, "wko") },
		"TotPrGediffWhk":  func(p map[string]any) euro.Amount { return figure(p, "whk") },
		"TotPrAwfLg":      func(p map[string]any) euro.Amount { return figure(p, "awf") },
		"TotWghZvw":       func(p map[string]any) euro.Amount { return figure(p, "zvw") },
	} {
		want, got := o.sumOf(run, of, both...), o.element("2026-09", element)
		whole, _, _ := strings.Cut(want.String(), ".")
		if got != [3]string{whole, want.String(), want.Sub(euro.MustParse(whole)).String()} || want.Sign() <= 0 {
			t.Errorf("%s: %v, the payslips come to %s", element, got, want)
		}
	}
	if got := o.element("2026-09", "TotPrAwfHg"); got != [3]string{"0", "0.00", "0.00"} {
		t.Errorf("the high AWf of nobody: %v", got)
	}
	pay := o.element("2026-09", "TotTeBet")
	if owed := o.stands("BSchBepLhe", map[string]any{"on": "2026-09-30"}); owed != "-"+pay[1] || made["to_pay"] != pay[0]+".00" || made["rounding"] != pay[2] {
		t.Errorf("the ledger owes %s, the return says %v, the reply %s", owed, pay, pretty(made))
	}
	if words(made["sequence"], made["lines"], made["changed"], made["due_by"]) != "1 2 2 2026-10-31" {
		t.Errorf("made: %s", pretty(made))
	}
	o.names(t)
	if got := o.refused(o.boss, "return.make", map[string]any{"period": "2026-09"}); got != "return/unchanged" {
		t.Errorf("made again: %s", got)
	}
	o.corrects(t, pay[0])
	o.remits(t)
	o.year(t)
	if got := o.must(o.boss, "ledger.verify", map[string]any{}); got["fault"] != nil || words(got["postings"]) != "4" {
		t.Errorf("the ledger: %s", pretty(got))
	}
	unknown := s.office("U", "N")
	unknown.hire(4)
	unknown.work("C-4", "8.00", "2026-09-01")
	unknown.pay("2026-09")
	if got := o.refused(unknown.clerk, "return.make", map[string]any{"period": "2026-09"}); got != "return/charges_unknown" {
		t.Errorf("a return whose charges nobody knows: %s", got)
	}
	o.events(o.clerk, "claim.raised contract.registered decision.recorded hours.accepted payment.ordered return.corrected return.made run.approved run.calculated")
}

// names reads who is in the return: with the BSN there, and nowhere else.
func (o office) names(t *testing.T) {
	lines := o.must(o.clerk, "return.lines", map[string]any{"period": "2026-09", "limit": 1})["InkomstenverhoudingInitieel"].([]any)
	first := lines[0].(map[string]any)
	if len(lines) != 1 || words(first["PersNr"], first["NatuurlijkPersoon"].(map[string]any)["SofiNr"]) != words("P-1", bsnOf(1)) {
		t.Fatalf("the first line: %s", pretty(lines))
	}
	income := first["Inkomstenperiode"].(map[string]any)
	if got := words(income["IndSchriftArbov"], income["IndArbovOnbepTd"], income["IndOprov"], income["AantVerlU"], income["AantCtrcturenPWk"], first["DatAanv"]); got != "J J N 136 32 2026-07-01" {
		t.Errorf("codes: %s", got)
	}
	next := o.must(o.clerk, "return.lines", map[string]any{"period": "2026-09", "after": "P-1"})["InkomstenverhoudingInitieel"].([]any)
	if len(next) != 1 || next[0].(map[string]any)["PersNr"] != "P-2" {
		t.Errorf("the next page: %s", pretty(next))
	}
	if n := one[int](t, o.sqlOnce(), `SELECT count(*) FROM wage_return_line WHERE facts LIKE '%' || $1 || '%' OR facts LIKE '%Jan%'`, bsnOf(1)); n != 0 {
		t.Errorf("%d lines are kept with a BSN or a name to be read", n)
	}
	env := map[string]string{"VERLONING_DATA": o.dir, "VERLONING_AS": o.e + "/clerk"}
	out, note, err := cliRun(t, env, "return", "show", "2026-09", "--nominative", "--csv")
	rows, malformed := csv.NewReader(strings.NewReader(out)).ReadAll()
	if err != nil || malformed != nil || len(rows) != 3 || !slices.Contains(rows[0], "PrlnAwfAnwLg") || !strings.Contains(note, "XSD") {
		t.Errorf("as CSV: %s %s %v %v", out, note, err, malformed)
	}
	if got := o.refused(o.user(o.e, "lezer", "read"), "return.lines", map[string]any{"period": "2026-09"}); got != "user/role" {
		t.Errorf("somebody who only reads: %s", got)
	}
}

// corrects adds a payslip that is paid on a day of the month of which the return was
// made.
func (o office) corrects(t *testing.T, before string) {
	o.hire(3)
	o.work("C-3", "8.00", "2026-09-01", "2026-09-02")
	extra := fmt.Sprint(o.must(o.clerk, "run.open", map[string]any{"period": "2026-09", "pay_date": "2026-09-30", "person": "P-3"})["run"])
	o.calculate(o.clerk, extra)
	o.approve(extra)
	made := o.must(o.clerk, "return.make", map[string]any{"period": "2026-09"})
	due := euro.MustParse(fmt.Sprint(made["to_pay"])).Sub(euro.MustParse(before))
	if words(made["sequence"], made["lines"], made["changed"], made["due"]) != words("2 3 1", due) || due.Sign() <= 0 {
		t.Errorf("the correction: %s, before it %s", pretty(made), before)
	}
	first := o.must(o.boss, "return.show", map[string]any{"period": "2026-09", "sequence": 1})
	if words(first["lines"], first["due"]) != words("2", before+".00") {
		t.Errorf("the first, afterwards: %s", pretty(first))
	}
}

// remits orders and approves what is owed: whole euros, once, and by two people.
func (o office) remits(t *testing.T) {
	order := map[string]any{"kind": "tax", "period": "2026-09"}
	if got := o.refused(o.clerk, "remittance.order", order); sorted(got) != "remittance/no_account remittance/no_reference" {
		t.Errorf("without account and reference: %s", got)
	}
	terms := map[string]any{"kind": "tax", "valid_from": "2026-01-01", "number": "123456782L01", "iban": "NL86INGB0002445588", "name": "Belastingdienst"}
	both := o.user(o.e, "both", "submit", "approve")
	o.must(both, "remittance.record", terms)
	order["reference"] = "1234567890123456"
	if got := o.refused(o.clerk, "remittance.order", with(order, map[string]any{"pay_date": "2026-11-01"})); got != "remittance/late" {
		t.Errorf("after the last day: %s", got)
	}
	ordered := o.must(o.clerk, "remittance.order", order)
	approve := func() map[string]any {
		return map[string]any{"remittance": ordered["remittance"], "hash": ordered["hash"]}
	}
	if got := o.refused(both, "remittance.approve", approve()); got != "remittance/four_eyes_account" {
		t.Errorf("by who recorded the account: %s", got)
	}
	mine := o.must(o.boss, "remittance.order", order)
	if got := o.refused(o.boss, "remittance.approve", map[string]any{"remittance": mine["remittance"], "hash": mine["hash"]}); got != "remittance/four_eyes" {
		t.Errorf("by who ordered: %s", got)
	}
	if got := o.refused(o.boss, "remittance.approve", approve()); got != "remittance/overtaken" {
		t.Errorf("an order that another replaced: %s", got)
	}
	ordered = o.must(o.clerk, "remittance.order", order)
	o.must(o.boss, "remittance.approve", approve())
	if got := o.refused(o.boss, "remittance.approve", approve()); got != "remittance/approved" {
		t.Errorf("approved twice: %s", got)
	}
	if got := o.refused(o.clerk, "remittance.order", order); got != "remittance/nothing_due" {
		t.Errorf("ordered when all is: %s", got)
	}
	pay := o.element("2026-09", "TotTeBet")
	if got := o.payments("tax"); got != pay[0]+".00 2026-10-31" {
		t.Errorf("payments: %s, the return asks %v", got, pay)
	}
	due := pretty(o.must(o.boss, "payment.due", map[string]any{"until": "2026-12-31"}))
	if !strings.Contains(due, `"tax"`) && !strings.Contains(due, pay[0]+".00") {
		t.Errorf("what the bank is to be told: %s", due)
	}
	if got := o.stands("BSchBepLhe", map[string]any{}); got != "-"+pay[0]+".00" {
		t.Errorf("the ledger owes %s, the payment is of %s", got, pay[0])
	}
	if got := o.stands("WBedAlkOal", map[string]any{}); got != "-"+pay[2] {
		t.Errorf("rounding: %s, want -%s", got, pay[2])
	}
	o.must(both, "remittance.record", with(terms, map[string]any{"kind": "pension", "number": "F-1", "iban": "NL39RABO0300065264", "name": "Fonds"}))
	pension := map[string]any{"kind": "pension", "period": "2026-09"}
	if got := o.refused(o.clerk, "remittance.order", pension); got != "field/required" {
		t.Errorf("pension without a day: %s", got)
	}
	ordered = o.must(o.clerk, "remittance.order", with(pension, map[string]any{"pay_date": "2026-10-20", "reference": "F-1 2026"}))
	o.must(o.boss, "remittance.approve", approve())
	if got := o.stands("BSchSalPer", map[string]any{}); "-"+strings.Fields(o.payments("pension"))[0] != got {
		t.Errorf("pension: %s is ordered and the ledger owes %s", o.payments("pension"), got)
	}
}

// payments lists amount and day of the payments of a kind.
func (o office) payments(kind string) string {
	o.t.Helper()
	var list []string
	for _, p := range o.must(o.boss, "payment.list", map[string]any{})["payments"].([]any) {
		if m := p.(map[string]any); m["kind"] == kind {
			list = append(list, words(m["amount"], m["pay_date"]))
		}
	}
	return strings.Join(list, ", ")
}

// year holds the returns against payslips and ledger, before and after October's.
func (o office) year(t *testing.T) {
	o.work("C-1", "8.00", weekdays("2026-10")...)
	o.pay("2026-10")
	got := o.must(o.boss, "return.year", map[string]any{"year": 2026})
	if words(got["agrees"], got["missing"], got["returns"], got["payslips"]) != "false [2026-10] 1 6" {
		t.Errorf("without October's return: %s", pretty(got))
	}
	o.must(o.clerk, "return.make", map[string]any{"period": "2026-10"})
	got = o.must(o.boss, "return.year", map[string]any{"year": 2026})
	if words(got["agrees"], got["missing"]) != "true []" || len(got["figures"].([]any)) != 6 {
		t.Errorf("with it: %s", pretty(got))
	}
	env := map[string]string{"VERLONING_DATA": o.dir, "VERLONING_AS": o.e + "/boss"}
	if out, _, err := cliRun(t, env, "return", "year", "2026"); err != nil || !strings.Contains(out, "IngLbPh") {
		t.Errorf("return year: %s %v", out, err)
	}
}

// returns are one that was made of what A paid in August, which is locked after it, and
// an order that waits for its approval.
func (v victim) returns() {
	v.t.Helper()
	v.hire(6)
	v.submit(v.clerk, uuid.NewString(), lines("C-6", "8.00", "2026-08-03"))
	run := v.open("2026-08")
	v.calculate(v.clerk, run)
	v.approve(run)
	v.must(v.clerk, "return.make", map[string]any{"period": "2026-08"})
	v.must(v.clerk, "remittance.record", map[string]any{"kind": "tax", "valid_from": "2026-01-01", "number": "123456782L01", "iban": "NL86INGB0002445588", "name": "Dienst Goudsbloem"})
	ordered := v.must(v.clerk, "remittance.order", map[string]any{"kind": "tax", "period": "2026-08", "reference": "1234567890123456"})
	v.ids["remittance"], v.ids["remittancehash"] = fmt.Sprint(ordered["remittance"]), fmt.Sprint(ordered["hash"])
	v.must(v.clerk, "period.lock", map[string]any{"periods": []string{"2026-08"}, "reason": "Goudsbloem sloot augustus"})
}
