package statute

import (
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
)

// wage is the adult minimum wage (WML art. 8 lid 1) as published for half a
// year. Until 2023 the law had a month, a week and a day; since 2024 (Wet
// invoering minimumuurloon) it has an hour, and a reference month that other
// laws count benefits and subsidies with and that nobody is paid by.
type wage struct {
	since            calendar.Date
	month, week, day euro.Number // until 2023
	hour, reference  euro.Number // since 2024
	confidence       Confidence
	source           string
	youth            string // where the youth amounts were seen in print; "" if they were not
}

// wageConfirmed is the last day that the minimum wage is known for: the amount
// of 2027-01-01, and whether the announced youth scale comes with it, is not.
var wageConfirmed = calendar.Day(2026, 12, 31)

// hourly reports whether the row is of the law as it is since 2024.
func (w *wage) hourly() bool { return !w.hour.IsZero() }

// until2023 writes down what was published for a month, a week and a day. Week
// and day are 3/13 and 3/65 of the month (WML art. 14 lid 10, old) and stand
// here as printed; a test compares the two.
func until2023(since, month, week, day string, c Confidence, source, youth string) wage {
	return wage{
		since: calendar.MustParse(since), confidence: c, source: source, youth: youth,
		month: euro.MustNumber(month), week: euro.MustNumber(week), day: euro.MustNumber(day),
	}
}

// since2024 writes down the published hour and reference month. The hour can
// not be derived from the month: WML art. 14 computes it from the amount before
// the rounding of the month to 0.60.
func since2024(since, hour, reference string, c Confidence, source, youth string) wage {
	return wage{
		since: calendar.MustParse(since), confidence: c, source: source, youth: youth,
		hour: euro.MustNumber(hour), reference: euro.MustNumber(reference),
	}
}

