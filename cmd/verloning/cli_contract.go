package main

import (
	"context"
	"strconv"

	"verloning/cmd/verloning/internal/postgres"
	"verloning/payroll"
)

// termsFlags are the terms of a contract, whole: nothing is inherited from an
// earlier version.
type termsFlags struct {
	HoursPerWeek  string `required:"" help:"Hours a week, such as 32 or 28.5."`
	FullTimeHours string `help:"Hours of the sector's full-time week; without it the scheme's."`
	WageBase      string `help:"WML (the minimum wage), amount or steps (the scheme's wage table); without it as the scheme has it."`
	WageFactor    string `help:"Times the minimum wage, at least 1; without it the least that the scheme asks."`
	WageAmount    string `help:"Euro an hour, with --wage-base amount."`
	PayBasis      string `help:"hours (default) or fixed."`
	Averaging     bool   `help:"A written arrangement averages the hours of a fixed wage."`
	Written       bool   `help:"The contract is in writing."`
	OpenEnded     bool   `help:"For an indefinite time."`
	OnCall        bool   `help:"On call (oproepcontract)."`

	ExperienceSince string `help:"Day from which years of experience count, under a scheme with a wage table."`

	BBL              bool   `name:"bbl" help:"Pupil in the beroepsbegeleidende leerweg."`
	HolidayAllowance string `help:"When the holiday allowance is paid: may (default) or each_period."`
	LeaveWeeks       string `help:"Weeks of leave a year, at least 4 (default)."`
	SickWaitingDays  *int   `help:"Waiting days before sick pay, 0 to 2. Without any of these three the whole wage is paid."`
	SickPercentage   string `help:"Percentage of the wage during the first 52 weeks of sickness, 70 to 100."`
	SickSecondYear   string `help:"Percentage of the wage during the 52 weeks after, 70 to 100."`
}

func (t termsFlags) terms() payroll.ContractTerms {
	return payroll.ContractTerms{
		HoursPerWeek: t.HoursPerWeek, FullTimeHours: t.FullTimeHours, Base: t.WageBase, Factor: t.WageFactor, HourlyAmount: t.WageAmount,
		PayBasis: t.PayBasis, Averaging: t.Averaging, Written: t.Written, OpenEnded: t.OpenEnded, OnCall: t.OnCall,
		ExperienceSince: t.ExperienceSince, BBL: t.BBL, HolidayAllowance: t.HolidayAllowance, LeaveWeeks: t.LeaveWeeks,
		SickWaitingDays: t.SickWaitingDays, SickPercentage: t.SickPercentage, SickSecondYear: t.SickSecondYear,
	}
}

type contractRegister struct {
	Number       string `required:"" help:"Contract number."`
	Person       string `required:"" help:"Personnel number."`
	Scheme       string `required:"" help:"Scheme; see scheme list."`
	Municipality string `help:"Code of the gemeente that subsidises it."`
	Provider     string `help:"Code of the reintegratiebedrijf that may submit its hours."`
	Start        string `required:"" help:"First day."`
	End          string `help:"Last day; none with --open-ended."`
	termsFlags
}

func (c *contractRegister) Run(ctx context.Context, sh *shell) error {
	request := payroll.ContractRegister{
		Command: sh.command(), Number: c.Number, Person: c.Person, Scheme: c.Scheme, Municipality: c.Municipality, Provider: c.Provider,
		Start: c.Start, End: c.End, ContractTerms: c.terms(),
	}
	return ask(ctx, sh, "contract", "register", request, sh.contractKept)
}

func (sh *shell) contractKept(r payroll.ContractReply) error {
	until := "…"
	if !r.End.IsZero() {
		until = r.End.String()
	}
	return sh.say("Contract %s, versie %d: %s – %s.", "Contract %s, version %d: %s – %s.", r.Number, r.Version, r.Start, until)
}

type contractAmend struct {
	Number    string `required:"" help:"Contract number."`
	ValidFrom string `required:"" help:"Day from which the terms hold."`
	termsFlags
}

