package payroll

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/google/uuid"
)

// OweReference is what somebody states who pays what they owe: a structured creditor
// reference (ISO 11649), of 25 characters, that follows from what is owed. Its check
// digits let it be found in what a payer wrote, and not mistaken.
func OweReference(owed uuid.UUID) string {
	body := reference26(owed)[5:]
	return fmt.Sprintf("RF%02d%s", 98-mod97(body+"RF00"), body)
}

// mod97 is the remainder of a text whose letters count from ten, as in an IBAN (ISO
// 7064).
func mod97(text string) int {
	n := 0
	for _, r := range text {
		if r >= 'A' {
			n = (n*100 + int(r-'A') + 10) % 97
		} else {
			n = (n*10 + int(r-'0')) % 97
		}
	}
	return n
}

var owePattern = regexp.MustCompile(`RF[0-9]{2}[A-Z2-7]{21}`)

// FindOweReference finds the one reference of ours in what a payer wrote, in groups or
// not; none where there is no sound one, or more than one.
func FindOweReference(text string) (found string) {
	text = strings.ToUpper(strings.Join(strings.Fields(text), ""))
	for _, at := range owePattern.FindAllStringIndex(text, -1) {
		one := text[at[0]:at[1]]
		if mod97(one[4:]+one[:4]) != 1 || one == found {
			continue
		}
		if found != "" {
			return ""
		}
		found = one
	}
	return found
}
