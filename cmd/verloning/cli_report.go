package main

import (
	"context"
	"strconv"

	"verloning/payroll/euro"
	"verloning/subsidy"
)

type reportOutcomes struct {
	Scheme  string `help:"Id of a scheme; otherwise all."`
	On      string `help:"Day; otherwise today."`
	Results bool   `help:"Every result with its base, instead of what happened."`
	CSV     bool   `name:"csv" help:"As CSV."`
}

// Run prints what happened to everybody, or with --results what part of whom that
// is: those rows have denominators of their own and are not to be added.
func (c *reportOutcomes) Run(ctx context.Context, sh *shell) error {
	return ask(ctx, sh, "report", "outcomes", reportAsked{Scheme: c.Scheme, On: c.On}, func(r outcomesReported) error {
		if c.Results {
			return sh.report(resultsTable(r), c.CSV)
		}
		shown := newTable("scheme", "version", "what", ">number")
		for _, s := range r.Schemes {
			add := func(what string, n int) { shown.add(s.Scheme, s.Version.String(), what, strconv.Itoa(n)) }
			add("referred", s.Referred)
			add("started", s.Started)
			add("running", s.Running)
			add("out", s.Out)
			for _, e := range s.Exits {
				add("out: "+e.Reason, e.Number)
			}
			add("outcomes", s.Outcomes)
			add("places", s.Places)
		}
		return sh.report(shown, c.CSV)
	})
}

func resultsTable(r outcomesReported) *table {
	shown := newTable("scheme", "version", "what", "base", ">number", ">denominator", ">percentage", ">target_count", ">target_share", ">target_percent", "met")
	for _, s := range r.Schemes {
		for _, one := range s.Results {
			shown.add(append([]string{s.Scheme, s.Version.String()}, resultRow(one)...)...)
		}
	}
	return shown
}

// resultRow leaves open what is not known, and what has no target.
func resultRow(r subsidy.Result) []string {
	row := []string{r.What, r.Base, strconv.Itoa(r.Number), strconv.Itoa(r.Denominator), orOpen(r.Percentage), "", "", "", ""}
	t := r.Target
	if t == nil {
		return row
	}
	if t.Count != nil {
		row[5], row[6] = strconv.Itoa(*t.Count), orOpen(t.Share)
	}
	if t.Percent != nil {
		row[7] = t.Percent.Fixed(2)
	}
	if row[8] = "unknown"; t.Met != nil {
		row[8] = map[bool]string{true: "yes", false: "no"}[*t.Met]
	}
	return row
}

func orOpen(a *euro.Amount) string {
	if a == nil {
		return ""
	}
	return a.String()
}

type reportFunnel struct {
	Agreement string `arg:"" optional:"" help:"Number of the agreement; otherwise all."`
	On        string `help:"Day; otherwise today."`
	Targets   bool   `help:"The targets and what was realised, instead of the months."`
	CSV       bool   `name:"csv" help:"As CSV."`
}

// Run prints the months of each agreement and then all of it, or its targets.
func (c *reportFunnel) Run(ctx context.Context, sh *shell) error {
	return ask(ctx, sh, "report", "funnel", funnelAsked{Agreement: c.Agreement, On: c.On}, func(r funnelReported) error {
		if c.Targets {
			return sh.report(targetsTable(r), c.CSV)
		}
		shown := newTable("municipality", "provider", "agreement", "scheme", "month", ">agreed", ">referred", ">started", ">guided", ">outcomes", ">other_exits", ">earned", ">bonus_malus")
		for _, f := range r.Agreements {
			add := func(month string, n subsidy.FunnelCount) {
				row := []string{f.Municipality, f.Provider, f.Agreement, f.Scheme, month}
				for _, number := range []int{f.Agreed, n.Referred, n.Started, n.Guided, n.Outcomes, n.OtherExits} {
					row = append(row, strconv.Itoa(number))
				}
				shown.add(append(row, n.Earned.String(), n.BonusMalus.String())...)
			}
			for _, m := range f.Months {
				add(m.Month.String(), m.FunnelCount)
			}
			add("all", f.Total)
		}
		return sh.report(shown, c.CSV)
	})
}

// targetsTable has the agreement's own targets, and the scheme's over each base.
func targetsTable(r funnelReported) *table {
	shown := newTable("municipality", "provider", "agreement", "scheme", "what", "base", ">number", ">denominator", ">percentage", ">target_count", ">target_share", ">target_percent", "met")
	for _, f := range r.Agreements {
		who := []string{f.Municipality, f.Provider, f.Agreement, f.Scheme}
		for _, t := range f.Targets {
			shown.add(append(who[:4:4], t.Of, "agreement", strconv.Itoa(t.Realised), "", "", strconv.Itoa(t.Target), "", "", map[bool]string{true: "yes", false: "no"}[t.Met])...)
		}
		for _, one := range f.Outcomes {
			shown.add(append(who[:4:4], resultRow(one)...)...)
		}
	}
	return shown
}

type reportSavings struct {
	Scheme string `help:"Id of a scheme; otherwise all."`
	On     string `help:"Day; otherwise today."`
	CSV    bool   `name:"csv" help:"As CSV."`
}

func (c *reportSavings) Run(ctx context.Context, sh *shell) error {
	return ask(ctx, sh, "report", "savings", reportAsked{Scheme: c.Scheme, On: c.On}, func(r savingsReported) error {
		shown := newTable("scheme", "version", ">per_year", ">off_benefit", ">months", ">saved", ">plan", ">break_even", ">break_even_persons")
		for _, s := range r.Schemes {
			row := []string{s.Scheme, s.Version.String(), s.PerYear.String(), strconv.Itoa(s.OffBenefit), s.Months.Fixed(2), s.Saved.String(), orOpen(s.Plan), "", ""}
			if s.BreakEven != nil {
				row[7] = s.BreakEven.Fixed(2)
			}
			if s.BreakEvenPersons != nil {
				row[8] = strconv.Itoa(*s.BreakEvenPersons)
			}
			shown.add(row...)
		}
		return sh.report(shown, c.CSV)
	})
}
