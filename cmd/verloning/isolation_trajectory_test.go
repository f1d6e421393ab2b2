package main

import "fmt"

// trajectories gives A's municipality a provider, a trajectory with an event that
// waits, and a statement that waits.
func (v *victim) trajectories() {
	v.t.Helper()
	type m = map[string]any
	v.must(v.admin, "org.register", m{"code": v.m + "-P", "name": "Uitvoerder Goudsbloem", "roles": []string{"reintegratiebedrijf"}, "iban": "NL02ABNA0123456789"})
	provider := v.user(v.m+"-P", "coach", "submit")
	v.must(v.control, "agreement.record", m{"number": "G-31415", "provider": v.m + "-P", "scheme": "generiek-traject", "from": "2026-01-01"})
	v.must(v.control, "trajectory.refer", m{"trajectories": []any{m{"number": "T-31415", "scheme": "generiek-traject", "agreement": "G-31415", "referred": "2026-07-01", "bsn": bsnOf(1)}}})
	v.must(v.control, "trajectory.record", m{"events": []any{m{"trajectory": "T-31415", "kind": "started", "day": "2026-07-01", "despite": "goudsbloem"}}})
	v.must(provider, "trajectory.report", m{"events": []any{m{"municipality": v.m, "trajectory": "T-31415", "kind": "accepted", "day": "2026-07-01"}}})
	s := v.must(v.control, "statement.calculate", m{"period": "2026-09"})
	v.ids["statement"], v.ids["statementhash"] = fmt.Sprint(s["statement"]), fmt.Sprint(s["hash"])
	v.secret = append(v.secret, "G-31415", "T-31415", "Goudsbloem", "goudsbloem", v.ids["statementhash"])
}

// trajectoryAttempts are requests that name what is A's.
func (v victim) trajectoryAttempts() map[string][]map[string]any {
	type m = map[string]any
	event := func(more m) m {
		line := m{"trajectory": "T-31415", "kind": "exited", "day": "2026-08-01", "reason": "other"}
		for key, value := range more {
			line[key] = value
		}
		return m{"events": []any{line}}
	}
	return map[string][]m{
		"agreement.record":   {}, // It names a provider, who may be anybody's, and nothing else.
		"agreement.list":     {{}},
		"agreement.standing": {{}, {"agreement": "G-31415"}},
		"trajectory.refer":   {{"trajectories": []any{m{"number": "T-B", "scheme": "generiek-traject", "agreement": "G-31415", "referred": "2026-07-01"}}}},
		"trajectory.amend":   {{"trajectory": "T-31415", "benefit": "WIA"}},
		"trajectory.record":  {event(nil)},
		"trajectory.report":  {event(m{"municipality": v.m}), event(m{"municipality": "BETA"})},
		"trajectory.judge": {{"verdict": "confirmed", "events": []any{m{"trajectory": "T-31415", "event": 2}}},
			{"verdict": "confirmed", "provider": v.m + "-P", "all": true}},
		"trajectory.list":     {{}, {"scheme": "generiek-traject"}},
		"trajectory.show":     {{"trajectory": "T-31415"}, {"trajectory": "T-31415", "municipality": v.m}},
		"statement.calculate": {}, // It names nothing of anybody's.
		"statement.approve":   {{"statement": v.ids["statement"], "hash": v.ids["statementhash"], "accept": "x"}},
		"statement.settle":    {{"statement": v.ids["statement"], "day": "2026-10-01", "reference": "x"}},
		"statement.list":      {{}},
		"statement.show":      {{"statement": v.ids["statement"]}},
		"fee.list":            {{}, {"period": "2026-09"}},
		"report.outcomes":     {{}, {"scheme": "generiek-traject"}},
		"report.funnel":       {{}, {"agreement": "G-31415"}},
		"report.savings":      {{}, {"on": "2026-10-01"}},
	}
}
