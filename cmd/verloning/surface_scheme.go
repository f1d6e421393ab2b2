package main

import (
	"context"
	"fmt"
	"strings"

	"verloning/cmd/verloning/internal/postgres"
	"verloning/payroll"
	"verloning/subsidy"
)

// schemesAsked may narrow the list to the program's schemes and those of one
// municipality.
type schemesAsked struct {
	Municipality string `json:"municipality,omitempty" validate:"omitempty,code"`
}

type schemesListed struct {
	Schemes []schemeListed `json:"schemes"`
}

// schemeListed is a scheme of the program or, with a municipality, one that it
// added or amended.
type schemeListed struct {
	Scheme       string        `json:"scheme"`
	Name         subsidy.Label `json:"name"`
	Since        string        `json:"since,omitempty"`
	Municipality string        `json:"municipality,omitempty"` // code
}

func listed(s subsidy.Scheme, municipality string) schemeListed {
	since := ""
	if len(s.Versions) > 0 {
		since = s.Versions[0].From.String()
	}
	return schemeListed{s.ID, s.Name, since, municipality}
}

// listSchemes lists the program's schemes, and beside them those of the caller
// where it is a municipality, or of the municipalities that its contracts name.
func (s *service) listSchemes(ctx context.Context, tx *postgres.Tx, a payroll.Actor, q schemesAsked) (schemesListed, error) {
	list := schemesListed{Schemes: []schemeListed{}}
	owners, err := s.owners(ctx, tx, a, q.Municipality, payroll.NewDoor(q))
	if err != nil {
		return list, err
	}
	book, err := s.desk.Books.Now(ctx, tx)
	if err != nil {
		return list, err
	}
	for _, scheme := range book.All() {
		list.Schemes = append(list.Schemes, listed(scheme, ""))
	}
	for _, owner := range owners {
		for _, scheme := range book.Own(owner.ID) {
			list.Schemes = append(list.Schemes, listed(scheme, owner.Code))
		}
	}
	return list, nil
}

// owners are the municipalities whose schemes the caller sees, or the one of them
// that it names.
func (s *service) owners(ctx context.Context, tx *postgres.Tx, a payroll.Actor, code string, door *payroll.Door) ([]payroll.Organisation, error) {
	if err := door.Err(); err != nil {
		return nil, err
	}
	owners, err := tx.SchemeOwners(ctx, a)
	if err != nil || code == "" {
		return owners, err
	}
	for _, owner := range owners {
		if owner.Code == code {
			return []payroll.Organisation{owner}, nil
		}
	}
	return nil, payroll.Refuse(payroll.NotFound, payroll.Unknown("organisation", "municipality", code))
}

// schemeAsked names a scheme, and whose.
type schemeAsked struct {
	Scheme       string `json:"scheme" validate:"required,code"`
	Municipality string `json:"municipality,omitempty" validate:"omitempty,code"`
}

// showScheme shows a scheme as it holds for the municipality that is named, or
// for the caller where that is one. An employer that names none sees the
// program's, or else that of the one municipality which has it.
func (s *service) showScheme(ctx context.Context, tx *postgres.Tx, a payroll.Actor, q schemeAsked) (subsidy.Scheme, error) {
	owners, err := s.owners(ctx, tx, a, q.Municipality, payroll.NewDoor(q))
	if err != nil {
		return subsidy.Scheme{}, err
	}
	book, err := s.desk.Books.Now(ctx, tx)
	if err != nil {
		return subsidy.Scheme{}, err
	}
	whose := a.Organisation.ID
	if q.Municipality != "" {
		whose = owners[0].ID
	}
	if scheme, known := book.Scheme(q.Scheme, whose); known {
		return scheme, nil
	}
	var found []subsidy.Scheme
	var codes []string
	for _, owner := range owners {
		if scheme, known := book.Scheme(q.Scheme, owner.ID); known {
			found, codes = append(found, scheme), append(codes, owner.Code)
		}
	}
	switch len(found) {
	case 0:
		return subsidy.Scheme{}, payroll.Refuse(payroll.NotFound, payroll.Unknown("scheme", "scheme", q.Scheme))
	case 1:
		return found[0], nil
	}
	return subsidy.Scheme{}, payroll.Refuse(payroll.Invalid, payroll.Reason("scheme/of_several", "municipality",
		fmt.Sprintf("Verschillende gemeenten hebben deze regeling; noem er een: %s.", strings.Join(codes, ", ")),
		fmt.Sprintf("Several municipalities have this scheme; name one: %s.", strings.Join(codes, ", "))))
}

// schemeText is a scheme file to check.
type schemeText struct {
	Text string `json:"text" validate:"required,max=262144"`
}

type schemeChecked struct {
	Scheme string          `json:"scheme,omitempty"`
	Faults []subsidy.Fault `json:"faults"`
}

func (s *service) checkScheme(_ context.Context, _ *postgres.Tx, _ payroll.Actor, q schemeText) (schemeChecked, error) {
	if err := payroll.NewDoor(q).Err(); err != nil {
		return schemeChecked{}, err
	}
	scheme, faults := subsidy.ParseScheme([]byte(q.Text))
	if faults == nil {
		faults = []subsidy.Fault{}
	}
	return schemeChecked{scheme.ID, faults}, nil
}
