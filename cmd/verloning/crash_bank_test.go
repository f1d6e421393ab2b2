package main

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"

	"golang.org/x/sync/errgroup"
)

// crashBankStages follow on the approval of the month: the money goes by way of the
// bank, some of it comes back, and then runs turn out to be wrong and are reversed.
// What is claimed back is decided on undisturbed, as grants are killed elsewhere.
var crashBankStages = []crashStage{
	{"export", `SELECT count(*) = 3 FROM bank_file`, lookAtNothing, (*crashMonth).export, crashAims(frameReply)},
	{"import", `
		SELECT count(*) FILTER (WHERE l.attempt = 2) = 2 AND count(b.payment) = 4 AND bool_and(s.payment IS NOT NULL OR b.payment IS NOT NULL)
		FROM bank_line l LEFT JOIN bank_settled s USING (payment, attempt) LEFT JOIN bank_returned b USING (payment, attempt)`,
		(*crashMonth).lookAtFiles, (*crashMonth).hear, crashAims(frameReply)},
	{"reverse", `SELECT count(*) = (SELECT count(*) FROM run WHERE reverses IS NULL) FROM run WHERE reverses IS NOT NULL AND status = 'approved'`,
		lookAtNothing, (*crashMonth).reverse, crashAims(frameReply)},
	{"reclaim", ``, lookAtNothing, (*crashMonth).reclaim, nil},
	{"end", allPublished, lookAtNothing, (*crashMonth).publish, nil},
}

// crashBank is what the bank does and what is reversed: a run of which the bank has
// all payments, one of which nobody decided on the claims, and one contract of
// another.
func crashBank() modelBank {
	return modelBank{
		Employer: "ZORG", Undecided: "BAAN", Rejected: "ZORG/loonkostensubsidie-00", Returned: "ZORG/loonkostensubsidie-01", Stranded: "ZORG/loonkostensubsidie-04",
		SubsidyBack: "WERK/oss-werkende-weg-00", Reversed: []string{"ZORG", "BAAN", "WERK/uden-warmm-01"}, Refunded: "ZORG/loonkostensubsidie-01",
	}
}

// export makes the bank files, of which the municipality wants those of 2007 apart.
// Two people of each ask at the same time and neither knows of the other. A gross wage
// goes into none.
func (m *crashMonth) export(ctx context.Context) error {
	var all errgroup.Group
	for _, e := range m.employers {
		all.Go(func() error {
			if e == m.bank.Employer {
				return m.exportOne(ctx, e, "", "first", "payment/none")
			}
			_, err := m.insist(ctx, e+"/boss", "payment", "export", map[string]any{"idempotency_key": "export"})
			return crashMust(err, "payment/all_held")
		})
	}
	all.Go(func() error {
		if err := m.exportOne(ctx, m.municipality, "2007-12-31", "first", "payment/none"); err != nil {
			return err
		}
		return m.exportOne(ctx, m.municipality, "", "second", "payment/none")
	})
	return all.Wait()
}

// exportOne makes one file. Who comes second is told why there is nothing for another.
func (m *crashMonth) exportOne(ctx context.Context, org, until, key, because string) error {
	people := []string{"/boss", "/deputy"}
	if org == m.municipality {
		people[0] = "/chief"
	}
	return m.onlyOne(ctx, org, because, people, func(ctx context.Context, who string) error {
		_, err := m.insist(ctx, who, "payment", "export", map[string]any{"until": until, "idempotency_key": "export/" + key})
		return err
	})
}

// crashMust wants a refusal for a reason.
func crashMust(err error, reason string) error {
	if got := crashRefused(err); got != reason {
		return fmt.Errorf("refused for %q and not for %s: %v", got, reason, err)
	}
	return nil
}

// crashFile is a bank file as the bank reads it.
type crashFile struct {
	Message string `xml:"CstmrCdtTrfInitn>GrpHdr>MsgId"`
	Batches []struct {
		Name   string `xml:"PmtInfId"`
		Sum    string `xml:"CtrlSum"`
		Debtor string `xml:"DbtrAcct>Id>IBAN"`
		Lines  []struct {
			Name     string `xml:"PmtId>EndToEndId"`
			Amount   string `xml:"Amt>InstdAmt"`
			Creditor string `xml:"CdtrAcct>Id>IBAN"`
			Text     string `xml:"RmtInf>Ustrd"`
		} `xml:"CdtTrfTxInf"`
	} `xml:"CstmrCdtTrfInitn>PmtInf"`
}

