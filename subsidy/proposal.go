package subsidy

import (
	"fmt"

	"github.com/google/uuid"
)

// Proposal is what deals with a difference: a command as somebody types it, and
// the endpoint and arguments of the same. Books says that a booking within our own
// books is enough: the difference is named to reconcile.book.
type Proposal struct {
	Command   string            `json:"command"`
	Endpoint  string            `json:"endpoint"`
	Arguments map[string]string `json:"arguments"`
	Books     bool              `json:"books"`
}

// Books reports whether a booking can deal with a class. What has to be done
// elsewhere is never booked away, and neither is what nobody can explain.
func (c Class) Books() bool {
	switch c {
	case NotClaimed, NotGranted, BeyondBudget, NotPaid, NotSettled, ReturnedPayment, FormerIBAN, Unexplained:
		return false
	}
	return true
}

// Reclaims reports whether its booking claims money back from the employer.
func (c Class) Reclaims() bool {
	return c == SubsidyAboveCost || c == FundingAboveCost || c == DuplicateClaim
}

// propose says what to do about a difference.
func (c Class) propose(d Discrepancy, t Trail) Proposal {
	month := t.Month.String()[:len("2006-01")]
	switch {
	case c == NotGranted && t.Facts.NoBank, c == BeyondBudget && t.Facts.NoBank:
		return Proposal{Command: fmt.Sprintf("cost approve %s --hash HASH", d.Claim), Endpoint: "cost.approve", Arguments: map[string]string{"cost": d.Claim.String()}}
	case c == NotSettled && t.Statement != uuid.Nil:
		return Proposal{Command: fmt.Sprintf("statement settle %s --day DAY --reference STATEMENT", t.Statement), Endpoint: "statement.settle",
			Arguments: map[string]string{"statement": t.Statement.String()}}
	}
	switch c {
	case NotClaimed:
		return Proposal{Command: "run calculate " + month, Endpoint: "run.calculate", Arguments: map[string]string{"period": month}}
	case MissingHours, HoursAfterEnd:
		p := book(d)
		p.Command = "hours submit FILE, of contract " + t.ContractNumber + " in " + month + "; what stays: " + p.Command
		return p
	case NotGranted:
		return grant(t, d, month, "claim grant --employer %s --period %s %s=granted")
	case BeyondBudget:
		p := grant(t, d, month, "budget record --kind rebooked …, or claim grant --employer %s --period %s %s=granted and claim approve --over-budget REASON")
		return p
	case NotPaid:
		if d.Amount.Sign() > 0 {
			return Proposal{Command: "payment export, and claim settle " + d.Claim.String() + " --day DAY --reference STATEMENT", Endpoint: "payment.export", Arguments: map[string]string{}}
		}
		return settle(d)
	case NotSettled:
		return settle(d)
	case ReturnedPayment:
		return Proposal{Command: "org amend --iban IBAN, control confirm CHANGE and payment export; where the account was right: payment release PAYMENT --reason REASON",
			Endpoint: "org.amend", Arguments: map[string]string{}}
	case FormerIBAN:
		return Proposal{Command: "control confirm CHANGE, and when the bank sent it back: payment export", Endpoint: "control.confirm", Arguments: map[string]string{}}
	case LoonwaardeExpired:
		p := book(d)
		p.Command = fmt.Sprintf("loonwaarde record --employer %s --contract %s …; what stays: %s", t.Employer, t.ContractNumber, p.Command)
		return p
	case Unexplained:
		return Proposal{Command: "explain " + d.Claim.String(), Endpoint: "explain.amount", Arguments: map[string]string{"id": d.Claim.String()}}
	}
	return book(d)
}

// grant proposes a verdict on the claim of the difference.
func grant(t Trail, d Discrepancy, month, command string) Proposal {
	return Proposal{Command: fmt.Sprintf(command, t.Employer, month, d.Claim), Endpoint: "claim.grant",
		Arguments: map[string]string{"employer": t.Employer, "period": month, "claim": d.Claim.String(), "verdict": string(Grant)}}
}

// settle proposes to note what went over the bank.
func settle(d Discrepancy) Proposal {
	return Proposal{Command: fmt.Sprintf("claim settle %s --day DAY --reference STATEMENT", d.Claim), Endpoint: "claim.settle",
		Arguments: map[string]string{"claims": d.Claim.String()}}
}

// book proposes a booking.
func book(d Discrepancy) Proposal {
	return Proposal{Command: fmt.Sprintf("reconcile book %s --reason REASON", d.ID), Endpoint: "reconcile.book", Books: true,
		Arguments: map[string]string{"difference": d.ID.String()}}
}
