package main

import (
	"fmt"
	"strings"
)

// The expectations expect/outcomes/DAY, expect/funnel/DAY and expect/savings/DAY are
// the reports of M as they are on a day, without a day today's.

// reported tells of a report, a line each.
func (y *story) reported(what, on string) []string {
	y.t.Helper()
	return y.office.reported(what, on)
}

// reported tells of a report of the municipality.
func (o office) reported(what, on string) []string {
	o.t.Helper()
	request := map[string]any{}
	if strings.Count(on, "-") == 2 {
		request["on"] = on
	}
	reply := o.must(o.control, "report."+what, request)
	var list []string
	if what == "funnel" {
		for _, f := range listOf(reply["agreements"]) {
			list = append(list, funnelLines(f)...)
		}
		return list
	}
	for _, s := range listOf(reply["schemes"]) {
		if what == "outcomes" {
			list = append(list, outcomeLines(s)...)
			continue
		}
		line := fmt.Sprintf("%s: %v off benefit, %s months × %s a year = %s", s["scheme"], s["off_benefit"], s["months"], s["per_year"], s["saved"])
		if s["plan"] != nil {
			line += fmt.Sprintf("; plan %s, break-even %s or %v", s["plan"], s["break_even"], s["break_even_persons"])
		}
		list = append(list, line)
	}
	return list
}

func listOf(list any) []map[string]any {
	var rows []map[string]any
	for _, row := range list.([]any) {
		rows = append(rows, row.(map[string]any))
	}
	return rows
}

// outcomeLines are one line for people and one for each result.
func outcomeLines(s map[string]any) []string {
	line := fmt.Sprintf("%s: referred %v, started %v, running %v, out %v", s["scheme"], s["referred"], s["started"], s["running"], s["out"])
	for _, e := range listOf(s["exits"]) {
		line += fmt.Sprintf(", %s %v", e["reason"], e["number"])
	}
	list := []string{line + fmt.Sprintf("; outcomes %v, places %v", s["outcomes"], s["places"])}
	for _, r := range listOf(s["results"]) {
		list = append(list, "  "+resultLine(r))
	}
	return list
}

// resultLine says unknown of what is not there.
func resultLine(r map[string]any) string {
	said := func(v any) any {
		if v == nil {
			return "unknown"
		}
		return v
	}
	line := fmt.Sprintf("%s %v of %v %s = %v %%", r["what"], r["number"], r["denominator"], r["base"], said(r["percentage"]))
	target, set := r["target"].(map[string]any)
	if !set {
		return line
	}
	if target["count"] != nil {
		line += fmt.Sprintf(", target %v = %v %%", target["count"], said(target["share"]))
	}
	if target["percent"] != nil {
		line += fmt.Sprintf(", target %v %%", target["percent"])
	}
	return line + fmt.Sprintf(", met %v", said(target["met"]))
}

// funnelLines are the months of an agreement, all of it, and its targets.
func funnelLines(f map[string]any) []string {
	count := func(name string, n map[string]any) string {
		return fmt.Sprintf("%s %s: referred %v, started %v, guided %v, outcomes %v, other exits %v, earned %s, bonus or malus %s", f["agreement"], name,
			n["referred"], n["started"], n["guided"], n["outcomes"], n["other_exits"], n["earned"], n["bonus_malus"])
	}
	var list []string
	for _, m := range listOf(f["months"]) {
		list = append(list, count(fmt.Sprint(m["month"]), m))
	}
	list = append(list, count(fmt.Sprintf("agreed %v", f["agreed"]), f["total"].(map[string]any)))
	for _, t := range listOf(f["targets"]) {
		list = append(list, fmt.Sprintf("%s %s %v, target %v, met %v", f["agreement"], t["of"], t["realised"], t["target"], t["met"]))
	}
	for _, r := range listOf(f["outcomes"]) {
		list = append(list, fmt.Sprintf("%s %s", f["agreement"], resultLine(r)))
	}
	return list
}
