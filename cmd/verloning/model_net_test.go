package main

import (
	"math/big"
	"strings"
)

// modelNet is what becomes of a month's wage: what is paid out beside it at the
// end of a contract, the tax on it, and what the employer pays on top.
type modelNet struct {
	Wage, Holiday     *big.Rat // earned, and accrued on it
	HolidayPaid       *big.Rat // at the end
	LeavePaid, Owed   *big.Rat // hours of leave that are left, or were taken too many
	Tax, Charges, Net *big.Rat
}

// net is the payslip of the contract's one month. Of 2007 no rates of tax are
// known, so that the payslip is gross.
func (c modelContract) net() modelNet {
	n := modelNet{HolidayPaid: new(big.Rat), LeavePaid: new(big.Rat), Owed: new(big.Rat), Tax: new(big.Rat), Charges: new(big.Rat)}
	n.Wage, n.Holiday = c.paid(c.days(), c.rate())
	if strings.HasPrefix(c.Span.To, c.Month) {
		n.HolidayPaid = n.Holiday
		hour := modelRound(modelTimes(c.rate(), modelNumber("1.08")), 4)
		if left := c.leave(); left.Sign() > 0 {
			n.LeavePaid = modelCents(modelTimes(left, hour))
		} else {
			n.Owed = modelCents(modelTimes(left, hour, big.NewRat(-1, 1)))
		}
	}
	if c.Month >= "2020" {
		n.Tax, n.Charges = c.tax(n.Wage), modelCharges(n.Wage)
	}
	n.Net = modelMinus(modelPlus(n.Wage, n.HolidayPaid, n.LeavePaid), n.Tax)
	return n
}

// leave is what the hours paid give, 4 of 52 weeks, less what was taken.
func (c modelContract) leave() *big.Rat {
	paid, taken := new(big.Rat), new(big.Rat)
	for kind, hours := range c.hoursOf(c.days()) {
		if kind != "unpaid_absence" {
			paid.Add(paid, hours)
		}
		if kind == "leave" {
			taken.Add(taken, hours)
		}
	}
	return modelMinus(modelCents(modelTimes(paid, big.NewRat(4, 52))), taken)
}

// tax is the loonheffing of 2026 by the white table: of the month, or of a day
// for each working day where service covers no whole month. It takes no contract that ends with what is taxed at the special
// rate.
func (c modelContract) tax(wage *big.Rat) *big.Rat {
	working, whole := int64(0), int64(0)
	for day := 1; day <= c.law().Days; day++ {
		if weekday := (day + 2) % 7; weekday == 5 || weekday == 6 { // 1 October 2026 is a Thursday: 3.
			continue
		}
		whole++
		for _, d := range c.days() {
			if d == day {
				working++
			}
		}
	}
	if strings.HasPrefix(c.Span.To, c.Month) {
		panic("the special rate is not reckoned here")
	}
	if working == whole {
		return modelTable(wage, 12, c.Korting)
	}
	day := modelCentsDown(modelTimes(wage, big.NewRat(1, working)))
	return modelTimes(modelTable(day, 260, c.Korting), big.NewRat(working, 1))
}

// modelTable is a row of the table: annual wage in steps of 54, whole euros of
// tax down and of credits up, and back to the period.
func modelTable(wage *big.Rat, periods int64, korting bool) *big.Rat {
	steps := modelTimes(wage, big.NewRat(periods, 54))
	annual := modelTimes(new(big.Rat).SetInt(modelFloor(steps)), big.NewRat(54, 1))
	tax := new(big.Rat).SetInt(modelFloor(modelTimes(annual, modelNumber("0.3575"))))
	if over := modelMinus(annual, modelNumber("38883")); over.Sign() > 0 {
		tax = modelPlus(modelNumber("13900"), new(big.Rat).SetInt(modelFloor(modelTimes(over, modelNumber("0.3756")))))
	}
	if annual.Cmp(modelNumber("78426")) > 0 {
		panic("the third bracket is not reckoned here")
	}
	if korting {
		general := modelNumber("3115")
		if over := modelMinus(annual, modelNumber("29736")); over.Sign() > 0 {
			general = modelUp(modelMinus(general, modelTimes(over, modelNumber("0.06398"))))
		}
		labour := modelLeast(modelTimes(annual, modelNumber("0.08324")), modelNumber("996"))
		for _, zone := range []struct{ from, rate, most string }{{"11965", "0.31009", "5300"}, {"25845", "0.0195", "5685"}} {
			if over := modelMinus(annual, modelNumber(zone.from)); over.Sign() > 0 {
				labour = modelLeast(modelPlus(labour, modelTimes(over, modelNumber(zone.rate))), modelNumber(zone.most))
			}
		}
		if over := modelMinus(annual, modelNumber("45592")); over.Sign() > 0 {
			labour = modelMinus(labour, modelTimes(over, modelNumber("0.0651")))
		}
		if tax = modelMinus(tax, modelPlus(general, modelUp(labour))); tax.Sign() < 0 {
			tax = new(big.Rat)
		}
	}
	return modelCents(modelTimes(tax, big.NewRat(1, periods)))
}

// modelCharges are AWf low, Aof low, Wko, Whk and Zvw of 2026, each rounded.
func modelCharges(wage *big.Rat) *big.Rat {
	sum := new(big.Rat)
	for _, percent := range []string{"0.0274", "0.0627", "0.0050", "0.0152", "0.0610"} {
		sum.Add(sum, modelCents(modelTimes(wage, modelNumber(percent))))
	}
	return sum
}

// modelFloor is the whole part of what is not below nil.
func modelFloor(r *big.Rat) *big.Int { return new(big.Int).Div(r.Num(), r.Denom()) }

// modelUp is the next whole euro, unless it is one.
func modelUp(r *big.Rat) *big.Rat {
	whole := new(big.Rat).SetInt(modelFloor(r))
	if whole.Cmp(r) < 0 {
		whole.Add(whole, big.NewRat(1, 1))
	}
	return whole
}

func modelCentsDown(r *big.Rat) *big.Rat {
	return modelTimes(new(big.Rat).SetInt(modelFloor(modelTimes(r, big.NewRat(100, 1)))), big.NewRat(1, 100))
}
