package subsidy

import (
	"context"
	"crypto/sha256"
	"fmt"

	"github.com/google/uuid"

	"verloning/payroll"
	"verloning/payroll/euro"
	"verloning/payroll/ledger"
)

// MirrorClaimID derives the id of the claim that mirrors another in a reversal.
func MirrorClaimID(reversal, claim uuid.UUID) uuid.UUID {
	return payroll.DeriveID(fmt.Sprintf("claim/reversal/%s/%s", reversal, claim))
}

// ReverseRun makes the mirror of an approved run, whole or of one contract: every
// line, claim and transfer with its sign turned. Nothing counts before a second
// person approves it. Asked again before that, it is made anew.
func (d *Desk) ReverseRun(ctx context.Context, tx Tx, a payroll.Actor, req payroll.RunReverse) (payroll.RunReply, error) {
	of, contract, err := d.Reversible(ctx, tx, a, req)
	if err != nil {
		return payroll.RunReply{}, err
	}
	cutoff, err := tx.FixCutoff(ctx)
	if err != nil {
		return payroll.RunReply{}, err
	}
	booked, known, err := tx.Calculation(ctx, of.ID, of.Calculation)
	if err != nil || !known {
		return payroll.RunReply{}, err
	}
	r, err := tx.AddReversal(ctx, a, of, contract, req.Reason)
	if err != nil {
		return payroll.RunReply{}, err
	}
	r.Calculation, r.Status = r.Calculation+1, payroll.RunCalculating
	c := payroll.Calculation{Run: r.ID, Number: r.Calculation, Cutoff: cutoff, RuleSet: booked.RuleSet, AskedBy: a.User}
	if err := tx.AddCalculation(ctx, r, c, nil); err != nil {
		return payroll.RunReply{}, err
	}
	if c, _, err = tx.Calculation(ctx, r.ID, c.Number); err != nil {
		return payroll.RunReply{}, err
	}
	mirrored, err := tx.Mirror(ctx, r, c, of, booked)
	if err != nil {
		return payroll.RunReply{}, err
	}
	if mirrored == 0 {
		return payroll.RunReply{}, payroll.Refuse(payroll.Conflict, payroll.Reason("run/nothing_to_reverse", "contract",
			"Er is niets terug te draaien: deze run heeft daar geen loonstrook van, of die is al teruggedraaid.", "There is nothing to reverse: the run has no payslip of it, or that was reversed already."))
	}
	return d.sealReversal(ctx, tx, r, c)
}

func (d *Desk) sealReversal(ctx context.Context, tx Tx, r payroll.Run, c payroll.Calculation) (payroll.RunReply, error) {
	hash, totals, err := tx.Seal(ctx, r, c)
	if err != nil {
		return payroll.RunReply{}, err
	}
	c.Hash, r.Status = hash, payroll.RunCalculated
	if err := tx.SetCalculated(ctx, r, c, hash, totals); err != nil {
		return payroll.RunReply{}, err
	}
	return payroll.RunReply{Run: r.ID, Period: r.Period.String(), Status: r.Status, Calculation: r.Calculation},
		tx.Publish(ctx, []payroll.Event{runEvent(r, "calculated", c, totals, "")})
}

// Booked are the bookings of a claim, or of one that mirrors another, which are that
// one's with both ends swapped.
func (c Claim) Booked(mirror bool) []ledger.Transfer {
	if !mirror {
		return c.Transfers()
	}
	c.Amount, c.VAT = c.Amount.Neg(), c.VAT.Neg()
	list := c.Transfers()
	for i := range list {
		list[i] = list[i].Reverse()
	}
	return list
}

// PaidOut is a payment of a reversed run that a bank file holds: the money is on
// its way, so that its receiver owes it.
type PaidOut struct {
	Payment    uuid.UUID
	Contract   uuid.UUID
	Employment uuid.UUID
	Amount     euro.Amount
}

