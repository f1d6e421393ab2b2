package statute

// taxed says whose rates a group holds.
type taxed int

// Below AOW age, above it, and above it and born in 1945 or before, for whom
// the first bracket is wider (Wet LB art. 20b) and all else is the same.
const (
	belowAOW taxed = iota
	aboveAOW
	born1945
	taxedKinds
)

// The groups of rates of a year. A group is what a payslip names: its Figure is
// one, however many numbers it holds.
const (
	groupBrackets = "brackets"
	groupGeneral  = "algemene_heffingskorting"
	groupLabour   = "arbeidskorting"
	groupOlder    = "ouderenkorting"
	groupSingle   = "alleenstaande_ouderenkorting"
	groupDisabled = "jonggehandicaptenkorting"
	groupEnd      = "tabeleinde"
)

// taxGroup is one group as it is written down: names and numbers in turn.
type taxGroup struct {
	year       int
	who        taxed
	group      string
	values     string
	confidence Confidence
	source     string
	derived    string
}

// Sources that more than one group has.
const (
	tables2021 = "reproduces all 1,960 rows of the official white month table 2021; Bijlage parameterwaarden (transcribed)"
	tables2022 = "reproduces all 2,025 rows of the official white month table 2022; general credit from 21317: the only value without a difference"
	rules2026  = "Rekenvoorschriften 2026 v2 (LH 991-1Z62FD); reproduces the published rows of the white month table 2026"
	rates2020  = "one secondary data set and memory"
	rates2023  = "Bijlage parameterwaarden 2023 (transcribed); github rustyx/vrij-loon ib2023.js @3087aab (cites Belastingdienst)"
	rates2024  = "Bijlage parameterwaarden 2024 (transcribed); github rustyx/vrij-loon ib2024.js @3087aab (cites Belastingdienst); Nmbrs break-even of 2024/2025 reproduced"
	rates2025  = "Bijlage parameterwaarden 2025 (transcribed); github rustyx/vrij-loon ib2025.js @3087aab (cites Belastingdienst); Nmbrs break-even of 2024/2025 reproduced"
	older2023  = "github rustyx/vrij-loon ib2023.js"
	older2024  = "github rustyx/vrij-loon ib2024.js"
	older2025  = "github rustyx/vrij-loon ib2025.js (secondary, fair)"
	older2026  = "Rekenvoorschriften 2026 tables 2-6"
	fromMemory = "from memory"
	endPattern = "54 x 5 x the credit's end / 270 upwards, as in the years that are printed"
)

