package statute

import "verloning/payroll/calendar"

// The chain of fixed terms (ketenregeling): a contract becomes open-ended by law
// when it is one too many, or when the chain has lasted too long, intervals
// included. These figures decide no amount, so they are not part of Hash.
//
// Left out are the wider chain of 2010 and 2011 for employees under 27, what a
// cao may deviate in, and contracts with an employer who succeeded another.
const chainArticle = "BW 7:668a lid 1"

var chainMonths = lookedUp(history("chain.months", chainArticle,
	dated{"1999-01-01", "36", Medium, "Wet flexibiliteit en zekerheid, from memory; youngcapital.nl/wab/ketenregeling: three years before the Wwz"},
	dated{"2015-07-01", "24", High, "Wwz; bouwer-officier.nl, delissenmartens.nl: two years until 2020"},
	dated{"2020-01-01", "36", High, "WAB; bouwer-officier.nl, personeelsnet.nl: three years, also for contracts that end on or after 1 January 2020"},
))

var chainContracts = lookedUp(history("chain.contracts", chainArticle,
	dated{"1999-01-01", "3", Medium, "Wet flexibiliteit en zekerheid, from memory; youngcapital.nl/wab/ketenregeling: three contracts before the Wwz"},
	dated{"2015-07-01", "3", High, "Wwz, WAB; bouwer-officier.nl, kehrens-snoeks.nl: three contracts, the fourth is open-ended"},
))

var chainInterval = lookedUp(history("chain.interval_months", chainArticle,
	dated{"1999-01-01", "3", Medium, "Wet flexibiliteit en zekerheid, from memory"},
	dated{"2015-07-01", "6", High, "Wwz, WAB; bouwer-officier.nl, zandvoort-legal.nl: six months or less"},
))

// ChainWithoutPupilsSince is the day from which contracts with pupils of the
// beroepsbegeleidende leerweg are no part of a chain (Wwz).
var ChainWithoutPupilsSince = calendar.Day(2015, 7, 1)

// lookedUp notes that a bill of 2025 (meer zekerheid flexwerkers) may change the
// chain after the year.
func lookedUp(figures []Figure) []Figure {
	return until(calendar.Day(2026, 12, 31), checkedLater(figures))
}

// checkedLater notes the day on which the series that only lists go by were
// looked up.
func checkedLater(figures []Figure) []Figure {
	for i := range figures {
		figures[i].Checked = calendar.Day(2026, 11, 27)
	}
	return figures
}

// ChainMonths is how long a chain of fixed terms lasts at most.
func ChainMonths(on calendar.Date) (Figure, error) { return at(chainMonths, on) }

// ChainContracts is how many fixed terms a chain has at most.
func ChainContracts(on calendar.Date) (Figure, error) { return at(chainContracts, on) }

// ChainInterval is the longest interval in months that does not break a chain.
func ChainInterval(on calendar.Date) (Figure, error) { return at(chainInterval, on) }
