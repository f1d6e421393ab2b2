package main

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"verloning/cmd/verloning/internal/bus"
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
	"verloning/subsidy"
)

// plantedMonths are those that something is planted in.
var plantedMonths = []string{"2007-01", "2021-10", "2026-10"}

// planted is what is to be found in them, of each contract or source.
const planted = `C-10 money not_settled 1121.76
C-11 basis loonwaarde_expired 1121.76
C-12 funding funding_above_wage_cost 920.03
C-13 money figure_changed -280.44
C-13 money figure_changed 280.44
C-14 money unexplained 100.00
C-15 funding subsidy_above_wage_cost 420.03
C-16 money returned 1121.76
C-2 money missing_hours 1121.76
C-21 money carried_over -1079.97
C-22 money old_iban 1121.76
C-3 money ended 542.79
C-3 money hours_after_end -542.79
C-31 money vat -361.00
C-32 money wage_cost -108.65
C-33 money sickness 281.05
C-4 money loonwaarde_changed -560.88
C-4 money loonwaarde_changed 560.88
C-41 money not_claimed 1121.76
C-5 money cap 1121.76
C-51 money rounding 0.01
C-6 money refused 1121.76
C-7 money partly_granted 121.76
C-8 money not_granted 1121.76
C-9 money not_paid 1121.76
X-12 basis duplicate 841.32
X-12 money not_granted 500.00
X-12 money over_budget 621.76`

// scene is a municipality with five employers: one by the month, one whose persons
// are on another's payroll too, one of years ago, one that is late and one that pays
// by four weeks.
type scene struct {
	office
	x, y, z, f office
	treasurer  map[string]*bus.Client // by employer
	third      *bus.Client            // of the municipality
	back       map[string]bankMove    // how a payment of a contract would come back
	moves      int                    // that the bank told
}

func (o office) reconcilesMonth(t *testing.T) {
	s := &scene{office: o, x: o.contractor("R-X"), y: o.contractor("R-Y"), z: o.contractor("R-Z"), f: o.contractor("R-F"),
		treasurer: map[string]*bus.Client{}, back: map[string]bankMove{}}
	for _, at := range []office{o, s.x, s.y, s.z, s.f} {
		s.treasurer[at.e] = o.user(at.e, "treasurer", "control", "read")
	}
	s.third = o.user(o.m, "third", "control", "approve")
	s.works()
	s.pays()
	s.changes()
	got := s.found(o.control)
	if text := strings.Join(got, "\n"); text != planted {
		t.Errorf("got:\n%s\nwant:\n%s", text, planted)
	}
	for _, class := range subsidy.Classes {
		if !slices.ContainsFunc(got, func(line string) bool { return strings.Fields(line)[2] == string(class) }) {
			t.Errorf("%s is not planted", class)
		}
	}
	s.sums(t)
	s.seesOwnSide(t, got)
	s.acts(t)
	// What was claimed back is owed by the employer and is back in the budget.
	if got := words(o.balance(o.chief, "GemTerugTeVorderenSubsidie"), o.balance(s.treasurer[o.e], "BSchOpa")); got != "1340.06 -1340.06" {
		t.Errorf("claimed back: %s", got)
	}
	o.must(o.chief, "budget.underuse", map[string]any{}) // which adds up, or fails
	for _, c := range []*bus.Client{o.chief, s.treasurer[o.e], s.treasurer[s.x.e]} {
		if got := o.must(c, "ledger.verify", map[string]any{}); got["fault"] != nil {
			t.Errorf("the ledger does not hold: %s", pretty(got))
		}
	}
}

