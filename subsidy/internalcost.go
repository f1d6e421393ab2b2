package subsidy

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
	"verloning/payroll/ledger"
)

// HoursSheet is the document of an internal cost: the account of the hours that
// the municipality's own people made.
const HoursSheet = "hours"

// InternalCost is what a municipality spends on a scheme by its own people: it
// burdens a budget, and is paid to nobody.
type InternalCost struct {
	ID             uuid.UUID
	Municipality   uuid.UUID
	Scheme         string
	Rule           string
	Day            calendar.Date // budgets of its year bear it
	Hours          *euro.Number  // none where only an amount was stated
	Price          *euro.Number  // of the scheme, an hour
	Amount         euro.Amount   // hours × price half up, or as stated; below nil takes an earlier one back
	Contract       uuid.UUID     // of the participant it was made for; nil: for the scheme
	ContractNumber string
	Reference      string // the municipality's own
	Sources        []SourceShare
	Recorded       uuid.UUID // by whom
	Approved       bool
}

// Hash is over all that somebody approves.
func (c InternalCost) Hash() string {
	text := fmt.Appendf(nil, "%s|%s|%s|%s|%s|%s|%s|%s|%q", c.ID, c.Municipality, c.Scheme, c.Rule, c.Day, orNone(c.Hours), orNone(c.Price), c.Amount, c.Reference)
	text = fmt.Appendf(text, "|%s", c.Contract)
	for _, s := range c.Sources {
		text = fmt.Appendf(text, "|%s=%s", s.Source, s.Amount)
	}
	return hashOf(text)
}

func orNone(n *euro.Number) string {
	if n == nil {
		return "-"
	}
	return n.String()
}

// CostRecord records an internal cost by a rule of kind internal: hours where
// the rule has a price, and otherwise an amount.
type CostRecord struct {
	payroll.Command
	Scheme    string `json:"scheme" validate:"required,max=40"`
	Rule      string `json:"rule" validate:"required,max=40"`
	Day       string `json:"day" validate:"required"`
	Hours     string `json:"hours,omitempty"`
	Amount    string `json:"amount,omitempty"`
	TakeBack  bool   `json:"take_back,omitempty"` // so much of an earlier cost was too much
	Reference string `json:"reference" validate:"required,number"`
	Employer  string `json:"employer,omitempty" validate:"omitempty,code"`
	Contract  string `json:"contract,omitempty" validate:"omitempty,number"`
}

// CostReply names a cost; who approves it repeats the hash.
type CostReply struct {
	Cost    uuid.UUID     `json:"cost"`
	Amount  euro.Amount   `json:"amount"`
	Sources []SourceShare `json:"sources"`
	Hash    string        `json:"hash"`
}

// RecordCost keeps an internal cost that a second person of the municipality is
// to approve.
func (d *Desk) RecordCost(ctx context.Context, tx Tx, a payroll.Actor, req CostRecord) (CostReply, error) {
	door := payroll.NewDoor(req)
	onlyMunicipality(door, a)
	cost := InternalCost{ID: d.NewID(), Municipality: a.Organisation.ID, Scheme: req.Scheme, Rule: req.Rule, Day: door.Date("day", req.Day), Reference: req.Reference, Recorded: a.User}
	refuseFuture(door, "day", cost.Day, tx.Today())
	book, err := d.Books.Now(ctx, tx)
	if err != nil {
		return CostReply{}, err
	}
	if rule, known := book.internalRule(door, cost); known {
		cost.reckon(door, rule, req)
	}
	if (req.Contract == "") != (req.Employer == "") {
		door.Refuse(payroll.Reason("field/required", "contract", "Een contract noem je met zijn werkgever, of geen van beide.", "A contract is named with its employer, or neither is."))
	} else if req.Contract != "" {
		c, err := d.subsidised(ctx, tx, a, door, req.Employer, req.Contract)
		if err != nil {
			return CostReply{}, err
		}
		if cost.Contract = c.ID; c.ID != uuid.Nil && (c.Scheme != cost.Scheme || !c.Span().Holds(cost.Day)) {
			door.Refuse(payroll.Reason("cost/other_contract", "contract", "Dit contract valt niet onder deze regeling, of niet op deze dag.", "This contract is not under this scheme, or not on this day."))
		}
	}
	if err := door.Err(); err != nil {
		return CostReply{}, err
	}
	return CostReply{cost.ID, cost.Amount, cost.Sources, cost.Hash()}, tx.AddInternalCost(ctx, cost)
}

