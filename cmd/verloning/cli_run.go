package main

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"verloning/cmd/verloning/internal/postgres"
	"verloning/payroll"
	"verloning/subsidy"
)

type runOpen struct {
	Period   string `required:"" help:"Wage period, such as 2026-10."`
	PayDate  string `required:"" help:"Day of payment."`
	Deadline string `help:"Last day for hours; a date for lists, it closes nothing."`
	BackTo   string `help:"First day of what the run corrects; otherwise five years before the period."`
	Person   string `help:"Personnel number: an off-cycle run that pays this person alone."`
}

func (c *runOpen) Run(ctx context.Context, sh *shell) error {
	request := payroll.RunOpen{Command: sh.command(), Period: c.Period, PayDate: c.PayDate, Deadline: c.Deadline, BackTo: c.BackTo, Person: c.Person}
	return ask(ctx, sh, "run", "open", request, sh.runStands)
}

func (sh *shell) runStands(r payroll.RunReply) error {
	return sh.say("Run %s van %s: %s.", "Run %s of %s: %s.", r.Run, r.Period, r.Status)
}

// runArg names a run as a person does.
type runArg struct {
	Run string `arg:"" name:"run" help:"Id of the run, or its period such as 2026-10; 2026-10#1 is the first off-cycle run of it."`
}

// runID finds the id of a run that was named by its period.
func (sh *shell) runID(ctx context.Context, name string) (string, error) {
	if _, err := uuid.Parse(name); err == nil {
		return name, nil
	}
	var reply runsListed
	if err := sh.insist(ctx, "run", "list", struct{}{}, &reply); err != nil {
		return "", err
	}
	var found []string
	for _, r := range reply.Runs {
		if r.name() == name {
			found = append(found, r.Run.String())
		}
	}
	switch len(found) {
	case 0:
		return "", fault("run/unknown", "run", fmt.Sprintf("Uw organisatie heeft geen run %.40s.", name), fmt.Sprintf("Your organisation has no run %.40s.", name))
	case 1:
		return found[0], nil
	}
	return "", fault("run/several", "run", fmt.Sprintf("Kies een van de runs: %s.", strings.Join(found, " ")), fmt.Sprintf("Choose one of the runs: %s.", strings.Join(found, " ")))
}

// name is how a person names a run: by its period, off the cycle with its number,
// and a reversal with terug and its number. One that was reversed is named by its id.
func (r runListed) name() string {
	switch {
	case r.Kind == payroll.OffCycle:
		return fmt.Sprintf("%s#%d", r.Period, r.Sequence)
	case r.Kind == payroll.Reversal:
		return fmt.Sprintf("%s#terug%d", r.Period, r.Sequence)
	case r.Status == payroll.RunReversed:
		return r.Run.String()
	}
	return r.Period
}

type runCalculate struct {
	runArg
	NoWait bool `help:"Do not wait until it is calculated."`
}

func (c *runCalculate) Run(ctx context.Context, sh *shell) error {
	id, err := sh.runID(ctx, c.runArg.Run)
	if err != nil {
		return err
	}
	request := payroll.RunAsk{Command: sh.command(), Run: id}
	if c.NoWait {
		return ask(ctx, sh, "run", "calculate", request, sh.runStands)
	}
	var started payroll.RunReply
	if err := sh.call(ctx, "run", "calculate", request, &started); err != nil {
		return err
	}
	shown, err := sh.awaitCalculation(ctx, started)
	if err != nil {
		return err
	}
	return sh.showRun(shown)
}

// pollEvery is how often a run is looked at while it is calculated.
const pollEvery = 200 * time.Millisecond

// awaitCalculation looks at a run until the calculation that was started is
// done. The work goes on without us when we stop looking.
func (sh *shell) awaitCalculation(ctx context.Context, started payroll.RunReply) (runShown, error) {
	m := sh.meter(payroll.Text{NL: "run " + started.Period + " berekenen", EN: "calculating run " + started.Period}, started.Shards)
	defer m.end()
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	for {
		var shown runShown
		if err := sh.insist(ctx, "run", "show", runAsked{Run: started.Run.String()}, &shown); err != nil {
			return shown, err
		}
		switch {
		case shown.Calculation != started.Calculation:
			return shown, sh.failed("Calculatie %d is vervangen door %d: er is opnieuw berekend.", "Calculation %d was replaced by %d: it was calculated again.", started.Calculation, shown.Calculation)
		case shown.Status != payroll.RunCalculating:
			return shown, nil
		}
		m.set(shown.ShardsDone, shown.Shards)
		select {
		case <-ctx.Done():
			return shown, ctx.Err()
		case <-tick.C:
		}
	}
}

type runShow struct{ runArg }

func (c *runShow) Run(ctx context.Context, sh *shell) error {
	id, err := sh.runID(ctx, c.runArg.Run)
	if err != nil {
		return err
	}
	return ask(ctx, sh, "run", "show", runAsked{Run: id}, sh.showRun)
}