// sums: the lines of each source and line of the annual account sum to its totals, and
// the differences in money to their gap.
func (s *scene) sums(t *testing.T) {
	endpoints := map[string]bool{}
	for _, op := range (&service{desk: s.hands(3).desk}).surface() {
		endpoints[op.noun+"."+op.verb] = true
	}
	for _, month := range plantedMonths {
		asked := map[string]any{"period": month}
		listed, shown := s.must(s.control, "reconcile.differences", asked), s.must(s.control, "reconcile.show", asked)
		lines, totals := map[string]euro.Amount{}, map[string]euro.Amount{}
		add := func(to map[string]euro.Amount, list any) {
			for _, one := range list.([]any) {
				one := one.(map[string]any)
				for _, stage := range []string{"decided", "wage_cost", "claimed", "granted", "ordered", "paid", "received", "gap"} {
					key := words(one["source"], one["taakveld"], one["sisa"], stage)
					to[key] = to[key].Add(euro.MustParse(fmt.Sprint(one[stage])))
				}
			}
		}
		add(lines, shown["lines"])
		add(totals, shown["totals"])
		if diff := cmp.Diff(totals, lines); diff != "" || len(lines) == 0 {
			t.Errorf("%s: totals, lines: %s", month, diff)
		}
		gap := euro.Zero
		for _, d := range listed["differences"].([]any) {
			d := d.(map[string]any)
			if d["check"] == "money" {
				gap = gap.Add(euro.MustParse(fmt.Sprint(d["amount"])))
			}
			if !endpoints[fmt.Sprint(d["proposal"].(map[string]any)["endpoint"])] || d["article"] == nil || d["cause"] == nil || d["actor"] == nil {
				t.Errorf("it says too little: %s", pretty(d))
			}
		}
		if got := words(listed["gap"], shown["gap"]); got != words(gap, gap) {
			t.Errorf("%s: the differences sum to %s, and the gap is %s", month, gap, got)
		}
	}
}

// seesOwnSide: an employer sees the differences of its own contracts, and nothing of
// another's or of the municipality's budget.
func (s *scene) seesOwnSide(t *testing.T, all []string) {
	theirs := map[string]string{"X-12": s.x.e, "C-21": s.x.e, "C-22": s.x.e, "C-31": s.y.e, "C-32": s.y.e, "C-33": s.y.e, "C-41": s.z.e, "C-51": s.f.e}
	for _, at := range []office{s.office, s.x, s.y, s.z, s.f} {
		var want []string
		for _, line := range all {
			contract := strings.Fields(line)[0]
			if employer, other := theirs[contract]; (employer == at.e || !other && at.e == s.e) && contract != "X-12" {
				want = append(want, line)
			}
		}
		if at.e == s.x.e {
			want = append(want, "X-12 money not_granted 1121.76") // another's claim and the budget are not theirs to see
		}
		if got := s.found(s.treasurer[at.e]); !slices.Equal(got, want) {
			t.Errorf("%s sees %v, want %v", at.e, got, want)
		}
	}
	if got := s.found(s.user(s.under(t).office("R-N", "R-O").m, "reader", "read")); len(got) > 0 {
		t.Errorf("another municipality sees %v", got)
	}
}

// acts does what the differences propose, until nothing is left: what is to be done
// elsewhere first, and then what a booking deals with.
func (s *scene) acts(t *testing.T) {
	did := map[string]bool{}
	for round := 0; ; round++ {
		var open, book []map[string]any
		for _, month := range plantedMonths {
			for _, d := range s.must(s.control, "reconcile.differences", map[string]any{"period": month})["differences"].([]any) {
				if d := d.(map[string]any); d["proposal"].(map[string]any)["books"] == true {
					book = append(book, d)
				} else {
					open = append(open, d)
				}
			}
		}
		switch {
		case len(open)+len(book) == 0:
			return
		case round > 8:
			t.Fatalf("never done: %s", pretty(append(open, book...)))
		case len(open) > 0:
			for _, d := range open {
				if key := words(d["difference"], d["amount"]); !did[key] {
					did[key] = true
					s.act(fmt.Sprint(d["class"]), fmt.Sprint(d["contract"]), fmt.Sprint(d["employer"]))
				}
			}
		default:
			for _, d := range book {
				s.booksOne(d)
			}
		}
	}
}

