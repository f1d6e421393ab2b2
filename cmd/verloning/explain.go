package main

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"verloning/cmd/verloning/internal/postgres"
	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
	"verloning/subsidy"
)

// explainAsked names an amount: a payment, a claim, a line of a statement, or the
// payslip of a contract in a run.
type explainAsked struct {
	ID       string `json:"id,omitempty" validate:"omitempty,uuid"`
	Run      string `json:"run,omitempty" validate:"omitempty,uuid"`
	Contract string `json:"contract,omitempty" validate:"omitempty,number"`
}

// explainedForm is the version of the form below.
const explainedForm = 3

// explained is a computation as a person would check it on paper. Schema
// counts the versions of this form.
type explained struct {
	Schema     int          `json:"schema"`
	Of         string       `json:"of"` // payment | claim | payslip | fee
	Run        uuid.UUID    `json:"run,omitzero"`
	Statement  uuid.UUID    `json:"statement,omitzero"` // instead of a run
	Period     string       `json:"period"`
	Contract   string       `json:"contract,omitempty"`
	Cutoff     int64        `json:"cutoff"`
	RuleSet    string       `json:"rule_set"`
	RuleSetNow string       `json:"rule_set_now"`         // of this program, at the same cut-off
	OtherRules bool         `json:"other_rules"`          // computed now by other rules than then
	MirroredBy uuid.UUID    `json:"mirrored_by,omitzero"` // the reversal that was asked about: its amounts are these with the sign turned
	Wage       *wageSteps   `json:"wage,omitempty"`       // for the employer alone
	Claims     []claimSteps `json:"claims,omitempty"`
	Lines      []lineSteps  `json:"lines,omitempty"` // of a statement
}

type wageSteps struct {
	Steps     []payroll.Step `json:"steps"` // of all contracts of the person in the run: tax adds up over them
	Gross     euro.Amount    `json:"gross"`
	Holiday   euro.Amount    `json:"holiday_allowance_accrued"`
	Pension   euro.Amount    `json:"pension_employee"`
	Tax       euro.Amount    `json:"wage_tax"`
	Withheld  euro.Amount    `json:"garnished_and_repaid"`
	Net       euro.Amount    `json:"net"`
	GrossOnly bool           `json:"gross_only"`
	Charges   *euro.Amount   `json:"employer_charges,omitempty"` // absent: not known
}

type claimSteps struct {
	Claim    uuid.UUID      `json:"claim"`
	Decision string         `json:"decision,omitempty"`
	Rule     string         `json:"rule"`
	Kind     subsidy.Kind   `json:"kind"`
	Origin   calendar.Date  `json:"origin_period,omitzero"` // of a correction
	Amount   euro.Amount    `json:"amount"`
	VAT      euro.Amount    `json:"vat"`
	Steps    []payroll.Step `json:"steps"`
}

// explain recomputes an amount from the cut-off of its calculation, with every
// step. A municipality sees the claims on it, and of the wage only the cost that
// a claim is checked against.
func (s *service) explain(ctx context.Context, tx *postgres.Tx, a payroll.Actor, q explainAsked) (explained, error) {
	if err := payroll.NewDoor(q).Err(); err != nil {
		return explained{}, err
	}
	if q.ID != "" {
		found, known, err := s.lines(ctx, tx, a, uuid.MustParse(q.ID))
		if err != nil {
			return explained{}, err
		}
		if known {
			return s.explainLines(ctx, tx, a, found)
		}
	}
	x, c, files, err := s.recall(ctx, tx, a, q)
	if err != nil {
		return explained{}, err
	}
	book, err := s.desk.Books.At(ctx, tx, c.Cutoff)
	if err != nil {
		return explained{}, err
	}
	out := explained{
		Schema: explainedForm, Of: x.Kind, Run: x.Run.ID, Period: x.Run.Period.String(), Contract: x.Contract,
		Cutoff: c.Cutoff, RuleSet: c.RuleSet, RuleSetNow: book.RuleSet(), OtherRules: c.RuleSet != book.RuleSet(), MirroredBy: x.Mirror,
	}
	err = recompute(&out, book, x, a, files)
	return out, err
}

