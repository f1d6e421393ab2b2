package statute

import "verloning/payroll/calendar"

// charges is the vergoeding voor werkgeverslasten on top of the subsidy: "een
// percentage van de loonkosten waarover loonkostensubsidie wordt verstrekt"
// (Regeling art. 1). The minister looks at it every year, and no text after the
// Regeling of February 2021 was read. So the figure drops to medium when the
// year after that regulation began starts, although the number stays the same.
var charges = history("loonkostensubsidie.charges", "PW art. 10d lid 4 and 5; Regeling LKS PW art. 1",
	dated{"2015-01-01", "23", High,
		"Stcrt 2014-35743 (5-12-2014), Regeling LKS PW as in force 1-1-2015 (BWBR0035633, laws-markdown); unchanged for 2016 (wsprijnmond.nl, oval.nl) and 2017 (Rendement 7-12-2017)"},
	dated{"2018-01-01", "23.5", High,
		"Stcrt 2017-68248 (22-11-2017)"},
	dated{"2021-07-01", "23.5", High,
		"Regeling LKS PW 2021 art. 1 (18-2-2021, nr 2021-0000027549); the end date of 23.5 was not found"},
	dated{"2022-01-01", "23.5", Medium,
		"Regeling LKS PW 2021 art. 1 (18-2-2021, nr 2021-0000027549) as last seen; the end date of 23.5 was not found, the switch to 25 lies on or before 2026-07-01"},
	dated{"2026-07-01", "25", Medium,
		"MinBZK/regelrecht scenario 'financieel_cv_koen': 25 procent (Regeling LKS PW 2021, artikel 1); one secondary source, the date of the switch is not known"},
)

// subsidyCap: "ten hoogste 70 procent van het totale bedrag van het wettelijk
// minimumloon en de aanspraak op vakantiebijslag".
var subsidyCap = history("loonkostensubsidie.cap", "PW art. 10d lid 4",
	dated{"2015-01-01", "70", High,
		"PW art. 10d lid 4 (BWBR0015703), version 2026-07-01 via MinBZK/regelrecht; the subsidy started on 2015-01-01"},
)

// forfait: "gedurende een periode van maximaal de eerste zes maanden van de
// dienstbetrekking 50 procent van het totale bedrag". The first day is from a
// secondary source; from 2017-02-01 on the Regeling names lid 5 itself.
var forfait = history("loonkostensubsidie.forfait", "PW art. 10d lid 5, at most the first six months",
	dated{"2017-01-01", "50", Medium,
		"PW art. 10d lid 5 via MinBZK/regelrecht; start day of the Wet stroomlijning LKS (Kamerstuk 34514) from a secondary source"},
	dated{"2017-02-01", "50", High,
		"PW art. 10d lid 5 via MinBZK/regelrecht; Stcrt 2016-67759 makes Regeling art. 1 cover lid 5 per 1-2-2017"},
)

// subsidyFullTime is the week that the subsidy is prorated to. Before 2024 that
// was the full-time week of the sector (WML art. 12, old), downwards only.
var subsidyFullTime = history("loonkostensubsidie.fulltime_hours", "PW art. 10d lid 4 and 5",
	dated{"2024-01-01", "36", Medium,
		"PW art. 10d, version 2026-07-01 via MinBZK/regelrecht; start day (Wet invoering minimumuurloon) from memory"},
	dated{"2026-07-01", "36", High,
		"PW art. 10d, version 2026-07-01 via MinBZK/regelrecht"},
)

// fullTimeMost is the longest week that counts as full time before 2024,
// whatever the sector works.
var fullTimeMost = history("loonkostensubsidie.fulltime_maximum", "PW art. 10d lid 4; WML art. 12",
	dated{"2015-01-01", "40", High,
		"PW art. 10d lid 4, text of 2015 (laws-markdown), by the normal working week of WML art. 12, version 2023-07-01: forty hours at most"},
)

// sicknessStop is which part of the subsidy stopped on a day of sickness: all of
// it, while the Ziektewet (no-risk policy) paid. No article that says so was read:
// it was practice, and employers had to report the sick to UWV and municipality.
var sicknessStop = history("loonkostensubsidie.sickness_stop", "Participatiewet art. 10d; Ziektewet art. 29b",
	dated{"2015-01-01", "100", Medium,
		"drv.nl: until 31-12-2021 the subsidy stopped, or was claimed back, during a benefit of the Ziektewet; one secondary source, the article was not found"},
)

// sicknessGoesOn is the day from which the subsidy goes on in sickness and UWV
// multiplies its benefit by the loonwaarde instead (schulinck, drv, werkse,
// wspregioamersfoort, sazas).
var sicknessGoesOn = calendar.Day(2022, 1, 1)

// LoonkostensubsidieSicknessStop is the percentage of the subsidy that stops on
// a day of sickness, and whether any does: since 2022-01-01 it goes on.
func LoonkostensubsidieSicknessStop(on calendar.Date) (Figure, bool) {
	f, err := at(sicknessStop, on)
	return f, err == nil && on.Before(sicknessGoesOn)
}

// LoonkostensubsidieCharges is the percentage of the subsidised wage cost that
// an employer gets for his charges. A municipality's own decision may differ.
func LoonkostensubsidieCharges(on calendar.Date) (Figure, error) { return at(charges, on) }

// LoonkostensubsidieCap is the percentage of minimum wage and holiday allowance
// that the subsidy, without charges, never exceeds.
func LoonkostensubsidieCap(on calendar.Date) (Figure, error) { return at(subsidyCap, on) }

// LoonkostensubsidieForfait is the percentage paid without a measured loonwaarde
// in at most the first six months.
func LoonkostensubsidieForfait(on calendar.Date) (Figure, error) { return at(forfait, on) }

// LoonkostensubsidieFullTime is the hours a week that the subsidy is prorated
// to since 2024; before, the full-time week of the sector is not a national
// figure.
func LoonkostensubsidieFullTime(on calendar.Date) (Figure, error) { return at(subsidyFullTime, on) }

// LoonkostensubsidieFullTimeMost is the most hours a week that the sector's full
// time counts for before 2024.
func LoonkostensubsidieFullTimeMost(on calendar.Date) (Figure, error) { return at(fullTimeMost, on) }
