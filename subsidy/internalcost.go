package subsidy

// HoursSheet is the document of an internal cost: the account of the hours that
// the municipality's own people made.
const HoursSheet = "hours"

// checkInternal refuses what goes with a payee, whom an internal cost has not.
func (r PayRule) checkInternal(l *faultList, path string) {
	if r.Payee != "" {
		l.fault(below(path, "payee"), "interne kosten worden aan niemand betaald; haal payee weg", "an internal cost is paid to nobody; take payee away")
	}
	if r.Trigger != "" {
		l.fault(below(path, "trigger"), "interne kosten worden geboekt als ze gemaakt zijn; haal trigger weg", "an internal cost is booked when it is made; take trigger away")
	}
	if r.VAT != nil {
		l.fault(below(path, "vat"), "over interne kosten is geen btw verschuldigd; haal vat weg", "an internal cost carries no VAT; take vat away")
	}
	if r.Cap != "" {
		l.fault(below(path, "cap"), "interne kosten hebben geen maximum; haal cap weg", "an internal cost has no cap; take cap away")
	}
	if r.Amount.Hourly == nil && len(r.Amount.forms()) == 1 {
		l.fault(below(path, "amount"), "interne kosten zijn een prijs per uur (hourly), of een opgegeven bedrag (hourly: {})",
			"an internal cost is a price an hour (hourly), or an amount that is stated (hourly: {})")
	}
}
