package main

import (
	"fmt"
	"math/big"
	"slices"
	"strings"
	"time"
)

// modelEnjoyed is what is enjoyed under one contract in one month, as the lines of
// payslips tell, and what that comes to by a computation that is nobody else's.
type modelEnjoyed struct {
	Regular, Special, Transition *big.Rat
	Hours                        *big.Rat // paid of the month itself
}

// modelSalary is the wage of 2025 that everybody here has on record, and modelOnce the
// percentage of the special rate that goes with it: 35.75 − 31.01.
const (
	modelSalary = "20000.00"
	modelOnce   = "0.0474"
)

// modelEnjoying deals the lines of all approved payslips out to the months in which
// they are enjoyed: under loon-over, and where an error was repaired, to the month that
// they are about. Under loon-in to the one that paid them, where what comes from earlier
// months goes by the special rate, or lowers the wage where it takes back.
func modelEnjoying(y *story, over bool) map[string]*modelEnjoyed {
	list, arrears := map[string]*modelEnjoyed{}, map[string]*big.Rat{}
	newest, repairs := y.repaired()
	var lines [][]string
	for _, text := range column[string](y.t, y.conn, `
		SELECT c.number || ' ' || to_char(x.period, 'YYYY-MM') || ' ' || to_char(x.origin, 'YYYY-MM') || ' ' || x.kind || ' ' || sum(x.amount) || ' ' || sum(x.quantity)
		FROM payslip_line x JOIN calculation k ON k.id = x.calculation AND k.status = 'approved' JOIN contract c ON c.id = x.contract JOIN organisation e ON e.id = c.employer
		WHERE e.code = $1 AND (x.kind LIKE 'wage.%' OR x.kind LIKE 'paid.%' OR x.kind = 'withheld.pension')
		GROUP BY c.number, x.period, x.origin, x.kind ORDER BY 1`, y.e) {
		f := strings.Fields(text)
		lines = append(lines, f)
		contract, run, origin, kind, amount, month := f[0], f[1], f[2], f[3], modelNumber(f[4]), f[1]
		if over || repairs[contract+" "+run+" "+origin] {
			month = origin
		}
		key := contract + " " + month
		if list[key] == nil {
			list[key] = &modelEnjoyed{new(big.Rat), new(big.Rat), new(big.Rat), new(big.Rat)}
			arrears[key] = new(big.Rat)
		}
		e := list[key]
		if kind == "paid.transition" {
			e.Transition.Add(e.Transition, amount)
		}
		switch {
		case month != origin:
			arrears[key].Add(arrears[key], amount)
			continue
		case strings.HasPrefix(kind, "paid."):
			e.Special.Add(e.Special, amount)
		default:
			e.Regular.Add(e.Regular, amount)
		}
	}
	// How many hours a month has is known to who repairs it, whatever paid them.
	for _, f := range lines {
		e := list[f[0]+" "+f[2]]
		if e != nil && strings.HasPrefix(f[3], "wage.") && (over || f[1] == f[2] || f[1] <= newest[f[0]+" "+f[2]]) {
			e.Hours.Add(e.Hours, modelTimes(modelNumber(f[5]), big.NewRat(1, 100)))
		}
	}
	for key, sum := range arrears {
		if e := list[key]; sum.Sign() > 0 {
			e.Special.Add(e.Special, sum)
		} else {
			e.Regular.Add(e.Regular, sum)
		}
	}
	return list
}

// modelServed counts the working days of a month, and those on which a contract ran as
// far as the facts of some slots tell.
func modelServed(facts []lateFact, contract, month string, known int) (days, whole int64) {
	start, end := "9999", "9999"
	for _, f := range facts {
		if f.slot > known || f.entry["number"] != contract {
			continue
		}
		switch f.step {
		case "contracts":
			if start = fmt.Sprint(f.entry["start"]); f.entry["end"] != nil && end == "9999" {
				end = fmt.Sprint(f.entry["end"])
			}
		case "end":
			end = fmt.Sprint(f.entry["end"])
		}
	}
	first, err := time.Parse("2006-01", month)
	if err != nil {
		panic(err)
	}
	for day := first; day.Month() == first.Month(); day = day.AddDate(0, 0, 1) {
		if day.Weekday() == time.Saturday || day.Weekday() == time.Sunday {
			continue
		}
		whole++
		if on := day.Format("2006-01-02"); on >= start && on <= end {
			days++
		}
	}
	return days, whole
}

