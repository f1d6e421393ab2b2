-- +goose Up
-- Of what a payer wrote only the reference of ours is kept (ISO 11649).
ALTER TABLE bank_report ADD COLUMN owed text NOT NULL DEFAULT '' CHECK (owed ~ '^(RF[0-9]{2}[A-Z2-7]{21})?$');

-- A line of the bank that pays what is owed: by its reference, or as somebody said
-- who did not hand in the bank's message. Each line pays one thing.
CREATE TABLE bank_received (
    report       uuid           PRIMARY KEY REFERENCES bank_report,
    organisation uuid           NOT NULL REFERENCES organisation,
    kind         text           NOT NULL CHECK (kind IN ('staff', 'subsidy', 'reclaim', 'booking', 'provider')),
    owed         uuid           NOT NULL, -- what is paid, by its kind
    statement    uuid           REFERENCES statement CHECK ((statement IS NULL) = (kind <> 'provider')),
    amount       numeric(14, 2) NOT NULL CHECK (amount > 0),
    day          date           NOT NULL,
    posting      uuid           NOT NULL REFERENCES posting,
    imported_by  uuid           NOT NULL REFERENCES app_user,
    assigned_by  uuid           REFERENCES app_user,
    received_at  timestamptz    NOT NULL DEFAULT now(),
    CONSTRAINT received_four_eyes CHECK (assigned_by <> imported_by)
);
CREATE INDEX ON bank_received (organisation, owed);
CREATE INDEX ON bank_received (posting);
CREATE INDEX ON bank_received (statement) WHERE statement IS NOT NULL;
CREATE TRIGGER bank_received_forever BEFORE UPDATE OR DELETE ON bank_received FOR EACH ROW EXECUTE FUNCTION forbid_change();
CREATE TRIGGER kept BEFORE TRUNCATE ON bank_received FOR EACH STATEMENT EXECUTE FUNCTION forbid_change();

ALTER TABLE posting
    DROP CONSTRAINT posting_kind,
    ADD CONSTRAINT posting_kind CHECK (kind IN ('run', 'grant', 'refusal', 'settlement', 'cost', 'statement', 'reconciliation', 'remittance', 'bank', 'receivable', 'received'));
