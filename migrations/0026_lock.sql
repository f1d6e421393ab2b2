-- +goose Up
-- An employer locks periods and opens them again, each with a reason and by
-- somebody. Rows are statements about days, and the newest one about a contract
-- and a day counts. One without a contract is about all of the employer's; one
-- about providers leaves the employer's own people alone.
CREATE TABLE period_lock (
    row         bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    employer    uuid        NOT NULL REFERENCES organisation,
    period      date        NOT NULL,
    period_end  date        NOT NULL CHECK (period_end >= period),
    period_kind text        NOT NULL CHECK (period_kind IN ('month', 'four_weeks')),
    contract    uuid        REFERENCES contract,
    providers   boolean     NOT NULL, -- only what re-integratiebedrijven hand in
    locked      boolean     NOT NULL, -- or opened again
    reason      text        NOT NULL CHECK (length(reason) BETWEEN 1 AND 500),
    stated_by   uuid        NOT NULL REFERENCES app_user,
    stated_at   timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ON period_lock (employer, period_end);
CREATE TRIGGER period_lock_forever BEFORE UPDATE OR DELETE ON period_lock FOR EACH ROW EXECUTE FUNCTION forbid_change();
CREATE TRIGGER kept BEFORE TRUNCATE ON period_lock FOR EACH STATEMENT EXECUTE FUNCTION forbid_change();
