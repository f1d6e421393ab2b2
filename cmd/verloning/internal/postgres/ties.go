package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"

	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
	"verloning/payroll/ledger"
)

// LedgerTie is one thing that the ledger and something beside it both know.
type LedgerTie struct {
	Tie        string       `json:"tie"`
	NL         string       `json:"ledger_nl"`
	EN         string       `json:"ledger_en"`
	Ledger     euro.Amount  `json:"ledger"`
	BesideNL   string       `json:"beside_nl"`
	BesideEN   string       `json:"beside_en"`
	Beside     *euro.Amount `json:"beside,omitempty"` // absent: it is not there, such as a return that nobody made
	Difference euro.Amount  `json:"difference"`       // what is absent differs by all of it
}

// tie is how a tie is read: credit less debit of accounts in postings of some kinds,
// and the sum of another statement, which may have none.
type tie struct {
	name               string
	ledger, beside     payroll.Text
	accounts           []ledger.Account
	debit              bool // the ledger's side is debit less credit
	kinds              []string
	byDay              bool // of runs that were paid on days of the period, and not about its month
	amount             string
	municipality, both bool
}

// claimed is what stands open of claims, as the side of the caller sees it: what was
// granted, or claimed and not decided yet, less what it settled.
const claimed = `
	SELECT sum(CASE WHEN x.claim IS NULL THEN m.amount + m.vat ELSE g.amount + g.vat END - coalesce(t.amount, 0))
	FROM claim m JOIN calculation k ON k.id = m.calculation AND k.status = 'approved'
	LEFT JOIN claim_decided x ON x.claim = m.id LEFT JOIN grant_line g ON g.claim = m.id AND g.batch = x.batch
	LEFT JOIN settled_claim t ON t.claim = m.id AND t.organisation = @org
	WHERE m.period = @from `

const ordered = `SELECT sum(p.amount) FROM payment p JOIN run r ON r.id = p.run WHERE p.organisation = @org AND r.period = @from AND p.kind = `

const noted = `SELECT sum(CASE WHEN m.payee = @org THEN t.amount ELSE -t.amount END) FROM settlement t JOIN claim m ON m.id = t.claim JOIN calculation k ON k.id = m.calculation AND k.status = 'approved'
	WHERE t.organisation = @org AND m.period = @from`

// wages are those that were ordered and not taken back, and unpaid what the bank did
// not carry out of them. Where a run that was paid is reversed the payee owes them, and
// they stay payments.
const (
	wages  = ordered + `'wage' AND NOT EXISTS (SELECT FROM payment_cancelled c WHERE c.payment = p.id)`
	unpaid = wages + ` AND NOT ` + paidByBank
)

// toldByBank is what the bank told of payments, and of what came in or went out for a
// booking or a statement: in less out.
const toldByBank = `
	SELECT sum(x.amount) FROM (
		SELECT CASE WHEN m.back THEN l.amount ELSE -l.amount END AS amount
		FROM payment p JOIN bank_line l ON l.payment = p.id
		JOIN (SELECT payment, attempt, false AS back FROM bank_settled UNION ALL SELECT payment, attempt, true FROM bank_returned WHERE posting IS NOT NULL) m ON m.payment = l.payment AND m.attempt = l.attempt
		LEFT JOIN run r ON r.id = p.run LEFT JOIN statement s ON s.id = p.statement LEFT JOIN remittance q ON q.id = p.remittance
		WHERE p.organisation = @org AND coalesce(r.period, s.period, q.period) = @from
		UNION ALL
		SELECT CASE r.kind WHEN 'credit' THEN w.amount ELSE -w.amount END
		FROM bank_received w JOIN bank_report r ON r.id = w.report LEFT JOIN statement s ON s.id = w.statement
		WHERE w.organisation = @org AND w.kind IN ('booking', 'provider') AND coalesce(s.period, (SELECT min(b.month) FROM booking b WHERE b.difference = w.owed)) = @from) x`

