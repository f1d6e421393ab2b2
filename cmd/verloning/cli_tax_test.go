package main

import (
	"strings"
	"testing"
)

// The worked examples of the wage tax, as a clerk would look them up.
func TestLawTax(t *testing.T) {
	for _, c := range []struct {
		args string
		want []string
	}{
		{"--wage 4000 --paid 2026-06-25 --birth 1990-01-01 --korting", []string{`"tax": "818.67"`, `"arbeidskorting": "461.00"`, `"net": "3181.33"`, `"tariff": "table"`, `"doubts": []`}},
		{"--wage 2294.40 --paid 2026-01-25 --birth 1990-01-01 --korting", []string{`"tax": "114.92"`}},
		{"--wage 3240 --paid 2026-06-25 --birth 1950-01-01", []string{`"tax": "578.33"`}},
		{"--wage 1234.56 --paid 2026-05-25 --birth 1990-01-01 --annual 60000", []string{`"tariff": "special"`}},
	} {
		stdout, _, err := cliRun(t, nil, append([]string{"--json", "law", "tax"}, strings.Fields(c.args)...)...)
		for _, want := range c.want {
			if err != nil || !strings.Contains(stdout, want) {
				t.Errorf("%s: %s, %v; want %s", c.args, stdout, err, want)
			}
		}
	}
	for _, refused := range []string{
		"--wage 4000 --paid 2007-04-30 --birth 1960-01-01", "--wage 4000 --paid 2027-01-31 --birth 1990-01-01",
		"--wage lots --paid 2026-01-31 --birth 1990-01-01", "--wage 4000 --paid 2026-02-30 --birth 1990-01-01",
	} {
		if stdout, _, err := cliRun(t, nil, append([]string{"law", "tax"}, strings.Fields(refused)...)...); err == nil {
			t.Errorf("%s gives %s", refused, stdout)
		}
	}
}
