package ledger

// Name is what an account is called, in Dutch with English beside it.
type Name struct{ NL, EN string }

// names are those of RGS where the code is of RGS.
var names = map[Account]Name{
	Wages:                   {"Lonen", "Wages"},
	HolidayAllowance:        {"Vakantiebijslag", "Holiday allowance"},
	WageSubsidy:             {"Ontvangen loonkostensubsidies", "Wage cost subsidies"},
	NetWagesPayable:         {"Netto lonen", "Net wages payable"},
	HolidayAllowancePayable: {"Te betalen vakantiebijslag", "Holiday allowance payable"},
	SubsidyReceivable:       {"Overlopende activa: te ontvangen subsidie", "Accrued assets: subsidy receivable"},
	SubsidyRepayable:        {"Overlopende passiva: terug te betalen subsidie", "Accrued liabilities: subsidy repayable"},
	Turnover:                {"Netto-omzet", "Turnover"},
	Debtors:                 {"Handelsdebiteuren", "Trade debtors"},
	VATPayable:              {"Te betalen omzetbelasting", "VAT payable"},
	Bank:                    {"Rekening-courant bank", "Bank"},
	LeavePaidOut:            {"Vakantiedagen", "Leave paid out"},
	TransitionPayments:      {"Ontslaguitkeringen", "Transition payments"},
	SocialCharges:           {"Sociale lasten", "Social charges"},
	PensionCost:             {"Pensioenpremie", "Pension premium"},
	TaxPayable:              {"Te betalen loonheffingen", "Payroll taxes payable"},
	PensionPayable:          {"Te betalen pensioenpremie", "Pension premium payable"},
	GarnishmentPayable:      {"Te betalen loonbeslagen", "Garnishments payable"},
	StaffReceivable:         {"Vorderingen op personeel", "Receivable from staff"},

	ReturnRounding: {"Overige algemene kosten: afronding loonaangifte", "Other general cost: rounding of wage tax returns"},

	SubsidyCost:        {"Subsidielasten", "Subsidy cost"},
	SubsidyPayable:     {"Te betalen subsidies", "Subsidies payable"},
	SubsidyReclaimable: {"Terug te vorderen subsidies", "Subsidies to claim back"},
	FeeCost:            {"Lasten trajecten", "Cost of trajectories"},
	FeePayable:         {"Crediteuren trajecten", "Payable for trajectories"},
	FeeReceivable:      {"Te vorderen van uitvoerders", "Receivable from providers"},
	PremiumCost:        {"Premielasten", "Cost of premiums"},
	PremiumPayable:     {"Te betalen premies", "Premiums payable"},
	VATCompensable:     {"Compensabele btw", "Compensable VAT"},
	MunicipalBank:      {"Bank gemeente", "Bank of the municipality"},
	InternalCost:       {"Uitvoeringskosten", "Cost of own people"},
	InternalHours:      {"Doorbelaste uren", "Hours charged on"},
}

// Name is what the account is called; one without a name is called by its code.
func (a Account) Name() Name {
	if n, known := names[a]; known {
		return n
	}
	return Name{string(a), string(a)}
}
