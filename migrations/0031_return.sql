-- +goose Up
-- What was paid on which days, as a return (loonaangifte) reads it: approved
-- payslips by their day of payment. What corrects an earlier period is paid on a day
-- of a later one and is in the return of that (loon-in). A payslip that is marked to
-- belong to the return of another day is to be told apart here and nowhere else.
CREATE VIEW return_payslip AS
    SELECT r.employer, r.pay_date AS return_day, r.period_kind, p.*
    FROM run r JOIN calculation k ON k.run = r.id AND k.status = 'approved'
    JOIN payslip p ON p.period = r.period AND p.calculation = k.id;

CREATE TABLE wage_return (
    id          uuid           PRIMARY KEY,
    employer    uuid           NOT NULL REFERENCES organisation,
    period      date           NOT NULL,
    period_end  date           NOT NULL CHECK (period_end >= period),
    period_kind text           NOT NULL CHECK (period_kind IN ('month', 'four_weeks')),
    sequence    int            NOT NULL CHECK (sequence > 0),
    number      text           CHECK (number ~ '^[0-9]{9}L[0-9]{2}$'),
    lines       int            NOT NULL CHECK (lines >= 0),
    totals      text           NOT NULL,
    to_pay      numeric(16, 2) NOT NULL,
    exact       numeric(16, 2) NOT NULL,
    before      numeric(16, 2) NOT NULL,
    hash        text           NOT NULL CHECK (hash ~ '^[0-9a-f]{64}$'),
    made_by     uuid           NOT NULL REFERENCES app_user,
    made_at     timestamptz    NOT NULL DEFAULT now(),
    CONSTRAINT wage_return_sequence UNIQUE (employer, period, period_kind, sequence)
);

-- Who it is is sealed like a BSN, as it was when the return was made.
CREATE TABLE wage_return_line (
    wage_return   uuid    NOT NULL REFERENCES wage_return,
    employment    uuid    NOT NULL REFERENCES employment,
    changed       boolean NOT NULL,
    facts         text    NOT NULL,
    person_sealed bytea   NOT NULL CHECK (octet_length(person_sealed) > 28),
    PRIMARY KEY (wage_return, employment)
);

CREATE TABLE remittance_terms (
    employer      uuid        NOT NULL REFERENCES organisation,
    kind          text        NOT NULL CHECK (kind IN ('tax', 'pension')),
    version       int         NOT NULL CHECK (version > 0),
    valid_from    date        NOT NULL,
    number        text        NOT NULL CHECK (length(number) BETWEEN 1 AND 40),
    creditor_iban text        NOT NULL CHECK (creditor_iban ~ '^[A-Z]{2}[0-9]{2}[A-Z0-9]{10,30}$'),
    creditor_name text        NOT NULL CHECK (length(creditor_name) BETWEEN 1 AND 70),
    recorded_by   uuid        NOT NULL REFERENCES app_user,
    recorded_at   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (employer, kind, version)
);

CREATE TABLE remittance (
    id          uuid           PRIMARY KEY,
    employer    uuid           NOT NULL REFERENCES organisation,
    kind        text           NOT NULL,
    period      date           NOT NULL,
    period_kind text           NOT NULL CHECK (period_kind IN ('month', 'four_weeks')),
    sequence    int            NOT NULL CHECK (sequence > 0),
    amount      numeric(14, 2) NOT NULL CHECK (amount > 0),
    rounding    numeric(14, 2) NOT NULL,
    terms       int            NOT NULL,
    reference   text           NOT NULL CHECK (length(reference) BETWEEN 1 AND 35),
    pay_date    date           NOT NULL,
    due_by      date           CHECK (pay_date <= due_by),
    hash        text           NOT NULL CHECK (hash ~ '^[0-9a-f]{64}$'),
    ordered_by  uuid           NOT NULL REFERENCES app_user,
    ordered_at  timestamptz    NOT NULL DEFAULT now(),
    UNIQUE (employer, kind, period, period_kind, sequence),
    UNIQUE (id, ordered_by),
    FOREIGN KEY (employer, kind, terms) REFERENCES remittance_terms (employer, kind, version),
    CONSTRAINT remittance_whole CHECK (kind = 'pension' OR amount = trunc(amount))
);
CREATE TABLE remittance_approval (
    remittance  uuid        PRIMARY KEY,
    posting     uuid        UNIQUE REFERENCES posting, -- none where nothing was rounded
    ordered_by  uuid        NOT NULL,
    approved_by uuid        NOT NULL REFERENCES app_user,
    approved_at timestamptz NOT NULL DEFAULT now(),
    FOREIGN KEY (remittance, ordered_by) REFERENCES remittance (id, ordered_by),
    CONSTRAINT remittance_four_eyes CHECK (approved_by <> ordered_by)
);

ALTER TABLE payment
    ADD COLUMN remittance uuid REFERENCES remittance,
    DROP CONSTRAINT payment_kind,
    DROP CONSTRAINT payment_of_run,
    DROP CONSTRAINT payment_for,
    ADD CONSTRAINT payment_kind CHECK (kind IN ('wage', 'garnishment', 'subsidy', 'fee', 'premium', 'tax', 'pension')),
    ADD CONSTRAINT payment_of_run CHECK (num_nonnulls(statement, run, remittance) = 1 AND (run IS NULL) = (contract IS NULL)),
    ADD CONSTRAINT payment_for CHECK (CASE WHEN remittance IS NOT NULL THEN kind IN ('tax', 'pension') AND claim IS NULL
        WHEN statement IS NULL THEN kind NOT IN ('premium', 'tax', 'pension') AND (kind IN ('wage', 'garnishment')) = (claim IS NULL)
        ELSE kind IN ('fee', 'premium') AND claim IS NULL END);
CREATE UNIQUE INDEX payment_of_remittance ON payment (remittance) WHERE remittance IS NOT NULL;
ALTER TABLE posting
    DROP CONSTRAINT posting_kind,
    ADD CONSTRAINT posting_kind CHECK (kind IN ('run', 'grant', 'refusal', 'settlement', 'cost', 'statement', 'reconciliation', 'remittance'));

-- +goose StatementBegin
DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['wage_return', 'wage_return_line', 'remittance_terms', 'remittance', 'remittance_approval'] LOOP
        EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION forbid_change()', name || '_forever', name);
        EXECUTE format('CREATE TRIGGER kept BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION forbid_change()', name);
    END LOOP;
END $$;
-- +goose StatementEnd
