package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// refers has each municipality make its agreements, refer participants and record
// what happened, and the providers report what they did.
func (d *demo) refers(ctx context.Context, m demoMonth) error {
	if len(m.referrers) == 0 {
		return nil
	}
	d.chapter("Trajecten: overeenkomsten, aanmeldingen en wat er gebeurde", "Trajectories: agreements, referrals and what happened")
	if err := d.agrees(ctx, m); err != nil {
		return err
	}
	groups := make([]string, len(m.referrers))
	for i, g := range m.referrers {
		groups[i] = g.code
	}
	return d.sideBySide(ctx, groups, func(ctx context.Context, d *demo, i int) error { return d.refer(ctx, m, m.referrers[i]) })
}

// agrees records the agreements, and shows the first.
func (d *demo) agrees(ctx context.Context, m demoMonth) error {
	for i, g := range m.agreements {
		args := []string{"agreement", "record", "--number", g["number"], "--provider", g["provider"], "--scheme", g["scheme"], "--from", g["from"], "--key", "demo-agreement-" + g["number"]}
		for _, flag := range []string{"to", "agreed"} {
			if g[flag] != "" {
				args = append(args, "--"+flag, g[flag])
			}
		}
		if err := d.oneOf(ctx, i, d.plan.user(g["municipality"], "control"), args...); err != nil {
			return err
		}
	}
	d.more(len(m.agreements)-1, d.path(m.period, "agreements.csv"))
	return nil
}

// refer hands in the files of one municipality and of those that report to it. What
// they report counts when the municipality confirms it.
func (d *demo) refer(ctx context.Context, m demoMonth, g demoReferrer) error {
	by := d.plan.user(g.code, "control")
	for _, name := range []string{"trajectories.csv", "events.csv"} {
		if err := d.leave(g.files[name], m.period, g.code, name); err != nil {
			return err
		}
	}
	if err := d.imported(ctx, by, "trajectory", "import", d.path(m.period, g.code, "trajectories.csv")); err != nil {
		return err
	}
	if err := d.imported(ctx, by, "trajectory", "events", d.path(m.period, g.code, "events.csv")); err != nil {
		return err
	}
	for _, provider := range g.providers() {
		if err := d.leave(g.reports[provider], m.period, provider, "reports.csv"); err != nil {
			return err
		}
		if err := d.imported(ctx, d.plan.user(provider, "submit"), "trajectory", "events", "--report", d.path(m.period, provider, "reports.csv")); err != nil {
			return err
		}
	}
	return d.judge(ctx, m, g)
}

// imported hands a file in and shows how many rows went; none of these may be refused.
func (d *demo) imported(ctx context.Context, as string, args ...string) error {
	answer, err := d.do(ctx, as, args...)
	if err != nil {
		return fmt.Errorf("verloning %s: %w\n%s", quoted(as, args), err, answer)
	}
	_, counts, _ := strings.Cut(strings.TrimSpace(answer), ": ")
	d.answered(as, args, counts)
	return nil
}

// judge contests what the plan doubts, and confirms the rest.
func (d *demo) judge(ctx context.Context, m demoMonth, g demoReferrer) error {
	by := d.plan.user(g.code, "control")
	for _, j := range m.judgements {
		if j["municipality"] != g.code {
			continue
		}
		event := j["trajectory"] + ":" + j["event"]
		if err := d.brief(ctx, nil, by, "trajectory", "judge", j["verdict"], event, "--reason", j["reason"], "--key", "demo-judge-"+event); err != nil {
			return err
		}
	}
	for _, provider := range g.providers() {
		args := []string{"trajectory", "judge", "confirmed", "--all", "--provider", provider, "--key", "demo-confirm-" + g.code + "-" + provider}
		answer, err := d.do(ctx, by, args...)
		if err != nil {
			return fmt.Errorf("verloning %s: %w", quoted(by, args), err)
		}
		d.answered(by, args, bilingual(fmt.Sprintf("%d bevestigd", strings.Count(answer, "\n")), "confirmed"))
	}
	return nil
}

// tallied counts the trajectories of a municipality as the database has them.
func (s *demoSum) tallied(ctx context.Context, g demoReferrer) error {
	var list trajectoriesListed
	if err := s.ask(ctx, &list, s.plan.user(g.code, "control"), "trajectory", "list", "--scheme", g.scheme); err != nil {
		return err
	}
	s.totals[g.scheme].Referred += len(list.Trajectories)
	for _, want := range s.plan.tallies {
		if want.Municipality != g.code || want.Scheme != g.scheme {
			continue
		}
		n := 0
		for _, t := range list.Trajectories {
			if want.Last == "" || t.Last == want.Last && (want.Reason == "" || t.Reason == want.Reason) {
				n++
			}
		}
		if n != want.People {
			return fmt.Errorf("demo: %s: the database has %d trajectories %s %s, and the plan says %d (%s)", want.Scheme, n, want.Last, want.Reason, want.People, want.Mark)
		}
	}
	if !slices.ContainsFunc(s.plan.tallies, func(want demoTally) bool { return want.Municipality == g.code }) {
		return fmt.Errorf("demo: the plan counts no trajectories of %s", g.code)
	}
	return nil
}
