package payroll

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"verloning/payroll/calendar"
)

// Bank writes and reads the messages that go between an organisation and its
// bank.
type Bank interface {
	// Write makes the message of a file. The same file gives the same bytes.
	Write(f BankFile) ([]byte, error)
	// Read takes a message apart, or refuses it with every reason.
	Read(content []byte) (BankReport, error)
}

// BankFormat is the message in which a bank takes payments.
type BankFormat string

// The formats: version 9 is what banks ask for, version 3 what some still take.
const (
	Pain09 BankFormat = "pain.001.001.09"
	Pain03 BankFormat = "pain.001.001.03"
)

// BankTerms are what an organisation agreed with its bank.
type BankTerms struct {
	Version int                `json:"version"` // nought: nothing was recorded, and these are the defaults
	Format  BankFormat         `json:"format"`
	CutOff  calendar.TimeOfDay `json:"cut_off"`        // a file handed in by this time is carried out the same day
	BIC     string             `json:"bic,omitempty"`  // of the bank; none: the bank is known by the IBAN
	Town    string             `json:"town,omitempty"` // of the organisation; asked for by banks outside the EEA
}

// DefaultBankTerms hold until others are recorded: the current format, and a
// cut-off at three in the afternoon, before that of the Dutch banks whose terms
// were seen.
var DefaultBankTerms = BankTerms{Format: Pain09, CutOff: 15 * 60}

// BankRecord records what holds from now on.
type BankRecord struct {
	Command
	Format string `json:"format,omitempty" validate:"omitempty,oneof=pain.001.001.09 pain.001.001.03"`
	CutOff string `json:"cut_off,omitempty" validate:"max=5"`
	BIC    string `json:"bic,omitempty" validate:"max=11"`
	Town   string `json:"town,omitempty" validate:"max=35"`
}

// BankRecorded is the reply.
type BankRecorded struct {
	Version int `json:"version"`
}

var bicPattern = regexp.MustCompile(`^[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?$`)

// RecordBank keeps the next version; what is left out is as by default.
func (d *Desk) RecordBank(ctx context.Context, tx Tx, a Actor, req BankRecord) (BankRecorded, error) {
	door := NewDoor(req)
	terms := DefaultBankTerms
	if req.Format != "" {
		terms.Format = BankFormat(req.Format)
	}
	if req.CutOff != "" {
		var err error
		if terms.CutOff, err = calendar.ParseTimeOfDay(req.CutOff); err != nil {
			door.Refuse(Reason("time/invalid", "cut_off", "Geen tijd (bijvoorbeeld 15:30).", "Not a time (such as 15:30)."))
		}
	}
	terms.BIC, terms.Town = strings.ToUpper(req.BIC), req.Town
	if terms.BIC != "" && !bicPattern.MatchString(terms.BIC) {
		door.Refuse(Reason("bic/invalid", "bic", "Geen geldige BIC (8 of 11 tekens).", "Not a valid BIC (8 or 11 characters)."))
	}
	if a.Organisation.IBAN == "" {
		door.Refuse(Reason("organisation/no_iban", "", "Uw organisatie heeft geen IBAN en betaalt dus niet.", "Your organisation has no IBAN and so does not pay."))
	}
	if err := door.Err(); err != nil {
		return BankRecorded{}, err
	}
	version, err := tx.AddBankTerms(ctx, a, terms)
	return BankRecorded{version}, err
}

// bankTerms are those that were recorded, or the defaults.
func bankTerms(ctx context.Context, tx Tx, a Actor) (BankTerms, error) {
	terms, known, err := tx.BankTerms(ctx, a.Organisation.ID)
	if err == nil && !known {
		terms = DefaultBankTerms
	}
	return terms, err
}

// earliest is the first day on which the bank can carry out what is handed in now.
func (t BankTerms) earliest(now calendar.Moment) calendar.Date {
	if now.Time() > t.CutOff {
		return now.Day.Add(1).NextTARGETDay()
	}
	return now.Day.NextTARGETDay()
}

// execution is the day on which the bank is asked to pay what is due on a day:
// that day, or the first day after it on which TARGET is open and the bank still
// can. A day that moves says why.
func (t BankTerms) execution(due calendar.Date, now calendar.Moment) (calendar.Date, []Problem) {
	day, why := due, []Problem(nil)
	if day.Before(now.Day) {
		day = now.Day
		why = append(why, Reason("payment/date_past", "", fmt.Sprintf("%s is voorbij.", due), fmt.Sprintf("%s has passed.", due)))
	}
	if day == now.Day && day.TARGETDay() && now.Time() > t.CutOff {
		day = t.earliest(now)
		return day, append(why, Reason("payment/after_cut_off", "",
			fmt.Sprintf("Het is na %s, tot wanneer de bank betalingen van vandaag aanneemt.", t.CutOff), fmt.Sprintf("It is past %s, until when the bank takes payments of today.", t.CutOff)))
	}
	if !day.TARGETDay() {
		why = append(why, Reason("payment/no_target_day", "", fmt.Sprintf("Op %s gaat er geen geld tussen banken (geen TARGET-dag).", day), fmt.Sprintf("On %s no money goes between banks (no TARGET day).", day)))
		day = day.NextTARGETDay()
	}
	return day, why
}
