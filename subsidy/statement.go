package subsidy

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"

	"github.com/google/uuid"

	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
	"verloning/payroll/ledger"
)

// Statement (afrekening) is what a municipality owes by the end of a month for
// trajectories and agreements, less what earlier statements booked: fees to
// providers, premiums to participants, bonus and malus. One person of the
// municipality has it calculated, another approves it, naming its hash.
type Statement struct {
	ID           uuid.UUID
	Municipality uuid.UUID
	Period       calendar.Period
	Sequence     int // of the municipality's statements
	Cutoff       int64
	RuleSet      string
	AskedBy      uuid.UUID
	Lines        []StatementLine
	Exceptions   []payroll.Exception

	heard listener // who hears the steps, where somebody asks for them
}

// StatementLine is one payment that changed: what is due less what was booked,
// below nil where less is due now.
type StatementLine struct {
	BookedDue // the difference
	Number    int
	IBAN      payroll.IBAN // of a participant
	Kept      euro.Amount  // of a premium, what the participant got for the year before and that is not due any more
}

// payable is what is ordered of a premium: the participant keeps what is not due any
// more, so that it is set off against what is due for the same year, whether that is
// the same premium or another. So nobody gets more in a year than is due.
func (l StatementLine) payable() euro.Amount {
	if owed := l.Amount.Sub(l.Kept); owed.Sign() > 0 {
		return owed
	}
	return euro.Zero
}

// SetOff deals what participants keep to the premiums of a statement: by group of one
// person and year, what earlier statements left with the participant and what this
// one takes back, to the first premiums that it gives.
func SetOff(lines []StatementLine, group map[int]int, kept map[int]euro.Amount) {
	left := map[int]euro.Amount{}
	maps.Copy(left, kept)
	for _, l := range lines {
		if of, premium := group[l.Number]; premium && l.Amount.Sign() < 0 {
			left[of] = left[of].Sub(l.Amount)
		}
	}
	for i, l := range lines {
		if of, premium := group[l.Number]; premium && l.Amount.Sign() > 0 {
			lines[i].Kept = l.Amount.Min(left[of])
			left[of] = left[of].Sub(lines[i].Kept)
		}
	}
}

// StatementFile is all that a statement is computed from, as known at its cut-off.
type StatementFile struct {
	Trajectories []Trajectory
	Agreements   []ProviderAgreement
	Closed       calendar.Date                 // last day of the newest month with an approved statement; none yet
	Booked       []BookedDue                   // by approved statements, summed by payment
	Elsewhere    map[uuid.UUID][]PaidElsewhere // premiums of other municipalities, by person
	Wages        map[uuid.UUID][]WageBeside    // contracts of the same person, by trajectory
}

// WageBeside is a contract of the person of a trajectory.
type WageBeside struct {
	Scheme       string
	Municipality uuid.UUID
	Span         calendar.Span
}

// Compute fills in lines and exceptions: pure, and the same for the same file.
func (s *Statement) Compute(book *Book, file StatementFile) error {
	due, found, err := s.allDue(book, file)
	if err != nil {
		return err
	}
	ibans := map[uuid.UUID]payroll.IBAN{}
	for _, t := range file.Trajectories {
		ibans[t.ID] = t.IBAN
	}
	booked := map[dueKey]BookedDue{}
	for _, b := range file.Booked {
		booked[b.identity()] = b
	}
	waits := s.contested(book, file)
	for _, b := range due {
		before := booked[b.identity()]
		left := b.less(before)
		if left.Amount.Sign() < 0 && waits[b.identity()] {
			left = BookedDue{} // contested, until its term
		}
		s.heard.before(b, before, left)
		s.add(left, ibans)
		delete(booked, b.identity())
	}
	// What is not due any more comes back; what fell due after this month is not looked
	// at, since a statement of a later month may have been approved before this one.
	for _, b := range file.Booked {
		if _, unmet := booked[b.identity()]; unmet && !b.Day.After(s.Period.To) && !waits[b.identity()] {
			left := BookedDue{}.less(b)
			s.heard.before(BookedDue{}, b, left)
			s.add(left, ibans)
		}
	}
	s.Exceptions = distinct(found)
	return nil
}

