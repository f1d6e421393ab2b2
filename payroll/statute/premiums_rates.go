package statute

// Where the percentages and maxima were read, as the rates file of the statute
// directory words it for each year. A percentage of one figure may have a page
// of its own beside it.
const (
	premiums2020 = "loonheffing_rates.json 2020: AWf, Wko, Whk hr-kiosk and memory; Zvw and maximum from memory"
	premiums2021 = "loonheffing_rates.json 2021: hr-kiosk and memory"
	premiums2022 = "loonheffing_rates.json 2022: Aof, Whk hr-kiosk; Zvw and maximum vrij-loon"
	premiums2023 = "loonheffing_rates.json 2023: AWf, Aof high hr-kiosk; Zvw and maximum vrij-loon"
	premiums2024 = "loonheffing_rates.json 2024: AWf, Aof tekz.nl; Zvw and maximum vrij-loon"
	premiums2025 = "loonheffing_rates.json 2025: tekz.nl; vrij-loon"
	premiums2026 = "loonheffing_rates.json 2026: Cijferbijlage tables 9, 11 and 12"

	// The whole premium of August to December 2021 is from memory, a measure of
	// that summer that the rates file only notes.
	premiums202108 = "loonheffing_rates.json 2021, note: 0.34/5.34 from 1 August to 31 December 2021, from memory"

	// The rates file has this percentage as one note on every year, without a
	// page; only 2020 was seen elsewhere.
	ufoNote     = "loonheffing_rates.json, note on every year, no page of its own"
	ufoNote2020 = ufoNote + "; 0.68 % in 2020: fundamentvoor.nl 3.2"
)

// awfLow and awfHigh are the two percentages for the Algemeen
// Werkloosheidsfonds, by kind of contract since the Wet arbeidsmarkt in balans.
var (
	awfLow = yearly("awf.low", "Wfsv art. 27",
		dated{"2020-01-01", "2.94", Medium, premiums2020 + "; 2.94 also fundamentvoor.nl 3.2"},
		dated{"2021-01-01", "2.70", Medium, premiums2021},
		dated{"2021-08-01", "0.34", Low, premiums202108},
		dated{"2022-01-01", "2.70", Medium, premiums2022 + "; AWf from memory, hr-kiosk prints 2.2: conflict"},
		dated{"2023-01-01", "2.64", Medium, premiums2023},
		dated{"2024-01-01", "2.64", High, premiums2024},
		dated{"2025-01-01", "2.74", High, premiums2025},
		dated{"2026-01-01", "2.74", High, premiums2026},
	)
	awfHigh = yearly("awf.high", "Wfsv art. 27",
		dated{"2020-01-01", "7.94", Medium, premiums2020 + "; 7.94 also fundamentvoor.nl 3.2"},
		dated{"2021-01-01", "7.70", Medium, premiums2021},
		dated{"2021-08-01", "5.34", Low, premiums202108},
		dated{"2022-01-01", "7.70", Medium, premiums2022 + "; AWf from memory, hr-kiosk prints 7.2: conflict"},
		dated{"2023-01-01", "7.64", Medium, premiums2023},
		dated{"2024-01-01", "7.64", High, premiums2024},
		dated{"2025-01-01", "7.74", High, premiums2025},
		dated{"2026-01-01", "7.74", High, premiums2026},
	)
)

// aofLow and aofHigh are the basispremie for the Arbeidsongeschiktheidsfonds.
// There was one percentage for all employers until 2021, so both rows say it.
var (
	aofLow = yearly("aof.low", "Wfsv art. 36",
		dated{"2020-01-01", "6.77", Medium, premiums2020 + "; Aof from memory, hr-kiosk 6.79; 7.27 with Wko at fundamentvoor.nl 3.2; no low and high yet"},
		dated{"2021-01-01", "7.03", Medium, premiums2021 + "; no low and high yet"},
		dated{"2022-01-01", "5.49", Medium, premiums2022},
		dated{"2023-01-01", "5.82", Medium, premiums2023 + "; Aof low from memory, hr-kiosk prints 5.46: conflict"},
		dated{"2024-01-01", "6.18", High, premiums2024},
		dated{"2025-01-01", "6.28", High, premiums2025},
		dated{"2026-01-01", "6.27", High, premiums2026},
	)
	aofHigh = yearly("aof.high", "Wfsv art. 36",
		dated{"2020-01-01", "6.77", Medium, premiums2020 + "; Aof from memory, hr-kiosk 6.79; 7.27 with Wko at fundamentvoor.nl 3.2; no low and high yet"},
		dated{"2021-01-01", "7.03", Medium, premiums2021 + "; no low and high yet"},
		dated{"2022-01-01", "7.05", Medium, premiums2022},
		dated{"2023-01-01", "7.11", Medium, premiums2023},
		dated{"2024-01-01", "7.54", High, premiums2024 + "; hr-kiosk 7.49 is the first version"},
		dated{"2025-01-01", "7.64", High, premiums2025},
		dated{"2026-01-01", "7.63", High, premiums2026},
	)
)

