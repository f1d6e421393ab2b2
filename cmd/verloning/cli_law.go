package main

import (
	"context"
	"strings"
)

type lawQuestions struct {
	What string `arg:"" optional:"" help:"RUN/CONTRACT, where RUN is an id or a period: what each answer would make of its subsidy."`
}

// Run prints the register of open questions; with a contract, the effect of each
// answer in euros.
func (c *lawQuestions) Run(ctx context.Context, sh *shell) error {
	request := questionsAsked{}
	if c.What != "" {
		run, contract, named := strings.Cut(c.What, "/")
		if !named {
			return fault("law/what", "", "Geef RUN/CONTRACT, zoals 2026-10/C-001.", "Give RUN/CONTRACT, such as 2026-10/C-001.")
		}
		id, err := sh.runID(ctx, run)
		if err != nil {
			return err
		}
		request = questionsAsked{Run: id, Contract: contract}
	}
	return ask(ctx, sh, "law", "questions", request, sh.showQuestions)
}

func (sh *shell) showQuestions(r questionsListed) error {
	if r.Chosen != nil {
		if err := sh.say("Recht van de maand zoals gekozen: %s.", "Entitlement of the month as chosen: %s.", *r.Chosen); err != nil {
			return err
		}
	}
	for _, q := range r.Questions {
		if err := sh.say("\n%s\n  %s\n  gekozen op %s: %s\n  bron: %s", "\n%s\n  %s\n  chosen on %s: %s\n  source: %s",
			q.Question, sh.text(q.Asks), q.Chosen, sh.text(q.Choice), q.Source); err != nil {
			return err
		}
		for _, answer := range q.Answers {
			effect := ""
			if answer.Effect != nil {
				effect = " (" + answer.Effect.String() + ")"
			}
			if err := sh.say("  anders: %s%s", "  otherwise: %s%s", sh.text(answer.Says), effect); err != nil {
				return err
			}
		}
	}
	return nil
}
