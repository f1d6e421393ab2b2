package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/subsidy"
)

type schemeList struct {
	Municipality string `placeholder:"CODE" help:"Only the program's schemes and those of this gemeente."`
}

// Run lists the schemes of the program and those that gemeenten added or amended.
func (c *schemeList) Run(ctx context.Context, sh *shell) error {
	return ask(ctx, sh, "scheme", "list", schemesAsked{c.Municipality}, func(r schemesListed) error {
		shown := newTable("scheme", "of", "since", "name")
		for _, s := range r.Schemes {
			shown.add(s.Scheme, s.Municipality, s.Since, printable(sh.text(payroll.Text(s.Name))))
		}
		return shown.print(sh.out)
	})
}

type schemeShow struct {
	Scheme string `arg:"" help:"Id of the scheme; see scheme list."`
	On     string `placeholder:"DAY" help:"Only the version that holds on this day (2026-07-01)."`

	Municipality string `placeholder:"CODE" help:"As it holds for contracts that name this gemeente."`
}

// Run prints the scheme as an ordinance in numbered articles, and with --json
// as the data that it is.
func (c *schemeShow) Run(ctx context.Context, sh *shell) error {
	asked := schemeAsked{Scheme: c.Scheme, Municipality: c.Municipality}
	if c.On != "" {
		return c.version(ctx, sh, asked)
	}
	return ask(ctx, sh, "scheme", "show", asked, func(s subsidy.Scheme) error { return ordain(sh, s) })
}

// version keeps the one version that holds on a day.
func (c *schemeShow) version(ctx context.Context, sh *shell, asked schemeAsked) error {
	day, err := calendar.Parse(c.On)
	if err != nil {
		return fault("date/invalid", "on", fmt.Sprintf("%.20q is geen datum; schrijf jaar-maand-dag.", c.On), fmt.Sprintf("%.20q is not a date; write year-month-day.", c.On))
	}
	var s subsidy.Scheme
	if err := sh.call(ctx, "scheme", "show", asked, &s); err != nil {
		return err
	}
	v, known := s.On(day)
	if !known {
		return sh.failed("Op %s geldt geen versie van regeling %s.", "On %s no version of scheme %s holds.", day, s.ID)
	}
	s.Versions = []subsidy.Version{v}
	if sh.JSON {
		return sh.printJSON(s)
	}
	return ordain(sh, s)
}

// ordain prints a scheme in words. Control characters never reach the terminal:
// the texts are somebody else's.
func ordain(sh *shell, s subsidy.Scheme) error {
	for line := range strings.Lines(subsidy.Ordinance(s, sh.Lang)) {
		if _, err := fmt.Fprintln(sh.out, printable(strings.TrimSuffix(line, "\n"))); err != nil {
			return fmt.Errorf("print: %w", err)
		}
	}
	return nil
}

type schemeCheck struct {
	File string `arg:"" help:"Scheme file; - is standard input."`
}

// maxSchemeRead is more than a scheme file may hold, so that the check itself
// says that it is too large.
const maxSchemeRead = 1 << 20

// readScheme reads a scheme file.
func readScheme(sh *shell, path string) ([]byte, error) {
	file, err := sh.open(path)
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(io.LimitReader(file, maxSchemeRead))
	closing(sh, file.Close)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	return text, nil
}

// Run checks with the rules in this program: what the service would say, also
// where none runs.
func (c *schemeCheck) Run(sh *shell) error {
	text, err := readScheme(sh, c.File)
	if err != nil {
		return err
	}
	scheme, faults := subsidy.ParseScheme(text)
	if faults == nil {
		faults = []subsidy.Fault{}
	}
	if sh.JSON {
		if err := sh.printJSON(schemeChecked{scheme.ID, faults}); err != nil {
			return err
		}
	}
	for _, f := range faults {
		if !sh.JSON {
			if err := sh.say("- %s", "- %s", printable(f.In(sh.Lang))); err != nil {
				return err
			}
		}
	}
	if len(faults) > 0 {
		return sh.failed("Het schema heeft %d fouten.", "The scheme has %d faults.", len(faults))
	}
	if sh.JSON {
		return nil
	}
	return sh.say("Schema %s klopt.", "Scheme %s is right.", scheme.ID)
}

type schemeAdd struct {
	File string `arg:"" help:"Scheme file; - is standard input."`
	From string `required:"" placeholder:"DAY" help:"Day from which what the file says holds (2026-11-01)."`
}

// Run hands the file to the service, which checks it again.
func (c *schemeAdd) Run(ctx context.Context, sh *shell) error {
	text, err := readScheme(sh, c.File)
	if err != nil {
		return err
	}
	request := subsidy.SchemeAdd{Command: sh.command(), Text: string(text), From: c.From}
	return ask(ctx, sh, "scheme", "add", request, func(r subsidy.SchemeAdded) error {
		switch {
		case r.Again:
			err = sh.say("Regeling %s vanaf %s was al zo bekend (versie %d).", "Scheme %s from %s was known like this (version %d).", r.Scheme, r.From, r.Version)
		case r.Amends:
			err = sh.say("Regeling %s is gewijzigd vanaf %s (versie %d).", "Scheme %s is amended from %s (version %d).", r.Scheme, r.From, r.Version)
		default:
			err = sh.say("Regeling %s geldt vanaf %s (versie %d).", "Scheme %s holds from %s (version %d).", r.Scheme, r.From, r.Version)
		}
		if err != nil || r.Approved.IsZero() {
			return err
		}
		return sh.say("Let op: tot en met %s is er al goedgekeurd; dat wordt niet herrekend.", "Mind: until %s it is approved already; that is not computed anew.", r.Approved)
	})
}
