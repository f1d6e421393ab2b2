package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"verloning/payroll"
)

// calcRun asks lines on standard input, as main does, and returns the lines of
// the answer.
func calcRun(t testing.TB, in string, args ...string) ([]string, error) {
	t.Helper()
	var out bytes.Buffer
	err := run(t.Context(), append([]string{"calc"}, args...), func(string) string { return "" }, strings.NewReader(in), &out, io.Discard)
	if out.Len() == 0 {
		return nil, err
	}
	return strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n"), err
}

// calcFields picks fields of an answer: "hour=14.99 error.code=date/invalid",
// where a field that is not there is "-".
func calcFields(t testing.TB, answer, want string) string {
	t.Helper()
	var tree map[string]any
	if err := json.Unmarshal([]byte(answer), &tree); err != nil {
		t.Fatalf("%q: %v", answer, err)
	}
	var got []string
	for _, word := range strings.Fields(want) {
		name, _, _ := strings.Cut(word, "=")
		at := any(tree)
		for _, step := range strings.Split(name, ".") {
			switch node := at.(type) {
			case map[string]any:
				at = node[step]
			case []any:
				if at = nil; len(node) > 0 {
					at = node[0].(map[string]any)[step]
				}
			}
		}
		if at == nil {
			at = "-"
		}
		got = append(got, fmt.Sprintf("%s=%v", name, at))
	}
	return strings.Join(got, " ")
}

