-- +goose Up
-- What an organisation agreed with its bank, by version.
CREATE TABLE bank_terms (
    organisation uuid        NOT NULL REFERENCES organisation,
    version      int         NOT NULL CHECK (version > 0),
    format       text        NOT NULL CHECK (format IN ('pain.001.001.09', 'pain.001.001.03')),
    cut_off      int         NOT NULL CHECK (cut_off BETWEEN 0 AND 1439), -- minutes after midnight
    bic          text        CHECK (bic ~ '^[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?$'),
    town         text        CHECK (length(town) BETWEEN 1 AND 35),
    recorded_by  uuid        NOT NULL REFERENCES app_user,
    recorded_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (organisation, version)
);

-- A file as it was handed to the bank: its very bytes, sealed like a BSN, since they
-- hold names and account numbers. It is never made a second time.
CREATE TABLE bank_file (
    id             uuid           PRIMARY KEY,
    organisation   uuid           NOT NULL REFERENCES organisation,
    message_id     text           NOT NULL UNIQUE CHECK (length(message_id) BETWEEN 1 AND 35),
    format         text           NOT NULL,
    payments       int            NOT NULL CHECK (payments > 0),
    total          numeric(16, 2) NOT NULL CHECK (total > 0),
    bytes          int            NOT NULL CHECK (bytes > 0),
    sha256         text           NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    content_sealed bytea          NOT NULL CHECK (octet_length(content_sealed) > 28),
    exported_by    uuid           NOT NULL REFERENCES app_user,
    exported_at    timestamptz    NOT NULL DEFAULT now()
);
ALTER TABLE bank_file ALTER COLUMN content_sealed SET STORAGE EXTERNAL; -- what is sealed does not get smaller
CREATE INDEX ON bank_file (organisation, id);

-- The bank debits a batch as one.
CREATE TABLE bank_batch (
    file      uuid           NOT NULL REFERENCES bank_file,
    number    int            NOT NULL CHECK (number > 0),
    name      text           NOT NULL UNIQUE CHECK (length(name) BETWEEN 1 AND 35),
    salary    boolean        NOT NULL,
    debtor    text           NOT NULL,
    execution date           NOT NULL,
    payments  int            NOT NULL CHECK (payments > 0),
    total     numeric(16, 2) NOT NULL CHECK (total > 0),
    PRIMARY KEY (file, number)
);

-- One attempt to pay a payment. Each attempt is in one file at most.
CREATE TABLE bank_line (
    file       uuid           NOT NULL,
    batch      int            NOT NULL,
    payment    uuid           NOT NULL REFERENCES payment,
    attempt    int            NOT NULL CHECK (attempt > 0),
    end_to_end text           NOT NULL CHECK (length(end_to_end) BETWEEN 1 AND 35),
    creditor   text           NOT NULL,
    amount     numeric(12, 2) NOT NULL CHECK (amount > 0),
    CONSTRAINT bank_line_once PRIMARY KEY (payment, attempt),
    CONSTRAINT bank_line_named UNIQUE (end_to_end),
    FOREIGN KEY (file, batch) REFERENCES bank_batch
);
CREATE INDEX ON bank_line (file, batch);

-- What an organisation is to pay is asked for by day.
CREATE INDEX ON payment (organisation, pay_date);

-- +goose StatementBegin
DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['bank_terms', 'bank_file', 'bank_batch', 'bank_line'] LOOP
        EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION forbid_change()', name || '_forever', name);
        EXECUTE format('CREATE TRIGGER kept BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION forbid_change()', name);
    END LOOP;
END $$;
-- +goose StatementEnd
