package main

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"strconv"

	"verloning/cmd/verloning/internal/postgres"
	"verloning/payroll"
	"verloning/subsidy"
)

type bankRecord struct {
	Format string `enum:",pain.001.001.09,pain.001.001.03" default:"" help:"Message in which your bank takes payments; without it pain.001.001.09."`
	CutOff string `placeholder:"HH:MM" help:"Time until when your bank takes payments of the same day; without it 15:00."`
	BIC    string `name:"bic" help:"Code of your bank; without it the bank is known by your IBAN."`
	Town   string `help:"Your town: banks outside the EEA ask where money comes from."`
}

func (c *bankRecord) Run(ctx context.Context, sh *shell) error {
	request := payroll.BankRecord{Command: sh.command(), Format: c.Format, CutOff: c.CutOff, BIC: c.BIC, Town: c.Town}
	return ask(ctx, sh, "bank", "record", request, func(r payroll.BankRecorded) error {
		return sh.say("Vastgelegd (versie %d).", "Recorded (version %d).", r.Version)
	})
}

type bankShow struct{}

func (bankShow) Run(ctx context.Context, sh *shell) error {
	return ask(ctx, sh, "bank", "show", struct{}{}, func(r payroll.BankTerms) error {
		shown := newTable("version", "format", "cut_off", "bic", "town")
		shown.add(strconv.Itoa(r.Version), string(r.Format), r.CutOff.String(), r.BIC, r.Town)
		return shown.print(sh.out)
	})
}

// chosenPayments are the flags that say which payments.
type chosenPayments struct {
	Of    string `name:"run" placeholder:"RUN" help:"Only those of a run: its id or period."`
	Until string `placeholder:"DATE" help:"Only those with a pay date up to this day."`
}

func (c chosenPayments) ask(ctx context.Context, sh *shell) (asked payroll.PaymentsAsk, err error) {
	asked.Until = c.Until
	if c.Of != "" {
		asked.Run, err = sh.runID(ctx, c.Of)
	}
	return asked, err
}

type paymentDue struct {
	chosenPayments
	Limit int `help:"At most so many held payments; otherwise all."`
}

// Run prints how payments would go to the bank, and those that are held.
func (c *paymentDue) Run(ctx context.Context, sh *shell) error {
	asked, err := c.ask(ctx, sh)
	if err != nil {
		return err
	}
	var shown dueShown
	if err := sh.insist(ctx, "payment", "due", dueAsked{PaymentsAsk: asked, Paged: Paged{Limit: 1}}, &shown); err != nil {
		return err
	}
	shown.Rows, err = pages(ctx, sh, "payment", "due", "held_payments", c.Limit,
		func(after string, limit int) any { return dueAsked{asked, Paged{after, limit}} },
		func(h payroll.HeldPayment) string { return h.Payment.String() })
	if err != nil {
		return err
	}
	if sh.JSON {
		return sh.printJSON(shown)
	}
	if err := sh.showPlanned(shown.PaymentsPlanned); err != nil || len(shown.Rows) == 0 {
		return err
	}
	held := newTable("payment", "kind", "contract", "pay_date", ">amount", "reason")
	for _, h := range shown.Rows {
		for _, why := range h.Reasons {
			held.add(h.Payment.String(), string(h.Kind), h.Contract, h.PayDate.String(), h.Amount.String(), sh.text(why.Detail))
		}
	}
	return held.print(sh.out)
}

// showPlanned prints the batches, and says which days were moved.
func (sh *shell) showPlanned(p payroll.PaymentsPlanned) error {
	if len(p.Batches) > 0 {
		batches := newTable("execution", "category", ">payments", ">total", "batch")
		for _, b := range p.Batches {
			batches.add(b.Execution.String(), b.Category, strconv.Itoa(b.Payments), b.Total.String(), b.Batch)
		}
		if err := batches.print(sh.out); err != nil {
			return err
		}
	}
	for _, m := range p.Moved {
		if err := sh.say("let op: %d betalingen van %s gaan op %s.", "attention: %d payments of %s go on %s.", m.Payments, m.PayDate, m.Execution); err != nil {
			return err
		}
		for _, why := range m.Reasons {
			if err := sh.say("  %s", "  %s", sh.text(why.Detail)); err != nil {
				return err
			}
		}
	}
	if p.Held > 0 {
		return sh.say("%d betalingen worden vastgehouden; zie: verloning payment due", "%d payments are held; see: verloning payment due", p.Held)
	}
	return nil
}

type paymentExport struct {
	chosenPayments
	Out string `placeholder:"FILE" help:"Write the file here too."`
}

// Run makes the file and writes it where it was asked for.
func (c *paymentExport) Run(ctx context.Context, sh *shell) error {
	asked, err := c.ask(ctx, sh)
	if err != nil {
		return err
	}
	var made payroll.PaymentsExported
	if err := sh.call(ctx, "payment", "export", payroll.PaymentExport{Command: sh.command(), PaymentsAsk: asked}, &made); err != nil {
		return err
	}
	if c.Out != "" {
		if err := sh.saveBankFile(ctx, made.File.String(), c.Out); err != nil {
			return err
		}
	}
	if sh.JSON {
		return sh.printJSON(made)
	}
	if err := sh.say("Bankbestand %s: %d betalingen, samen %s; sha256 %s.", "Bank file %s: %d payments, together %s; sha256 %s.", made.File, made.Payments, made.Total, made.SHA256); err != nil {
		return err
	}
	return sh.showPlanned(made.PaymentsPlanned)
}

