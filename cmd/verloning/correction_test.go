package main

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// lateFact is something that becomes known, at its time or later.
type lateFact struct {
	step  string
	entry map[string]any
	needs []int // the facts that it rests on
	slot  int   // it becomes known before the run of that number
}

// correctionMonths are the months that are run. In the last one nothing happens: it
// corrects what the one before it did not know.
var correctionMonths = []string{"2026-01", "2026-02", "2026-03", "2026-04", "2026-05"}

// correctionHistories is how many histories are played.
const correctionHistories = 4

// TestKnownLate is promise 7 on the real service: the same facts, known in time or
// in any order with runs in between, come to the same for every contract and period
// that they are about: lines of wage, accruals, leave and pension, claims, hire and
// their VAT. Nothing is corrected twice, and nothing of a person who is not
// concerned.
func TestKnownLate(t *testing.T) {
	t.Parallel()
	seed := uint64(20261127)
	if text := os.Getenv("VERLONING_SEED"); text != "" {
		n, err := strconv.ParseUint(text, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		seed = n
	}
	s := startSite(t, enterable(t))
	corrected := map[string]int{}
	for n := range uint64(correctionHistories) {
		t.Run(fmt.Sprintf("VERLONING_SEED=%d", seed+n), func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed+n, 7))
			facts := correctionFacts(r)
			late, intime := newStory(t, *s, int(2*n)), newStory(t, *s, int(2*n+1))
			over := n%2 == 1
			if over {
				for _, y := range []*story{late, intime} {
					y.must(y.clerk, "employer.choose", map[string]any{"year": 2026, "method": "over"})
				}
			}
			playMonths(intime, r, facts, func(lateFact) int { return 0 })
			late.marking, late.returning = !over, true
			playMonths(late, r, facts, func(f lateFact) int { return f.slot })
			if diff := cmp.Diff(intime.byOrigin(), late.byOrigin()); diff != "" {
				t.Errorf("known in time (-) and known late (+):\n%s\n%v", diff, facts)
			}
			if over {
				if diff := cmp.Diff(intime.enjoyed(), late.enjoyed()); diff != "" {
					t.Errorf("loon-over, known in time (-) and known late (+):\n%s\n%v", diff, facts)
				}
			}
			late.recomputed(facts, over)
			late.explained(over, corrected)
			late.countCorrections(corrected)
		})
	}
	for _, kind := range []string{"wage.worked", "holiday.accrued", "withheld.pension", "withheld.overpaid", "paid.leave", "subsidy", "hire", "loon-in", "loon-over", "herstel van een fout", "correctiebericht"} {
		if corrected[kind] == 0 {
			t.Errorf("nothing corrected %s: %v", kind, corrected)
		}
	}
}

// playMonths plays the months: before each run the facts of its slot become known, in
// any order that lets each rest on what it needs.
func playMonths(y *story, r *rand.Rand, facts []lateFact, slot func(lateFact) int) {
	for i, month := range correctionMonths {
		for _, j := range r.Perm(len(facts)) {
			becomeKnown(y, facts, j, i, slot)
		}
		y.mark(r, i)
		preview := y.must(y.clerk, "run.preview", map[string]any{"period": month, "contract": "C-1", "pay_date": month + "-28"})
		run := y.begin(month)
		y.finish(storyRun{month, run})
		y.wasPreviewed(run, preview)
		if y.returning {
			y.returned(correctionMonths[i : i+1]...)
		}
	}
}

// wasPreviewed holds a payslip against what was shown before the run was made.
func (y *story) wasPreviewed(run string, preview map[string]any) {
	y.t.Helper()
	of := func(reply map[string]any) string {
		text := fmt.Sprint(reply["gross"], " ", reply["net"])
		for _, l := range reply["lines"].([]any) {
			l := l.(map[string]any)
			text += fmt.Sprint("\n", l["kind"], " ", l["amount"], " of ", l["origin_period"])
		}
		return text
	}
	slip, err := y.call(y.clerk, "payslip.show", map[string]any{"run": run, "contract": "C-1"})
	if err != nil {
		slip = map[string]any{"gross": "0.00", "net": "0.00", "lines": []any{}}
	}
	if got, want := of(preview), of(slip); got != want {
		y.t.Errorf("previewed was\n%s\nand paid\n%s", got, want)
	}
}

