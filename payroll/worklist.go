package payroll

import (
	"errors"
	"fmt"
	"slices"

	"verloning/payroll/calendar"
	"verloning/payroll/euro"
	"verloning/payroll/statute"
)

// WorkKind names a kind of thing that somebody has to act on.
type WorkKind string

// The kinds that labour law gives. WorkBirthday is followed by the age.
const (
	WorkContractEnds WorkKind = "contract/ends"
	WorkNotice       WorkKind = "contract/notice"
	WorkChain        WorkKind = "contract/chain"
	WorkBirthday     WorkKind = "birthday/"
	WorkPension      WorkKind = "birthday/aow"
)

// WorkItem is something to act on: the day on which it happens or is due, what
// to do, and where law has one the last day on which acting still helps.
type WorkItem struct {
	Day     calendar.Date
	Kind    WorkKind
	What    Text
	Article string
	Until   calendar.Date // zero: the law has no such day
	Doubt   Text          // about the figure that it rests on, where there is any
}

// WorkFacts are what labour law looks at.
type WorkFacts struct {
	Birth    calendar.Date
	Contract Contract
	Others   []Contract // of the person with the employer, Contract included; in any order
	Employer bool       // the reader is the employer: the only one who gives notice and knows the other contracts
}

// LabourWork lists what labour law asks in a span of days about a contract: its
// end, the notice before it (BW 7:668), the day on which a chain of fixed terms
// becomes open-ended (BW 7:668a), and birthdays that change the minimum wage or
// bring the pension. A municipality is told of ends and birthdays alone.
func LabourWork(window calendar.Span, f WorkFacts) ([]WorkItem, error) {
	var items []WorkItem
	terms := agreements(f.Contract)
	if len(terms) == 0 {
		return nil, nil
	}
	last := link{agreement: terms[len(terms)-1]}
	if f.Employer {
		links, err := chain(f.Others)
		if err != nil {
			return nil, fmt.Errorf("chain of contract %s: %w", f.Contract.Number, err)
		}
		for _, l := range links {
			if l.contract != f.Contract.ID {
				continue
			}
			if last = l; window.Holds(l.since) && l.Holds(l.since) {
				items = append(items, chainItem(l))
			}
		}
		notice, due, err := noticeItem(f.Contract, last)
		if err != nil {
			return nil, fmt.Errorf("notice of contract %s: %w", f.Contract.Number, err)
		}
		if due && window.Holds(notice.Day) {
			items = append(items, notice)
		}
	}
	if !last.open && window.Holds(last.To) {
		items = append(items, endItem(last))
	}
	birthdays, err := birthdayItems(window, f)
	return append(items, birthdays...), err
}

// doubtful adds the doubt about a figure that was used for the day.
func (w WorkItem) doubtful(f statute.Figure) WorkItem {
	if nl, en, doubt := f.Doubt(w.Day); doubt {
		w.Doubt = Text{NL: nl, EN: en}
	}
	return w
}

// chainItem tells of a term that becomes open-ended by law. The day before is
// the last on which it can still end, or on which it need not be agreed.
func chainItem(l link) WorkItem {
	item := WorkItem{Day: l.since, Kind: WorkChain, Until: l.since.Add(-1), Article: l.figure.Article}
	if l.since == l.From {
		item.What = Text{
			NL: "Dit contract voor bepaalde tijd is vanaf deze dag van rechtswege voor onbepaalde tijd (ketenregeling): leg dat vast, of ga het niet aan.",
			EN: "This fixed-term contract is open-ended by law from this day on (chain of fixed terms): record it so, or do not conclude it.",
		}
	} else {
		item.What = Text{
			NL: fmt.Sprintf("De keten van tijdelijke contracten duurt langer dan %s maanden: het contract is vanaf deze dag van rechtswege voor onbepaalde tijd.", l.figure.Value),
			EN: fmt.Sprintf("The chain of fixed terms lasts longer than %s months: the contract is open-ended by law from this day on.", l.figure.Value),
		}
	}
	return item.doubtful(l.figure)
}

// endItem tells of the last day of a fixed term.
func endItem(l link) WorkItem {
	item := WorkItem{Day: l.To, Kind: WorkContractEnds, Article: "BW 7:667 lid 1", What: Text{
		NL: "Laatste dag van het contract voor bepaalde tijd: leg vast hoe het eindigt, of verleng het.",
		EN: "Last day of the fixed-term contract: record how it ends, or extend it.",
	}}
	if !l.since.IsZero() && !l.since.After(l.To) {
		item.Article, item.What = l.figure.Article, Text{
			NL: fmt.Sprintf("Laatste dag volgens het contract, maar het is sinds %s van rechtswege voor onbepaalde tijd (ketenregeling) en eindigt niet vanzelf.", l.since),
			EN: fmt.Sprintf("Last day that the contract names, but it has been open-ended by law since %s (chain of fixed terms) and does not end by itself.", l.since),
		}
	}
	return item
}

