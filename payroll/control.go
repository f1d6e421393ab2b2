package payroll

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"
)

// PayeeAccount is a version of the account of a payee.
type PayeeAccount struct {
	IBAN       IBAN
	Registered bool        // the first account that was recorded of the payee
	Changed    bool        // another account than before: to be confirmed
	Confirmed  []uuid.UUID // by whom
}

// confirmed reports whether somebody may be paid on a version of an account: it
// was the first, or somebody other than who approved the payment confirmed it.
func (v PayeeAccount) confirmed(approver uuid.UUID) bool {
	return v.Registered || v.Changed && slices.ContainsFunc(v.Confirmed, func(by uuid.UUID) bool { return by != approver })
}

// ConfirmedAccount is the newest of the accounts of an organisation that somebody
// else than who recorded it confirmed, or the first; none where it has none.
func ConfirmedAccount(versions []PayeeAccount) (iban IBAN) {
	for _, v := range versions {
		if v.confirmed(uuid.Nil) {
			iban = v.IBAN
		}
	}
	return iban
}

// confirmedAccount reports whether an account of a payee may be paid on. What is no
// payee with versions has an account that never changes.
func (p DuePayment) confirmedAccount(iban IBAN) bool {
	if len(p.Accounts) == 0 || p.PaidBefore {
		return true
	}
	return slices.ContainsFunc(p.Accounts, func(v PayeeAccount) bool { return v.IBAN == iban && v.confirmed(p.Approver) })
}

// readdress gives a payment that came back the newest account of its payee, if that
// is another one and confirmed. What the bank refused with a whole batch or file
// goes again as it was: no account was tried. So does what somebody released.
func (p *DuePayment) readdress() []Problem {
	if p.Back == nil || p.Back.Whole {
		return nil
	}
	newest := p.Back.Creditor
	if n := len(p.Accounts); n > 0 {
		newest = p.Accounts[n-1].IBAN
	}
	if newest == p.Back.Creditor {
		return p.Back.held(p.Attempt - 1)
	}
	p.Creditor, p.PaidBefore = newest, false
	return nil
}

// redebit lets a payment go from the newest account of who pays that is confirmed:
// one that was ordered from an account of before too, and one that names an account
// that nobody confirmed from none.
func (p *DuePayment) redebit() []Problem {
	names := func(v PayeeAccount) bool { return v.IBAN == p.Debtor }
	if slices.ContainsFunc(p.Own, names) && !slices.ContainsFunc(p.Own, func(v PayeeAccount) bool { return names(v) && v.confirmed(p.Approver) }) {
		return []Problem{unconfirmedChange("debtor")}
	}
	for _, v := range p.Own {
		if v.confirmed(p.Approver) {
			p.Debtor = v.IBAN
		}
	}
	if p.Debtor == p.Creditor {
		return []Problem{Reason("payment/own_account", "", "De ontvanger heeft het rekeningnummer van uw organisatie zelf; herstel dat eerst.", "The payee has your organisation's own account number; mend that first.")}
	}
	return nil
}

// Back is why the attempt before came back.
type Back struct {
	Creditor   IBAN // that was tried
	Whole      bool // with its whole batch or file
	Reason     string
	ReleasedBy uuid.UUID // who said that it may go again as it was; nil: nobody
}

// held says why what came back does not go again to the same account.
func (b Back) held(attempt int) []Problem {
	switch {
	case ofAccount(b.Reason):
		return []Problem{Reason("payment/returned", "",
			fmt.Sprintf("Poging %d kwam terug (%s): leg eerst een ander IBAN vast en laat dat door een tweede persoon bevestigen.", attempt, b.code()),
			fmt.Sprintf("Attempt %d came back (%s): record another IBAN first and let a second person confirm it.", attempt, b.code()))}
	case b.ReleasedBy == uuid.Nil:
		return []Problem{Reason("payment/unreleased", "",
			fmt.Sprintf("Poging %d kwam terug (%s): leg een ander IBAN vast, of laat een tweede persoon haar vrijgeven (payment release).", attempt, b.code()),
			fmt.Sprintf("Attempt %d came back (%s): record another IBAN, or let a second person release it (payment release).", attempt, b.code()))}
	}
	return nil
}

func (b Back) code() string {
	if b.Reason == "" {
		return "?"
	}
	return b.Reason
}

// unconfirmed says which changes that a payment rests on nobody has confirmed.
func (p DuePayment) unconfirmed() []Problem {
	var why []Problem
	if !p.confirmedAccount(p.Creditor) {
		why = append(why, unconfirmedChange("iban"))
	}
	for _, kind := range p.Unconfirmed {
		why = append(why, unconfirmedChange(kind))
	}
	return why
}

// changeNames are what changes are of, in words.
var changeNames = map[string]Text{
	"iban": {"IBAN van de ontvanger", "payee's IBAN"}, "debtor": {"IBAN van uw organisatie", "your organisation's IBAN"}, "decision": {"besluit", "decision"},
	"loonwaarde": {"loonwaarde", "loonwaarde"}, "scheme": {"regeling", "scheme"},
}

func unconfirmedChange(kind string) Problem {
	name := changeNames[kind]
	return Reason("payment/"+kind+"_unconfirmed", "",
		fmt.Sprintf("Een wijziging (%s) is nog niet bevestigd door een ander dan wie haar vastlegde en wie goedkeurde (control list).", name.NL),
		fmt.Sprintf("A change (%s) was not confirmed yet by somebody else than who recorded it and who approved (control list).", name.EN))
}

// PendingChange is a change that nobody has confirmed.
type PendingChange struct {
	Change     uuid.UUID
	RecordedBy uuid.UUID
	Mine       bool // the caller confirmed it
}

// ChangesConfirm confirms changes of master data.
type ChangesConfirm struct {
	Command
	Changes []string `json:"changes" validate:"required,min=1,max=1000,dive,uuid"`
}

// ChangesConfirmed is the reply.
type ChangesConfirmed struct {
	Confirmed int `json:"confirmed"`
}

// ConfirmChanges notes that somebody else than who recorded a change holds it for
// right. Confirming twice changes nothing.
func (d *Desk) ConfirmChanges(ctx context.Context, tx Tx, a Actor, req ChangesConfirm) (ChangesConfirmed, error) {
	door := NewDoor(req)
	if err := door.Err(); err != nil {
		return ChangesConfirmed{}, err
	}
	ids := make([]uuid.UUID, len(req.Changes))
	for i, text := range req.Changes {
		ids[i] = uuid.MustParse(text)
	}
	known, err := tx.ChangesOf(ctx, a, ids)
	if err != nil {
		return ChangesConfirmed{}, err
	}
	var fresh []PendingChange
	for i, id := range ids {
		c, ours := known[id]
		switch {
		case !ours:
			door.Problems = append(door.Problems, Unknown("change", "changes", req.Changes[i]).At(i+1))
		case c.RecordedBy == a.User:
			door.Problems = append(door.Problems, Reason("control/four_eyes", "changes", "Wie een wijziging vastlegt, bevestigt haar niet.", "Who records a change does not confirm it.").At(i+1))
		case !c.Mine:
			c.Mine = true
			known[id] = c
			fresh = append(fresh, c)
		}
	}
	if err := door.Err(); err != nil {
		return ChangesConfirmed{}, err
	}
	return ChangesConfirmed{len(fresh)}, tx.AddConfirmations(ctx, a, fresh)
}