// contested are the payments that rest on an event which counted and is contested
// now: until the day by which it is to be proved they are neither made nor taken
// back.
func (s *Statement) contested(book *Book, file StatementFile) map[dueKey]bool {
	waits := map[dueKey]bool{}
	for _, t := range file.Trajectories {
		believed, doubted := t.believed(s.Period.To)
		scheme, known := book.Scheme(t.Scheme, t.Municipality)
		if !doubted || !known {
			continue
		}
		for _, d := range TrajectoryDues(scheme, believed, s.Period.To, nil) {
			waits[d.identity()] = true
		}
	}
	return waits
}

// add notes a difference. One of nought may still move money from one budget to
// another: a payment that fell due in another year than was known.
func (s *Statement) add(b BookedDue, ibans map[uuid.UUID]payroll.IBAN) {
	b.Sources = lessSources(b.Sources, nil)
	if b.Amount.IsZero() && b.VAT.IsZero() && b.VATCost.IsZero() && len(b.Sources) == 0 {
		return
	}
	line := StatementLine{BookedDue: b, Number: len(s.Lines) + 1}
	if b.Kind == Premium {
		line.IBAN = ibans[b.Trajectory]
	}
	s.Lines = append(s.Lines, line)
}

// allDue is everything that fell due by the end of the month, in a fixed order.
func (s *Statement) allDue(book *Book, file StatementFile) ([]BookedDue, []payroll.Exception, error) {
	until := s.Period.To
	var all []TrajectoryDue
	var found []payroll.Exception
	byPerson, cohorts := map[uuid.UUID][]TrajectoryDue{}, map[uuid.UUID][]Trajectory{}
	for _, t := range file.Trajectories {
		scheme, known := book.Scheme(t.Scheme, t.Municipality)
		if !known {
			found = append(found, noScheme(t))
			continue
		}
		cohorts[t.Agreement] = append(cohorts[t.Agreement], t)
		found = append(found, t.attention(book, scheme, until, file.Wages[t.ID])...)
		for _, due := range trajectoryDues(scheme, t, until, s.heard) {
			if !due.isPremium() {
				all = append(all, due)
				continue
			}
			byPerson[t.participant()] = append(byPerson[t.participant()], due)
		}
	}
	for _, person := range slices.SortedFunc(maps.Keys(byPerson), func(a, b uuid.UUID) int { return bytes.Compare(a[:], b[:]) }) {
		kept, odd, err := premiums(byPerson[person], file.Elsewhere[person], s.heard)
		if err != nil {
			return nil, nil, err
		}
		all, found = append(all, kept...), append(found, odd...)
	}
	for _, g := range file.Agreements {
		if scheme, known := book.Scheme(g.Scheme, g.Municipality); known {
			settled, odd := settlements(scheme, g, Standings(scheme, g, cohorts[g.ID], under(all, g.ID), until), s.heard)
			all, found = append(all, settled...), append(found, odd...)
		}
	}
	found = append(found, placesOver(book, file.Trajectories, until)...)
	booked, odd, err := s.booked(all, file)
	return booked, append(found, odd...), err
}

// participant is the person of a trajectory; who is not known as a person is one for
// each trajectory.
func (t Trajectory) participant() uuid.UUID {
	if t.Person == uuid.Nil {
		return t.ID
	}
	return t.Person
}

// under are the payments of an agreement's trajectories.
func under(all []TrajectoryDue, agreement uuid.UUID) []TrajectoryDue {
	var mine []TrajectoryDue
	for _, d := range all {
		if d.Agreement == agreement {
			mine = append(mine, d)
		}
	}
	return mine
}

// booked says of each payment who pays whom, its VAT and which sources bear it.
func (s *Statement) booked(all []TrajectoryDue, file StatementFile) ([]BookedDue, []payroll.Exception, error) {
	providers, payers := map[uuid.UUID]uuid.UUID{}, map[uuid.UUID]uuid.UUID{}
	for _, g := range file.Agreements {
		providers[g.ID], payers[g.ID] = g.Provider, g.Payer
	}
	reachable := map[uuid.UUID]bool{}
	for _, t := range file.Trajectories {
		providers[t.ID], reachable[t.ID] = t.Provider, t.IBAN != ""
	}
	list := make([]BookedDue, 0, len(all))
	var found []payroll.Exception
	for _, d := range all {
		b := BookedDue{
			Trajectory: d.Trajectory, Agreement: d.Agreement, Subject: d.Number, Scheme: d.Scheme, Rule: d.Rule.ID, Key: d.Key,
			Kind: d.Rule.Kind, Document: d.Rule.Document, Day: d.Day, Payer: s.Municipality, Amount: d.Amount,
		}
		if d.Rule.Payer == "inlener" {
			if b.Payer = payers[d.Agreement]; b.Payer == uuid.Nil {
				continue // nobody agreed to pay it
			}
		}
		if b.Kind == Premium && !reachable[d.Trajectory] {
			found = append(found, noIBAN(d))
			continue
		}
		if d.Rule.Payee == "provider" {
			if b.Payee = providers[d.Trajectory]; d.Trajectory == uuid.Nil {
				b.Payee = providers[d.Agreement]
			}
			if b.Payee == uuid.Nil || b.Payee == s.Municipality {
				continue // the municipality does it itself: nobody is paid
			}
		}
		odd, err := b.tax(d, s.heard)
		if err != nil {
			return nil, nil, err
		}
		list, found = append(list, b), append(append(found, odd...), d.setting()...)
	}
	return list, found, nil
}