// files reads the bank files of an organisation in the order in which they were made,
// and holds their bytes against their hash.
func (m *crashMonth) files(ctx context.Context, org string) (files []crashFile, err error) {
	user := org + "/deputy"
	listed, err := m.insist(ctx, user, "payment", "files", map[string]any{})
	if err != nil {
		return nil, err
	}
	for _, f := range listed["files"].([]any) {
		id := f.(map[string]any)["file"]
		read, err := m.insist(ctx, user, "payment", "file", map[string]any{"file": id})
		if err != nil {
			return nil, err
		}
		content, err := base64.StdEncoding.DecodeString(read["content"].(string))
		if got := fmt.Sprintf("%x", sha256.Sum256(content)); err != nil || got != read["sha256"] || float64(len(content)) != read["bytes"] {
			return nil, errors.Join(err, fmt.Errorf("file %v of %s has hash %s and %d bytes, want %v and %v", id, org, got, len(content), read["sha256"], read["bytes"]))
		}
		var file crashFile
		if err := xml.Unmarshal(content, &file); err != nil {
			return nil, fmt.Errorf("file %v of %s: %w", id, org, err)
		}
		files = append(files, file)
	}
	return files, nil
}

// archived are the orders in the bytes of all files.
func (m *crashMonth) archived(ctx context.Context) (lines []string, err error) {
	for _, org := range []string{m.bank.Employer, m.municipality} {
		files, err := m.files(ctx, org)
		if err != nil {
			return nil, err
		}
		for _, f := range files {
			for _, b := range f.Batches {
				for _, l := range b.Lines {
					lines = append(lines, strings.Join([]string{org, l.Name, l.Creditor, l.Amount}, "|"))
				}
			}
		}
	}
	slices.Sort(lines)
	return lines, nil
}

// lookAtFiles hands the files to the bank.
func (m *crashMonth) lookAtFiles(ctx context.Context) (err error) {
	m.banked = map[string][]crashFile{}
	for _, org := range []string{m.bank.Employer, m.municipality} {
		if m.banked[org], err = m.files(ctx, org); err != nil {
			return err
		}
	}
	return nil
}

// hear takes in what the banks tell.
func (m *crashMonth) hear(ctx context.Context) error {
	var both errgroup.Group
	both.Go(func() error { return m.hearEmployer(ctx, m.banked[m.bank.Employer][0]) })
	both.Go(func() error { return m.hearMunicipality(ctx, m.banked[m.municipality]) })
	return both.Wait()
}

// told lets two people of an organisation hand in the same message at the same time:
// together they settle, get back and see rejected what is in it once.
func (m *crashMonth) told(ctx context.Context, org, name, message, want string) error {
	var both errgroup.Group
	var settled, returned, rejected, unmatched atomic.Int64
	for _, who := range []string{"/bank", "/till"} {
		both.Go(func() error {
			request := report(message)
			request["idempotency_key"] = name
			reply, err := m.insist(ctx, org+who, "payment", "import", request)
			if err != nil {
				return err
			}
			for field, sum := range map[string]*atomic.Int64{"settled": &settled, "returned": &returned, "rejected": &rejected, "unmatched": &unmatched} {
				sum.Add(int64(reply[field].(float64)))
			}
			return nil
		})
	}
	if err := both.Wait(); err != nil {
		return fmt.Errorf("%s of %s: %w", name, org, err)
	}
	if got := fmt.Sprint(settled.Load(), " ", returned.Load(), " ", rejected.Load(), " ", unmatched.Load()); got != want {
		return fmt.Errorf("%s of %s: %s were settled, returned, rejected and unmatched, want %s", name, org, got, want)
	}
	return nil
}

// accountOf is where somebody wants the wage, and after a correction where it goes.
func (m *crashMonth) accountOf(contract string, corrected bool) string {
	i := slices.IndexFunc(m.contracts, func(c modelContract) bool { return c.id() == contract })
	if corrected {
		i += 800
	}
	return crashIBAN(100 + i)
}

