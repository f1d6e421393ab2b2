package payroll_test

import (
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"pgregory.net/rapid"

	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
	"verloning/payroll/ledger"
)

// contractOf reads a contract of a test case, a version a clause, such as
// "2026-07-01.. 32/40 WML*1.02 hours; 2026-10-16 24/40 amount*15.50 fixed". The
// first clause has the days of the contract, the others their first day.
func contractOf(t rapid.TB, text string) payroll.Contract {
	t.Helper()
	c := payroll.Contract{ID: payroll.DeriveID(text), Number: "C-1"}
	var span calendar.Span
	for i, clause := range strings.Split(text, "; ") {
		f := strings.Fields(clause)
		if len(f) < 4 {
			t.Fatalf("contract %q has too few words", clause)
		}
		from, to, ranged := strings.Cut(f[0], "..")
		v := payroll.Terms{Version: i + 1, ValidFrom: calendar.MustParse(from), PayBasis: payroll.PayBasis(f[3])}
		if ranged {
			span.From = v.ValidFrom
			if to != "" {
				span.To = calendar.MustParse(to)
			}
		}
		hours, full, _ := strings.Cut(f[1], "/")
		base, size, _ := strings.Cut(f[2], "*")
		v.Span, v.HoursPerWeek, v.FullTimeHours = span, euro.MustNumber(hours), euro.MustNumber(full)
		switch v.Base = payroll.WageBase(base); v.Base {
		case payroll.BaseWML:
			v.Factor = euro.MustNumber(size)
		case payroll.BaseAmount:
			v.HourlyAmount = euro.MustNumber(size)
		default:
			t.Fatalf("contract %q has no wage base", clause)
		}
		v.Averaging, v.BBL = slices.Contains(f[4:], "averaging"), slices.Contains(f[4:], "bbl")
		c.Versions = append(c.Versions, v)
	}
	return c
}

// hoursOf reads "2026-10-01 worked 8; 2026-10-05..2026-10-09 sick 7.5": a range
// means its Mondays to Fridays.
func hoursOf(t rapid.TB, text string) []payroll.Hours {
	t.Helper()
	var hours []payroll.Hours
	for _, clause := range strings.FieldsFunc(text, func(r rune) bool { return r == ';' }) {
		f := strings.Fields(clause)
		if len(f) != 3 {
			t.Fatalf("hours %q are not three words", clause)
		}
		from, to, ranged := strings.Cut(f[0], "..")
		if !ranged {
			to = from
		}
		quantity, err := payroll.ParseQuantity(f[2])
		if err != nil {
			t.Fatal(err)
		}
		for day := calendar.MustParse(from); !day.After(calendar.MustParse(to)); day = day.Add(1) {
			if !ranged || (day.Weekday() != 0 && day.Weekday() != 6) {
				hours = append(hours, payroll.Hours{Day: day, Kind: payroll.HoursKind(f[1]), Quantity: quantity, Version: 1})
			}
		}
	}
	return hours
}