// calcCases are questions with some fields of their answers: published amounts,
// and amounts reckoned by hand where none is.
var calcCases = []struct{ question, want string }{
	// The white month table of 2026 with korting.
	{`"calc":"loonheffing","date":"2026-10-31","period":"month","wage":"999.00","korting":true`, "loonheffing=13.83 total=- attention=- steps=-"},
	{`"calc":"loonheffing","date":"2026-10-31","wage":"2002.50","korting":true`, "loonheffing=61.42 arbeidskorting=394.83"},
	{`"calc":"loonheffing","date":"2026-10-31","wage":"2425.50","korting":true`, "loonheffing=160.50"},
	{`"calc":"loonheffing","date":"2026-10-31","wage":"4000.00","korting":true`, "loonheffing=818.67 arbeidskorting=461.00"},
	{`"calc":"loonheffing","date":"2026-10-31","wage":"4000.00","korting":true,"birth_date":"1990-01-01"`, "loonheffing=818.67"},
	{`"calc":"loonheffing","date":"2026-10-31","wage":"3240.00","birth_date":"1950-01-01"`, "loonheffing=578.33"},
	{`"calc":"loonheffing","date":"2026-10-31","wage":"3240.00","birth_date":"1950-01-01","korting":true`, "loonheffing=69.58"},
	{`"calc":"loonheffing","date":"2026-10-31","wage":"3240.00","birth_date":"1950-01-01","korting":true,"alleenstaand":true`, "loonheffing=24.58"},
	{`"calc":"loonheffing","date":"2026-10-31","wage":"4000.00","korting":true,"jonggehandicapt":true`, "loonheffing=741.75"},
	{`"calc":"loonheffing","date":"2026-10-31","wage":"1000.00","anonymous":true`, "loonheffing=520.00 attention.code=figure/in_doubt"},
	{`"calc":"loonheffing","date":"2026-10-31","wage":"0.00"`, "loonheffing=0.00 arbeidskorting=0.00"},
	// The special rate: 33.80 % at the row from 23,931; 50.47 % rounds down.
	{`"calc":"loonheffing","date":"2026-10-31","wage":"2002.50","korting":true,"special":"1000.00","annual_wage":"27000.00"`, "loonheffing=61.42 loonheffing_special=338.00 special_rate=33.8 total=399.42"},
	{`"calc":"loonheffing","date":"2026-05-24","korting":true,"special":"1234.56","annual_wage":"60000.00"`, "loonheffing=0.00 loonheffing_special=623.08 special_rate=50.47 total=623.08"},
	{`"calc":"loonheffing","date":"2026-05-24","anonymous":true,"special":"100.00"`, "loonheffing_special=52.00 special_rate=52"},
	{`"calc":"loonheffing","date":"2026-10-31","wage":"1000.00","special":"1"`, "error.code=field/required error.field=annual_wage"},
	{`"calc":"loonheffing","date":"2026-10-31"`, "error.code=field/required error.field=wage"},
	{`"calc":"loonheffing","date":"2027-01-31","wage":"1000.00"`, "error.code=figure/none error.field=date"},
	{`"calc":"loonheffing","date":"2019-12-31","wage":"1000.00"`, "error.code=figure/none error.field=date"},
	{`"calc":"loonheffing","date":"2026-10-31","wage":"1000.00","period":"year"`, "error.code=field/not_allowed error.field=period"},
	{`"calc":"loonheffing","date":"2026-10-31","wage":"1000.00","days":-1`, "error.code=number/out_of_range error.field=days"},
	{`"calc":"loonheffing","date":"2026-10-31","wage":1000.00`, "error.code=field/type error.field=wage"},
	{`"calc":"loonheffing","date":"2026-10-31","wage":"1e3"`, "error.code=number/invalid error.field=wage"},
	{`"calc":"loonheffing","date":"2026-10-31","wage":"1.005"`, "error.code=number/cents error.field=wage"},
	{`"calc":"loonheffing","date":"2026-10-31","wage":"1.00","birth_date":"2027-01-01"`, "error.code=birth_date/out_of_range error.field=birth_date"},

	// The published payslip of 2026.
	{`"calc":"charges","date":"2026-10-31","wage":"2294.40","awf":"low","aof":"low","whk":"1.52"`, "awf=62.87 aof=143.86 wko=11.47 whk=34.87 zvw=139.96 total=393.03 ufo=- attention=-"},
	{`"calc":"charges","date":"2026-10-31","wage":"2294.40","awf":"high","aof":"high","whk":"1.52"`, "awf=177.59 aof=175.06"},
	{`"calc":"charges","date":"2026-10-31","wage":"2294.40","awf":"ufo","aof":"low","whk":"1.52"`, "awf=- ufo=15.60"},
	{`"calc":"charges","date":"2026-10-31","wage":"2294.40","awf":"low","aof":"low"`, "whk=34.87 attention.code=premium/whk_average attention.subject=whk"},
	{`"calc":"charges","date":"2026-10-31","wage":"9000.00","awf":"low","aof":"low","whk":"1.52"`, "zvw=403.66"}, // 6,617.41 is the maximum of a month
	{`"calc":"charges","date":"2026-10-31","wage":"9000.00","awf":"low","aof":"low","whk":"1.52","period":"four_weeks"`, "zvw=372.61"},
	{`"calc":"charges","date":"2026-10-31","wage":"2294.40","awf":"low","aof":"low","birth_date":"1950-01-01"`, "awf=- aof=- zvw=139.96 total=139.96 attention.code=premium/rule_in_doubt"},
	{`"calc":"charges","date":"2027-01-31","wage":"2294.40","awf":"low","aof":"low"`, "error.code=figure/none error.field=date"},
	{`"calc":"charges","date":"2026-10-31","wage":"2294.40"`, "error.code=field/required error.field=awf"},

	{`"calc":"minimumloon","date":"2026-10-01","birth_date":"2000-01-01"`, "hour=14.99 reference_month=2337.00 since=2026-07-01 month=- week=- day=-"},
	{`"calc":"minimumloon","date":"2026-10-01","birth_date":"2006-12-01"`, "hour=8.99 attention.code=figure/in_doubt"},
	{`"calc":"minimumloon","date":"2025-03-01","birth_date":"2006-12-01"`, "hour=7.03"},
	{`"calc":"minimumloon","date":"2025-03-01","birth_date":"2006-12-01","bbl":true`, "hour=6.40"},
	{`"calc":"minimumloon","date":"2007-04-30","birth_date":"1960-01-01"`, "month=1300.80 week=300.20 day=60.04 hour=- reference_month=-"},
	{`"calc":"minimumloon","date":"2007-04-30","birth_date":"1960-01-01","full_time_hours":"38"`, "month=1300.80 hour=7.90"},
	{`"calc":"minimumloon","date":"2023-12-31","birth_date":"1990-01-01","full_time_hours":"36"`, "month=1995.00 week=460.40 day=92.08 hour=12.7889"},
	{`"calc":"minimumloon","date":"2003-06-30","birth_date":"1960-01-01"`, "error.code=figure/none error.field=date"},
	{`"calc":"minimumloon","date":"2027-01-01","birth_date":"1990-01-01"`, "error.code=figure/none error.field=date"},
	{`"calc":"minimumloon","date":"2026-10-01","birth_date":"2015-01-01"`, "error.code=figure/none"},
	{`"calc":"minimumloon","date":"2026-10-01"`, "error.code=field/required error.field=birth_date"},
	{`"calc":"minimumloon","date":"2026-10-32","birth_date":"2000-01-01"`, "error.code=date/invalid error.field=date error.problems=-"},
	{`"calc":"minimumloon","date":"2026-10-32","birth_date":"gisteren","full_time_hours":"80"`, "error.code=date/invalid error.problems.code=date/invalid"},

	// 2,337.00 × 1.08 × 40 % × 32/36; the forfait is 50 %.
	{`"calc":"loonkostensubsidie","date":"2026-10-01","granted":"2026-10-01","birth_date":"1990-01-01","hours_per_week":"32","full_time_hours":"40","route":"loonwaarde","loonwaarde":"60"`,
		"base=897.41 charges=224.35 total=1121.76 charges_percent=25 attention.code=figure/in_doubt"},
	{`"calc":"loonkostensubsidie","date":"2026-10-01","birth_date":"1990-01-01","hours_per_week":"32","full_time_hours":"40","route":"forfait"`,
		"base=1121.76 charges=280.44 total=1402.20"},
	{`"calc":"loonkostensubsidie","date":"2026-10-01","contract_start":"2026-04-01","birth_date":"1990-01-01","hours_per_week":"32","full_time_hours":"40","route":"forfait"`,
		"error.code=forfait/over error.field=route"},
	{`"calc":"loonkostensubsidie","date":"2026-10-01","birth_date":"1990-01-01","hours_per_week":"32","full_time_hours":"40","loonwaarde":"60","charges_percent":"23.5"`,
		"base=897.41 charges=210.89 total=1108.30 charges_percent=23.5 attention=-"},
	{`"calc":"loonkostensubsidie","date":"2026-10-01","birth_date":"1990-01-01","hours_per_week":"32","full_time_hours":"40"`, "error.code=loonwaarde/unknown error.field=loonwaarde"},
	{`"calc":"loonkostensubsidie","date":"2026-10-01","birth_date":"1990-01-01","hours_per_week":"32","full_time_hours":"40","loonwaarde":"60.5"`, "error.code=number/decimals error.field=loonwaarde"},
	{`"calc":"loonkostensubsidie","date":"2026-10-01","birth_date":"1990-01-01","hours_per_week":"32","full_time_hours":"40","route":"forfait","loonwaarde":"60"`, "error.code=loonwaarde/with_forfait error.field=loonwaarde"},
	{`"calc":"loonkostensubsidie","date":"2014-10-01","birth_date":"1970-01-01","hours_per_week":"32","full_time_hours":"40","loonwaarde":"60"`, "error.code=figure/none error.field=date"},
	{`"calc":"loonkostensubsidie","date":"2026-10-01","granted":"2026-10-02","birth_date":"1990-01-01","hours_per_week":"32","full_time_hours":"40","loonwaarde":"60"`, "error.code=date/order error.field=granted"},

	// A step of a wage table, reached on the 16th: 37 × 52/12 × 15/31 = 77.58 hours at 14.99, and 82.75 at 1.04 times that.
	{`"calc":"payslip","period":"2026-10","birth_date":"1980-03-01","contract":{"start":"2026-01-01","open_ended":true,"hours_per_week":"37","full_time_hours":"37","pay_basis":"fixed","averaging":true,` +
		`"wage_base":"steps","experience_since":"2025-10-16","steps":[{"years":0,"factor":"1.00"},{"years":1,"factor":"1.04"}]}`, "gross=2452.96 lines.rate=14.99 lines.amount=1162.92"},
	{`"calc":"payslip","period":"2026-10","birth_date":"1980-03-01","contract":{"start":"2026-01-01","open_ended":true,"hours_per_week":"37","full_time_hours":"37",` +
		`"wage_base":"steps","experience_since":"2025-10-16","steps":[{"years":0,"factor":"1.10"},{"years":1,"factor":"1.04"}]}`, "error.code=steps/order error.field=contract.steps[1].years"},
	{`"calc":"payslip","period":"2026-10","birth_date":"1980-03-01","contract":{"start":"2026-01-01","open_ended":true,"hours_per_week":"37","full_time_hours":"37",` +
		`"wage_base":"steps","experience_since":"2025-10-16"}`, "error.code=wage_base/not_of_scheme error.field=contract.wage_base"},
	// 136.00 × 14.99, and 8 % of it.
	{`"calc":"payslip","period":"2026-10","birth_date":"1996-03-01","korting":true,"contract":{"start":"2026-07-01","hours_per_week":"32","full_time_hours":"40","written":true,"open_ended":true},"hours":[` + calcDays(17) + `],"employer":{"aof":"low","whk":"1.52"}`,
		"period=2026-10 pay_date=2026-10-31 gross=2038.64 holiday_allowance_accrued=163.09 lines.kind=wage.worked lines.quantity=136.00 lines.rate=14.99 lines.amount=2038.64"},
	{`"calc":"payslip","period":"2026-10","pay_date":"2026-10-23","birth_date":"1996-03-01","contract":{"start":"2026-07-01","end":"2026-12-31","hours_per_week":"36","full_time_hours":"36","pay_basis":"fixed"}`,
		"pay_date=2026-10-23 gross=2338.44 lines.kind=wage.fixed"},
	// 100.00 from elsewhere and 8 % of 5 × 3,120.00; without the balances of before nobody is told that they are nought.
	{`"calc":"payslip","period":"2026-05","birth_date":"1996-03-01","contract":{"start":"2025-06-01","hours_per_week":"36","full_time_hours":"36","pay_basis":"fixed","averaging":true,"wage_base":"amount","wage_amount":"20.00","open_ended":true},"employer":{"aof":"low","whk":"1.52"},` +
		`"earlier":{"holiday_base":"12480.00","holiday":"998.40","holiday_opening":"100.00","leave":"12.00","premium_wage":"100","premium_maximum":"100","premium_base":"100"}`, "holiday_allowance_paid=1348.00 attention=-"},
	{`"calc":"payslip","period":"2026-05","birth_date":"1996-03-01","contract":{"start":"2025-06-01","hours_per_week":"36","full_time_hours":"36","pay_basis":"fixed","averaging":true,"wage_base":"amount","wage_amount":"20.00","open_ended":true},"employer":{"aof":"low","whk":"1.52"}`,
		"holiday_allowance_paid=249.60 attention.code=opening/unknown"},
	{`"calc":"payslip","period":"2026-10","birth_date":"1996-03-01","contract":{"start":"2026-07-01","hours_per_week":"32","full_time_hours":"40","open_ended":true},"earlier":{"premium_wage":"1"}`, "error.code=field/required error.field=earlier.premium_maximum"},
	{`"calc":"payslip","period":"2007-04","birth_date":"1960-03-01","contract":{"start":"2007-01-01","end":"2007-12-31","hours_per_week":"38","full_time_hours":"38","pay_basis":"fixed"}`, "gross=1300.80 gross_only=true"},
	{`"calc":"payslip","period":"2027-01","birth_date":"1996-03-01","contract":{"start":"2026-07-01","hours_per_week":"32","full_time_hours":"40","open_ended":true}`, "error.code=figure/none error.field=period"},
	{`"calc":"payslip","period":"2026-06","birth_date":"1996-03-01","contract":{"start":"2026-07-01","hours_per_week":"32","full_time_hours":"40","open_ended":true}`, "error.code=period/outside_contract error.field=period"},
	{`"calc":"payslip","period":"2026-10","birth_date":"1996-03-01"`, "error.code=field/required error.field=contract.start"},
	{`"calc":"payslip","period":"2026-10","birth_date":"1996-03-01","contract":{"start":"2026-07-01","hours_per_week":"32","full_time_hours":"40"}`, "error.code=contract/end error.field=contract.end"},
	{`"calc":"payslip","period":"2026-10","birth_date":"1996-03-01","contract":{"start":"2026-07-01","hours_per_week":"32","full_time_hours":"40","uren":"1"}`, "error.code=field/unknown error.field=contract.uren"},

	// A bonus of (1 − 60 %) × 1,300.80 × 1.08; the start of an opstapbaan is half of 5,000, and of its end in month 7 by
	// the employer 7/12 is earned, of which 2,500 was paid.
	{`"calc":"scheme","scheme":"oss-bonusbaan","date":"2007-01-31","facts":{` + calcJob("2007-12-31", "") + `,"decision":{"from":"2007-01-01","to":"2007-12-31","hours_per_week":"40","productivity":60}}`,
		"total=561.95 payments.rule=bonus payments.day=2007-01-31 payments.amount=561.95 payments.vat=0.00 payments.document=agreement payments.payer=municipality payments.payee=employer payments.sources.source=W payments.sources.amount=561.95"},
	{`"calc":"scheme","scheme":"breda-opstapbaan","date":"2007-01-31","facts":{` + calcJob("2007-12-31", "") + `,"decision":{"from":"2007-01-01","to":"2007-12-31","hours_per_week":"40"}}`,
		"total=2500.00 payments.rule=one_off payments.document=beschikking payments.key=period/2007-01"},
	{`"calc":"scheme","scheme":"breda-opstapbaan","date":"2007-07-31","facts":{` + calcJob("2007-07-31", "") + `,"end_reason":"ended_by_employer","decision":{"from":"2007-01-01","to":"2007-12-31","hours_per_week":"40"},` +
		`"earlier":[{"rule":"one_off","entitled":"2500.00","wage_cost":"8429.18","amount":"2500.00"}]}`, "total=416.67 payments.key=period/2007-07"},
	// A place of 1,900 with 19 % VAT, and eight hours of hire at 12.50.
	{`"calc":"scheme","scheme":"uden-warmm","date":"2007-01-31","facts":{` + calcJob("2007-11-30", `,"wage_factor":"1.02"`) + `,"decision":{"from":"2007-01-01","to":"2007-11-30","hours_per_week":"40"},` +
		`"placement":{"price":"12.50"},"hours":[{"day":"2007-01-02","kind":"worked","hours":"8.00"}]}`,
		"total=2000.00 total_vat=380.00 payments.rule=place payments.kind=fee payments.amount=1900.00 payments.vat=361.00 payments.sources.amount=1900.00"},
	// At work on the last day of month 3: 4,000, half at once and half after six months; a day later it is 3,000.
	{`"calc":"scheme","scheme":"breda-work-first","date":"2007-03-31","facts":{"start":"2007-01-01","placements":[{"from":"2007-03-31"}]}`,
		"total=2000.00 total_vat=380.00 payments.key=placed payments.day=2007-03-31 payments.payee=provider payments.document=invoice"},
	{`"calc":"scheme","scheme":"breda-work-first","date":"2007-12-31","facts":{"referred":"2007-01-01","start":"2007-01-01","placements":[{"from":"2007-03-31"}]}`, "total=4000.00 total_vat=760.00"},
	{`"calc":"scheme","scheme":"breda-work-first","date":"2007-12-31","facts":{"start":"2007-01-01","placements":[{"from":"2007-04-01"}],"relapses":["2007-07-01"]}`, "total=1500.00"},
	// No cure less pay: half of 4,000 for a plan, and all of it for a job that lasts.
	{`"calc":"scheme","scheme":"eindhoven-no-cure-less-pay","date":"2008-06-30","facts":{"referred":"2007-01-01","plan":"2007-02-01"}`, "total=2000.00 payments.key=plan payments.amount=2000.00"},
	{`"calc":"scheme","scheme":"eindhoven-no-cure-less-pay","date":"2008-06-30","facts":{"referred":"2007-01-01","plan":"2007-02-01","placements":[{"from":"2007-06-01"}]}`, "total=4000.00 total_vat=760.00"},
	// A product is paid when it was ordered, by who bears the benefit.
	{`"calc":"scheme","scheme":"helmond-actief","date":"2008-06-30","facts":{"referred":"2007-01-01","benefit":"WW","orders":[{"product":"intake","day":"2007-01-01"}],"delivered":[{"product":"intake","day":"2007-01-15"},{"product":"module","day":"2007-01-15"}]}`,
		"total=400.00 payments.rule=intake payments.day=2007-01-15 payments.sources.source=UWV payments.sources.amount=400.00 attention.code=scheme/setting"},
	{`"calc":"scheme","scheme":"loonkostensubsidie","date":"2026-10-31","facts":{"birth_date":"1996-03-01","contract":{"start":"2026-07-01","open_ended":true,"written":true,"hours_per_week":"32","full_time_hours":"40","pay_basis":"fixed","averaging":true},` +
		`"employer":{"aof":"low","whk":"1.52"},"decision":{"from":"2026-07-01","hours_per_week":"32","loonwaarde":60}}`, "total=1121.76 total_vat=0.00 payments.rule=lks payments.document=beschikking payments.sources.source=BUIG"},
	// The wage cost of a quarter of the month holds no more than itself.
	{`"calc":"scheme","scheme":"loonkostensubsidie","date":"2026-10-31","facts":{"period":"2026-10","birth_date":"1996-03-01","contract":{"start":"2026-07-01","open_ended":true,"hours_per_week":"32","full_time_hours":"40"},` +
		`"hours":[{"day":"2026-10-01","kind":"worked","hours":"8.00"}],"decision":{"from":"2026-07-01","hours_per_week":"32","loonwaarde":60,"ceiling":"100.00"}}`, "total=100.00"},
	{`"calc":"scheme","scheme":"tilburg-participatieproject","date":"2006-12-31","facts":{"start":"2006-07-01"}`,
		"total=150.00 payments.kind=premium payments.key=six_months/1 payments.payee=person payments.sources.amount=75.00"},
	{`"calc":"scheme","scheme":"krimpen-spoor-0","date":"2010-12-31","facts":{"start":"2010-01-01","exit":{"day":"2010-03-01","reason":"work"}}`, "total=0.00 payments.rule=- steps.result=0.00"},
	{`"calc":"scheme","scheme":"nergens","date":"2007-01-31"`, "error.code=scheme/unknown error.field=scheme"},
	{`"calc":"scheme","scheme":"oss-bonusbaan","date":"2003-01-31","facts":{"contract":{"start":"2003-01-01"}}`, "error.code=scheme/not_yet error.field=date"},
	{`"calc":"scheme","scheme":"oss-bonusbaan","date":"2007-01-31"`, "error.code=field/required error.field=facts.contract"},
	{`"calc":"scheme","scheme":"helmond-actief","date":"2007-01-31","facts":{"orders":[{"product":"intake","day":"2007-01-01"}]}`, "error.code=field/required error.field=facts.referred"},
	{`"calc":"scheme","scheme":"helmond-actief","date":"2007-01-31","facts":{"geboren":"x"}`, "error.code=field/unknown error.field=facts.geboren"},
	{`"calc":"scheme","scheme":"helmond-actief","date":"2007-01-31","facts":{"start":"2007-01-01","birth_date":"1990-01-01"}`, "error.code=field/without_contract error.field=facts.birth_date"},
	{`"calc":"scheme","scheme":"krimpen-spoor-0","date":"2010-12-31","facts":{` + calcJob("2007-12-31", "") + `}`, "error.code=scheme/no_contract error.field=facts.contract"},
	{`"calc":"scheme","scheme":"breda-opstapbaan","date":"2007-01-31","facts":{` + calcJob("2007-12-31", "") + `,"decision":{"from":"2007-01-01","hours_per_week":"40","productivity":60}}`, "error.code=productivity/not_of_scheme error.field=facts.decision.productivity"},

	{`"calc":"netto"`, "error.code=calc/unknown error.field=calc"},
	{`"wage":"1.00"`, "error.code=calc/unknown error.field=calc"},
	{`"calc":5`, "error.code=calc/unknown error.field=calc"},
	{`"calc":"minimumloon","date":"2026-10-01","birth_date":"2000-01-01","geboren":"x"`, "error.code=field/unknown error.field=geboren"},
	{`"calc":"minimumloon","Date":"2026-10-01","birth_date":"2000-01-01"`, "error.code=field/unknown error.field=Date"},
	{`"calc":"minimumloon","date":"2026-10-01","date":"2026-10-02","birth_date":"2000-01-01"`, "error.code=field/repeated error.field=date"},
	{`"calc":"minimumloon","calc":"charges","date":"2026-10-01","birth_date":"2000-01-01"`, "error.code=field/repeated error.field=calc"},
}

