package main

import (
	"context"
	"fmt"
	"strconv"

	"verloning/cmd/verloning/internal/postgres"
	"verloning/payroll"
	"verloning/payroll/euro"
	"verloning/payroll/ledger"
)

type ledgerBalances struct {
	On      string `placeholder:"DATE" help:"What is booked on or before this day."`
	Posting int    `placeholder:"NUMBER" help:"What was posted up to and with this posting."`
}

// Run prints debit less credit of every account.
func (c *ledgerBalances) Run(ctx context.Context, sh *shell) error {
	return ask(ctx, sh, "ledger", "balances", balancesAsked{On: c.On, Posting: c.Posting}, func(r balancesListed) error {
		shown := newTable("account", "name", ">amount")
		for _, b := range r.Balances {
			shown.add(b.Account, sh.text(payroll.Text{NL: b.NL, EN: b.EN}), b.Amount.String())
		}
		return shown.print(sh.out)
	})
}

type ledgerJournal struct {
	Period string `arg:"" help:"Period whose days in the books count, such as 2026-10."`
	Until  int    `placeholder:"NUMBER" help:"Leave out what was posted after this posting."`
	CSV    bool   `name:"csv" help:"As CSV."`
}

// postingTexts say what kinds of postings are for.
var postingTexts = map[string]payroll.Text{
	"run":        {NL: "Loonrun", EN: "Pay run"},
	"grant":      {NL: "Toekenning", EN: "Grant"},
	"refusal":    {NL: "Niet toegekend", EN: "Not granted"},
	"settlement": {NL: "Bankafschrift", EN: "Bank statement"},
	"cost":       {NL: "Uitvoeringskosten", EN: "Own cost"},
	"remittance": {NL: "Afronding aangifte", EN: "Rounding of a return"},
	"statement":  {NL: "Afrekening trajecten", EN: "Statement of trajectories"},

	"reconciliation": {NL: "Terugvordering na afstemming", EN: "Claimed back after reconciliation"},
}

// described says what a line is of, in both languages.
func described(e postgres.JournalEntry) payroll.Text {
	text, known := postingTexts[e.Kind]
	if !known {
		text = payroll.Text{NL: e.Kind, EN: e.Kind}
	}
	month := e.Period.String()[:7]
	for _, part := range []*string{&text.NL, &text.EN} {
		*part = fmt.Sprintf("%s %s", *part, month)
		if e.Contract+e.Subject != "" {
			*part += " " + e.Contract + e.Subject
		}
	}
	return text
}

// Run prints two lines for each transfer, the debit side first. The sums of both
// sides are equal by construction; that they are is said beside the lines.
func (c *ledgerJournal) Run(ctx context.Context, sh *shell) error {
	entries, err := pages(ctx, sh, "ledger", "journal", "entries", 0,
		func(after string, limit int) any {
			return journalAsked{Period: c.Period, Until: c.Until, Paged: Paged{After: after, Limit: limit}}
		},
		func(e postgres.JournalEntry) string { return e.Entry })
	if err != nil {
		return err
	}
	if sh.JSON {
		return sh.printJSON(journalListed{entries})
	}
	shown := newTable(">posting", "date", "posted_on", "period", "origin_period", "account", "account_nl", "account_en", ">debit", ">credit", "contract", "subject", "description_nl", "description_en")
	var debit, credit euro.Amount
	for _, e := range entries {
		text := described(e)
		line := func(account, debit, credit string) {
			name := ledger.Account(account).Name()
			shown.add(strconv.Itoa(e.Posting), e.Date.String(), e.PostedOn.String(), e.Period.String()[:7], e.Origin, account, name.NL, name.EN, debit, credit,
				e.Contract, e.Subject, text.NL, text.EN)
		}
		line(e.Debit, e.Amount.String(), "")
		line(e.Credit, "", e.Amount.String())
		debit, credit = debit.Add(e.Amount), credit.Add(e.Amount)
	}
	if err := sh.report(shown, c.CSV); err != nil {
		return err
	}
	sh.note("Journaal %s: %d regels, debet %s, credit %s.", "Journal %s: %d lines, debit %s, credit %s.", c.Period, 2*len(entries), debit, credit)
	return nil
}

type ledgerTies struct {
	Period string `arg:"" help:"Period, such as 2026-10."`
}

