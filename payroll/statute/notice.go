package statute

import "verloning/payroll/calendar"

// The notice at the end of a fixed term (aanzegging): the employer tells in
// writing, a month before the end at the latest, whether and how the contract
// goes on. These figures decide no amount, so they are not part of Hash.
const noticeArticle = "BW 7:668"

var noticeMonths = checkedLater(history("notice.months", noticeArticle+" lid 1",
	dated{"2015-01-01", "1", High, "registeraccountants.com 2022-12-01, fiorens.nl: a month before the end at the latest, since 1 January 2015"},
))

var noticeFromMonths = checkedLater(history("notice.from_months", noticeArticle+" lid 2",
	dated{"2015-01-01", "6", High, "registeraccountants.com 2022-12-01, fiorens.nl: terms of six months or longer, each following one by itself"},
))

// NoticeMonths is how many months before the end of a fixed term the notice is
// given at the latest, for a deadline on the day: contracts that ended within a
// month after the start of the law had none.
func NoticeMonths(deadline calendar.Date) (Figure, error) { return at(noticeMonths, deadline) }

// NoticeFromMonths is how many months a fixed term lasts at least for a notice
// to be due.
func NoticeFromMonths(deadline calendar.Date) (Figure, error) { return at(noticeFromMonths, deadline) }
