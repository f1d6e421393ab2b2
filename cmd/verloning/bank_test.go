package main

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"

	"verloning/cmd/verloning/internal/bus"
	"verloning/payroll"
)

// banks lets A make a bank file, and returns what of it is secret.
func (v victim) banks() []string {
	v.t.Helper()
	v.must(v.boss, "bank.record", map[string]any{"bic": "BUNQNL2A", "town": "Geheimdorp"})
	made := v.must(v.boss, "payment.export", map[string]any{"run": v.ids["approved"]})
	v.ids["file"], v.ids["message"], v.ids["paid"] = fmt.Sprint(made["file"]), fmt.Sprint(made["message_id"]), fmt.Sprint(made["total"])
	v.ids["end"] = namesIn(v.bankFile(v.boss, made["file"]))[0]
	v.must(v.clerk, "person.amend", map[string]any{"number": "P-1", "iban": "NL39RABO0300065264"})
	v.ids["change"] = fmt.Sprint(v.must(v.clerk, "control.list", map[string]any{})["changes"].([]any)[0].(map[string]any)["change"])
	treasurer := v.user(v.e, "kas", "control")
	v.must(treasurer, "payment.import", report(camt("08", "NL91ABNA0417164300", "A", bankMove{ref: "GEHEIM-7", sign: "CRDT", amount: "7.77", day: "2026-10-01", name: "VANIEMAND"})))
	v.ids["unmatched"] = fmt.Sprint(v.must(treasurer, "payment.unmatched", map[string]any{})["unmatched"].([]any)[0].(map[string]any)["line"])
	return []string{"BUNQNL2A", "Geheimdorp", "GEHEIM-7", "VANIEMAND", "…5264"}
}

// bankAttempts are requests that name what is A's at the bank.
func (v victim) bankAttempts() map[string][]map[string]any {
	return map[string][]map[string]any{
		"payment.due":    {{}, {"run": v.ids["approved"]}, {"until": "2026-12-31"}},
		"payment.export": {{}, {"run": v.ids["approved"]}},
		"payment.files":  {{}},
		"payment.file":   {{"file": v.ids["file"]}},
		"payment.import": {report(camt("08", "NL91ABNA0417164300", "S", bankMove{ref: "1", sign: "DBIT", amount: "119.92", day: "2026-10-01", name: v.ids["end"]})),
			report(camt("08", "NL02ABNA0123456789", "S", bankMove{ref: "1", sign: "DBIT", amount: v.ids["paid"], day: "2026-10-01", name: v.ids["end"]})), report(pain002("P", v.ids["message"], ""))},
		"payment.unmatched": {{}},
		"payment.release":   {{"payments": []string{v.ids["payment"]}, "reason": "x"}},
		"payment.owed":      {{}},
		"payment.assign":    {{"line": v.ids["unmatched"], "reference": payroll.OweReference(uuid.MustParse(v.ids["claim"]))}},
		"control.list":      {{}},
		"control.confirm":   {{"changes": []string{v.ids["change"]}}},
		"bank.record":       {}, // It names nothing of anybody's, and holds for B.
		"bank.show":         {{}},
	}
}

// bankFile reads the bytes of a file.
func (s *site) bankFile(c *bus.Client, file any) string {
	s.t.Helper()
	var content []byte
	for {
		piece := s.must(c, "payment.file", map[string]any{"file": file, "from": len(content)})
		read, err := base64.StdEncoding.DecodeString(piece["content"].(string))
		if err != nil {
			s.t.Fatal(err)
		}
		if content = append(content, read...); len(content) == int(piece["bytes"].(float64)) {
			if sum := sha256.Sum256(content); hex.EncodeToString(sum[:]) != piece["sha256"] {
				s.t.Fatalf("file %v has another hash", file)
			}
			return string(content)
		}
	}
}

