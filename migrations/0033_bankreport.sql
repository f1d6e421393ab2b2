-- +goose Up
-- A message of a bank. The same bytes are taken once.
CREATE TABLE bank_import (
    id           uuid        PRIMARY KEY,
    organisation uuid        NOT NULL REFERENCES organisation,
    sha256       text        NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    kind         text        NOT NULL CHECK (kind IN ('pain.002', 'camt.053')),
    message_id   text        NOT NULL CHECK (length(message_id) <= 35),
    imported_by  uuid        NOT NULL REFERENCES app_user,
    imported_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT bank_import_once UNIQUE (organisation, sha256)
);

-- What the bank told, each thing once, whatever message repeats it. What nothing
-- came of waits here to be looked at. Whose account money went to is not kept.
CREATE TABLE bank_report (
    id           uuid           PRIMARY KEY,
    organisation uuid           NOT NULL REFERENCES organisation,
    import       uuid           NOT NULL REFERENCES bank_import,
    number       int            NOT NULL CHECK (number > 0), -- of the entry in the message
    kind         text           NOT NULL CHECK (kind IN ('debit', 'credit', 'rejection')),
    reference    text           NOT NULL CHECK (length(reference) BETWEEN 1 AND 100),
    day          date           CHECK ((day IS NULL) = (kind = 'rejection')),
    amount       numeric(16, 2) NOT NULL CHECK (amount >= 0),
    file         text           NOT NULL CHECK (length(file) <= 35),       -- MsgId
    batch        text           NOT NULL CHECK (length(batch) <= 35),      -- PmtInfId
    end_to_end   text           NOT NULL CHECK (length(end_to_end) <= 35),
    reason       text           NOT NULL CHECK (length(reason) <= 35)
);
CREATE UNIQUE INDEX bank_report_once ON bank_report (organisation, kind, reference, coalesce(day, '-infinity'), amount);
CREATE INDEX ON bank_report (import);

-- What became of an attempt: it left the account, and it came back or was never
-- carried out; each once.
CREATE TABLE bank_settled (
    payment uuid NOT NULL,
    attempt int  NOT NULL,
    report  uuid NOT NULL REFERENCES bank_report,
    posting uuid NOT NULL REFERENCES posting,
    day     date NOT NULL,
    PRIMARY KEY (payment, attempt),
    FOREIGN KEY (payment, attempt) REFERENCES bank_line (payment, attempt)
);
CREATE TABLE bank_returned (
    payment  uuid    NOT NULL,
    attempt  int     NOT NULL,
    report   uuid    NOT NULL REFERENCES bank_report,
    rejected boolean NOT NULL,
    whole    boolean NOT NULL, -- with its whole batch or file: its account was not tried
    reason   text    NOT NULL CHECK (length(reason) <= 35),
    posting  uuid    REFERENCES posting CHECK ((posting IS NULL) = rejected),
    day      date    CHECK ((day IS NULL) = rejected),
    PRIMARY KEY (payment, attempt),
    FOREIGN KEY (payment, attempt) REFERENCES bank_line (payment, attempt)
);
CREATE INDEX ON bank_settled (report);
CREATE INDEX ON bank_settled (posting);
CREATE INDEX ON bank_returned (report);
CREATE INDEX ON bank_returned (posting);

-- Nothing is paid again before the attempt before it came back.
ALTER TABLE bank_line
    ADD COLUMN after_attempt int GENERATED ALWAYS AS (nullif(attempt - 1, 0)) STORED,
    ADD CONSTRAINT bank_line_after FOREIGN KEY (payment, after_attempt) REFERENCES bank_returned (payment, attempt);

ALTER TABLE posting
    DROP CONSTRAINT posting_kind,
    ADD CONSTRAINT posting_kind CHECK (kind IN ('run', 'grant', 'refusal', 'settlement', 'cost', 'statement', 'reconciliation', 'remittance', 'bank'));

-- A claim is settled for who pays it by hand, or by what the bank tells of its payment.
CREATE VIEW settled_claim AS
    SELECT claim, organisation, amount FROM settlement
    UNION ALL
    SELECT p.claim, p.organisation, p.amount FROM payment p JOIN bank_settled s ON s.payment = p.id
    WHERE p.claim IS NOT NULL AND NOT EXISTS (SELECT FROM bank_returned r WHERE r.payment = s.payment AND r.attempt = s.attempt);

-- +goose StatementBegin
DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['bank_import', 'bank_report', 'bank_settled', 'bank_returned'] LOOP
        EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION forbid_change()', name || '_forever', name);
        EXECUTE format('CREATE TRIGGER kept BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION forbid_change()', name);
    END LOOP;
END $$;
-- +goose StatementEnd
