package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// registers makes the organisations and their users, as the beheerder. A user
// whose credentials are there was made by an earlier start.
func (d *demo) registers(ctx context.Context) error {
	d.chapter("Organisaties en gebruikers", "Organisations and users")
	for i, o := range d.plan.organisations {
		args := []string{"org", "register", "--code", o["code"], "--name", o["name"], "--key", "demo-" + o["code"]}
		for _, role := range strings.Fields(o["role"]) {
			args = append(args, "--role", role)
		}
		for _, flag := range []string{"iban", "kvk"} {
			if o[flag] != "" {
				args = append(args, "--"+flag, o[flag])
			}
		}
		if err := d.oneOf(ctx, i, "", args...); err != nil {
			return err
		}
	}
	d.more(len(d.plan.organisations)-1, d.path("organisations.csv"))
	granted := 0
	for _, u := range d.plan.users {
		if _, err := os.Stat(filepath.Join(d.data, "creds", u["org"]+"-"+u["user"]+".creds")); err == nil {
			continue
		}
		if err := d.oneOf(ctx, granted, "", "access", "grant", "--force", "--org", u["org"], "--user", u["user"], "--roles", u["roles"]); err != nil {
			return err
		}
		granted++
	}
	d.more(granted-1, d.path("users.csv"))
	return d.leavePlan()
}

// leavePlan writes the lists of the plan, with the accounts that it lacks.
func (d *demo) leavePlan() error {
	rows := [][]string{{"code", "name", "role", "iban", "kvk"}}
	for _, o := range d.plan.organisations {
		rows = append(rows, []string{o["code"], o["name"], o["role"], o["iban"], o["kvk"]})
	}
	if err := d.leave(demoCSV(rows), "organisations.csv"); err != nil {
		return err
	}
	for _, name := range []string{
		"users.csv", "employers.csv", "settings.csv", "budgets.csv", "verdicts.csv", "counts.csv", "referrals.csv", "2007-04/cohorts.csv",
		"2007-04/trajectories.csv", "2007-04/agreements.csv", "2007-04/judgements.csv", "2007-04/costs.csv", "2007-04/statements.csv",
		"2026-10/returned.csv", "2026-11/loonwaarden.csv", "2026-11/corrections.csv",
	} {
		text, err := demoFiles.ReadFile("demo/" + name)
		if err != nil {
			return fmt.Errorf("demo: %w", err)
		}
		if err := d.leave(text, filepath.FromSlash(name)); err != nil {
			return err
		}
	}
	return nil
}

// oneOf shows the first of many like commands and carries out the others without a word.
func (d *demo) oneOf(ctx context.Context, i int, as string, args ...string) error {
	if i == 0 {
		return d.whole(ctx, as, args...)
	}
	_, err := d.do(ctx, as, args...)
	return err
}

// people hands in who works where, under which contract, and what the
// municipalities decided.
func (d *demo) people(ctx context.Context, m demoMonth) error {
	d.say("\n══════ %s %s", m.period, strings.Repeat("═", demoWidth-15))
	d.chapter("Mensen, contracten, plaatsingen en besluiten", "People, contracts, placements and decisions")
	return d.each(ctx, m, own, func(ctx context.Context, d *demo, e demoEmployer) error {
		for _, name := range slices.Sorted(maps.Keys(e.files)) {
			if err := d.leave(e.files[name], m.period, e.code, name); err != nil {
				return err
			}
		}
		submits := d.plan.user(e.code, "submit")
		for _, step := range [][2]string{{submits, "person"}, {submits, "contract"}, {submits, "placement"}, {d.plan.user(e.municipality, "control"), "decision"}} {
			if e.files[step[1]+"s.csv"] == nil {
				continue
			}
			args := []string{step[1], "import", d.path(m.period, e.code, step[1]+"s.csv")}
			answer, err := d.do(ctx, step[0], args...)
			if err != nil {
				return fmt.Errorf("verloning %s: %w", quoted(step[0], args), err)
			}
			_, counts, _ := strings.Cut(strings.TrimSpace(answer), ": ")
			d.answered(step[0], args, counts)
		}
		return nil
	})
}