func periodOf(t rapid.TB, text string) calendar.Period {
	t.Helper()
	p, err := calendar.ParsePeriod(text)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// paper prints a payslip the way a case writes it: kind, hours, rate, amount.
func paper(s payroll.Payslip) string {
	var lines []string
	for _, l := range s.Lines {
		name := strings.TrimPrefix(string(l.Kind), "wage.")
		if l.Kind == payroll.LineHoliday {
			lines = append(lines, "holiday "+l.Amount.String())
			continue
		}
		lines = append(lines, fmt.Sprintf("%s %s x %s = %s", name, l.Quantity, l.Rate.Fixed(2), l.Amount))
	}
	return strings.Join(lines, "; ")
}

func kinds(found []payroll.Exception) string {
	var names []string
	for _, e := range found {
		names = append(names, string(e.Kind))
	}
	return strings.Join(names, " ")
}

// One line for each wage: who, when, on which terms and hours, and what paper
// says. Every amount here was worked out by hand.
func TestWages(t *testing.T) {
	const adult, four = "1996-03-01", "2026-10-01..2026-10-02 worked 8;2026-10-05..2026-10-08 worked 8;2026-10-12..2026-10-15 worked 8;2026-10-19..2026-10-22 worked 8;2026-10-26..2026-10-28 worked 8"
	for _, c := range []struct{ what, birth, period, contract, hours, want, attention string }{
		{"the example", adult, "2026-10", "2026-07-01.. 32/40 WML*1 hours", four, "worked 136.00 x 14.99 = 2038.64; holiday 163.09", ""},
		{"21 on the 15th", "2005-10-15", "2026-10", "2026-07-01.. 32/40 WML*1 hours", "2026-10-14 worked 8;2026-10-15 worked 8", "worked 8.00 x 11.99 = 95.92; worked 8.00 x 14.99 = 119.92; holiday 17.27", ""},
		{"born on 29 February", "2008-02-29", "2026-03", "2026-01-01.. 32/40 WML*1 hours", "2026-03-01 worked 8", "worked 8.00 x 7.36 = 58.88; holiday 4.71", ""},
		{"four weeks over 1 July", adult, "2026-P07", "2026-01-01.. 32/40 WML*1 hours", "2026-06-30 worked 8;2026-07-01 worked 8", "worked 8.00 x 14.71 = 117.68; worked 8.00 x 14.99 = 119.92; holiday 19.01", ""},
		{"fixed, four weeks over 1 July", adult, "2026-P07", "2026-01-01.. 36/36 WML*1 fixed", "", "fixed 82.29 x 14.71 = 1210.49; fixed 61.71 x 14.99 = 925.03; holiday 170.84", ""},
		{"fixed, four whole weeks", adult, "2026-P11", "2026-01-01.. 36/36 WML*1 fixed", "", "fixed 144.00 x 14.99 = 2158.56; holiday 172.68", ""},
		{"the June run", adult, "2026-06", "2026-01-01.. 32/40 WML*1 hours", "2026-06-30 worked 8", "worked 8.00 x 14.71 = 117.68; holiday 9.41", ""},
		{"the July run", adult, "2026-07", "2026-01-01.. 32/40 WML*1 hours", "2026-07-01 worked 8", "worked 8.00 x 14.99 = 119.92; holiday 9.59", ""},
		{"part month, by hours", adult, "2026-10", "2026-10-16.. 32/40 WML*1 hours", "2026-10-15 worked 8;2026-10-16 worked 8", "worked 8.00 x 14.99 = 119.92; holiday 9.59", "hours/outside_contract"},
		{"part month, fixed", adult, "2026-10", "2026-10-16.. 36/36 WML*1 fixed", "", "fixed 80.52 x 14.99 = 1206.99; holiday 96.56", ""},
		{"last day, fixed", adult, "2026-10", "2026-01-01..2026-10-01 36/36 WML*1 fixed", "", "fixed 5.03 x 14.99 = 75.40; holiday 6.03", "wage/below_minimum"},
		{"amended in the month", adult, "2026-10", "2026-07-01.. 32/40 WML*1 hours; 2026-10-16 32/40 WML*1.10 hours", "2026-10-15 worked 8;2026-10-16 worked 8", "worked 8.00 x 14.99 = 119.92; worked 8.00 x 16.489 = 131.91; holiday 20.15", ""},
		{"fixed, more hours from the 16th", adult, "2026-10", "2026-07-01.. 24/36 WML*1 fixed averaging; 2026-10-16 36/36 WML*1 fixed averaging", "", "fixed 50.32 x 14.99 = 754.30; fixed 80.52 x 14.99 = 1206.99; holiday 156.90", ""},
		{"kinds of hours", adult, "2026-10", "2026-07-01.. 40/40 WML*1 hours", "2026-10-01 unpaid_absence 8;2026-10-02 public_holiday 8;2026-10-05 leave 8;2026-10-06 sick 8;2026-10-07 training 4;2026-10-07 worked 4", "worked 4.00 x 14.99 = 59.96; training 4.00 x 14.99 = 59.96; sick 8.00 x 14.99 = 119.92; leave 8.00 x 14.99 = 119.92; public_holiday 8.00 x 14.99 = 119.92; unpaid_absence 8.00 x 0.00 = 0.00; holiday 38.37", ""},
		{"fixed, October has 22 working days", adult, "2026-10", "2026-07-01.. 36/36 WML*1 fixed", "", "fixed 156.00 x 14.99 = 2338.44; holiday 187.08", "wage/below_minimum"},
		{"fixed, averaging in writing", adult, "2026-10", "2026-07-01.. 36/36 WML*1 fixed averaging", "", "fixed 156.00 x 14.99 = 2338.44; holiday 187.08", ""},
		{"fixed, hours as agreed were submitted", adult, "2026-10", "2026-07-01.. 36/36 WML*1 fixed", "2026-10-01..2026-10-30 worked 7", "fixed 156.00 x 14.99 = 2338.44; holiday 187.08", ""},
		{"fixed, unpaid absence", adult, "2026-10", "2026-07-01.. 36/36 WML*1 fixed averaging", "2026-10-05 unpaid_absence 7.2", "fixed 156.00 x 14.99 = 2338.44; unpaid -7.20 x 14.99 = -107.93; holiday 178.44", ""},
		{"fixed, unpaid absence of 21 working days", adult, "2026-11", "2026-07-01.. 36/36 WML*1 fixed", "2026-11-05 unpaid_absence 7.2", "fixed 156.00 x 14.99 = 2338.44; unpaid -7.20 x 14.99 = -107.93; holiday 178.44", ""},
		{"fixed, one unpaid day does not hide the rest", adult, "2026-10", "2026-07-01.. 36/36 WML*1 fixed", "2026-10-05 unpaid_absence 7.2", "fixed 156.00 x 14.99 = 2338.44; unpaid -7.20 x 14.99 = -107.93; holiday 178.44", "wage/below_minimum"},
		{"fixed, hours taken back do not hide it", adult, "2026-10", "2026-07-01.. 36/36 WML*1 fixed", "2026-10-05 worked 0", "fixed 156.00 x 14.99 = 2338.44; holiday 187.08", "wage/below_minimum"},
		{"an amount below the minimum", adult, "2026-10", "2026-07-01.. 32/40 amount*14.00 hours", "2026-10-01 worked 8", "worked 8.00 x 14.99 = 119.92; holiday 9.59", ""},
		{"an amount above the minimum", adult, "2026-10", "2026-07-01.. 32/40 amount*15.50 hours", "2026-10-01 worked 8", "worked 8.00 x 15.50 = 124.00; holiday 9.92", ""},
		{"102 % of the minimum", adult, "2026-10", "2026-07-01.. 32/40 WML*1.02 hours", "2026-10-01 worked 8", "worked 8.00 x 15.2898 = 122.32; holiday 9.79", ""},
		{"April 2007 by 40 hours", "1970-01-01", "2007-04", "2007-01-01.. 40/40 WML*1 hours", "2007-04-02 worked 8", "worked 8.00 x 7.505 = 60.04; holiday 4.80", ""},
		{"April 2007, 102 %", "1970-01-01", "2007-04", "2007-01-01.. 40/40 WML*1.02 hours", "2007-04-02 worked 8", "worked 8.00 x 7.6551 = 61.24; holiday 4.90", ""},
		{"no hours", adult, "2026-10", "2026-07-01.. 32/40 WML*1 hours", "", "holiday 0.00", "contract/without_hours"},
		{"all hours taken back", adult, "2026-10", "2026-07-01.. 32/40 WML*1 hours", "2026-10-01 worked 0", "holiday 0.00", "contract/without_hours"},
		{"more than agreed", adult, "2026-10", "2026-07-01.. 32/40 WML*1 hours", "2026-10-05..2026-10-09 worked 8", "worked 40.00 x 14.99 = 599.60; holiday 47.97", "hours/more_than_agreed"},
		{"half cents of two lines are no shortage", adult, "2026-10", "2026-07-01.. 32/40 WML*1 hours", "2026-10-05 worked 7.75;2026-10-06 sick 7.75", "worked 7.75 x 14.99 = 116.17; sick 7.75 x 14.99 = 116.17; holiday 18.59", ""},
		{"a figure from memory", "1970-01-01", "2007-08", "2007-01-01.. 40/40 WML*1 hours", "2007-08-01 worked 8", "worked 8.00 x 7.5975 = 60.78; holiday 4.86", "figure/in_doubt"},
		{"beyond what is confirmed", adult, "2027-01", "2026-07-01.. 32/40 WML*1 hours", "2027-01-04 worked 8", "worked 8.00 x 14.99 = 119.92; holiday 9.59", "figure/in_doubt"},
		{"bbl, twenty years", "2005-10-15", "2026-06", "2026-01-01.. 32/40 WML*1 hours bbl", "2026-06-01 worked 8", "worked 8.00 x 9.05 = 72.40; holiday 5.79", ""},
		{"bbl, nineteen, not seen in print", "2007-01-01", "2026-10", "2026-01-01.. 32/40 WML*1 hours bbl", "2026-10-01 worked 8", "worked 8.00 x 7.87 = 62.96; holiday 5.04", "figure/in_doubt"},
		{"bbl, seventeen is on the regular scale", "2009-01-01", "2026-06", "2026-01-01.. 32/40 WML*1 hours bbl", "2026-06-01 worked 8", "worked 8.00 x 5.81 = 46.48; holiday 3.72", ""},
		{"bbl, grown up", adult, "2026-10", "2026-01-01.. 32/40 WML*1 hours bbl", "2026-10-01 worked 8", "worked 8.00 x 14.99 = 119.92; holiday 9.59", ""},
		{"bbl, 21 on the 15th", "2005-10-15", "2026-10", "2026-01-01.. 32/40 WML*1 hours bbl", "2026-10-14 worked 8;2026-10-15 worked 8", "worked 8.00 x 9.22 = 73.76; worked 8.00 x 14.99 = 119.92; holiday 15.49", "figure/in_doubt"},
		{"bbl until the 15th", "2005-10-15", "2026-06", "2026-01-01.. 32/40 WML*1 hours bbl; 2026-06-16 32/40 WML*1 hours", "2026-06-15 worked 8;2026-06-16 worked 8", "worked 8.00 x 9.05 = 72.40; worked 8.00 x 11.77 = 94.16; holiday 13.32", ""},
		{"bbl, an amount below its minimum", "2005-10-15", "2026-06", "2026-01-01.. 32/40 amount*9.00 hours bbl", "2026-06-01 worked 8", "worked 8.00 x 9.05 = 72.40; holiday 5.79", ""},
		{"bbl, before there was such a scale", "1998-01-01", "2017-06", "2017-01-01.. 40/40 WML*1 hours bbl", "2017-06-01 worked 8", "worked 8.00 x 4.70 = 37.60; holiday 3.01", ""},
		{"bbl, fixed month of 2023", "2004-01-01", "2023-10", "2023-01-01.. 36/36 WML*1 fixed bbl", "", "fixed_period 0.00 x 1047.40 = 1047.40; holiday 83.79", ""},
		{"bbl, fixed four weeks over 1 July 2023", "2004-01-01", "2023-P07", "2023-01-01.. 36/36 WML*1 fixed bbl", "", "fixed_period 0.00 x 937.40 = 401.74; fixed_period 0.00 x 966.80 = 552.46; holiday 76.34", ""},
		{"fixed four weeks over 1 July 2023", "1996-03-01", "2023-P07", "2023-01-01.. 36/36 WML*1 fixed", "", "fixed_period 0.00 x 1785.60 = 765.26; fixed_period 0.00 x 1841.60 = 1052.34; holiday 145.41", ""},
		{"fixed month of 2023, 19 on the 16th", "2004-07-16", "2023-07", "2023-01-01.. 36/36 WML*1 fixed", "", "fixed_period 0.00 x 997.50 = 482.66; fixed_period 0.00 x 1197.00 = 617.81; holiday 88.04", ""},
		{"fixed month of 2026, 21 on the 16th", "2005-10-16", "2026-10", "2026-01-01.. 36/36 WML*1 fixed averaging", "", "fixed 75.48 x 11.99 = 905.01; fixed 80.52 x 14.99 = 1206.99; holiday 168.96", ""},
		{"fixed month of 2010 at an amount, 23 on the 16th", "1987-07-16", "2010-07", "2010-01-01.. 40/40 amount*8.1688 fixed", "", "fixed 83.87 x 8.1688 = 685.12; fixed_period 0.00 x 1416.00 = 730.84; holiday 113.28", ""},
		{"from hours to a fixed wage", adult, "2026-10", "2026-07-01.. 36/36 WML*1 hours; 2026-10-16 36/36 WML*1 fixed averaging", "2026-10-01 worked 8", "worked 8.00 x 14.99 = 119.92; fixed 80.52 x 14.99 = 1206.99; holiday 106.15", ""},
		{"a high averaged half hides no shortage in the other", adult, "2026-10", "2026-07-01.. 36/36 amount*30 fixed averaging; 2026-10-15 36/36 WML*1 fixed", "", "fixed 70.45 x 30.00 = 2113.50; fixed 85.55 x 14.99 = 1282.39; holiday 271.67", "wage/below_minimum"},
		{"a low averaged half makes no shortage in the other", adult, "2026-10", "2026-07-01.. 2/36 WML*1 fixed averaging; 2026-10-17 36/36 amount*18 fixed", "", "fixed 4.47 x 14.99 = 67.01; fixed 75.48 x 18.00 = 1358.64; holiday 114.05", ""},
		{"from a fixed wage to hours", adult, "2026-10", "2026-07-01.. 36/36 WML*1 fixed averaging; 2026-10-16 36/36 WML*1 hours", "2026-10-19 worked 8", "worked 8.00 x 14.99 = 119.92; fixed 75.48 x 14.99 = 1131.45; holiday 100.11", ""},
	} {
		e := payroll.Employment{Birth: calendar.MustParse(c.birth)}
		month := payroll.ContractMonth{Contract: contractOf(t, c.contract), Hours: hoursOf(t, c.hours)}
		trace := &payroll.Trace{}
		slip, found, err := payroll.NewPayslip(e, month, periodOf(t, c.period), trace)
		if err != nil {
			t.Errorf("%s: %v", c.what, err)
			continue
		}
		if got := paper(slip); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.what, got, c.want)
		}
		if got := kinds(found); got != c.attention {
			t.Errorf("%s: exceptions %q, want %q", c.what, got, c.attention)
		}
		if len(trace.Steps) != len(slip.Lines)+1 { // and the leave that accrued
			t.Errorf("%s: %d steps explain %d lines", c.what, len(trace.Steps), len(slip.Lines))
		}
	}
}

