package postgres

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"verloning/payroll"
	"verloning/payroll/euro"
)

// PayslipFile is a payslip with all that its document says beside it, as the
// calculation's cut-off knew it: so the document of an approved payslip stays the
// same whatever is recorded later.
type PayslipFile struct {
	PayslipView
	Run        payroll.Run
	Employer   payroll.Organisation
	Employment payroll.Employment // with the name
	Month      payroll.ContractMonth
	Account    payroll.IBAN // that the net goes to
}

// PayslipFile reads what the document of a contract's payslip says.
func (tx *Tx) PayslipFile(ctx context.Context, r payroll.Run, contract string) (PayslipFile, bool, error) {
	f := PayslipFile{Run: r}
	var known bool
	var err error
	if f.PayslipView, known, err = tx.Payslip(ctx, r, contract); err != nil || !known {
		return f, false, err
	}
	c, _, err := tx.Calculation(ctx, r.ID, r.Calculation)
	if err != nil {
		return f, false, err
	}
	var id, person uuid.UUID
	var name, iban string
	err = tx.QueryRow(ctx, `
		SELECT p.contract, p.person, p.iban, v.name
		FROM payslip p JOIN contract c ON c.id = p.contract
		JOIN LATERAL (SELECT v.name FROM employment_version v WHERE v.employment = p.employment AND v.known <= @cutoff ORDER BY v.version DESC LIMIT 1) v ON true
		WHERE p.period = @period AND p.calculation = @id AND c.employer = @employer AND c.number = @contract`,
		pgx.NamedArgs{"cutoff": c.Cutoff, "period": day(r.Period.From), "id": c.ID, "employer": r.Employer, "contract": contract}).
		Scan(&id, &person, &iban, &name)
	if err != nil {
		return f, false, fmt.Errorf("document of a payslip in run %s: %w", r.ID, err)
	}
	f.Account = payroll.IBAN(iban)
	if f.Employer, err = tx.OrganisationByID(ctx, r.Employer); err != nil {
		return f, false, err
	}
	files, err := tx.LoadShard(ctx, r, c, payroll.Shard{Run: r.ID, Calculation: c.Number, From: person, To: person})
	if err != nil {
		return f, false, err
	}
	for _, file := range files {
		if month, has := file.InOrOutside(id); has {
			f.Employment, f.Month = file.Employment, month
			f.Employment.Name = payroll.Name(name)
			return f, true, nil
		}
	}
	return f, false, fmt.Errorf("run %s: the cut-off %d does not know the contract of a payslip", r.ID, c.Cutoff)
}

// PayslipRow is a payslip as a list shows it.
type PayslipRow struct {
	Contract  string      `json:"contract"`
	Person    string      `json:"person"` // personnel number
	Gross     euro.Amount `json:"gross"`
	Net       euro.Amount `json:"net"`
	GrossOnly bool        `json:"gross_only"`
}

// Payslips lists the payslips of a run's newest calculation, after a contract
// number in order of number.
func (tx *Tx) Payslips(ctx context.Context, r payroll.Run, after string, limit int) ([]PayslipRow, error) {
	rows, err := tx.Query(ctx, `
		SELECT c.number, e.number, p.gross_only, p.gross, p.net
		FROM calculation k JOIN payslip p ON p.calculation = k.id AND p.period = @period
		JOIN contract c ON c.id = p.contract JOIN employment e ON e.id = p.employment
		WHERE k.run = @run AND k.number = @number AND c.number > @after ORDER BY c.number LIMIT @limit`,
		pgx.NamedArgs{"period": day(r.Period.From), "run": r.ID, "number": r.Calculation, "after": after, "limit": limit})
	if err != nil {
		return nil, fmt.Errorf("payslips of run %s: %w", r.ID, err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (p PayslipRow, err error) {
		err = scanAmounts(row, []any{&p.Contract, &p.Person, &p.GrossOnly}, &p.Gross, &p.Net)
		return p, err
	})
}
