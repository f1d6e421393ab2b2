package statute

import "verloning/payroll/calendar"

// vat is the general rate of the omzetbelasting. Fees and hire of staff are
// supplies that it is due on; subsidies are not.
var vat = history("vat.general", "Wet OB 1968 art. 9 lid 1",
	dated{"1992-10-01", "17.5", Medium,
		"statute README: 17.5 until 2000-12-31; the first day is from memory"},
	dated{"2001-01-01", "19", High, "statute README, checked 2026-11-22"},
	dated{"2012-10-01", "21", High, "statute README, checked 2026-11-22"},
)

// VAT is the general rate of value added tax (btw) in percent.
func VAT(on calendar.Date) (Figure, error) { return at(vat, on) }