// The employer's books of the example balance and carry its codes.
func TestExampleTransfers(t *testing.T) {
	employer := payroll.DeriveID("E")
	slip := payroll.Payslip{Wage: euro.MustParse("2038.64"), Holiday: euro.MustParse("163.09")}
	want := map[ledger.Account]string{"WPerLesLon": "2038.64", "BSchSalNet": "-2038.64", "WPerLesVag": "163.09", "BSchSalTvg": "-163.09"}
	got := map[ledger.Account]string{}
	for account, sum := range ledger.Balances(slip.Transfers(employer)) {
		got[account] = sum.String()
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if none := (payroll.Payslip{}).Transfers(employer); len(none) != 0 {
		t.Errorf("a payslip of nothing is booked: %v", none)
	}
}

// A person under fifteen has no minimum wage: the calculation says so, and
// does not pay nought.
func TestNoMinimumWageFails(t *testing.T) {
	e := payroll.Employment{Birth: calendar.MustParse("2012-03-01")}
	for _, birth := range []calendar.Date{e.Birth, {}} {
		e.Birth = birth
		slip, _, err := payroll.NewPayslip(e, payroll.ContractMonth{Contract: contractOf(t, "2026-07-01.. 8/40 WML*1 hours")}, periodOf(t, "2026-10"), nil)
		if err == nil || len(slip.Lines) > 0 {
			t.Errorf("born %s: %+v, %v", birth, slip, err)
		}
	}
}

var (
	births    = rapid.SampledFrom([]string{"1996-03-01", "2005-10-15", "2008-10-31", "2010-10-05", "2006-07-01"})
	periods   = rapid.SampledFrom([]string{"2026-10", "2026-07", "2026-02", "2023-07", "2026-P07", "2026-P11", "2010-11", "2024-01"})
	wageBases = rapid.SampledFrom([]string{"WML*1", "WML*1.02", "WML*1.10", "amount*14.99", "amount*0.01", "amount*17.37"})
)

// drawMonth makes a contract that starts before 2010 and hours within the
// period, in order of day, on random terms.
func drawMonth(t *rapid.T, p calendar.Period, basis string) (payroll.Employment, payroll.ContractMonth) {
	e := payroll.Employment{ID: payroll.DeriveID("e"), Person: payroll.DeriveID("p"), Birth: calendar.MustParse(births.Draw(t, "birth")), IBAN: "NL91ABNA0417164300"}
	if calendar.Age(e.Birth, p.From) < 15 {
		e.Birth = calendar.MustParse("1970-10-15")
	}
	week := rapid.Int64Range(1, 4000).Draw(t, "week")
	text := fmt.Sprintf("2008-01-01.. %s/40 %s %s %s", euro.Cents(week), wageBases.Draw(t, "base"), basis, rapid.SampledFrom([]string{"", "bbl"}).Draw(t, "scale"))
	month := payroll.ContractMonth{Contract: contractOf(t, text)}
	rows := rapid.SliceOfNDistinct(rapid.IntRange(0, p.Days()*len(payroll.HoursKinds)-1), 0, 24, rapid.ID[int]).Draw(t, "rows")
	slices.Sort(rows)
	for _, row := range rows {
		month.Hours = append(month.Hours, payroll.Hours{
			Day: p.From.Add(row / len(payroll.HoursKinds)), Kind: payroll.HoursKinds[row%len(payroll.HoursKinds)],
			Quantity: payroll.Quantity(rapid.Int32Range(0, 48).Draw(t, "quarters") * 25),
		})
	}
	return e, month
}

// amountRat is an amount as an exact fraction, for sums that owe nothing to the
// package that is tested.
func amountRat(a euro.Amount) *big.Rat { return big.NewRat(a.InCents(), 100) }

// What holds for every payslip: its parts sum to the whole, its transfers
// balance, and hours that are paid never fall below the minimum wage of their
// day by more than the half cent of each line.
func TestPayslipHolds(t *testing.T) {
	paid := 0
	rapid.Check(t, func(t *rapid.T) {
		p := periodOf(t, periods.Draw(t, "period"))
		e, month := drawMonth(t, p, rapid.SampledFrom([]string{"hours", "fixed"}).Draw(t, "basis"))
		slip, found, err := payroll.NewPayslip(e, month, p, nil)
		if err != nil {
			t.Fatal(err)
		}
		gross, holiday, wages := euro.Zero, euro.Zero, 0
		for _, l := range slip.Lines {
			if l.Kind == payroll.LineHoliday {
				holiday = holiday.Add(l.Amount)
				continue
			}
			gross, wages = gross.Add(l.Amount), wages+1
		}
		if !gross.Equal(slip.Gross) || !holiday.Equal(slip.Holiday) || !slip.Net.Equal(slip.Gross) || !slip.WageCost().Equal(gross.Add(holiday)) {
			t.Fatalf("parts %s and %s, whole %+v", gross, holiday, slip)
		}
		sum, total := euro.Zero, euro.Zero
		transfers := slip.Transfers(uuid.New())
		for _, balance := range ledger.Balances(transfers) {
			sum = sum.Add(balance)
		}
		for _, x := range transfers {
			if x.Amount.Sign() <= 0 {
				t.Fatalf("transfer of %s", x.Amount)
			}
			total = total.Add(x.Amount)
		}
		if !sum.IsZero() || (slip.Gross.Sign() >= 0 && !total.Equal(slip.WageCost())) {
			t.Fatalf("books are out by %s, moved %s of %s", sum, total, slip.WageCost())
		}
		if month.Contract.Latest().PayBasis == payroll.Fixed {
			return
		}
		need, floor := new(big.Rat), minimumOf(e.Birth, month.Contract.Latest().BBL)
		for _, h := range month.Hours {
			if h.Kind != payroll.UnpaidAbsence {
				need.Add(need, new(big.Rat).Mul(big.NewRat(int64(h.Quantity), 100), floor(h.Day)))
				paid++
			}
		}
		if slack := big.NewRat(int64(wages), 200); need.Cmp(new(big.Rat).Add(amountRat(slip.Gross), slack)) > 0 {
			t.Fatalf("wage %s for hours of %s", slip.Gross, need.FloatString(4))
		}
		for _, x := range found {
			if x.Kind == payroll.BelowMinimum {
				t.Fatalf("hours at the minimum wage are reported: %s", x.Detail.EN)
			}
		}
	})
	if paid == 0 {
		t.Fatal("no hours were paid")
	}
}

// minimumOf is the least hourly wage by day as this test knows it: a little
// under the amounts of the half-years that the properties draw from, so that
// roundings of the law are nothing to it. Before 2024 the young get 30 %.
func minimumOf(birth calendar.Date, bbl bool) func(calendar.Date) *big.Rat {
	rat := func(s string) *big.Rat { r, _ := new(big.Rat).SetString(s); return r }
	percent := map[int]string{15: "0.30", 16: "0.345", 17: "0.395", 18: "0.50", 19: "0.60", 20: "0.80"}
	if bbl {
		percent[18], percent[19], percent[20] = "0.455", "0.525", "0.615"
	}
	return func(day calendar.Date) *big.Rat {
		for _, row := range []struct{ since, hour string }{{"2026-07-01", "14.99"}, {"2026-01-01", "14.71"}, {"2024-01-01", "13.27"}, {"2023-07-01", "11.51"}, {"2010-07-01", "8.1687"}} {
			if day.Before(calendar.MustParse(row.since)) {
				continue
			}
			share, young := percent[calendar.Age(birth, day)]
			switch {
			case young && row.since >= "2024":
				return new(big.Rat).Sub(new(big.Rat).Mul(rat(share), rat(row.hour)), rat("0.005"))
			case calendar.Age(birth, day) < 23 && row.since < "2024":
				return new(big.Rat).Mul(rat("0.30"), rat(row.hour))
			}
			return rat(row.hour)
		}
		return rat("0")
	}
}

// The same facts give the same bytes, with a trace and without: a month has its
// hours in order of day, and the order of kinds within a day is no fact.
func TestPayslipHash(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := periodOf(t, periods.Draw(t, "period"))
		e, month := drawMonth(t, p, "hours")
		first, _, err := payroll.NewPayslip(e, month, p, nil)
		if err != nil {
			t.Fatal(err)
		}
		shuffled := month
		shuffled.Hours = rapid.Permutation(month.Hours).Draw(t, "shuffled")
		slices.SortStableFunc(shuffled.Hours, func(a, b payroll.Hours) int { return a.Day.Cmp(b.Day) })
		second, _, err := payroll.NewPayslip(e, shuffled, p, &payroll.Trace{})
		if err != nil {
			t.Fatal(err)
		}
		if first.Hash() != second.Hash() {
			t.Fatalf("%s\n%s", paper(first), paper(second))
		}
		if len(month.Hours) > 0 {
			shuffled.Hours = append(shuffled.Hours[:0:0], month.Hours...)
			shuffled.Hours[0].Quantity += 100
			other, _, err := payroll.NewPayslip(e, shuffled, p, nil)
			if err != nil || other.Hash() == first.Hash() {
				t.Fatalf("an hour more gives the same hash (%v)", err)
			}
		}
	})
}

