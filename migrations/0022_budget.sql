-- +goose Up
-- What each source bears of a claim whose rule draws on several, dealt out by the
-- rule's shares. A claim on one source has no rows here, and its budget says which.
-- Written in bulk with the claims and held against them before a calculation is
-- sealed.
CREATE TABLE claim_source (
    period      date           NOT NULL,
    calculation bigint         NOT NULL,
    claim       uuid           NOT NULL,
    source      text           NOT NULL CHECK (source IN ('W', 'I', 'participatiebudget', 'BUIG', 'ESF', 'UWV', 'WMO', 'own')),
    share       numeric        NOT NULL CHECK (share > 0 AND share < 1),
    amount      numeric(12, 2) NOT NULL,
    PRIMARY KEY (period, calculation, claim, source)
) PARTITION BY RANGE (period);
CREATE INDEX ON claim_source (claim);
CREATE TRIGGER claim_source_approved BEFORE UPDATE OR DELETE ON claim_source FOR EACH ROW EXECUTE FUNCTION forbid_approved();
SELECT guard('claim_source', 'claim_source');

-- +goose StatementBegin
CREATE OR REPLACE FUNCTION ensure_period(of_day date) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    first date := date_trunc('month', of_day)::date;
    parent text;
    part text;
BEGIN
    PERFORM pg_advisory_xact_lock(7421, 2);
    FOREACH parent IN ARRAY ARRAY['hours', 'payslip', 'payslip_line', 'claim', 'claim_source', 'transfer'] LOOP
        part := parent || '_' || to_char(first, 'YYYY_MM');
        CONTINUE WHEN to_regclass(part) IS NOT NULL;
        EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', part, parent);
        EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
            parent, part, first, (first + interval '1 month')::date);
        PERFORM guard(parent, part);
    END LOOP;
END $$;
-- +goose StatementEnd
-- Months that are there already get their partition of the new table.
SELECT ensure_period(to_date(right(c.relname, 7), 'YYYY_MM'))
FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = 'claim'::regclass;

-- The same of what was granted of it.
CREATE TABLE grant_source (
    claim   uuid           NOT NULL,
    version int            NOT NULL,
    source  text           NOT NULL CHECK (source IN ('W', 'I', 'participatiebudget', 'BUIG', 'ESF', 'UWV', 'WMO', 'own')),
    amount  numeric(12, 2) NOT NULL,
    PRIMARY KEY (claim, version, source),
    FOREIGN KEY (claim, version) REFERENCES grant_line (claim, version)
);

-- What the municipality's own people cost a scheme. Nothing is paid for it.
CREATE TABLE internal_cost (
    id           uuid           PRIMARY KEY,
    municipality uuid           NOT NULL REFERENCES organisation,
    scheme       text           NOT NULL CHECK (scheme <> ''),
    rule         text           NOT NULL CHECK (rule <> ''),
    day          date           NOT NULL,
    hours        numeric(8, 2),
    price        numeric(12, 4) CHECK (price > 0),
    amount       numeric(12, 2) NOT NULL CHECK (amount <> 0),
    contract     uuid           REFERENCES contract,
    reference    text           NOT NULL CHECK (length(reference) BETWEEN 1 AND 40),
    recorded_by  uuid           NOT NULL REFERENCES app_user,
    recorded_at  timestamptz    NOT NULL DEFAULT now(),
    UNIQUE (id, recorded_by),
    CONSTRAINT internal_cost_price CHECK (price IS NULL OR (hours IS NOT NULL AND amount = round(hours * price, 2)))
);
CREATE INDEX ON internal_cost (municipality, day);
CREATE TABLE internal_cost_source (
    cost   uuid           NOT NULL REFERENCES internal_cost,
    source text           NOT NULL CHECK (source IN ('W', 'I', 'participatiebudget', 'BUIG', 'ESF', 'UWV', 'WMO', 'own')),
    share  numeric        NOT NULL CHECK (share > 0 AND share <= 1),
    amount numeric(12, 2) NOT NULL,
    PRIMARY KEY (cost, source)
);
CREATE TABLE internal_cost_approval (
    cost        uuid        PRIMARY KEY,
    posting     uuid        NOT NULL UNIQUE REFERENCES posting,
    recorded_by uuid        NOT NULL,
    approved_by uuid        NOT NULL REFERENCES app_user,
    approved_at timestamptz NOT NULL DEFAULT now(),
    over_budget text        NOT NULL DEFAULT '',
    FOREIGN KEY (cost, recorded_by) REFERENCES internal_cost (id, recorded_by),
    CONSTRAINT internal_cost_four_eyes CHECK (approved_by <> recorded_by)
);
ALTER TABLE posting
    DROP CONSTRAINT posting_kind,
    ADD CONSTRAINT posting_kind CHECK (kind IN ('run', 'grant', 'refusal', 'settlement', 'cost'));

