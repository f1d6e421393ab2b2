package main

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"verloning/cmd/verloning/internal/postgres"
	"verloning/payroll"
)

// language is the language that was chosen, as a request has it.
func (sh *shell) language() Language { return Language{Lang: sh.Lang} }

// fetch asks for a document, checks that it came whole, and writes it: to a file,
// or by its own name into a directory.
func (sh *shell) fetch(ctx context.Context, noun, verb string, request any, out, dir string) (string, error) {
	var d document
	if err := sh.insist(ctx, noun, verb, request, &d); err != nil {
		return "", err
	}
	file, err := base64.StdEncoding.DecodeString(d.PDF)
	if err != nil {
		return "", fmt.Errorf("the answer to %s.%s: %w", noun, verb, err)
	}
	if sum := sha256.Sum256(file); hex.EncodeToString(sum[:]) != d.SHA256 {
		return "", fmt.Errorf("the answer to %s.%s: its hash is another", noun, verb)
	}
	if out == "" {
		out = filepath.Join(dir, filepath.Base(d.Name))
	}
	if out == "-" {
		_, err := sh.out.Write(file)
		return out, err
	}
	// A document is of a person or tells of money: it is its reader's own.
	err = errors.Join(os.MkdirAll(filepath.Dir(out), 0o755), os.WriteFile(out, file, 0o600))
	if err != nil {
		return "", fault("file/unwritable", "", fmt.Sprintf("%s kan niet worden geschreven: %v.", out, cause(err)), fmt.Sprintf("%s cannot be written: %v.", out, cause(err)))
	}
	return out, nil
}

// one fetches a single document and says where it is.
func (sh *shell) one(ctx context.Context, noun, verb string, request any, out string) error {
	path, err := sh.fetch(ctx, noun, verb, request, out, ".")
	if err != nil || path == "-" {
		return err
	}
	if sh.JSON {
		return sh.printJSON(map[string]string{"file": path})
	}
	_, err = fmt.Fprintln(sh.out, path)
	return err
}

type payslipPDF struct {
	runArg
	Contract string `arg:"" help:"Contract number."`
	Out      string `short:"o" placeholder:"FILE" help:"Where to write it; - is the standard output. Without it a file here, named for period and contract."`
}

// Run writes the document of one payslip.
func (c *payslipPDF) Run(ctx context.Context, sh *shell) error {
	id, err := sh.runID(ctx, c.runArg.Run)
	if err != nil {
		return err
	}
	return sh.one(ctx, "payslip", "pdf", payslipDrawn{payslipAsked{Run: id, Contract: c.Contract}, sh.language()}, c.Out)
}

type payslipPDFs struct {
	runArg
	Dir string `required:"" placeholder:"DIR" help:"Where to write them, one file a payslip."`
}

// Run writes the documents of all payslips of a run. Written again they are the
// same, so that a run that was broken off can simply be given again.
func (c *payslipPDFs) Run(ctx context.Context, sh *shell) error {
	id, err := sh.runID(ctx, c.runArg.Run)
	if err != nil {
		return err
	}
	list, err := sh.payslips(ctx, id)
	if err != nil {
		return err
	}
	return many(ctx, sh, "payslip", payroll.Text{NL: "loonstroken", EN: "payslips"}, list, c.Dir, func(p postgres.PayslipRow) any {
		return payslipDrawn{payslipAsked{Run: id, Contract: p.Contract}, sh.language()}
	})
}

// many writes a document for each of a list into a directory.
func many[T any](ctx context.Context, sh *shell, noun string, what payroll.Text, list []T, dir string, request func(T) any) error {
	m := sh.meter(what, len(list))
	defer m.end()
	for _, one := range list {
		if _, err := sh.fetch(ctx, noun, "pdf", request(one), "", dir); err != nil {
			return err
		}
		m.add(1)
	}
	if sh.JSON {
		return sh.printJSON(map[string]any{"directory": dir, "files": len(list)})
	}
	_, err := fmt.Fprintf(sh.out, "%d %s in %s.\n", len(list), sh.text(what), dir)
	return err
}

// payslips lists the payslips of a run.
func (sh *shell) payslips(ctx context.Context, run string) ([]postgres.PayslipRow, error) {
	return pages(ctx, sh, "payslip", "list", "payslips", 0,
		func(after string, limit int) any { return runAsked{Run: run, Paged: Paged{After: after, Limit: limit}} },
		func(p postgres.PayslipRow) string { return p.Contract })
}

type payslipList struct{ runArg }

// Run lists the payslips of a run.
func (c *payslipList) Run(ctx context.Context, sh *shell) error {
	id, err := sh.runID(ctx, c.runArg.Run)
	if err != nil {
		return err
	}
	list, err := sh.payslips(ctx, id)
	if err != nil {
		return err
	}
	if sh.JSON {
		return sh.printJSON(payslipsListed{list})
	}
	shown := newTable("contract", "person", ">gross", ">net")
	for _, p := range list {
		shown.add(p.Contract, p.Person, p.Gross.String(), p.Net.String())
	}
	return shown.print(sh.out)
}