// Every figure of a payslip and of its lines is in its hash.
func TestPayslipHashHoldsEverything(t *testing.T) {
	slip := func() payroll.Payslip {
		return payroll.Payslip{Period: periodOf(t, "2026-10"), Lines: []payroll.Line{{Kind: payroll.LineFixed, Origin: calendar.MustParse("2026-10-01")}}}
	}
	first := slip()
	for what, change := range map[string]func(*payroll.Payslip){
		"contract": func(s *payroll.Payslip) { s.Contract[0]++ }, "person": func(s *payroll.Payslip) { s.Person[0]++ },
		"period": func(s *payroll.Payslip) { s.Period = s.Period.Next() }, "gross": func(s *payroll.Payslip) { s.Gross = euro.Cents(1) },
		"holiday": func(s *payroll.Payslip) { s.Holiday = euro.Cents(1) }, "net": func(s *payroll.Payslip) { s.Net = euro.Cents(1) },
		"account": func(s *payroll.Payslip) { s.IBAN = "NL91ABNA0417164300" }, "line": func(s *payroll.Payslip) { s.Lines = append(s.Lines, s.Lines[0]) },
		"kind": func(s *payroll.Payslip) { s.Lines[0].Kind = payroll.LineUnpaid }, "hours": func(s *payroll.Payslip) { s.Lines[0].Quantity++ },
		"rate": func(s *payroll.Payslip) { s.Lines[0].Rate = euro.One }, "amount": func(s *payroll.Payslip) { s.Lines[0].Amount = euro.Cents(1) },
		"rule": func(s *payroll.Payslip) { s.Lines[0].Rule = "WML" }, "source": func(s *payroll.Payslip) { s.Lines[0].Source = "WML" },
		"origin": func(s *payroll.Payslip) { s.Lines[0].Origin = calendar.MustParse("2026-09-01") },
	} {
		other := slip()
		if change(&other); other.Hash() == first.Hash() {
			t.Errorf("%s is not in the hash", what)
		}
	}
}