func (c *contractAmend) Run(ctx context.Context, sh *shell) error {
	request := payroll.ContractAmend{Command: sh.command(), Number: c.Number, ValidFrom: c.ValidFrom, ContractTerms: c.terms()}
	return ask(ctx, sh, "contract", "amend", request, sh.contractKept)
}

type contractExtend struct {
	Number string `required:"" help:"Contract number."`
	End    string `help:"Later last day; without it the contract is open-ended from now on."`
}

func (c *contractExtend) Run(ctx context.Context, sh *shell) error {
	request := payroll.ContractExtend{Command: sh.command(), Number: c.Number, End: c.End}
	return ask(ctx, sh, "contract", "extend", request, sh.contractKept)
}

type contractEnd struct {
	Number  string `required:"" help:"Contract number."`
	End     string `required:"" help:"Last day."`
	Reason  string `required:"" help:"Why."`
	EndedBy string `help:"Who or what ended it: employer, expiry (a fixed term ran out), employee, agreement, age, cause (serious blame), death or continued. A transitievergoeding goes by it."`
}

func (c *contractEnd) Run(ctx context.Context, sh *shell) error {
	request := payroll.ContractEnd{Command: sh.command(), Number: c.Number, End: c.End, Reason: c.Reason, EndedBy: c.EndedBy}
	return ask(ctx, sh, "contract", "end", request, sh.contractKept)
}

type contractList struct {
	Limit int `help:"At most so many; otherwise all."`
}

func (c *contractList) Run(ctx context.Context, sh *shell) error {
	list, err := pages(ctx, sh, "contract", "list", "contracts", c.Limit,
		func(after string, limit int) any { return Paged{After: after, Limit: limit} },
		func(one postgres.ContractListed) string { return one.Contract.String() })
	if err != nil {
		return err
	}
	if sh.JSON {
		return sh.printJSON(contractsListed{list})
	}
	shown := newTable("number", "employer", "scheme", "start", "end", ">versions", "end_reason")
	for _, one := range list {
		end := "-"
		if !one.End.IsZero() {
			end = one.End.String()
		}
		shown.add(one.Number, one.Employer, one.Scheme, one.Start.String(), end, strconv.Itoa(one.Versions), one.Ended)
	}
	return shown.print(sh.out)
}

type contractImport struct{ importFile }

// Run keeps the contracts of one person in one lane: which of two that overlap
// comes first is then what the file says.
func (c *contractImport) Run(ctx context.Context, sh *shell) error {
	return importRows[payroll.ContractRegister](ctx, sh, c.importFile, importing{
		noun: "contract", verb: "register", lane: "person",
		decimals: []string{"hours_per_week", "full_time_hours", "wage_factor", "wage_amount", "leave_weeks", "sick_percentage", "sick_second_year"},
	})
}

type placementRecord struct {
	Contract string `required:"" help:"Contract number."`
	Inlener  string `required:"" help:"Code of the inlener."`
	From     string `required:"" help:"First day."`
	To       string `help:"Last day."`
	Price    string `help:"Hire price (inleentarief), euro an hour worked; without it what the scheme says."`
	Scale    string `help:"The hirer's own pay scale, if it pays higher."`
}

func (c *placementRecord) Run(ctx context.Context, sh *shell) error {
	request := payroll.PlacementRecord{Command: sh.command(), Contract: c.Contract, Inlener: c.Inlener, From: c.From, To: c.To, Price: c.Price, Scale: c.Scale}
	return ask(ctx, sh, "placement", "record", request, func(r payroll.PlacementRecorded) error {
		return sh.say("Plaatsing %s.", "Placement %s.", r.Placement)
	})
}

type placementImport struct{ importFile }

// Run keeps the placements of one contract in one lane: which of two that
// overlap comes first is then what the file says.
func (c *placementImport) Run(ctx context.Context, sh *shell) error {
	return importRows[payroll.PlacementRecord](ctx, sh, c.importFile, importing{noun: "placement", verb: "record", lane: "contract", decimals: []string{"price"}})
}
