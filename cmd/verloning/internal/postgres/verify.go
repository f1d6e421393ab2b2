package postgres

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"

	"verloning/payroll"
	"verloning/payroll/euro"
	"verloning/subsidy"
)

// LedgerFault is the first posting of a ledger that does not fit, and what of it.
type LedgerFault struct {
	Sequence int          `json:"posting"` // nought: what is missing has no number
	ID       *uuid.UUID   `json:"id,omitempty"`
	Kind     string       `json:"kind"` // gap | link | version | hash | transfers | content | total | head | unposted
	Detail   payroll.Text `json:"detail"`
}

// LedgerVerified is what a page of a chain came to.
type LedgerVerified struct {
	Postings  int          `json:"postings"`  // looked at in this page
	Transfers int          `json:"transfers"` // under them
	Unsealed  int          `json:"unsealed"`  // postings of before transfers were part of the chain
	Last      int          `json:"last"`      // number of the last that fits
	Head      string       `json:"head,omitempty"`
	More      bool         `json:"more"`
	Fault     *LedgerFault `json:"fault,omitempty"`
}

// beneath is what the rows under a posting come to now.
type beneath struct {
	transfers int
	digest    string
	sum       euro.Amount
}

// verifying walks one chain.
type verifying struct {
	*Tx
	ledger uuid.UUID
	before link // the posting before
	under  map[uuid.UUID]beneath
	runs   map[uuid.UUID]approvedRun // by posting
	done   LedgerVerified
}

type approvedRun struct {
	run  payroll.Run
	calc payroll.Calculation
}

// VerifyLedger recomputes the chain of a ledger after a posting: that none is
// missing, that each follows the one before, its own hash, the transfers under it,
// and what was decided as far as the rows of it tell. It ends with the first that
// does not fit. The last page also holds the chain against what was announced of
// it and against the runs that were approved.
func (tx *Tx) VerifyLedger(ctx context.Context, ledger uuid.UUID, after, limit int) (LedgerVerified, error) {
	v := &verifying{Tx: tx, ledger: ledger, done: LedgerVerified{Last: after}}
	if after > 0 {
		before, err := tx.links(ctx, ledger, after-1, 1)
		if err != nil {
			return v.done, err
		}
		if len(before) == 1 {
			v.before = before[0]
		}
	}
	page, err := tx.links(ctx, ledger, after, limit)
	if err != nil {
		return v.done, err
	}
	v.done.More = len(page) == limit
	if err := v.prepare(ctx, page); err != nil {
		return v.done, err
	}
	for _, l := range page {
		fault, err := v.judge(ctx, l)
		if err != nil || fault != nil {
			v.done.Fault, v.done.More = fault, false
			return v.done, err
		}
		v.before = l
		v.done.Postings, v.done.Transfers, v.done.Last, v.done.Head = v.done.Postings+1, v.done.Transfers+v.under[l.ID].transfers, l.Sequence, l.Hash
		if l.Version == 1 {
			v.done.Unsealed++
		}
	}
	if !v.done.More {
		v.done.Fault, err = v.missing(ctx)
	}
	return v.done, err
}

// prepare reads what lies under the postings of a page, wherever it lies, and
// which runs were approved.
func (v *verifying) prepare(ctx context.Context, page []link) error {
	ids := make([]uuid.UUID, len(page))
	for i, l := range page {
		ids[i] = l.ID
	}
	rows, err := v.Query(ctx, `SELECT t.posting, sum(t.amount), `+digestColumns+` FROM transfer t WHERE t.posting = ANY ($1::uuid[]) GROUP BY t.posting`, ids)
	if err != nil {
		return fmt.Errorf("transfers of %s: %w", v.ledger, err)
	}
	v.under = map[uuid.UUID]beneath{}
	var id uuid.UUID
	var sum decimal.Decimal
	var b beneath
	_, err = pgx.ForEachRow(rows, []any{&id, &sum, &b.transfers, &b.digest}, func() (err error) {
		b.sum, err = money(sum)
		v.under[id] = b
		return err
	})
	if err != nil {
		return fmt.Errorf("transfers of %s: %w", v.ledger, err)
	}
	return v.approvedRuns(ctx)
}

func (v *verifying) approvedRuns(ctx context.Context) error {
	rows, err := v.Query(ctx, `SELECT r.id, k.number FROM run r JOIN calculation k ON k.run = r.id AND k.status = 'approved' WHERE r.employer = $1`, v.ledger)
	if err != nil {
		return fmt.Errorf("approved runs of %s: %w", v.ledger, err)
	}
	v.runs = map[uuid.UUID]approvedRun{}
	var id uuid.UUID
	var number int
	_, err = pgx.ForEachRow(rows, []any{&id, &number}, func() error {
		x := approvedRun{payroll.Run{ID: id}, payroll.Calculation{Run: id, Number: number}}
		v.runs[subsidy.PostingID(x.run, x.calc)] = x
		return nil
	})
	if err != nil {
		return fmt.Errorf("approved runs of %s: %w", v.ledger, err)
	}
	return nil
}

// nothing is the digest of no transfers.
var nothing = func() string {
	sum := sha256.Sum256(nil)
	return payroll.HashText(sum[:])
}()

// beneath is what lies under a posting now; under some lies nothing.
func (v *verifying) beneath(l link) beneath {
	if b, any := v.under[l.ID]; any {
		return b
	}
	return beneath{digest: nothing}
}

