-- +goose Up
-- A posting is one step of an organisation's ledger, chained by hash to the one
-- before. Transfers carry the id of their posting from the moment they are
-- computed; they are in the ledger when, and only when, the posting exists.
CREATE TABLE posting (
    id        uuid           PRIMARY KEY,
    ledger    uuid           NOT NULL REFERENCES organisation,
    sequence  int            NOT NULL CHECK (sequence > 0),
    kind      text           NOT NULL CHECK (kind IN ('run', 'grant', 'refusal')),
    content   text           NOT NULL CHECK (content ~ '^[0-9a-f]{64}$'),
    total     numeric(16, 2) NOT NULL CHECK (total >= 0),
    previous  text           NOT NULL,
    hash      text           NOT NULL CHECK (hash ~ '^[0-9a-f]{64}$'),
    posted_by uuid           NOT NULL REFERENCES app_user,
    posted_at timestamptz    NOT NULL DEFAULT now(),
    UNIQUE (ledger, sequence)
);

-- Each transfer names both ends, so that no set of them can be out of balance.
CREATE TABLE transfer (
    period   date           NOT NULL,
    posting  uuid           NOT NULL,
    contract uuid           NOT NULL,
    number   smallint       NOT NULL CHECK (number > 0),
    ledger   uuid           NOT NULL,
    debit    text           NOT NULL,
    credit   text           NOT NULL CHECK (credit <> debit),
    amount   numeric(12, 2) NOT NULL CHECK (amount > 0),
    PRIMARY KEY (period, posting, contract, number)
) PARTITION BY RANGE (period);

CREATE VIEW posted_transfer AS
    SELECT t.*, p.posted_at FROM transfer t JOIN posting p ON p.id = t.posting;
COMMENT ON VIEW posted_transfer IS 'The ledger: transfers whose posting exists. Read this and not transfer.';

-- +goose StatementBegin
CREATE FUNCTION forbid_posted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM posting p WHERE p.id = OLD.posting OR (TG_OP = 'UPDATE' AND p.id = NEW.posting)) THEN
        RAISE EXCEPTION 'transfers that were posted are never changed or deleted' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
-- +goose StatementEnd
CREATE TRIGGER transfer_posted BEFORE UPDATE OR DELETE ON transfer FOR EACH ROW EXECUTE FUNCTION forbid_posted();
CREATE TRIGGER posting_forever BEFORE UPDATE OR DELETE ON posting FOR EACH ROW EXECUTE FUNCTION forbid_change();

CREATE TABLE payment (
    id           uuid           PRIMARY KEY,
    organisation uuid           NOT NULL REFERENCES organisation,
    kind         text           NOT NULL CHECK (kind IN ('wage', 'subsidy')),
    run          uuid           NOT NULL REFERENCES run,
    contract     uuid           NOT NULL REFERENCES contract,
    claim        uuid,
    debtor       text           NOT NULL,
    creditor     text           NOT NULL CHECK (creditor <> debtor),
    amount       numeric(12, 2) NOT NULL CHECK (amount > 0),
    pay_date     date           NOT NULL,
    end_to_end   text           NOT NULL CHECK (length(end_to_end) BETWEEN 1 AND 35),
    reference    text           NOT NULL CHECK (length(reference) <= 140),
    ordered_at   timestamptz    NOT NULL DEFAULT now(),
    CHECK ((kind = 'subsidy') = (claim IS NOT NULL))
);
CREATE INDEX ON payment (run);
CREATE UNIQUE INDEX payment_of_claim ON payment (claim) WHERE claim IS NOT NULL;
CREATE UNIQUE INDEX payment_of_wage ON payment (run, contract) WHERE kind = 'wage';
CREATE TRIGGER payment_forever BEFORE UPDATE OR DELETE ON payment FOR EACH ROW EXECUTE FUNCTION forbid_change();
