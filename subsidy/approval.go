package subsidy

import (
	"fmt"

	"github.com/google/uuid"

	"verloning/payroll"
)

// ofMunicipality refuses a request that is not well formed, or that no municipality
// makes, with every reason.
func ofMunicipality(req any, a payroll.Actor) error {
	door := payroll.NewDoor(req)
	onlyMunicipality(door, a)
	return door.Err()
}

// approval is what a second person approves once, by its hash.
type approval struct {
	noun     string       // of the field and of the reasons
	this     payroll.Text // "deze boeking"
	makes    payroll.Text // "boekt"
	approved bool
	hash     string
	maker    uuid.UUID
}

// refused are the reasons why somebody may not approve it by a hash.
func (p approval) refused(a payroll.Actor, hash string) []payroll.Problem {
	var problems []payroll.Problem
	if p.approved {
		problems = append(problems, payroll.Reason(p.noun+"/approved", p.noun, fmt.Sprintf("Al goedgekeurd: %s.", p.this.NL), fmt.Sprintf("Approved already: %s.", p.this.EN)))
	}
	if p.hash != hash {
		problems = append(problems, payroll.Reason(p.noun+"/other_hash", "hash", fmt.Sprintf("De hash hoort niet bij %s.", p.this.NL), fmt.Sprintf("The hash is not of %s.", p.this.EN)))
	}
	if p.maker == a.User {
		problems = append(problems, payroll.Reason(p.noun+"/four_eyes", "",
			fmt.Sprintf("Wie %s, keurt niet goed: een tweede persoon doet dat.", p.makes.NL), fmt.Sprintf("Who %s does not approve: a second person does.", p.makes.EN)))
	}
	return problems
}