// act does what a difference of a contract proposes that no booking can deal with.
func (s *scene) act(class, contract, employer string) {
	s.t.Helper()
	at := map[string]office{s.e: s.office, s.x.e: s.x, s.y.e: s.y, s.z.e: s.z, s.f.e: s.f}[employer]
	switch class {
	case "not_claimed":
		at.pay("2026-10")
		s.has(2026, "BUIG", "granted", "1121.76")
	case "not_granted", "over_budget":
		verdict := at.yes(contract)
		if contract == "X-12" {
			verdict = with(verdict, map[string]any{"verdict": "refused", "reason": "dubbel"})
		}
		if at.inMonth(contract, "2026-10", "status") == "raised" {
			at.decides("2026-10", verdict)
		}
	case "returned", "old_iban":
		if class == "returned" {
			s.must(s.treasurer[employer], "org.amend", map[string]any{"iban": "NL39RABO0300065264"})
		} else if got := s.told(s.third, camt("08", "NL20INGB0001234567", "S3", s.back[contract])); got != "1 0 1 0 0" {
			s.t.Errorf("it comes back: %s", got)
		}
		s.confirms(s.user(employer, "second", "control"))
		s.exports()
		at.moved(s.treasurer[employer], at.claim(contract, "2026-10"))
	case "not_paid":
		s.exports()
		at.moved(s.treasurer[employer], at.claim(contract, "2026-10"))
	case "not_settled":
		at.moved(s.treasurer[employer], at.claim(contract, "2026-10"))
	case "unexplained":
		s.tampers(contract, "-100.00")
	default:
		s.t.Errorf("nobody knows what to do about %s", class)
	}
}

// found lists the differences of the planted months.
func (s *scene) found(c *bus.Client) []string {
	s.t.Helper()
	var list []string
	for _, month := range plantedMonths {
		list = append(list, s.differences(c, map[string]any{"period": month})...)
	}
	slices.Sort(list)
	return list
}

// employs registers a person with contract and decision under numbers of their own.
func (o office) employs(n int, number string, contract, decision map[string]any) {
	o.t.Helper()
	o.person(n)
	o.must(o.clerk, "contract.register", with(with(o.contract(n), map[string]any{"number": number}), contract))
	o.must(o.control, "decision.record", with(with(o.decision(n), map[string]any{"number": "D-" + number, "contract": number}), decision))
}

// since lets contract or decision begin on a day.
func since(field, day string) map[string]any { return map[string]any{field: day} }

// works hires everybody, hands their hours in and pays them.
func (s *scene) works() {
	s.t.Helper()
	for n := 1; n <= 16; n++ {
		s.employs(n, fmt.Sprintf("C-%d", n), nil, nil)
	}
	s.must(s.control, "loonwaarde.record", map[string]any{"employer": s.e, "contract": "C-11", "valid_from": "2026-07-02", "percent": 60, "measured_by": "UWV",
		"includes_holiday_allowance": true, "review_due": "2026-09-01"})
	for n := 1; n <= 16; n++ {
		if n != 2 && n != 5 {
			s.work(fmt.Sprintf("C-%d", n), "8.00", weekdays("2026-10")...)
		}
	}
	s.submitDays("C-5", "unpaid_absence", "6.40", "2026-10-01", "2026-10-31")
	s.pay("2026-10")
	s.x.employs(12, "X-12", since("start", "2026-10-01"), since("from", "2026-10-01"))
	s.x.employs(21, "C-21", since("start", "2026-09-01"), since("from", "2026-09-01"))
	s.x.employs(22, "C-22", since("start", "2026-10-01"), since("from", "2026-10-01"))
	s.x.pay("2026-09")
	for _, contract := range []string{"X-12", "C-21", "C-22"} {
		s.x.work(contract, "8.00", weekdays("2026-10")...)
	}
	s.x.pay("2026-10")
	s.z.employs(41, "C-41", since("start", "2026-10-01"), since("from", "2026-10-01"))
	s.z.work("C-41", "8.00", weekdays("2026-10")...)
	s.f.employs(51, "C-51", since("start", "2026-09-07"), map[string]any{"from": "2026-09-07", "loonwaarde": 41})
	s.f.submitDays("C-51", "worked", "6.40", "2026-09-07", "2026-11-01")
	for period, end := range map[string]string{"2026-P10": "2026-10-04", "2026-P11": "2026-11-01"} {
		run := s.must(s.f.clerk, "run.open", map[string]any{"period": period, "pay_date": end})["run"].(string)
		s.calculate(s.f.clerk, run)
		s.f.approve(run)
	}
	s.worksBefore()
}