// wages is the whole history, oldest first. It starts at 2003-07-01: the pages
// before were written from memory and are not used. Half-years without a change
// have a row too, since somebody looked there as well.
var wages = []wage{
	until2023("2003-07-01", "1264.80", "291.90", "58.38", High,
		"WML art.8 lid1 basisbedrag EUR 1264,80/291,90/58,38 (wetten.overheid.nl BWBR0002638 via statengeneraal/laws-markdown); marvel.nl/nieuws/dooi-zet-in-hoger-minimumloon-in-2006",
		""),
	until2023("2004-01-01", "1264.80", "291.90", "58.38", High,
		"unchanged (bevroren 1-7-2003 t/m 31-12-2005): marvel.nl/nieuws/dooi-zet-in-hoger-minimumloon-in-2006",
		""),
	until2023("2004-07-01", "1264.80", "291.90", "58.38", High,
		"unchanged (freeze), same source",
		""),
	until2023("2005-01-01", "1264.80", "291.90", "58.38", High,
		"unchanged (freeze), same source",
		""),
	until2023("2005-07-01", "1264.80", "291.90", "58.38", High,
		"unchanged (freeze), same source",
		""),
	until2023("2006-01-01", "1272.60", "293.70", "58.74", High,
		"marvel.nl + werkstudent.nl/minimumloon-en-jeugdloon-2006 (293,70/58,74 match)",
		"marvel.nl"),
	until2023("2006-07-01", "1284.60", "296.45", "59.29", High,
		"SZW persbericht 2006/86 (opennieuwsbank.nl 2006/06/16) 296,45/59,29 match",
		"SZW-2006/86"),
	until2023("2007-01-01", "1300.80", "300.20", "60.04", High,
		"SZW via blikopnieuws.nl 2006-12-15 (300,20/60,04 match)",
		"blikopnieuws.nl(SZW)"),
	until2023("2007-07-01", "1317.00", "303.90", "60.78", Medium,
		"from memory (SZW/CBS series 1317,00 - 303,90 - 60,78); bracketed by 1300,80 and 1335,00, not seen in print",
		""),
	until2023("2008-01-01", "1335.00", "308.10", "61.62", High,
		"marvel.nl/nieuws/aanpassing-minimumloon-per-1-januari-2008 (308,10/61,62 match)",
		""),
	until2023("2008-07-01", "1356.60", "313.05", "62.61", High,
		"xperthractueel.nl/belonen/minimumloon-2008 (313,05/62,61 match)",
		""),
	until2023("2009-01-01", "1381.20", "318.75", "63.75", High,
		"from memory, confirmed by back-calculation: only multiple of 0,60 that gives 1398,60 at +1,26% (vlht.nl, werkstudent.nl)",
		""),
	until2023("2009-07-01", "1398.60", "322.75", "64.55", High,
		"werkstudent.nl/wijziging-minimumlonen (322,75/64,55 match); vlht.nl +1,26%",
		"werkstudent.nl"),
	until2023("2010-01-01", "1407.60", "324.85", "64.97", High,
		"vertiadvies.nl, studentencollectief.nl (324,85/64,97 match)",
		"studentencollectief.nl"),
	until2023("2010-07-01", "1416.00", "326.75", "65.35", High,
		"xperthractueel.nl, vlht.nl (326,75/65,35 match)",
		"vlht.nl"),
	until2023("2011-01-01", "1424.40", "328.70", "65.74", High,
		"wetten.overheid.nl annotated art.8 (laws-markdown commit ecc662478d) 328,70/65,74 match",
		""),
	until2023("2011-07-01", "1435.20", "331.20", "66.24", High,
		"vertiadvies.nl, puur-peno.nl (331,20/66,24 match)",
		"vertiadvies.nl"),
	until2023("2012-01-01", "1446.60", "333.85", "66.77", High,
		"wetten.overheid.nl annotated art.8 (laws-markdown commit fdba506f2a) 333,85/66,77 match",
		""),
	until2023("2012-07-01", "1456.20", "336.05", "67.21", High,
		"concent.nl (bron Rijksoverheid)",
		""),
	until2023("2013-01-01", "1469.40", "339.10", "67.82", High,
		"wetten.overheid.nl annotated art.8 (laws-markdown e6ebf8dd1c) 339,10/67,82 match; Stcrt 2012-21293",
		"firmus-personeelsdiensten.nl"),
	until2023("2013-07-01", "1477.80", "341.05", "68.21", High,
		"gt.nl, salarisjobs.nl (341,05/68,21 match); Stcrt 2013-11355",
		""),
	until2023("2014-01-01", "1485.60", "342.85", "68.57", High,
		"wetten.overheid.nl annotated art.8 (laws-markdown 50a4547a93) 342,85/68,57 match",
		""),
	until2023("2014-07-01", "1495.20", "345.05", "69.01", High,
		"wetten.overheid.nl annotated art.8 (laws-markdown 41a4c9f203) 345,05/69,01 match",
		""),
	until2023("2015-01-01", "1501.80", "346.55", "69.31", High,
		"wetten.overheid.nl annotated art.8 (laws-markdown 148992dd61) 346,55/69,31 match; minimumloon.nl",
		"minimumloon.nl"),
	until2023("2015-07-01", "1507.80", "347.95", "69.59", High,
		"wetten.overheid.nl annotated art.8 (laws-markdown 7f6bac9f6a) 347,95/69,59 match",
		""),
	until2023("2016-01-01", "1524.60", "351.85", "70.37", High,
		"minimumloon.nu historische tarieven (351,85/70,37 match)",
		""),
	until2023("2016-07-01", "1537.20", "354.75", "70.95", High,
		"nijsingh.nl, minimumloon.nu, rendement.nl (354,75/70,95 match)",
		"minimumloon.nu"),
	until2023("2017-01-01", "1551.60", "358.05", "71.61", High,
		"github rustyx/vrij-loon ib2017.js citing rijksoverheid (358,05/71,61 match)",
		""),
	until2023("2017-07-01", "1565.40", "361.25", "72.25", High,
		"github rustyx/vrij-loon ib2017.js citing rijksoverheid (361,25 / 72,25 match); +0,89% loyalconsultants.nl",
		""),
	until2023("2018-01-01", "1578.00", "364.15", "72.83", High,
		"github rustyx/vrij-loon ib2018.js citing rijksoverheid (364,15/72,83 match)",
		""),
	until2023("2018-07-01", "1594.20", "367.90", "73.58", High,
		"heikenshumancapital.nl youth table (page title says Jan 2018 but the figures are those of July 2018: 85%=1355,05 70%=1115,95)",
		""),
	until2023("2019-01-01", "1615.80", "372.90", "74.58", High,
		"CBS via blikopnieuws.nl 'Vijftig jaar minimumloon'",
		""),
	until2023("2019-07-01", "1635.60", "377.45", "75.49", High,
		"aalderingaccountancy.nl (377,45/75,49 match)",
		""),
	until2023("2020-01-01", "1653.60", "381.60", "76.32", High,
		"logisal.nl, kennisnetwerkgastouderopvang.nl (381,60/76,32 match); also base amount of WML art.8 lid1 b since 2024",
		""),
	until2023("2020-07-01", "1680.00", "387.70", "77.54", High,
		"struikaccountants.nl, dibevo.nl (387,70/77,54 match); Stcrt 2020-22092",
		"jenz.nl/rndweb.nl"),
	until2023("2021-01-01", "1684.80", "388.80", "77.76", High,
		"werkstudent.nl (388,80/77,76 match)",
		""),
	until2023("2021-07-01", "1701.00", "392.55", "78.51", High,
		"boutkanenpartners.nl (392,55/78,51 match)",
		"boutkanenpartners.nl"),
	until2023("2022-01-01", "1725.00", "398.10", "79.62", High,
		"p-direkt.nl, dibevo.nl (398,10/79,62 match); Stcrt 2021-44177",
		""),
	until2023("2022-07-01", "1756.20", "405.30", "81.06", High,
		"noa.nl, hzc.nl (405,30/81,06 match)",
		"hzc.nl"),
	until2023("2023-01-01", "1934.40", "446.40", "89.28", High,
		"sigmapersoneel.nl (446,40/89,28 match); special +8,05% rise incl. index (10,15% total)",
		"sigmapersoneel.nl"),
	until2023("2023-07-01", "1995.00", "460.40", "92.08", High,
		"vgn.nl, buro360.nl (460,40/92,08 match); Stcrt 2023-12023",
		"sigmapersoneel.nl"),
	since2024("2024-01-01", "13.27", "2069.40", High,
		"accountingcounts.nl; SZW besluit 2023-0000526966",
		"accountingcounts.nl (SZW 2023-0000526966); bbl: atworkforyou.nl (its two tables are swapped)"),
	since2024("2024-07-01", "13.68", "2133.60", High,
		"4-vision.nl, advado.nl/wml",
		"4-vision.nl"),
	since2024("2025-01-01", "14.06", "2191.80", High,
		"accountancyvanmorgen.nl, admaxi.nl (SZW 2024-0000675332). NB hourly is NOT ceil(2191,80/156)=14,05: art.14 lid10 uses the amount before the EUR 0,60 rounding of lid 9",
		"admaxi.nl / advado.nl (SZW 2024-0000675332)"),
	since2024("2025-07-01", "14.40", "2245.80", High,
		"admintrend.nl; Stcrt 2025-12264 (SZW 2025-0000069776)",
		"admintrend.nl / pcheck.nl (Stcrt 2025-12264)"),
	since2024("2026-01-01", "14.71", "2294.40", High,
		"vertiadvies.nl (prints '1 juli 2025' by mistake); regelspraak WML art.14 test",
		"vertiadvies.nl/kennisbank/minimumuurloon-naar-euro-14-71"),
	since2024("2026-07-01", "14.99", "2337.00", High,
		"Stcrt 2026-16505 (regeling 28-4-2026, 2026-0000107275) via MinBZK/regelrecht WML 2026-07-01",
		"regelspraak WML art.8 test cases quoting the Rijksoverheid table (Stcrt 2026-16505)"),
}