// approveReversal posts the mirror. Payments that no bank file holds are taken back;
// of those that one holds the receiver owes the amount, and gets no other payment
// until it came back. Claims that nobody decided on are withdrawn with their mirror;
// the others are raised below nil.
func (d *Desk) approveReversal(ctx context.Context, tx Tx, a payroll.Actor, r payroll.Run, c payroll.Calculation) (RunApproved, error) {
	of, known, err := tx.Run(ctx, r.Reverses, payroll.ForUpdate)
	if err != nil || !known {
		return RunApproved{}, err
	}
	totals, err := tx.Totals(ctx, r, c)
	if err != nil {
		return RunApproved{}, err
	}
	paid, err := tx.CancelPayments(ctx, a, r)
	if err != nil {
		return RunApproved{}, err
	}
	if err := tx.DropReceivables(ctx, a, r); err != nil {
		return RunApproved{}, err
	}
	withdrawn, err := tx.WithdrawClaims(ctx, r, c)
	if err != nil {
		return RunApproved{}, err
	}
	reply, repayable, err := d.raiseMirror(ctx, tx, r, c, withdrawn)
	if err != nil {
		return RunApproved{}, err
	}
	posting := Posting{ID: PostingID(r, c), Ledger: r.Employer, Kind: "run", Content: c.Hash, Total: totals.Posted()}
	reply.Run, reply.Posting = r.ID, posting.ID
	head, err := tx.Approve(ctx, a, r, c, posting)
	if err != nil {
		return RunApproved{}, err
	}
	if err := d.claimPaid(ctx, tx, a, r, paid, repayable); err != nil {
		return RunApproved{}, err
	}
	if r.Contract == uuid.Nil {
		of.Status = payroll.RunReversed
		if err := tx.SetRunStatus(ctx, of); err != nil {
			return RunApproved{}, err
		}
	}
	return reply, tx.Publish(ctx, []payroll.Event{runEvent(r, "approved", c, totals, head), reversedEvent(of, r)})
}

func reversedEvent(of, r payroll.Run) payroll.Event {
	return payroll.Event{Owner: of.Employer, Noun: "run", Aggregate: of.ID, Verb: "reversed", Data: payroll.EventData(struct {
		Run    uuid.UUID         `json:"run"`
		By     uuid.UUID         `json:"reversal"`
		Period string            `json:"period"`
		Status payroll.RunStatus `json:"status"`
	}{of.ID, r.ID, of.Period.String(), of.Status})}
}

// raiseMirror announces the claims of a reversal that are not withdrawn. A subsidy that
// was granted is to be paid back, which is not netted with what is to come in.
func (d *Desk) raiseMirror(ctx context.Context, tx Tx, r payroll.Run, c payroll.Calculation, withdrawn map[uuid.UUID]bool) (RunApproved, []RunTransfer, error) {
	var reply RunApproved
	var repayable []RunTransfer
	after := uuid.Nil
	for {
		due, err := tx.DuePage(ctx, r, c, after, page)
		if err != nil || len(due) == 0 {
			return reply, repayable, err
		}
		var events []payroll.Event
		for _, item := range due {
			for _, claim := range item.Claims {
				switch {
				case claim.Amount.IsZero():
				case withdrawn[claim.ID]:
					events = append(events, claim.withdrawn(r)...)
				default:
					events = append(events, claim.Raised(r)...)
					reply.count(claim)
					if claim.Kind == Subsidy {
						repayable = append(repayable, repaid(r, claim))
					}
				}
			}
		}
		after = due[len(due)-1].Payslip.Contract
		if err := tx.Publish(ctx, events); err != nil {
			return reply, repayable, err
		}
	}
}

// repaid books a mirror that is below nil as what is to be paid back; of one above nil,
// the mirror of what was claimed back, it does the opposite.
func repaid(r payroll.Run, c Claim) RunTransfer {
	t := ledger.Transfer{Ledger: c.Payee, Debit: ledger.SubsidyReceivable, Credit: ledger.SubsidyRepayable, Amount: c.Amount.Neg()}
	return RunTransfer{r, ContractTransfer{c.Contract, ledger.NonZero(t)[0]}}
}

// withdrawn announces that a mirror and the claim it mirrors are both off.
func (c Claim) withdrawn(r payroll.Run) []payroll.Event {
	return c.toBoth(1, "withdrawn", c.data(r.Period))
}

