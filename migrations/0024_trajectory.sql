-- +goose Up
-- What a municipality agreed with a provider for a scheme.
CREATE TABLE agreement (
    id           uuid        PRIMARY KEY,
    municipality uuid        NOT NULL REFERENCES organisation,
    number       text        NOT NULL CHECK (length(number) BETWEEN 1 AND 40),
    provider     uuid        NOT NULL REFERENCES organisation,
    payer        uuid        REFERENCES organisation CHECK (payer <> municipality), -- of what the municipality does not pay
    scheme       text        NOT NULL,
    starts       date        NOT NULL,
    ends         date        CHECK (ends >= starts),
    agreed       int         NOT NULL CHECK (agreed >= 0),
    targets      jsonb       NOT NULL DEFAULT '{}',
    known        bigint      NOT NULL CHECK (known > 0),
    recorded_by  uuid        NOT NULL REFERENCES app_user,
    recorded_at  timestamptz NOT NULL DEFAULT now(),
    UNIQUE (municipality, number)
);
CREATE INDEX ON agreement (provider);

-- One participant under one scheme, from referral to exit. Who it is stands here
-- only as a person that is found by the keyed hash of the BSN.
CREATE TABLE trajectory (
    id           uuid        PRIMARY KEY,
    municipality uuid        NOT NULL REFERENCES organisation,
    number       text        NOT NULL CHECK (length(number) BETWEEN 1 AND 40),
    provider     uuid        REFERENCES organisation,
    agreement    uuid        REFERENCES agreement,
    scheme       text        NOT NULL,
    person       uuid        REFERENCES person,
    benefit      text        NOT NULL CHECK (benefit IN ('WWB', 'WIA', 'WW', 'none')),
    referred     date        NOT NULL,
    iban         text        CHECK (iban ~ '^[A-Z]{2}[0-9]{2}[A-Z0-9]{10,30}$'),
    known        bigint      NOT NULL CHECK (known > 0),
    recorded_by  uuid        NOT NULL REFERENCES app_user,
    recorded_at  timestamptz NOT NULL DEFAULT now(),
    UNIQUE (municipality, number)
);
CREATE INDEX ON trajectory (provider) WHERE provider IS NOT NULL;
CREATE INDEX ON trajectory (person) WHERE person IS NOT NULL;

-- What was recorded of it since: where premiums go, and which benefit it is. The
-- referral itself is the first version.
CREATE TABLE trajectory_version (
    trajectory   uuid        NOT NULL REFERENCES trajectory,
    version      int         NOT NULL CHECK (version > 1),
    benefit      text        NOT NULL CHECK (benefit IN ('WWB', 'WIA', 'WW', 'none')),
    iban         text        CHECK (iban ~ '^[A-Z]{2}[0-9]{2}[A-Z0-9]{10,30}$'),
    known        bigint      NOT NULL CHECK (known > 0),
    recorded_by  uuid        NOT NULL REFERENCES app_user,
    recorded_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (trajectory, version)
);

-- What happened to it. Answers on eligibility may tell of debt, addiction,
-- detention or sickness: they are sealed like a BSN, and only whether they make
-- somebody eligible is readable.
CREATE TABLE trajectory_event (
    trajectory     uuid          NOT NULL REFERENCES trajectory,
    number         int           NOT NULL CHECK (number > 0),
    kind           text          NOT NULL CHECK (kind IN ('intake', 'accepted', 'plan', 'started', 'extended', 'ordered', 'delivered', 'placed', 'relapsed', 'exited')),
    day            date          NOT NULL,
    product        text          CHECK ((product IS NOT NULL) = (kind IN ('ordered', 'delivered'))),
    sector         text,
    contract       uuid          REFERENCES contract CHECK (contract IS NULL OR kind = 'started'),
    job_to         date          CHECK (job_to >= day),
    job_hours      numeric(5, 2) CHECK (job_hours > 0),
    job_full_time  numeric(5, 2) CHECK (job_full_time > 0),
    reason         text          CHECK ((reason IS NOT NULL) = (kind = 'exited')),
    evidence       text          NOT NULL DEFAULT '',
    eligible       text          CHECK (eligible IS NULL OR (eligible IN ('yes', 'no', 'unknown') AND kind = 'intake')),
    answers_sealed bytea         CHECK (octet_length(answers_sealed) > 28),
    despite_sealed bytea         CHECK (octet_length(despite_sealed) > 28), -- why somebody starts all the same may tell as much
    reported       boolean       NOT NULL, -- by the provider: it counts when the municipality says so
    known          bigint        NOT NULL CHECK (known > 0),
    recorded_by    uuid          NOT NULL REFERENCES app_user,
    recorded_at    timestamptz   NOT NULL DEFAULT now(),
    PRIMARY KEY (trajectory, number),
    CHECK (kind = 'placed' OR num_nonnulls(job_to, job_hours, job_full_time) = 0)
);