// worksBefore is of years ago: a fee with VAT, a share of a wage cost, and sickness
// when that still stopped the subsidy.
func (s *scene) worksBefore() {
	s.t.Helper()
	for n, scheme := range map[int]string{31: "uden-warmm", 32: "oss-werkende-weg"} {
		s.y.adult(n)
		number := fmt.Sprintf("C-%d", n)
		s.must(s.y.clerk, "contract.register", with(s.y.contract(n), map[string]any{"scheme": scheme, "start": "2007-01-01", "end": "2007-12-31", "open_ended": false}))
		s.must(s.control, "decision.record", map[string]any{"number": "D-" + number, "employer": s.y.e, "contract": number, "document": "agreement",
			"granted": "2007-01-01", "from": "2007-01-01", "to": "2007-12-31", "hours_per_week": "32", "budget": "W"})
	}
	s.y.submitDays("C-31", "worked", "6.40", "2007-01-01", "2007-01-31")
	s.y.submitDays("C-32", "worked", "7.00", "2007-01-01", "2007-01-31")
	s.y.pay("2007-01")
	s.y.employs(33, "C-33", map[string]any{"start": "2021-10-01", "end": "2021-10-31", "open_ended": false}, map[string]any{"granted": "2021-10-01", "from": "2021-10-01", "to": nil})
	s.y.submitDays("C-33", "worked", "6.40", "2021-10-01", "2021-10-15")
	s.y.submitDays("C-33", "sick", "6.40", "2021-10-16", "2021-10-31")
	s.y.pay("2021-10")
}

// submitDays hands in the same hours for each workday.
func (o office) submitDays(contract, kind, hours, from, to string) {
	o.t.Helper()
	var list []any
	last := calendar.MustParse(to)
	for day := calendar.MustParse(from); !day.After(last); day = day.Add(1) {
		if day.Weekday() != 0 && day.Weekday() != 6 {
			list = append(list, map[string]any{"contract": contract, "day": day.String(), "kind": kind, "hours": hours})
		}
	}
	o.submit(o.clerk, uuid.NewString(), list)
}

// decides lets two people of the municipality decide on claims of a month.
func (o office) decides(period string, claims ...map[string]any) {
	o.t.Helper()
	var list []any
	for _, c := range claims {
		list = append(list, c)
	}
	batch := o.must(o.control, "claim.grant", map[string]any{"employer": o.e, "period": period, "claims": list})
	o.must(o.chief, "claim.approve", map[string]any{"batch": batch["batch"], "hash": batch["hash"]})
}

// yes grants the claim of a contract in October.
func (o office) yes(contract string) map[string]any {
	o.t.Helper()
	return map[string]any{"claim": o.claim(contract, "2026-10"), "verdict": "granted"}
}

// pays grants most, and lets the bank move it: one payment is not told by who
// receives it, one comes back, and one is granted too late for the file.
func (s *scene) pays() {
	s.t.Helper()
	var first []map[string]any
	for _, n := range []int{1, 3, 4, 10, 11, 12, 13, 14, 15, 16} {
		first = append(first, s.yes(fmt.Sprintf("C-%d", n)))
	}
	s.decides("2026-10", append(first, map[string]any{"claim": s.claim("C-6", "2026-10"), "verdict": "refused", "reason": "geen werkplek"},
		map[string]any{"claim": s.claim("C-7", "2026-10"), "verdict": "partly", "amount": "1000.00", "reason": "te laat"})...)
	s.x.decides("2026-10", s.x.yes("C-21"), s.x.yes("C-22"))
	for _, period := range []string{"2026-P10", "2026-P11"} {
		s.f.grant(period)
	}
	for _, period := range []string{"2007-01", "2021-10"} {
		s.y.grant(period)
	}
	s.confirms(s.third)
	s.exports()
	if got := s.told(s.third, camt("02", "NL20INGB0001234567", "S2", s.back["C-16"])); got != "1 0 1 0 0" {
		s.t.Fatalf("returned: %s", got)
	}
	for _, n := range []int{1, 3, 4, 7, 11, 12, 13, 14, 15} {
		s.moved(s.treasurer[s.e], s.claim(fmt.Sprintf("C-%d", n), "2026-10"))
	}
	s.moved(s.treasurer[s.x.e], s.x.claim("C-21", "2026-10"))
	for period, at := range map[string]office{"2026-P10": s.f, "2026-P11": s.f, "2007-01": s.y, "2021-10": s.y} {
		s.must(s.treasurer[at.e], "claim.settle", map[string]any{"all": true, "period": period, "day": "2026-11-05", "reference": "afschrift 1"})
	}
	s.decides("2026-10", s.yes("C-9"))
}

