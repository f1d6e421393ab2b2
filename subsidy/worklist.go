package subsidy

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"verloning/payroll"
	"verloning/payroll/calendar"
)

// The kinds of work that decisions and schemes give.
const (
	WorkForfait     payroll.WorkKind = "forfait/ends"
	WorkReview      payroll.WorkKind = "loonwaarde/review"
	WorkSubsidyEnds payroll.WorkKind = "subsidy/ends"
	WorkPlaces      payroll.WorkKind = "places/free"
)

// WorkFile is a contract as the worklist of its reader needs it.
type WorkFile struct {
	File
	Employer string             // code
	Employee string             // personnel number; empty where the reader is not the employer
	Others   []payroll.Contract // of the person with the reader as employer; none for a municipality
}

// WorkRow is a row of the worklist. Key is unique and its order is that of the
// list: by day, kind, contract number and employer.
type WorkRow struct {
	Key      string           `json:"row"`
	Day      calendar.Date    `json:"day"`
	Kind     payroll.WorkKind `json:"kind"`
	Employer string           `json:"employer,omitempty"`
	Contract string           `json:"contract,omitempty"`
	Person   string           `json:"person,omitempty"` // personnel number, for the employer only
	Scheme   string           `json:"scheme"`
	What     payroll.Text     `json:"what"`
	Article  string           `json:"article,omitempty"`
	Until    calendar.Date    `json:"until,omitzero"` // last day on which acting still helps, where the law has one
	Doubt    *payroll.Text    `json:"doubt,omitempty"`
}

// Work lists what the reader of a file has to act on in a span of days. A scheme
// that is not known gives labour law alone.
func (f WorkFile) Work(window calendar.Span, s Scheme) ([]WorkRow, error) {
	items, err := payroll.LabourWork(window, payroll.WorkFacts{Birth: f.Birth, Contract: f.Contract, Others: f.Others, Employer: f.Employee != ""})
	if err != nil {
		return nil, err
	}
	items = append(items, SubsidyWork(window, s, f.File)...)
	rows := make([]WorkRow, len(items))
	for i, item := range items {
		rows[i] = newWorkRow(item, f.Contract.Number, f.Employer)
		rows[i].Employer, rows[i].Contract, rows[i].Person, rows[i].Scheme = f.Employer, f.Contract.Number, f.Employee, f.Contract.Scheme
	}
	return rows, nil
}

// newWorkRow makes a row of an item; about names what it is about. A space comes
// before every character that a name may have, so that keys sort as their parts.
func newWorkRow(item payroll.WorkItem, about ...string) WorkRow {
	day := strings.ReplaceAll(item.Day.String(), "-", "")
	row := WorkRow{Key: strings.Join(append([]string{day, string(item.Kind)}, about...), " "),
		Day: item.Day, Kind: item.Kind, What: item.What, Article: item.Article, Until: item.Until}
	if item.Doubt != (payroll.Text{}) {
		row.Doubt = &item.Doubt
	}
	return row
}

// SubsidyWork lists what decisions, loonwaarden and the scheme ask in a span of
// days about a contract.
func SubsidyWork(window calendar.Span, s Scheme, f File) []payroll.WorkItem {
	var items []payroll.WorkItem
	var first calendar.Date
	for _, d := range f.Decisions {
		version, dated := s.Governing(d.Span().From)
		days := month{scheme: s, version: version, file: f}.subsidised(d)
		if !dated || days.Empty() {
			continue
		}
		if first.IsZero() || days.From.Before(first) {
			first = days.From
		}
		items = append(items, f.forfaitWork(d, version)...)
		if last := days.To; !last.IsZero() && f.ends(last, d) {
			items = append(items, payroll.WorkItem{Day: last, Kind: WorkSubsidyEnds, What: payroll.Text{
				NL: fmt.Sprintf("Laatste dag van de subsidie onder besluit %s: besluit over het vervolg.", d.Number),
				EN: fmt.Sprintf("Last day of the subsidy under decision %s: decide what follows.", d.Number),
			}})
		}
	}
	items = append(items, f.reviewWork(s, first)...)
	return slices.DeleteFunc(items, func(i payroll.WorkItem) bool { return !window.Holds(i.Day) })
}

// covered reports whether a decision covers a day of the contract.
func (f File) covered(day calendar.Date) (DecisionTerms, bool) {
	for _, d := range f.Decisions {
		if terms, covers := d.On(day); covers && f.Contract.Span().Holds(day) {
			return terms, true
		}
	}
	return DecisionTerms{}, false
}

// ends reports whether a decision's subsidy ends for good on its last day: by the
// decision, unless another goes on, or by the scheme's longest period. Where only
// the contract ends, that is the contract's row.
func (f File) ends(last calendar.Date, d Decision) bool {
	if last == d.Span().To {
		_, goes := f.covered(last.Add(1))
		return !goes
	}
	return last != f.Contract.Span().To
}

