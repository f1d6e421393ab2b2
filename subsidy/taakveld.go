package subsidy

// Taakveld says where a municipality's annual account books what a source pays: the
// taakveld of the Iv3 (before 2017 the function), and the line of the SiSa annex.
type Taakveld struct {
	Taakveld string `json:"taakveld"`
	SiSa     string `json:"sisa,omitempty"`
	Source   string `json:"source"` // where this mapping comes from
	Mark     Mark   `json:"mark"`
}

// taakvelden maps sources of money, in years, to lines of the annual account; the
// first that fits holds. What is marked a setting follows the usual reading of the
// Iv3 guidance and is to be confirmed by the municipality: indicator numbers of the
// SiSa change each year, so that a line names the arrangement and not the number.
var taakvelden = []struct {
	sources   []Source
	statutory bool // only of loonkostensubsidie by Participatiewet art. 10d
	from, to  int
	line      Taakveld
}{
	{[]Source{BUIG}, true, 2017, 9999, Taakveld{"6.3 Inkomensregelingen", "G2 Gebundelde uitkering Participatiewet (loonkostensubsidie art. 10d)",
		"Iv3-informatievoorschrift, taakveld 6.3; Participatiewet art. 69; Financiële-verhoudingswet art. 17a", Setting}},
	{[]Source{BUIG}, false, 2017, 9999, Taakveld{"6.3 Inkomensregelingen", "G2 Gebundelde uitkering Participatiewet", "Iv3-informatievoorschrift, taakveld 6.3; Participatiewet art. 69", Setting}},
	{[]Source{BUIG}, false, 2010, 2016, Taakveld{"610 Bijstandsverlening en inkomensvoorzieningen", "G2 Gebundelde uitkering", "Iv3-functies tot en met 2016; Wwb en Participatiewet art. 69", Setting}},
	{[]Source{Participatie}, false, 2009, 2014, Taakveld{"623 Participatiebudget", "G5 Wet participatiebudget", "Iv3-functies tot en met 2016; Wet participatiebudget", Setting}},
	{[]Source{WDeel}, false, 2004, 2008, Taakveld{"611 Werkgelegenheid", "Wwb werkdeel", "Iv3-functies tot en met 2016; Wwb art. 69", Setting}},
	{[]Source{IDeel}, false, 2004, 2008, Taakveld{"610 Bijstandsverlening en inkomensvoorzieningen", "Wwb inkomensdeel", "Iv3-functies tot en met 2016; Wwb art. 69", Setting}},
	{[]Source{ESF}, false, 2017, 9999, Taakveld{"6.5 Arbeidsparticipatie", "", "Iv3-informatievoorschrift, taakveld 6.5; ESF is verantwoord aan het agentschap en niet in de SiSa", Setting}},
	{[]Source{UWV, Own}, false, 2017, 9999, Taakveld{"6.5 Arbeidsparticipatie", "", "Iv3-informatievoorschrift, taakveld 6.5", Setting}},
	{[]Source{WMO}, false, 2017, 9999, Taakveld{"6.71 Maatwerkdienstverlening 18+", "", "Iv3-informatievoorschrift, taakveld 6.71", Setting}},
	{[]Source{ESF, UWV, Own, WMO}, false, 2004, 2016, Taakveld{"611 Werkgelegenheid", "", "Iv3-functies tot en met 2016", Setting}},
}

// TaakveldOf finds the line of a source in a year; statutory says that it pays a
// loonkostensubsidie by Participatiewet art. 10d. What no line is known for stands
// under none, and is to be mapped by the municipality.
func TaakveldOf(source Source, year int, statutory bool) Taakveld {
	for _, t := range taakvelden {
		for _, s := range t.sources {
			if s == source && year >= t.from && year <= t.to && (statutory || !t.statutory) {
				return t.line
			}
		}
	}
	return Taakveld{Taakveld: "-", Source: "-", Mark: Setting}
}