// orders are the payments in a bank file.
var orders = regexp.MustCompile(`(?s)<EndToEndId>([^<]+)<.*?<InstdAmt Ccy="EUR">([^<]+)<`)

// exports puts into a file what is to be paid, if anything is, and lets the bank pay
// it; it keeps how each payment would come back.
func (s *scene) exports() {
	s.t.Helper()
	if due := s.must(s.control, "payment.due", map[string]any{}); due["payments"] == 0.0 {
		return
	}
	contracts := map[string]string{}
	for _, p := range s.must(s.control, "payment.list", map[string]any{})["payments"].([]any) {
		p := p.(map[string]any)
		contracts[fmt.Sprint(p["end_to_end"])] = fmt.Sprint(p["contract"])
	}
	var out []bankMove
	for _, order := range orders.FindAllStringSubmatch(s.bankFile(s.chief, s.must(s.chief, "payment.export", map[string]any{})["file"]), -1) {
		s.moves++
		out = append(out, bankMove{ref: fmt.Sprint("D", s.moves), sign: "DBIT", amount: order[2], day: "2026-11-02", name: order[1]})
		s.back[contracts[order[1]]] = bankMove{ref: fmt.Sprint("R", s.moves), sign: "CRDT", amount: order[2], day: "2026-11-04", name: order[1], reason: "AC04"}
	}
	got := s.told(s.third, camt("08", "NL20INGB0001234567", fmt.Sprint("S-", s.moves), out...))
	if want := fmt.Sprintf("%d %d 0 0 0", len(out), len(out)); got != want || len(out) == 0 {
		s.t.Fatalf("debited: %s, want %s", got, want)
	}
}

// moved lets one side say that the money of a claim moved.
func (o office) moved(c *bus.Client, claim string) {
	o.t.Helper()
	o.must(c, "claim.settle", map[string]any{"claims": []string{claim}, "day": "2026-11-05", "reference": "afschrift 1"})
}

// changes is what becomes known when all was granted and paid.
func (s *scene) changes() {
	s.t.Helper()
	s.must(s.clerk, "contract.end", map[string]any{"number": "C-3", "end": "2026-10-16", "reason": "ander werk"})
	s.must(s.control, "loonwaarde.record", map[string]any{"employer": s.e, "contract": "C-4", "valid_from": "2026-10-01", "percent": 80, "measured_by": "UWV", "includes_holiday_allowance": true})
	s.must(s.control, "decision.record", with(s.decision(13), map[string]any{"number": "D-C-13", "valid_from": "2026-10-01", "hours_per_week": "24", "loonwaarde": nil}))
	money := map[string]any{"employer": s.e, "contract": "C-12", "kind": "LKV", "period": "2026-10", "amount": "2000.00", "reference": "R-1"}
	s.must(s.control, "othermoney.record", money)
	s.must(s.control, "othermoney.record", with(money, map[string]any{"contract": "C-15", "kind": "sick_pay", "amount": "1500.00"}))
	s.must(s.treasurer[s.x.e], "org.amend", map[string]any{"iban": "NL86INGB0002445588"})
	s.tampers("C-14", "100.00")
	spent := s.budget(2026, "BUIG", "spent")
	s.has(2026, "BUIG", "granted", fmt.Sprint(sumOf(s.t.(*testing.T), spent, "1121.76", "500.00")))
}

// tampers changes what was expected of October as nobody can who is no owner of the
// database: no fact explains it.
func (s *scene) tampers(contract, more string) {
	s.t.Helper()
	conn := s.sql()
	for _, statement := range []string{"SET session_replication_role = replica", `UPDATE forecast SET amount = amount + ` + more + ` WHERE month = '2026-10-01' AND decision =
		(SELECT d.id FROM decision d JOIN organisation m ON m.id = d.municipality WHERE d.number = 'D-` + contract + `' AND m.code = '` + s.m + `')`} {
		if _, err := conn.Exec(context.Background(), statement); err != nil {
			s.t.Fatal(err)
		}
	}
}