// taxGroups is every year that can be computed. Brackets are written as the
// last euro of a bracket and its percentage; credits as in the Rekenvoorschriften:
// m an amount, g a border in euros a year, o and a the part by which the credit
// grows or shrinks there. The m of the arbeidskorting are cumulative.
var taxGroups = []taxGroup{
	{2020, belowAOW, groupBrackets, "upto1 34712 rate1 37.35 upto2 68507 rate2 37.35 rate3 49.5", Medium, rates2020, ""},
	{2020, belowAOW, groupGeneral, "m1 2711 g1 20711 g2 68507 a1 0.05672", Medium, rates2020, ""},
	{2020, belowAOW, groupLabour, "o1 0.02812 o2 0.28812 o3 0.01656 a1 0.06 g1 9921 g2 21430 g3 34954 g4 98604 m1 279 m2 3595 m3 3819", Medium, rates2020, ""},
	{2020, belowAOW, groupDisabled, "m1 749", Medium, fromMemory, ""},
	{2020, belowAOW, groupEnd, "lmax 98820", Medium, "unverified", endPattern},

	{2021, belowAOW, groupBrackets, "upto1 35129 rate1 37.1 upto2 68507 rate2 37.1 rate3 49.5", High, tables2021, ""},
	{2021, belowAOW, groupGeneral, "m1 2837 g1 21043 g2 68507 a1 0.05977", High, tables2021, ""},
	{2021, belowAOW, groupLabour, "o1 0.04581 o2 0.28771 o3 0.02663 a1 0.06 g1 10108 g2 21835 g3 35652 g4 105735 m1 463 m2 3837 m3 4205", High, tables2021, ""},
	{2021, belowAOW, groupDisabled, "m1 761", Medium, fromMemory, ""},
	{2021, belowAOW, groupEnd, "lmax 105840", High, "the official white month table 2021 ends there", ""},

	{2022, belowAOW, groupBrackets, "upto1 35472 rate1 37.07 upto2 69398 rate2 37.07 rate3 49.5", High, tables2022, ""},
	{2022, belowAOW, groupGeneral, "m1 2888 g1 21317 g2 69398 a1 0.06007", High, tables2022, ""},
	{2022, belowAOW, groupLabour, "o1 0.04541 o2 0.28461 o3 0.0261 a1 0.0586 g1 10350 g2 22356 g3 36649 g4 109346 m1 470 m2 3887 m3 4260", High, tables2022, ""},
	{2022, belowAOW, groupDisabled, "m1 771", Medium, fromMemory, ""},
	{2022, belowAOW, groupEnd, "lmax 109350", High, "the official white month table 2022 ends there", ""},

	{2023, belowAOW, groupBrackets, "upto1 37149 rate1 36.93 upto2 73031 rate2 36.93 rate3 49.5", High, rates2023, ""},
	{2023, belowAOW, groupGeneral, "m1 3070 g1 22660 g2 73031 a1 0.06095", High, rates2023, ""},
	{2023, belowAOW, groupLabour, "o1 0.08231 o2 0.29861 o3 0.03085 a1 0.0651 g1 10741 g2 23201 g3 37691 g4 115295 m1 884 m2 4605 m3 5052", High,
		rates2023 + "; the first border is 10740 or 10741, which differs by 0.08 a month at most", ""},
	{2023, belowAOW, groupDisabled, "m1 820", Medium, fromMemory, ""},
	{2023, belowAOW, groupEnd, "lmax 115560", Medium, "not seen in print", endPattern},
	{2023, aboveAOW, groupBrackets, "upto1 37149 rate1 19.03 upto2 73031 rate2 36.93 rate3 49.5", Medium, older2023, ""},
	{2023, born1945, groupBrackets, "upto1 38703 rate1 19.03 upto2 73031 rate2 36.93 rate3 49.5", Medium, older2023, ""},
	{2023, aboveAOW, groupGeneral, "m1 1583 g1 22660 g2 73031 a1 0.03141", Medium, older2023, "borders of those below AOW age, as in 2024 to 2026"},
	{2023, aboveAOW, groupLabour, "o1 0.04241 o2 0.15388 o3 0.01589 a1 0.03355 g1 10741 g2 23201 g3 37691 g4 115295 m1 457 m2 2374 m3 2604", Medium, older2023,
		"borders of those below AOW age, as in 2026"},
	{2023, aboveAOW, groupOlder, "m1 1835 g1 40888 a1 0.15", Low, fromMemory + "; no page was read", ""},

	{2024, belowAOW, groupBrackets, "upto1 38098 rate1 36.97 upto2 75518 rate2 36.97 rate3 49.5", High, rates2024, ""},
	{2024, belowAOW, groupGeneral, "m1 3362 g1 24812 g2 75518 a1 0.0663", High, rates2024, ""},
	{2024, belowAOW, groupLabour, "o1 0.08425 o2 0.31433 o3 0.02471 a1 0.0651 g1 11490 g2 24820 g3 39957 g4 124934 m1 968 m2 5158 m3 5532", High, rates2024, ""},
	{2024, belowAOW, groupDisabled, "m1 898", Medium, fromMemory, ""},
	{2024, belowAOW, groupEnd, "lmax 125010", Medium, "not seen in print", endPattern},
	{2024, aboveAOW, groupBrackets, "upto1 38098 rate1 19.07 upto2 75518 rate2 36.97 rate3 49.5", Medium, older2024, ""},
	{2024, born1945, groupBrackets, "upto1 40021 rate1 19.07 upto2 75518 rate2 36.97 rate3 49.5", Medium, older2024, ""},
	{2024, aboveAOW, groupGeneral, "m1 1735 g1 24812 g2 75518 a1 0.0342", Medium, older2024, ""},
	{2024, aboveAOW, groupLabour, "o1 0.04346 o2 0.16214 o3 0.01275 a1 0.03358 g1 11490 g2 24820 g3 39957 g4 124934 m1 500 m2 2661 m3 2854", Low, older2024,
		"rates and amounts are those below AOW age x 19.07/36.97, whole euros: m1 is 500 or 501, m2 about 2661; borders of those below AOW age"},
	{2024, aboveAOW, groupOlder, "m1 2010 g1 44770 a1 0.15", Medium, older2024, ""},

	{2025, belowAOW, groupBrackets, "upto1 38441 rate1 35.82 upto2 76817 rate2 37.48 rate3 49.5", High, rates2025, ""},
	{2025, belowAOW, groupGeneral, "m1 3068 g1 28406 g2 76817 a1 0.06337", High, rates2025, ""},
	{2025, belowAOW, groupLabour, "o1 0.08053 o2 0.3003 o3 0.02258 a1 0.0651 g1 12169 g2 26288 g3 43071 g4 129078 m1 980 m2 5220 m3 5599", High, rates2025, ""},
	{2025, belowAOW, groupDisabled, "m1 909", Medium, fromMemory, ""},
	{2025, belowAOW, groupEnd, "lmax 129330", Medium, "not seen in print", endPattern},
	{2025, aboveAOW, groupBrackets, "upto1 38441 rate1 17.92 upto2 76817 rate2 37.48 rate3 49.5", Medium, older2025, ""},
	{2025, born1945, groupBrackets, "upto1 40502 rate1 17.92 upto2 76817 rate2 37.48 rate3 49.5", Medium, older2025, ""},
	{2025, aboveAOW, groupGeneral, "m1 1536 g1 28406 g2 76817 a1 0.0317", Medium, older2025, ""},
	{2025, aboveAOW, groupLabour, "o1 0.04029 o2 0.15023 o3 0.0113 a1 0.03257 g1 12169 g2 26288 g3 43071 g4 129078 m1 491 m2 2612 m3 2802", Medium, older2025,
		"borders of those below AOW age, as in 2026"},
	{2025, aboveAOW, groupOlder, "m1 2035 g1 45308 a1 0.15", Medium, older2025, ""},
	{2025, aboveAOW, groupSingle, "m1 531", Medium, fromMemory, ""},

	{2026, belowAOW, groupBrackets, "upto1 38883 rate1 35.75 upto2 78426 rate2 37.56 rate3 49.5", High, rules2026, ""},
	{2026, belowAOW, groupGeneral, "m1 3115 g1 29736 g2 78426 a1 0.06398", High, rules2026, ""},
	{2026, belowAOW, groupLabour, "o1 0.08324 o2 0.31009 o3 0.0195 a1 0.0651 g1 11965 g2 25845 g3 45592 g4 132920 m1 996 m2 5300 m3 5685", High, rules2026, ""},
	{2026, belowAOW, groupDisabled, "m1 923", High, "Rekenvoorschriften 2026 5.1", ""},
	{2026, belowAOW, groupEnd, "lmax 133110", High, "Rekenvoorschriften 2026", ""},
	{2026, aboveAOW, groupBrackets, "upto1 38883 rate1 17.85 upto2 78426 rate2 37.56 rate3 49.5", High, older2026, ""},
	{2026, born1945, groupBrackets, "upto1 41123 rate1 17.85 upto2 78426 rate2 37.56 rate3 49.5", High, older2026, ""},
	{2026, aboveAOW, groupGeneral, "m1 1556 g1 29736 g2 78426 a1 0.03195", High, older2026, ""},
	{2026, aboveAOW, groupLabour, "o1 0.04156 o2 0.15483 o3 0.00974 a1 0.0325 g1 11965 g2 25845 g3 45592 g4 132920 m1 498 m2 2647 m3 2840", High, older2026, ""},
	{2026, aboveAOW, groupOlder, "m1 2067 g1 46002 a1 0.15", High, older2026, ""},
	{2026, aboveAOW, groupSingle, "m1 540", High, older2026, ""},
	{2026, aboveAOW, groupDisabled, "m1 462", High, "Rekenvoorschriften 2026 5.1", ""},
}

// taxShape is what each group holds: another name, or one that lacks, is
// refused when the program starts. The head is the number that stands for the
// group in its figure.
var taxShape = map[string]struct {
	head, article string
	names         []string
}{
	groupBrackets: {"rate1", "Wet LB 1964 art. 20a, 25 and 27b", []string{"upto1", "rate1", "upto2", "rate2", "rate3"}},
	groupGeneral:  {"m1", "Wet LB 1964 art. 22", []string{"m1", "g1", "g2", "a1"}},
	groupLabour:   {"m3", "Wet LB 1964 art. 22a", []string{"o1", "o2", "o3", "a1", "g1", "g2", "g3", "g4", "m1", "m2", "m3"}},
	groupOlder:    {"m1", "Wet LB 1964 art. 22b", []string{"m1", "g1", "a1"}},
	groupSingle:   {"m1", "Wet LB 1964 art. 22c", []string{"m1"}},
	groupDisabled: {"m1", "Wet LB 1964 art. 22aa", []string{"m1"}},
	groupEnd:      {"lmax", "Wet LB 1964 art. 25", []string{"lmax"}},
}
