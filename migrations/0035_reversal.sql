-- +goose Up
-- A reversal is a run of its own: the mirror of what an approved run booked, of one
-- contract or of all. Both stay, linked both ways; together they come to nil.
ALTER TABLE run
    ADD COLUMN reverses uuid REFERENCES run,
    ADD COLUMN contract uuid REFERENCES contract, -- of a reversal: the only one; null: all
    ADD COLUMN reason   text CHECK (length(reason) BETWEEN 1 AND 500),
    DROP CONSTRAINT run_kind_check,
    DROP CONSTRAINT run_status_check,
    DROP CONSTRAINT run_overlap,
    DROP CONSTRAINT run_one_kind,
    ADD CONSTRAINT run_kind_check CHECK (kind IN ('regular', 'off_cycle', 'reversal')),
    ADD CONSTRAINT run_status_check CHECK (status IN ('open', 'calculating', 'calculated', 'approved', 'paid', 'closed', 'reversed')),
    ADD CONSTRAINT run_reversal CHECK ((kind = 'reversal') = (reverses IS NOT NULL) AND (kind = 'reversal') = (reason IS NOT NULL) AND (kind = 'reversal' OR contract IS NULL)),
    -- A period that was reversed is paid by another run.
    ADD CONSTRAINT run_overlap EXCLUDE USING gist (employer WITH =, daterange(period, period_end, '[]') WITH &&) WHERE (kind = 'regular' AND status <> 'reversed'),
    ADD CONSTRAINT run_one_kind EXCLUDE USING gist (employer WITH =, period_kind WITH <>, daterange(period, period_end, '[]') WITH &&);
CREATE UNIQUE INDEX run_reversed ON run (reverses, coalesce(contract, '00000000-0000-0000-0000-000000000000')) WHERE reverses IS NOT NULL;

DROP TRIGGER run_forward ON run;
CREATE TRIGGER run_forward BEFORE UPDATE ON run FOR EACH ROW
    WHEN (OLD.status = 'reversed' OR OLD.status IN ('approved', 'paid', 'closed') AND (NEW.status NOT IN ('approved', 'paid', 'closed', 'reversed')
          OR (OLD.status = 'closed' AND NEW.status NOT IN ('closed', 'reversed')) OR (OLD.status = 'paid' AND NEW.status = 'approved')
          OR NEW.calculation <> OLD.calculation OR NEW.employer <> OLD.employer OR NEW.period <> OLD.period))
    EXECUTE FUNCTION forbid_reopening();

ALTER TABLE payslip DROP CONSTRAINT payslip_overpaid_check;
ALTER TABLE claim ADD COLUMN reverses uuid; -- the claim whose mirror it is

-- A payment that no bank file holds is taken back with its run, or since what it
-- pays was paid before.
CREATE TABLE payment_cancelled (
    payment      uuid        PRIMARY KEY REFERENCES payment,
    run          uuid        NOT NULL REFERENCES run, -- the reversal
    cancelled_by uuid        NOT NULL REFERENCES app_user,
    cancelled_at timestamptz NOT NULL DEFAULT now()
);

-- A claim and its mirror that nobody decided on: there is nothing to decide.
CREATE TABLE claim_withdrawn (
    claim uuid PRIMARY KEY,
    run   uuid NOT NULL REFERENCES run
);

-- What came back of a receivable: over the bank, or set off against a payment of the
-- same wage, which is then not made.
CREATE TABLE receivable_refund (
    id          uuid           PRIMARY KEY,
    employer    uuid           NOT NULL REFERENCES organisation,
    receivable  uuid           NOT NULL,
    amount      numeric(12, 2) NOT NULL CHECK (amount > 0),
    day         date           NOT NULL,
    reference   text           NOT NULL CHECK (length(reference) BETWEEN 1 AND 140),
    payment     uuid           UNIQUE REFERENCES payment,
    recorded_by uuid           NOT NULL REFERENCES app_user,
    recorded_at timestamptz    NOT NULL DEFAULT now()
);
CREATE INDEX ON receivable_refund (receivable);
ALTER TABLE posting
    DROP CONSTRAINT posting_kind,
    ADD CONSTRAINT posting_kind CHECK (kind IN ('run', 'grant', 'refusal', 'settlement', 'cost', 'statement', 'reconciliation', 'remittance', 'bank', 'receivable'));

-- +goose StatementBegin
DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['payment_cancelled', 'claim_withdrawn', 'receivable_refund'] LOOP
        EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION forbid_change()', name || '_forever', name);
        EXECUTE format('CREATE TRIGGER kept BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION forbid_change()', name);
    END LOOP;
END $$;
-- +goose StatementEnd
