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
	"provider": {NL: "de uitvoerder van het traject", EN: "the provider of the trajectory"},
	"person":   {NL: "de deelnemer", EN: "the participant"},
}

var documentWords = map[string]payroll.Text{
	"decision":   {NL: "het besluit (de beschikking)", EN: "the decision (beschikking)"},
	"agreement":  {NL: "de overeenkomst met de gemeente", EN: "the agreement with the municipality"},
	"invoice":    {NL: "de factuur", EN: "the invoice"},
	"order":      {NL: "de opdracht van de gemeente", EN: "the order of the municipality"},
	"settlement": {NL: "de afrekening van het contractjaar", EN: "the settlement of the contract year"},
	HoursSheet:   {NL: "de urenverantwoording", EN: "the account of hours"},
}

var sourceWords = map[string]payroll.Text{
	string(WDeel):        {NL: "werkdeel (W)", EN: "werkdeel (W)"},
	string(IDeel):        {NL: "inkomensdeel (I)", EN: "inkomensdeel (I)"},
	string(Participatie): {NL: "participatiebudget", EN: "participatiebudget"},
	string(BUIG):         {NL: "gebundelde uitkering (BUIG)", EN: "gebundelde uitkering (BUIG)"},
	string(ESF):          {NL: "Europees Sociaal Fonds (ESF)", EN: "European Social Fund (ESF)"},
	string(UWV):          {NL: "UWV", EN: "UWV"},
	string(WMO):          {NL: "Wmo", EN: "Wmo"},
	string(Own):          {NL: "eigen middelen", EN: "own means"},
}

var benefitWords = map[string]payroll.Text{
	string(WWB):       {NL: "bijstand (WWB, Participatiewet)", EN: "social assistance (WWB, Participatiewet)"},
	string(WIA):       {NL: "WIA", EN: "WIA"},
	string(WW):        {NL: "WW", EN: "WW"},
	string(NoBenefit): {NL: "geen uitkering", EN: "no benefit"},
}

var employerWords = map[string]payroll.Text{
	"firm":                {NL: "een gewone werkgever", EN: "an ordinary employer"},
	"reintegratiebedrijf": {NL: "een re-integratiebedrijf", EN: "a re-integration company (re-integratiebedrijf)"},
	"contractor":          {NL: "een opdrachtnemer van de gemeente", EN: "a contractor of the municipality"},
	"work_company":        {NL: "een sociaal ontwikkelbedrijf", EN: "a social work company (sociaal ontwikkelbedrijf)"},
	"municipality_pool":   {NL: "de banenpool van de gemeente", EN: "the municipality's pool of jobs"},
}

var eligibilityWords = map[string]payroll.Text{
	"hours_28":                      {NL: "de deelnemer werkt ten minste 28 uur per week", EN: "works 28 hours a week at least"},
	"receives_benefit":              {NL: "de deelnemer krijgt een uitkering", EN: "receives a benefit"},
	"diagnosis":                     {NL: "er is een diagnose", EN: "has a diagnosis"},
	"intention_to_keep":             {NL: "de werkgever wil de deelnemer daarna houden", EN: "is one whom the employer intends to keep"},
	"last_resort":                   {NL: "andere middelen hebben niet geholpen", EN: "was not helped by other means"},
	"fixed_abode":                   {NL: "de deelnemer heeft een vaste woonplaats", EN: "has a fixed abode"},
	"no_blocking_addiction":         {NL: "geen verslaving staat werk in de weg", EN: "has no addiction that blocks work"},
	"motivated":                     {NL: "de deelnemer is gemotiveerd", EN: "is motivated"},
	"dutch":                         {NL: "de deelnemer beheerst het Nederlands voldoende", EN: "has enough Dutch"},
	"doelgroep_loonkostensubsidie":  {NL: "de deelnemer hoort tot de doelgroep loonkostensubsidie", EN: "belongs to the doelgroep loonkostensubsidie"},
	"unable_to_work":                {NL: "niet kan werken", EN: "is unable to work"},
	"single_mother_with_children":   {NL: "alleenstaande moeder met kinderen is", EN: "is a single mother with children"},
	"claims_benefit":                {NL: "de deelnemer vraagt een uitkering aan", EN: "claims a benefit"},
	"long_term":                     {NL: "de deelnemer heeft al lang een uitkering", EN: "has been on benefit for long"},
	"multiple_problems":             {NL: "de deelnemer heeft meer dan één probleem", EN: "has more than one problem"},
	"target_area":                   {NL: "de deelnemer woont in het gebied van de regeling", EN: "lives in the area of the scheme"},
	"promising":                     {NL: "de deelnemer is kansrijk", EN: "is promising"},
	"motivated_no_detention":        {NL: "de deelnemer is gemotiveerd en wordt niet gedetineerd", EN: "is motivated, and no detention is coming"},
	"presentable":                   {NL: "de deelnemer is representatief", EN: "is presentable"},
	"diploma_mbo2_havo_vwo":         {NL: "de deelnemer heeft een diploma mbo-2, havo of vwo", EN: "has a diploma of MBO-2, HAVO or VWO"},
	"certificate_of_conduct":        {NL: "de deelnemer heeft een verklaring omtrent het gedrag", EN: "has a certificate of conduct"},
	"no_social_or_medical_limits":   {NL: "er zijn geen sociale of medische belemmeringen", EN: "has no social or medical limits"},
	"no_paid_work_last_3_months":    {NL: "de deelnemer had de laatste drie maanden geen betaald werk", EN: "had no paid work in the last three months"},
	"experience_or_schooling":       {NL: "de deelnemer heeft werkervaring of scholing", EN: "has experience or schooling"},
	"dutch_spoken_written":          {NL: "de deelnemer beheerst het Nederlands in woord en geschrift", EN: "has Dutch, spoken and written"},
	"mainly_debt_free":              {NL: "de deelnemer is grotendeels schuldenvrij en er ligt geen loonbeslag", EN: "is mainly free of debt, with no garnishment of wages"},
	"no_recent_or_coming_detention": {NL: "er is geen recente of komende detentie", EN: "has no recent or coming detention"},
	"no_coming_detention":           {NL: "er is geen komende detentie", EN: "has no coming detention"},
	"no_active_addiction":           {NL: "er is geen actieve verslaving", EN: "has no active addiction"},
	"no_active_addiction_shown":     {NL: "er is aantoonbaar geen actieve verslaving", EN: "can show that there is no active addiction"},
	"no_similar_traject_before":     {NL: "er was niet eerder zo'n traject, tenzij dit er logisch op volgt", EN: "had no such traject before, unless this is its logical sequel"},
	"needs_care":                    {NL: "de deelnemer heeft duidelijk zorg nodig", EN: "clearly needs care"},
	"exempt_on_advice":              {NL: "de deelnemer is ontheven, op advies van een derde tenzij dat duidelijk is", EN: "is exempt, on the advice of a third party unless it is obvious"},
	"contract_of_6_months_intended": {NL: "de werkgever wil daarna een contract van ten minste zes maanden geven", EN: "is one to whom the employer intends to give a contract of at least six months"},
}

