package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"runtime/debug"

	"github.com/alecthomas/kong"

	"verloning/payroll"
)

// flags go with every command. Each has an environment variable beside it that
// is read through getenv alone and not by kong, so that a test can give its own.
type flags struct {
	Data   string `placeholder:"DIR" help:"Data directory of the service on this machine (VERLONING_DATA)."`
	Server string `placeholder:"URL" help:"NATS server; without it the one of the service on this machine (NATS_URL)."`
	Creds  string `placeholder:"FILE" help:"Credentials file to speak with (VERLONING_CREDS)."`
	As     string `placeholder:"ORG/USER" help:"Use the credentials that access grant left in the data directory (VERLONING_AS)."`
	Key    string `placeholder:"KEY" help:"Idempotency key: with the same key the same request is carried out once. With files it makes a repeated file a new one."`
	JSON   bool   `name:"json" help:"Print what the service answers, as one JSON document."`
	Lang   string `enum:"nl,en" default:"nl" help:"Language that comes first: nl or en."`
	Yes    bool   `short:"y" help:"Do not ask for confirmation."`
}

// grammar is the whole command line: a file cli_<noun>.go for each noun.
type grammar struct {
	flags
	Version kong.VersionFlag `help:"Print the version."`

	Serve   serveCommand   `cmd:"" help:"Run the service: database, bus, endpoints, workers and relay."`
	Migrate migrateCommand `cmd:"" help:"Bring the database's schema up to date."`
	Config  struct {
		Check configCheck `cmd:"" help:"Check the settings and say every fault."`
		Show  configShow  `cmd:"" help:"Show every setting; secrets are masked."`
	} `cmd:"" help:"Settings, which come from the environment."`
	Access struct {
		Grant accessGrant `cmd:"" help:"Add a user of an organisation and write the credentials file."`
		List  accessList  `cmd:"" help:"List the credentials files in the data directory."`
		Jwts  accessJWTs  `cmd:"" name:"jwts" help:"Print the JWTs that a NATS server of your own has to load."`
	} `cmd:"" help:"Who may speak with the service."`
	Org struct {
		Register orgRegister `cmd:"" help:"Register an organisation."`
		List     orgList     `cmd:"" help:"List the organisations."`
		Amend    orgAmend    `cmd:"" help:"Give your own organisation another account; somebody else confirms it."`

		Letterhead orgLetterhead `cmd:"" help:"Record an organisation's address and VAT number, for its invoices from now on."`
	} `cmd:"" help:"Organisations: gemeente, employer, reintegratiebedrijf, inlener."`
	Employer struct {
		Record employerRecord `cmd:"" help:"Record what your premiums go by from a day on."`
		Choose employerChoose `cmd:"" help:"Choose for a year whether wage of earlier periods is enjoyed when it is paid (loon-in) or in its own period (loon-over)."`
		Show   employerShow   `cmd:"" help:"Show what your premiums and your pension scheme go by, and what you chose for each year."`
	} `cmd:"" help:"Settings of your organisation as an employer."`
	Pension struct {
		Record pensionRecord `cmd:"" help:"Record your pension scheme from a day on."`
	} `cmd:"" help:"Pension scheme; employer show lists it."`
	Person struct {
		Register personRegister `cmd:"" help:"Register an employee."`
		Amend    personAmend    `cmd:"" help:"Change what is known of an employee."`
		Import   personImport   `cmd:"" help:"Register the employees of a CSV file."`
	} `cmd:"" help:"Employees of your organisation."`
	Annualwage struct {
		Record annualWageRecord `cmd:"" help:"Record somebody's wage of a whole calendar year, for the special rate of the next."`
		Import annualWageImport `cmd:"" help:"Record the annual wages of a CSV file."`
	} `cmd:"" help:"Annual wages."`
	Opening struct {
		Record openingRecord `cmd:"" help:"Record what accrued on a contract before this service paid it, or its next version."`
		Import openingImport `cmd:"" help:"Record the opening balances of a CSV file."`
	} `cmd:"" help:"Opening balances of contracts."`
	Garnishment struct {
		Record garnishmentRecord `cmd:"" help:"Record a garnishment (loonbeslag), or its next version."`
		List   garnishmentList   `cmd:"" help:"List garnishments as they are now."`
	} `cmd:"" help:"Garnishments of wages."`
	Receivable struct {
		Record receivableRecord `cmd:"" help:"Record money that an employee owes you and what a period may take of it."`
		Refund receivableRefund `cmd:"" help:"Say what came back of a receivable, or which payment is not made instead."`
		List   receivableList   `cmd:"" help:"List receivables as they are now."`
	} `cmd:"" help:"What employees owe you."`
	Contract struct {
		Register contractRegister `cmd:"" help:"Register a contract."`
		Amend    contractAmend    `cmd:"" help:"Change the terms from a day on."`
		Extend   contractExtend   `cmd:"" help:"Extend a contract."`
		End      contractEnd      `cmd:"" help:"End a contract."`
		List     contractList     `cmd:"" help:"List contracts."`
		Import   contractImport   `cmd:"" help:"Register the contracts of a CSV file."`
	} `cmd:"" help:"Contracts."`
	Placement struct {
		Record placementRecord `cmd:"" help:"Record a placement (detachering) of a contract."`
		Import placementImport `cmd:"" help:"Record the placements of a CSV file."`
	} `cmd:"" help:"Placements at an inlener."`
	Decision struct {
		Record decisionRecord `cmd:"" help:"Record a decision (beschikking) of your gemeente for a contract."`
		Import decisionImport `cmd:"" help:"Record the decisions of a CSV file."`
		List   decisionList   `cmd:"" help:"List decisions with what was claimed, granted and settled under them."`
	} `cmd:"" help:"Decisions."`
	Loonwaarde struct {
		Record loonwaardeRecord `cmd:"" help:"Record a determined loonwaarde."`
	} `cmd:"" help:"Loonwaarden."`
	Hours struct {
		Submit hoursSubmit `cmd:"" help:"Hand in hours from a CSV or JSON file and print the verdict per line."`
		Status hoursStatus `cmd:"" help:"Print the verdict of an earlier submission."`
	} `cmd:"" help:"Hours."`
	Period struct {
		Lock   periodLock   `cmd:"" help:"Lock periods, for all contracts or some, so that no hours and no contract facts of their days are taken."`
		Reopen periodReopen `cmd:"" help:"Reopen what is locked."`
		List   periodList   `cmd:"" help:"List what was locked and reopened, by whom and why."`
	} `cmd:"" help:"Periods that you lock and reopen."`
	Run struct {
		Open       runOpen       `cmd:"" help:"Open the run of a period, or of one person off the cycle."`
		All        runAll        `cmd:"" help:"Open and calculate the run of every employer, as the beheerder."`
		Missing    runMissing    `cmd:"" help:"List of whom hours, a decision or a payslip are missing in a period."`
		Compare    runCompare    `cmd:"" help:"Compare with the period before: new, gone, changed."`
		Reopen     runReopen     `cmd:"" help:"Take a calculated run back to open, before it is approved."`
		Repair     runRepair     `cmd:"" help:"Mark what the run corrects of somebody's earlier period as the repair of an error: that period's return is corrected."`
		Preview    runPreview    `cmd:"" help:"What a run would give for one contract by what is known now, with corrections of earlier periods; nothing is kept."`
		Reverse    runReverse    `cmd:"" help:"Mirror what an approved run booked, of all or of one contract; a second person approves the mirror."`
		Calculate  runCalculate  `cmd:"" help:"Calculate, and wait until it is done."`
		Show       runShow       `cmd:"" help:"Show where a run stands."`
		List       runList       `cmd:"" help:"List the runs."`
		Exceptions runExceptions `cmd:"" help:"List what somebody must accept before approval."`
		Accept     runAccept     `cmd:"" help:"Accept exceptions by name."`
		Approve    runApprove    `cmd:"" help:"Approve what somebody else calculated."`
		Close      runClose      `cmd:"" help:"Close an approved run."`
	} `cmd:"" help:"Pay runs; RUN is an id or a period such as 2026-10."`
	Claim struct {
		List    claimList    `cmd:"" help:"List claims."`
		Grant   claimGrant   `cmd:"" help:"Decide on raised claims: all, or each by its id."`
		Approve claimApprove `cmd:"" help:"Approve a batch of verdicts by its hash."`
		PDF     claimPDF     `cmd:"" name:"pdf" help:"Write the specification of a period's subsidies as a PDF: claimed, granted, and what lies between."`
		Settle  claimSettle  `cmd:"" help:"Note that the money of claims went over your bank account."`
	} `cmd:"" help:"Claims on the gemeente, and hire prices of inleners."`
	Agreement struct {
		Record   agreementRecord   `cmd:"" help:"Record what your gemeente agreed with a re-integratiebedrijf for a scheme."`
		List     agreementList     `cmd:"" help:"List agreements."`
		Standing agreementStanding `cmd:"" help:"Show how each contract year stands: outcome, target, bonus or malus."`
	} `cmd:"" help:"Agreements with re-integratiebedrijven."`
	Trajectory struct {
		Refer  trajectoryRefer  `cmd:"" help:"Refer a participant under a scheme."`
		Import trajectoryImport `cmd:"" help:"Refer the participants of a CSV file."`
		Amend  trajectoryAmend  `cmd:"" help:"Record another IBAN or benefit of a participant."`
		Record trajectoryRecord `cmd:"" help:"Record what happened to a trajectory, as the gemeente."`
		Report trajectoryReport `cmd:"" help:"Report what happened, as the re-integratiebedrijf; the gemeente confirms it."`
		Events trajectoryEvents `cmd:"" help:"Record or report what happened from a CSV file; a column answers holds those of an intake, such as dutch=yes motivated=unknown."`
		Judge  trajectoryJudge  `cmd:"" help:"Confirm, contest, uphold or reject what was reported."`
		List   trajectoryList   `cmd:"" help:"List trajectories."`
		Show   trajectoryShow   `cmd:"" help:"Show a trajectory with all that happened."`
	} `cmd:"" help:"Trajectories, from referral to exit, with or without a contract."`
	Statement struct {
		Calculate statementCalculate `cmd:"" help:"Calculate what your gemeente owes by the end of a month for trajectories: fees, premiums, bonus and malus."`
		Show      statementShow      `cmd:"" help:"Show a statement with every line."`
		List      statementList      `cmd:"" help:"List statements."`
		Approve   statementApprove   `cmd:"" help:"Approve what somebody else calculated, by its hash."`
		Settle    statementSettle    `cmd:"" help:"Note that the money of a statement went over your bank account."`
	} `cmd:"" help:"Statements of the gemeente: what it owes for trajectories."`
	Fee struct {
		List feeList `cmd:"" help:"List what was granted line by line, as the gemeente, the provider or who pays in its place."`
		PDF  feePDF  `cmd:"" name:"pdf" help:"Write a month's fees as a PDF: lines, VAT, what is set off, and what is to be paid or comes back."`
	} `cmd:"" help:"Fees and premiums for trajectories."`
	Report struct {
		Outcomes reportOutcomes `cmd:"" help:"Report what came of the trajectories of each scheme, each percentage with its own base, and the targets."`
		Funnel   reportFunnel   `cmd:"" help:"Report each agreement by month: agreed, referred, started, guided, out, earned."`
		Savings  reportSavings  `cmd:"" help:"Report what was saved by the months off benefit, and when a plan breaks even."`
	} `cmd:"" help:"Reports for the gemeente; a re-integratiebedrijf sees the funnel of its own agreements."`
	Budget struct {
		Record   budgetRecord   `cmd:"" help:"Record money that your gemeente has for a year, or move it."`
		List     budgetList     `cmd:"" help:"Show how each budget stands: granted, reserved, spent."`
		Report   budgetReport   `cmd:"" help:"Report each source and year: every movement, what is left, and how much was used."`
		Underuse budgetUnderuse `cmd:"" help:"Report why money is left: reserved and never used, not earned, settled lower, not reserved."`
	} `cmd:"" help:"Budgets of the gemeente."`
	Cost struct {
		Record  costRecord  `cmd:"" help:"Record what a scheme costs the gemeente itself, by hours or as an amount."`
		List    costList    `cmd:"" help:"List those costs."`
		Approve costApprove `cmd:"" help:"Approve a cost by its hash; it burdens the budget and nothing is paid."`
	} `cmd:"" help:"What the gemeente's own people cost a scheme, such as a jobcoach."`
	Reconcile struct {
		Show        reconcileShow               `cmd:"" help:"Show what was decided, claimed, granted and paid, by source and line of the annual account."`
		Differences reconcileDifferencesCommand `cmd:"" help:"List every difference with its cause, who acts, and what to do."`
		Book        reconcileBook               `cmd:"" help:"Book what is open of a difference, with the reason."`
		Approve     reconcileApprove            `cmd:"" help:"Approve a booking that somebody else made, by its hash."`
		Periodend   reconcilePeriodEnd          `cmd:"" help:"List what is carried over at the end of a month, quarter or year: earned, claimed, granted and not paid, advances, stale reservations."`
	} `cmd:"" help:"Reconciliation of subsidies to the cent."`
	Income struct {
		List incomeList `cmd:"" help:"List what part-timers earned under schemes where wage and income support run together, as the gemeente."`
	} `cmd:"" help:"Income beside a supplementary benefit."`
	Othermoney struct {
		Record otherMoneyRecord `cmd:"" help:"Record money for a contract and month from somebody else than the gemeente."`
		List   otherMoneyList   `cmd:"" help:"List that money."`
	} `cmd:"" name:"othermoney" help:"Other money for the same job: refunds of sick pay, LKV, ESF, UWV."`
	Payslip struct {
		Show payslipShow `cmd:"" help:"Show a payslip with its lines."`
		List payslipList `cmd:"" help:"List the payslips of a run."`
		PDF  payslipPDF  `cmd:"" name:"pdf" help:"Write a payslip as a PDF, with all that BW 7:626 asks for; --lang en for English labels."`
		PDFs payslipPDFs `cmd:"" name:"pdfs" help:"Write all payslips of a run as PDFs."`
	} `cmd:"" help:"Payslips."`
	Yearstatement struct {
		List yearList `cmd:"" help:"List what each employee was paid in a calendar year, from approved payslips."`
		PDF  yearPDF  `cmd:"" name:"pdf" help:"Write a year statement (jaaropgaaf) as a PDF."`
		PDFs yearPDFs `cmd:"" name:"pdfs" help:"Write all year statements of a year as PDFs."`
	} `cmd:"" help:"Year statements (jaaropgaven)."`
	Invoice struct {
		Issue  invoiceIssue  `cmd:"" help:"Invoice the hire prices of a period that no invoice charges yet, one invoice an inlener."`
		Credit invoiceCredit `cmd:"" help:"Take a whole invoice back with a credit note."`
		List   invoiceList   `cmd:"" help:"List invoices and credit notes, as the employer or the inlener."`
		PDF    invoicePDF    `cmd:"" name:"pdf" help:"Write an invoice or credit note as a PDF."`
		Ageing invoiceAgeing `cmd:"" help:"Show what debtors owe, by how long ago it was due; --out writes a PDF."`
	} `cmd:"" help:"Invoices for hire, to inleners."`
	Payment struct {
		List      paymentList      `cmd:"" help:"List payments."`
		Due       paymentDue       `cmd:"" help:"Show what would go to the bank now, on which day, and what is held and why."`
		Export    paymentExport    `cmd:"" help:"Put what is due into a bank file (pain.001), which is kept as it is."`
		File      paymentFile      `cmd:"" help:"Print a bank file, or write it with --out: the very bytes that were made."`
		Files     paymentFiles     `cmd:"" help:"List the bank files."`
		Import    paymentImport    `cmd:"" help:"Take in what the bank tells (pain.002, camt.053): settled, returned, rejected."`
		Unmatched paymentUnmatched `cmd:"" help:"List what the bank told that is about no payment, or does not fit."`
		Owed      paymentOwed      `cmd:"" help:"List what is to come in or go out over the bank and is in no bank file, with the reference to state."`
		Assign    paymentAssign    `cmd:"" help:"Say what a line of the bank pays that does not name it."`
		Release   paymentRelease   `cmd:"" help:"Let payments that came back for another reason than their account go again as they were."`
	} `cmd:"" help:"Payments that your organisation makes."`
	Control struct {
		List    controlList    `cmd:"" help:"List changes of IBAN, decision, loonwaarde and scheme that nobody has confirmed."`
		Confirm controlConfirm `cmd:"" help:"Confirm changes that somebody else recorded."`
	} `cmd:"" help:"Changes of master data, which a second person confirms before they are paid by."`
	Bank struct {
		Record bankRecord `cmd:"" help:"Record what you agreed with your bank, from now on."`
		Show   bankShow   `cmd:"" help:"Show it."`
	} `cmd:"" help:"What your organisation agreed with its bank: format, cut-off time."`
	Return struct {
		Make returnMake `cmd:"" help:"Make the wage tax return (loonaangifte) of a period of payment, or correct it."`
		Show returnShow `cmd:"" help:"Show a return: collective, and with --nominative every inkomstenverhouding."`
		Year returnYear `cmd:"" help:"Hold a year's returns against payslips and ledger; it fails where they differ."`
	} `cmd:"" help:"Wage tax returns (loonaangifte)."`
	Remittance struct {
		Record  remittanceRecord  `cmd:"" help:"Record number and account of the Belastingdienst or your pension fund, from a day on."`
		Order   remittanceOrder   `cmd:"" help:"Order the payment of what is owed of a period."`
		Approve remittanceApprove `cmd:"" help:"Approve what somebody else ordered, by its hash."`
		List    remittanceList    `cmd:"" help:"List the orders."`
	} `cmd:"" help:"What is remitted: payroll taxes and pension premiums."`
	Ledger struct {
		Balances ledgerBalances `cmd:"" help:"Print the balance of every account, now, on a day, or as of a posting."`
		Journal  ledgerJournal  `cmd:"" help:"Print the journal of a period: every line with account, debit and credit."`
		Ties     ledgerTies     `cmd:"" help:"Hold the ledger against return, claims and payments of a period, both sides to be seen; it fails where they differ."`
		Verify   ledgerVerify   `cmd:"" help:"Recompute the hash chain and name the first posting that does not fit; it fails when there is one."`
	} `cmd:"" help:"Your organisation's ledger."`
	Worklist worklistCommand `cmd:"" help:"List what there is to act on in the months ahead: ends, notices, reviews, birthdays, free places."`
	Calc     calcCommand     `cmd:"" help:"Answer questions, one JSON object a line: minimum wage, loonheffing, charges, loonkostensubsidie, payslip; needs no service."`
	Explain  explainCommand  `cmd:"" help:"Say why an amount is what it is, step by step."`
	Law      struct {
		Tax       lawTax       `cmd:"" help:"Look up the loonheffing of one wage, 2020 to 2026; needs no service."`
		Questions lawQuestions `cmd:"" help:"List where law or figures are disputed: what was chosen, and what each other answer would make of a contract."`
	} `cmd:"" help:"National law."`
	Events struct {
		Tail    eventsTail    `cmd:"" help:"Read your organisation's events and acknowledge them: what is shown does not come again. With --json one CloudEvent a line."`
		Held    eventsHeld    `cmd:"" help:"List what the event stream knows and the database does not, after an older copy of it was restored."`
		Release eventsRelease `cmd:"" help:"Let a held service go on."`
		Replay  eventsReplay  `cmd:"" help:"Publish an organisation's events since a day again, with the ids they had."`
		Dead    struct {
			List   deadList   `cmd:"" help:"List messages that could not be handled."`
			Replay deadReplay `cmd:"" help:"Hand a message in again."`
		} `cmd:"" help:"Messages that could not be handled; needs the keys in the data directory."`
	} `cmd:"" help:"Events."`
	Scheme struct {
		List  schemeList  `cmd:"" help:"List the schemes."`
		Show  schemeShow  `cmd:"" help:"Show a scheme with every version."`
		Check schemeCheck `cmd:"" help:"Check a scheme file; needs no service."`
		Diff  schemeDiff  `cmd:"" help:"Show what two schemes, versions or files do not share; needs a service only with --as."`
		Add   schemeAdd   `cmd:"" help:"Add a scheme of your gemeente, or amend one, from a day on."`
	} `cmd:"" help:"Schemes."`
	Asyncapi asyncapiCommand `cmd:"" help:"Print the interface as an AsyncAPI document; needs no service."`
	Bench    benchCommand    `cmd:"" help:"Measure a run of many contracts against its floor."`
	Demo     demoCommand     `cmd:"" help:"Play three months of eleven schemes, April 2007 and October and November 2026, and show them."`
}