// calcJob is a whole week from January 2007 until a day, with what else its contract says.
func calcJob(end, more string) string {
	ended := ""
	if end < "2007-10-01" {
		ended = `,"ended_by":"employer"`
	}
	return `"birth_date":"1970-01-01","contract":{"start":"2007-01-01","end":"` + end + `","hours_per_week":"40","full_time_hours":"40","pay_basis":"fixed"` + ended + more + `}`
}

// calcDays are so many days of eight hours worked, from 1 October 2026.
func calcDays(n int) string {
	var days []string
	for i := range n {
		days = append(days, fmt.Sprintf(`{"day":"2026-10-%02d","kind":"worked","hours":"8.00"}`, i+1))
	}
	return strings.Join(days, ",")
}

// A payslip that can not be has every reason at once, each with the place of its
// field; the first stands in front.
func TestCalcPayslipProblems(t *testing.T) {
	answers, err := calcRun(t, `{"calc":"payslip","period":"2026-10","pay_date":"2026-10-32","birth_date":"1996-03-01",`+
		`"contract":{"start":"2026-07-01","hours_per_week":"42","full_time_hours":"40","wage_factor":"0.9","wage_base":"cao","open_ended":true,"leave_weeks":"3","sick_percentage":"60"},`+
		`"hours":[{"day":"2026-10-01","kind":"worked","hours":"8.00"},{"day":"2026-10-01","kind":"worked","hours":"8"},{"day":"2026-10-01","kind":"leave","hours":"9"},`+
		`{"day":"2026-11-01","kind":"worked","hours":"8"},{"day":"2026-06-30","kind":"sick","hours":"8"},{"day":"2026-09-30","kind":"sick","hours":"8"},{"day":"2026-10-02","kind":"slept","hours":"25"}],`+
		`"employer":{"aof":"middle","whk":"-1"},"pension":{"franchise":"100.00","maximum":"50.00","employee_percentage":"5"},"earlier":{"leave":"x"}}`)
	if err == nil || len(answers) != 1 {
		t.Fatalf("%q, %v", answers, err)
	}
	var answer struct {
		Error struct {
			Code, Field string
			Problems    []struct{ Code, Field string }
		}
	}
	if err := json.Unmarshal([]byte(answers[0]), &answer); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, p := range answer.Error.Problems {
		got = append(got, p.Code+" "+p.Field)
	}
	want := []string{
		"date/invalid pay_date", "field/not_allowed employer.aof", "number/out_of_range employer.whk", "field/required pension.employer_percentage",
		"pension/maximum pension.maximum", "number/out_of_range contract.leave_weeks", "number/out_of_range contract.sick_percentage",
		"field/not_allowed contract.wage_base", "number/out_of_range contract.wage_factor", "hours_per_week/over_full_time contract.hours_per_week",
		"hours/out_of_range earlier.leave", "day/duplicate hours[1].day", "hours/day_total hours[2].hours", "day/outside_period hours[3].day",
		"day/outside_contract hours[4].day", "field/not_allowed hours[6].kind", "hours/out_of_range hours[6].hours",
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if answer.Error.Code == "" || answer.Error.Code != answer.Error.Problems[0].Code || answer.Error.Field != answer.Error.Problems[0].Field {
		t.Errorf("%+v", answer.Error)
	}
}

// Facts of a scheme that can not be have every reason at once, each in its place.
func TestCalcSchemeProblems(t *testing.T) {
	answers, err := calcRun(t, `{"calc":"scheme","scheme":"helmond-actief","date":"2007-13-31","facts":{"referred":"2003-01-01","benefit":"AOW","start":"2002-01-01","extended":"2007-01-01",`+
		`"orders":[{"product":"soep","day":"2007-01-01"},{"day":"x"}],"placements":[{"from":"2007-05-01","to":"2007-04-01","hours_per_week":"0"}],"relapses":[""],"exit":{"day":"2107-01-01","reason":"zomaar"},`+
		`"earlier":[{}],"hours":[{}],"contract":{"start":"2007-01-01","end":"2007-12-31","hours_per_week":"40"},"decision":{"from":"2007-02-01","to":"2007-01-01"},"placement":{"price":"1000"}}}`)
	var answer calcAnswerless
	if err == nil || json.Unmarshal([]byte(answers[0]), &answer) != nil {
		t.Fatalf("%q, %v", answers, err)
	}
	var got []string
	for _, p := range answer.Error.Problems {
		got = append(got, p.Code+" "+p.Field)
	}
	want := []string{
		"date/invalid date", "field/not_allowed facts.benefit", "scheme/not_yet facts.referred", "date/before_referral facts.start", "scheme/no_extension facts.extended",
		"product/unknown facts.orders[0].product", "field/required facts.orders[1].product", "date/invalid facts.orders[1].day", "date/order facts.placements[0].to",
		"number/out_of_range facts.placements[0].hours_per_week", "field/required facts.relapses[0]", "date/out_of_range facts.exit.day", "exit/unknown facts.exit.reason",
		"field/required facts.birth_date", "scheme/no_contract facts.contract", "field/required facts.hours[0].day", "field/required facts.hours[0].kind", "field/required facts.hours[0].hours",
		"field/required facts.contract.full_time_hours", "field/required facts.decision.hours_per_week", "decision/not_of_scheme facts.decision", "field/required facts.earlier[0].rule", "field/required facts.earlier[0].entitled",
		"field/required facts.earlier[0].wage_cost", "field/required facts.earlier[0].amount", "number/out_of_range facts.placement.price",
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// All cases in one stream: an answer a line, in the order of the questions.
func TestCalc(t *testing.T) {
	var in strings.Builder
	for _, c := range calcCases {
		in.WriteString("{" + c.question + "}\n")
	}
	answers, err := calcRun(t, in.String())
	if len(answers) != len(calcCases) {
		t.Fatalf("%d answers to %d questions", len(answers), len(calcCases))
	}
	wrong := 0
	for i, c := range calcCases {
		if got := calcFields(t, answers[i], c.want); got != c.want {
			t.Errorf("{%s}\n got %s\nwant %s\nin %s", c.question, got, c.want, answers[i])
		}
		if strings.Contains(c.want, "total=1121.76") && !strings.Contains(answers[i], `"formula":"2337.00 × 1.08 × 40 % × 32/36","result":"897.408"`) {
			t.Errorf("no step in %s", answers[i])
		}
		if over := strings.Contains(c.want, "forfait/over"); over && !strings.Contains(answers[i], `"article":"Participatiewet art. 10d lid 5"`) {
			t.Errorf("no article in %s", answers[i])
		}
		if strings.HasPrefix(answers[i], `{"error"`) {
			wrong++
		}
	}
	if want := fmt.Sprintf("%d van %d vragen zijn niet beantwoord.", wrong, len(calcCases)); err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// With --trace each answer has steps, and they end in its amount.
func TestCalcTrace(t *testing.T) {
	for _, c := range calcCases {
		answers, err := calcRun(t, "{"+c.question+"}", "--trace")
		if err != nil {
			continue
		}
		var answer struct{ Steps []struct{ What, Result any } }
		if err := json.Unmarshal([]byte(answers[0]), &answer); err != nil || len(answer.Steps) == 0 {
			t.Errorf("{%s}: %d steps, %v", c.question, len(answer.Steps), err)
		}
	}
}

// What is wrong with one line is answered in its place and stops nothing: the
// good lines around it have their answers.
func TestCalcBadLines(t *testing.T) {
	good := `{"calc":"minimumloon","date":"2026-10-01","birth_date":"2000-01-01"}`
	long := strings.Repeat("x", calcLongest)
	for _, c := range []struct{ bad, want string }{
		{"", "error.code=line/empty error.field="},
		{" \t\r", "error.code=line/empty"},
		{"nonsense", "error.code=json/malformed"},
		{good + good, "error.code=json/malformed"},
		{`{"calc":"minimumloon"`, "error.code=json/malformed"},
		{`[` + good + `]`, "error.code=calc/unknown"},
		{"\xff\xfe", "error.code=json/malformed"},
		{strings.Repeat("[", 100_000), "error.code=json/malformed"},
		{long, "error.code=json/malformed"},
		{long + "x", "error.code=line/too_long"},
		{strings.Repeat(long, 3), "error.code=line/too_long"},
	} {
		answers, err := calcRun(t, good+"\n"+c.bad+"\n"+good+"\r\n")
		if len(answers) != 3 || err == nil {
			t.Fatalf("%.40q: %d answers, %v", c.bad, len(answers), err)
		}
		if got := calcFields(t, answers[1], c.want); got != c.want {
			t.Errorf("%.40q: %s, want %s", c.bad, got, c.want)
		}
		for _, i := range []int{0, 2} {
			if got := calcFields(t, answers[i], "hour"); got != "hour=14.99" {
				t.Errorf("%.40q: %s", c.bad, answers[i])
			}
		}
	}
}

// Files are read one after the other; a name that does not exist is told before
// anything is answered. Nothing asked is nothing answered, and no error.
func TestCalcFiles(t *testing.T) {
	good := `{"calc":"minimumloon","date":"2026-10-01","birth_date":"2000-01-01"}`
	one, two := filepath.Join(t.TempDir(), "one"), filepath.Join(t.TempDir(), "two")
	for name, text := range map[string]string{one: "\xef\xbb\xbf" + good, two: strings.Replace(good, "10-01", "03-01", 1) + "\n"} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	answers, err := calcRun(t, good, one, two, "-")
	if err != nil || len(answers) != 3 || calcFields(t, answers[0], "hour")+calcFields(t, answers[1], "hour") != "hour=14.99hour=14.71" {
		t.Errorf("%q, %v", answers, err)
	}
	if answers, err := calcRun(t, good, one, one+"x"); err == nil || answers != nil || !strings.Contains(err.Error(), "file/unreadable") {
		t.Errorf("%q, %v", answers, err)
	}
	if answers, err := calcRun(t, ""); err != nil || answers != nil {
		t.Errorf("%q, %v", answers, err)
	}
}

// An absurd line gets a bounded answer.
func TestCalcReasonsEnd(t *testing.T) {
	answers, err := calcRun(t, `{"calc":"payslip","hours":[`+strings.Repeat(`{},`, 5000)+`{}]}`)
	var answer calcAnswerless
	if err == nil || json.Unmarshal([]byte(answers[0]), &answer) != nil || len(answer.Error.Problems) != calcReasons {
		t.Errorf("%d problems, %v", len(answer.Error.Problems), err)
	}
}

// What the README shows can be asked, and the names that it gives to the fields
// of a question are the fields.
func TestCalcReadme(t *testing.T) {
	root, err := tidyRoot()
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(root, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	var in []string
	for line := range strings.Lines(string(text)) {
		if question, shown := strings.CutPrefix(line, `    {"calc":`); shown {
			in = append(in, `{"calc":`+question)
		}
	}
	if answers, err := calcRun(t, strings.Join(in, "")); err != nil || len(answers) < 4 {
		t.Errorf("%q, %v", answers, err)
	}
	fields := 0
	for _, question := range []any{minimumWageAsked{}, taxAsked{}, chargesAsked{}, subsidyAsked{}, payslipQuestion{}, payslipContract{}, payslipCharges{}, payroll.PensionScheme{}, payslipEarlier{},
		schemeQuestion{}, schemeFacts{}, schemeOrder{}, schemeJob{}, schemeLeaving{}, schemeDecision{}, schemePlacement{}, schemeEarlier{}} {
		for _, name := range calcFieldNames(reflect.TypeOf(question)) {
			if fields++; !strings.Contains(string(text), "`"+name+"`") {
				t.Errorf("%T has a field %s, and the README does not name it", question, name)
			}
		}
	}
	if fields < 110 {
		t.Errorf("looked at %d fields", fields)
	}
}

func calcFieldNames(question reflect.Type) []string {
	var names []string
	for i := range question.NumField() {
		f := question.Field(i)
		if f.Anonymous {
			names = append(names, calcFieldNames(f.Type)...)
			continue
		}
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		names = append(names, name)
	}
	return names
}

// Many lines keep their order, whichever core is done first.
func TestCalcOrder(t *testing.T) {
	var in strings.Builder
	const lines = 20_000
	for i := range lines {
		fmt.Fprintf(&in, `{"calc":"loonheffing","date":"2026-10-31","wage":"%d.00","anonymous":true}`+"\n", 100*i)
	}
	answers, err := calcRun(t, in.String())
	if err != nil || len(answers) != lines {
		t.Fatalf("%d answers, %v", len(answers), err)
	}
	for i, answer := range answers {
		if want := fmt.Sprintf(`{"loonheffing":"%d.00",`, 52*i); !strings.HasPrefix(answer, want) {
			t.Fatalf("line %d: %s", i+1, answer)
		}
	}
}

// A program may ask a line and wait for its answer before it asks the next; and
// whoever interrupts a wait is not kept waiting.
func TestCalcInTurn(t *testing.T) {
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	inRead, inWrite := io.Pipe()
	outRead, outWrite := io.Pipe()
	done := make(chan error, 1)
	go func() {
		done <- run(ctx, []string{"calc"}, func(string) string { return "" }, inRead, outWrite, io.Discard)
	}()
	answers := json.NewDecoder(outRead)
	for _, wage := range []string{"100.00", "200.00", "300.00"} {
		if _, err := fmt.Fprintf(inWrite, `{"calc":"loonheffing","date":"2026-10-31","wage":"%s","anonymous":true}`+"\n", wage); err != nil {
			t.Fatal(err)
		}
		var answer struct {
			Tax string `json:"loonheffing"`
		}
		if err := answers.Decode(&answer); err != nil || answer.Tax == "" {
			t.Fatalf("%+v, %v", answer, err)
		}
	}
	interrupt()
	select {
	case err := <-done:
		if err == nil || err.Error() != "interrupted" {
			t.Errorf("got %v", err)
		}
	case <-time.After(10 * time.Second):
		t.Error("it still waits for a question")
	}
	_ = inWrite.Close()
}

// A pipe that nobody reads any more ends the work.
func TestCalcBrokenPipe(t *testing.T) {
	read, write := io.Pipe()
	broken := errors.New("nobody reads")
	_ = read.CloseWithError(broken)
	in := strings.NewReader(strings.Repeat(`{"calc":"netto"}`+"\n", 10_000))
	err := run(t.Context(), []string{"calc"}, func(string) string { return "" }, in, write, io.Discard)
	if !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
}

// Whatever comes in, each line has one answer: an object that is an error or not.
func FuzzCalc(f *testing.F) {
	for _, c := range calcCases {
		f.Add("{" + c.question + "}\n")
	}
	f.Add("\n\n{}\r\n[]\nnull\n\"x\"\n{\"calc\":\"charges\"}")
	f.Fuzz(func(t *testing.T, in string) {
		lines := strings.Count(in, "\n")
		if in = strings.TrimPrefix(in, "\xef\xbb\xbf"); in != "" && !strings.HasSuffix(in, "\n") {
			lines++
		}
		var out bytes.Buffer
		var done calcTally
		if err := (&calcCommand{Trace: true}).answer(t.Context(), strings.NewReader(in), &out, &done); err != nil {
			t.Fatal(err)
		}
		answers, wrong := slices.Collect(strings.Lines(out.String())), 0
		if len(answers) != lines || done.lines != lines {
			t.Fatalf("%d answers to %d lines, %+v", len(answers), lines, done)
		}
		for _, answer := range answers {
			var fields map[string]json.RawMessage
			if err := json.Unmarshal([]byte(answer), &fields); err != nil || len(fields) == 0 || !strings.HasSuffix(answer, "}\n") {
				t.Fatalf("%q: %v", answer, err)
			}
			if fields["error"] == nil {
				continue
			}
			wrong++
			var told calcAnswerless
			if err := json.Unmarshal([]byte(answer), &told); err != nil || told.Error.Code == "" || told.Error.Message == "" || told.Error.Bericht == "" || len(fields) != 1 {
				t.Fatalf("%q: %v", answer, err)
			}
		}
		if wrong != done.wrong {
			t.Fatalf("%d answers are errors, %+v", wrong, done)
		}
	})
}

// BenchmarkCalc answers a mix of questions, one of each kind in turn, as the
// command does: read, computed on every core, written in order.
func BenchmarkCalc(b *testing.B) {
	var good []string
	for _, c := range calcCases {
		if !strings.Contains(c.want, "error.") {
			good = append(good, "{"+c.question+"}\n")
		}
	}
	const rounds = 200
	in := strings.Repeat(strings.Join(good, ""), rounds)
	answers := 0
	b.ReportAllocs()
	for b.Loop() {
		var done calcTally
		if err := (&calcCommand{}).answer(b.Context(), strings.NewReader(in), io.Discard, &done); err != nil || done.wrong > 0 {
			b.Fatalf("%+v, %v", done, err)
		}
		answers += done.lines
	}
	b.ReportMetric(float64(answers)/b.Elapsed().Seconds(), "answers/s")
}
