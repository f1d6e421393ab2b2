package main

import (
	"context"
	"strconv"

	"verloning/cmd/verloning/internal/postgres"
	"verloning/payroll"
)

type controlList struct {
	Limit int `help:"At most so many; otherwise all."`
}

// Run prints what waits for a second person. What the caller recorded is marked: it
// needs somebody else.
func (c *controlList) Run(ctx context.Context, sh *shell) error {
	list, err := pages(ctx, sh, "control", "list", "changes", c.Limit,
		func(after string, limit int) any { return Paged{after, limit} },
		func(r postgres.ChangeListed) string { return r.Change.String() })
	if err != nil {
		return err
	}
	if sh.JSON {
		return sh.printJSON(changesListed{list})
	}
	if len(list) == 0 {
		return sh.say("Er wacht geen wijziging op bevestiging.", "No change waits for confirmation.")
	}
	shown := newTable("change", "kind", "label", ">version", "was", "becomes", "recorded", "mine")
	for _, r := range list {
		shown.add(r.Change.String(), r.Kind, r.Label, strconv.Itoa(r.Version), r.Was, r.Becomes, r.Recorded.String(), yesNo(r.Mine))
	}
	return shown.print(sh.out)
}

type controlConfirm struct {
	Changes []string `arg:"" name:"change" help:"Ids of changes, as control list prints them."`
}

func (c *controlConfirm) Run(ctx context.Context, sh *shell) error {
	return ask(ctx, sh, "control", "confirm", payroll.ChangesConfirm{Command: sh.command(), Changes: c.Changes}, func(r payroll.ChangesConfirmed) error {
		return sh.say("Bevestigd: %d.", "Confirmed: %d.", r.Confirmed)
	})
}
