-- +goose Up
CREATE TABLE submission (
    organisation uuid        NOT NULL REFERENCES organisation,
    id           uuid        NOT NULL,
    body_hash    bytea       NOT NULL CHECK (octet_length(body_hash) = 32),
    submitted_by uuid        NOT NULL REFERENCES app_user,
    verdict      text        NOT NULL,
    recorded_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (organisation, id)
);

-- Hours of one contract, day and kind, in versions: a correction is a later
-- one. Hundredths of an hour. period is the first day of the month of the day.
CREATE TABLE hours (
    period     date    NOT NULL CHECK (extract(day FROM period) = 1),
    contract   uuid    NOT NULL REFERENCES contract,
    day        date    NOT NULL CHECK (day >= period AND day < period + interval '1 month'),
    kind       text    NOT NULL CHECK (kind IN ('worked', 'training', 'sick', 'leave', 'public_holiday', 'unpaid_absence')),
    version    int     NOT NULL CHECK (version > 0),
    quantity   int     NOT NULL CHECK (quantity BETWEEN 0 AND 2400),
    late       boolean NOT NULL,
    submitter  uuid    NOT NULL,
    submission uuid    NOT NULL,
    line       int     NOT NULL CHECK (line > 0),
    known      bigint  NOT NULL CHECK (known > 0),
    -- The contract leads: all that is asked is asked of contracts, and within a
    -- partition the period says nothing.
    PRIMARY KEY (contract, period, day, kind, version),
    FOREIGN KEY (submitter, submission) REFERENCES submission (organisation, id)
) PARTITION BY RANGE (period);

CREATE TRIGGER submission_forever BEFORE UPDATE OR DELETE ON submission FOR EACH ROW EXECUTE FUNCTION forbid_change();
CREATE TRIGGER hours_forever BEFORE UPDATE OR DELETE ON hours FOR EACH ROW EXECUTE FUNCTION forbid_change();