// recall finds what is asked about, and what its calculation knew of the person.
func (s *service) recall(ctx context.Context, tx *postgres.Tx, a payroll.Actor, q explainAsked) (x postgres.Explained, c payroll.Calculation, files []subsidy.PersonFile, err error) {
	if x, err = s.subject(ctx, tx, a, q); err != nil {
		return x, c, nil, err
	}
	if x, err = tx.Mirrored(ctx, x); err != nil {
		return x, c, nil, err
	}
	c, known, err := tx.Calculation(ctx, x.Run.ID, x.Run.Calculation)
	if err != nil {
		return x, c, nil, err
	}
	if !known {
		return x, c, nil, payroll.Refuse(payroll.NotFound, payroll.Unknown("calculation", "run", x.Run.ID.String()))
	}
	book, err := s.desk.Books.At(ctx, tx, c.Cutoff)
	if err != nil {
		return x, c, nil, err
	}
	files, err = book.Load(ctx, tx, x.Run, c, payroll.Shard{Run: x.Run.ID, Calculation: c.Number, From: x.Person, To: x.Person})
	return x, c, files, err
}

// subject finds what is to be explained.
func (s *service) subject(ctx context.Context, tx *postgres.Tx, a payroll.Actor, q explainAsked) (postgres.Explained, error) {
	if q.ID != "" {
		x, known, err := tx.Find(ctx, a, uuid.MustParse(q.ID))
		if err == nil && !known {
			err = payroll.Refuse(payroll.NotFound, payroll.Unknown("amount", "id", q.ID))
		}
		return x, err
	}
	r, err := s.desk.OwnRun(ctx, tx, a, q.Run, payroll.NoLock)
	if err != nil {
		return postgres.Explained{}, err
	}
	c, known, err := tx.Contract(ctx, r.Employer, q.Contract)
	if err == nil && !known {
		err = payroll.Refuse(payroll.NotFound, payroll.Unknown("contract", "contract", q.Contract))
	}
	return postgres.Explained{Run: r, Contract: c.Number, Person: c.Person, Kind: "payslip"}, err
}

func recompute(out *explained, book *subsidy.Book, x postgres.Explained, a payroll.Actor, files []subsidy.PersonFile) error {
	for _, f := range files {
		wage, bases := &payroll.Trace{}, map[uuid.UUID]subsidy.Basis{}
		month, err := book.Month(x.Run, f, wage, func(c subsidy.Claim, on subsidy.Basis) { bases[c.ID] = on })
		if err != nil {
			return fmt.Errorf("explain contract %s: %w", x.Contract, err)
		}
		for _, slip := range month.Slips {
			if slip.ContractNumber == x.Contract && a.Organisation.ID == x.Run.Employer {
				out.Wage = wageOf(slip, wage.Steps)
			}
		}
		for _, c := range month.Claims {
			if c.ContractNumber != x.Contract || x.Claim != uuid.Nil && x.Claim != c.ID {
				continue
			}
			steps, err := bases[c.ID].Explain(c)
			if err != nil {
				return fmt.Errorf("explain a claim of contract %s: %w", x.Contract, err)
			}
			out.Claims = append(out.Claims, claimSteps{c.ID, c.DecisionNumber, c.Rule, c.Kind, c.Origin, c.Amount, c.VAT, steps})
		}
	}
	return nil
}

func wageOf(slip payroll.Payslip, steps []payroll.Step) *wageSteps {
	w := &wageSteps{
		Steps: steps, Gross: slip.Gross, Holiday: slip.Holiday, Pension: slip.Pension.Employee, Tax: slip.Tax.Total(),
		Withheld: slip.Garnished.Add(slip.Repaid), Net: slip.Net, GrossOnly: slip.GrossOnly,
	}
	if slip.Charges != nil {
		total := slip.Charges.Total()
		w.Charges = &total
	}
	return w
}
