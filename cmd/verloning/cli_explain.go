package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"verloning/payroll"
)

type explainCommand struct {
	What string `arg:"" help:"Id of a payment, a claim or a fee, or RUN/CONTRACT for a payslip, where RUN is an id or a period."`
}

// Run prints a computation as a person would check it on paper.
func (c *explainCommand) Run(ctx context.Context, sh *shell) error {
	request := explainAsked{ID: c.What}
	if run, contract, payslip := strings.Cut(c.What, "/"); payslip {
		id, err := sh.runID(ctx, run)
		if err != nil {
			return err
		}
		request = explainAsked{Run: id, Contract: contract}
	} else if _, err := uuid.Parse(c.What); err != nil {
		return fault("explain/what", "", "Geef het kenmerk van een betaling, declaratie of vergoeding, of RUN/CONTRACT (zie: payment list, claim list, fee list).",
			"Give the id of a payment, a claim or a fee, or RUN/CONTRACT (see: payment list, claim list, fee list).")
	}
	return ask(ctx, sh, "explain", "amount", request, func(x explained) error {
		return sh.showExplained(x)
	})
}

func (sh *shell) showExplained(x explained) error {
	var b strings.Builder
	line := func(nl, en string, values ...any) {
		b.WriteString(printable(fmt.Sprintf(sh.text(payroll.Text{NL: nl, EN: en}), values...)) + "\n")
	}
	if x.Statement == uuid.Nil {
		line("Contract %s, %s (run %s)", "Contract %s, %s (run %s)", x.Contract, x.Period, x.Run)
	} else {
		line("Afrekening %s van %s", "Statement %s of %s", x.Statement, x.Period)
	}
	line("Berekend uit wat bekend was tot kennisnummer %d, met regels %.12s", "Computed from what was known up to knowledge number %d, by rules %.12s", x.Cutoff, x.RuleSet)
	if x.OtherRules {
		line("Let op: de regels zijn sindsdien veranderd (%.12s); hieronder staat de berekening van nu.",
			"Mind: the rules have changed since (%.12s); below is the computation of now.", x.RuleSetNow)
	}
	if x.Wage != nil {
		line("", "")
		line("Loon", "Wage")
		sh.steps(&b, x.Wage.Steps)
		w := x.Wage
		line("  bruto %s, vakantiebijslag opgebouwd %s", "  gross %s, holiday allowance accrued %s", w.Gross, w.Holiday)
		if w.GrossOnly {
			line("  alleen bruto: er is geen belasting berekend", "  gross only: no tax was computed")
		} else {
			line("  netto %s = bruto %s − pensioen %s − loonheffing %s − beslag en terugbetaling %s",
				"  net %s = gross %s − pension %s − wage tax %s − garnished and repaid %s", w.Net, w.Gross, w.Pension, w.Tax, w.Withheld)
		}
	}
	for _, claim := range x.Claims {
		line("", "")
		line("Declaratie %s (%s), besluit %s, regel %s", "Claim %s (%s), decision %s, rule %s", claim.Claim, claim.Kind, orDash(claim.Decision), claim.Rule)
		sh.steps(&b, claim.Steps)
		line("  te declareren %s", "  to be claimed %s", claim.Amount)
		if !claim.VAT.IsZero() {
			line("  en btw %s", "  and VAT %s", claim.VAT)
		}
	}
	for _, l := range x.Lines {
		line("", "")
		line("%s (%s), regeling %s, regel %s, %s", "%s (%s), scheme %s, rule %s, %s", l.Number, l.Kind, l.Scheme, l.Rule, l.Key)
		sh.steps(&b, l.Steps)
		line("  geboekt %s en btw %s, verschuldigd op %s", "  booked %s and VAT %s, due on %s", l.Amount, l.VAT, l.Day)
		if l.Now != nil {
			line("  met de regels van nu: %s en btw %s", "  by the rules of now: %s and VAT %s", l.Now.Amount, l.Now.VAT)
		}
	}
	_, err := sh.out.Write([]byte(b.String()))
	return err
}

// steps prints each step on a line: what, how, result, then the article and
// the source that it rests on.
func (sh *shell) steps(b *strings.Builder, steps []payroll.Step) {
	for i, s := range steps {
		text := fmt.Sprintf("%3d. %s: ", i+1, sh.text(s.What))
		if s.Formula != "" {
			text += s.Formula + " = "
		}
		text += s.Result
		if s.Rounded != "" {
			text += " [" + sh.text(payroll.Text{NL: "afgerond", EN: "rounded"}) + ": " + s.Rounded + "]"
		}
		var rests []string
		for _, ground := range []string{s.Article, s.Source} {
			if ground != "" {
				rests = append(rests, ground)
			}
		}
		if len(rests) > 0 {
			text += " — " + strings.Join(rests, "; ")
		}
		b.WriteString(printable(text) + "\n")
	}
}

// orDash stands for what is not there.
func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}