// internalRule finds the rule on the day, and refuses the day where one of its
// sources did not exist in its year.
func (b *Book) internalRule(door *payroll.Door, c InternalCost) (PayRule, bool) {
	scheme, known := b.Scheme(c.Scheme, c.Municipality)
	if !known {
		door.Refuse(payroll.Unknown("scheme", "scheme", c.Scheme))
		return PayRule{}, false
	}
	if c.Day.IsZero() {
		return PayRule{}, false
	}
	version, _ := scheme.On(c.Day)
	i := slices.IndexFunc(version.Pay, func(r PayRule) bool { return r.ID == c.Rule && r.Kind == Internal })
	if i < 0 {
		door.Refuse(payroll.Reason("cost/no_rule", "rule", "De regeling heeft op deze dag geen interne kosten onder deze naam.", "The scheme has no internal cost of this name on this day."))
		return PayRule{}, false
	}
	if source, missing := version.Pay[i].missing(c.Day.Year()); missing {
		door.Refuse(notInYear("day", source, c.Day.Year()))
	}
	return version.Pay[i], true
}

// reckon reads hours or amount as the rule asks, and deals the cost out over the
// rule's sources.
func (c *InternalCost) reckon(door *payroll.Door, rule PayRule, req CostRecord) {
	sign := euro.One
	if req.TakeBack {
		sign = euro.Int(-1)
	}
	if req.Hours != "" {
		hours := door.Number("hours", req.Hours, euro.Number{}, euro.MustNumber("9999.99"))
		door.Decimals("hours", hours, 2)
		hours = hours.Mul(sign)
		c.Hours = &hours
	}
	price := rule.Amount.Hourly.Price
	switch {
	case price != nil && c.Hours == nil:
		door.Refuse(payroll.Reason("field/required", "hours", "De regeling heeft een prijs per uur; geef de uren.", "The scheme has a price an hour; give the hours."))
	case price != nil && req.Amount != "":
		door.Refuse(payroll.Reason("field/not_allowed", "amount", "Het bedrag volgt uit uren en prijs.", "The amount follows from hours and price."))
	case price != nil:
		c.Price = &price.Value.Number
		c.Amount = c.Hours.Mul(*c.Price).Cents()
	case req.Amount == "":
		door.Refuse(payroll.Reason("field/required", "amount", "De regeling heeft geen prijs per uur; geef het bedrag.", "The scheme has no price an hour; give the amount."))
	default:
		n := door.Number("amount", req.Amount, euro.Number{}, euro.Int(1_000_000_000))
		door.Decimals("amount", n, 2)
		c.Amount = n.Mul(sign).Cents()
	}
	if len(door.Problems) == 0 && c.Amount.IsZero() {
		door.Refuse(payroll.Reason("cost/nothing", "amount", "Dit kost niets.", "This costs nothing."))
	}
	c.Sources = rule.dealt(c.Amount)
}

// CostApprove approves an internal cost by its hash.
type CostApprove struct {
	payroll.Command
	Cost       string `json:"cost" validate:"required,uuid"`
	Hash       string `json:"hash" validate:"required,hexadecimal"`
	OverBudget string `json:"over_budget,omitempty" validate:"max=500"` // why more is spent than a budget has
}

// CostApproved is the reply, and what is announced.
type CostApproved struct {
	Cost    uuid.UUID     `json:"cost"`
	Scheme  string        `json:"scheme"`
	Rule    string        `json:"rule"`
	Day     calendar.Date `json:"day"`
	Amount  euro.Amount   `json:"amount"`
	Sources []SourceShare `json:"sources"`
	Posting uuid.UUID     `json:"posting"`
}

