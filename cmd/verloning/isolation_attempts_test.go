package main

import (
	"maps"

	"github.com/google/uuid"
)

// attempts are, for every endpoint, requests that name what is A's.
func (v victim) attempts() map[string][]map[string]any {
	run, approved := v.ids["run"], v.ids["approved"]
	named := func(key string) []map[string]any { return []map[string]any{{key: run}, {key: approved}} }
	terms := map[string]any{"number": "C-1", "valid_from": "2026-10-01", "hours_per_week": "1", "full_time_hours": "40"}
	attempts := map[string][]map[string]any{
		"org.register":    {{"code": v.e, "name": "x", "roles": []string{"employer"}, "iban": "NL91ABNA0417164300"}},
		"org.list":        {{}},
		"org.amend":       {}, // It names nothing of anybody's; B's own account is B's.
		"user.add":        {{"organisation": v.e, "name": "x", "roles": []string{"approve"}}},
		"person.register": {{"number": "P-B", "bsn": bsnOf(1), "name": "Piet", "birth_date": "1990-01-01", "iban": "NL44RABO0123456789"}},
		"person.amend":    {{"number": "P-1", "iban": "NL91ABNA0417164300"}, {"number": "P-1", "bsn": bsnOf(1)}, {"number": "P-1", "bsn": bsnOf(8)}},
		// An employer's own settings name nothing of anybody's; B may record them, for B.
		"employer.record":    {{"valid_from": "2026-01-01", "aof": "low"}},
		"employer.choose":    {{"year": 2026, "method": "over"}},
		"employer.show":      {{}},
		"pension.record":     {{"valid_from": "2026-01-01", "name": "x", "franchise": "0", "employee_percentage": "0", "employer_percentage": "0"}},
		"annualwage.record":  {{"person": "P-1", "year": 2025, "amount": "1", "source": "x"}},
		"opening.record":     {{"contract": "C-1", "until": "2026-08-31", "holiday_accrued": "1", "leave_hours": "1"}},
		"garnishment.record": {{"person": "P-1", "reference": "BESLAG-1", "creditor_name": "x", "creditor_iban": "NL02ABNA0123456789", "protected": "0", "valid_from": "2026-10-01"}},
		"garnishment.list":   {{}, {"person": "P-1"}},
		"receivable.record":  {{"person": "P-1", "reference": "VORDERING-1", "cause": "x", "amount": "1000", "per_period": "1000", "protected": "0", "from": "2026-10-01"}},
		"receivable.list":    {{}, {"person": "P-1"}},
		"contract.register": {{"number": "C-7", "person": "P-1", "scheme": "loonkostensubsidie", "start": "2026-07-01", "open_ended": true,
			"hours_per_week": "32", "full_time_hours": "40"}},
		"contract.amend":    {terms},
		"contract.extend":   {{"number": "C-1", "end": "2030-01-01"}},
		"contract.end":      {{"number": "C-1", "end": "2026-10-01", "reason": "x"}},
		"contract.list":     {{}, {"limit": 1000}},
		"placement.record":  {{"contract": "C-1", "inlener": v.e, "from": "2026-10-01", "price": "20"}},
		"decision.record":   {v.decision(1), {"number": "D-9", "employer": v.e, "contract": "C-1", "granted": "2026-07-01", "from": "2026-07-01", "hours_per_week": "32", "budget": "BUIG"}},
		"decision.list":     {{}},
		"loonwaarde.record": {{"employer": v.e, "contract": "C-1", "valid_from": "2026-10-01", "percent": 0, "includes_holiday_allowance": true, "measured_by": "x"}},
		"hours.submit": {{"submission": uuid.NewString(), "lines": lines("C-1", "8.00", "2026-10-02")},
			{"submission": uuid.NewString(), "lines": []any{map[string]any{"employer": v.e, "contract": "C-1", "day": "2026-10-02", "kind": "worked", "hours": "8.00"}}}},
		"hours.status":       {{"submission": v.ids["submission"]}},
		"period.lock":        {{"periods": []string{"2026-10"}, "contracts": []string{"C-1"}, "reason": "x"}}, // Without contracts it is of B's own.
		"period.reopen":      {{"periods": []string{"2026-08"}, "reason": "x"}, {"periods": []string{"2026-08"}, "contracts": []string{"C-1"}, "reason": "x"}},
		"period.list":        {{}, {"period": "2026-08"}},
		"return.make":        {{"period": "2026-09"}},
		"return.show":        {{"period": "2026-09"}, {"period": "2026-09", "sequence": 1}},
		"return.lines":       {{"period": "2026-09"}},
		"return.year":        {{"year": 2026}},
		"remittance.record":  {}, // It names nothing of anybody's; B may record its own.
		"remittance.order":   {{"kind": "tax", "period": "2026-09", "reference": "1234567890123456"}},
		"remittance.approve": {{"remittance": v.ids["remittance"], "hash": v.ids["remittancehash"]}},
		"remittance.list":    {{}},
		"run.open":           {}, // It names nothing of anybody's; see the test of forged fields.
		"run.calculate":      named("run"),
		"run.exceptions":     named("run"),
		"run.accept":         {{"run": run, "exceptions": []string{v.ids["exception"]}, "reason": "x"}},
		"run.approve":        {{"run": run, "calculation": 1, "hash": v.ids["hash"]}, {"run": approved, "calculation": 1, "hash": v.ids["hash"]}},
		"run.close":          named("run"),
		"run.all":            {{"period": "2026-10", "pay_date": "2026-10-30"}},
		"run.reopen":         {{"run": run, "reason": "x"}, {"run": approved, "reason": "x"}},
		"run.compare":        named("run"),
		"run.preview":        {{"period": "2026-10", "contract": "C-1"}},
		"run.repair":         {{"run": run, "person": "P-1", "period": "2026-08", "reason": "x"}, {"run": approved, "person": "P-1", "period": "2026-08", "reason": "x", "undo": true}},
		"run.reverse":        {{"run": run, "reason": "x"}, {"run": approved, "reason": "x"}, {"run": approved, "contract": "C-1", "reason": "x"}},
		"receivable.refund":  {{"person": "P-1", "reference": "VORDERING-1", "amount": "1", "day": "2026-10-01", "statement": "x"}},
		"run.missing":        {{"period": "2026-10"}},
		"claim.settle":       {{"claims": []string{v.ids["claim"]}, "day": "2026-10-01", "reference": "x"}, {"all": true, "period": "2026-09", "employer": v.e, "day": "2026-10-01", "reference": "x"}},
		"budget.record":      {}, // It names nothing of anybody's.
		"budget.list":        {{}},
		"budget.underuse":    {{}, {"year": 2026}},
		"cost.record": {{"scheme": "oss-bonusbaan", "rule": "jobcoach", "day": "2007-10-01", "hours": "1", "reference": "U-9", "employer": v.e, "contract": "C-1"},
			{"scheme": "oss-bonusbaan", "rule": "jobcoach", "day": "2007-10-01", "hours": "1", "reference": "U-9", "employer": "BETA", "contract": "C-1"}},
		"cost.list":     {{}},
		"cost.approve":  {{"cost": v.ids["cost"], "hash": v.ids["costhash"]}},
		"run.show":      named("run"),
		"run.list":      {{}},
		"claim.list":    {{}, {"employer": v.e}, {"employer": v.e, "period": "2026-09", "status": "raised"}},
		"claim.grant":   {{"employer": v.e, "period": "2026-09", "all": true}, {"employer": v.e, "period": "2026-09", "claims": []any{map[string]any{"claim": v.ids["claim"], "verdict": "granted"}}}},
		"claim.approve": {{"batch": v.ids["batch"], "hash": v.ids["batchhash"]}},
		"payslip.show":  {{"run": run, "contract": "C-1"}, {"run": approved, "contract": "C-1"}},
		"payslip.pdf":   {{"run": run, "contract": "C-1"}, {"run": approved, "contract": "C-1"}},
		"payslip.list":  named("run"),

		"letterhead.record":  {{"organisation": v.e, "street": "x", "place": "x"}},
		"invoice.issue":      {{"period": "2026-09"}, {"period": "2026-10"}},
		"invoice.credit":     {{"number": 1, "reason": "x"}},
		"invoice.list":       {{}},
		"invoice.pdf":        {{"number": 1, "employer": v.e}},
		"claim.pdf":          {{"period": "2026-09"}, {"period": "2026-09", "other": v.e}},
		"fee.pdf":            {{"period": "2026-09"}, {"period": "2026-10", "other": v.m}},
		"ageing.show":        {{}},
		"ageing.pdf":         {{}},
		"yearstatement.list": {{"year": 2026}, {"year": 2026, "person": "P-1"}},
		"yearstatement.pdf":  {{"year": 2026, "person": "P-1"}},
		"payment.list":       {{}, {"run": approved}},
		"ledger.balances":    {{}},
		"ledger.journal":     {{"period": "2026-09"}},
		"ledger.verify":      {{}},
		"ledger.ties":        {{"period": "2026-09"}},
		"ledger.audit":       {{"organisation": v.e}},
		"explain.amount":     {{"id": v.ids["claim"]}, {"id": v.ids["payment"]}, {"run": approved, "contract": "C-1"}, {"run": run, "contract": "C-1"}},
		"law.questions":      {{}, {"run": run, "contract": "C-1"}, {"run": approved, "contract": "C-1"}},
		"scheme.list":        {{}, {"municipality": v.m}},
		"scheme.show":        {{"scheme": "loonkostensubsidie"}, {"scheme": "alfa-eigen"}, {"scheme": "alfa-eigen", "municipality": v.m}},
		"scheme.add":         {}, // It names nothing of anybody's, and what B adds holds for contracts that name B.
		"scheme.check":       {{"text": "scheme: x"}},
		"worklist.show":      {{}, {"period": "2026-07", "months": 24, "limit": 1000}},
		"asyncapi.show":      {{}},
		"events.held":        {{}},
		"events.release":     {{"reason": "zomaar"}},
		"events.replay":      {{"organisation": v.e, "since": "2026-01-01"}},
	}
	maps.Copy(attempts, v.trajectoryAttempts())
	maps.Copy(attempts, v.bankAttempts())
	maps.Copy(attempts, v.reconcileAttempts())
	return attempts
}
