package payroll

import (
	"context"
	"regexp"
)

// Letterhead is where an organisation is, and its number for the VAT: what an
// invoice has to say of both sides (Wet OB 1968 art. 35a). Empty where it is not
// recorded.
type Letterhead struct {
	Street string
	Place  string // with its postcode
	VATID  string
}

// LetterheadRecord records the next version of an organisation's letterhead, as
// the beheerder. Invoices of before keep the one that they were issued with.
type LetterheadRecord struct {
	Command
	Organisation string `json:"organisation" validate:"required,code"`
	Street       string `json:"street" validate:"required,max=100"`
	Place        string `json:"place" validate:"required,max=100"`
	VATID        string `json:"vat_id,omitempty" validate:"max=14"`
}

// LetterheadRecorded is the reply.
type LetterheadRecorded struct {
	Organisation string `json:"organisation"`
	Version      int    `json:"version"`
}

// vatPattern is a number for the VAT: its country, and up to twelve signs.
var vatPattern = regexp.MustCompile(`^(NL[0-9]{9}B[0-9]{2}|(A[TU]|BE|BG|CY|CZ|D[EK]|E[ELS]|F[IR]|H[RU]|I[ET]|L[TUV]|MT|P[LT]|RO|S[EIK]|XI)[A-Z0-9]{2,12})$`)

// RecordLetterhead keeps a version.
func (d *Desk) RecordLetterhead(ctx context.Context, tx Tx, a Actor, req LetterheadRecord) (LetterheadRecorded, error) {
	door := NewDoor(req)
	org, known, err := tx.OrganisationByCode(ctx, req.Organisation)
	if err != nil {
		return LetterheadRecorded{}, err
	}
	if !known && !door.failed("organisation") {
		door.Refuse(Unknown("organisation", "organisation", req.Organisation))
	}
	if req.VATID != "" && !door.failed("vat_id") && !vatPattern.MatchString(req.VATID) {
		door.Refuse(Reason("letterhead/vat_id", "vat_id", "Geen btw-identificatienummer, zoals NL123456789B01.", "Not a VAT identification number, such as NL123456789B01."))
	}
	if err := door.Err(); err != nil {
		return LetterheadRecorded{}, err
	}
	version, err := tx.AddLetterhead(ctx, a, org.ID, Letterhead{req.Street, req.Place, req.VATID})
	return LetterheadRecorded{org.Code, version}, err
}
