-- +goose Up
CREATE TABLE decision (
    id           uuid   PRIMARY KEY,
    municipality uuid   NOT NULL REFERENCES organisation,
    number       text   NOT NULL CHECK (length(number) BETWEEN 1 AND 40),
    contract     uuid   NOT NULL REFERENCES contract,
    known        bigint NOT NULL CHECK (known > 0),
    UNIQUE (municipality, number)
);
CREATE INDEX ON decision (contract);

CREATE TABLE decision_version (
    decision       uuid          NOT NULL REFERENCES decision,
    version        int           NOT NULL CHECK (version > 0),
    valid_from     date          NOT NULL,
    document       text          NOT NULL CHECK (document IN ('beschikking', 'agreement')),
    granted        date          NOT NULL,
    starts         date          NOT NULL,
    ends           date          CHECK (ends >= starts),
    route          text          NOT NULL CHECK (route IN ('loonwaarde', 'forfait')),
    hours_per_week numeric(5, 2) NOT NULL CHECK (hours_per_week > 0),
    ceiling        numeric(14, 2) CHECK (ceiling >= 0),
    charges        numeric(8, 4) CHECK (charges >= 0),
    budget         text          NOT NULL CHECK (budget IN ('W', 'I', 'participatiebudget', 'BUIG', 'ESF', 'UWV', 'WMO', 'own')),
    conditions     text          NOT NULL DEFAULT '',
    known          bigint        NOT NULL CHECK (known > 0),
    recorded_by    uuid          NOT NULL REFERENCES app_user,
    recorded_at    timestamptz   NOT NULL DEFAULT now(),
    PRIMARY KEY (decision, version),
    -- W-deel and I-deel 2004-2008, participatiebudget 2009-2014, BUIG since 2010.
    CHECK (budget NOT IN ('W', 'I') OR (starts >= '2004-01-01' AND starts <= '2008-12-31')),
    CHECK (budget <> 'participatiebudget' OR (starts >= '2009-01-01' AND starts <= '2014-12-31')),
    CHECK (budget <> 'BUIG' OR starts >= '2010-01-01')
);

-- The days that each decision covers now: one decision for a contract and a day.
CREATE TABLE decision_current (
    decision uuid      PRIMARY KEY REFERENCES decision,
    contract uuid      NOT NULL,
    days     daterange NOT NULL,
    CONSTRAINT decision_overlap EXCLUDE USING gist (contract WITH =, days WITH &&)
);

CREATE TABLE loonwaarde (
    contract    uuid        NOT NULL REFERENCES contract,
    version     int         NOT NULL CHECK (version > 0),
    valid_from  date        NOT NULL,
    percent     int         NOT NULL CHECK (percent BETWEEN 0 AND 100),
    measured_by text        NOT NULL DEFAULT '',
    review_due  date,
    known       bigint      NOT NULL CHECK (known > 0),
    recorded_by uuid        NOT NULL REFERENCES app_user,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (contract, version)
);

CREATE TRIGGER decision_forever BEFORE UPDATE OR DELETE ON decision FOR EACH ROW EXECUTE FUNCTION forbid_change();
CREATE TRIGGER decision_version_forever BEFORE UPDATE OR DELETE ON decision_version FOR EACH ROW EXECUTE FUNCTION forbid_change();
CREATE TRIGGER loonwaarde_forever BEFORE UPDATE OR DELETE ON loonwaarde FOR EACH ROW EXECUTE FUNCTION forbid_change();
