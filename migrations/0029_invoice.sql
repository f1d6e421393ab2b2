-- +goose Up
-- What an employer charges inleners, as facts: numbers follow on each other
-- without a gap, days go with them, and nothing is ever changed. An invoice is
-- taken back by a credit note.
CREATE TABLE invoice (
    id        uuid           PRIMARY KEY,
    employer  uuid           NOT NULL REFERENCES organisation,
    number    int            NOT NULL CHECK (number > 0),
    kind      text           NOT NULL CHECK (kind IN ('invoice', 'credit')),
    debtor    uuid           NOT NULL REFERENCES organisation,
    credits   uuid           UNIQUE REFERENCES invoice,
    day       date           NOT NULL,
    due       date           NOT NULL CHECK (due >= day),
    net       numeric(14, 2) NOT NULL,
    vat       numeric(14, 2) NOT NULL,
    reason    text           NOT NULL DEFAULT '',
    issued_by uuid           NOT NULL REFERENCES app_user,
    issued_at timestamptz    NOT NULL DEFAULT now(),
    UNIQUE (employer, number),
    CONSTRAINT invoice_credit CHECK (CASE kind WHEN 'credit' THEN net + vat <= 0 ELSE net + vat >= 0 AND credits IS NULL END),
    CONSTRAINT invoice_reason CHECK ((credits IS NULL) = (reason = ''))
);
CREATE INDEX ON invoice (debtor);

-- A line charges a claim, or takes that back: by turns, so that no two invoices
-- charge one claim at the same time.
CREATE TABLE invoice_line (
    invoice      uuid           NOT NULL REFERENCES invoice,
    number       int            NOT NULL CHECK (number > 0),
    claim        uuid           NOT NULL,
    turn         int            NOT NULL CHECK (turn > 0), -- odd: charged; even: taken back
    contract     uuid           NOT NULL REFERENCES contract,
    service_from date           NOT NULL,
    service_to   date           NOT NULL CHECK (service_to >= service_from),
    hours        int,           -- hundredths of an hour
    price        numeric(10, 4) CHECK (price >= 0),
    amount       numeric(12, 2) NOT NULL,
    vat_rate     numeric(5, 2)  NOT NULL CHECK (vat_rate BETWEEN 0 AND 100),
    vat          numeric(12, 2) NOT NULL,
    PRIMARY KEY (invoice, number),
    UNIQUE (claim, turn),
    CONSTRAINT invoice_line_hours CHECK (num_nonnulls(hours, price) IN (0, 2))
);

-- +goose StatementBegin
CREATE FUNCTION invoice_follows() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    last_number int;
    last_day    date;
BEGIN
    SELECT number, day INTO last_number, last_day FROM invoice WHERE employer = NEW.employer ORDER BY number DESC LIMIT 1;
    IF NEW.number <> coalesce(last_number, 0) + 1 OR NEW.day < last_day THEN
        RAISE EXCEPTION 'invoices follow on each other' USING ERRCODE = 'check_violation', CONSTRAINT = 'invoice_follows';
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION invoice_turn() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.turn := (SELECT count(*) + 1 FROM invoice_line WHERE claim = NEW.claim);
    IF (NEW.turn % 2 = 0) <> EXISTS (SELECT FROM invoice WHERE id = NEW.invoice AND credits IS NOT NULL) THEN
        RAISE EXCEPTION 'a claim is charged once, and taken back only when it was' USING ERRCODE = 'check_violation', CONSTRAINT = 'invoice_turn';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER invoice_follows BEFORE INSERT ON invoice FOR EACH ROW EXECUTE FUNCTION invoice_follows();
CREATE TRIGGER invoice_turn BEFORE INSERT ON invoice_line FOR EACH ROW EXECUTE FUNCTION invoice_turn();
CREATE TRIGGER invoice_forever BEFORE UPDATE OR DELETE ON invoice FOR EACH ROW EXECUTE FUNCTION forbid_change();
CREATE TRIGGER invoice_line_forever BEFORE UPDATE OR DELETE ON invoice_line FOR EACH ROW EXECUTE FUNCTION forbid_change();
CREATE TRIGGER kept BEFORE TRUNCATE ON invoice FOR EACH STATEMENT EXECUTE FUNCTION forbid_change();
CREATE TRIGGER kept BEFORE TRUNCATE ON invoice_line FOR EACH STATEMENT EXECUTE FUNCTION forbid_change();