// becomeKnown makes a fact known if its slot is this one, and first what it needs.
func becomeKnown(y *story, facts []lateFact, j, now int, slot func(lateFact) int) {
	f := facts[j]
	if slot(f) != now || y.told[j] {
		return
	}
	for _, needed := range f.needs {
		becomeKnown(y, facts, needed, now, slot)
	}
	if y.told == nil {
		y.told = map[int]bool{}
	}
	y.told[j] = true
	entry := maps.Clone(f.entry)
	if f.step == "hours" {
		y.hours(j, entry)
		return
	}
	y.must(y.ask(f.step, entry))
}

// correctionFacts draws a history.
func correctionFacts(r *rand.Rand) []lateFact {
	d := drawing{Rand: r, hoursOf: map[string][]int{}}
	p1 := d.add(0, "persons", map[string]any{"number": "P-1", "birth_date": "1996-03-01", "loonheffingskorting": true})
	p2 := d.add(0, "persons", map[string]any{"number": "P-2", "birth_date": "2006-02-14", "loonheffingskorting": true})
	p3 := d.add(0, "persons", map[string]any{"number": "P-3", "birth_date": "1990-01-01", "loonheffingskorting": true})
	for i, person := range []int{p1, p2, p3} {
		d.add(0, "annualwages", map[string]any{"person": fmt.Sprintf("P-%d", i+1), "year": 2025, "amount": modelSalary, "source": "jaaropgaaf"}, person)
	}
	one := d.add(0, "contracts", map[string]any{"number": "C-1", "person": "P-1", "start": "2025-11-01", "open_ended": true, "hours_per_week": "32", "full_time_hours": "40"}, p1)
	two := d.add(0, "contracts", map[string]any{"number": "C-2", "person": "P-2", "scheme": "generiek-detachering", "start": "2026-01-05", "end": "2026-04-30", "hours_per_week": "36", "full_time_hours": "36", "wage_factor": "1.10"}, p2)
	three := d.add(d.IntN(4), "contracts", map[string]any{"number": "C-3", "person": "P-3", "start": "2026-01-05", "open_ended": true, "hours_per_week": "24", "full_time_hours": "40"}, p3)
	d.add(d.IntN(5), "employer", map[string]any{"valid_from": "2026-01-01", "aof": "low", "whk_percentage": "1.52", "whk_year": 2026, "whk_reference": "W-1"})
	d.add(d.IntN(5), "pension", map[string]any{"valid_from": "2026-02-01", "name": "PF", "franchise": "10000.00", "employee_percentage": "4.00", "employer_percentage": "8.00"})
	d.decisions(one, two, three)
	d.months("C-1", one)
	d.months("C-2", two)
	d.months("C-3", three)
	d.add(d.IntN(5), "loonwaarden", map[string]any{"contract": "C-1", "percent": 40 + d.IntN(50), "valid_from": "2026-02-01", "measured_by": "M", "includes_holiday_allowance": false}, one)
	if d.IntN(2) == 0 {
		d.add(d.IntN(5), "end", map[string]any{"number": "C-1", "end": fmt.Sprintf("2026-0%d-15", 2+d.IntN(3)), "reason": "ander werk", "ended_by": "employee"}, d.hoursOf["C-1"]...)
	}
	d.add(d.IntN(5), "end", map[string]any{"number": "C-2", "end": "2026-04-10", "reason": "ander werk", "ended_by": "employer"}, append(d.hoursOf["C-2"], two)...)
	return d.facts
}

// months draws the hours of a contract, some of them corrected.
func (d *drawing) months(number string, contract int) {
	for m, month := range correctionMonths[:4] {
		if d.IntN(6) == 0 {
			continue
		}
		hours := d.add(m+d.IntN(3), "hours", d.hours(number, month, "8.00", 8+d.IntN(8)), contract)
		d.hoursOf[number] = append(d.hoursOf[number], hours)
		if d.IntN(3) == 0 {
			d.hoursOf[number] = append(d.hoursOf[number], d.add(d.IntN(5), "hours", d.hours(number, month, fmt.Sprintf("%d.00", d.IntN(3)*3), 8+d.IntN(6)), hours))
		}
	}
}

