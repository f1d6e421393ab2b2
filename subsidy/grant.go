package subsidy

import (
	"context"
	"crypto/sha256"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"verloning/payroll"
	"verloning/payroll/euro"
)

// ClaimFilter narrows a list of claims.
type ClaimFilter struct {
	Employer string `json:"employer,omitempty" validate:"omitempty,code"`
	Period   string `json:"period,omitempty"`
	Status   string `json:"status,omitempty" validate:"omitempty,oneof=raised ordered reclaimed refused settled withdrawn nil"`
	After    string `json:"after,omitempty" validate:"omitempty,uuid"`
	Limit    int    `json:"limit,omitempty" validate:"omitempty,min=1,max=1000"`
}

// ClaimGrant decides on raised claims. Claims names some with a verdict each;
// All grants every raised claim of an employer and a period that Claims does
// not name.
type ClaimGrant struct {
	payroll.Command
	Employer string       `json:"employer" validate:"required,code"`
	Period   string       `json:"period" validate:"required"`
	All      bool         `json:"all,omitempty"`
	Claims   []GrantClaim `json:"claims,omitempty" validate:"max=1000"`
}

// GrantClaim is the verdict on one claim.
type GrantClaim struct {
	Claim   string `json:"claim" validate:"required,uuid"`
	Verdict string `json:"verdict" validate:"required,oneof=granted partly refused"`
	Amount  string `json:"amount,omitempty"` // of partly; below nil of what is claimed back
	Reason  string `json:"reason,omitempty" validate:"max=500"`
}

// GrantLine is a verdict that passed the door.
type GrantLine struct {
	Claim   uuid.UUID
	Verdict Verdict
	Amount  euro.Amount // without VAT
	VAT     euro.Amount
	VATCost euro.Amount // of the VAT, what burdens the budget
	Reason  string
	Sources []SourceShare // what each source bears, of a claim that is shared
}

// BatchReply names a batch and what it holds; who approves it repeats the hash.
type BatchReply struct {
	Batch   uuid.UUID    `json:"batch"`
	Claims  int          `json:"claims"`
	Total   euro.Amount  `json:"total"` // without VAT
	VAT     euro.Amount  `json:"vat"`
	Hash    string       `json:"hash"`
	Budgets []BudgetLeft `json:"budgets"` // what the batch leaves of each budget
}

// GrantClaims keeps the verdicts of one person of the municipality as a batch
// that another person approves. A later batch replaces the verdict on a claim
// as long as none was approved.
func (d *Desk) GrantClaims(ctx context.Context, tx Tx, a payroll.Actor, req ClaimGrant) (BatchReply, error) {
	door := payroll.NewDoor(req)
	onlyMunicipality(door, a)
	period := door.Period("period", req.Period)
	if err := door.Err(); err != nil {
		return BatchReply{}, err
	}
	raised, err := tx.ClaimsToGrant(ctx, a.Organisation.ID, req.Employer, period.From)
	if err != nil {
		return BatchReply{}, err
	}
	lines := verdicts(door, req, raised)
	if len(lines) == 0 && len(door.Problems) == 0 {
		door.Refuse(payroll.Reason("claim/none", "claims", "Er zijn geen openstaande declaraties om over te besluiten.", "There are no raised claims to decide on."))
	}
	if err := door.Err(); err != nil {
		return BatchReply{}, err
	}
	b := newBatch(d.NewID(), a, lines)
	if err := tx.AddBatch(ctx, a, b, lines); err != nil {
		return BatchReply{}, err
	}
	left, err := tx.BudgetsAfter(ctx, b)
	return BatchReply{Batch: b.ID, Claims: b.Claims, Total: b.Total, VAT: b.VAT, Hash: b.Hash, Budgets: left}, err
}