// A new version of a contract that changes nothing pays the same, whatever the
// day: amounts are not rounded per stretch.
func TestNoOpAmendment(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := periodOf(t, periods.Draw(t, "period"))
		e, month := drawMonth(t, p, rapid.SampledFrom([]string{"hours", "fixed"}).Draw(t, "basis"))
		before, _, err := payroll.NewPayslip(e, month, p, nil)
		if err != nil {
			t.Fatal(err)
		}
		for range rapid.IntRange(1, 3).Draw(t, "amendments") {
			again := month.Contract.Latest()
			again.Version++
			again.ValidFrom = p.From.Add(rapid.IntRange(0, p.Days()-1).Draw(t, "day"))
			month.Contract.Versions = append(month.Contract.Versions, again)
		}
		after, _, err := payroll.NewPayslip(e, month, p, nil)
		if err != nil {
			t.Fatal(err)
		}
		if paper(before) != paper(after) {
			t.Fatalf("before %s\nafter  %s", paper(before), paper(after))
		}
	})
}

// Nobody's wage depends on the day of an adult birthday.
func TestAdultBirthday(t *testing.T) {
	month := payroll.ContractMonth{Contract: contractOf(t, "2026-01-01.. 31/36 WML*1.02 fixed")}
	p := periodOf(t, "2026-10")
	var want string
	for d := 1; d <= 31; d++ {
		slip, _, err := payroll.NewPayslip(payroll.Employment{Birth: calendar.Day(1990, 10, d)}, month, p, nil)
		if err != nil {
			t.Fatal(err)
		}
		if d == 1 {
			want = paper(slip)
		}
		if got := paper(slip); got != want {
			t.Errorf("born on 1990-10-%02d: %s, want %s", d, got, want)
		}
	}
}

// Shards cover every person exactly once, in order, none larger than asked.
func TestCutShards(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, size := rapid.IntRange(0, 200).Draw(t, "persons"), rapid.IntRange(1, 60).Draw(t, "size")
		persons := make([]uuid.UUID, n)
		for i := range persons {
			persons[i] = uuid.UUID{14: byte(i / 256), 15: byte(i)}
		}
		seen := map[uuid.UUID]int{}
		for i, s := range payroll.CutShards(uuid.New(), 3, persons, size) {
			held := 0
			for _, p := range persons {
				if string(p[:]) >= string(s.From[:]) && string(p[:]) <= string(s.To[:]) {
					seen[p]++
					held++
				}
			}
			if held == 0 || held > size || s.Number != i+1 || s.Calculation != 3 {
				t.Fatalf("shard %+v holds %d of at most %d", s, held, size)
			}
		}
		for _, p := range persons {
			if seen[p] != 1 {
				t.Fatalf("person %s is in %d shards", p, seen[p])
			}
		}
	})
}