// forfaitWork tells of the last day of the forfait, where the contract goes on
// and nobody has determined what comes after it.
func (f File) forfaitWork(d Decision, v Version) []payroll.WorkItem {
	last := forfaitLast(f.Contract.Span().From)
	terms, covers := d.On(last)
	if !covers || terms.Route != Forfait || !v.byLoonwaarde() || !f.Contract.Span().Holds(last.Add(1)) {
		return nil
	}
	_, determined := loonwaardeOn(f.Loonwaarden, last.Add(1))
	if next, decided := f.covered(last.Add(1)); decided && determined && next.Route == ByLoonwaarde {
		return nil
	}
	return []payroll.WorkItem{{Day: last, Kind: WorkForfait, Article: "Participatiewet art. 10d lid 5", Until: last, What: payroll.Text{
		NL: "Laatste dag van het forfait: laat de loonwaarde bepalen en besluit opnieuw, anders is er vanaf morgen geen loonkostensubsidie.",
		EN: "Last day of the forfait: have the loonwaarde determined and decide anew, or there is no loonkostensubsidie from tomorrow on.",
	}}}
}

// reviewWork tells when a loonwaarde or productivity is to be determined anew:
// on the day recorded with the newest one, or in the scheme's review months,
// counted from the first day of the subsidy. One that holds from the day itself
// or later is the review.
func (f File) reviewWork(s Scheme, first calendar.Date) []payroll.WorkItem {
	var newest Loonwaarde
	if n := len(f.Loonwaarden); n > 0 {
		newest = f.Loonwaarden[0]
		for _, l := range f.Loonwaarden[1:] {
			if !l.ValidFrom.Before(newest.ValidFrom) {
				newest = l
			}
		}
	}
	version, _ := s.Governing(f.Contract.Span().From)
	item := payroll.WorkItem{Kind: WorkReview, What: payroll.Text{NL: "De productiviteit opnieuw bepalen.", EN: "Determine the productivity anew."}}
	if version.byLoonwaarde() {
		item.Article = "Participatiewet art. 10d"
		item.What = payroll.Text{NL: "De loonwaarde opnieuw bepalen.", EN: "Determine the loonwaarde anew."}
	}
	due := []calendar.Date{newest.ReviewDue}
	if version.Period != nil && !first.IsZero() {
		for _, months := range version.Period.ReviewMonths {
			due = append(due, first.AddMonths(months))
		}
	}
	var items []payroll.WorkItem
	for i, day := range due {
		_, covered := f.covered(day)
		if day.IsZero() || !covered || !newest.ValidFrom.Before(day) || slices.Index(due, day) < i {
			continue
		}
		item.Day = day
		items = append(items, item)
	}
	return items
}

// Taken is how many places of a scheme a municipality's people hold on a day: by
// contracts that name it or, where the benefit is kept, by trajectories.
type Taken struct {
	Scheme string
	Day    calendar.Date
	People int
}

// TakenByTrajectories counts who takes part, on some days, under each scheme that
// keeps the benefit and that somebody was ever referred under.
func TakenByTrajectories(book *Book, list []Trajectory, on []calendar.Date) []Taken {
	counts := map[string][]int{}
	for _, t := range list {
		scheme, known := book.Scheme(t.Scheme, t.Municipality)
		version, dated := scheme.Governing(t.Referred)
		if !known || !dated || version.Status.Kind != "benefit" {
			continue
		}
		if counts[t.Scheme] == nil {
			counts[t.Scheme] = make([]int, len(on))
		}
		for i, day := range on {
			if t.served(version, calendar.Span{From: day, To: day}) {
				counts[t.Scheme][i]++
			}
		}
	}
	var taken []Taken
	for _, id := range slices.Sorted(maps.Keys(counts)) {
		for i, day := range on {
			taken = append(taken, Taken{id, day, counts[id][i]})
		}
	}
	return taken
}

// FreePlaces tells a municipality how many of a scheme's places are free on a
// day; a scheme that names no number of places has no row.
func FreePlaces(s Scheme, t Taken) (WorkRow, bool) {
	version, dated := s.On(t.Day)
	places := version.Eligibility.Places
	if !dated || places == 0 {
		return WorkRow{}, false
	}
	item := payroll.WorkItem{Day: t.Day, Kind: WorkPlaces, What: payroll.Text{
		NL: fmt.Sprintf("Van %d plaatsen zijn er %d bezet en %d vrij.", places, t.People, places-t.People),
		EN: fmt.Sprintf("Of %d places %d are taken and %d are free.", places, t.People, places-t.People),
	}}
	if over := t.People - places; over > 0 {
		item.What = payroll.Text{
			NL: fmt.Sprintf("Van %d plaatsen is er geen vrij: er zijn er %d bezet, %d te veel.", places, t.People, over),
			EN: fmt.Sprintf("Of %d places none is free: %d are taken, %d too many.", places, t.People, over),
		}
	}
	row := newWorkRow(item, s.ID)
	row.Scheme = s.ID
	return row, true
}