// verdicts matches the request with what was raised.
func verdicts(door *payroll.Door, req ClaimGrant, raised []RaisedClaim) []GrantLine {
	named := map[uuid.UUID]int{}
	for i, g := range req.Claims {
		line := payroll.NewLineDoor(i+1, g)
		if len(line.Problems) == 0 {
			id := uuid.MustParse(g.Claim)
			if _, twice := named[id]; twice {
				line.Refuse(payroll.Reason("claim/duplicate", "claim", "Deze declaratie staat er twee keer.", "This claim is there twice."))
			}
			named[id] = i
		}
		door.Problems = append(door.Problems, line.Problems...)
	}
	var lines []GrantLine
	for _, c := range raised {
		i, byName := named[c.Claim]
		switch {
		case byName:
			line := payroll.NewLineDoor(i+1, req.Claims[i])
			lines = append(lines, verdict(line, req.Claims[i], c))
			door.Problems = append(door.Problems, line.Problems...)
			delete(named, c.Claim)
		case req.All:
			lines = append(lines, verdict(door, GrantClaim{Verdict: string(Grant)}, c))
		}
	}
	for i, g := range req.Claims {
		id, err := uuid.Parse(g.Claim)
		if at, left := named[id]; err == nil && left && at == i {
			door.Problems = append(door.Problems, payroll.Unknown("claim", "claim", g.Claim).At(i+1))
		}
	}
	return lines
}

// verdict reads one verdict: partly grants more than nil and less than all,
// and what is not granted whole has a reason. Of a claim below nil, what is
// granted is claimed back, and no more than was granted before.
func verdict(door *payroll.Door, g GrantClaim, c RaisedClaim) GrantLine {
	line := GrantLine{Claim: c.Claim, Verdict: Verdict(g.Verdict), Reason: g.Reason}
	switch line.Verdict {
	case Grant:
		line.Amount, line.VAT, line.VATCost = c.Amount, c.VAT, c.VATCost
	case Partly:
		line.Amount = partly(door, g.Amount, c.Amount)
		line.VAT, line.VATCost = c.taxOn(line.Amount)
	}
	line.Sources = deal(c.Sources, line.Amount.Add(line.VATCost))
	if line.Verdict != Grant && g.Reason == "" {
		door.Refuse(payroll.Reason("field/required", "reason", "Geef de reden van (gedeeltelijke) afwijzing.", "Give the reason of a (partial) refusal."))
	}
	if c.GrantedBefore.Add(line.Amount).Sign() < 0 {
		door.Refuse(payroll.Reason("claim/reclaim_over_granted", "amount",
			fmt.Sprintf("Contract %s: onder besluit %s is %s toegekend; meer terugvorderen kan niet.", c.Number, c.Decision, c.GrantedBefore),
			fmt.Sprintf("Contract %s: %s was granted under decision %s; no more can be claimed back.", c.Number, c.GrantedBefore, c.Decision)))
	}
	return line
}

// partly reads an amount between nil and the whole claim, on the claim's side of
// nil.
func partly(door *payroll.Door, text string, whole euro.Amount) euro.Amount {
	sign := whole.Sign()
	digits, below := strings.CutPrefix(text, "-")
	amount := door.Amount("amount", digits)
	if below {
		amount = amount.Neg()
	}
	if amount.Sign() != sign || amount.Cmp(whole) == sign || amount.Equal(whole) {
		door.Refuse(payroll.Reason("claim/partly", "amount",
			fmt.Sprintf("Gedeeltelijk toekennen ligt tussen 0.00 en %s.", whole), fmt.Sprintf("Granting partly lies between 0.00 and %s.", whole)))
	}
	return amount
}

// taxOn is the VAT on a part of the claim, in proportion as on the whole.
func (c RaisedClaim) taxOn(amount euro.Amount) (vat, cost euro.Amount) {
	if c.VAT.IsZero() {
		return euro.Zero, euro.Zero
	}
	vat = amount.Times(c.VATRate.Percent()).Cents()
	return vat, vat.Number().PartCents(euro.Ratio{Over: c.VATCost.Number(), Under: c.VAT.Number()})
}