// ends ends the contracts of those who left before the month, each with the
// reason that the scheme knows.
func (d *demo) ends(ctx context.Context, m demoMonth) error {
	all, first := 0, slices.IndexFunc(m.employers, func(e demoEmployer) bool { return len(e.ended) > 0 })
	if first < 0 {
		return nil
	}
	d.chapter("Uitstroom voor deze maand", "Who left before this month")
	for _, e := range m.employers {
		all += len(e.ended)
	}
	err := d.each(ctx, m, own, func(ctx context.Context, d *demo, e demoEmployer) error {
		rows := [][]string{{"number", "end", "reason", "ended_by"}}
		for i, one := range e.ended {
			args := []string{"contract", "end", "--number", one["number"], "--end", one["end"], "--reason", one["reason"], "--key", "demo-end-" + one["number"]}
			if one["ended_by"] != "" {
				args = append(args, "--ended-by", one["ended_by"])
			}
			if e.code != m.employers[first].code {
				i++ // shown is the very first
			}
			if err := d.oneOf(ctx, i, d.plan.user(e.code, "submit"), args...); err != nil {
				return err
			}
			rows = append(rows, []string{one["number"], one["end"], one["reason"], one["ended_by"]})
		}
		if len(rows) == 1 {
			return nil
		}
		return d.leave(demoCSV(rows), m.period, e.code, "ends.csv")
	})
	d.more(all-1, d.path(m.period, "*", "ends.csv"))
	return err
}

// settings records what an employer's charges go by, where its year has figures.
func (d *demo) settings(ctx context.Context, m demoMonth) error {
	for _, s := range d.plan.settings {
		if s["period"] != m.period {
			continue
		}
		d.chapter("Waar de werkgeverslasten op rusten", "What the employer's charges go by")
		args := []string{"employer", "record", "--valid-from", s["valid_from"], "--aof", s["aof"], "--whk-percentage", s["whk_percentage"],
			"--whk-year", s["whk_year"], "--whk-reference", s["whk_reference"], "--key", "demo-charges-" + s["employer"]}
		if err := d.brief(ctx, nil, d.plan.user(s["employer"], "submit"), args...); err != nil {
			return err
		}
		if err := d.agreesBank(ctx, m, s); err != nil {
			return err
		}
	}
	return nil
}

// agreesBank records until when the banks of an employer and its municipality take
// payments of the same day.
func (d *demo) agreesBank(ctx context.Context, m demoMonth, s demoRow) error {
	d.chapter("Wat met de bank is afgesproken", "What is agreed with the bank")
	i := slices.IndexFunc(m.employers, func(e demoEmployer) bool { return e.code == s["employer"] })
	for _, org := range []string{s["employer"], m.employers[i].municipality} {
		if err := d.brief(ctx, nil, d.plan.user(org, "approve"), "bank", "record", "--cut-off", s["cut_off"], "--key", "demo-terms-"+org); err != nil {
			return err
		}
	}
	return nil
}

// budgets records what each municipality has.
func (d *demo) budgets(ctx context.Context, m demoMonth) error {
	if slices.ContainsFunc(d.plan.budgets, func(b demoRow) bool { return b["period"] == m.period }) {
		d.chapter("Budgetten van de gemeenten", "Budgets of the municipalities")
	}
	for _, b := range d.plan.budgets {
		if b["period"] != m.period {
			continue
		}
		args := []string{"budget", "record", "--year", b["year"], "--source", b["source"], "--kind", b["kind"], "--amount", b["amount"], "--reason", b["reason"],
			"--key", "demo-" + b["municipality"] + "-" + b["year"] + "-" + b["source"]}
		if err := d.brief(ctx, nil, d.plan.user(b["municipality"], "control"), args...); err != nil {
			return err
		}
	}
	return nil
}

// handsIn hands the hours in as each company would: what is refused is named
// and kept in a file to be mended, and the rest is kept by the service.
func (d *demo) handsIn(ctx context.Context, m demoMonth) error {
	if len(m.corrections) > 0 {
		d.chapter("Uren van deze maand", "Hours of this month")
	} else {
		d.chapter("Uren, met fouten erin", "Hours, some wrong on purpose")
	}
	return d.each(ctx, m, own, func(ctx context.Context, d *demo, e demoEmployer) error {
		by, refused := d.plan.user(e.hoursBy, "submit"), d.path(m.period, e.code, "hours-refused.csv")
		args := []string{"hours", "submit", "--partial", "--refused", refused, d.path(m.period, e.code, "hours.csv")}
		if e.show == "verdicts" {
			return d.refused(ctx, by, args...)
		}
		answer, err := d.do(ctx, by, args...)
		var some *tell
		if err != nil && (!errors.As(err, &some) || answer == "") {
			return err
		}
		lines := strings.Split(strings.TrimRight(answer, "\n"), "\n")
		said := lines[len(lines)-1]
		if some != nil {
			said += " (" + refused + ")"
		}
		d.answered(by, args, said)
		return nil
	})
}

// refusals counts the lines of hours that were refused.
func (d *demo) refusals(m demoMonth, e demoEmployer) (int, error) {
	text, err := os.ReadFile(d.path(m.period, e.code, "hours-refused.csv"))
	if err != nil {
		return 0, fmt.Errorf("demo: %w", err)
	}
	rows, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	if err != nil {
		return 0, fmt.Errorf("demo: refused hours of %s: %w", e.code, err)
	}
	return len(rows) - 1, nil
}
