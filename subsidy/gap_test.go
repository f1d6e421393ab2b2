package subsidy_test

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"verloning/payroll/calendar"
	"verloning/payroll/euro"
	"verloning/subsidy"
)

// bonus is a file under the bonusbaan of Oss with a productivity from its first
// day on.
func bonus(t rapid.TB, contract, decision, productivity string) *stage {
	return &stage{schemeOf(t, "oss-bonusbaan"), subsidy.File{
		Contract: contractOf(t, contract), Birth: adult,
		Decisions: []subsidy.Decision{decisionOf(t, decision)}, Loonwaarden: loonwaardenOf(t, productivity),
	}}
}

// The bonus is (1 − productivity) × minimum wage × 1.08 × hours over the full
// week (schemes.md A2), by published minimum wages: 1,300.80 from January 2007,
// 1,317.00 from July, 1,284.60 in the second half of 2006.
func TestBonus(t *testing.T) {
	for _, c := range []struct{ month, week, decision, productivity, want, attention string }{
		{"2007-01", "40/40", "2007-01-01..2008-12-31", "2007-01-01 60", halfUp(product("1300.80 1.08 0.40")), ""},
		{"2006-12", "40/40", "2006-12-01..2008-11-30", "2006-12-01 60", halfUp(product("1284.60 1.08 0.40")), ""},
		{"2007-07", "40/40", "2007-01-01..2008-12-31", "2007-07-01 60", halfUp(product("1317.00 1.08 0.40")), ""},
		{"2007-01", "20/40", "2007-01-01..2008-12-31", "2007-01-01 60", halfUp(product("1300.80 1.08 0.40 20/40")), ""},
		{"2007-01", "40/40", "2007-01-10..2008-12-31", "2007-01-01 60", halfUp(product("1300.80 1.08 0.40 22/31")), ""},
		{"2007-01", "40/40", "2007-01-01..2008-12-31", "2007-01-01 60; 2007-01-16 80", halfUp(sum("1300.80 1.08 0.40 15/31 + 1300.80 1.08 0.20 16/31")), ""},
		{"2007-01", "40/40", "2007-01-01..2008-12-31", "2007-01-01 100", "0.00", ""},
		{"2007-01", "40/40", "2007-01-01..2008-12-31", "2007-01-01 0", halfUp(product("1300.80 1.08")), ""},
		{"2007-01", "40/40", "2007-01-01..2008-12-31", "2007-02-01 60", "0.00", "productivity/unknown"},
		{"2007-08", "40/40", "2007-01-01..2008-12-31", "2007-01-01 60", halfUp(product("1317.00 1.08 0.40")), "productivity/review_overdue"},
	} {
		s := bonus(t, c.decision+" "+c.week, c.decision[:10]+" "+c.decision+" loonwaarde "+c.week[:2], c.productivity)
		claims, found := s.claim(t, runOf(t, c.month), rich, richHours(s.file.Contract, runOf(t, c.month).Period))
		got := one(t, claims)
		if got.Amount.String() != c.want || withoutDoubt(found) != c.attention {
			t.Errorf("%s %s, productivity %s: %s %q, want %s %q", c.month, c.week, c.productivity, got.Amount, withoutDoubt(found), c.want, c.attention)
		}
		if got.Kind != subsidy.Subsidy || !got.VAT.IsZero() || !got.Charges.IsZero() {
			t.Errorf("%s: %+v is no subsidy without charges and VAT", c.month, got)
		}
	}
	s := bonus(t, "2007-01-01..2008-12-31 40/40", "2007-01-01 2007-01-01..2008-12-31 loonwaarde 40", "2007-01-01 60")
	if claims, _ := s.claim(t, runOf(t, "2007-01"), rich, nil); one(t, claims).Amount.String() != "561.95" {
		t.Errorf("the published case gives %s", claims[0].Amount)
	}
}

