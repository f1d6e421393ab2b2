-- +goose Up
-- The chain covered a posting's own fields and the hash of what was decided, and
-- not the transfers under it: whoever can write rows could have moved an amount
-- from one contract to another and nothing would have told. From now on a
-- posting's hash is also over its transfers (count and digest), the day it is
-- booked on, and who posted it when. What was posted before keeps its hash: a
-- posting says by which version of the chain it was made.
ALTER TABLE posting
    ADD COLUMN chain     smallint NOT NULL DEFAULT 1,
    ADD COLUMN booked_on date,
    ADD COLUMN transfers int  CHECK (transfers >= 0),
    ADD COLUMN digest    text CHECK (digest ~ '^[0-9a-f]{64}$'),
    ADD CONSTRAINT posting_chain CHECK (chain IN (1, 2) AND num_nonnulls(booked_on, transfers, digest) = CASE chain WHEN 1 THEN 0 ELSE 3 END);
COMMENT ON COLUMN posting.booked_on IS 'The day in the books: the last day of the wage period, or the day of the bank. Of version 1 it is the day of posting.';

-- In which months the transfers of a posting lie, so that they are found by key.
CREATE TABLE posting_period (
    posting uuid NOT NULL REFERENCES posting,
    period  date NOT NULL,
    PRIMARY KEY (posting, period)
);
INSERT INTO posting_period SELECT DISTINCT t.posting, t.period FROM transfer t JOIN posting p ON p.id = t.posting;
CREATE TRIGGER posting_period_forever BEFORE UPDATE OR DELETE ON posting_period FOR EACH ROW EXECUTE FUNCTION forbid_change();
CREATE TRIGGER kept BEFORE TRUNCATE ON posting_period FOR EACH STATEMENT EXECUTE FUNCTION forbid_change();

CREATE OR REPLACE VIEW posted_transfer AS
    SELECT t.*, p.posted_at, p.sequence, coalesce(p.booked_on, (p.posted_at AT TIME ZONE 'Europe/Amsterdam')::date) AS booked_on
    FROM transfer t JOIN posting p ON p.id = t.posting;
