package postgres

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"

	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/subsidy"
)

// link is a posting as it stands in its chain.
type link struct {
	subsidy.Posting
	Sequence  int
	Previous  string // hash of the one before
	Hash      string
	By        uuid.UUID
	At        time.Time
	Version   int // of the chain
	Transfers int
	Digest    string // over the transfers
}

// chained is the hash that the posting must have: over the one before and over
// all that it says. In the first version its transfers were no part of it. When it
// was posted is for display and no part of it: the same month posted again after a
// kill has the same hash.
func (l link) chained() string {
	text := fmt.Appendf(nil, "%s|%d|%s|%s|%s|%s|%s", l.Previous, l.Sequence, l.ID, l.Ledger, l.Kind, l.Content, l.Total)
	if l.Version > 1 {
		text = fmt.Appendf(text, "|%d|%s|%s|%d|%s", l.Version, l.Day, l.By, l.Transfers, l.Digest)
	}
	sum := sha256.Sum256(text)
	return payroll.HashText(sum[:])
}

// digestColumns are the count of some transfers and the hash over all that each
// of them says, in the order of their key. Days go as numbers and names quoted,
// so that no setting and no name can make two lists look alike.
const digestColumns = `count(*)::int, encode(sha256(coalesce(string_agg(sha256(convert_to(concat_ws('|', t.period - DATE '2000-01-01', t.contract, t.number, t.ledger,
		quote_literal(t.debit), quote_literal(t.credit), t.amount), 'UTF8')), ''::bytea ORDER BY t.period, t.contract, t.number), ''::bytea)), 'hex')`

// post adds a posting to an organisation's ledger, chained to the one before.
// Its transfers are there already, in these months: a posting gets none after it
// exists. The organisation's row is the lock of its chain.
func (tx *Tx) post(ctx context.Context, a payroll.Actor, p subsidy.Posting, months ...calendar.Date) (head string, err error) {
	if err := tx.holdOrganisation(ctx, p.Ledger); err != nil {
		return "", fmt.Errorf("ledger of %s: %w", p.Ledger, err)
	}
	l := link{Posting: p, By: a.User, At: tx.now, Version: 2}
	if l.Day.IsZero() {
		l.Day = tx.Today()
	}
	err = tx.QueryRow(ctx, `SELECT sequence, hash FROM posting WHERE ledger = $1 ORDER BY sequence DESC LIMIT 1`, p.Ledger).Scan(&l.Sequence, &l.Previous)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return "", fmt.Errorf("ledger of %s: %w", p.Ledger, err)
	}
	periods := make([]*time.Time, len(months))
	for i, m := range months {
		periods[i] = day(m)
	}
	err = tx.QueryRow(ctx, `SELECT `+digestColumns+` FROM unnest($2::date[]) m (period) JOIN transfer t ON t.period = m.period AND t.posting = $1`, p.ID, periods).
		Scan(&l.Transfers, &l.Digest)
	if err != nil {
		return "", fmt.Errorf("transfers of posting %s: %w", p.ID, err)
	}
	l.Sequence++
	l.Hash = l.chained()
	return l.Hash, tx.addLink(ctx, l, periods)
}

func (tx *Tx) addLink(ctx context.Context, l link, periods []*time.Time) error {
	_, err := tx.Exec(ctx, `
		INSERT INTO posting (id, ledger, sequence, kind, content, total, previous, hash, posted_by, posted_at, chain, booked_on, transfers, digest)
		VALUES (@id, @ledger, @sequence, @kind, @content, @total, @previous, @hash, @by, @at, @chain, @day, @transfers, @digest)`,
		pgx.NamedArgs{
			"id": l.ID, "ledger": l.Ledger, "sequence": l.Sequence, "kind": l.Kind, "content": l.Content, "total": l.Total.Decimal(),
			"previous": l.Previous, "hash": l.Hash, "by": l.By, "at": l.At, "chain": l.Version, "day": day(l.Day), "transfers": l.Transfers, "digest": l.Digest,
		})
	if err != nil {
		return fmt.Errorf("post %s to the ledger of %s: %w", l.Kind, l.Ledger, err)
	}
	if _, err := tx.Exec(ctx, `INSERT INTO posting_period (posting, period) SELECT DISTINCT $1::uuid, m FROM unnest($2::date[]) m`, l.ID, periods); err != nil {
		return fmt.Errorf("months of posting %s: %w", l.ID, err)
	}
	return nil
}

// links reads postings of a ledger in order, after one.
func (tx *Tx) links(ctx context.Context, ledger uuid.UUID, after, limit int) ([]link, error) {
	rows, err := tx.Query(ctx, `
		SELECT id, ledger, sequence, kind, content, total, previous, hash, posted_by, posted_at, chain, booked_on, coalesce(transfers, 0), coalesce(digest, '')
		FROM posting WHERE ledger = $1 AND sequence > $2 ORDER BY sequence LIMIT $3`, ledger, after, limit)
	if err != nil {
		return nil, fmt.Errorf("postings of %s: %w", ledger, err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (l link, err error) {
		var on *time.Time
		var total decimal.Decimal
		if err = row.Scan(&l.ID, &l.Ledger, &l.Sequence, &l.Kind, &l.Content, &total, &l.Previous, &l.Hash, &l.By, &l.At, &l.Version, &on, &l.Transfers, &l.Digest); err != nil {
			return l, err
		}
		l.Day = date(on)
		l.Total, err = money(total)
		return l, err
	})
}