var exitWords = map[string]payroll.Text{
	"work":               {NL: "werk", EN: "work"},
	"self_employed":      {NL: "werk als zelfstandige", EN: "self-employment"},
	"kept":               {NL: "de werkgever houdt de deelnemer", EN: "the employer keeps the participant"},
	"ended_by_employer":  {NL: "de werkgever beëindigt de arbeidsovereenkomst", EN: "the employer ends the contract"},
	"early_end":          {NL: "voortijdig einde", EN: "early end"},
	"ended_early":        {NL: "voortijdig einde", EN: "early end"},
	"back_to_benefit":    {NL: "terug in de uitkering", EN: "back on benefit"},
	"refused_work":       {NL: "weigert werk", EN: "refused work"},
	"renounced_benefit":  {NL: "ziet af van de uitkering", EN: "renounced the benefit"},
	"sent_back":          {NL: "teruggestuurd naar de gemeente", EN: "sent back to the municipality"},
	"removed_from_list":  {NL: "van de lijst gehaald", EN: "taken off the list"},
	"dismissed_absence":  {NL: "ontslag wegens verzuim", EN: "dismissed for absence"},
	"refused":            {NL: "weigert", EN: "refused"},
	"next_spoor":         {NL: "gaat naar een ander spoor", EN: "goes to another track"},
	"improved":           {NL: "is verbeterd", EN: "is better"},
	"permanently_exempt": {NL: "blijvend ontheven", EN: "exempt for good"},
	"social_activation":  {NL: "sociale activering", EN: "social activation"},
	"dropout":            {NL: "uitval", EN: "drop-out"},
	"werkende_weg":       {NL: "gaat naar de Werkende Weg", EN: "goes to the Werkende Weg"},
	"school_or_ended":    {NL: "school, of de uitkering is beëindigd", EN: "school, or the benefit ended"},
	"not_influenceable":  {NL: "om een reden waar de gemeente niets aan kan doen", EN: "for a reason that the municipality cannot influence"},
	"other":              {NL: "anders", EN: "other"},
}

var outcomeWords = map[string]payroll.Text{
	"regular_work":                  {NL: "regulier werk", EN: "regular work"},
	"regular_work_or_self_employed": {NL: "regulier werk of werk als zelfstandige", EN: "regular work or self-employment"},
	"kept_after":                    {NL: "dat de werkgever de deelnemer houdt", EN: "that the employer keeps the participant"},
	"participates":                  {NL: "dat iemand meedoet", EN: "that somebody takes part"},
	"off_benefit":                   {NL: "dat iemand geen uitkering meer heeft", EN: "that somebody is off benefit"},
	"left":                          {NL: "dat iemand vertrok", EN: "that somebody left"},
	"social_activation":             {NL: "sociale activering", EN: "social activation"},
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
