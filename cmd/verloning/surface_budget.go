package main

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"verloning/cmd/verloning/internal/postgres"
	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
	"verloning/subsidy"
)

// budgetsAsked narrows budgets to a year.
type budgetsAsked struct {
	Year int `json:"year,omitempty" validate:"omitempty,min=2004,max=2100"`
}

// budgetSurface are the rows about what a municipality has and costs itself.
func (s *service) budgetSurface() []operation {
	d := s.desk
	return []operation{
		op("budget", "record", payroll.Control, d.RecordBudget),
		op("budget", "list", payroll.Read, s.listBudgets),
		op("budget", "underuse", payroll.Read, s.underuse),
		op("cost", "record", payroll.Control, d.RecordCost),
		op("cost", "list", payroll.Read, s.listCosts),
		op("cost", "approve", payroll.Approve, d.ApproveCost, "cost.approved"),
	}
}

type budgetsListed struct {
	Budgets []subsidy.BudgetStands `json:"budgets"`
}

func (s *service) listBudgets(ctx context.Context, tx *postgres.Tx, a payroll.Actor, q budgetsAsked) (budgetsListed, error) {
	if err := payroll.NewDoor(q).Err(); err != nil {
		return budgetsListed{}, err
	}
	list, err := tx.Budgets(ctx, a, q.Year)
	if err != nil {
		return budgetsListed{}, err
	}
	expected, err := s.expectedOfTrajectories(ctx, tx, a, q.Year)
	return budgetsListed{subsidy.WithTrajectories(list, expected)}, err
}

// expectedOfTrajectories is what the trajectories of a municipality hold of its
// budgets, of one year or of all.
func (s *service) expectedOfTrajectories(ctx context.Context, tx *postgres.Tx, a payroll.Actor, year int) ([]subsidy.TrajectoryExpected, error) {
	book, err := s.desk.Books.Now(ctx, tx)
	if err != nil {
		return nil, err
	}
	file, err := tx.StatementFile(ctx, a.Organisation.ID, payroll.KnownNow)
	if err != nil {
		return nil, err
	}
	list, err := subsidy.ExpectTrajectories(book, file)
	return slices.DeleteFunc(list, func(e subsidy.TrajectoryExpected) bool { return year != 0 && e.Year != year }), err
}

type underuseListed struct {
	Underuse []subsidy.BudgetUnderuse `json:"underuse"`
}

func (s *service) underuse(ctx context.Context, tx *postgres.Tx, a payroll.Actor, q budgetsAsked) (underuseListed, error) {
	if err := payroll.NewDoor(q).Err(); err != nil {
		return underuseListed{}, err
	}
	list, err := tx.Underuse(ctx, a, q.Year)
	if err != nil {
		return underuseListed{}, err
	}
	expected, err := s.expectedOfTrajectories(ctx, tx, a, q.Year)
	return underuseListed{subsidy.UnderuseWithTrajectories(list, expected)}, err
}

// costListed is an internal cost as a controller reads it.
type costListed struct {
	Cost      uuid.UUID             `json:"cost"`
	Scheme    string                `json:"scheme"`
	Rule      string                `json:"rule"`
	Day       calendar.Date         `json:"day"`
	Hours     *euro.Number          `json:"hours,omitempty"` // below nil of what is taken back
	Price     *euro.Number          `json:"price,omitempty"`
	Amount    euro.Amount           `json:"amount"`
	Contract  string                `json:"contract,omitempty"`
	Reference string                `json:"reference"`
	Sources   []subsidy.SourceShare `json:"sources"`
	Approved  bool                  `json:"approved"`
	Hash      string                `json:"hash"`
}

type costsListed struct {
	Costs []costListed `json:"costs"`
}

func (s *service) listCosts(ctx context.Context, tx *postgres.Tx, a payroll.Actor, q Paged) (costsListed, error) {
	door := payroll.NewDoor(q)
	after := q.afterID(door)
	if err := door.Err(); err != nil {
		return costsListed{}, err
	}
	costs, err := tx.InternalCosts(ctx, a, after, q.limit())
	list := costsListed{Costs: []costListed{}}
	for _, c := range costs {
		list.Costs = append(list.Costs, costListed{c.ID, c.Scheme, c.Rule, c.Day, c.Hours, c.Price, c.Amount, c.ContractNumber, c.Reference, c.Sources, c.Approved, c.Hash()})
	}
	return list, err
}
