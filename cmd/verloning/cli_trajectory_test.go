package main

import (
	"reflect"
	"testing"

	"verloning/subsidy"
)

// TestAnswered takes the answers of an intake out of one column of a file; what is
// not an answer goes on as it is, for the service to refuse.
func TestAnswered(t *testing.T) {
	cells := map[string]any{"kind": "intake", "answers": "dutch=yes motivated=unknown  abode"}
	answered(cells)
	want := []subsidy.Answered{{Condition: "dutch", Answer: "yes"}, {Condition: "motivated", Answer: "unknown"}, {Condition: "abode"}}
	if !reflect.DeepEqual(cells, map[string]any{"kind": "intake", "answers": want}) {
		t.Errorf("got %v", cells)
	}
	cells = map[string]any{"kind": "placed", "answers": ""}
	if answered(cells); len(cells) != 1 {
		t.Errorf("no answers became %v", cells["answers"])
	}
}
