package main

import (
	"context"

	"verloning/cmd/verloning/internal/postgres"
	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
)

// employerShown is what the charges and the pension of an employer go by, every
// version, in order.
type employerShown struct {
	Charges []chargesShown         `json:"charges"`
	Pension []pensionShown         `json:"pension"`
	Methods []postgres.MethodShown `json:"methods"` // loon-in or loon-over, by year; without one: loon-in
}

type chargesShown struct {
	Version       int           `json:"version"`
	ValidFrom     calendar.Date `json:"valid_from"`
	Aof           string        `json:"aof"`
	Ufo           bool          `json:"ufo"`
	WhkPercentage *euro.Number  `json:"whk_percentage,omitempty"`
	WhkYear       int           `json:"whk_year,omitempty"`
	WhkReference  string        `json:"whk_reference,omitempty"`
}

type pensionShown struct {
	Version            int           `json:"version"`
	ValidFrom          calendar.Date `json:"valid_from"`
	Name               string        `json:"name"`
	Franchise          euro.Amount   `json:"franchise"`
	Maximum            *euro.Amount  `json:"maximum,omitempty"`
	EmployeePercentage euro.Number   `json:"employee_percentage"`
	EmployerPercentage euro.Number   `json:"employer_percentage"`
	Holiday            bool          `json:"holiday"`
	WaitingDays        int           `json:"waiting_days"`
	FromAge            int           `json:"from_age,omitempty"`
	ToAge              int           `json:"to_age,omitempty"`
}

func (s *service) showEmployer(ctx context.Context, tx *postgres.Tx, a payroll.Actor, _ struct{}) (employerShown, error) {
	shown := employerShown{Charges: []chargesShown{}, Pension: []pensionShown{}}
	var err error
	if shown.Methods, err = tx.WageMethods(ctx, a.Organisation.ID); err != nil {
		return shown, err
	}
	settings, err := tx.Settings(ctx, a.Organisation.ID)
	if err != nil || settings == nil {
		return shown, err
	}
	for _, t := range settings.Charges {
		one := chargesShown{Version: t.Version, ValidFrom: t.ValidFrom, Aof: "high", Ufo: t.Ufo}
		if t.Small {
			one.Aof = "low"
		}
		if t.Whk != nil {
			one.WhkPercentage, one.WhkYear, one.WhkReference = &t.Whk.Percentage, t.Whk.Year, t.Whk.Reference
		}
		shown.Charges = append(shown.Charges, one)
	}
	for _, t := range settings.Pension {
		shown.Pension = append(shown.Pension, pensionShown{
			Version: t.Version, ValidFrom: t.ValidFrom, Name: t.Name, Franchise: t.Franchise, Maximum: t.Maximum,
			EmployeePercentage: t.Employee, EmployerPercentage: t.Employer, Holiday: t.Holiday, WaitingDays: t.WaitingDays, FromAge: t.FromAge, ToAge: t.ToAge,
		})
	}
	return shown, nil
}

// personAsked narrows a list to one employee of the caller, by personnel number.
type personAsked struct {
	Person string `json:"person,omitempty" validate:"omitempty,number"`
	Paged
}

type garnishmentsListed struct {
	Garnishments []postgres.GarnishmentListed `json:"garnishments"`
}

func (s *service) listGarnishments(ctx context.Context, tx *postgres.Tx, a payroll.Actor, q personAsked) (garnishmentsListed, error) {
	door := payroll.NewDoor(q)
	after := q.afterID(door)
	if err := door.Err(); err != nil {
		return garnishmentsListed{}, err
	}
	list, err := tx.Garnishments(ctx, a, q.Person, after, q.limit())
	return garnishmentsListed{list}, err
}

type receivablesListed struct {
	Receivables []postgres.ReceivableListed `json:"receivables"`
}

func (s *service) listReceivables(ctx context.Context, tx *postgres.Tx, a payroll.Actor, q personAsked) (receivablesListed, error) {
	door := payroll.NewDoor(q)
	after := q.afterID(door)
	if err := door.Err(); err != nil {
		return receivablesListed{}, err
	}
	list, err := tx.Receivables(ctx, a, q.Person, after, q.limit())
	return receivablesListed{list}, err
}
