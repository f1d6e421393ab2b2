package payroll

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"verloning/payroll/calendar"
	"verloning/payroll/euro"
)

// TestExecution: the day that is asked for stays where the bank can keep it, and what moves
// says why.
func TestExecution(t *testing.T) {
	terms := BankTerms{Format: Pain09, CutOff: 15 * 60}
	for _, c := range []struct{ due, now, want string }{
		{"2026-10-30", "2026-10-28T09:00:00", "2026-10-30"},
		{"2026-10-31", "2026-10-28T09:00:00", "2026-11-02 payment/no_target_day"},                   // a Saturday
		{"2026-04-03", "2026-03-30T09:00:00", "2026-04-07 payment/no_target_day"},                   // Good Friday
		{"2026-12-25", "2026-12-21T09:00:00", "2026-12-28 payment/no_target_day"},                   // and a Saturday and Sunday after it
		{"2026-10-28", "2026-10-28T15:00:59", "2026-10-28"},                                         // the last second of the last minute
		{"2026-10-28", "2026-10-28T15:01:00", "2026-10-29 payment/after_cut_off"},                   //
		{"2026-10-30", "2026-10-30T16:00:00", "2026-11-02 payment/after_cut_off"},                   // a Friday
		{"2026-10-30", "2026-11-27T09:00:00", "2026-11-27 payment/date_past"},                       //
		{"2026-10-30", "2026-11-27T19:00:00", "2026-11-30 payment/date_past payment/after_cut_off"}, //
		{"2026-10-30", "2026-11-28T19:00:00", "2026-11-30 payment/date_past payment/no_target_day"}, // a Saturday has no cut-off
		{"2026-10-29", "2026-10-28T23:59:59", "2026-10-29"},                                         // tomorrow is not too late for tomorrow
		{"2007-04-30", "2026-05-01T09:00:00", "2026-05-04 payment/date_past payment/no_target_day"}, //
	} {
		var now calendar.Moment
		if err := now.UnmarshalText([]byte(c.now)); err != nil {
			t.Fatal(err)
		}
		day, why := terms.execution(calendar.MustParse(c.due), now)
		got := []string{day.String()}
		for _, p := range why {
			got = append(got, p.Type)
			if p.Detail.NL == "" || p.Detail.EN == "" {
				t.Errorf("%s says nothing", p.Type)
			}
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("due %s, handed in %s: %s, want %s", c.due, c.now, got, c.want)
		}
	}
}

// TestPlan draws payments: each is in the file once, on a day that TARGET is open, wages apart
// from all else, and the same payments in any order make the same file.
func TestPlan(t *testing.T) {
	kinds := []PaymentKind{WagePayment, GarnishPayment, SubsidyPayment, FeePayment, PremiumPayment}
	rapid.Check(t, func(t *rapid.T) {
		count := rapid.IntRange(0, 30).Draw(t, "payments")
		due := make([]DuePayment, count)
		sum := euro.Zero
		for i := range due {
			cents := rapid.Int64Range(1, 100_000).Draw(t, "cents")
			due[i] = DuePayment{Attempt: rapid.IntRange(1, 3).Draw(t, "attempt"), Payment: Payment{ID: DeriveID(fmt.Sprint("p", i)), Kind: rapid.SampledFrom(kinds).Draw(t, "kind"),
				Debtor: rapid.SampledFrom([]IBAN{"NL91ABNA0417164300", "NL20INGB0001234567"}).Draw(t, "debtor"), Amount: euro.Cents(cents),
				PayDate: calendar.MustParse("2026-10-20").Add(rapid.IntRange(0, 20).Draw(t, "day"))}}
			sum = sum.Add(due[i].Amount)
		}
		f := BankFile{Terms: DefaultBankTerms, MessageID: "M", Made: calendar.Moment{Day: calendar.MustParse("2026-10-28")}}
		again := f
		moved := f.plan(slices.Clone(due))
		seen, kindOf := map[string]bool{}, map[uuid.UUID]PaymentKind{}
		for _, p := range due {
			kindOf[p.ID] = p.Kind
		}
		for i, b := range f.Batches {
			if b.Number != i+1 || b.ID != fmt.Sprintf("M-%d", i+1) || !b.Execution.TARGETDay() || b.Execution.Before(f.Made.Day) || len(b.Lines) == 0 {
				t.Fatalf("batch %+v", b)
			}
			for _, l := range b.Lines {
				if (kindOf[l.Payment] == WagePayment) != b.Salary || seen[l.EndToEnd] || len(l.EndToEnd) > 35 {
					t.Fatalf("line %+v in batch %+v", l, b)
				}
				seen[l.EndToEnd] = true
			}
		}
		if f.Payments() != count || !f.Total().Equal(sum) {
			t.Fatalf("%d payments of %s, want %d of %s", f.Payments(), f.Total(), count, sum)
		}
		for _, m := range moved {
			if m.PayDate == m.Execution || m.Payments == 0 || len(m.Reasons) == 0 {
				t.Fatalf("moved without a word: %+v", m)
			}
		}
		again.plan(rapid.Permutation(due).Draw(t, "order"))
		if fmt.Sprint(again.Batches) != fmt.Sprint(f.Batches) {
			t.Fatalf("in another order it is another file")
		}
	})
}

// What was tried before is named apart from what is tried now.
func TestAttempts(t *testing.T) {
	p := Payment{ID: DeriveID("p")}
	if AttemptID(p.ID, 1) != p.ID || AttemptID(p.ID, 2) == p.ID || AttemptID(p.ID, 2) == AttemptID(p.ID, 3) {
		t.Error("attempts are not named")
	}
}
