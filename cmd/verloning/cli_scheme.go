package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"verloning/payroll/calendar"
	"verloning/subsidy"
)

type schemeList struct{}

func (schemeList) Run(ctx context.Context, sh *shell) error {
	return ask(ctx, sh, "scheme", "list", struct{}{}, func(r schemesListed) error {
		shown := newTable("scheme", "since", "name")
		for _, s := range r.Schemes {
			name := s.Name.NL
			if sh.Lang == "en" {
				name = s.Name.EN
			}
			shown.add(s.Scheme, s.Since, name)
		}
		return shown.print(sh.out)
	})
}

type schemeShow struct {
	Scheme string `arg:"" help:"Id of the scheme; see scheme list."`
	On     string `placeholder:"DAY" help:"Only the version that holds on this day (2026-07-01)."`
}

// Run prints the scheme as an ordinance in numbered articles, and with --json
// as the data that it is.
func (c *schemeShow) Run(ctx context.Context, sh *shell) error {
	asked := schemeAsked{Scheme: c.Scheme}
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
		return sh.failed("Op %s gold regeling %s nog niet.", "Scheme %[2]s did not hold yet on %[1]s.", day, s.ID)
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

// Run checks with the rules in this program: what the service would say, also
// where none runs.
func (c *schemeCheck) Run(sh *shell) error {
	file, err := sh.open(c.File)
	if err != nil {
		return err
	}
	text, err := io.ReadAll(io.LimitReader(file, maxSchemeRead))
	closing(sh, file.Close)
	if err != nil {
		return fmt.Errorf("read %s: %w", c.File, err)
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