// shares are the sources that bear a payment: by the participant's benefit where
// the rule says so, and of a bonus or malus by the benefits that its turnover was
// made for.
func (d TrajectoryDue) shares() map[string]Decimal {
	of := func(b Benefit) map[string]Decimal {
		if by, other := d.Rule.BudgetBy[b]; other {
			return by
		}
		return d.Rule.Budget
	}
	if len(d.Turnover) == 0 {
		return of(d.Benefit)
	}
	sum := map[string]Decimal{} // euros of turnover that each bore: a share of a share would not be exact
	for benefit, turnover := range d.Turnover {
		for source, share := range of(benefit) {
			sum[source] = Decimal{sum[source].Add(turnover.Times(share.Number))}
		}
	}
	if len(sum) == 1 {
		return of(d.Benefit)
	}
	return sum
}

// Hash is over every line and exception, in order.
func (s Statement) Hash() string {
	h := sha256.New()
	_, _ = fmt.Fprintf(h, "%s|%s|%d|%s\n", s.Municipality, s.Period, s.Cutoff, s.RuleSet)
	for _, l := range s.Lines {
		_, _ = fmt.Fprintf(h, "%d|%s|%s|%s|%s|%s|%s|%s|%s|%s|%s|%s|%s|%s|%v|%s|%s\n", l.Number, l.Trajectory, l.Agreement, l.Scheme, l.Rule, l.Key, l.Kind, l.Day,
			l.Payer, l.Payee, l.Amount, l.VATRate, l.VAT, l.VATCost, l.Sources, l.IBAN.Reveal(), l.Document)
	}
	for _, e := range s.Exceptions {
		_, _ = fmt.Fprintf(h, "%s|%s|%q\n", e.Kind, e.Subject, e.Detail.NL)
	}
	return payroll.HashText(h.Sum(nil))
}

// ours reports whether the municipality pays the line.
func (s Statement) ours(l StatementLine) bool { return l.Payer == s.Municipality }

// Totals are what the municipality's own lines come to, without VAT and with what
// VAT.
func (s Statement) Totals() (amount, vat euro.Amount) {
	for _, l := range s.Lines {
		if s.ours(l) {
			amount, vat = amount.Add(l.Amount), vat.Add(l.VAT)
		}
	}
	return amount, vat
}

// transfers are the municipality's bookings of a line.
func (s Statement) transfers(l StatementLine) []ledger.Transfer {
	if l.Kind == Premium {
		return ledger.NonZero(ledger.Transfer{Ledger: s.Municipality, Debit: ledger.PremiumCost, Credit: ledger.PremiumPayable, Amount: l.Amount})
	}
	return ledger.NonZero(
		ledger.Transfer{Ledger: s.Municipality, Debit: ledger.FeeCost, Credit: ledger.FeePayable, Amount: l.Amount.Add(l.VATCost)},
		ledger.Transfer{Ledger: s.Municipality, Debit: ledger.VATCompensable, Credit: ledger.FeePayable, Amount: l.VAT.Sub(l.VATCost)},
	)
}

// subject is what the bookings of a line are about.
func (l StatementLine) subject() uuid.UUID { return l.identity().subject }

// distinct keeps one of each exception, in order.
func distinct(list []payroll.Exception) []payroll.Exception {
	seen := map[payroll.Exception]bool{}
	var kept []payroll.Exception
	for _, e := range list {
		if !seen[e] {
			kept = append(kept, e)
		}
		seen[e] = true
	}
	return kept
}