// The bonus never rises with productivity, is nil at 100 %, is never above the
// wage cost, and stops at month 24 without an exception for the days after.
func TestBonusBounds(t *testing.T) {
	held := 0
	rapid.Check(t, func(t *rapid.T) {
		low := rapid.IntRange(0, 100).Draw(t, "low")
		high := rapid.IntRange(low, 100).Draw(t, "high")
		hours := rapid.IntRange(1, 40).Draw(t, "hours")
		days := rapid.IntRange(1, 22).Draw(t, "days")
		var got [2]subsidy.Claim
		for i, percent := range []int{low, high} {
			week := fmt.Sprintf("%d/40", hours)
			s := bonus(t, "2007-01-01.. "+week, fmt.Sprintf("2007-01-01 2007-01-01.. loonwaarde %d", hours), fmt.Sprintf("2007-01-01 %d", percent))
			_, claims, _ := s.play(t, "2007-01", worked(s.file.Contract, "worked", 8_00, workdays("2007-01", days)...))
			got[i] = one(t, claims)
			if got[i].Amount.Cmp(got[i].WageCost) > 0 || got[i].Amount.Sign() < 0 {
				t.Fatalf("%s of a wage cost of %s", got[i].Amount, got[i].WageCost)
			}
			if got[i].Amount.Cmp(got[i].Entitled) < 0 {
				held++
			}
		}
		if got[1].Entitled.Cmp(got[0].Entitled) > 0 {
			t.Fatalf("%d %%: %s, %d %%: %s", low, got[0].Entitled, high, got[1].Entitled)
		}
		if high == 100 && !got[1].Amount.IsZero() {
			t.Fatalf("100 %%: %s", got[1].Amount)
		}
	})
	if held == 0 {
		t.Error("the wage cost never bound")
	}
	s := bonus(t, "2007-01-15.. 40/40", "2007-01-15 2007-01-15.. loonwaarde 40", "2007-01-15 50")
	last := euro.Zero
	for i, month := range monthsFrom(t, "2007-01", 26) {
		claims, found := s.claim(t, runOf(t, month), rich, richHours(s.file.Contract, runOf(t, month).Period))
		switch {
		case i < 24:
			one(t, claims)
		case i == 24: // the 14 days of January 2009 that are left of 24 months
			last = one(t, claims).Amount
			if c := claims[0]; c.Service.To != calendar.MustParse("2009-01-14") || last.String() != halfUp(product("1381.20 1.08 0.50 14/31")) {
				t.Errorf("the last days: %s until %s", last, c.Service.To)
			}
		default:
			if len(claims) > 0 || withoutDoubt(found) != "" {
				t.Errorf("%s: %d claims, %q after month 24", month, len(claims), withoutDoubt(found))
			}
		}
	}
	if last.IsZero() {
		t.Error("month 24 was never reached")
	}
}

// The largest share bounds a bonus at low productivity and changes nothing above.
func TestLargestShare(t *testing.T) {
	scheme := schemeText(t, "2004-01-01", "", payRule("bonus", "subsidy", `gap: {of: WML, by: productivity, max_share: "0.70"}`, monthlyCapped))
	for percent, want := range map[int]string{0: "0.70", 29: "0.70", 30: "0.70", 31: "0.69", 60: "0.40", 100: "0"} {
		s := bonus(t, "2007-01-01.. 40/40", "2007-01-01 2007-01-01.. loonwaarde 40", fmt.Sprintf("2007-01-01 %d", percent))
		s.scheme = scheme
		claims, _ := s.claim(t, runOf(t, "2007-01"), rich, nil)
		if got := one(t, claims).Amount.String(); got != halfUp(product("1300.80 "+want)) {
			t.Errorf("%d %%: %s, want %s of the minimum wage", percent, got, want)
		}
	}
}

// A share of the minimum wage follows the age on the day: a birthday within the
// period splits it. At twenty-two the minimum of April 2007 was 1,105.70.
func TestShareFollowsBirthday(t *testing.T) {
	scheme := schemeText(t, "2004-01-01", "", payRule("half", "subsidy", `pct: {of: WML, rate: {value: "0.50", mark: stated}}`, monthlyCapped))
	for birth, want := range map[string]string{
		"1984-04-16": "1105.70 0.50 15/30 + 1300.80 0.50 15/30", "1984-04-01": "1300.80 0.50", "1984-05-01": "1105.70 0.50", "1980-04-16": "1300.80 0.50",
	} {
		f := subsidy.File{Contract: contractOf(t, "2007-01-01.. 40/40"), Birth: calendar.MustParse(birth), Decisions: []subsidy.Decision{decisionOf(t, "2007-01-01 2007-01-01.. loonwaarde 40")}}
		claims, _, err := subsidy.NewClaims(runOf(t, "2007-04"), scheme, f, rich, nil)
		if err != nil || one(t, claims).Base.String() != halfUp(sum(want)) {
			t.Errorf("born on %s: %+v, %v, want %s", birth, claims, err, halfUp(sum(want)))
		}
	}
}
