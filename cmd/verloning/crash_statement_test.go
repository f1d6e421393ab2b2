package main

import (
	"context"
	"fmt"
	"slices"
	"sync/atomic"

	"golang.org/x/sync/errgroup"
)

// crashProviders carry trajectories out.
var crashProviders = []string{"START", "SPRONG"}

// crashAccount is what the municipality settles by statement: twice, and the second
// time some of what was true the first time is not.
func crashAccount() modelAccount {
	const start, sprong = "START", "SPRONG"
	a := modelAccount{Until: []string{"2006-12-31", "2007-06-30"}, Fresh: 1, Costs: []modelCost{
		{Scheme: "oss-bonusbaan", Rule: "jobcoach", Day: "2007-04-20", Hours: "7.25", Budget: "W 2007", Cents: 435_00},
		{Scheme: "oss-bonusbaan", Rule: "jobcoach", Day: "2007-05-11", Hours: "1.25", Budget: "W 2007", Cents: 75_00, Back: true},
		{Scheme: "oss-bonusbaan", Rule: "execution", Day: "2007-05-31", Amount: "1234.56", Budget: "W 2007", Cents: 1234_56},
	}}
	add := func(round int, by, trajectory, kind, day, what string) *modelHappening {
		a.Happenings = append(a.Happenings, modelHappening{Round: round, By: by, Trajectory: trajectory, Kind: kind, Day: day, What: what})
		return &a.Happenings[len(a.Happenings)-1]
	}
	for i := 1; i <= 7; i++ {
		number := fmt.Sprint("H-", i)
		a.Trajectories = append(a.Trajectories, modelTrajectory{number, "helmond-actief", start, "G-1", "WWB", "2006-01-02"})
		add(1, "", number, "started", "2006-01-09", "")
		add(1, "", number, "ordered", "2006-01-09", "intake")
		add(1, "", number, "ordered", "2006-02-01", "module")
		add(1, start, number, "delivered", fmt.Sprintf("2006-01-%02d", 10+i), "intake")
		if i <= 4 {
			add(1, start, number, "delivered", fmt.Sprintf("2006-05-%02d", 10+i), "module")
		}
	}
	add(1, start, "H-1", "placed", "2006-06-01", "")
	add(1, start, "H-2", "placed", "2006-09-01", "")
	add(1, start, "H-3", "placed", "2006-09-15", "").Rejected = 2
	add(1, start, "H-1", "exited", "2006-06-01", "work")
	add(1, start, "H-2", "exited", "2006-09-30", "work")
	add(1, start, "H-3", "exited", "2006-09-30", "work").Rejected = 2
	add(1, start, "H-4", "exited", "2006-10-31", "dropout")
	add(2, start, "H-3", "exited", "2006-10-15", "other")
	add(2, start, "H-5", "exited", "2006-12-15", "work")
	add(2, start, "H-6", "delivered", "2006-12-20", "module")
	add(2, start, "H-6", "exited", "2006-12-21", "dropout")
	add(2, start, "H-7", "exited", "2006-12-31", "social_activation")

	for i := 1; i <= 3; i++ {
		number := fmt.Sprint("B-", i)
		a.Trajectories = append(a.Trajectories, modelTrajectory{number, "breda-work-first", sprong, "", "WWB", "2006-06-01"})
		add(1, "", number, "started", "2006-06-01", "")
	}
	add(1, sprong, "B-1", "placed", "2006-07-15", "")
	add(1, sprong, "B-2", "placed", "2006-08-20", "").Rejected = 2
	add(1, sprong, "B-3", "placed", "2006-08-21", "").Doubted = true
	add(2, sprong, "B-2", "placed", "2006-12-05", "")
	a.Trajectories = append(a.Trajectories, modelTrajectory{"U-1", "uwv-resultaat-80-20", sprong, "", "WIA", "2006-07-01"})
	add(1, sprong, "U-1", "started", "2006-07-10", "")
	add(1, sprong, "U-1", "plan", "2006-08-01", "")
	add(1, sprong, "U-1", "placed", "2006-10-01", "")

	for i, day := range []string{"2006-07-01", "2006-07-01", "2006-12-20"} {
		number := fmt.Sprint("P-", i+1)
		a.Trajectories = append(a.Trajectories, modelTrajectory{number, "tilburg-participatiebanen", "", "", "WWB", "2006-06-01"})
		add(1, "", number, "started", day, "")
	}
	add(2, "", "P-2", "exited", "2006-12-15", "other") // known when the premium was paid
	return a
}

