package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/google/uuid"

	"verloning/cmd/verloning/internal/bus"
	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
	"verloning/subsidy"
)

type asyncapiShow struct{}

// Run prints the interface of this program; it needs no service, because the
// table that makes the interface is in the program.
func (asyncapiShow) Run(sh *shell) error {
	desk, err := newDesk(1)
	if err != nil {
		return err
	}
	text, err := (&service{desk: desk}).asyncapi()
	if err != nil {
		return err
	}
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, text, "", "  "); err != nil {
		return fmt.Errorf("print: %w", err)
	}
	pretty.WriteByte('\n')
	_, err = sh.out.Write(pretty.Bytes())
	return err
}
