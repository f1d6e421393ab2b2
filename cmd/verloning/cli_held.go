package main

import (
	"context"
	"strconv"
)

type eventsHeld struct{}

// Run lists what the event stream knows and the database does not.
func (eventsHeld) Run(ctx context.Context, sh *shell) error {
	sh.asBeheerder()
	return ask(ctx, sh, "events", "held", struct{}{}, func(r heldShown) error {
		if !r.Held {
			return sh.say("De dienst staat niet vast.", "The service is not held.")
		}
		shown := newTable(">sequence", "event", "subject")
		for _, e := range r.Events {
			shown.add(strconv.FormatUint(e.Sequence, 10), e.ID.String(), e.Subject)
		}
		return shown.print(sh.out)
	})
}

type eventsRelease struct {
	Reason string `required:"" help:"What was looked at, and why the service may go on."`
}

// Run releases a service that was held after a restore.
func (c *eventsRelease) Run(ctx context.Context, sh *shell) error {
	sh.asBeheerder()
	request := releaseAsked{Command: sh.command(), Reason: c.Reason}
	return ask(ctx, sh, "events", "release", request, func(r released) error {
		return sh.say("Vrijgegeven; %d gebeurtenissen waren onbekend.", "Released; %d events were unknown.", r.Released)
	})
}