-- What is moved has two ends that sum to nil; what is spent is of a batch or of
-- an internal cost. More kinds of spending get a column of their own here.
ALTER TABLE budget_entry
    DROP CONSTRAINT budget_entry_kind_check,
    DROP CONSTRAINT budget_entry_check3,
    ADD COLUMN cost uuid REFERENCES internal_cost,
    ADD COLUMN pair uuid,
    ADD CONSTRAINT budget_entry_kind CHECK (kind IN ('granted', 'reserved', 'spent', 'carried', 'repaid', 'rebooked')),
    ADD CONSTRAINT budget_entry_spent_on CHECK (num_nonnulls(batch, cost) = CASE kind WHEN 'spent' THEN 1 ELSE 0 END),
    ADD CONSTRAINT budget_entry_pair CHECK (CASE kind WHEN 'rebooked' THEN pair IS NOT NULL AND reason <> '' WHEN 'carried' THEN true ELSE pair IS NULL END),
    ADD CONSTRAINT budget_entry_sign CHECK (amount >= 0 OR pair IS NOT NULL OR kind = 'spent');
CREATE UNIQUE INDEX budget_entry_cost ON budget_entry (cost, source) WHERE cost IS NOT NULL;
CREATE UNIQUE INDEX budget_entry_end ON budget_entry (pair, sign(amount)) WHERE pair IS NOT NULL;
-- +goose StatementBegin
CREATE FUNCTION both_ends() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM inserted WHERE pair IS NOT NULL GROUP BY pair HAVING count(*) <> 2 OR sum(amount) <> 0 OR count(DISTINCT municipality) <> 1) THEN
        RAISE EXCEPTION 'money that is moved has two ends of one municipality' USING ERRCODE = 'check_violation', CONSTRAINT = 'budget_entry_both_ends';
    END IF;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER both_ends AFTER INSERT ON budget_entry REFERENCING NEW TABLE AS inserted FOR EACH STATEMENT EXECUTE FUNCTION both_ends();

-- A forecast is by rule and source, and what was expected of a month first is
-- kept: what was reserved and never used is told by it.
ALTER TABLE reservation
    ADD COLUMN rule text NOT NULL DEFAULT '',
    DROP CONSTRAINT reservation_pkey,
    ADD PRIMARY KEY (decision, month, rule, source);
CREATE TABLE forecast (
    decision     uuid           NOT NULL REFERENCES decision,
    month        date           NOT NULL CHECK (extract(day FROM month) = 1),
    rule         text           NOT NULL CHECK (rule <> ''),
    source       text           NOT NULL CHECK (source IN ('W', 'I', 'participatiebudget', 'BUIG', 'ESF', 'UWV', 'WMO', 'own')),
    municipality uuid           NOT NULL REFERENCES organisation,
    result       boolean        NOT NULL, -- due when something is reached, and not for a month
    amount       numeric(14, 2) NOT NULL,
    forecast_at  timestamptz    NOT NULL DEFAULT now(),
    PRIMARY KEY (decision, month, rule, source)
);
CREATE INDEX ON forecast (municipality);