// agreed registers the agreement and who was referred, of whom there is one of each
// for all trials.
func (c *crashCast) agreed(ask crashAsk) {
	control := c.municipality + "/control"
	ask(control, "agreement", "record", map[string]any{"number": "G-1", "provider": crashProviders[0], "scheme": "helmond-actief", "from": "2006-01-01", "to": "2006-12-31"})
	var list []any
	for i, t := range c.owing.Trajectories {
		one := map[string]any{"number": t.Number, "scheme": t.Scheme, "benefit": t.Benefit, "referred": t.Referred}
		if t.Provider != "" {
			one["provider"] = t.Provider
		} else {
			one["iban"], one["bsn"] = crashIBAN(300+i), bsnOf(9300+i)
		}
		if t.Agreement != "" {
			one["agreement"] = t.Agreement
		}
		list = append(list, one)
	}
	ask(control, "trajectory", "refer", map[string]any{"trajectories": list})
}

// settleAccount goes through both statements, and the costs beside them.
func (m *crashMonth) settleAccount(ctx context.Context) error {
	var both errgroup.Group
	both.Go(func() error { return m.spendItself(ctx) })
	both.Go(func() error {
		if err := m.refer(ctx); err != nil {
			return err
		}
		for round := range m.owing.Until {
			if err := m.happen(ctx, round+1); err != nil {
				return fmt.Errorf("round %d: %w", round+1, err)
			}
			if err := m.statement(ctx, round+1); err != nil {
				return fmt.Errorf("statement %d: %w", round+1, err)
			}
		}
		return nil
	})
	return both.Wait()
}

// refer makes an agreement and a referral of which nothing comes.
func (m *crashMonth) refer(ctx context.Context) error {
	control := m.municipality + "/control"
	_, err := m.insist(ctx, control, "agreement", "record", map[string]any{"number": "G-9", "provider": crashProviders[1], "scheme": "breda-work-first", "from": "2006-01-01", "idempotency_key": "agree"})
	if err != nil {
		return err
	}
	_, err = m.insist(ctx, control, "trajectory", "refer", map[string]any{"idempotency_key": "refer", "trajectories": []any{
		map[string]any{"number": "F-1", "scheme": "breda-work-first", "agreement": "G-9", "referred": "2006-02-01"}}})
	return err
}

// happen records what happened in a round: first what turns out to be untrue, then
// what the municipality saw itself, then what the providers report, both at a time,
// and what of it is confirmed.
func (m *crashMonth) happen(ctx context.Context, round int) error {
	control, key := m.municipality+"/control", func(what string) string { return fmt.Sprint(what, "/", round) }
	untrue := m.events(func(h modelHappening) bool { return h.Rejected == round })
	for _, verdict := range []string{"contested", "rejected"} {
		if len(untrue) == 0 {
			break
		}
		request := map[string]any{"verdict": verdict, "reason": "no proof", "events": untrue, "idempotency_key": key(verdict)}
		if _, err := m.insist(ctx, control, "trajectory", "judge", request); err != nil {
			return err
		}
	}
	if own := m.lines(round, ""); len(own) > 0 {
		if _, err := m.insist(ctx, control, "trajectory", "record", map[string]any{"events": own, "idempotency_key": key("record")}); err != nil {
			return err
		}
	}
	var providers errgroup.Group
	for _, p := range crashProviders {
		providers.Go(func() error {
			if _, err := m.insist(ctx, p+"/clerk", "trajectory", "report", map[string]any{"events": m.lines(round, p), "idempotency_key": key("report")}); err != nil {
				return err
			}
			sure := m.events(func(h modelHappening) bool { return h.Round == round && h.By == p && !h.Doubted })
			_, err := m.insist(ctx, control, "trajectory", "judge", map[string]any{"verdict": "confirmed", "events": sure, "idempotency_key": key("confirm " + p)})
			return err
		})
	}
	return providers.Wait()
}

