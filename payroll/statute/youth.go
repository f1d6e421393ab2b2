package statute

import (
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
)

// Ages that youth scales are about: under fifteen there is no minimum wage, and
// at twenty-three everybody has been an adult in every regime.
const (
	youngest = 15
	grownUp  = 23
	ages     = grownUp - youngest + 1
)

// kind is which scale somebody is paid by.
type kind int

// The scales: the regular one, and since 2017-07-01 the one that may be used
// for a contract of employment with a pupil in the beroepsbegeleidende leerweg.
const (
	regular kind = iota
	learner
	kinds
)

// scale is the percentage of the adult wage by age (WML art. 7 lid 3 and 8 lid
// 3 as they were; worked out in the Besluit minimumjeugdloon).
type scale struct {
	since      calendar.Date
	percent    [ages]euro.Number // from fifteen; 100 at and above the adult age
	confidence Confidence
	source     string
	article    string
}

// percents writes down a scale from the age of fifteen up; ages that are not
// written are adults.
func percents(since, article string, c Confidence, source string, values ...string) scale {
	s := scale{since: calendar.MustParse(since), confidence: c, source: source, article: article}
	for i := range s.percent {
		s.percent[i] = euro.Hundred
		if i < len(values) {
			s.percent[i] = euro.MustNumber(values[i])
		}
	}
	return s
}

// regularScales: adult at 23, since 2017-07-01 at 22, since 2019-07-01 at 21.
// The scale announced for 2027-01-01 is left out on purpose: its adoption is
// not confirmed, and Doubt tells whoever computes beyond 2026.
var regularScales = []scale{
	percents("1983-07-01", "Besluit minimumjeugdloonregeling art. 2", High,
		"Besluit minimumjeugdloonregeling 29-6-1983 art.2 (BWBR0003599 via statengeneraal/laws-markdown)",
		"30", "34.5", "39.5", "45.5", "52.5", "61.5", "72.5", "85"),
	percents("2017-07-01", "Besluit minimumjeugdloon art. 2", High,
		"Stb. 2017, 270 art. I (85/70/55 read; 47,5 follows from published 2018-07 amounts 757,25/1594,20)",
		"30", "34.5", "39.5", "47.5", "55", "70", "85"),
	percents("2019-07-01", "Besluit minimumjeugdloon art. 2 lid 1", High,
		"Besluit minimumjeugdloon art.2 lid 1 (regelspraak WML art.8; boutkanenpartners.nl 2021-07; SZW tables)",
		"30", "34.5", "39.5", "50", "60", "80"),
}

// learnerScales: until 2017-07-01 there was one scale for everybody. Afterwards
// art. 3 lowers the ages of 18, 19 and 20 only.
var learnerScales = []scale{
	regularScales[0],
	percents("2017-07-01", "Besluit minimumjeugdloon art. 3", Medium,
		"Besluit minimumjeugdloon art.3 (61,5/52,5/45,5); 21+ = regular scale from memory",
		"30", "34.5", "39.5", "45.5", "52.5", "61.5", "85"),
	percents("2019-07-01", "Besluit minimumjeugdloon art. 3", High,
		"Besluit minimumjeugdloon art.3; boutkanenpartners.nl 2021-07 BBL table",
		"30", "34.5", "39.5", "45.5", "52.5", "61.5"),
}

// nickel is the 0.05 that amounts before 2024 were rounded to.
var nickel = euro.Scaled(5, 2)

// thirteenWeeks turns a month into a week: a quarter has three months and
// thirteen weeks (WML art. 14 lid 10, old). A working week has five days.
var (
	thirteenWeeks = euro.Ratio{Over: euro.Int(3), Under: euro.Int(13)}
	fiveDays      = euro.Ratio{Over: euro.One, Under: euro.Int(5)}
)

// youthMonth20030701 is the percentage of the adult month to the nearest 0.05,
// half up. One printed cell differs: 2011-07-01, fifteen years, see marks.
func youthMonth20030701(percent, month euro.Number) euro.Number {
	return percent.Percent().Mul(month).RoundTo(nickel)
}

// youthWeek20030701 is 3/13 of the youth month as already rounded, to the
// nearest 0.05. Published tables show it up to and including 2010-07.
func youthWeek20030701(youthMonth euro.Number) euro.Number {
	return youthMonth.Part(thirteenWeeks).RoundTo(nickel)
}

// youthWeek20120701 is the percentage of the adult week to the nearest 0.05.
// Published tables show it from 2013-01 on; the tables of 2011-01, 2011-07 and
// 2012-01 come out the same either way. Between them exactly one amount depends
// on the day of the switch: nineteen years, 2012-07-01, 176.40 by the old rule
// and 176.45 by this one. No table of that half-year was found. The new rule
// starts there because a floor that is 0.05 a week too high wrongs nobody, and
// one too low would underpay; the amount is marked as doubtful.
func youthWeek20120701(percent, week euro.Number) euro.Number {
	return percent.Percent().Mul(week).RoundTo(nickel)
}

var weekOfWeekSince = calendar.Day(2012, 7, 1)

// youthDay20030701 is a fifth of the youth week, which is exact. One printed
// cell differs: 2006-01-01, twenty-one years, 42.85 where a fifth of 212.90 is
// 42.58. That is a slip of the page and no doubt about the law.
func youthDay20030701(youthWeek euro.Number) euro.Number {
	return youthWeek.Part(fiveDays)
}

// youthHour20240101 is the percentage of the adult hour to the cent, half up
// (Besluit minimumjeugdloon art. 2 lid 2).
func youthHour20240101(percent, hour euro.Number) euro.Number {
	return percent.Percent().Mul(hour).Cents().Number()
}

// youthReference20240101 is the percentage of the reference month in cents,
// half up. No column for it was ever published, so it is a choice.
func youthReference20240101(percent, reference euro.Number) euro.Number {
	return percent.Percent().Mul(reference).Cents().Number()
}

// mark lowers one computed youth amount to medium and says why.
type mark struct {
	since calendar.Date
	kinds [kinds]bool
	age   int
	name  string
	why   string
}

// marks are the amounts that follow from a rule but that print does not bear
// out. A day or an hour made of a marked week is marked with it; a week made of
// the marked month is not, since the printed week is the same either way.
var marks = []mark{
	{calendar.Day(2011, 7, 1), [kinds]bool{true, true}, 15, nameMonth, "vertiadvies.nl prints 430.50"},
	{calendar.Day(2012, 7, 1), [kinds]bool{true, true}, 19, nameWeek, "the rule before gives 176.40; not seen in print"},
	{calendar.Day(2026, 7, 1), [kinds]bool{true, false}, 19, nameHour, "not seen in print"},
	{calendar.Day(2026, 7, 1), [kinds]bool{true, true}, 16, nameHour, "not seen in print"},
	{calendar.Day(2026, 7, 1), [kinds]bool{false, true}, 20, nameHour, "not seen in print"},
	{calendar.Day(2026, 7, 1), [kinds]bool{false, true}, 19, nameHour, "not seen in print"},
}
