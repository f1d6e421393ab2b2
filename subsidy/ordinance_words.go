package subsidy

import "verloning/payroll"

// The words of codes, as an ordinance says them. A code of a scheme that is not
// here is printed as it stands in the file: a new scheme needs no program text.

var markWords = map[Mark]payroll.Text{
	Stated:  {NL: "bron", EN: "stated"},
	Public:  {NL: "openbare regel", EN: "public rule"},
	Setting: {NL: "instelling, te bevestigen door de gemeente", EN: "setting, to be confirmed by the municipality"},
}

var kindWords = map[string]payroll.Text{
	string(Subsidy):  {NL: "Subsidie", EN: "Subsidy"},
	string(Fee):      {NL: "Vergoeding", EN: "Fee"},
	string(Hire):     {NL: "Inleenvergoeding", EN: "Hire price"},
	string(Premium):  {NL: "Premie", EN: "Premium"},
	string(Internal): {NL: "Kosten van de gemeente zelf", EN: "Cost of the municipality itself"},
}

var kindArticles = map[string]payroll.Text{
	string(Subsidy): {NL: "een subsidie", EN: "a subsidy"},
	string(Fee):     {NL: "een vergoeding voor een dienst", EN: "a fee for a service"},
	string(Hire):    {NL: "een inleenvergoeding", EN: "a hire price"},
	string(Premium): {NL: "een premie", EN: "a premium"},
}

var payerWords = map[string]payroll.Text{
	"municipality": {NL: "De gemeente", EN: "The municipality"},
	"inlener":      {NL: "De inlener", EN: "The hirer (inlener)"},
}

var partyWords = map[string]payroll.Text{
	"employer": {NL: "de werkgever", EN: "the employer"},
}

var documentWords = map[string]payroll.Text{
	"decision":  {NL: "het besluit (de beschikking)", EN: "the decision (beschikking)"},
	"agreement": {NL: "de overeenkomst met de gemeente", EN: "the agreement with the municipality"},
	"invoice":   {NL: "de factuur", EN: "the invoice"},
	HoursSheet:  {NL: "de urenverantwoording", EN: "the account of hours"},
}

var sourceWords = map[string]payroll.Text{
	string(WDeel):        {NL: "werkdeel (W)", EN: "werkdeel (W)"},
	string(IDeel):        {NL: "inkomensdeel (I)", EN: "inkomensdeel (I)"},
	string(Participatie): {NL: "participatiebudget", EN: "participatiebudget"},
	string(BUIG):         {NL: "gebundelde uitkering (BUIG)", EN: "gebundelde uitkering (BUIG)"},
	string(Own):          {NL: "eigen middelen", EN: "own means"},
}

var employerWords = map[string]payroll.Text{
	"firm":                {NL: "een gewone werkgever", EN: "an ordinary employer"},
	"reintegratiebedrijf": {NL: "een re-integratiebedrijf", EN: "a re-integration company (re-integratiebedrijf)"},
	"contractor":          {NL: "een opdrachtnemer van de gemeente", EN: "a contractor of the municipality"},
	"municipality_pool":   {NL: "de banenpool van de gemeente", EN: "the municipality's pool of jobs"},
}

var eligibilityWords = map[string]payroll.Text{
	"receives_benefit":             {NL: "de deelnemer krijgt een uitkering", EN: "receives a benefit"},
	"diagnosis":                    {NL: "er is een diagnose", EN: "has a diagnosis"},
	"intention_to_keep":            {NL: "de werkgever wil de deelnemer daarna houden", EN: "is one whom the employer intends to keep"},
	"last_resort":                  {NL: "andere middelen hebben niet geholpen", EN: "was not helped by other means"},
	"fixed_abode":                  {NL: "de deelnemer heeft een vaste woonplaats", EN: "has a fixed abode"},
	"no_blocking_addiction":        {NL: "geen verslaving staat werk in de weg", EN: "has no addiction that blocks work"},
	"motivated":                    {NL: "de deelnemer is gemotiveerd", EN: "is motivated"},
	"dutch":                        {NL: "de deelnemer beheerst het Nederlands voldoende", EN: "has enough Dutch"},
	"doelgroep_loonkostensubsidie": {NL: "de deelnemer hoort tot de doelgroep loonkostensubsidie", EN: "belongs to the doelgroep loonkostensubsidie"},
	"unable_to_work":               {NL: "niet kan werken", EN: "is unable to work"},
	"single_mother_with_children":  {NL: "alleenstaande moeder met kinderen is", EN: "is a single mother with children"},
}

var exitWords = map[string]payroll.Text{
	"work":              {NL: "werk", EN: "work"},
	"self_employed":     {NL: "werk als zelfstandige", EN: "self-employment"},
	"kept":              {NL: "de werkgever houdt de deelnemer", EN: "the employer keeps the participant"},
	"early_end":         {NL: "voortijdig einde", EN: "early end"},
	"ended_early":       {NL: "voortijdig einde", EN: "early end"},
	"back_to_benefit":   {NL: "terug in de uitkering", EN: "back on benefit"},
	"refused_work":      {NL: "weigert werk", EN: "refused work"},
	"renounced_benefit": {NL: "ziet af van de uitkering", EN: "renounced the benefit"},
	"sent_back":         {NL: "teruggestuurd naar de gemeente", EN: "sent back to the municipality"},
	"removed_from_list": {NL: "van de lijst gehaald", EN: "taken off the list"},
	"dismissed_absence": {NL: "ontslag wegens verzuim", EN: "dismissed for absence"},
	"other":             {NL: "anders", EN: "other"},
}

var outcomeWords = map[string]payroll.Text{
	"regular_work":                  {NL: "regulier werk", EN: "regular work"},
	"regular_work_or_self_employed": {NL: "regulier werk of werk als zelfstandige", EN: "regular work or self-employment"},
	"kept_after":                    {NL: "dat de werkgever de deelnemer houdt", EN: "that the employer keeps the participant"},
	"no_gap_between_jobs":           {NL: "dat er geen gat tussen banen valt", EN: "that no gap falls between jobs"},
}

var sectorWords = map[string]payroll.Text{
	"profit": {NL: "bedrijven met winstoogmerk", EN: "companies for profit"},
}

var baseWords = map[string]payroll.Text{
	"exits":           {NL: "wie uitstroomt", EN: "those who leave"},
	"starters":        {NL: "wie begint", EN: "those who start"},
	"profit_starters": {NL: "wie begint bij een bedrijf met winstoogmerk", EN: "those who start at a company for profit"},
	"places":          {NL: "de plaatsen", EN: "the places"},
	"referrals":       {NL: "wie is aangemeld", EN: "those who were referred"},
}
