-- +goose Up
CREATE EXTENSION IF NOT EXISTS btree_gist;

CREATE TABLE contract (
    id           uuid   PRIMARY KEY,
    employer     uuid   NOT NULL REFERENCES organisation,
    number       text   NOT NULL CHECK (length(number) BETWEEN 1 AND 40),
    employment   uuid   NOT NULL REFERENCES employment,
    person       uuid   NOT NULL REFERENCES person,
    scheme       text   NOT NULL,
    municipality uuid   REFERENCES organisation,
    provider     uuid   REFERENCES organisation,
    known        bigint NOT NULL CHECK (known > 0),
    UNIQUE (employer, number)
);
CREATE INDEX ON contract (employer, person);
CREATE INDEX ON contract (provider) WHERE provider IS NOT NULL;

CREATE TABLE contract_version (
    contract        uuid          NOT NULL REFERENCES contract,
    version         int           NOT NULL CHECK (version > 0),
    valid_from      date          NOT NULL,
    starts          date          NOT NULL,
    ends            date          CHECK (ends >= starts),
    hours_per_week  numeric(5, 2) NOT NULL CHECK (hours_per_week > 0 AND hours_per_week <= full_time_hours),
    full_time_hours numeric(5, 2) NOT NULL CHECK (full_time_hours BETWEEN 30 AND 48),
    wage_base       text          NOT NULL CHECK (wage_base IN ('WML', 'amount')),
    wage_factor     numeric(8, 4) NOT NULL CHECK (wage_factor >= 1),
    wage_amount     numeric(10, 4) CHECK (wage_amount > 0),
    pay_basis       text          NOT NULL CHECK (pay_basis IN ('hours', 'fixed')),
    averaging       boolean       NOT NULL CHECK (NOT averaging OR pay_basis = 'fixed'),
    written         boolean       NOT NULL,
    open_ended      boolean       NOT NULL,
    on_call         boolean       NOT NULL,
    end_reason      text,
    known           bigint        NOT NULL CHECK (known > 0),
    recorded_by     uuid          NOT NULL REFERENCES app_user,
    recorded_at     timestamptz   NOT NULL DEFAULT now(),
    PRIMARY KEY (contract, version),
    CHECK ((wage_base = 'amount') = (wage_amount IS NOT NULL))
);

-- The days that each contract holds now: no two contracts of one person at one
-- employer under one scheme overlap. The versions beside it are the history.
CREATE TABLE contract_current (
    contract uuid      PRIMARY KEY REFERENCES contract,
    employer uuid      NOT NULL,
    person   uuid      NOT NULL,
    scheme   text      NOT NULL,
    days     daterange NOT NULL,
    CONSTRAINT contract_overlap EXCLUDE USING gist (person WITH =, employer WITH =, scheme WITH =, days WITH &&)
);

CREATE TABLE placement (
    id          uuid           PRIMARY KEY,
    contract    uuid           NOT NULL REFERENCES contract,
    inlener     uuid           NOT NULL REFERENCES organisation,
    days        daterange      NOT NULL,
    price       numeric(10, 4) NOT NULL CHECK (price >= 0),
    scale       text           NOT NULL DEFAULT '',
    known       bigint         NOT NULL CHECK (known > 0),
    recorded_by uuid           NOT NULL REFERENCES app_user,
    recorded_at timestamptz    NOT NULL DEFAULT now(),
    CONSTRAINT placement_overlap EXCLUDE USING gist (contract WITH =, days WITH &&)
);

CREATE TRIGGER contract_forever BEFORE UPDATE OR DELETE ON contract FOR EACH ROW EXECUTE FUNCTION forbid_change();
CREATE TRIGGER contract_version_forever BEFORE UPDATE OR DELETE ON contract_version FOR EACH ROW EXECUTE FUNCTION forbid_change();
CREATE TRIGGER placement_forever BEFORE UPDATE OR DELETE ON placement FOR EACH ROW EXECUTE FUNCTION forbid_change();