type paymentFile struct {
	File string `arg:"" help:"Id of the bank file."`
	Out  string `placeholder:"FILE" help:"Write it here; otherwise it is printed."`
}

func (c *paymentFile) Run(ctx context.Context, sh *shell) error {
	if c.Out != "" {
		return sh.saveBankFile(ctx, c.File, c.Out)
	}
	content, err := sh.bankFile(ctx, c.File)
	if err == nil {
		_, err = sh.out.Write(content)
	}
	return err
}

// saveBankFile writes a bank file for its owner only: it holds names and account
// numbers. A file that is there already is left alone.
func (sh *shell) saveBankFile(ctx context.Context, id, path string) error {
	content, err := sh.bankFile(ctx, id)
	if err != nil {
		return err
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err == nil {
		if _, err = file.Write(content); err == nil {
			err = file.Sync()
		}
		if closed := file.Close(); err == nil {
			err = closed
		}
	}
	if err != nil {
		return fault("file/unwritable", "", fmt.Sprintf("%s kan niet worden geschreven: %v. Het bankbestand blijft bewaard: verloning payment file %s", path, cause(err), id),
			fmt.Sprintf("%s cannot be written: %v. The bank file is kept: verloning payment file %s", path, cause(err), id))
	}
	return nil
}

// bankFile reads a file piece by piece and holds it against its hash.
func (sh *shell) bankFile(ctx context.Context, id string) ([]byte, error) {
	var content []byte
	for {
		var piece bankFileRead
		if err := sh.insist(ctx, "payment", "file", bankFileAsked{File: id, From: len(content)}, &piece); err != nil {
			return nil, err
		}
		read, err := base64.StdEncoding.DecodeString(piece.Content)
		if err != nil {
			return nil, fmt.Errorf("bank file %s: %w", id, err)
		}
		content = append(content, read...)
		if len(content) >= piece.Bytes || len(read) == 0 {
			if sum := sha256.Sum256(content); hex.EncodeToString(sum[:]) != piece.SHA256 {
				return nil, fmt.Errorf("bank file %s did not come over whole", id)
			}
			return content, nil
		}
	}
}

type paymentFiles struct {
	Limit int `help:"At most so many; otherwise all."`
}

func (c *paymentFiles) Run(ctx context.Context, sh *shell) error {
	list, err := pages(ctx, sh, "payment", "files", "files", c.Limit,
		func(after string, limit int) any { return Paged{after, limit} },
		func(f postgres.BankFileListed) string { return f.File.String() })
	if err != nil {
		return err
	}
	if sh.JSON {
		return sh.printJSON(bankFilesListed{list})
	}
	shown := newTable("made", "format", ">payments", ">total", "file", "sha256")
	for _, f := range list {
		shown.add(f.Made.String(), string(f.Format), strconv.Itoa(f.Payments), f.Total.String(), f.File.String(), f.SHA256)
	}
	return shown.print(sh.out)
}

type paymentImport struct {
	File string `arg:"" help:"Message of the bank; - reads it from standard input."`
}

func (c *paymentImport) Run(ctx context.Context, sh *shell) error {
	file, err := sh.open(c.File)
	if err != nil {
		return err
	}
	defer closing(sh, file.Close)
	content, err := io.ReadAll(io.LimitReader(file, mostReport+1))
	if err != nil {
		return fmt.Errorf("read %s: %w", c.File, err)
	}
	text, err := packed(content)
	if err != nil {
		return err
	}
	return ask(ctx, sh, "payment", "import", bankImportAsked{Command: sh.command(), Content: text}, func(r subsidy.BankImported) error {
		if r.Already {
			return sh.say("Dit bericht was al ingelezen; er is niets veranderd.", "This message was taken in before; nothing has changed.")
		}
		return sh.say("%s: %d nieuwe regels; %d betaald (%s), %d teruggekomen (%s), %d geweigerd, %d ontvangen, %d zonder betaling.", "%s: %d new lines; %d settled (%s), %d returned (%s), %d rejected, %d received, %d unmatched.",
			r.Kind, r.Lines, r.Settled, r.Paid, r.Returned, r.Back, r.Rejected, r.Received, r.Unmatched)
	})
}

type paymentUnmatched struct {
	Limit int `help:"At most so many; otherwise all."`
}

func (c *paymentUnmatched) Run(ctx context.Context, sh *shell) error {
	list, err := pages(ctx, sh, "payment", "unmatched", "unmatched", c.Limit,
		func(after string, limit int) any { return Paged{after, limit} },
		func(r unmatchedRow) string { return r.Line.String() })
	if err != nil {
		return err
	}
	if sh.JSON {
		return sh.printJSON(unmatchedListed{list})
	}
	shown := newTable("line", "day", "kind", ">amount", "reference", "end_to_end", "reason", "why")
	for _, r := range list {
		shown.add(r.Line.String(), r.Day.String(), string(r.Kind), r.Amount.String(), r.Reference, r.EndToEnd, r.Reason, sh.text(r.Why.Detail))
	}
	return shown.print(sh.out)
}