CREATE TABLE trajectory_verdict (
    trajectory  uuid        NOT NULL,
    event       int         NOT NULL,
    version     int         NOT NULL CHECK (version > 0),
    verdict     text        NOT NULL CHECK (verdict IN ('confirmed', 'contested', 'upheld', 'rejected')),
    until       date        CHECK (until IS NULL OR verdict = 'contested'),
    reason      text        NOT NULL DEFAULT '',
    known       bigint      NOT NULL CHECK (known > 0),
    judged_by   uuid        NOT NULL REFERENCES app_user,
    judged_at   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (trajectory, event, version),
    FOREIGN KEY (trajectory, event) REFERENCES trajectory_event,
    CHECK (verdict IN ('confirmed', 'upheld') OR reason <> '')
);

-- What a municipality owes by the end of a month for trajectories and agreements,
-- less what was booked. A calculation is kept as it was; only an approved one is
-- booked.
CREATE TABLE statement (
    id           uuid           PRIMARY KEY,
    municipality uuid           NOT NULL REFERENCES organisation,
    period       date           NOT NULL CHECK (extract(day FROM period) = 1),
    sequence     int            NOT NULL CHECK (sequence > 0),
    cutoff       bigint         NOT NULL REFERENCES cutoff,
    rule_set     text           NOT NULL,
    lines        int            NOT NULL CHECK (lines >= 0),
    amount       numeric(16, 2) NOT NULL,
    vat          numeric(16, 2) NOT NULL,
    hash         text           NOT NULL CHECK (hash ~ '^[0-9a-f]{64}$'),
    asked_by     uuid           NOT NULL REFERENCES app_user,
    asked_at     timestamptz    NOT NULL DEFAULT now(),
    UNIQUE (municipality, sequence),
    UNIQUE (id, asked_by)
);

CREATE TABLE statement_line (
    statement  uuid           NOT NULL REFERENCES statement,
    number     int            NOT NULL CHECK (number > 0),
    trajectory uuid           REFERENCES trajectory,
    agreement  uuid           REFERENCES agreement,
    subject    text           NOT NULL,
    scheme     text           NOT NULL,
    rule       text           NOT NULL,
    key        text           NOT NULL,
    kind       text           NOT NULL CHECK (kind IN ('fee', 'premium')),
    document   text           NOT NULL CHECK (document IN ('decision', 'agreement', 'order', 'invoice', 'settlement')),
    day        date           NOT NULL,
    payer      uuid           NOT NULL REFERENCES organisation,
    payee      uuid           REFERENCES organisation,
    iban       text,
    amount     numeric(12, 2) NOT NULL,
    vat_rate   numeric(5, 2)  NOT NULL CHECK (vat_rate BETWEEN 0 AND 100),
    vat        numeric(12, 2) NOT NULL,
    vat_cost   numeric(12, 2) NOT NULL,
    PRIMARY KEY (statement, number),
    CHECK (trajectory IS NOT NULL OR agreement IS NOT NULL),
    CHECK ((kind = 'premium') = (payee IS NULL)),
    CHECK ((kind = 'premium') = (iban IS NOT NULL)),
    CHECK (kind = 'fee' OR vat = 0)
);
CREATE UNIQUE INDEX statement_line_once ON statement_line (statement, coalesce(trajectory, agreement), rule, key);
CREATE INDEX ON statement_line (trajectory) WHERE trajectory IS NOT NULL;
CREATE INDEX ON statement_line (agreement) WHERE agreement IS NOT NULL;
CREATE INDEX ON statement_line (payee) WHERE payee IS NOT NULL;

-- Which source of money bears how much of a line, VAT that is not given back
-- included.
CREATE TABLE statement_source (
    statement uuid           NOT NULL,
    line      int            NOT NULL,
    source    text           NOT NULL CHECK (source IN ('W', 'I', 'participatiebudget', 'BUIG', 'ESF', 'UWV', 'WMO', 'own')),
    year      int            NOT NULL CHECK (year BETWEEN 2003 AND 2199),
    amount    numeric(12, 2) NOT NULL,
    PRIMARY KEY (statement, line, source, year),
    FOREIGN KEY (statement, line) REFERENCES statement_line
);

CREATE TABLE statement_exception (
    statement uuid NOT NULL REFERENCES statement,
    number    int  NOT NULL CHECK (number > 0),
    kind      text NOT NULL,
    subject   text NOT NULL,
    article   text NOT NULL DEFAULT '',
    detail_nl text NOT NULL,
    detail_en text NOT NULL,
    PRIMARY KEY (statement, number)
);

