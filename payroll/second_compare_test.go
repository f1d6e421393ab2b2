package payroll_test

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"verloning/payroll"
)

// The payslips that the second computation is held against: so many in every
// build, and more where VERLONING_PAYSLIPS says so. VERLONING_SEED starts
// elsewhere, and VERLONING_DOSSIER computes one dossier of it. A million take
// minutes: VERLONING_PAYSLIPS=1000000 go test -timeout 1h -run SecondComputation ./payroll
const (
	secondSeed     = 20261122
	secondPayslips = 20_000
	secondFaults   = 5 // so many dossiers that differ are printed whole
)

// figureOf is one amount of a payslip by its name.
type figureOf struct {
	name  string
	value int64
}

// programFigures are the figures of the program's payslip.
func programFigures(s payroll.Payslip) []figureOf {
	figures := []figureOf{
		{"Wage", s.Wage.InCents()}, {"Gross", s.Gross.InCents()}, {"Holiday", s.Holiday.InCents()}, {"HolidayPaid", s.HolidayPaid.InCents()},
		{"LeavePaid", s.LeavePaid.InCents()}, {"Transition", s.Transition.InCents()}, {"LeaveAccrued", int64(s.LeaveAccrued)}, {"LeaveTaken", int64(s.LeaveTaken)},
		{"Pension.Base", s.Pension.Base.InCents()}, {"Pension.Employee", s.Pension.Employee.InCents()}, {"Pension.Employer", s.Pension.Employer.InCents()},
		{"Tax.Regular", s.Tax.Regular.InCents()}, {"Tax.Special", s.Tax.Special.InCents()}, {"Tax.Table", s.Tax.Table.InCents()},
		{"Tax.SpecialTax", s.Tax.SpecialTax.InCents()}, {"Tax.Arbeidskorting", s.Tax.Arbeidskorting.InCents()},
		{"Garnished", s.Garnished.InCents()}, {"Repaid", s.Repaid.InCents()}, {"Owed", s.Owed.InCents()}, {"Net", s.Net.InCents()},
	}
	if c := s.Charges; c != nil {
		figures = append(figures, chargeFigures(secondCharges{
			c.AWfKind, c.AofKind, newSecondCumulative(c.Insured), newSecondCumulative(c.Zvw),
			c.AWf.InCents(), c.Aof.InCents(), c.Wko.InCents(), c.Whk.InCents(), c.EmployerZvw.InCents(),
		})...)
	}
	return figures
}

// figures are those of the second computation, in the same order.
func (s *secondSlip) figures() []figureOf {
	figures := []figureOf{
		{"Wage", s.wage}, {"Gross", s.gross}, {"Holiday", s.holiday}, {"HolidayPaid", s.holidayPaid},
		{"LeavePaid", s.leavePaid}, {"Transition", s.transition}, {"LeaveAccrued", s.leaveAccrued}, {"LeaveTaken", s.leaveTaken},
		{"Pension.Base", s.pensionBase}, {"Pension.Employee", s.pensionEmployee}, {"Pension.Employer", s.pensionEmployer},
		{"Tax.Regular", s.regular}, {"Tax.Special", s.special}, {"Tax.Table", s.table},
		{"Tax.SpecialTax", s.specialTax}, {"Tax.Arbeidskorting", s.arbeidskorting},
		{"Garnished", s.garnished}, {"Repaid", s.repaid}, {"Owed", s.owed}, {"Net", s.net},
	}
	if s.charged {
		figures = append(figures, chargeFigures(s.charges)...)
	}
	return figures
}

func chargeFigures(c secondCharges) []figureOf {
	return []figureOf{
		{"Charges.AWfKind", classNumber(c.awfKind)}, {"Charges.AofKind", classNumber(c.aofKind)},
		{"Charges.Insured.Wage", c.insured.wage}, {"Charges.Insured.Maximum", c.insured.maximum}, {"Charges.Insured.Base", c.insured.base},
		{"Charges.Zvw.Wage", c.health.wage}, {"Charges.Zvw.Maximum", c.health.maximum}, {"Charges.Zvw.Base", c.health.base},
		{"Charges.AWf", c.awf}, {"Charges.Aof", c.aof}, {"Charges.Wko", c.wko}, {"Charges.Whk", c.whk}, {"Charges.EmployerZvw", c.zvw},
	}
}

// classNumber makes a class of premium a number to compare.
func classNumber(c payroll.ChargeClass) int64 {
	return int64(slices.Index([]payroll.ChargeClass{payroll.ChargeNone, payroll.ChargeLow, payroll.ChargeHigh, payroll.ChargeUfo}, c))
}