// claimPaid makes a receivable of each payment that went out, and books it with what
// is to be paid back.
func (d *Desk) claimPaid(ctx context.Context, tx Tx, a payroll.Actor, r payroll.Run, paid []PaidOut, repayable []RunTransfer) error {
	if len(paid)+len(repayable) == 0 {
		return nil
	}
	post := Posted{Posting: Posting{ID: payroll.DeriveID("posting/receivable/" + r.ID.String()), Ledger: r.Employer, Kind: "receivable"}, Transfers: repayable}
	sum := sha256.New()
	for _, t := range repayable {
		_, _ = fmt.Fprintf(sum, "%s|%s|%s\n", t.Contract, t.Debit, t.Amount)
		post.Total = post.Total.Add(t.Amount)
	}
	for _, p := range paid {
		owed := payroll.Receivable{
			ID: payroll.DeriveID("receivable/reversal/" + p.Payment.String()), Version: 1, Cause: "loon van een run die is teruggedraaid en al betaald was",
			Amount: p.Amount, From: r.PayDate, Run: r.ID, Contract: p.Contract,
		}
		owed.Reference = fmt.Sprintf("terug-%s-%.8s", r.Period, owed.ID)
		if _, _, err := tx.AddReceivable(ctx, a, payroll.Employment{ID: p.Employment}, owed); err != nil {
			return err
		}
		_, _ = fmt.Fprintf(sum, "%s|%s\n", owed.ID, owed.Amount)
		post.Total = post.Total.Add(p.Amount)
		post.Transfers = append(post.Transfers, RunTransfer{r, ContractTransfer{p.Contract, ledger.Transfer{
			Ledger: r.Employer, Debit: ledger.StaffReceivable, Credit: ledger.NetWagesPayable, Amount: p.Amount}}})
	}
	post.Content = payroll.HashText(sum.Sum(nil))
	return tx.PostAll(ctx, a, post)
}

// RefundReceivable books what came back of a receivable. Where nothing of it is left
// open, payments to the person are made again.
func (d *Desk) RefundReceivable(ctx context.Context, tx Tx, a payroll.Actor, req payroll.ReceivableRefund) (payroll.ReceivableRefunded, error) {
	if err := tx.HoldPayments(ctx, a); err != nil {
		return payroll.ReceivableRefunded{}, err
	}
	refund, owed, err := d.AcceptRefund(ctx, tx, a, req)
	if err != nil {
		return payroll.ReceivableRefunded{}, err
	}
	post, err := d.refundPosting(ctx, tx, a, refund, owed)
	if err != nil {
		return payroll.ReceivableRefunded{}, err
	}
	if err := tx.AddRefund(ctx, a, refund, owed); err != nil {
		return payroll.ReceivableRefunded{}, err
	}
	if err := tx.PostAll(ctx, a, post); err != nil {
		return payroll.ReceivableRefunded{}, err
	}
	return payroll.ReceivableRefunded{Refund: refund.ID, Receivable: owed.ID, Amount: refund.Amount, Open: owed.Open.Sub(refund.Amount)}, nil
}

// refundPosting books a refund in the month of the run that made the receivable, or of
// its own day.
func (d *Desk) refundPosting(ctx context.Context, tx Tx, a payroll.Actor, refund payroll.Refund, owed payroll.OpenReceivable) (Posted, error) {
	r, known, err := tx.Run(ctx, owed.Run, payroll.NoLock)
	if err != nil || !known {
		return Posted{}, payroll.Refuse(payroll.Conflict, payroll.Reason("refund/by_hand", "reference",
			"Deze vordering kwam niet uit een run en staat niet in het grootboek hier: pas haar aan met receivable record.", "This receivable did not come from a run and is not in the ledger here: change it with receivable record."))
	}
	post := Posted{Posting: Posting{ID: payroll.DeriveID("posting/refund/" + refund.ID.String()), Ledger: a.Organisation.ID, Kind: "receivable", Total: refund.Amount, Day: refund.Day}}
	post.Content = fmt.Sprintf("%x", sha256.Sum256(fmt.Appendf(nil, "%s|%s|%s|%s", refund.Receivable, refund.Amount, refund.Day, refund.Payment)))
	for _, t := range refund.Transfers(a.Organisation.ID) {
		post.Transfers = append(post.Transfers, RunTransfer{r, ContractTransfer{owed.Contract, t}})
	}
	return post, nil
}
