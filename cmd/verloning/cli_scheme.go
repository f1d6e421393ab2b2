package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"

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
}

// Run prints the scheme in its own form, which says every value with its mark.
func (c *schemeShow) Run(ctx context.Context, sh *shell) error {
	return ask(ctx, sh, "scheme", "show", schemeAsked{Scheme: c.Scheme}, func(r json.RawMessage) error {
		return sh.printJSON(r)
	})
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
		faults = []string{}
	}
	if sh.JSON {
		if err := sh.printJSON(schemeChecked{scheme.ID, faults}); err != nil {
			return err
		}
	}
	for _, f := range faults {
		if !sh.JSON {
			if err := sh.say("- %s", "- %s", f); err != nil {
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
