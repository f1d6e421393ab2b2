package subsidy

import (
	"fmt"
	"slices"

	"github.com/google/uuid"

	"verloning/payroll"
)

// PersonMonth is what a run comes to for one person: payslips, the claims on them,
// and what earlier periods come to now.
type PersonMonth struct {
	Slips       []payroll.Payslip
	Claims      []Claim // of each payslip, in its order
	Corrections []payroll.Correction
	Found       []payroll.Exception
}

// Basis is what a claim was computed from. Of a correction it is the period that
// it corrects, and what was claimed for that before.
type Basis struct {
	Run    payroll.Run
	Scheme Scheme
	File   File
	Slip   payroll.Payslip
	Claim  uuid.UUID // as the period computes it
	Booked Claim     // of a correction: what was claimed before; its amounts are nil of nothing
}

// Month computes a person's month, and with it anew what earlier periods come to
// by what is known now. The claims rest on payslips without corrections, as if all
// had been known in time; what is withheld and paid follows the day of payment. A
// trace says how the payslips came about; heard, where it is not nil, is told what
// each claim rests on.
func (b *Book) Month(r payroll.Run, f PersonFile, t *payroll.Trace, heard func(Claim, Basis)) (PersonMonth, error) {
	var m PersonMonth
	past, err := b.replay(r, f.Past, t, heard)
	if err != nil {
		return PersonMonth{}, err
	}
	now := f.corrected(past)
	if m.Slips, m.Found, err = payroll.NewPayslips(r, now.Dossier, t); err != nil {
		return PersonMonth{}, err
	}
	m.Corrections = past.corrections
	payroll.Unattributed(m.Corrections, m.Slips)
	bases, err := inTime(r, now.Dossier, m.Slips)
	if err != nil {
		return PersonMonth{}, err
	}
	for _, slip := range m.Slips {
		m.Claims = append(m.Claims, past.claims[slip.Contract]...)
		basis, earned := bases[slip.Contract]
		if !earned {
			continue
		}
		claims, found := b.Claims(r, now, basis, nil)
		now.Claimed(claims)
		m.Claims, m.Found = append(m.Claims, claims...), append(m.Found, found...)
		b.tell(heard, r, now, basis, claims)
	}
	m.Found = append(m.Found, past.found...)
	if f.Early {
		m.Found = append(m.Found, payroll.TooEarly(f.Employment.Number, r.CorrectsFrom()))
	}
	return m, nil
}

// tell says what the claims on a payslip rest on.
func (b *Book) tell(heard func(Claim, Basis), r payroll.Run, f PersonFile, slip payroll.Payslip, claims []Claim) {
	if heard == nil {
		return
	}
	month, _ := f.Month(slip.Contract)
	scheme, _ := b.Of(month.Contract)
	for _, c := range claims {
		heard(c, Basis{Run: r, Scheme: scheme, File: f.ClaimFile(month), Slip: slip, Claim: c.ID})
	}
}

// inTime are the payslips that claims rest on, by contract: those without the
// corrections of earlier periods.
func inTime(r payroll.Run, d payroll.Dossier, slips []payroll.Payslip) (map[uuid.UUID]payroll.Payslip, error) {
	if len(d.Corrections) > 0 {
		d.Corrections, d.Garnishments, d.Receivables = nil, nil, nil
		var err error
		if slips, _, err = payroll.NewPayslips(r, d, nil); err != nil {
			return nil, err
		}
	}
	list := make(map[uuid.UUID]payroll.Payslip, len(slips))
	for _, s := range slips {
		list[s.Contract] = s
	}
	return list, nil
}

// corrected is the file with what earlier periods come to now.
func (f PersonFile) corrected(past replayed) PersonFile {
	if len(f.Past) == 0 {
		return f
	}
	f.Dossier = f.Dossier.Corrected(past.periods)
	for i, c := range f.Corrections {
		f.Corrections[i].Claimed = len(past.claims[c.Contract.ID]) > 0
	}
	claims := make(map[uuid.UUID]File, len(f.Claims))
	for contract, file := range f.Claims {
		file.History = slices.Clone(file.History)
		for _, c := range past.claims[contract] {
			if c.Decision != uuid.Nil {
				file.History = c.after(file.History)
			}
		}
		claims[contract] = file
	}
	f.Claims = claims
	return f
}

// Explain says how a claim came about. Of a correction it says how the period comes
// to what it comes to now, and what was claimed for it before.
func (b Basis) Explain(c Claim) ([]payroll.Step, error) {
	trace := &payroll.Trace{}
	if b.Claim != uuid.Nil {
		if _, _, err := ExplainClaim(b.Run, b.Scheme, b.File, b.Slip, trace, b.Claim); err != nil {
			return nil, err
		}
	}
	if !c.Origin.IsZero() {
		trace.Add(func() payroll.Step {
			return payroll.Step{
				What:    payroll.Text{NL: fmt.Sprintf("correctie van %s: herrekend min eerder gedeclareerd", b.Run.Period), EN: fmt.Sprintf("correction of %s: recomputed less claimed before", b.Run.Period)},
				Formula: fmt.Sprintf("%s − %s", c.Amount.Add(b.Booked.Amount), b.Booked.Amount), Result: c.Amount.String(),
			}
		})
	}
	return trace.Steps, nil
}
