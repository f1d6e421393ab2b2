package main

import (
	"context"
	"fmt"

	"verloning/cmd/verloning/internal/postgres"
	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
	"verloning/subsidy"
)

// questionsAsked asks for the register of open questions, and for what each
// answer would make of a contract's subsidy in a run.
type questionsAsked struct {
	Run      string `json:"run,omitempty" validate:"omitempty,uuid"`
	Contract string `json:"contract,omitempty" validate:"omitempty,number"`
}

type questionsListed struct {
	Chosen    *euro.Amount   `json:"entitled,omitempty"` // by what was chosen, where a contract was named
	Questions []questionSeen `json:"questions"`
}

type questionSeen struct {
	Question string        `json:"question"`
	Asks     payroll.Text  `json:"asks"`
	Choice   payroll.Text  `json:"choice"`
	Chosen   calendar.Date `json:"chosen"`
	Source   string        `json:"source"`
	Answers  []answerSeen  `json:"alternatives"`
}

type answerSeen struct {
	Says     payroll.Text `json:"says"`
	Entitled *euro.Amount `json:"entitled,omitempty"`
	Effect   *euro.Amount `json:"effect,omitempty"` // in euros, on the contract's month
}

// questions lists where law or figure is disputed or not confirmed. With a run
// and a contract it computes that contract's loonkostensubsidie by each answer.
func (s *service) questions(ctx context.Context, tx *postgres.Tx, a payroll.Actor, q questionsAsked) (questionsListed, error) {
	door := payroll.NewDoor(q)
	if (q.Run == "") != (q.Contract == "") {
		door.Refuse(payroll.Reason("field/required", "contract", "Noem een run en een contract, of geen van beide.", "Name a run and a contract, or neither."))
	}
	if err := door.Err(); err != nil {
		return questionsListed{}, err
	}
	under := func(subsidy.Reading) (*euro.Amount, error) { return nil, nil }
	if q.Run != "" {
		var err error
		if under, err = s.reader(ctx, tx, a, explainAsked{Run: q.Run, Contract: q.Contract}); err != nil {
			return questionsListed{}, err
		}
	}
	return answers(under)
}

// answers goes through the register with what computes a contract by a reading.
func answers(under func(subsidy.Reading) (*euro.Amount, error)) (questionsListed, error) {
	chosen, err := under(subsidy.Reading{})
	if err != nil {
		return questionsListed{}, err
	}
	out := questionsListed{Chosen: chosen}
	for _, q := range subsidy.Questions() {
		seen := questionSeen{Question: q.ID, Asks: q.Asks, Choice: q.Choice, Chosen: q.Chosen, Source: q.Source}
		for _, alternative := range q.Answers {
			entitled, err := under(alternative.Reading)
			if err != nil {
				return questionsListed{}, err
			}
			answer := answerSeen{Says: alternative.Says, Entitled: entitled}
			if entitled != nil {
				effect := entitled.Sub(*chosen)
				answer.Effect = &effect
			}
			seen.Answers = append(seen.Answers, answer)
		}
		out.Questions = append(out.Questions, seen)
	}
	return out, nil
}

// reader computes one contract of a run's newest calculation by any reading.
func (s *service) reader(ctx context.Context, tx *postgres.Tx, a payroll.Actor, q explainAsked) (func(subsidy.Reading) (*euro.Amount, error), error) {
	x, c, files, err := s.recall(ctx, tx, a, q)
	if err != nil {
		return nil, err
	}
	book, err := s.desk.Books.At(ctx, tx, c.Cutoff)
	if err != nil {
		return nil, err
	}
	for _, f := range files {
		slips, _, err := payroll.NewPayslips(x.Run, f.Dossier, nil)
		if err != nil {
			return nil, fmt.Errorf("questions about contract %s: %w", x.Contract, err)
		}
		for _, slip := range slips {
			month, _ := f.Month(slip.Contract)
			scheme, known := book.Of(month.Contract)
			if slip.ContractNumber != x.Contract || !known {
				continue
			}
			return func(reading subsidy.Reading) (*euro.Amount, error) {
				amount, err := subsidy.Under(reading, x.Run, scheme, f.ClaimFile(month), slip)
				return &amount, err
			}, nil
		}
	}
	return nil, payroll.Refuse(payroll.NotFound, payroll.Unknown("contract", "contract", q.Contract))
}
