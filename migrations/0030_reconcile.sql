-- +goose Up
-- Money that an employer got for a contract in a month from somebody else than the
-- municipality: a fact that is never changed. What was too much is taken back by an
-- amount below nil under the same reference.
CREATE TABLE other_money (
    id          uuid           PRIMARY KEY,
    contract    uuid           NOT NULL REFERENCES contract,
    kind        text           NOT NULL CHECK (kind IN ('sick_pay', 'LKV', 'ESF', 'UWV')),
    month       date           NOT NULL CHECK (extract(day FROM month) = 1),
    amount      numeric(12, 2) NOT NULL CHECK (amount <> 0),
    reference   text           NOT NULL CHECK (length(reference) BETWEEN 1 AND 40),
    recorded_by uuid           NOT NULL REFERENCES app_user,
    recorded_at timestamptz    NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX other_money_once ON other_money (contract, kind, month, reference, (amount > 0));

-- What deals with a difference of a reconciliation: somebody says why it is all
-- right, or claims money back. The difference is named by what it is, not by how
-- much; before is what other bookings had dealt with when this one was made.
CREATE TABLE booking (
    id           uuid           PRIMARY KEY,
    difference   uuid           NOT NULL,
    municipality uuid           NOT NULL REFERENCES organisation,
    employer     uuid           REFERENCES organisation,
    contract     uuid           NOT NULL,
    class        text           NOT NULL CHECK (class <> ''),
    month        date           NOT NULL,
    amount       numeric(14, 2) NOT NULL CHECK (amount <> 0),
    before       numeric(14, 2) NOT NULL,
    reason       text           NOT NULL CHECK (length(reason) BETWEEN 1 AND 500),
    booked_by    uuid           NOT NULL REFERENCES app_user,
    booked_at    timestamptz    NOT NULL DEFAULT now(),
    UNIQUE (id, booked_by)
);
CREATE INDEX ON booking (municipality, difference);

-- The sources that get back what is claimed back.
CREATE TABLE booking_source (
    booking uuid           NOT NULL REFERENCES booking,
    source  text           NOT NULL CHECK (source IN ('W', 'I', 'participatiebudget', 'BUIG', 'ESF', 'UWV', 'WMO', 'own')),
    amount  numeric(14, 2) NOT NULL,
    PRIMARY KEY (booking, source)
);

CREATE TABLE booking_approval (
    booking     uuid        PRIMARY KEY,
    posting     uuid        REFERENCES posting, -- in the municipality's ledger, of what is claimed back
    booked_by   uuid        NOT NULL,
    approved_by uuid        NOT NULL REFERENCES app_user,
    approved_at timestamptz NOT NULL DEFAULT now(),
    FOREIGN KEY (booking, booked_by) REFERENCES booking (id, booked_by),
    CONSTRAINT booking_four_eyes CHECK (approved_by <> booked_by)
);

-- +goose StatementBegin
DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['other_money', 'booking', 'booking_source', 'booking_approval'] LOOP
        EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION forbid_change()', name || '_forever', name);
        EXECUTE format('CREATE TRIGGER kept BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION forbid_change()', name);
    END LOOP;
END $$;
-- +goose StatementEnd

ALTER TABLE posting
    DROP CONSTRAINT posting_kind,
    ADD CONSTRAINT posting_kind CHECK (kind IN ('run', 'grant', 'refusal', 'settlement', 'cost', 'statement', 'reconciliation'));
ALTER TABLE budget_entry
    ADD COLUMN booking uuid REFERENCES booking,
    DROP CONSTRAINT budget_entry_spent_on,
    ADD CONSTRAINT budget_entry_spent_on CHECK (num_nonnulls(batch, cost, statement, booking) = CASE kind WHEN 'spent' THEN 1 ELSE 0 END);
CREATE UNIQUE INDEX budget_entry_booking ON budget_entry (booking, year, source) WHERE booking IS NOT NULL;

-- What is claimed back comes back to the budgets that bore it.
CREATE OR REPLACE VIEW budget_use AS
    SELECT b.municipality, b.year, b.source, 'claim'::text AS kind, b.claim AS id, b.decision, b.rule, b.amount AS claimed,
           x.claim IS NULL AS waiting, coalesce(s.amount, g.amount + g.vat_cost, 0) AS spent
    FROM claim_burden b JOIN calculation k ON k.id = b.calculation AND k.status = 'approved'
    LEFT JOIN claim_decided x ON x.claim = b.claim
    LEFT JOIN grant_line g ON g.claim = x.claim AND g.batch = x.batch
    LEFT JOIN grant_source s ON s.claim = g.claim AND s.version = g.version AND s.source = b.source
    UNION ALL
    SELECT c.municipality, extract(year FROM c.day)::int, s.source, 'internal', c.id, NULL, c.rule, s.amount,
           a.cost IS NULL, CASE WHEN a.cost IS NULL THEN 0 ELSE s.amount END
    FROM internal_cost c JOIN internal_cost_source s ON s.cost = c.id LEFT JOIN internal_cost_approval a ON a.cost = c.id
    UNION ALL
    SELECT m.municipality, s.year, s.source, l.kind, coalesce(l.trajectory, l.agreement), NULL, l.rule, s.amount, false, s.amount
    FROM statement m JOIN statement_approval a ON a.statement = m.id JOIN statement_line l ON l.statement = m.id
    JOIN statement_source s ON s.statement = l.statement AND s.line = l.number
    UNION ALL
    SELECT b.municipality, extract(year FROM b.month)::int, s.source, 'reclaimed', b.id, NULL, b.class, -s.amount, false, -s.amount
    FROM booking b JOIN booking_approval a ON a.booking = b.id JOIN booking_source s ON s.booking = b.id;
