package main

import "fmt"

// reconciles lets the municipality of A find a difference and book it; nobody has
// approved that yet. It returns what others may not read.
func (v victim) reconciles() []string {
	v.t.Helper()
	v.must(v.control, "othermoney.record", map[string]any{"employer": v.e, "contract": "C-1", "kind": "LKV", "period": "2026-09", "amount": "3141.59", "reference": "LKV-31415"})
	for _, d := range v.must(v.control, "reconcile.differences", map[string]any{})["differences"].([]any) {
		if d := d.(map[string]any); d["class"] == "funding_above_wage_cost" {
			v.ids["difference"] = fmt.Sprint(d["difference"])
		}
	}
	booking := v.must(v.control, "reconcile.book", map[string]any{"difference": v.ids["difference"], "reason": "x"})
	v.ids["booking"], v.ids["bookinghash"] = fmt.Sprint(booking["booking"]), fmt.Sprint(booking["hash"])
	return []string{"LKV-31415"}
}

// reconcileAttempts are what others try on it.
func (v victim) reconcileAttempts() map[string][]map[string]any {
	return map[string][]map[string]any{
		"reconcile.show":        {{}, {"employer": v.e}, {"period": "2026-09"}},
		"reconcile.differences": {{}, {"employer": v.e, "all": true}},
		"reconcile.book":        {{"difference": v.ids["difference"], "reason": "x"}},
		"reconcile.approve":     {{"booking": v.ids["booking"], "hash": v.ids["bookinghash"]}},
		"othermoney.record":     {{"employer": v.e, "contract": "C-1", "kind": "LKV", "period": "2026-09", "amount": "1", "reference": "L-1"}},
		"othermoney.list":       {{}},
		"reconcile.periodend":   {{"on": "2026-09-30"}},
		"income.list":           {{"period": "2026-10"}},
	}
}