func newBatch(id uuid.UUID, a payroll.Actor, lines []GrantLine) Batch {
	b := Batch{ID: id, Municipality: a.Organisation.ID, GrantedBy: a.User, Claims: len(lines), Hash: HashVerdicts(lines)}
	for _, l := range lines {
		b.Total, b.VAT = b.Total.Add(l.Amount), b.VAT.Add(l.VAT)
	}
	return b
}

// HashVerdicts is over every verdict of a batch, in order of claim, with what
// each source bears in the order of Sources.
func HashVerdicts(lines []GrantLine) string {
	h := sha256.New()
	for _, l := range lines {
		_, _ = fmt.Fprintf(h, "%s|%s|%s|%s|%s|%q\n", l.Claim, l.Verdict, l.Amount, l.VAT, l.VATCost, l.Reason)
		for _, s := range l.Sources {
			_, _ = fmt.Fprintf(h, "%s=%s\n", s.Source, s.Amount)
		}
	}
	return payroll.HashText(h.Sum(nil))
}

// ClaimApprove approves a batch of verdicts by its hash.
type ClaimApprove struct {
	payroll.Command
	Batch      string `json:"batch" validate:"required,uuid"`
	Hash       string `json:"hash" validate:"required,hexadecimal"`
	OverBudget string `json:"over_budget,omitempty" validate:"max=500"` // why more is spent than a budget has
}

// ClaimsApproved is the reply.
type ClaimsApproved struct {
	Batch    uuid.UUID   `json:"batch"`
	Claims   int         `json:"claims"`
	Payments int         `json:"payments"`
	Paid     euro.Amount `json:"paid"`      // with VAT
	Reclaims euro.Amount `json:"reclaimed"` // what employers are to pay back
	Posting  uuid.UUID   `json:"posting"`
}

// ApproveClaims orders the municipality's own money: by another person than who
// granted, naming the hash. It posts the municipality's ledger, uses its
// budget, orders the subsidy payments and tells both parties.
func (d *Desk) ApproveClaims(ctx context.Context, tx Tx, a payroll.Actor, req ClaimApprove) (ClaimsApproved, error) {
	if err := ofMunicipality(req, a); err != nil {
		return ClaimsApproved{}, err
	}
	b, known, err := tx.Batch(ctx, a.Organisation.ID, uuid.MustParse(req.Batch))
	if err != nil {
		return ClaimsApproved{}, err
	}
	if !known {
		return ClaimsApproved{}, payroll.Refuse(payroll.NotFound, payroll.Unknown("batch", "batch", req.Batch))
	}
	if err := grantable(a, b, req.Hash); err != nil {
		return ClaimsApproved{}, err
	}
	budgets, err := tx.BudgetsAfter(ctx, b)
	if err != nil {
		return ClaimsApproved{}, err
	}
	if err := payroll.Refuse(payroll.Conflict, shortfalls(budgets, req.OverBudget, ", wijs declaraties af", ", refuse claims")...); err != nil {
		return ClaimsApproved{}, err
	}
	reply, transfers, err := d.pay(ctx, tx, b)
	if err != nil {
		return ClaimsApproved{}, err
	}
	if reply.Claims != b.Claims {
		return ClaimsApproved{}, payroll.Refuse(payroll.Conflict, payroll.Reason("batch/replaced", "batch",
			"Over declaraties uit deze batch is later opnieuw besloten; keur de latere batch goed.", "Claims of this batch were decided on again later; approve the later batch."))
	}
	posts := postings(b, transfers)
	reply.Batch, reply.Posting = b.ID, posts[0].ID
	if err := tx.ApproveBatch(ctx, a, b, posts, req.OverBudget); err != nil {
		return ClaimsApproved{}, err
	}
	return reply, tx.SpendBudget(ctx, a, b)
}

