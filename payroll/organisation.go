package payroll

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"
)

// OrganisationRole is what an organisation is in the chain; one may hold
// several.
type OrganisationRole string

// The roles of organisations.
const (
	Gemeente  OrganisationRole = "gemeente"
	Employer  OrganisationRole = "employer"
	Provider  OrganisationRole = "reintegratiebedrijf"
	Inlener   OrganisationRole = "inlener"
	Beheerder OrganisationRole = "beheerder" // runs the service, sees no money
)

// Organisation is a party with a bank account and users of its own.
type Organisation struct {
	ID    uuid.UUID
	Code  string // short, chosen by the beheerder, never changed
	Name  string
	Roles []OrganisationRole
	KvK   string
	OIN   string
	IBAN  IBAN
}

// Is reports whether the organisation holds the role.
func (o Organisation) Is(role OrganisationRole) bool { return slices.Contains(o.Roles, role) }

// Role is what a user of an organisation may do.
type Role string

// The roles of users. Reading is part of every role.
const (
	Admin     Role = "admin"     // organisations and users
	Submit    Role = "submit"    // persons, contracts, hours
	Calculate Role = "calculate" // runs up to calculated
	Approve   Role = "approve"   // runs and claims, never one's own
	Control   Role = "control"   // decisions, loonwaarden, granting
	Read      Role = "read"
)

// Actor is the user on whose behalf a command runs, as the server identified
// it: never as a payload says.
type Actor struct {
	Organisation Organisation
	User         uuid.UUID
	Roles        []Role
}

// May reports whether the actor holds the role; everyone may read.
func (a Actor) May(role Role) bool { return role == Read || slices.Contains(a.Roles, role) }

// OrganisationRegister registers a party and opens its account.
type OrganisationRegister struct {
	Command
	Code  string   `json:"code" validate:"required,code"`
	Name  string   `json:"name" validate:"required,max=200"`
	Roles []string `json:"roles" validate:"required,min=1,max=5,dive,oneof=gemeente employer reintegratiebedrijf inlener"`
	KvK   string   `json:"kvk,omitempty" validate:"omitempty,len=8,numeric"`
	OIN   string   `json:"oin,omitempty" validate:"omitempty,len=20,numeric"`
	IBAN  string   `json:"iban,omitempty" validate:"omitempty,iban"`
}

// OrganisationRegistered is the reply.
type OrganisationRegistered struct {
	Organisation uuid.UUID `json:"organisation"`
	Code         string    `json:"code"`
	Account      string    `json:"account"` // public key of its account on the bus
}

// RegisterOrganisation keeps a new party. Who is to pay or be paid needs an
// IBAN.
func (d *Desk) RegisterOrganisation(ctx context.Context, tx Tx, _ Actor, req OrganisationRegister) (OrganisationRegistered, error) {
	door := NewDoor(req)
	org := Organisation{ID: d.NewID(), Code: req.Code, Name: req.Name, KvK: req.KvK, OIN: req.OIN, IBAN: TidyIBAN(req.IBAN)}
	for _, r := range req.Roles {
		org.Roles = append(org.Roles, OrganisationRole(r))
	}
	if req.IBAN == "" && (org.Is(Employer) || org.Is(Gemeente)) {
		door.Refuse(Reason("field/required", "iban", "Een werkgever of gemeente betaalt en heeft een IBAN nodig.", "An employer or municipality pays and needs an IBAN."))
	}
	if _, taken, err := tx.OrganisationByCode(ctx, req.Code); err != nil {
		return OrganisationRegistered{}, err
	} else if taken {
		door.Refuse(Reason("organisation/exists", "code", "Deze code is al in gebruik.", "This code is in use."))
	}
	if err := door.Err(); err != nil {
		return OrganisationRegistered{}, err
	}
	account, err := d.Locksmith.NewAccount()
	if err != nil {
		return OrganisationRegistered{}, fmt.Errorf("account of organisation %s: %w", org.Code, err)
	}
	err = tx.AddOrganisation(ctx, org, account)
	return OrganisationRegistered{Organisation: org.ID, Code: org.Code, Account: account.Public}, err
}

// UserAdd adds a user of an organisation and issues credentials.
type UserAdd struct {
	Command
	Organisation string   `json:"organisation" validate:"required,code"`
	Name         string   `json:"name" validate:"required,max=100"`
	Roles        []string `json:"roles" validate:"required,min=1,max=6,dive,oneof=admin submit calculate approve control read"`
}

// UserAdded is the reply. The credentials are given out once and not kept.
type UserAdded struct {
	User        uuid.UUID `json:"user"`
	Public      string    `json:"public"`
	Credentials string    `json:"credentials"`
}

// AddUser adds a user of an organisation and mints a key; a user who is there
// with the same roles gets another key and stays one user, so that nobody
// becomes two persons by losing a file. Only the beheerder's users may be admin,
// since an admin reaches every organisation.
func (d *Desk) AddUser(ctx context.Context, tx Tx, _ Actor, req UserAdd) (UserAdded, error) {
	door := NewDoor(req)
	org, known, err := tx.OrganisationByCode(ctx, req.Organisation)
	if err != nil {
		return UserAdded{}, err
	}
	if !known {
		door.Refuse(Unknown("organisation", "organisation", req.Organisation))
	}
	if known && slices.Contains(req.Roles, string(Admin)) && !org.Is(Beheerder) {
		door.Refuse(Reason("user/role", "roles", "Alleen de beheerder heeft de rol admin.", "Only the beheerder has the role admin."))
	}
	id, roles, known, err := tx.UserByName(ctx, org.ID, Name(req.Name))
	if err != nil {
		return UserAdded{}, err
	}
	if known && !sameRoles(roles, req.Roles) {
		door.Refuse(Reason("user/exists", "name", "Deze gebruiker bestaat al, met andere rollen.", "This user exists already, with other roles."))
	}
	if err := door.Err(); err != nil {
		return UserAdded{}, err
	}
	seed, err := tx.AccountSeed(ctx, org.ID)
	if err != nil {
		return UserAdded{}, err
	}
	key, err := d.Locksmith.NewUser(seed, req.Organisation)
	if err != nil {
		return UserAdded{}, fmt.Errorf("user of organisation %s: %w", org.Code, err)
	}
	if !known {
		id = d.NewID()
		if err := tx.AddUser(ctx, id, org.ID, Name(req.Name), req.Roles); err != nil {
			return UserAdded{}, err
		}
	}
	return UserAdded{User: id, Public: key.Public, Credentials: string(key.Credentials)}, tx.AddUserKey(ctx, id, key.Public)
}

func sameRoles(a, b []string) bool {
	return slices.Equal(slices.Compact(slices.Sorted(slices.Values(a))), slices.Compact(slices.Sorted(slices.Values(b))))
}

// Unknown is the problem of something that is not known to the organisation,
// whether it does not exist or belongs to another.
func Unknown(kind, field, value string) Problem {
	if kind != "scheme" && kind != "organisation" { // those are never private
		value = echo(value)
	}
	return Reason(kind+"/unknown", field,
		fmt.Sprintf("%.40s is niet bekend bij uw organisatie.", value),
		fmt.Sprintf("%.40s is not known to your organisation.", value))
}
