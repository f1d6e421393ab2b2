package subsidy

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
	"verloning/payroll/statute"
)

// Narrow is what a reconciliation is about; what is empty narrows nothing.
type Narrow struct {
	Scheme   string
	Employer string // code
	From, To calendar.Date
	Moved    calendar.Date // what the bank moved after this day is not counted; zero: all is
}

// holds reports whether a month of a scheme and employer is in it.
func (n Narrow) holds(scheme, employer string, month calendar.Date) bool {
	return (n.Scheme == "" || n.Scheme == scheme) && (n.Employer == "" || n.Employer == employer) &&
		(n.From.IsZero() || !month.Before(n.From)) && (n.To.IsZero() || !month.After(n.To))
}

// ReconcileLine is one trail as far as one source bears it.
type ReconcileLine struct {
	Source   Source        `json:"source"`
	Taakveld string        `json:"taakveld"`
	SiSa     string        `json:"sisa,omitempty"`
	Mark     Mark          `json:"mark"`
	Scheme   string        `json:"scheme"`
	Rule     string        `json:"rule"`
	Employer string        `json:"employer"`
	Contract string        `json:"contract"` // or trajectory, or the reference of an internal cost
	Decision string        `json:"decision,omitempty"`
	Month    calendar.Date `json:"month"`
	Stages
	Gap euro.Amount `json:"gap"`
}

// ReconcileTotal sums the lines of a source on a line of the annual account.
type ReconcileTotal struct {
	Source   Source `json:"source"`
	Taakveld string `json:"taakveld"`
	SiSa     string `json:"sisa,omitempty"`
	Mark     Mark   `json:"mark"`
	Lines    int    `json:"lines"`
	Stages
	Gap euro.Amount `json:"gap"`
}

// Reconciliation is what a reconciliation read and found.
type Reconciliation struct {
	Trails      []Trail
	Other       []OtherMoney
	Differences []Discrepancy
	Lines       []ReconcileLine
	Totals      []ReconcileTotal
	Book        *Book
}

// Reconciled reads all that concerns an organisation, as a municipality or as an
// employer, reconciles it and narrows what comes of it. All is read up to the last
// month, whatever is asked: wage cost is held against over a decision's whole
// period, and budgets are shared by all. Months that are to come are left out, and a month that
// is not over until something was claimed or its run was approved.
func (d *Desk) Reconciled(ctx context.Context, tx Tx, a payroll.Actor, n Narrow) (Reconciliation, error) {
	if today := calendar.MonthOf(tx.Today()).From; n.To.IsZero() || n.To.After(today) {
		n.To = today
	}
	var r Reconciliation
	trails, err := tx.Trails(ctx, a, n)
	if err != nil {
		return r, err
	}
	book, err := d.Books.Now(ctx, tx)
	if err != nil {
		return r, err
	}
	month := calendar.MonthOf(tx.Today()).From
	trails = slices.DeleteFunc(byMonth(trails), func(t Trail) bool {
		return t.Month.After(n.To) || !t.Month.Before(month) && len(t.Claims) == 0 && !t.Facts.Closed
	})
	r.Book = book
	for i := range trails {
		trails[i].ruled(book)
		trails[i].late()
	}
	if r.Other, err = tx.OtherMoney(ctx, a, n.To); err != nil {
		return r, err
	}
	room, err := tx.BudgetRoom(ctx, a)
	if err != nil {
		return r, err
	}
	booked, err := tx.Booked(ctx, a)
	if err != nil {
		return r, err
	}
	for _, f := range WithBooked(Reconcile(trails, r.Other, room), booked) {
		if n.holds(f.Scheme, f.Employer, f.Month) {
			r.Differences = append(r.Differences, f)
		}
	}
	slices.SortStableFunc(trails, Trail.compare)
	for _, t := range trails {
		if n.holds(t.Scheme, t.Employer, t.Month) {
			r.Trails = append(r.Trails, t)
			r.Lines = append(r.Lines, t.lines(book)...)
		}
	}
	r.Totals = totals(r.Lines)
	return r, nil
}