// shortfalls are the budgets that fall short without a reason why, and what can be
// done instead of giving one. Budgets that the municipality does not keep here hold
// nothing back, and what gives money back to an overspent one is welcome.
func shortfalls(budgets []BudgetLeft, why, insteadNL, insteadEN string) []payroll.Problem {
	if why != "" {
		return nil
	}
	var problems []payroll.Problem
	for _, left := range budgets {
		if left.Kept && left.After.Sign() < 0 && left.After.Cmp(left.Before) < 0 {
			problems = append(problems, payroll.Reason("budget/over", "over_budget",
				fmt.Sprintf("Budget %s %d komt %s tekort. Geef een reden (over_budget)%s of verhoog het budget.", left.Source, left.Year, left.After.Neg(), insteadNL),
				fmt.Sprintf("Budget %s %d falls short by %s. Give a reason (over_budget)%s or raise the budget.", left.Source, left.Year, left.After.Neg(), insteadEN)))
		}
	}
	return problems
}

// postings puts the transfers under a posting of each ledger: the
// municipality's grant first, and of each employer what was not granted, which
// is not receivable any more.
func postings(b Batch, transfers []RunTransfer) []Posted {
	posts := []Posted{{Posting: Posting{ID: payroll.DeriveID("posting/grant/" + b.ID.String()), Ledger: b.Municipality, Kind: "grant", Content: b.Hash, Total: b.posted()}}}
	at := map[uuid.UUID]int{b.Municipality: 0}
	for _, t := range transfers {
		i, known := at[t.Ledger]
		if !known {
			i = len(posts)
			at[t.Ledger] = i
			posts = append(posts, Posted{Posting: Posting{
				ID: payroll.DeriveID("posting/refusal/" + b.ID.String() + "/" + t.Ledger.String()), Ledger: t.Ledger, Kind: "refusal", Content: b.Hash}})
		}
		posts[i].Day = t.Run.Period.To // a batch is of one period
		posts[i].Transfers = append(posts[i].Transfers, t)
		if i > 0 {
			posts[i].Total = posts[i].Total.Add(t.Amount)
		}
	}
	return posts
}

func grantable(a payroll.Actor, b Batch, hash string) error {
	p := approval{"batch", payroll.Text{NL: "deze batch", EN: "this batch"}, payroll.Text{NL: "toekent", EN: "grants"}, b.Approved, b.Hash, b.GrantedBy}
	return payroll.Refuse(payroll.Conflict, p.refused(a, hash)...)
}

// pay goes through the verdicts page by page.
func (d *Desk) pay(ctx context.Context, tx Tx, b Batch) (ClaimsApproved, []RunTransfer, error) {
	var reply ClaimsApproved
	var transfers []RunTransfer
	after := uuid.Nil
	for {
		granted, err := tx.GrantedPage(ctx, b, after, page)
		if err != nil || len(granted) == 0 {
			return reply, transfers, err
		}
		var payments []payroll.Payment
		var events []payroll.Event
		for _, g := range granted {
			events = append(events, g.Announced()...)
			if p, any := g.payment(); any {
				payments = append(payments, p)
				events = append(events, p.Ordered(g.ContractNumber, g.Run.Period))
				reply.Payments, reply.Paid = reply.Payments+1, reply.Paid.Add(p.Amount)
			}
			if g.Amount.Sign() < 0 {
				reply.Reclaims = reply.Reclaims.Sub(g.Amount)
			}
			transfers = append(transfers, g.transfers()...)
			reply.Claims++
		}
		if err := tx.AddPayments(ctx, payments); err != nil {
			return reply, nil, err
		}
		if err := tx.Publish(ctx, events); err != nil {
			return reply, nil, err
		}
		after = granted[len(granted)-1].ID
	}
}

func onlyMunicipality(door *payroll.Door, a payroll.Actor) {
	if !a.Organisation.Is(payroll.Gemeente) {
		door.Refuse(payroll.Reason("organisation/not_municipality", "", "Uw organisatie is geen gemeente.", "Your organisation is no municipality."))
	}
}
