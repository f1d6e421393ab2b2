-- +goose Up
-- Where a contract stood when this service took over paying it: what accrued
-- elsewhere and was not paid, and the premium wage of the year so far. Versions,
-- of which none is ever changed; leave is in hundredths of an hour and may be
-- below nil. Where the premium wage is null it is not known.
CREATE TABLE opening (
    contract        uuid           NOT NULL REFERENCES contract,
    version         int            NOT NULL CHECK (version > 0),
    until           date           NOT NULL,
    holiday         numeric(12, 2) NOT NULL CHECK (holiday >= 0),
    leave           int            NOT NULL,
    premium_wage    numeric(12, 2) CHECK (premium_wage >= 0),
    premium_maximum numeric(12, 2) CHECK (premium_maximum >= 0),
    premium_base    numeric(12, 2) CHECK (premium_base >= 0),
    known           bigint         NOT NULL CHECK (known > 0),
    recorded_by     uuid           NOT NULL REFERENCES app_user,
    recorded_at     timestamptz    NOT NULL DEFAULT now(),
    PRIMARY KEY (contract, version),
    CONSTRAINT opening_premium CHECK (num_nonnulls(premium_wage, premium_maximum, premium_base) IN (0, 3)
        AND premium_base <= least(premium_wage, premium_maximum))
);

CREATE TRIGGER opening_forever BEFORE UPDATE OR DELETE ON opening FOR EACH ROW EXECUTE FUNCTION forbid_change();
CREATE TRIGGER kept BEFORE TRUNCATE ON opening FOR EACH STATEMENT EXECUTE FUNCTION forbid_change();
