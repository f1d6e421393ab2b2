package payroll

import (
	"testing"

	"github.com/google/uuid"
	"pgregory.net/rapid"
)

// TestOweReference: a reference is found in what a payer makes of it, and one with a wrong
// character is not.
func TestOweReference(t *testing.T) {
	// The example of ISO 11649 as banks print it.
	if got := 98 - mod97("539007547034"+"RF00"); got != 18 {
		t.Errorf("check digits of RF18 5390 0754 7034: %d", got)
	}
	rapid.Check(t, func(t *rapid.T) {
		id := uuid.UUID(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "id"))
		ref := OweReference(id)
		if len(ref) != 25 {
			t.Fatalf("%s has %d characters", ref, len(ref))
		}
		other := OweReference(uuid.UUID(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "other")))
		for text, want := range map[string]string{
			ref: ref, "terugbetaling " + ref + " dank": ref, "/RF/" + ref[:4] + " " + ref[4:8] + " " + ref[8:]: ref, ref + "\n" + ref: ref, "": "", "RF18539007547034": "",
		} {
			if got := FindOweReference(text); got != want {
				t.Fatalf("%q: %q, want %q", text, got, want)
			}
		}
		if other != ref && FindOweReference(ref+" "+other) != "" {
			t.Fatal("two are taken for one")
		}
		at := rapid.IntRange(4, 24).Draw(t, "at")
		wrong := []byte(ref)
		wrong[at] = rapid.SampledFrom([]byte("ABCDEFGHIJKLMNOPQRSTUVWXYZ")).Draw(t, "letter")
		if got := FindOweReference(string(wrong)); string(wrong) != ref && got != "" {
			t.Fatalf("%s is taken for sound", wrong)
		}
	})
}