// run carries out one command line. It never exits the process: main does, and
// tests call run as main does.
func run(ctx context.Context, args []string, getenv func(string) string, stdin io.Reader, stdout, stderr io.Writer) error {
	var g grammar
	left := false // kong wants to exit: help or the version was printed
	parser, err := kong.New(&g,
		kong.Name("verloning"), kong.Description("Payroll and subsidies for people who come from a benefit."),
		kong.Writers(stdout, stderr), kong.Exit(func(int) { left = true }), kong.Vars{"version": version()},
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, NoExpandSubcommands: true, WrapUpperBound: 120}),
	)
	if err != nil {
		return fmt.Errorf("command line: %w", err)
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	parsed, err := parser.Parse(args)
	if left {
		return nil
	}
	if err != nil {
		return fmt.Errorf("%w (see: verloning --help)", err)
	}
	sh := newShell(g.flags, getenv, stdin, stdout, stderr)
	defer sh.close()
	parsed.BindTo(ctx, (*context.Context)(nil))
	err = parsed.Run(sh)
	if errors.Is(err, context.Canceled) && ctx.Err() != nil {
		return errors.New("interrupted")
	}
	return sh.told(err)
}

// version says which commit was built.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "verloning (unknown build)"
	}
	text := "verloning " + info.Main.Version + " " + info.GoVersion
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			text += " " + s.Value
		}
	}
	return text
}

