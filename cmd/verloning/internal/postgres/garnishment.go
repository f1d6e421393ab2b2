package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"

	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
)

// AddGarnishment keeps a garnishment, or the next version of the one with the
// same reference, under the id that its first version got.
func (tx *Tx) AddGarnishment(ctx context.Context, a payroll.Actor, e payroll.Employment, g payroll.Garnishment) (id uuid.UUID, version int, err error) {
	known, err := tx.knowledge(ctx)
	if err != nil {
		return uuid.Nil, 0, err
	}
	err = tx.QueryRow(ctx, `
		INSERT INTO garnishment (id, employment, reference, version, creditor_iban, creditor_name, valid_from, valid_to, protected, total, rank, known, recorded_by)
		SELECT coalesce((array_agg(id))[1], @id), @employment, @reference, coalesce(max(version), 0) + 1, @iban, @name, @from, @to::date,
			@protected, @total::numeric, @rank, @known, @by
		FROM garnishment WHERE employment = @employment AND reference = @reference
		RETURNING id, version`,
		pgx.NamedArgs{
			"id": g.ID, "employment": e.ID, "reference": g.Reference, "iban": g.Creditor.Reveal(), "name": g.Name.Reveal(),
			"from": day(g.Span.From), "to": day(g.Span.To), "protected": g.Protected.Decimal(), "total": moneyOrNull(g.Total),
			"rank": g.Rank, "known": known, "by": a.User,
		}).Scan(&id, &version)
	if err != nil {
		return uuid.Nil, 0, clash("garnishment", "reference", fmt.Errorf("add garnishment %s of employment %s: %w", g.Reference, e.Number, err))
	}
	return id, version, nil
}

const garnishmentColumns = `g.id, g.reference, g.version, g.creditor_iban, g.creditor_name, g.valid_from, g.valid_to, g.protected, g.total, g.rank`

// garnishmentRow is a version of a garnishment as it is kept.
type garnishmentRow struct {
	ID        uuid.UUID
	Reference string
	Version   int
	IBAN      string
	Name      string
	From      time.Time
	To        *time.Time
	Protected decimal.Decimal
	Total     decimal.NullDecimal
	Rank      int
}

// into are the places that a row is scanned into.
func (r *garnishmentRow) into() []any {
	return []any{&r.ID, &r.Reference, &r.Version, &r.IBAN, &r.Name, &r.From, &r.To, &r.Protected, &r.Total, &r.Rank}
}

func (r *garnishmentRow) garnishment() (payroll.Garnishment, error) {
	g := payroll.Garnishment{
		ID: r.ID, Reference: r.Reference, Version: r.Version, Creditor: payroll.IBAN(r.IBAN), Name: payroll.Name(r.Name),
		Span: calendar.Span{From: date(&r.From), To: date(r.To)}, Rank: r.Rank,
	}
	var err error
	if g.Protected, err = money(r.Protected); err != nil {
		return g, err
	}
	g.Total, err = amountOr(r.Total)
	return g, err
}

// garnishments come in order of version, so that the newest one that the
// cut-off knows of each is the last. They are found person by person.
func (l *loader) garnishments(ctx context.Context) error {
	rows, err := l.Query(ctx, `
		SELECT e.person, `+garnishmentColumns+`
		FROM employment e JOIN LATERAL (SELECT * FROM garnishment k WHERE k.employment = e.id AND k.known <= @cutoff OFFSET 0) g ON true
		WHERE e.employer = @employer AND e.person BETWEEN @first AND @last
		ORDER BY e.person, g.reference, g.version`, l.args)
	if err != nil {
		return err
	}
	var person uuid.UUID
	var row garnishmentRow
	_, err = pgx.ForEachRow(rows, append([]any{&person}, row.into()...), func() error {
		file := l.file(person)
		if file == nil {
			return nil
		}
		g, err := row.garnishment()
		if err != nil {
			return err
		}
		if n := len(file.Garnishments); n > 0 && file.Garnishments[n-1].ID == g.ID {
			file.Garnishments[n-1] = g
			return nil
		}
		file.Garnishments = append(file.Garnishments, g)
		return nil
	})
	return err
}

// GarnishmentListed is a garnishment as a list shows it. Of the account it has
// the last four characters: enough to check, and too little to pay on.
type GarnishmentListed struct {
	Garnishment uuid.UUID     `json:"garnishment"`
	Person      string        `json:"person"` // personnel number
	Reference   string        `json:"reference"`
	Version     int           `json:"version"`
	Creditor    string        `json:"creditor_name"`
	Account     string        `json:"creditor_account"`
	ValidFrom   calendar.Date `json:"valid_from"`
	ValidTo     calendar.Date `json:"valid_to,omitzero"`
	Protected   euro.Amount   `json:"protected"`
	Total       *euro.Amount  `json:"total,omitempty"`
	Rank        int           `json:"rank"`
}

// Garnishments lists the newest version of the garnishments of one employee of
// the organisation, or of all, in order of id, after one of them.
func (tx *Tx) Garnishments(ctx context.Context, a payroll.Actor, person string, after uuid.UUID, limit int) ([]GarnishmentListed, error) {
	rows, err := tx.Query(ctx, `
		SELECT e.number, `+garnishmentColumns+`
		FROM employment e JOIN garnishment g ON g.employment = e.id
		WHERE e.employer = @employer AND (@person = '' OR e.number = @person) AND g.id > @after
		  AND NOT EXISTS (SELECT FROM garnishment n WHERE n.id = g.id AND n.version > g.version)
		ORDER BY g.id LIMIT @limit`,
		pgx.NamedArgs{"employer": a.Organisation.ID, "person": person, "after": after, "limit": limit})
	if err != nil {
		return nil, fmt.Errorf("garnishments: %w", err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (GarnishmentListed, error) {
		var number string
		var kept garnishmentRow
		if err := row.Scan(append([]any{&number}, kept.into()...)...); err != nil {
			return GarnishmentListed{}, err
		}
		g, err := kept.garnishment()
		return GarnishmentListed{
			Garnishment: g.ID, Person: number, Reference: g.Reference, Version: g.Version, Creditor: g.Name.Reveal(),
			Account: "…" + kept.IBAN[len(kept.IBAN)-4:], ValidFrom: g.Span.From, ValidTo: g.Span.To, Protected: g.Protected, Total: g.Total, Rank: g.Rank,
		}, err
	})
}
