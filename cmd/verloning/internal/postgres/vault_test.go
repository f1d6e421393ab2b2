package postgres

import (
	"bytes"
	"crypto/rand"
	"testing"

	"github.com/google/uuid"

	"verloning/payroll"
)

func testVault(t *testing.T) *Vault {
	t.Helper()
	key := make([]byte, KeySize)
	_, _ = rand.Read(key)
	seal, err := newAEAD(key)
	if err != nil {
		t.Fatal(err)
	}
	return &Vault{seal: seal, find: key}
}

// What is sealed for one row does not open for another, nor with another key,
// nor changed by a bit; and it never looks alike twice.
func TestVaultBindsToTheRow(t *testing.T) {
	v, bsn, person := testVault(t), payroll.BSN("111222333"), uuid.New()
	sealed := v.sealBSN(bsn, person)
	if got, err := v.openBSN(sealed, person); err != nil || got.Reveal() != bsn.Reveal() {
		t.Fatalf("it does not open: %v", err)
	}
	if bytes.Contains(sealed, []byte(bsn.Reveal())) || bytes.Equal(sealed, v.sealBSN(bsn, person)) {
		t.Error("the sealed text shows something")
	}
	if _, err := v.openBSN(sealed, uuid.New()); err == nil {
		t.Error("it opens for another person")
	}
	if _, err := testVault(t).openBSN(sealed, person); err == nil {
		t.Error("it opens with another key")
	}
	sealed[len(sealed)-1] ^= 1
	if _, err := v.openBSN(sealed, person); err == nil {
		t.Error("it opens though a bit was changed")
	}
	if !bytes.Equal(v.hash(bsn), v.hash("111222333")) || bytes.Equal(v.hash(bsn), v.hash("123456782")) {
		t.Error("the hash does not find")
	}
}