// hearEmployer: of a file of wages the bank rejects one, debits the rest, and gives
// two back. Two of the three accounts are corrected, and paid on again.
func (m *crashMonth) hearEmployer(ctx context.Context, file crashFile) error {
	org, batch := m.bank.Employer, file.Batches[0]
	sum, name, amount := modelNumber(batch.Sum), map[string]string{}, map[string]string{}
	for _, l := range batch.Lines {
		name[l.Creditor], amount[l.Creditor] = l.Name, l.Amount
	}
	rejected, returned, stranded := m.accountOf(m.bank.Rejected, false), m.accountOf(m.bank.Returned, false), m.accountOf(m.bank.Stranded, false)
	if err := m.told(ctx, org, "rejection", pain002("P1", file.Message, batch.Name, name[rejected]), "0 0 1 0"); err != nil {
		return err
	}
	debit := bankMove{ref: "D1", sign: "DBIT", amount: modelMoney(modelMinus(sum, modelNumber(amount[rejected]))), day: m.today, batch: batch.Name}
	if err := m.told(ctx, org, "debit", camt("08", batch.Debtor, "S1", debit), fmt.Sprint(len(batch.Lines)-1, " 0 0 0")); err != nil {
		return err
	}
	var moves []bankMove
	for i, iban := range []string{returned, stranded} {
		moves = append(moves, bankMove{ref: fmt.Sprint("R", i), sign: "CRDT", amount: amount[iban], day: m.today, name: name[iban], reason: "AC04"})
	}
	if err := m.told(ctx, org, "return", camt("02", batch.Debtor, "S2", moves...), "0 2 0 0"); err != nil {
		return err
	}
	if err := m.correct(ctx, org); err != nil {
		return err
	}
	if err := m.exportOne(ctx, org, "", "second", "payment/all_held"); err != nil {
		return err
	}
	files, err := m.files(ctx, org)
	if err != nil {
		return err
	}
	if len(files) != 2 {
		return fmt.Errorf("%s has %d files, want 2", org, len(files))
	}
	batch = files[1].Batches[0]
	for _, l := range batch.Lines {
		if l.Creditor != m.accountOf(m.bank.Rejected, true) && l.Creditor != m.accountOf(m.bank.Returned, true) {
			return errors.New("a wage that came back goes to an account that nobody corrected")
		}
	}
	debit = bankMove{ref: "D2", sign: "DBIT", amount: batch.Sum, day: m.today, batch: batch.Name}
	return m.told(ctx, org, "debit again", camt("08", batch.Debtor, "S3", debit), "2 0 0 0")
}

// correct records other accounts, and a second person confirms them.
func (m *crashMonth) correct(ctx context.Context, org string) error {
	for _, contract := range []string{m.bank.Rejected, m.bank.Returned} {
		_, number, _ := strings.Cut(contract, "/")
		request := map[string]any{"number": "P" + number, "iban": m.accountOf(contract, true), "idempotency_key": "correct/" + number}
		if _, err := m.insist(ctx, org+"/clerk", "person", "amend", request); err != nil {
			return err
		}
	}
	_, err := m.insist(ctx, org+"/boss", "payment", "export", map[string]any{"idempotency_key": "too early"})
	if err := crashMust(err, "payment/all_held"); err != nil {
		return fmt.Errorf("before the accounts are confirmed: %w", err)
	}
	listed, err := m.insist(ctx, org+"/bank", "control", "list", map[string]any{})
	if err != nil {
		return err
	}
	var changes []any
	for _, c := range listed["changes"].([]any) {
		changes = append(changes, c.(map[string]any)["change"])
	}
	if len(changes) != 2 {
		return fmt.Errorf("%d changes wait, want 2", len(changes))
	}
	_, err = m.insist(ctx, org+"/bank", "control", "confirm", map[string]any{"changes": changes, "idempotency_key": "confirm"})
	return err
}

