package payroll

import (
	"fmt"

	"github.com/google/uuid"

	"verloning/payroll/calendar"
	"verloning/payroll/euro"
)

// HoursKind is what the hours of a day were.
type HoursKind string

// The kinds of hours.
const (
	Worked        HoursKind = "worked"
	Training      HoursKind = "training"
	Sick          HoursKind = "sick"
	Leave         HoursKind = "leave"
	PublicHoliday HoursKind = "public_holiday"
	UnpaidAbsence HoursKind = "unpaid_absence"
)

// HoursKinds lists the kinds in the order of a payslip.
var HoursKinds = []HoursKind{Worked, Training, Sick, Leave, PublicHoliday, UnpaidAbsence}

// Paid reports whether the wage goes on. Sickness is paid in full unless the
// contract's SickTerms say less (BW 7:629).
func (k HoursKind) Paid() bool { return k != UnpaidAbsence }

// OnDuty reports whether the hours count as working time.
func (k HoursKind) OnDuty() bool { return k == Worked || k == Training }

// order gives the kind's place on a payslip.
func (k HoursKind) order() int {
	for i, kind := range HoursKinds {
		if kind == k {
			return i
		}
	}
	return len(HoursKinds)
}

// Quantity is a number of hours in hundredths.
type Quantity int32

// MaxDay is the most that a day holds.
const MaxDay Quantity = 24_00

// ParseQuantity reads hours such as "7.5" or "8.00": nothing is rounded, so a
// third decimal is refused.
func ParseQuantity(s string) (Quantity, error) {
	n, err := euro.Parse(s)
	if err != nil {
		return 0, fmt.Errorf("hours: %w", err)
	}
	cents := n.InCents()
	if cents > 1_000_000 || cents < -1_000_000 {
		return 0, fmt.Errorf("hours: %w: %.20q is out of range", euro.ErrNumber, s)
	}
	return Quantity(cents), nil
}

// Number returns the hours for exact computation.
func (q Quantity) Number() euro.Number { return euro.Scaled(int64(q), 2) }

// QuantityOf is a number of hours rounded half up to hundredths.
func QuantityOf(n euro.Number) Quantity { return Quantity(n.Cents().InCents()) }

// String prints two decimals.
func (q Quantity) String() string { return euro.Cents(int64(q)).String() }

// Hours is what one contract did on one day in one kind. A correction is a
// higher version; a quantity of nought takes the hours back.
type Hours struct {
	Contract   uuid.UUID
	Day        calendar.Date
	Kind       HoursKind
	Version    int
	Quantity   Quantity
	Submission uuid.UUID
	Line       int
	Late       bool // the period was approved before these hours came
}
