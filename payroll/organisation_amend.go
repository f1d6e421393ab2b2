package payroll

import "context"

// OrganisationAmend gives the caller's organisation another account, from which it
// pays and on which it is paid. The account of before stays known: what was ordered
// from it or to it names it.
type OrganisationAmend struct {
	Command
	IBAN string `json:"iban" validate:"required,iban"`
}

// OrganisationAmended is the reply.
type OrganisationAmended struct {
	Organisation string `json:"organisation"` // code
	Version      int    `json:"version"`
}

// AmendOrganisation keeps the next version of the account, under the name of who
// recorded it. Payments that name it are held until somebody else confirmed it.
func (d *Desk) AmendOrganisation(ctx context.Context, tx Tx, a Actor, req OrganisationAmend) (OrganisationAmended, error) {
	door := NewDoor(req)
	iban := TidyIBAN(req.IBAN)
	if !door.failed("iban") {
		if iban == a.Organisation.IBAN {
			door.Refuse(Reason("iban/same", "iban", "Dit is al de rekening van uw organisatie.", "This is your organisation's account already."))
		} else if taken, err := tx.AccountOfCounterparty(ctx, a.Organisation.ID, iban); err != nil {
			return OrganisationAmended{}, err
		} else if taken {
			// A payment from an account to itself would stop all the others of a run.
			door.Refuse(Reason("iban/counterparty", "iban", "Dit is de rekening van iemand aan wie u betaalt of die u betaalt.", "This is the account of somebody whom you pay or who pays you."))
		}
	}
	if err := door.Err(); err != nil {
		return OrganisationAmended{}, err
	}
	version, err := tx.AddAccount(ctx, a, iban)
	return OrganisationAmended{a.Organisation.Code, version}, err
}
