package subsidy

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"verloning/payroll"
	"verloning/payroll/euro"
)

// OverLimit is the exception of a claim that would bring what a rule pays for one
// person above the most that the scheme allows.
const OverLimit payroll.ExceptionKind = "claim/over_limit"

// Claimed is what one rule has claimed for a person on one contract, with whatever
// employer, on one municipality.
type Claimed struct {
	Person       uuid.UUID
	Contract     uuid.UUID
	Scheme       string
	Municipality uuid.UUID
	Rule         string
	Amount       euro.Amount // without VAT
}

// limited reports whether the scheme has a most for one person that the run of an
// employer looks at.
func (s Scheme) limited() bool {
	return slices.ContainsFunc(s.Versions, func(v Version) bool {
		return slices.ContainsFunc(v.Pay, func(r PayRule) bool { return r.Limit != nil && r.ForContract() })
	})
}

// Load reads the files of a shard. What was claimed for the same persons on other
// contracts is read where a scheme of theirs asks for it, and not otherwise.
func (b *Book) Load(ctx context.Context, tx Tx, r payroll.Run, c payroll.Calculation, s payroll.Shard) ([]PersonFile, error) {
	files, err := tx.LoadShard(ctx, r, c, s)
	if err != nil {
		return nil, err
	}
	var schemes []string
	for _, f := range files {
		for _, m := range f.Contracts {
			if scheme, known := b.Of(m.Contract); known && scheme.limited() && !slices.Contains(schemes, scheme.ID) {
				schemes = append(schemes, scheme.ID)
			}
		}
	}
	if len(schemes) == 0 {
		return files, nil
	}
	claimed, err := tx.ClaimedForPersons(ctx, r, c, s, schemes)
	if err != nil {
		return nil, err
	}
	byPerson := map[uuid.UUID][]Claimed{}
	for _, one := range claimed {
		byPerson[one.Person] = append(byPerson[one.Person], one)
	}
	for _, f := range files {
		f.elsewhere(byPerson[f.Employment.Person])
		f.elsewhereBefore(byPerson[f.Employment.Person])
	}
	return files, nil
}

// elsewhere tells each contract of the person what was claimed on the others under
// the same scheme.
func (f PersonFile) elsewhere(claimed []Claimed) {
	for _, m := range f.Contracts {
		file, known := f.Claims[m.Contract.ID]
		if !known {
			continue
		}
		for _, one := range claimed {
			if one.Contract != m.Contract.ID && one.Scheme == m.Contract.Scheme {
				file.Elsewhere = append(file.Elsewhere, one)
			}
		}
		f.Claims[m.Contract.ID] = file
	}
}

// elsewhereBefore tells past periods of the person what was claimed on contracts
// with others: those with this employer are computed anew beside each other.
func (f PersonFile) elsewhereBefore(claimed []Claimed) {
	for _, p := range f.Past {
		others := slices.DeleteFunc(slices.Clone(claimed), func(one Claimed) bool {
			_, own := p.Claims[one.Contract]
			return own
		})
		PersonFile{Dossier: p.File, Claims: p.Claims}.elsewhere(others)
	}
}

// Claimed tells the person's other contracts of the run what was claimed on one of
// them, so that they share what a scheme allows for the person. Contracts are
// computed in their order.
func (f PersonFile) Claimed(claims []Claim) {
	if len(f.Contracts) < 2 {
		return
	}
	var list []Claimed
	for _, c := range claims {
		if c.Decision != uuid.Nil && !c.Amount.IsZero() {
			list = append(list, Claimed{Person: f.Employment.Person, Contract: c.Contract, Scheme: c.Scheme, Municipality: c.Payer, Rule: c.Rule, Amount: c.Amount})
		}
	}
	f.elsewhere(list)
}

// room is what the rule may still have paid for the person in all on this decision:
// the most, less what it claimed under other decisions of the municipality, on this
// contract and on others.
func (m month) room(j job) (euro.Amount, bool) {
	if j.rule.Limit == nil {
		return euro.Zero, false
	}
	left := j.rule.Limit.Value.Cents()
	for _, one := range m.file.Elsewhere {
		if one.Municipality == j.decision.Municipality && one.Rule == j.rule.ID {
			left = left.Sub(one.Amount)
		}
	}
	for _, h := range m.file.History {
		same := slices.ContainsFunc(m.file.Decisions, func(d Decision) bool { return d.ID == h.Decision && d.Municipality == j.decision.Municipality })
		if same && h.Decision != j.decision.ID && h.Rule == j.rule.ID {
			left = left.Sub(h.Amount)
		}
	}
	for _, c := range m.claims {
		if c.Decision != uuid.Nil && c.Decision != j.decision.ID && c.Payer == j.decision.Municipality && c.Rule == j.rule.ID {
			left = left.Sub(c.Amount)
		}
	}
	return left, true
}

// overLimit says what of the period's entitlement is beyond the most for a person.
func (m month) overLimit(c Claim, over euro.Amount) []payroll.Exception {
	if over = over.Min(c.Entitled); over.Sign() <= 0 {
		return nil
	}
	return []payroll.Exception{{Kind: OverLimit, Subject: c.ContractNumber, Detail: payroll.Text{
		NL: fmt.Sprintf("Besluit %s: %s gaat boven het maximum per persoon van de regeling en wordt niet gedeclareerd.", c.DecisionNumber, over),
		EN: fmt.Sprintf("Decision %s: %s exceeds the most for one person under the scheme and is not claimed.", c.DecisionNumber, over)}}}
}