CREATE TABLE statement_approval (
    statement   uuid        PRIMARY KEY,
    posting     uuid        NOT NULL UNIQUE REFERENCES posting,
    asked_by    uuid        NOT NULL,
    approved_by uuid        NOT NULL REFERENCES app_user,
    accepted    text        NOT NULL DEFAULT '', -- why its exceptions, and what is above a budget, are all right
    known       bigint      NOT NULL CHECK (known > 0),
    approved_at timestamptz NOT NULL DEFAULT now(),
    FOREIGN KEY (statement, asked_by) REFERENCES statement (id, asked_by),
    CONSTRAINT statement_four_eyes CHECK (approved_by <> asked_by)
);

CREATE TABLE statement_settlement (
    statement  uuid        PRIMARY KEY REFERENCES statement_approval,
    posting    uuid        NOT NULL UNIQUE REFERENCES posting,
    day        date        NOT NULL,
    reference  text        NOT NULL CHECK (length(reference) BETWEEN 1 AND 100),
    settled_by uuid        NOT NULL REFERENCES app_user,
    settled_at timestamptz NOT NULL DEFAULT now()
);

-- +goose StatementBegin
DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['agreement', 'trajectory', 'trajectory_version', 'trajectory_event', 'trajectory_verdict', 'statement', 'statement_line', 'statement_source',
        'statement_exception', 'statement_approval', 'statement_settlement'] LOOP
        EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION forbid_change()', name || '_forever', name);
        EXECUTE format('CREATE TRIGGER kept BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION forbid_change()', name);
    END LOOP;
END $$;
-- +goose StatementEnd

-- A statement orders payments that belong to no run and no contract.
ALTER TABLE payment
    ALTER COLUMN run DROP NOT NULL,
    ALTER COLUMN contract DROP NOT NULL,
    ADD COLUMN statement uuid REFERENCES statement,
    DROP CONSTRAINT payment_kind,
    DROP CONSTRAINT payment_for,
    ADD CONSTRAINT payment_kind CHECK (kind IN ('wage', 'garnishment', 'subsidy', 'fee', 'premium')),
    ADD CONSTRAINT payment_of_run CHECK ((statement IS NULL) = (run IS NOT NULL) AND (run IS NULL) = (contract IS NULL)),
    ADD CONSTRAINT payment_for CHECK (CASE WHEN statement IS NULL THEN kind <> 'premium' AND (kind IN ('wage', 'garnishment')) = (claim IS NULL)
                                           ELSE kind IN ('fee', 'premium') AND claim IS NULL END);
CREATE INDEX ON payment (statement) WHERE statement IS NOT NULL;
COMMENT ON COLUMN transfer.contract IS 'What the transfer is about: a contract or, on a statement, a trajectory, an agreement or a provider.';
ALTER TABLE posting
    DROP CONSTRAINT posting_kind,
    ADD CONSTRAINT posting_kind CHECK (kind IN ('run', 'grant', 'refusal', 'settlement', 'cost', 'statement'));
ALTER TABLE budget_entry
    ADD COLUMN statement uuid REFERENCES statement,
    DROP CONSTRAINT budget_entry_spent_on,
    ADD CONSTRAINT budget_entry_spent_on CHECK (num_nonnulls(batch, cost, statement) = CASE kind WHEN 'spent' THEN 1 ELSE 0 END);
CREATE UNIQUE INDEX budget_entry_statement ON budget_entry (statement, year, source) WHERE statement IS NOT NULL;

-- What approved statements spend draws on budgets too.
CREATE OR REPLACE VIEW budget_use AS
    SELECT b.municipality, b.year, b.source, 'claim'::text AS kind, b.claim AS id, b.decision, b.rule, b.amount AS claimed,
           x.claim IS NULL AS waiting, coalesce(s.amount, g.amount + g.vat_cost, 0) AS spent
    FROM claim_burden b JOIN calculation k ON k.id = b.calculation AND k.status = 'approved'
    LEFT JOIN claim_decided x ON x.claim = b.claim
    LEFT JOIN grant_line g ON g.claim = x.claim AND g.batch = x.batch
    LEFT JOIN grant_source s ON s.claim = g.claim AND s.version = g.version AND s.source = b.source
    UNION ALL
    SELECT c.municipality, extract(year FROM c.day)::int, s.source, 'internal', c.id, NULL, c.rule, s.amount,
           a.cost IS NULL, CASE WHEN a.cost IS NULL THEN 0 ELSE s.amount END
    FROM internal_cost c JOIN internal_cost_source s ON s.cost = c.id LEFT JOIN internal_cost_approval a ON a.cost = c.id
    UNION ALL
    SELECT m.municipality, s.year, s.source, l.kind, coalesce(l.trajectory, l.agreement), NULL, l.rule, s.amount, false, s.amount
    FROM statement m JOIN statement_approval a ON a.statement = m.id JOIN statement_line l ON l.statement = m.id
    JOIN statement_source s ON s.statement = l.statement AND s.line = l.number;