// badBanks are requests about banks that must be refused.
func badBanks() []bad {
	return []bad{
		{"payment.due", map[string]any{"after": "x", "run": "y", "until": "2026-02-30", "limit": 1001}, "field/uuid field/uuid date/invalid number/out_of_range"},
		{"payment.export", map[string]any{}, "payment/none"},
		{"payment.export", map[string]any{"run": "y", "until": "morgen"}, "field/uuid date/invalid"},
		{"payment.export", map[string]any{"run": uuid.NewString()}, "run/unknown"},
		{"payment.files", map[string]any{"after": "x"}, "field/uuid"},
		{"payment.file", map[string]any{"file": nil, "from": -1}, "field/required number/out_of_range"},
		{"payment.file", map[string]any{}, "file/unknown"},
		{"payment.import", map[string]any{"content": nil}, "field/required"},
		{"payment.import", map[string]any{"content": "geen base64"}, "bank/unpack"},
		{"payment.import", map[string]any{"content": "Z2VlbiBnemlw"}, "bank/unpack"},
		{"payment.import", report(camt("07", "NL91ABNA0417164301", "S", bankMove{ref: "1", sign: "PLUS", amount: "1,00", day: "morgen", name: strings.Repeat("Jan", 20)})),
			"bank/version bank/no_account bank/amount bank/no_day bank/no_sign bank/too_long"},
		{"payment.import", report(camt("08", "NL02ABNA0123456789", "S", bankMove{ref: "1", sign: "DBIT", amount: "1.00", day: "2026-10-01", name: "X"})), "bank/other_account"},
		{"payment.unmatched", map[string]any{"after": "x"}, "field/uuid"},
		{"payment.release", map[string]any{"payments": []string{}, "reason": nil}, "field/too_short field/required"},
		{"payment.release", map[string]any{"payments": []string{"x"}}, "field/uuid"},
		{"payment.release", map[string]any{"payments": []string{uuid.NewString(), uuid.NewString()}}, "payment/not_back payment/not_back"},
		{"payment.owed", map[string]any{"after": "x"}, "field/uuid"},
		{"payment.assign", map[string]any{"line": nil, "reference": nil}, "field/required field/required"},
		{"payment.assign", map[string]any{"line": "x", "reference": strings.Repeat("x", 41)}, "field/uuid field/too_long"},
		{"payment.assign", map[string]any{}, "line/unknown owed/unknown"},
		{"org.amend", map[string]any{"iban": nil}, "field/required"},
		{"org.amend", map[string]any{"iban": "NL91ABNA0417164301"}, "iban/invalid"},
		{"org.amend", map[string]any{"iban": "NL20 INGB 0001 2345 67"}, "iban/same"},
		{"org.amend", map[string]any{"iban": "NL91ABNA0417164300"}, "iban/counterparty"},
		{"control.list", map[string]any{"after": "x", "limit": -1}, "field/uuid number/out_of_range"},
		{"control.confirm", map[string]any{"changes": []string{}}, "field/too_short"},
		{"control.confirm", map[string]any{"changes": []string{"x"}}, "field/uuid"},
		{"control.confirm", map[string]any{"changes": []string{uuid.NewString(), uuid.NewString()}}, "change/unknown change/unknown"},
		{"bank.record", map[string]any{"format": "pain.001.001.08", "cut_off": "25:00", "bic": "ABNA", "town": strings.Repeat("x", 36)}, "field/not_allowed time/invalid bic/invalid field/too_long"},
	}
}

// heldFor are the reasons why payments are held, in order.
func (s *site) heldFor(c *bus.Client) string {
	s.t.Helper()
	var list []string
	for _, h := range s.must(c, "payment.due", map[string]any{})["held_payments"].([]any) {
		for _, why := range h.(map[string]any)["reasons"].([]any) {
			list = append(list, words(h.(map[string]any)["contract"], why.(map[string]any)["type"]))
		}
	}
	slices.Sort(list)
	return strings.Join(list, ", ")
}

