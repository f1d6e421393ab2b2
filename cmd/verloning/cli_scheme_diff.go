package main

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/google/uuid"

	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/subsidy"
)

type schemeDiff struct {
	A string `arg:"" help:"A file, an id, or an id with a day: loonkostensubsidie@2026-07-01."`
	B string `arg:"" help:"What it is compared with, in the same way."`

	Municipality string `placeholder:"CODE" help:"Ids as they hold for contracts that name this gemeente; needs --as."`
}

// compared is one side of a comparison: a scheme, and where a day was named the
// version of that day.
type compared struct {
	scheme  subsidy.Scheme
	day     calendar.Date
	version subsidy.Version
}

// schemesCompared is the answer as a program reads it.
type schemesCompared struct {
	A           string               `json:"a"`
	B           string               `json:"b"`
	Differences []subsidy.Difference `json:"differences"`
}

// Run compares. Without --as an id is what came with this program; with it the
// service says what the id is for the caller, amendments and all.
func (c *schemeDiff) Run(ctx context.Context, sh *shell) error {
	a, err := c.side(ctx, sh, c.A)
	if err != nil {
		return err
	}
	b, err := c.side(ctx, sh, c.B)
	if err != nil {
		return err
	}
	differences, err := differences(sh, a, b)
	if err != nil {
		return err
	}
	if sh.JSON {
		return sh.printJSON(schemesCompared{c.A, c.B, append([]subsidy.Difference{}, differences...)})
	}
	if len(differences) == 0 {
		return sh.say("Er is geen verschil.", "There is no difference.")
	}
	for _, d := range differences {
		if err := tellDifference(sh, d); err != nil {
			return err
		}
	}
	return nil
}

// side finds out what one side is: a file where there is one of that name.
func (c *schemeDiff) side(ctx context.Context, sh *shell, what string) (compared, error) {
	if _, err := os.Stat(what); err == nil || what == "-" || strings.ContainsAny(what, "/\\.") {
		scheme, err := schemeFile(sh, what)
		return compared{scheme: scheme}, err
	}
	id, on, dated := strings.Cut(what, "@")
	var side compared
	if dated {
		day, err := calendar.Parse(on)
		if err != nil {
			return side, fault("date/invalid", "", fmt.Sprintf("%.20q is geen datum; schrijf jaar-maand-dag.", on), fmt.Sprintf("%.20q is not a date; write year-month-day.", on))
		}
		side.day = day
	}
	if sh.As != "" || sh.Creds != "" {
		err := sh.call(ctx, "scheme", "show", schemeAsked{Scheme: id, Municipality: c.Municipality}, &side.scheme)
		return side, err
	}
	book, err := subsidy.LoadBook()
	if err != nil {
		return side, err
	}
	scheme, known := book.Scheme(id, uuid.Nil)
	if !known || c.Municipality != "" {
		return side, fault("scheme/unknown", "",
			fmt.Sprintf("%.40s is geen bestand en geen regeling van dit programma; die van een gemeente zijn te vinden met --as.", id),
			fmt.Sprintf("%.40s is no file and no scheme of this program; those of a gemeente are found with --as.", id))
	}
	side.scheme = scheme
	return side, nil
}

// schemeFile reads a file that must be without faults.
func schemeFile(sh *shell, path string) (subsidy.Scheme, error) {
	text, err := readScheme(sh, path)
	if err != nil {
		return subsidy.Scheme{}, err
	}
	scheme, faults := subsidy.ParseScheme(text)
	for _, f := range faults {
		sh.note("- %s", "- %s", printable(path+": "+f.In(sh.Lang)))
	}
	if len(faults) > 0 {
		return scheme, sh.failed("Het schema heeft %d fouten.", "The scheme has %d faults.", len(faults))
	}
	return scheme, nil
}

// differences compares whole schemes, or the versions of the days that were
// named; a day that one side does not name is the other's.
func differences(sh *shell, a, b compared) ([]subsidy.Difference, error) {
	if a.day.IsZero() && b.day.IsZero() {
		return subsidy.Diff(a.scheme, b.scheme), nil
	}
	if a.day.IsZero() {
		a.day = b.day
	}
	if b.day.IsZero() {
		b.day = a.day
	}
	for _, side := range []*compared{&a, &b} {
		version, holds := side.scheme.On(side.day)
		if !holds {
			return nil, sh.failed("Op %s geldt geen versie van regeling %s.", "On %s no version of scheme %s holds.", side.day, side.scheme.ID)
		}
		side.version = version
	}
	if changes := subsidy.DiffVersions(a.version, b.version); len(changes) > 0 {
		return []subsidy.Difference{{Changes: changes}}, nil
	}
	return nil, nil
}

// tellDifference prints one difference, a block for each pay rule and each other
// part of a scheme.
func tellDifference(sh *shell, d subsidy.Difference) error {
	if !d.From.IsZero() {
		nl, en := "Vanaf %s", "From %s"
		switch {
		case d.OnlyIn == "first":
			nl, en = nl+": geldt alleen de eerste", en+": only the first holds"
		case d.OnlyIn == "second":
			nl, en = nl+": geldt alleen de tweede", en+": only the second holds"
		case len(d.Changes) == 0:
			nl, en = nl+": geen verschil meer", en+": no difference any more"
		}
		if err := sh.say(nl, en, d.From); err != nil {
			return err
		}
	}
	last := ""
	for _, c := range d.Changes {
		part, path := partOf(c.Path)
		if part != last && part != "" {
			if err := sh.say("  %s", "  %s", printable(part)); err != nil {
				return err
			}
		}
		last = part
		indent := "  "
		if part != "" {
			indent = "    "
		}
		if err := sh.say("%s%s: %s → %s", "%s%s: %s → %s", indent, printable(path), value(sh, c.Old), value(sh, c.New)); err != nil {
			return err
		}
	}
	return nil
}

// partOf splits a path into the pay rule or block it is in and the rest.
func partOf(path string) (part, rest string) {
	part, rest, nested := strings.Cut(path, ".")
	if !nested {
		return "", path
	}
	if rule, inside, found := strings.Cut(rest, "."); part == "pay" && found {
		return "pay " + rule, inside
	}
	return part, rest
}

// value is what one side says, with its mark.
func value(sh *shell, said *subsidy.Said) string {
	if said == nil {
		return sh.text(payroll.Text{NL: "(niets)", EN: "(nothing)"})
	}
	if said.Mark == "" {
		return printable(said.Value)
	}
	return printable(said.Value + " (" + said.Mark.Word(sh.Lang) + ")")
}