// hearMunicipality: the bank debits the first file payment by payment and the second
// as one, and one payment of the first comes back.
func (m *crashMonth) hearMunicipality(ctx context.Context, files []crashFile) error {
	org, first, second := m.municipality, files[0].Batches[0], files[1].Batches[0]
	_, back, _ := strings.Cut(m.bank.SubsidyBack, "/")
	var debits []bankMove
	later := []bankMove{{ref: "D", sign: "DBIT", amount: second.Sum, day: m.today, batch: second.Name}}
	for i, l := range first.Lines {
		debits = append(debits, bankMove{ref: fmt.Sprint("D", i), sign: "DBIT", amount: l.Amount, day: m.today, name: l.Name})
		if slices.Contains(strings.Fields(l.Text), back) {
			later = append(later, bankMove{ref: "R", sign: "CRDT", amount: l.Amount, day: m.today, name: l.Name, reason: "MD07"})
		}
	}
	if err := m.told(ctx, org, "debits", camt("02", first.Debtor, "S1", debits...), fmt.Sprint(len(debits), " 0 0 0")); err != nil {
		return err
	}
	return m.told(ctx, org, "debit and return", camt("08", first.Debtor, "S2", later...), fmt.Sprint(len(second.Lines), " 1 0 0"))
}

// reverse takes back the runs of all employers, of one of them a contract alone. Two
// people approve at the same time, of whom one finds that it was done.
func (m *crashMonth) reverse(ctx context.Context) error {
	return m.each(ctx, func(ctx context.Context, e string) error {
		request := map[string]any{"run": m.runs[e], "reason": "wrong", "idempotency_key": "reverse"}
		for _, r := range m.bank.Reversed {
			if of, contract, one := strings.Cut(r, "/"); one && of == e {
				request["contract"] = contract
			}
		}
		mirror, err := m.insist(ctx, e+"/clerk", "run", "reverse", request)
		if err != nil {
			return err
		}
		shown, err := m.insist(ctx, e+"/boss", "run", "show", map[string]any{"run": mirror["run"]})
		if err != nil {
			return err
		}
		return m.onlyOne(ctx, e, "run/status", []string{"/boss", "/deputy"}, func(ctx context.Context, who string) error {
			_, err := m.insist(ctx, who, "run", "approve", map[string]any{"run": mirror["run"], "calculation": shown["calculation"], "hash": shown["hash"], "idempotency_key": "reverse"})
			return err
		})
	})
}

// reclaim lets the municipality decide on what is claimed back, and one employee give
// back what the bank paid. Nobody is to be paid anything more.
func (m *crashMonth) reclaim(ctx context.Context) error {
	for _, e := range m.employers {
		if e == m.bank.Undecided {
			continue
		}
		if err := m.decideMirrors(ctx, e); err != nil {
			return fmt.Errorf("what %s is to pay back: %w", e, err)
		}
	}
	if err := m.refund(ctx); err != nil {
		return err
	}
	for user, reason := range map[string]string{"ZORG/boss": "payment/none", "BAAN/boss": "payment/none", "WERK/boss": "payment/all_held", m.municipality + "/chief": "payment/all_held"} {
		_, err := m.insist(ctx, user, "payment", "export", map[string]any{"idempotency_key": "nothing"})
		if err := crashMust(err, reason); err != nil {
			return fmt.Errorf("%s exports: %w", user, err)
		}
	}
	return nil
}

func (m *crashMonth) decideMirrors(ctx context.Context, e string) error {
	if err := m.lookAtClaimsOf(ctx, e, "-"); err != nil {
		return err
	}
	return m.grantOne(ctx, e)
}

func (m *crashMonth) refund(ctx context.Context) error {
	org, number, _ := strings.Cut(m.bank.Refunded, "/")
	listed, err := m.insist(ctx, org+"/boss", "receivable", "list", map[string]any{"person": "P" + number})
	if err != nil {
		return err
	}
	owed := listed["receivables"].([]any)
	if len(owed) != 1 {
		return fmt.Errorf("%s owes %d amounts, want 1", m.bank.Refunded, len(owed))
	}
	one := owed[0].(map[string]any)
	request := map[string]any{"person": "P" + number, "reference": one["reference"], "amount": one["amount"], "day": m.today, "statement": "statement", "idempotency_key": "refund"}
	_, err = m.insist(ctx, org+"/boss", "receivable", "refund", request)
	return err
}