// TestBankFiles: what is approved goes to the bank once, by somebody else than who calculated,
// and the bytes that went stay as they were.
func TestBankFiles(t *testing.T) {
	t.Parallel()
	s := startSite(t, enterable(t))
	o := s.office("E", "M")
	names := []string{"Ayşe Şahin", "Łukasz O'Brien", strings.Repeat("Wolfeschlegelsteinhausenbergerdorff ", 3)}
	for n, name := range names {
		o.hire(n + 1)
		o.must(o.clerk, "person.amend", map[string]any{"number": fmt.Sprintf("P-%d", n+1), "name": name})
		o.work(fmt.Sprintf("C-%d", n+1), "8.00", "2026-10-01")
	}
	o.must(o.clerk, "garnishment.record", map[string]any{"person": "P-1", "reference": "BESLAG-1", "creditor_name": "Deurwaarder Goudsbloem", "creditor_iban": "NL39RABO0300065264", "protected": "10", "valid_from": "2026-10-01"})
	if got := o.refused(o.boss, "payment.export", map[string]any{}); got != "payment/none" {
		t.Errorf("nothing is approved: %s", got)
	}
	run := o.open("2026-10")
	both := o.user(o.e, "both", "calculate", "approve")
	o.calculate(both, run)
	o.approve(run)
	if got := o.refused(both, "payment.export", map[string]any{}); got != "payment/four_eyes" {
		t.Errorf("by who calculated: %s", got)
	}
	due := o.must(o.clerk, "payment.due", map[string]any{"run": run})
	if got := words(due["payments"], due["held"], len(due["batches"].([]any)), len(due["moved"].([]any))); got != "4 0 2 1" {
		t.Errorf("due: %s", pretty(due))
	}
	made := o.exportsOnce(t)
	text := o.bankFile(o.boss, made["file"])
	for _, part := range []string{"<Nm>Ayse Sahin</Nm>", "<Nm>Lukasz O&#39;Brien</Nm>", "<Nm>Deurwaarder Goudsbloem</Nm>", "<Nm>Wolfeschlegelsteinhausenbergerdorff Wolfeschlegelsteinhausenbergerdorf</Nm>",
		"<MsgId>" + fmt.Sprint(made["message_id"]) + "</MsgId>", "<NbOfTxs>4</NbOfTxs>", "<CtrlSum>" + fmt.Sprint(made["total"]) + "</CtrlSum>"} {
		if strings.Count(text, part) != 1 {
			t.Errorf("%s is there %d times in\n%s", part, strings.Count(text, part), text)
		}
	}
	for _, p := range o.must(o.clerk, "payment.list", map[string]any{})["payments"].([]any) {
		if !strings.Contains(text, fmt.Sprintf("<EndToEndId>%v</EndToEndId>", p.(map[string]any)["end_to_end"])) {
			t.Errorf("%s is not in the file", pretty(p))
		}
	}
	// Another name changes nothing that went, and what is kept cannot be read in the database.
	o.must(o.clerk, "person.amend", map[string]any{"number": "P-1", "name": "Iemand Anders"})
	if o.bankFile(o.boss, made["file"]) != text {
		t.Error("the file has other bytes")
	}
	conn := s.sql()
	if n := one[int](t, conn, `SELECT count(*)::int FROM bank_file WHERE position('Document'::bytea IN content_sealed) > 0 OR position('NL44RABO'::bytea IN content_sealed) > 0`); n != 0 {
		t.Error("the file is kept in the clear")
	}
	if n := one[int](t, conn, `SELECT count(DISTINCT aggregate)::int FROM outbox WHERE noun = 'payment' AND verb = 'exported' AND version = 2`); n != 4 {
		t.Errorf("%d payments were announced as exported", n)
	}
	o.settlesByFileOrHand(t)
}

// exportsOnce lets several ask for the same file at once: one gets it, and gets it again under
// its key.
func (o office) exportsOnce(t *testing.T) map[string]any {
	t.Helper()
	second := o.user(o.e, "second", "approve")
	type result struct {
		reply map[string]any
		err   error
	}
	results := make([]result, 6)
	var all sync.WaitGroup
	for i := range results {
		client, key := o.boss, "bestand-1"
		if i%2 == 1 {
			client, key = second, fmt.Sprint("bestand-", i)
		}
		all.Go(func() {
			reply, err := o.call(client, "payment.export", map[string]any{"idempotency_key": key})
			results[i] = result{reply, err}
		})
	}
	all.Wait()
	files := map[string]map[string]any{}
	for _, r := range results {
		if r.err == nil {
			files[fmt.Sprint(r.reply["file"])] = r.reply
		}
	}
	if n := one[int](t, o.sqlOnce(), `SELECT count(*)::int FROM bank_file`); len(files) != 1 || n != 1 {
		t.Fatalf("%d files were given out and %d kept: %v", len(files), n, results)
	}
	for _, made := range files {
		return made
	}
	return nil
}