// ties are all of them. What reconciliation books is no claim and is left out.
var ties = []tie{
	{name: "taxes", ledger: payroll.Text{NL: "loonheffingen van runs die in de periode betaald zijn", EN: "payroll taxes of runs that were paid in the period"},
		beside: payroll.Text{NL: "de aangifte, op de cent, met wat deze runs aan andere tijdvakken toerekenen en zonder wat andere runs aan dit tijdvak toerekenen",
			EN: "the return, to the cent, with what these runs attribute to other periods and without what other runs attribute to this one"}, accounts: []ledger.Account{ledger.TaxPayable}, kinds: []string{"run"}, byDay: true,
		amount: `SELECT (SELECT exact FROM wage_return WHERE employer = @org AND period = @from AND period_kind = @kind ORDER BY sequence DESC LIMIT 1)
			+ (SELECT coalesce(sum((x.tax_table + x.tax_special + coalesce(x.awf + x.aof + x.wko + x.whk + x.zvw, 0))
			       * ((r.pay_date BETWEEN @from AND @to)::int - (x.enjoyed_on BETWEEN @from AND @to AND x.origin_kind = @kind)::int)), 0)
			   FROM run r JOIN calculation k ON k.run = r.id AND k.status = 'approved' JOIN attribution x ON x.calculation = k.id WHERE r.employer = @org)`},
	{name: "wages", ledger: payroll.Text{NL: "netto lonen van de runs", EN: "net wages of the runs"}, beside: payroll.Text{NL: "opgedragen loonbetalingen", EN: "wage payments that were ordered"},
		accounts: []ledger.Account{ledger.NetWagesPayable}, kinds: []string{"run", "receivable"}, amount: wages},
	{name: "wages_unpaid", ledger: payroll.Text{NL: "netto lonen die niet betaald zijn", EN: "net wages that are not paid"}, beside: payroll.Text{NL: "loonbetalingen die de bank niet heeft uitgevoerd", EN: "wage payments that the bank has not carried out"},
		accounts: []ledger.Account{ledger.NetWagesPayable}, kinds: []string{"run", "bank", "receivable"}, amount: unpaid},
	{name: "garnishments", ledger: payroll.Text{NL: "loonbeslagen van de runs", EN: "garnishments of the runs"}, beside: payroll.Text{NL: "opgedragen betalingen aan beslagleggers", EN: "payments to who garnished"},
		accounts: []ledger.Account{ledger.GarnishmentPayable}, kinds: []string{"run"}, amount: ordered + `'garnishment'`},
	{name: "subsidies", ledger: payroll.Text{NL: "te ontvangen en terug te betalen subsidie", EN: "subsidy receivable and repayable"}, beside: payroll.Text{NL: "openstaande declaraties", EN: "claims outstanding"},
		accounts: []ledger.Account{ledger.SubsidyReceivable, ledger.SubsidyRepayable}, debit: true, kinds: []string{"run", "refusal", "settlement"}, amount: claimed + `AND m.payee = @org AND m.kind = 'subsidy'`},
	{name: "debtors", ledger: payroll.Text{NL: "handelsdebiteuren", EN: "trade debtors"}, beside: payroll.Text{NL: "openstaande trajectprijzen en inleenprijzen, met btw", EN: "fees and hire prices outstanding, with VAT"},
		accounts: []ledger.Account{ledger.Debtors}, debit: true, kinds: []string{"run", "refusal", "settlement"}, amount: claimed + `AND m.payee = @org AND m.kind IN ('fee', 'hire')`},
	{name: "subsidies_payable", municipality: true, ledger: payroll.Text{NL: "te betalen en terug te vorderen subsidie", EN: "subsidy payable and to be claimed back"},
		beside:   payroll.Text{NL: "toegekende declaraties die niet zijn afgewikkeld", EN: "claims that were granted and not settled"},
		accounts: []ledger.Account{ledger.SubsidyPayable, ledger.SubsidyReclaimable}, kinds: []string{"grant", "settlement", "bank"}, amount: claimed + `AND m.payer = @org AND m.kind = 'subsidy' AND x.claim IS NOT NULL`},
	{name: "subsidy_payments", municipality: true, ledger: payroll.Text{NL: "toegekende subsidie", EN: "subsidy that was granted"}, beside: payroll.Text{NL: "opgedragen subsidiebetalingen", EN: "subsidy payments that were ordered"},
		accounts: []ledger.Account{ledger.SubsidyPayable}, kinds: []string{"grant"}, amount: ordered + `'subsidy'`},
	{name: "bank", both: true, ledger: payroll.Text{NL: "bank, van declaraties", EN: "bank, of claims"}, beside: payroll.Text{NL: "bankafschriften die genoteerd zijn", EN: "bank statements that were noted"},
		accounts: []ledger.Account{ledger.Bank, ledger.MunicipalBank}, debit: true, kinds: []string{"settlement"}, amount: noted},
	{name: "bank_told", both: true, ledger: payroll.Text{NL: "bank, van betalingen in bestanden en wat teruggevorderd is", EN: "bank, of payments in files and of what was claimed back"}, beside: payroll.Text{NL: "wat de bank daarvan meldde", EN: "what the bank told of them"},
		accounts: []ledger.Account{ledger.Bank, ledger.MunicipalBank}, debit: true, kinds: []string{"bank", "received"}, amount: toldByBank},
}

