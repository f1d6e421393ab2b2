package main

import (
	"context"
	"strconv"

	"verloning/cmd/verloning/internal/postgres"
	"verloning/payroll"
)

// yearArg names a calendar year of payment.
type yearArg struct {
	Year int `arg:"" help:"Calendar year of payment."`
}

type yearList struct{ yearArg }

// Run lists what each employee was paid.
func (c *yearList) Run(ctx context.Context, sh *shell) error {
	list, err := sh.years(ctx, c.Year)
	if err != nil {
		return err
	}
	if sh.JSON {
		return sh.printJSON(yearsListed{list})
	}
	shown := newTable("person", ">payslips", ">gross only", ">taxable wage", ">tax", ">arbeidskorting", ">zvw", ">premiums")
	for _, y := range list {
		zvw, premiums := y.Zvw.String(), y.Premiums.String()
		if y.Unknown > 0 {
			zvw, premiums = "-", "-"
		}
		shown.add(y.Person, strconv.Itoa(y.Payslips), strconv.Itoa(y.GrossOnly), y.Wage.String(), y.Tax.String(), y.Arbeidskorting.String(), zvw, premiums)
	}
	return shown.print(sh.out)
}

// years lists the year statements of an employer.
func (sh *shell) years(ctx context.Context, year int) ([]postgres.YearStatement, error) {
	return pages(ctx, sh, "yearstatement", "list", "statements", 0,
		func(after string, limit int) any {
			return yearAsked{Year: year, Paged: Paged{After: after, Limit: limit}}
		},
		func(y postgres.YearStatement) string { return y.Person })
}

type yearPDF struct {
	yearArg
	Person string `arg:"" help:"Personnel number."`
	Out    string `short:"o" placeholder:"FILE" help:"Where to write it; - is the standard output."`
}

// Run writes the document of one employee's year.
func (c *yearPDF) Run(ctx context.Context, sh *shell) error {
	return sh.one(ctx, "yearstatement", "pdf", yearDrawn{Year: c.Year, Person: c.Person, Language: sh.language()}, c.Out)
}

type yearPDFs struct {
	yearArg
	Dir string `required:"" placeholder:"DIR" help:"Where to write them, one file an employee."`
}

// Run writes the documents of all employees.
func (c *yearPDFs) Run(ctx context.Context, sh *shell) error {
	list, err := sh.years(ctx, c.Year)
	if err != nil {
		return err
	}
	return many(ctx, sh, "yearstatement", payroll.Text{NL: "jaaropgaven", EN: "year statements"}, list, c.Dir, func(y postgres.YearStatement) any {
		return yearDrawn{Year: c.Year, Person: y.Person, Language: sh.language()}
	})
}