// showRun prints where a run stands, one fact on a line.
func (sh *shell) showRun(r runShown) error {
	if sh.JSON {
		return sh.printJSON(r)
	}
	facts := newTable("run", r.Run.String())
	add := func(name, value string) {
		if value != "" {
			facts.add(name, value)
		}
	}
	add("period", r.Period)
	add("pay_date", r.PayDate)
	add("deadline", r.Deadline)
	add("status", string(r.Status))
	if r.Payments > 0 {
		add("settled_by_bank", fmt.Sprintf("%d/%d", r.Settled, r.Payments))
	}
	if r.Calculation > 0 {
		add("calculation", strconv.Itoa(r.Calculation))
		add("shards_done", fmt.Sprintf("%d/%d", r.ShardsDone, r.Shards))
		add("hash", r.Hash)
	}
	if r.Unconfirmed > 0 {
		add("unconfirmed", strconv.Itoa(r.Unconfirmed))
	}
	if err := facts.print(sh.out); err != nil || r.Totals == nil {
		return err
	}
	t := r.Totals
	totals := newTable("", ">total")
	for _, one := range [][2]string{
		{"payslips", strconv.Itoa(t.Payslips)}, {"gross", t.Gross.String()}, {"holiday_allowance", t.Holiday.String()},
		{"wage_tax", t.Tax.String()}, {"pension", t.Pension.String()}, {"garnished", t.Garnished.String()}, {"repaid", t.Repaid.String()}, {"net", t.Net.String()},
		{"employer_charges", t.Charges.String()}, {"charges_unknown", strconv.Itoa(t.Unknown)}, {"gross_only", strconv.Itoa(t.GrossOnly)},
		{"claims", strconv.Itoa(t.Claims)}, {"claimed", t.Claimed.String()}, {"hired", t.Hired.String()}, {"vat", t.VAT.String()},
		{"failed", strconv.Itoa(t.Failed)}, {"exceptions", strconv.Itoa(t.All)}, {"exceptions_open", strconv.Itoa(t.Open)},
	} {
		totals.add(one[0], one[1])
	}
	if err := totals.print(sh.out); err != nil || !r.GrossOnly {
		return err
	}
	return sh.say("Alleen bruto: netto is gelijk aan bruto en er komt geen bankbestand.", "Gross only: net equals gross and there is no bank file.")
}

type runList struct{}

func (runList) Run(ctx context.Context, sh *shell) error {
	return ask(ctx, sh, "run", "list", struct{}{}, func(r runsListed) error {
		shown := newTable("period", "pay_date", "status", ">calculation", ">payments", ">settled", "run")
		for _, one := range r.Runs {
			shown.add(one.name(), one.PayDate, string(one.Status), strconv.Itoa(one.Calculation), strconv.Itoa(one.Payments), strconv.Itoa(one.Settled), one.Run.String())
		}
		return shown.print(sh.out)
	})
}

type runExceptions struct {
	runArg
	Limit int `help:"At most so many; otherwise all."`
}

func (c *runExceptions) Run(ctx context.Context, sh *shell) error {
	id, err := sh.runID(ctx, c.runArg.Run)
	if err != nil {
		return err
	}
	list, err := sh.exceptions(ctx, id, c.Limit)
	if err != nil {
		return err
	}
	if sh.JSON {
		return sh.printJSON(exceptionsListed{list})
	}
	return sh.showExceptions(list)
}

func (sh *shell) exceptions(ctx context.Context, run string, limit int) ([]postgres.ExceptionRow, error) {
	return pages(ctx, sh, "run", "exceptions", "exceptions", limit,
		func(after string, limit int) any { return runAsked{Run: run, Paged: Paged{After: after, Limit: limit}} },
		func(e postgres.ExceptionRow) string { return e.Key.String() })
}

func (sh *shell) showExceptions(list []postgres.ExceptionRow) error {
	shown := newTable("exception", "kind", "subject", "accepted", "detail")
	for _, e := range list {
		detail := sh.text(e.Detail)
		if e.Article != "" {
			detail += " (" + e.Article + ")"
		}
		shown.add(e.Key.String(), e.Kind, e.Subject, yesNo(e.Accepted), detail)
	}
	return shown.print(sh.out)
}

type runAccept struct {
	runArg
	Keys     []string `arg:"" optional:"" name:"key" help:"Exceptions, by the ids that run exceptions shows."`
	Kind     string   `help:"Accept every open exception of this kind, such as figure/in_doubt."`
	AllShown bool     `help:"Accept every open exception; each is printed."`
	Reason   string   `required:"" help:"Why they are acceptable."`
}