// settlesByFileOrHand: what the municipality paid by hand goes into no file, and what went into
// a file is not settled by hand. The employer notes what came in as before.
func (o office) settlesByFileOrHand(t *testing.T) {
	t.Helper()
	reply := o.grant("2026-10")
	if words(reply["payments"]) != "3" {
		t.Fatalf("granted: %s", pretty(reply))
	}
	settle := func(claim string) map[string]any {
		return map[string]any{"claims": []string{claim}, "day": "2026-11-02", "reference": "afschrift"}
	}
	o.must(o.control, "claim.settle", settle(o.claim("C-1", "2026-10")))
	made := o.must(o.chief, "payment.export", map[string]any{})
	text := o.bankFile(o.chief, made["file"])
	if words(made["payments"]) != "2" || strings.Contains(text, "SALA") || strings.Count(text, "<Nm>Werkbedrijf E</Nm>") != 2 {
		t.Errorf("the municipality's file: %s\n%s", pretty(made), text)
	}
	if got := o.refused(o.control, "claim.settle", settle(o.claim("C-2", "2026-10"))); got != "claim/not_to_settle" {
		t.Errorf("settled by hand and by file: %s", got)
	}
	treasurer := o.user(o.e, "treasurer", "control")
	o.must(treasurer, "claim.settle", settle(o.claim("C-2", "2026-10")))
}

// TestGrossOnlyIsNotPaid: no bank file pays what no tax was taken from, and the municipality
// pays its subsidy on it all the same.
func TestGrossOnlyIsNotPaid(t *testing.T) {
	t.Parallel()
	s := startSite(t, enterable(t))
	o := s.office("E", "M")
	o.has(2007, "W", "granted", "20000.00")
	o.opstap(1)
	o.work("C-1", "8.00", "2007-01-02")
	run := o.pay("2007-01")
	if got := s.heldFor(o.clerk); got != "C-1 payment/gross_only" {
		t.Errorf("held: %s", got)
	}
	if got := o.refused(o.boss, "payment.export", map[string]any{"run": run}); got != "payment/all_held" {
		t.Errorf("gross only: %s", got)
	}
	o.grant("2007-01")
	if made := o.must(o.chief, "payment.export", map[string]any{}); words(made["payments"], made["total"]) != "1 2500.00" {
		t.Errorf("the subsidy: %s", pretty(made))
	}
}

// TestBankFileByCommand writes a file where it was asked for, for its owner only, and never over
// another.
func TestBankFileByCommand(t *testing.T) {
	t.Parallel()
	s := startSite(t, enterable(t))
	o := s.office("E", "M")
	o.hire(1)
	o.work("C-1", "8.00", "2026-10-01")
	o.pay("2026-10")
	boss := filepath.Join(s.dir, "creds", "E-boss.creds")
	path := filepath.Join(t.TempDir(), "lonen.xml")
	run := func(args ...string) (string, error) {
		out, _, err := cliRun(t, nil, append([]string{"--data", s.dir, "--server", s.url, "--creds", boss}, args...)...)
		return out, err
	}
	said, err := run("payment", "export", "--out", path)
	if err != nil || !strings.Contains(said, "let op: 1 betalingen") {
		t.Fatalf("%v: %s", err, said)
	}
	written, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	file := fmt.Sprint(s.must(o.boss, "payment.files", map[string]any{})["files"].([]any)[0].(map[string]any)["file"])
	if printed, err := run("payment", "file", file); err != nil || printed != string(written) {
		t.Errorf("printed otherwise: %v", err)
	}
	if _, err := run("payment", "file", file, "--out", path); err == nil {
		t.Error("a file that was there is written over")
	}
	for _, args := range [][]string{{"payment", "due"}, {"payment", "files"}, {"bank", "record", "--cut-off", "16:00"}, {"bank", "show"}} {
		if out, err := run(args...); err != nil {
			t.Errorf("%v: %v %s", args, err, out)
		}
	}
}
