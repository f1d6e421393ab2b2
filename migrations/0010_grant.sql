-- +goose Up
CREATE TABLE grant_batch (
    id           uuid           PRIMARY KEY,
    municipality uuid           NOT NULL REFERENCES organisation,
    claims       int            NOT NULL CHECK (claims > 0),
    total        numeric(16, 2) NOT NULL CHECK (total >= 0),
    hash         text           NOT NULL CHECK (hash ~ '^[0-9a-f]{64}$'),
    granted_by   uuid           NOT NULL REFERENCES app_user,
    granted_at   timestamptz    NOT NULL DEFAULT now(),
    UNIQUE (id, granted_by)
);

-- The verdict on a claim; a later one replaces it until one is approved.
CREATE TABLE grant_line (
    claim   uuid           NOT NULL,
    version int            NOT NULL CHECK (version > 0),
    batch   uuid           NOT NULL REFERENCES grant_batch,
    verdict text           NOT NULL CHECK (verdict IN ('granted', 'partly', 'refused')),
    amount  numeric(12, 2) NOT NULL CHECK (amount >= 0),
    reason  text           NOT NULL DEFAULT '',
    PRIMARY KEY (claim, version),
    CHECK ((verdict = 'refused') = (amount = 0)),
    CHECK (verdict = 'granted' OR reason <> '')
);
CREATE INDEX ON grant_line (batch);

CREATE TABLE grant_approval (
    batch       uuid        PRIMARY KEY,
    posting     uuid        NOT NULL UNIQUE REFERENCES posting,
    granted_by  uuid        NOT NULL,
    approved_by uuid        NOT NULL REFERENCES app_user,
    approved_at timestamptz NOT NULL DEFAULT now(),
    FOREIGN KEY (batch, granted_by) REFERENCES grant_batch (id, granted_by),
    CONSTRAINT grant_four_eyes CHECK (approved_by <> granted_by)
);

-- A claim is decided once: the approved verdicts.
CREATE TABLE claim_decided (
    claim uuid PRIMARY KEY,
    batch uuid NOT NULL REFERENCES grant_batch
);

-- Money that a municipality has for a year, by source, as entries that are
-- never changed: granted by the state, reserved, spent, carried over, repaid.
CREATE TABLE budget_entry (
    id           bigint         GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    municipality uuid           NOT NULL REFERENCES organisation,
    year         int            NOT NULL CHECK (year BETWEEN 2003 AND 2199),
    source       text           NOT NULL,
    kind         text           NOT NULL CHECK (kind IN ('granted', 'reserved', 'spent', 'carried', 'repaid')),
    amount       numeric(14, 2) NOT NULL,
    batch        uuid           REFERENCES grant_batch,
    reason       text           NOT NULL DEFAULT '',
    entered_by   uuid           NOT NULL REFERENCES app_user,
    entered_at   timestamptz    NOT NULL DEFAULT now(),
    CHECK (source IN ('W', 'I', 'participatiebudget', 'BUIG', 'ESF', 'UWV', 'WMO', 'own')),
    CHECK (source NOT IN ('W', 'I') OR year BETWEEN 2004 AND 2008),
    CHECK (source <> 'participatiebudget' OR year BETWEEN 2009 AND 2014),
    CHECK (source <> 'BUIG' OR year >= 2010),
    CHECK ((kind = 'spent') = (batch IS NOT NULL))
);
CREATE UNIQUE INDEX budget_entry_spent ON budget_entry (batch, year, source) WHERE kind = 'spent';
CREATE INDEX ON budget_entry (municipality, year, source);

CREATE TRIGGER grant_batch_forever BEFORE UPDATE OR DELETE ON grant_batch FOR EACH ROW EXECUTE FUNCTION forbid_change();
CREATE TRIGGER grant_line_forever BEFORE UPDATE OR DELETE ON grant_line FOR EACH ROW EXECUTE FUNCTION forbid_change();
CREATE TRIGGER grant_approval_forever BEFORE UPDATE OR DELETE ON grant_approval FOR EACH ROW EXECUTE FUNCTION forbid_change();
CREATE TRIGGER claim_decided_forever BEFORE UPDATE OR DELETE ON claim_decided FOR EACH ROW EXECUTE FUNCTION forbid_change();
CREATE TRIGGER budget_entry_forever BEFORE UPDATE OR DELETE ON budget_entry FOR EACH ROW EXECUTE FUNCTION forbid_change();