// Run prints both sides of every tie and fails where they differ.
func (c *ledgerTies) Run(ctx context.Context, sh *shell) error {
	var r tiesListed
	if err := sh.insist(ctx, "ledger", "ties", tiesAsked{c.Period}, &r); err != nil {
		return err
	}
	apart := 0
	shown := newTable("tie", "ledger", ">amount", "beside", ">amount", ">difference")
	for _, t := range r.Ties {
		if !t.Difference.IsZero() {
			apart++
		}
		shown.add(t.Tie, sh.text(payroll.Text{NL: t.NL, EN: t.EN}), t.Ledger.String(), sh.text(payroll.Text{NL: t.BesideNL, EN: t.BesideEN}), amountOrDash(t.Beside), t.Difference.String())
	}
	show := func() error { return shown.print(sh.out) }
	if sh.JSON {
		show = func() error { return sh.printJSON(r) }
	}
	if err := show(); err != nil {
		return err
	}
	if apart > 0 {
		return fault("ledger/apart", "", fmt.Sprintf("%d aansluitingen kloppen niet.", apart), fmt.Sprintf("%d ties differ.", apart))
	}
	return nil
}

type ledgerVerify struct {
	All bool `help:"Every organisation's, as the beheerder."`
}

// ledgerVerdict is what the chain of one organisation came to.
type ledgerVerdict struct {
	Organisation string `json:"organisation,omitempty"`
	postgres.LedgerVerified
}

// Run goes through the chain page by page and fails where it breaks.
func (c *ledgerVerify) Run(ctx context.Context, sh *shell) error {
	codes := []string{""}
	if c.All {
		sh.asBeheerder()
		var listed organisationsListed
		if err := sh.insist(ctx, "org", "list", struct{}{}, &listed); err != nil {
			return err
		}
		codes = nil
		for _, o := range listed.Organisations {
			codes = append(codes, o.Code)
		}
	}
	verdicts, broken := []ledgerVerdict{}, 0
	for _, code := range codes {
		v, err := sh.verify(ctx, code)
		if err != nil {
			return err
		}
		if v.Fault != nil {
			broken++
		}
		verdicts = append(verdicts, v)
	}
	if err := sh.showVerdicts(verdicts); err != nil {
		return err
	}
	if broken > 0 {
		return fault("ledger/broken", "", fmt.Sprintf("%d van de %d grootboeken kloppen niet.", broken, len(verdicts)), fmt.Sprintf("%d of the %d ledgers do not fit.", broken, len(verdicts)))
	}
	return nil
}

// verify goes through one chain; no code is the caller's own.
func (sh *shell) verify(ctx context.Context, code string) (ledgerVerdict, error) {
	whole := ledgerVerdict{Organisation: code}
	for {
		verb, request := "verify", any(verifyAsked{After: whole.Last})
		if code != "" {
			verb, request = "audit", auditAsked{Organisation: code, verifyAsked: verifyAsked{After: whole.Last}}
		}
		var page postgres.LedgerVerified
		if err := sh.insist(ctx, "ledger", verb, request, &page); err != nil {
			return whole, err
		}
		whole.Postings, whole.Transfers, whole.Unsealed = whole.Postings+page.Postings, whole.Transfers+page.Transfers, whole.Unsealed+page.Unsealed
		whole.Last, whole.Fault = page.Last, page.Fault
		if page.Head != "" {
			whole.Head = page.Head
		}
		if !page.More {
			return whole, nil
		}
	}
}

func (sh *shell) showVerdicts(verdicts []ledgerVerdict) error {
	if sh.JSON {
		return sh.printJSON(map[string]any{"ledgers": verdicts})
	}
	shown := newTable("organisation", ">postings", ">transfers", ">unsealed", "head", "fault", ">at", "detail")
	for _, v := range verdicts {
		row := []string{v.Organisation, strconv.Itoa(v.Postings), strconv.Itoa(v.Transfers), strconv.Itoa(v.Unsealed), v.Head, "-", "-", ""}
		if f := v.Fault; f != nil {
			row[5], row[6], row[7] = f.Kind, strconv.Itoa(f.Sequence), sh.both(f.Detail)
		}
		shown.add(row...)
	}
	return shown.print(sh.out)
}
