package postgres

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"verloning/payroll"
)

// Vault seals private data with keys that live in the database, themselves
// sealed by a master key that does not (envelope encryption): another master
// key means sealing two small keys again, not every row. One key seals
// (AES-256-GCM, bound to the row it belongs to), the other finds: an equal BSN
// gives an equal HMAC, which says nothing to who lacks the key.
type Vault struct {
	seal cipher.AEAD
	find []byte
}

// KeySize is the length of a master key in bytes.
const KeySize = 32

// ErrMasterKey means that the master key is not the one that this database was
// sealed with.
var ErrMasterKey = errors.New("the master key does not open this database's keys; check VERLONING_KEY_FILE")

// OpenVault reads the database's keys with the master key, or makes them the
// first time.
func (s *Store) OpenVault(ctx context.Context, master []byte) error {
	if len(master) != KeySize {
		return fmt.Errorf("the master key has %d bytes, it needs %d", len(master), KeySize)
	}
	outer, err := newAEAD(master)
	if err != nil {
		return err
	}
	keys := map[string][]byte{}
	for _, purpose := range []string{"seal", "find"} {
		fresh := make([]byte, KeySize)
		_, _ = rand.Read(fresh)
		// Two processes that start together agree on whose key came first.
		_, err := s.pool.Exec(ctx, `INSERT INTO sealing_key (purpose, wrapped) VALUES ($1, $2) ON CONFLICT DO NOTHING`,
			purpose, closeUp(outer, fresh, []byte(purpose)))
		if err != nil {
			return fmt.Errorf("sealing key: %w", redact(err))
		}
		var wrapped []byte
		if err := s.pool.QueryRow(ctx, `SELECT wrapped FROM sealing_key WHERE purpose = $1`, purpose).Scan(&wrapped); err != nil {
			return fmt.Errorf("sealing key: %w", err)
		}
		if keys[purpose], err = openUp(outer, wrapped, []byte(purpose)); err != nil {
			return ErrMasterKey
		}
	}
	inner, err := newAEAD(keys["seal"])
	if err != nil {
		return err
	}
	s.vault = &Vault{seal: inner, find: keys["find"]}
	return nil
}

// hash is what a BSN is found by.
func (v *Vault) hash(b payroll.BSN) []byte {
	mac := hmac.New(sha256.New, v.find)
	_, _ = mac.Write([]byte("bsn:" + b.Reveal()))
	return mac.Sum(nil)
}

// digest is what a request's body is compared by.
func (v *Vault) digest(body []byte) []byte {
	mac := hmac.New(sha256.New, v.find)
	_, _ = mac.Write([]byte("request:"))
	_, _ = mac.Write(body)
	return mac.Sum(nil)
}

// sealBSN seals a BSN for the row of a person.
func (v *Vault) sealBSN(b payroll.BSN, person uuid.UUID) []byte {
	return closeUp(v.seal, []byte(b.Reveal()), append([]byte("bsn:"), person[:]...))
}

// openBSN opens a BSN again.
func (v *Vault) openBSN(sealed []byte, person uuid.UUID) (payroll.BSN, error) {
	plain, err := openUp(v.seal, sealed, append([]byte("bsn:"), person[:]...))
	if err != nil {
		return "", fmt.Errorf("the BSN of person %s does not open: %w", person, err)
	}
	return payroll.BSN(plain), nil
}

func (v *Vault) sealSeed(seed []byte, account string) []byte {
	return closeUp(v.seal, seed, []byte("seed:"+account))
}

func (v *Vault) openSeed(sealed []byte, account string) ([]byte, error) {
	plain, err := openUp(v.seal, sealed, []byte("seed:"+account))
	if err != nil {
		return nil, fmt.Errorf("the seed of account %s does not open: %w", account, err)
	}
	return plain, nil
}

// sealFile seals the bytes of a bank file for its row.
func (v *Vault) sealFile(content []byte, file uuid.UUID) []byte {
	return closeUp(v.seal, content, append([]byte("file:"), file[:]...))
}

func (v *Vault) openFile(sealed []byte, file uuid.UUID) ([]byte, error) {
	content, err := openUp(v.seal, sealed, append([]byte("file:"), file[:]...))
	if err != nil {
		return nil, fmt.Errorf("bank file %s does not open: %w", file, err)
	}
	return content, nil
}

func newAEAD(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("cipher: %w", err)
	}
	return cipher.NewGCM(block)
}

// closeUp seals with a fresh nonce in front; bound is authenticated with it.
func closeUp(aead cipher.AEAD, plain, bound []byte) []byte {
	nonce := make([]byte, aead.NonceSize())
	_, _ = rand.Read(nonce)
	return aead.Seal(nonce, nonce, plain, bound)
}

func openUp(aead cipher.AEAD, sealed, bound []byte) ([]byte, error) {
	if len(sealed) < aead.NonceSize() {
		return nil, errors.New("too short")
	}
	return aead.Open(nil, sealed[:aead.NonceSize()], sealed[aead.NonceSize():], bound)
}