// wko is the opslag for child care, due over the wage that the Aof is due over.
var wko = yearly("wko", "Wfsv art. 36, opslag kinderopvang",
	dated{"2020-01-01", "0.50", Medium, premiums2020 + "; 0.50 also fundamentvoor.nl 3.2"},
	dated{"2021-01-01", "0.50", Medium, premiums2021},
	dated{"2022-01-01", "0.50", Medium, premiums2022},
	dated{"2023-01-01", "0.50", Medium, premiums2023},
	dated{"2024-01-01", "0.50", High, premiums2024},
	dated{"2025-01-01", "0.50", High, premiums2025},
	dated{"2026-01-01", "0.50", High, premiums2026},
)

// whkAverage is the average gedifferentieerde premie for the Werkhervattingskas
// (WGA and ZW together). Nobody owes the average: an employer's decision says
// what he owes, and this stands in for one that is not known.
var whkAverage = yearly("whk.average", "Wfsv art. 38",
	dated{"2020-01-01", "1.28", Medium, premiums2020},
	dated{"2021-01-01", "1.36", Medium, premiums2021},
	dated{"2022-01-01", "1.52", Medium, premiums2022},
	dated{"2023-01-01", "1.53", Medium, premiums2023},
	dated{"2024-01-01", "1.22", Low, premiums2024 + "; Whk from memory, below 2023 and 2025 by vankester.nl"},
	dated{"2025-01-01", "1.33", High, premiums2025 + "; Whk 0.83 WGA and 0.50 ZW: cooster.nl, blikopnieuws.nl"},
	dated{"2026-01-01", "1.52", High, premiums2026 + "; Whk 0.96 WGA and 0.56 ZW"},
)

// zvwEmployer is the werkgeversheffing of the Zorgverzekeringswet.
var zvwEmployer = yearly("zvw.employer", "Zvw art. 42 and 45",
	dated{"2020-01-01", "6.70", Medium, premiums2020},
	dated{"2021-01-01", "7.00", Medium, premiums2021},
	dated{"2022-01-01", "6.75", Medium, premiums2022},
	dated{"2023-01-01", "6.68", Medium, premiums2023},
	dated{"2024-01-01", "6.57", High, premiums2024},
	dated{"2025-01-01", "6.51", High, premiums2025},
	dated{"2026-01-01", "6.10", High, premiums2026},
)

// ufo is the premium for the Uitvoeringsfonds voor de overheid, which a public
// employer owes for his officials instead of the one for the AWf.
var ufo = yearly("ufo", "Wfsv art. 24 and 29-31",
	dated{"2020-01-01", "0.68", Medium, ufoNote2020},
	dated{"2021-01-01", "0.68", Medium, ufoNote},
	dated{"2022-01-01", "0.68", Medium, ufoNote},
	dated{"2023-01-01", "0.68", Medium, ufoNote},
	dated{"2024-01-01", "0.68", Medium, ufoNote},
	dated{"2025-01-01", "0.68", Medium, ufoNote},
	dated{"2026-01-01", "0.68", Medium, ufoNote},
)

// maximumPremiumWage is the wage of a year beyond which nothing is due; the
// maximum of the Zvw is the same amount.
var maximumPremiumWage = yearly("premium_wage.year", "Wfsv art. 17 lid 1; Zvw art. 43",
	dated{"2020-01-01", "57232", Medium, premiums2020},
	dated{"2021-01-01", "58311", Medium, premiums2021},
	dated{"2022-01-01", "59706", Medium, premiums2022},
	dated{"2023-01-01", "66956", Medium, premiums2023},
	dated{"2024-01-01", "71628", High, premiums2024},
	dated{"2025-01-01", "75864", High, premiums2025},
	dated{"2026-01-01", "79409", High, premiums2026},
)