// drawing collects the facts of a history.
type drawing struct {
	*rand.Rand
	facts   []lateFact
	hoursOf map[string][]int // by contract
}

// add adds a fact, not before what it needs, and returns its number.
func (d *drawing) add(slot int, step string, entry map[string]any, needs ...int) int {
	slot = min(slot, len(correctionMonths)-1)
	for _, needed := range needs {
		slot = max(slot, d.facts[needed].slot)
	}
	d.facts = append(d.facts, lateFact{step, entry, needs, slot})
	return len(d.facts) - 1
}

func (d *drawing) decisions(contracts ...int) {
	for i, contract := range contracts {
		number := i + 1
		decided := d.add(d.IntN(5), "decisions", map[string]any{"number": fmt.Sprintf("D-%d", number), "contract": fmt.Sprintf("C-%d", number), "granted": "2026-01-01",
			"from": "2026-01-01", "to": "2027-12-31", "route": "loonwaarde", "loonwaarde": 50 + 10*i, "hours_per_week": "32", "budget": "BUIG"}, contract)
		if number == 2 {
			d.add(d.IntN(5), "placements", map[string]any{"contract": "C-2", "from": "2026-01-19"}, decided)
		}
	}
}

// hours are the same hours on working days of a month.
func (d *drawing) hours(contract, month, quantity string, days int) map[string]any {
	var list []string
	for day := 5; len(list) < days && day <= 28; day++ {
		list = append(list, strconv.Itoa(day))
	}
	return map[string]any{"contract": contract, "month": month, "hours": quantity, "days": strings.Join(list, " ")}
}

// byOrigin is what was approved of each contract, by the period that it is about.
func (y *story) byOrigin() []string {
	y.t.Helper()
	approved := `JOIN calculation k ON k.id = x.calculation AND k.status = 'approved' JOIN contract c ON c.id = x.contract JOIN organisation e ON e.id = c.employer WHERE e.code = $1`
	return column[string](y.t, y.conn, `
		SELECT c.number || ' ' || x.origin || ' ' || x.kind || ' ' || sum(x.quantity) || ' ' || sum(x.amount) FROM payslip_line x `+approved+`
		  AND (x.kind NOT LIKE 'withheld.%' OR x.kind = 'withheld.pension')
		GROUP BY c.number, x.origin, x.kind HAVING sum(x.amount) <> 0 OR sum(x.quantity) <> 0
		UNION ALL
		SELECT c.number || ' ' || coalesce(x.origin, x.period) || ' ' || x.rule || ' ' || sum(x.base) || ' ' || sum(x.charges) || ' ' || sum(x.amount) || ' ' || sum(x.vat) || ' ' || sum(x.wage_cost)
		FROM claim x `+approved+` GROUP BY c.number, coalesce(x.origin, x.period), x.rule
		HAVING sum(x.base) <> 0 OR sum(x.amount) <> 0 OR sum(x.wage_cost) <> 0
		UNION ALL
		SELECT c.number || ' leave ' || sum(x.leave_accrued) || ' ' || sum(x.leave_taken) || ' ' || sum(x.gross) || ' ' || sum(x.pension_employer) FROM payslip x `+approved+` GROUP BY c.number
		HAVING sum(x.leave_accrued) <> 0 OR sum(x.gross) <> 0
		ORDER BY 1`, y.e)
}

// countCorrections counts what was corrected, by kind.
func (y *story) countCorrections(seen map[string]int) {
	y.t.Helper()
	for _, kind := range column[string](y.t, y.conn, `
		SELECT x.kind FROM payslip_line x JOIN calculation k ON k.id = x.calculation AND k.status = 'approved' JOIN contract c ON c.id = x.contract
		JOIN organisation e ON e.id = c.employer WHERE e.code = $1 AND (x.origin < x.period OR x.kind = 'withheld.overpaid')
		UNION ALL
		SELECT x.kind FROM claim x JOIN calculation k ON k.id = x.calculation AND k.status = 'approved' JOIN contract c ON c.id = x.contract
		JOIN organisation e ON e.id = c.employer WHERE e.code = $1 AND x.origin IS NOT NULL`, y.e) {
		seen[kind]++
	}
}
