package postgres

import (
	"context"
	"crypto/hmac"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"verloning/payroll"
)

// Repeated returns the reply of an earlier request with the same key, if its
// body was the same, and refuses another body. Requests with the same key wait
// for each other.
func (tx *Tx) Repeated(ctx context.Context, a payroll.Actor, key, endpoint string, body []byte) (string, bool, error) {
	_, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock(hashtextextended($1, 7422))`, a.Organisation.ID.String()+a.User.String()+key)
	if err != nil {
		return "", false, fmt.Errorf("idempotency key: %w", err)
	}
	var reply, of string
	var hash []byte
	err = tx.QueryRow(ctx, `SELECT reply, endpoint, body_hash FROM request WHERE organisation = $1 AND app_user = $2 AND key = $3`,
		a.Organisation.ID, a.User, key).Scan(&reply, &of, &hash)
	if errors.Is(err, pgx.ErrNoRows) {
		return "", false, nil
	}
	if err != nil {
		return "", false, fmt.Errorf("idempotency key: %w", err)
	}
	if of != endpoint || !hmac.Equal(hash, tx.vault.digest(body)) {
		return "", false, payroll.Refuse(payroll.Conflict, payroll.Reason("idempotency_key/other_body", "idempotency_key",
			"Deze sleutel is al gebruikt voor een ander verzoek.", "This key was used for another request."))
	}
	return reply, true, nil
}

// Remember keeps the reply to a request under its key, with a keyed digest of
// its body: with a plain one whoever has a copy of the database could try every
// BSN until the digest fits.
func (tx *Tx) Remember(ctx context.Context, a payroll.Actor, key, endpoint string, body []byte, reply string) error {
	_, err := tx.Exec(ctx, `INSERT INTO request (organisation, app_user, key, endpoint, body_hash, reply) VALUES ($1, $2, $3, $4, $5, $6)`,
		a.Organisation.ID, a.User, key, endpoint, tx.vault.digest(body), reply)
	if err != nil {
		return fmt.Errorf("idempotency key: %w", redact(err))
	}
	return nil
}
