package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"verloning/cmd/verloning/internal/bus"
	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/payroll/statute"
)

// calcQuestions are what can be asked, by the field calc of a line.
var calcQuestions = map[string]func(bus.Body, *payroll.Trace) (any, error){
	"minimumloon":        calcQuestion(answerMinimumWage),
	"loonheffing":        calcQuestion(answerTax),
	"charges":            calcQuestion(answerCharges),
	"loonkostensubsidie": calcQuestion(answerSubsidy),
	"payslip":            calcQuestion(answerPayslip),
	"scheme":             calcQuestion(answerScheme),
}

// calcNames lists them for whoever asks for another.
var calcNames = strings.Join(slices.Sorted(maps.Keys(calcQuestions)), " ")

// calcAsked is a field that every question has.
type calcAsked struct {
	Calc string `json:"calc" validate:"required"`
}

// calcExtra is what any answer may have beside its own fields.
type calcExtra struct {
	Attention []calcNotice   `json:"attention,omitempty"`
	Steps     []payroll.Step `json:"steps,omitempty"`
}

// calcQuestion makes a question of a function that answers it: the line is read
// strictly into its fields, and whatever the door refuses is told at once.
func calcQuestion[Q any](answer func(Q, *payroll.Door, *payroll.Trace) (any, error)) func(bus.Body, *payroll.Trace) (any, error) {
	return func(body bus.Body, t *payroll.Trace) (any, error) {
		var q Q
		if err := body.Into(&q); err != nil {
			return nil, err
		}
		return answer(q, payroll.NewDoor(q), t)
	}
}

// answerCalc writes the answer to one line, and reports whether it is one and no
// error.
func answerCalc(out *bytes.Buffer, line calcLine, trace bool) bool {
	answer, err := answerLine(line, trace)
	if err != nil {
		answer = calcRefused(err)
	}
	start := out.Len()
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	if failed := encoder.Encode(answer); failed != nil { // No answer of ours can not be written.
		out.Truncate(start)
		_ = encoder.Encode(calcRefused(failed))
		return false
	}
	return err == nil
}

// answerLine finds out what a line asks and asks it.
func answerLine(line calcLine, trace bool) (any, error) {
	switch {
	case line.long:
		return nil, fault("line/too_long", "", fmt.Sprintf("Een regel is hoogstens %d bytes.", calcLongest), fmt.Sprintf("A line is at most %d bytes.", calcLongest))
	case len(bytes.TrimSpace(line.text)) == 0:
		return nil, fault("line/empty", "", "Deze regel is leeg: geef een vraag per regel.", "This line is empty: give a question a line.")
	}
	body, err := bus.Parse(line.text)
	if err != nil {
		return nil, err
	}
	name, _ := body.Text("calc")
	question, known := calcQuestions[name]
	if !known {
		return nil, fault("calc/unknown", "calc", "Kies uit: "+calcNames+".", "Choose one of: "+calcNames+".")
	}
	var t *payroll.Trace
	if trace {
		t = &payroll.Trace{}
	}
	return question(body, t)
}

// calcProblem is a problem as a line tells it: the meaning as a code, and the
// texts in English and Dutch.
type calcProblem struct {
	Code    string `json:"code"`
	Message string `json:"message"`
	Bericht string `json:"bericht"`
	Field   string `json:"field"` // empty: the line as a whole
	Article string `json:"article,omitempty"`
}

// calcError is the first problem, with all of them beside it where there are
// more: who mends a line mends it in one go.
type calcError struct {
	calcProblem
	Problems []calcProblem `json:"problems,omitempty"`
}

// calcAnswerless is the answer to a line that has none.
type calcAnswerless struct {
	Error calcError `json:"error"`
}

// calcReasons is how many problems of a line are told: the answer to an absurd
// line is not absurd itself.
const calcReasons = 200

// calcRefused tells an error. What is no refusal says that the law has no such
// figure or that the facts can not be computed with, each in words of its own.
func calcRefused(err error) calcAnswerless {
	var refusal *payroll.Refusal
	if !errors.As(err, &refusal) {
		refusal = &payroll.Refusal{Problems: []payroll.Problem{calcImpossible(err)}}
	}
	problems := make([]calcProblem, min(len(refusal.Problems), calcReasons))
	for i, p := range refusal.Problems[:len(problems)] {
		problems[i] = calcProblem{p.Type, p.Detail.EN, p.Detail.NL, p.Field, p.Article}
	}
	answer := calcAnswerless{calcError{calcProblem: problems[0]}}
	if len(problems) > 1 {
		answer.Error.Problems = problems
	}
	return answer
}

// calcAt is an error with the field that it comes from, where that is not date.
type calcAt struct {
	field string
	cause error
}

func (e *calcAt) Error() string { return e.cause.Error() }
func (e *calcAt) Unwrap() error { return e.cause }

// calcImpossible is the problem of facts for which there is no answer. A figure
// that is missing is never replaced by that of another year.
func calcImpossible(err error) payroll.Problem {
	field := "date"
	if at := (*calcAt)(nil); errors.As(err, &at) {
		field = at.field
	}
	if errors.Is(err, statute.ErrNoBirth) {
		field = "birth_date"
	}
	if errors.Is(err, statute.ErrNoFigure) {
		which := strings.TrimPrefix(err.Error(), statute.ErrNoFigure.Error()+": ")
		return payroll.Reason("figure/none", field, fmt.Sprintf("Er is geen landelijk cijfer: %s.", which), err.Error()+".")
	}
	return payroll.Reason("calc/impossible", "", fmt.Sprintf("Dit is niet te berekenen: %v.", err), err.Error()+".")
}

// calcDoubts are the figures that were used and are not confirmed for the day.
func calcDoubts(on calendar.Date, figures ...statute.Figure) []calcNotice {
	var found []payroll.Exception
	for _, f := range figures {
		if e, doubtful := payroll.Doubtful(f, on); doubtful {
			found = append(found, e)
		}
	}
	return calcAttention(found)
}

// calcNotice is what somebody would have to accept by name before a run is
// approved: an answer has it beside its amounts.
type calcNotice struct {
	Code    string `json:"code"`
	Message string `json:"message"`
	Bericht string `json:"bericht"`
	Subject string `json:"subject"` // the name of a figure, or what else it is about
	Article string `json:"article,omitempty"`
}

// calcAttention tells each exception once.
func calcAttention(found []payroll.Exception) []calcNotice {
	var told []calcNotice
	for _, e := range found {
		n := calcNotice{string(e.Kind), e.Detail.EN, e.Detail.NL, e.Subject, e.Article}
		if !slices.Contains(told, n) {
			told = append(told, n)
		}
	}
	return told
}

// calcSteps are the steps of a trace, if somebody listened.
func calcSteps(t *payroll.Trace) []payroll.Step {
	if t == nil {
		return nil
	}
	return t.Steps
}

// calcBirth reads a day of birth, which does not lie after the day of the
// question.
func calcBirth(door *payroll.Door, text string, on calendar.Date) calendar.Date {
	birth := door.Date("birth_date", text)
	if !on.IsZero() && birth.After(on) {
		door.Refuse(payroll.Reason("birth_date/out_of_range", "birth_date", "Deze geboortedatum ligt na de dag waarvoor wordt gerekend.", "This birth date lies after the day that is computed for."))
	}
	return birth
}