// Run accepts by name: a kind is looked up and turned into the exceptions that
// exist now, and what is accepted is printed. One that comes up later, by a
// recalculation, is not accepted with them.
func (c *runAccept) Run(ctx context.Context, sh *shell) error {
	ways := 0
	for _, used := range []bool{len(c.Keys) > 0, c.Kind != "", c.AllShown} {
		if used {
			ways++
		}
	}
	if ways != 1 {
		return fault("flag/choice", "", "Kies één van: kenmerken, --kind of --all-shown.", "Choose one of: ids, --kind or --all-shown.")
	}
	id, err := sh.runID(ctx, c.runArg.Run)
	if err != nil {
		return err
	}
	list, err := sh.exceptions(ctx, id, 0)
	if err != nil {
		return err
	}
	chosen, keys := c.choose(list)
	if len(keys) == 0 {
		return fault("exception/none", "", "Er zijn geen openstaande uitzonderingen die hieraan voldoen.", "There are no open exceptions like that.")
	}
	total := payroll.Accepted{}
	for part := range slices.Chunk(keys, mostPage) {
		var reply payroll.Accepted
		request := payroll.AcceptExceptions{Command: sh.command(), Run: id, Exceptions: part, Reason: c.Reason}
		if sh.Key != "" && len(keys) > mostPage { // One key goes with one request.
			request.IdempotencyKey = sh.Key + "/" + part[0]
		}
		if err := sh.call(ctx, "run", "accept", request, &reply); err != nil {
			return err
		}
		total.Run, total.Accepted, total.Open = reply.Run, total.Accepted+reply.Accepted, reply.Open
	}
	if sh.JSON {
		return sh.printJSON(struct {
			payroll.Accepted
			Exceptions []postgres.ExceptionRow `json:"exceptions"`
		}{total, chosen})
	}
	if err := sh.showExceptions(chosen); err != nil {
		return err
	}
	return sh.say("%d geaccepteerd; %d nog open.", "%d accepted; %d still open.", total.Accepted, total.Open)
}

// choose finds the exceptions that were meant. Ids that are not in the list go
// along, so that the service says what is wrong with them.
func (c *runAccept) choose(list []postgres.ExceptionRow) (chosen []postgres.ExceptionRow, keys []string) {
	for _, e := range list {
		key := e.Key.String()
		if c.AllShown && !e.Accepted || c.Kind != "" && e.Kind == c.Kind && !e.Accepted || slices.Contains(c.Keys, key) {
			e.Accepted, e.Reason = true, c.Reason
			chosen, keys = append(chosen, e), append(keys, key)
		}
	}
	for _, key := range c.Keys {
		if !slices.Contains(keys, key) {
			keys = append(keys, key)
		}
	}
	return chosen, keys
}

type runApprove struct {
	runArg
	Calculation int    `help:"Number of the calculation, with --hash."`
	Hash        string `help:"Hash of the calculation: approves that and nothing else, without asking."`
}

// Run approves what was named, or shows what there is and asks. Either way the
// request names the calculation and its hash, so that a recalculation in
// between is not approved unseen.
func (c *runApprove) Run(ctx context.Context, sh *shell) error {
	if (c.Hash == "") != (c.Calculation == 0) {
		return fault("flag/choice", "", "--calculation en --hash horen bij elkaar.", "--calculation and --hash go together.")
	}
	id, err := sh.runID(ctx, c.runArg.Run)
	if err != nil {
		return err
	}
	request := subsidy.RunApprove{Command: sh.command(), Run: id, Calculation: c.Calculation, Hash: c.Hash}
	if c.Hash == "" {
		if request.Calculation, request.Hash, err = sh.agree(ctx, id); err != nil {
			return err
		}
	}
	return ask(ctx, sh, "run", "approve", request, func(r subsidy.RunApproved) error {
		return sh.say("Goedgekeurd: %d betalingen, samen %s; %d declaraties: %s bij gemeenten, %s bij inleners, %s btw.",
			"Approved: %d payments, together %s; %d claims: %s of municipalities, %s of inleners, %s VAT.", r.Payments, r.Paid, r.Claims, r.Claimed, r.Hired, r.VAT)
	})
}

// agree shows what is to be approved, beside the answer, and asks.
func (sh *shell) agree(ctx context.Context, run string) (int, string, error) {
	var shown runShown
	if err := sh.insist(ctx, "run", "show", runAsked{Run: run}, &shown); err != nil {
		return 0, "", err
	}
	if shown.Totals == nil {
		return 0, "", fault("run/not_calculated", "run", fmt.Sprintf("De run staat op %s en is niet berekend.", shown.Status), fmt.Sprintf("The run is %s and not calculated.", shown.Status))
	}
	beside := *sh
	beside.out, beside.JSON = sh.err, false
	if err := beside.showRun(shown); err != nil {
		return 0, "", err
	}
	err := sh.confirm(payroll.Text{
		NL: fmt.Sprintf("Calculatie %d goedkeuren: %s uitbetalen en %s declareren?", shown.Calculation, shown.Totals.Net, shown.Totals.Claimed),
		EN: fmt.Sprintf("Approve calculation %d: pay %s and claim %s?", shown.Calculation, shown.Totals.Net, shown.Totals.Claimed)})
	return shown.Calculation, shown.Hash, err
}

type runClose struct{ runArg }

func (c *runClose) Run(ctx context.Context, sh *shell) error {
	id, err := sh.runID(ctx, c.runArg.Run)
	if err != nil {
		return err
	}
	return ask(ctx, sh, "run", "close", payroll.RunAsk{Command: sh.command(), Run: id}, sh.runStands)
}