// modelTaxes are what the month's return has of the contract, and apart its amounts
// under the names of the message. Without known charges there are none.
func (e modelEnjoyed) taxes(contract, month string, days, whole int64, charged bool) (string, map[string]*big.Rat) {
	table, taxable := new(big.Rat), modelPlus(e.Regular, e.Special)
	switch {
	case e.Regular.Sign() <= 0:
	case days == whole:
		table = modelTable(e.Regular, 12, true)
	default:
		days = max(days, 1)
		table = modelTimes(modelTable(modelCentsDown(modelTimes(e.Regular, big.NewRat(1, days))), 260, true), big.NewRat(days, 1))
	}
	once := new(big.Rat)
	if e.Special.Sign() > 0 {
		once = modelCentsDown(modelTimes(e.Special, modelNumber(modelOnce)))
	}
	insured, of := modelMinus(taxable, e.Transition), map[string]*big.Rat{"TotLnLbPh": taxable, "IngLbPh": modelPlus(table, once)}
	premium := func(element, percent string, base *big.Rat) *big.Rat {
		if !charged {
			return new(big.Rat)
		}
		of[element] = modelCents(modelTimes(base, modelNumber(percent)))
		return of[element]
	}
	// P-2 of C-2 is under 21, with a contract of fixed length: the low premium goes with
	// no more than 52 paid hours.
	low, high := new(big.Rat), new(big.Rat)
	if contract != "C-2" || e.Hours.Cmp(big.NewRat(52, 1)) <= 0 {
		low = premium("TotPrAwfLg", "0.0274", insured)
	} else {
		high = premium("TotPrAwfHg", "0.0774", insured)
	}
	others := modelPlus(premium("TotPrAofLg", "0.0627", insured), premium("TotOpslWko", "0.0050", insured), premium("TotPrGediffWhk", "0.0152", insured))
	zvw, base, all := premium("TotWghZvw", "0.0610", taxable), insured, taxable
	if !charged {
		base, all = new(big.Rat), new(big.Rat)
	}
	text := func(r *big.Rat) string { return r.FloatString(2) }
	return fmt.Sprintf("%s %s taxable %s special %s tax %s + %s base %s %s awf %s %s others %s zvw %s", contract, month, text(taxable), text(e.Special), text(table), text(once),
		text(base), text(all), text(low), text(high), text(others), text(zvw)), of
}

// modelReturns computes every month anew from what was enjoyed in it: the lines that
// enjoyed has, and by month what its return asks. Under loon-in a month goes by what
// was known at its run, or at the last one that repaired it.
func modelReturns(y *story, facts []lateFact, over bool) (list []string, returns map[string]map[string]*big.Rat) {
	returns = map[string]map[string]*big.Rat{}
	newest, _ := y.repaired()
	for key, e := range modelEnjoying(y, over) {
		contract, month, _ := strings.Cut(key, " ")
		known := max(slices.Index(correctionMonths, month), slices.Index(correctionMonths, newest[key]))
		if over {
			known = len(correctionMonths)
		}
		days, whole := modelServed(facts, contract, month, known)
		charged := slices.ContainsFunc(facts, func(f lateFact) bool { return f.step == "employer" && f.slot <= known })
		line, of := e.taxes(contract, month, days, whole, charged)
		if e.Regular.Sign() != 0 || e.Special.Sign() != 0 {
			list = append(list, line)
		}
		if returns[month] == nil {
			returns[month] = map[string]*big.Rat{}
		}
		for element, amount := range of {
			if returns[month][element] == nil {
				returns[month][element] = new(big.Rat)
			}
			returns[month][element].Add(returns[month][element], amount)
		}
	}
	slices.Sort(list)
	return list, returns
}