// ApproveCost posts the municipality's ledger and spends its budget: by another
// person than who recorded the cost, naming the hash. Nothing is paid.
func (d *Desk) ApproveCost(ctx context.Context, tx Tx, a payroll.Actor, req CostApprove) (CostApproved, error) {
	if err := ofMunicipality(req, a); err != nil {
		return CostApproved{}, err
	}
	cost, known, err := tx.InternalCost(ctx, a, uuid.MustParse(req.Cost))
	if err != nil {
		return CostApproved{}, err
	}
	if !known {
		return CostApproved{}, payroll.Refuse(payroll.NotFound, payroll.Unknown("cost", "cost", req.Cost))
	}
	if err := cost.approvable(a, req.Hash); err != nil {
		return CostApproved{}, err
	}
	budgets, err := tx.BudgetsAfterCost(ctx, cost)
	if err != nil {
		return CostApproved{}, err
	}
	if err := payroll.Refuse(payroll.Conflict, shortfalls(budgets, req.OverBudget, "", "")...); err != nil {
		return CostApproved{}, err
	}
	post := cost.posted()
	if err := tx.ApproveInternalCost(ctx, a, cost, post, req.OverBudget); err != nil {
		return CostApproved{}, err
	}
	reply := CostApproved{cost.ID, cost.Scheme, cost.Rule, cost.Day, cost.Amount, cost.Sources, post.ID}
	return reply, tx.Publish(ctx, []payroll.Event{{Owner: cost.Municipality, Noun: "cost", Aggregate: cost.ID, Version: 1, Verb: "approved", Data: payroll.EventData(reply)}})
}

func (c InternalCost) approvable(a payroll.Actor, hash string) error {
	p := approval{"cost", payroll.Text{NL: "deze kosten", EN: "this cost"}, payroll.Text{NL: "kosten vastlegt", EN: "records a cost"}, c.Approved, c.Hash(), c.Recorded}
	return payroll.Refuse(payroll.Conflict, p.refused(a, hash)...)
}

// posted is the booking: the cost of carrying schemes out, against hours that
// are charged on within the municipality. Under no contract it is numbered by
// itself.
func (c InternalCost) posted() Posted {
	under := c.Contract
	if under == uuid.Nil {
		under = c.ID
	}
	p := Posted{Posting: Posting{ID: payroll.DeriveID("posting/cost/" + c.ID.String()), Ledger: c.Municipality, Kind: "cost", Content: c.Hash(), Day: c.Day}}
	month := payroll.Run{Period: calendar.MonthOf(c.Day)}
	for _, t := range ledger.NonZero(ledger.Transfer{Ledger: c.Municipality, Debit: ledger.InternalCost, Credit: ledger.InternalHours, Amount: c.Amount}) {
		p.Total = p.Total.Add(t.Amount)
		p.Transfers = append(p.Transfers, RunTransfer{month, ContractTransfer{under, t}})
	}
	return p
}

// checkInternal refuses what goes with a payee, whom an internal cost has not.
func (r PayRule) checkInternal(l *faultList, path string) {
	if r.Payee != "" {
		l.fault(below(path, "payee"), "interne kosten worden aan niemand betaald; haal payee weg", "an internal cost is paid to nobody; take payee away")
	}
	if r.Trigger != "" {
		l.fault(below(path, "trigger"), "interne kosten worden geboekt als ze gemaakt zijn; haal trigger weg", "an internal cost is booked when it is made; take trigger away")
	}
	if r.VAT != nil {
		l.fault(below(path, "vat"), "over interne kosten is geen btw verschuldigd; haal vat weg", "an internal cost carries no VAT; take vat away")
	}
	if r.Cap != "" {
		l.fault(below(path, "cap"), "interne kosten hebben geen maximum; haal cap weg", "an internal cost has no cap; take cap away")
	}
	if r.Amount.Hourly == nil && len(r.Amount.forms()) == 1 {
		l.fault(below(path, "amount"), "interne kosten zijn een prijs per uur (hourly), of een opgegeven bedrag (hourly: {})",
			"an internal cost is a price an hour (hourly), or an amount that is stated (hourly: {})")
	}
}