-- What each source bears of every claim of a calculation, and of every verdict.
CREATE VIEW claim_burden AS
    SELECT m.period, m.calculation, m.id AS claim, m.payer AS municipality, m.contract, m.decision, m.rule,
           extract(year FROM m.service_from)::int AS year, coalesce(s.source, m.budget) AS source, coalesce(s.amount, m.amount + m.vat_cost) AS amount
    FROM claim m LEFT JOIN claim_source s ON s.period = m.period AND s.calculation = m.calculation AND s.claim = m.id
    WHERE m.kind <> 'hire';
CREATE VIEW grant_burden AS
    SELECT g.batch, g.claim, g.version, m.payer AS municipality,
           extract(year FROM m.service_from)::int AS year, coalesce(s.source, m.budget) AS source, coalesce(s.amount, g.amount + g.vat_cost) AS amount
    FROM grant_line g
    JOIN claim m ON m.id = g.claim JOIN calculation k ON k.id = m.calculation AND k.status = 'approved'
    LEFT JOIN grant_source s ON s.claim = g.claim AND s.version = g.version;

-- Everything that draws on a budget: what was claimed, whether that still waits
-- for somebody to decide, and what was spent of it. Another kind of spending is
-- another SELECT here, and a column of budget_entry.
CREATE VIEW budget_use AS
    SELECT b.municipality, b.year, b.source, 'claim'::text AS kind, b.claim AS id, b.decision, b.rule, b.amount AS claimed,
           x.claim IS NULL AS waiting, coalesce(s.amount, g.amount + g.vat_cost, 0) AS spent
    FROM claim_burden b JOIN calculation k ON k.id = b.calculation AND k.status = 'approved'
    LEFT JOIN claim_decided x ON x.claim = b.claim
    LEFT JOIN grant_line g ON g.claim = x.claim AND g.batch = x.batch
    LEFT JOIN grant_source s ON s.claim = g.claim AND s.version = g.version AND s.source = b.source
    UNION ALL
    SELECT c.municipality, extract(year FROM c.day)::int, s.source, 'internal', c.id, NULL, c.rule, s.amount,
           a.cost IS NULL, CASE WHEN a.cost IS NULL THEN 0 ELSE s.amount END
    FROM internal_cost c JOIN internal_cost_source s ON s.cost = c.id LEFT JOIN internal_cost_approval a ON a.cost = c.id;
COMMENT ON VIEW budget_use IS 'What draws on budgets. Read this for claimed and spent; budget_entry says what there is.';

CREATE TRIGGER grant_source_forever BEFORE UPDATE OR DELETE ON grant_source FOR EACH ROW EXECUTE FUNCTION forbid_change();
CREATE TRIGGER internal_cost_forever BEFORE UPDATE OR DELETE ON internal_cost FOR EACH ROW EXECUTE FUNCTION forbid_change();
CREATE TRIGGER internal_cost_source_forever BEFORE UPDATE OR DELETE ON internal_cost_source FOR EACH ROW EXECUTE FUNCTION forbid_change();
CREATE TRIGGER internal_cost_approval_forever BEFORE UPDATE OR DELETE ON internal_cost_approval FOR EACH ROW EXECUTE FUNCTION forbid_change();
CREATE TRIGGER forecast_forever BEFORE UPDATE OR DELETE ON forecast FOR EACH ROW EXECUTE FUNCTION forbid_change();
CREATE TRIGGER kept BEFORE TRUNCATE ON grant_source FOR EACH STATEMENT EXECUTE FUNCTION forbid_change();
CREATE TRIGGER kept BEFORE TRUNCATE ON internal_cost FOR EACH STATEMENT EXECUTE FUNCTION forbid_change();
CREATE TRIGGER kept BEFORE TRUNCATE ON internal_cost_source FOR EACH STATEMENT EXECUTE FUNCTION forbid_change();
CREATE TRIGGER kept BEFORE TRUNCATE ON internal_cost_approval FOR EACH STATEMENT EXECUTE FUNCTION forbid_change();
CREATE TRIGGER kept BEFORE TRUNCATE ON forecast FOR EACH STATEMENT EXECUTE FUNCTION forbid_change();
