package subsidy

import (
	"fmt"
	"slices"

	"github.com/google/uuid"

	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
)

// PastFile is a period that was paid, as it is known now, with what its claims
// need.
type PastFile struct {
	payroll.Past
	Claims map[uuid.UUID]File // by contract; of the first period with what was claimed before it
	Booked []Claim            // what all runs claimed for the period, by contract, document, rule and source
}

// replayed are past periods computed anew, with what their claims come to more or
// less.
type replayed struct {
	periods     []payroll.Replayed
	corrections []payroll.Correction
	claims      map[uuid.UUID][]Claim // by contract, in order of period
	found       []payroll.Exception
}

// replay computes past periods of a person anew, and the claims on them. The trace
// says how what is attributed to them came about.
func (b *Book) replay(r payroll.Run, past []PastFile, t *payroll.Trace, heard func(Claim, Basis)) (replayed, error) {
	out := replayed{claims: map[uuid.UUID][]Claim{}}
	if len(past) == 0 {
		return out, nil
	}
	periods := make([]payroll.Past, len(past))
	for i, p := range past {
		periods[i] = p.Past
	}
	var err error
	if out.periods, err = payroll.Replay(periods, t); err != nil {
		return out, err
	}
	histories := map[uuid.UUID][]History{}
	for i, p := range out.periods {
		a := again{Book: b, run: r, past: past[i], period: p, histories: histories, first: i == 0, heard: heard}
		a.claims(&out)
		out.corrections = append(out.corrections, p.Corrections...)
		out.exceptions(p)
	}
	return out, nil
}

// exceptions keeps what a period computed anew gives somebody to look at, where it
// comes to something else than was booked.
func (out *replayed) exceptions(p payroll.Replayed) {
	for _, c := range p.Corrections {
		if c.Nothing() {
			continue
		}
		for _, e := range p.Found {
			if e.Subject == c.Contract.Number {
				out.found = append(out.found, of(p.Run.Period, e))
			}
		}
	}
}

func (out *replayed) tell(p calendar.Period, found []payroll.Exception) {
	for _, e := range found {
		out.found = append(out.found, of(p, e))
	}
}

// of is an exception about a period that is not the run's own.
func of(p calendar.Period, e payroll.Exception) payroll.Exception {
	e.Detail = payroll.Text{NL: fmt.Sprintf("Over %s: %s", p, e.Detail.NL), EN: fmt.Sprintf("Of %s: %s", p, e.Detail.EN)}
	return e
}

// again computes the claims of one past period anew.
type again struct {
	*Book
	run       payroll.Run // that corrects
	past      PastFile
	period    payroll.Replayed
	histories map[uuid.UUID][]History // by contract, until this period
	first     bool
	heard     func(Claim, Basis)
}

func (a again) claims(out *replayed) {
	file := PersonFile{Dossier: a.period.File, Claims: a.withHistory()}
	done := map[uuid.UUID]bool{}
	for _, slip := range a.period.Slips {
		done[slip.Contract] = true
		claims, found := a.Claims(a.period.Run, file, slip, nil)
		if slices.ContainsFunc(found, failed) {
			out.tell(a.period.Run.Period, found)
			continue // what cannot be computed is not taken back either
		}
		file.Claimed(claims)
		for _, c := range claims {
			if c.Decision != uuid.Nil {
				a.histories[slip.Contract] = c.after(a.histories[slip.Contract])
			}
		}
		if changed := a.difference(file, slip, claims); len(changed) > 0 {
			out.claims[slip.Contract] = append(out.claims[slip.Contract], changed...)
			out.tell(a.period.Run.Period, found)
		}
	}
	for _, b := range a.past.Booked {
		if !done[b.Contract] {
			out.claims[b.Contract] = append(out.claims[b.Contract], a.correction(Claim{}, b, Basis{Run: a.period.Run})...)
		}
	}
}

// failed reports whether an exception says that claims could not be computed.
func failed(e payroll.Exception) bool { return e.Kind == ClaimFailed || e.Kind == UnknownScheme }