// differences are the figures of a person's payslips that are not the same.
func differences(got []payroll.Payslip, want []*secondSlip) []string {
	if len(got) != len(want) {
		return []string{fmt.Sprintf("payslips: the program has %d, the second computation %d", len(got), len(want))}
	}
	var found []string
	for _, w := range want {
		i := slices.IndexFunc(got, func(s payroll.Payslip) bool { return s.Contract == w.month.Contract.ID })
		if i < 0 {
			found = append(found, "payslip: the program has none of "+w.month.Contract.Number)
			continue
		}
		theirs, ours := programFigures(got[i]), w.figures()
		if len(theirs) != len(ours) {
			found = append(found, "charges: known to one of the two only")
		}
		for k := range min(len(theirs), len(ours)) {
			if theirs[k] != ours[k] {
				found = append(found, fmt.Sprintf("%s: %s: the program has %d, the second computation %d", theirs[k].name, got[i].ContractNumber, theirs[k].value, ours[k].value))
			}
		}
		found = append(found, takenDifferences(got[i], w)...)
		if got[i].GrossOnly != w.grossOnly {
			found = append(found, fmt.Sprintf("tax: %s: the program is gross only: %t, the second computation: %t", got[i].ContractNumber, got[i].GrossOnly, w.grossOnly))
		}
	}
	return found
}

// takenDifferences are the garnishments and receivables that another amount was
// taken for.
func takenDifferences(got payroll.Payslip, want *secondSlip) []string {
	taken := map[uuid.UUID]int64{}
	for _, l := range got.Lines {
		if l.Fact != uuid.Nil {
			taken[l.Fact] -= l.Amount.InCents()
		}
	}
	var found []string
	for fact, amount := range want.taken {
		if amount != taken[fact] {
			found = append(found, fmt.Sprintf("taken: %s: the program has %d for %s, the second computation %d", got.ContractNumber, taken[fact], fact, amount))
		}
		delete(taken, fact)
	}
	for fact, amount := range taken {
		found = append(found, fmt.Sprintf("taken: %s: the program has %d for %s, the second computation nothing", got.ContractNumber, amount, fact))
	}
	return found
}

// environmentNumber reads a whole number from the environment.
func environmentNumber(t *testing.T, name string, otherwise uint64) uint64 {
	t.Helper()
	text, set := os.LookupEnv(name)
	if !set {
		return otherwise
	}
	n, err := strconv.ParseUint(text, 10, 63)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return n
}

// Every amount of random payslips is computed a second time, from the law's
// tables and the rules as they are written down, in whole numbers. What never
// occurred among them was not tried, and fails.
func TestSecondComputation(t *testing.T) {
	seed := environmentNumber(t, "VERLONING_SEED", secondSeed)
	target := int(environmentNumber(t, "VERLONING_PAYSLIPS", secondPayslips))
	number, only := uint64(0), false
	if _, only = os.LookupEnv("VERLONING_DOSSIER"); only {
		number, target = environmentNumber(t, "VERLONING_DOSSIER", 0), 1
	}
	law, seen, began := newSecondLaw(t), census{}, time.Now()
	payslips, faults, differing := 0, census{}, 0
	for ; payslips < target; number++ {
		run, file := newDossier(seed, number)
		want := newSecondSlips(law, run, &file, seen)
		got, _, err := payroll.NewPayslips(run, file, nil)
		if err != nil {
			t.Fatalf("VERLONING_SEED=%d VERLONING_DOSSIER=%d: %v\n%s", seed, number, err, dossierText(run, file))
		}
		if found := differences(got, want); len(found) > 0 {
			differing++
			for _, difference := range found {
				kind, _, _ := strings.Cut(difference, ":")
				faults.note(kind)
			}
			if differing <= secondFaults {
				t.Errorf("VERLONING_SEED=%d VERLONING_DOSSIER=%d differs:\n%s\n%s", seed, number, strings.Join(found, "\n"), dossierText(run, file))
			}
		}
		payslips += len(want)
		if only {
			break
		}
	}
	t.Logf("seed %d: %d payslips of %d dossiers in %s", seed, payslips, number, time.Since(began).Round(time.Millisecond))
	if differing > 0 {
		t.Errorf("%d dossiers differ; figures: %v", differing, faults)
	}
	if !only {
		checkSeen(t, seen)
	}
}

// dossierText prints a case so that it can be read and worked out by hand.
func dossierText(run payroll.Run, file payroll.Dossier) string {
	text, err := json.MarshalIndent(struct {
		Period, PayDate string
		Dossier         payroll.Dossier
	}{run.Period.String(), run.PayDate.String(), file}, "", " ")
	if err != nil {
		return err.Error()
	}
	return string(text)
}