// judge finds what of a posting does not fit, the plainest first.
func (v *verifying) judge(ctx context.Context, l link) (*LedgerFault, error) {
	fault := func(kind, nl, en string, values ...any) (*LedgerFault, error) {
		return &LedgerFault{Sequence: l.Sequence, ID: &l.ID, Kind: kind, Detail: payroll.Text{NL: fmt.Sprintf(nl, values...), EN: fmt.Sprintf(en, values...)}}, nil
	}
	under := v.beneath(l)
	switch {
	case l.Sequence != v.before.Sequence+1:
		return fault("gap", "Boeking %d ontbreekt.", "Posting %d is missing.", v.before.Sequence+1)
	case l.Previous != v.before.Hash:
		return fault("link", "Deze boeking volgt niet op de vorige: die heeft een andere hash.", "This posting does not follow the one before, which has another hash.")
	case l.Version < v.before.Version:
		return fault("version", "Deze boeking legt minder vast dan de vorige.", "This posting seals less than the one before.")
	case l.Hash != l.chained():
		return fault("hash", "De boeking zelf is veranderd: haar hash past niet meer bij wat zij zegt.", "The posting itself was changed: its hash does not fit what it says.")
	case l.Version > 1 && (under.transfers != l.Transfers || under.digest != l.Digest):
		return fault("transfers", "Onder deze boeking staan andere regels dan er geboekt zijn: %d, en het waren er %d.", "Other transfers stand under this posting than were posted: %d, and there were %d.", under.transfers, l.Transfers)
	}
	content, err := v.content(ctx, l)
	var apart *notAddingUp
	if errors.As(err, &apart) {
		return fault("content", "De berekening achter deze boeking telt niet meer op.", "The calculation behind this posting does not add up any more.")
	}
	if err != nil {
		return nil, fmt.Errorf("content of posting %d: %w", l.Sequence, err)
	}
	switch {
	case content.hash != "" && content.hash != l.Content:
		return fault("content", "Wat er besloten is, staat er nu anders dan toen het geboekt werd.", "What was decided stands there otherwise than when it was posted.")
	case content.total != nil && !content.total.Equal(l.Total):
		return fault("total", "Het totaal van de boeking is niet wat haar regels samen zijn.", "The total of the posting is not what its rows come to.")
	}
	return nil, nil
}

// missing finds what the chain should hold and does not: a head that was announced,
// or the posting of what was approved or settled. A chain that was cut off at its
// end fits in itself.
func (v *verifying) missing(ctx context.Context) (*LedgerFault, error) {
	var head *string
	err := v.QueryRow(ctx, `
		SELECT min(x.head) FROM (
			SELECT o.data::json ->> 'ledger_head' AS head FROM run r JOIN outbox o ON o.aggregate = r.id AND o.owner = r.employer AND o.noun = 'run'
			WHERE r.employer = $1) x
		WHERE x.head <> '' AND NOT EXISTS (SELECT FROM posting p WHERE p.ledger = $1 AND p.hash = x.head)`, v.ledger).Scan(&head)
	if err != nil {
		return nil, fmt.Errorf("announced heads of %s: %w", v.ledger, err)
	}
	if head != nil {
		return &LedgerFault{Kind: "head", Detail: payroll.Text{
			NL: fmt.Sprintf("De keten kende een boeking met hash %s, die is aangekondigd en er niet meer is.", *head),
			EN: fmt.Sprintf("The chain had a posting with hash %s, which was announced and is there no more.", *head)}}, nil
	}
	ids := make([]uuid.UUID, 0, len(v.runs))
	for id := range v.runs {
		ids = append(ids, id)
	}
	var id *uuid.UUID
	err = v.QueryRow(ctx, `
		SELECT x.posting FROM (
			SELECT unnest($2::uuid[]) AS posting
			UNION ALL SELECT a.posting FROM grant_approval a JOIN grant_batch b ON b.id = a.batch WHERE b.municipality = $1
			UNION ALL SELECT a.posting FROM statement_approval a JOIN statement s ON s.id = a.statement WHERE s.municipality = $1
			UNION ALL SELECT t.posting FROM statement_settlement t JOIN statement s ON s.id = t.statement WHERE s.municipality = $1
			UNION ALL SELECT a.posting FROM internal_cost_approval a JOIN internal_cost c ON c.id = a.cost WHERE c.municipality = $1
			UNION ALL SELECT a.posting FROM remittance_approval a JOIN remittance r ON r.id = a.remittance WHERE r.employer = $1 AND a.posting IS NOT NULL
			UNION ALL SELECT r.posting FROM bank_received r WHERE r.organisation = $1
			UNION ALL SELECT t.posting FROM settlement t WHERE t.organisation = $1) x
		WHERE NOT EXISTS (SELECT FROM posting p WHERE p.id = x.posting AND p.ledger = $1) ORDER BY x.posting LIMIT 1`, v.ledger, ids).Scan(&id)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("postings of %s that are missing: %w", v.ledger, err)
	}
	return &LedgerFault{Kind: "unposted", ID: id, Detail: payroll.Text{
		NL: "Iets dat is goedgekeurd of afgewikkeld heeft geen boeking in dit grootboek.", EN: "Something that was approved or settled has no posting in this ledger."}}, nil
}