// ruled adds what the scheme's rule says to the facts.
func (t *Trail) ruled(b *Book) {
	rule, known := t.rule(b)
	if !known {
		return
	}
	a := rule.Amount
	t.Facts.ByCost = a.Pct != nil && a.Pct.Of == OfWageCost || a.Hourly != nil || a.CostPrice != nil
	t.Facts.Advance, t.Facts.Parts = rule.Cap != CapWageCost, a.Parts != nil
	t.Facts.Result = rule.Trigger != Monthly && a.Parts == nil
	t.Facts.Statutory, t.Facts.Agreed = a.Loonkostensubsidie != nil, t.Kind != Internal && rule.Document != "decision"
	_, stops := statute.LoonkostensubsidieSicknessStop(t.Month)
	t.Facts.Stopped = stops && t.Facts.Statutory && t.Facts.SickHours > 0
}

// rule finds the rule of the scheme that the trail goes by in its month.
func (t Trail) rule(b *Book) (PayRule, bool) {
	scheme, known := b.Scheme(t.Scheme, t.MunicipalityID)
	if !known {
		return PayRule{}, false
	}
	version, dated := scheme.Governing(t.Month)
	if !dated {
		return PayRule{}, false
	}
	i := slices.IndexFunc(version.Pay, func(r PayRule) bool { return r.ID == t.Rule })
	if i < 0 {
		return PayRule{}, false
	}
	return version.Pay[i], true
}

// lines deals the trail out over its sources.
func (t Trail) lines(b *Book) []ReconcileLine {
	rule, _ := t.rule(b)
	by := t.BySource()
	var list []ReconcileLine
	for _, source := range slices.Sorted(maps.Keys(by)) {
		field := TaakveldOf(source, t.Month.Year(), rule.Amount.Loonkostensubsidie != nil)
		list = append(list, ReconcileLine{source, field.Taakveld, field.SiSa, field.Mark, t.Scheme, t.Rule, t.Employer, t.ContractNumber, t.DecisionNumber, t.Month,
			by[source], by[source].Gap()})
	}
	return list
}

// totals sums lines by source and line of the annual account, in order of both.
func totals(lines []ReconcileLine) []ReconcileTotal {
	type key struct {
		source         Source
		taakveld, sisa string
	}
	by := map[key]ReconcileTotal{}
	for _, l := range lines {
		k := key{l.Source, l.Taakveld, l.SiSa}
		t := by[k]
		t.Source, t.Taakveld, t.SiSa, t.Mark, t.Lines = l.Source, l.Taakveld, l.SiSa, l.Mark, t.Lines+1
		t.Stages = t.Stages.Plus(l.Stages)
		t.Gap = t.Stages.Gap()
		by[k] = t
	}
	list := slices.Collect(maps.Values(by))
	slices.SortFunc(list, func(a, b ReconcileTotal) int {
		return cmp.Or(cmp.Compare(a.Source, b.Source), cmp.Compare(a.Taakveld, b.Taakveld), cmp.Compare(a.SiSa, b.SiSa))
	})
	return list
}

// OfDiscrepancies sums what is open of differences by check and class, in the order
// of the first of each.
func OfDiscrepancies(list []Discrepancy) []ClassTotal {
	var sums []ClassTotal
	at := map[ClassTotal]int{}
	for _, d := range list {
		key := ClassTotal{Check: d.Check, Class: d.Class}
		i, known := at[key]
		if !known {
			i, at[key] = len(sums), len(sums)
			sums = append(sums, key)
		}
		sums[i].Count++
		sums[i].Amount, sums[i].Booked, sums[i].Open = sums[i].Amount.Add(d.Amount), sums[i].Booked.Add(d.Booked), sums[i].Open.Add(d.Open())
	}
	return sums
}

// ClassTotal sums the differences of a class.
type ClassTotal struct {
	Check  Check       `json:"check"`
	Class  Class       `json:"class"`
	Count  int         `json:"count"`
	Amount euro.Amount `json:"amount"`
	Booked euro.Amount `json:"booked"`
	Open   euro.Amount `json:"open"`
}