// noticeItem tells of the aanzegging before a fixed term of six months or longer
// ends by law. The deadline is the same day a month earlier, or the last of a
// shorter month: a later day at the end of a month may be defended, this one
// never has to be. Each extension is a term by itself.
func noticeItem(c Contract, l link) (WorkItem, bool, error) {
	if l.open || l.To.IsZero() || l.To != l.agreed || !l.since.IsZero() || !slices.Contains([]EndedBy{EndUnknown, ByEmployer, ByExpiry}, c.Latest().EndedBy) {
		return WorkItem{}, false, nil
	}
	before, err := statute.NoticeMonths(l.To.AddMonths(-1))
	if errors.Is(err, statute.ErrNoFigure) {
		return WorkItem{}, false, nil // before there was such a law
	}
	if err != nil {
		return WorkItem{}, false, err
	}
	months, err := before.Value.Int()
	if err != nil {
		return WorkItem{}, false, err
	}
	deadline := l.To.AddMonths(-months)
	least, err := statute.NoticeFromMonths(deadline)
	if err != nil {
		return WorkItem{}, false, err
	}
	length, err := least.Value.Int()
	if err != nil || l.To.Before(l.From.AddMonths(length).Add(-1)) {
		return WorkItem{}, false, err
	}
	item := WorkItem{Day: deadline, Kind: WorkNotice, Article: before.Article, Until: deadline, What: Text{
		NL: fmt.Sprintf("Uiterlijk vandaag schriftelijk aanzeggen of en hoe het contract na %s doorgaat; zonder aanzegging kost het een maandloon, te laat naar rato.", l.To),
		EN: fmt.Sprintf("Tell in writing by today whether and how the contract goes on after %s; without notice it costs a month's wage, when late pro rata.", l.To),
	}}
	return item.doubtful(before), true, nil
}

// The ages that are told of: eighteen and twenty-one always, and those at which
// the youth scale of an earlier law ended.
var workAges = []int{18, 21, 22, 23}

// birthdayItems tells of the birthdays of somebody who is employed on them.
func birthdayItems(window calendar.Span, f WorkFacts) ([]WorkItem, error) {
	var items []WorkItem
	for _, age := range workAges {
		day := calendar.Day(f.Birth.Year()+age, f.Birth.Month(), f.Birth.DayOfMonth())
		terms, runs := f.Contract.On(day)
		if !runs || !window.Holds(day) {
			continue
		}
		percentage := statute.YouthPercentage
		if terms.BBL {
			percentage = statute.YouthPercentageBBL
		}
		now, err := percentage(f.Birth, day)
		if errors.Is(err, statute.ErrNoFigure) {
			continue // the history of the minimum wage does not reach back
		}
		if err != nil {
			return nil, err
		}
		adult := now.Value.Cmp(euro.Hundred) >= 0
		if before, err := percentage(f.Birth, day.Add(-1)); age > 21 && (err != nil || !adult || before.Value.Equal(now.Value)) {
			continue
		}
		items = append(items, birthdayItem(day, age, now))
	}
	day, age, err := statute.AOWDay(f.Birth)
	if err != nil {
		return nil, err
	}
	if _, runs := f.Contract.On(day); runs && window.Holds(day) {
		items = append(items, WorkItem{Day: day, Kind: WorkPension, Article: age.Article, What: Text{
			NL: "Bereikt de AOW-leeftijd: ga na of het contract dan eindigt; premies en loonheffing veranderen.",
			EN: "Reaches the AOW age: see whether the contract ends with it; premiums and wage tax change.",
		}}.doubtful(age))
	}
	return items, nil
}

func birthdayItem(day calendar.Date, age int, percentage statute.Figure) WorkItem {
	item := WorkItem{Day: day, Kind: WorkBirthday + WorkKind(fmt.Sprint(age)), Article: percentage.Article, What: Text{
		NL: fmt.Sprintf("Wordt %d: het minimumloon is vanaf deze dag %s %% van dat van een volwassene.", age, percentage.Value),
		EN: fmt.Sprintf("Turns %d: the minimum wage is %s %% of an adult's from this day on.", age, percentage.Value),
	}}
	if percentage.Value.Cmp(euro.Hundred) >= 0 {
		item.What = Text{
			NL: fmt.Sprintf("Wordt %d: de jeugdschaal eindigt, vanaf deze dag geldt het minimumloon van een volwassene.", age),
			EN: fmt.Sprintf("Turns %d: the youth scale ends, the minimum wage is an adult's from this day on.", age),
		}
	}
	return item.doubtful(percentage)
}
