package bus

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"verloning/payroll"
)

func TestProblemOf(t *testing.T) {
	reason := payroll.Reason("hours/out_of_range", "hours", "Te veel uren.", "Too many hours.")
	refuse := func(meaning payroll.Meaning, problems ...payroll.Problem) error {
		return fmt.Errorf("wrapped: %w", payroll.Refuse(meaning, problems...))
	}
	for name, test := range map[string]struct {
		err     error
		status  int
		kind    string
		detail  string
		reasons int
	}{
		"invalid":          {refuse(payroll.Invalid, reason), 400, "invalid", "Too many hours.", 1},
		"two reasons":      {refuse(payroll.Invalid, reason, reason), 400, "invalid", "The request is not right; the reasons are listed.", 2},
		"forbidden":        {refuse(payroll.Forbidden, reason), 403, "forbidden", "Too many hours.", 1},
		"not found":        {refuse(payroll.NotFound, reason), 404, "not_found", "Too many hours.", 1},
		"conflict":         {refuse(payroll.Conflict, reason), 409, "conflict", "Too many hours.", 1},
		"too large":        {refuse(payroll.TooLarge, reason), 413, "too_large", "Too many hours.", 1},
		"unavailable":      {refuse(payroll.Unavailable, reason), 503, "unavailable", "Too many hours.", 1},
		"no reasons":       {&payroll.Refusal{Meaning: payroll.NotFound}, 404, "not_found", "It is not known to this organisation.", 0},
		"unknown meaning":  {refuse("made_up", reason), 500, "internal", statuses[internal].detail.EN, 0},
		"claims internal":  {refuse(internal, reason), 500, "internal", statuses[internal].detail.EN, 0},
		"anything":         {errors.New("password=secret"), 500, "internal", statuses[internal].detail.EN, 0},
		"out of time":      {fmt.Errorf("query: %w", context.DeadlineExceeded), 503, "unavailable", statuses[payroll.Unavailable].detail.EN, 0},
		"stopped":          {context.Canceled, 503, "unavailable", statuses[payroll.Unavailable].detail.EN, 0},
		"refused too late": {errors.Join(context.Canceled, refuse(payroll.Conflict, reason)), 409, "conflict", "Too many hours.", 1},
	} {
		t.Run(name, func(t *testing.T) {
			got := problemOf(test.err)
			if got.Status != test.status || got.Type != test.kind || got.Detail.EN != test.detail || len(got.Problems) != test.reasons {
				t.Errorf("got %+v", got)
			}
			if got.Title.NL == "" || got.Title.EN == "" || got.Detail.NL == "" {
				t.Errorf("a text misses: %+v", got)
			}
			body, err := json.Marshal(got)
			if err != nil || strings.Contains(string(body), "secret") {
				t.Errorf("on the wire: %s (%v)", body, err)
			}
		})
	}
}

func TestEveryMeaningHasAStatus(t *testing.T) {
	for _, meaning := range []payroll.Meaning{payroll.Invalid, payroll.Forbidden, payroll.NotFound,
		payroll.Conflict, payroll.TooLarge, payroll.Unavailable} {
		if _, ok := statuses[meaning]; !ok {
			t.Errorf("%s has none", meaning)
		}
	}
	codes := map[int]payroll.Meaning{}
	for meaning, row := range statuses {
		if other, taken := codes[row.code]; taken {
			t.Errorf("%s and %s are both %d", meaning, other, row.code)
		}
		codes[row.code] = meaning
	}
}

func TestProblemReadsAsASentence(t *testing.T) {
	problem := problemOf(payroll.Refuse(payroll.Invalid,
		payroll.Reason("hours/out_of_range", "hours", "Te veel uren.", "Too many hours.").At(3)))
	if got, want := problem.Error(), "400 invalid: Too many hours. [line 3: hours/out_of_range (hours)]"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	problem = &Problem{Type: "timeout", Status: 504, Detail: payroll.Text{EN: "Late."}, cause: context.DeadlineExceeded}
	if got, want := problem.Error(), "504 timeout: Late.: context deadline exceeded"; got != want || !errors.Is(problem, context.DeadlineExceeded) {
		t.Errorf("got %q, want %q", got, want)
	}
}