// withHistory gives each contract what was claimed before this period, as if all
// had been known in time.
func (a again) withHistory() map[uuid.UUID]File {
	files := make(map[uuid.UUID]File, len(a.past.Claims))
	for contract, f := range a.past.Claims {
		if _, known := a.histories[contract]; !known && a.first {
			a.histories[contract] = slices.Clone(f.History)
		}
		f.History = slices.Clone(a.histories[contract])
		files[contract] = f
	}
	return files
}

// claimKey is what a claim and its correction have in common.
type claimKey struct {
	under  uuid.UUID
	rule   string
	budget Source
	rate   string
}

func (c Claim) key() claimKey {
	under := c.Decision
	if c.Placement != uuid.Nil {
		under = c.Placement
	}
	return claimKey{under, c.Rule, c.Budget, c.VATRate.String()}
}

// difference holds the claims on a payslip against what was booked of its period.
func (a again) difference(f PersonFile, slip payroll.Payslip, claims []Claim) []Claim {
	month, _ := f.Month(slip.Contract)
	scheme, _ := a.Of(month.Contract)
	var list []Claim
	met := map[claimKey]bool{}
	for _, c := range claims {
		met[c.key()] = true
		booked := a.booked(slip.Contract, c.key())
		list = append(list, a.correction(c, booked, Basis{Run: a.period.Run, Scheme: scheme, File: f.ClaimFile(month), Slip: slip, Claim: c.ID})...)
	}
	for _, b := range a.past.Booked {
		if b.Contract == slip.Contract && !met[b.key()] {
			list = append(list, a.correction(Claim{}, b, Basis{Run: a.period.Run})...)
		}
	}
	return list
}

func (a again) booked(contract uuid.UUID, key claimKey) Claim {
	for _, b := range a.past.Booked {
		if b.Contract == contract && b.key() == key {
			return b
		}
	}
	return Claim{}
}

// correction is a claim for the difference, none where there is none.
func (a again) correction(c, booked Claim, basis Basis) []Claim {
	d := c
	if c.ID == uuid.Nil {
		d = booked
		d.Base, d.Charges, d.Entitled, d.WageCost, d.Amount, d.VAT, d.VATCost, d.Sources = euro.Zero, euro.Zero, euro.Zero, euro.Zero, euro.Zero, euro.Zero, euro.Zero, nil
	}
	key := d.key()
	d.ID = payroll.DeriveID(fmt.Sprintf("claim/%s/%s/%s/%d/%s/%s/%s/of %s/%s/%s", a.run.Employer, a.run.Period, a.run.Kind, a.run.Sequence,
		d.Contract, key.under, key.rule, a.period.Run.Period, key.budget, key.rate))
	d.Origin = a.period.Run.Period.From
	d.Base, d.Charges, d.WageCost = d.Base.Sub(booked.Base), d.Charges.Sub(booked.Charges), d.WageCost.Sub(booked.WageCost)
	d.Entitled, d.Amount = d.Base.Add(d.Charges), d.Amount.Sub(booked.Amount)
	d.VAT, d.VATCost, d.Sources = d.VAT.Sub(booked.VAT), d.VATCost.Sub(booked.VATCost), lessShares(d.Sources, booked.Sources)
	if d.nothing() {
		return nil
	}
	if basis.Booked = booked; a.heard != nil {
		a.heard(d, basis)
	}
	return []Claim{d}
}

// nothing reports whether a correction corrects no figure.
func (c Claim) nothing() bool {
	for _, x := range []euro.Amount{c.Base, c.Charges, c.WageCost, c.Amount, c.VAT, c.VATCost} {
		if !x.IsZero() {
			return false
		}
	}
	return true
}

// lessShares are the parts of sources less what they bore before.
func lessShares(now, before []SourceShare) []SourceShare {
	list := slices.Clone(now)
	for _, b := range before {
		b.Amount = b.Amount.Neg()
		list = PlusShare(list, b)
	}
	return list
}

// PlusShare adds what a source bears.
func PlusShare(list []SourceShare, s SourceShare) []SourceShare {
	for i := range list {
		if list[i].Source == s.Source {
			list[i].Amount = list[i].Amount.Add(s.Amount)
			return list
		}
	}
	return append(list, s)
}

// OriginOf is the period that a claim is about: its own run's, or the one that it
// corrects.
func (c Claim) OriginOf(r payroll.Run) calendar.Date {
	if c.Origin.IsZero() {
		return r.Period.From
	}
	return c.Origin
}
