-- +goose Up
-- Where an organisation is and its number for the VAT, in versions of which none
-- is ever changed: an invoice goes by those that were there when it was issued.
CREATE TABLE letterhead (
    organisation uuid        NOT NULL REFERENCES organisation,
    version      int         NOT NULL CHECK (version > 0),
    street       text        NOT NULL CHECK (length(street) BETWEEN 1 AND 100),
    place        text        NOT NULL CHECK (length(place) BETWEEN 1 AND 100),
    vat_id       text        CHECK (vat_id ~ '^[A-Z]{2}[A-Z0-9]{2,12}$'),
    recorded_by  uuid        NOT NULL REFERENCES app_user,
    recorded_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (organisation, version)
);
ALTER TABLE invoice
    ADD COLUMN employer_letterhead int,
    ADD COLUMN debtor_letterhead   int,
    ADD CONSTRAINT invoice_employer_letterhead FOREIGN KEY (employer, employer_letterhead) REFERENCES letterhead,
    ADD CONSTRAINT invoice_debtor_letterhead FOREIGN KEY (debtor, debtor_letterhead) REFERENCES letterhead;
CREATE TRIGGER letterhead_forever BEFORE UPDATE OR DELETE ON letterhead FOR EACH ROW EXECUTE FUNCTION forbid_change();
CREATE TRIGGER kept BEFORE TRUNCATE ON letterhead FOR EACH STATEMENT EXECUTE FUNCTION forbid_change();