// newShell fills in from the environment what no flag gave.
func newShell(f flags, getenv func(string) string, stdin io.Reader, stdout, stderr io.Writer) *shell {
	for _, setting := range []struct {
		to   *string
		name string
	}{{&f.Data, "VERLONING_DATA"}, {&f.Server, "NATS_URL"}} {
		if *setting.to == "" {
			*setting.to = getenv(setting.name)
		}
	}
	// Whom to speak as is one choice: a flag for either overrules both variables.
	if f.Creds == "" && f.As == "" {
		f.Creds, f.As = getenv("VERLONING_CREDS"), getenv("VERLONING_AS")
	}
	if f.Data == "" {
		f.Data = defaultData(getenv)
	}
	sh := &shell{flags: f, in: stdin, out: stdout, err: stderr}
	sh.getenv = func(name string) string {
		switch name {
		case "VERLONING_DATA":
			return f.Data
		case "NATS_URL":
			return f.Server
		}
		return getenv(name)
	}
	return sh
}

// command is the part that every changing request has.
func (sh *shell) command() payroll.Command { return payroll.Command{IdempotencyKey: sh.Key} }

// adminCreds is where the service left the credentials of its first user.
func (sh *shell) adminCreds() string { return filepath.Join(sh.Data, "creds", adminFile) }