// Ties reads both sides of every tie of an organisation about a period. Claims, grants
// and what the bank did with them are about the month of the wage; taxes about the
// days of payment, as the return is.
func (tx *Tx) Ties(ctx context.Context, a payroll.Actor, p calendar.Period) ([]LedgerTie, error) {
	list := []LedgerTie{}
	for _, t := range ties {
		if !t.both && !a.Organisation.Is(map[bool]payroll.OrganisationRole{true: payroll.Gemeente, false: payroll.Employer}[t.municipality]) {
			continue
		}
		one, err := tx.tied(ctx, a, p, t)
		if err != nil {
			return nil, fmt.Errorf("tie %s of %s: %w", t.name, p, err)
		}
		list = append(list, one)
	}
	return list, nil
}

func (tx *Tx) tied(ctx context.Context, a payroll.Actor, p calendar.Period, t tie) (LedgerTie, error) {
	one := LedgerTie{Tie: t.name, NL: t.ledger.NL, EN: t.ledger.EN, BesideNL: t.beside.NL, BesideEN: t.beside.EN}
	args := pgx.NamedArgs{"org": a.Organisation.ID, "from": day(p.From), "to": day(p.To), "kind": string(p.Kind), "kinds": t.kinds, "accounts": t.accounts, "by_day": t.byDay}
	err := scanAmounts(tx.QueryRow(ctx, `
		SELECT sum(CASE WHEN t.credit = ANY (@accounts::text[]) THEN t.amount ELSE 0 END - CASE WHEN t.debit = ANY (@accounts::text[]) THEN t.amount ELSE 0 END)
		FROM posting p JOIN posting_period m ON m.posting = p.id JOIN transfer t ON t.period = m.period AND t.posting = p.id
		WHERE p.ledger = @org AND p.kind = ANY (@kinds::text[]) AND (t.debit = ANY (@accounts) OR t.credit = ANY (@accounts))
		  AND CASE WHEN @by_day THEN EXISTS (SELECT FROM run r JOIN calculation k ON k.run = r.id AND k.status = 'approved' AND k.hash = p.content
		                                     WHERE r.employer = p.ledger AND r.pay_date BETWEEN @from AND @to)
		           ELSE m.period = @from END`, args), nil, &one.Ledger)
	if err != nil {
		return one, err
	}
	if t.debit {
		one.Ledger = one.Ledger.Neg()
	}
	beside, known, err := tx.besides(ctx, t.amount, args)
	if err != nil {
		return one, err
	}
	one.Difference = one.Ledger.Sub(beside)
	if known || t.name != "taxes" {
		one.Beside = &beside
	}
	return one, nil
}

// besides sums what stands beside the ledger; known tells a sum of nothing from one.
func (tx *Tx) besides(ctx context.Context, amount string, args pgx.NamedArgs) (sum euro.Amount, known bool, err error) {
	var value decimal.NullDecimal
	if err = tx.QueryRow(ctx, amount, args).Scan(&value); err != nil || !value.Valid {
		return sum, false, err
	}
	sum, err = money(value.Decimal)
	return sum, true, err
}