// lines are what somebody tells in a round.
func (m *crashMonth) lines(round int, by string) (list []any) {
	for _, h := range m.owing.Happenings {
		if h.Round != round || h.By != by {
			continue
		}
		line := map[string]any{"trajectory": h.Trajectory, "kind": h.Kind, "day": h.Day}
		if by != "" {
			line["municipality"] = m.municipality
		}
		switch h.Kind {
		case "started":
			line["despite"] = "known otherwise"
		case "ordered", "delivered":
			line["product"] = h.What
		case "exited":
			line["reason"] = h.What
		case "placed":
			line["job_hours"], line["job_full_time_hours"] = "36", "36"
		}
		list = append(list, line)
	}
	return list
}

// events name what happened by trajectory and number: in order of round, what the
// municipality itself records first.
func (m *crashMonth) events(these func(modelHappening) bool) (list []any) {
	told := slices.Clone(m.owing.Happenings)
	slices.SortStableFunc(told, func(a, b modelHappening) int {
		if a.Round != b.Round {
			return a.Round - b.Round
		}
		return min(len(a.By), 1) - min(len(b.By), 1)
	})
	number := map[string]int{}
	for _, h := range told {
		if number[h.Trajectory]++; these(h) {
			list = append(list, map[string]any{"trajectory": h.Trajectory, "event": number[h.Trajectory]})
		}
	}
	return list
}

// statement is calculated by one, approved by two who do not know of each other,
// and settled by two, of whom one each finds that it was done.
func (m *crashMonth) statement(ctx context.Context, round int) error {
	key := fmt.Sprint("statement/", round)
	s, err := m.insist(ctx, m.municipality+"/control", "statement", "calculate", map[string]any{"period": m.owing.Until[round-1][:7], "idempotency_key": key})
	if err != nil {
		return err
	}
	err = m.onlyOne(ctx, m.municipality, "statement/approved", []string{"/chief", "/deputy"}, func(ctx context.Context, who string) error {
		request := map[string]any{"statement": s["statement"], "hash": s["hash"], "accept": "looked at", "idempotency_key": key}
		_, err := m.insist(ctx, who, "statement", "approve", request)
		if crashRefused(err) == "budget/over" {
			request["over_budget"] = "the council was told"
			_, err = m.insist(ctx, who, "statement", "approve", request)
		}
		return err
	})
	if err != nil {
		return err
	}
	return m.onlyOne(ctx, m.municipality, "statement/not_to_settle", []string{"/bank", "/till"}, func(ctx context.Context, who string) error {
		_, err := m.insist(ctx, who, "statement", "settle", map[string]any{"statement": s["statement"], "day": m.today, "reference": "statement", "idempotency_key": key})
		return err
	})
}

// onlyOne lets people of an organisation do the same at the same time: one of them
// can, and the others are refused for a reason.
func (m *crashMonth) onlyOne(ctx context.Context, org, because string, people []string, do func(context.Context, string) error) error {
	var all errgroup.Group
	var done atomic.Int64
	for _, who := range people {
		all.Go(func() error {
			err := do(ctx, org+who)
			if err == nil {
				done.Add(1)
			}
			if crashRefused(err) == because {
				err = nil
			}
			return err
		})
	}
	if err := all.Wait(); err != nil {
		return err
	}
	if done.Load() != 1 {
		return fmt.Errorf("%d of %v of %s could, want one", done.Load(), people, org)
	}
	return nil
}

// spendItself records and approves the municipality's own costs.
func (m *crashMonth) spendItself(ctx context.Context) error {
	for i, c := range m.owing.Costs {
		key := fmt.Sprint("cost/", i)
		request := map[string]any{"scheme": c.Scheme, "rule": c.Rule, "day": c.Day, "reference": fmt.Sprint("K-", i), "idempotency_key": key}
		if c.Hours != "" {
			request["hours"] = c.Hours
		} else {
			request["amount"] = c.Amount
		}
		if c.Back {
			request["take_back"] = true
		}
		cost, err := m.insist(ctx, m.municipality+"/control", "cost", "record", request)
		if err != nil {
			return err
		}
		_, err = m.insist(ctx, m.municipality+"/chief", "cost", "approve", map[string]any{"cost": cost["cost"], "hash": cost["hash"], "over_budget": "the council was told", "idempotency_key": key})
		if err != nil {
			return err
		}
	}
	return nil
}
