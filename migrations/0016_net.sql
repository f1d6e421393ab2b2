-- +goose Up
-- What the net of a wage depends on beside contract and hours: facts of the
-- employer, and facts of one person with it. Versions, of which none is ever
-- changed; a reading at a cut-off takes the newest that it knows.

-- What the employer's premiums go by. The decision for the Werkhervattingskas
-- is one for a calendar year: its percentage, year and reference go together.
CREATE TABLE charge_terms (
    employer       uuid          NOT NULL REFERENCES organisation,
    version        int           NOT NULL CHECK (version > 0),
    valid_from     date          NOT NULL,
    small          boolean       NOT NULL,
    ufo            boolean       NOT NULL,
    whk_year       int           CHECK (whk_year BETWEEN 2014 AND 2100),
    whk_percentage numeric(5, 2) CHECK (whk_percentage BETWEEN 0 AND 25),
    whk_reference  text          CHECK (length(whk_reference) BETWEEN 1 AND 100),
    known          bigint        NOT NULL CHECK (known > 0),
    recorded_by    uuid          NOT NULL REFERENCES app_user,
    recorded_at    timestamptz   NOT NULL DEFAULT now(),
    PRIMARY KEY (employer, version),
    CONSTRAINT charge_terms_whk CHECK (num_nonnulls(whk_year, whk_percentage, whk_reference) IN (0, 3))
);

-- Amounts are a year's at full time, percentages are of the base.
CREATE TABLE pension_terms (
    employer            uuid           NOT NULL REFERENCES organisation,
    version             int            NOT NULL CHECK (version > 0),
    valid_from          date           NOT NULL,
    name                text           NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    franchise           numeric(12, 2) NOT NULL CHECK (franchise >= 0),
    maximum             numeric(12, 2),
    employee_percentage numeric(7, 4)  NOT NULL CHECK (employee_percentage BETWEEN 0 AND 50),
    employer_percentage numeric(7, 4)  NOT NULL CHECK (employer_percentage BETWEEN 0 AND 50),
    holiday             boolean        NOT NULL,
    waiting_days        int            NOT NULL CHECK (waiting_days BETWEEN 0 AND 366),
    from_age            int            NOT NULL CHECK (from_age BETWEEN 0 AND 25),
    to_age              int            NOT NULL CHECK (to_age = 0 OR to_age BETWEEN 55 AND 75),
    known               bigint         NOT NULL CHECK (known > 0),
    recorded_by         uuid           NOT NULL REFERENCES app_user,
    recorded_at         timestamptz    NOT NULL DEFAULT now(),
    PRIMARY KEY (employer, version),
    CONSTRAINT pension_terms_maximum CHECK (maximum > franchise)
);

-- The wage for the loonheffing of a whole calendar year, which the special rate
-- of the next one is keyed on.
CREATE TABLE annual_wage (
    employment  uuid           NOT NULL REFERENCES employment,
    year        int            NOT NULL CHECK (year BETWEEN 2000 AND 2100),
    version     int            NOT NULL CHECK (version > 0),
    amount      numeric(12, 2) NOT NULL CHECK (amount >= 0),
    source      text           NOT NULL CHECK (length(source) BETWEEN 1 AND 200),
    known       bigint         NOT NULL CHECK (known > 0),
    recorded_by uuid           NOT NULL REFERENCES app_user,
    recorded_at timestamptz    NOT NULL DEFAULT now(),
    PRIMARY KEY (employment, year, version)
);

-- A loonbeslag: the same reference again is the next version, whole.
CREATE TABLE garnishment (
    id            uuid           NOT NULL,
    employment    uuid           NOT NULL REFERENCES employment,
    reference     text           NOT NULL CHECK (length(reference) BETWEEN 1 AND 40),
    version       int            NOT NULL CHECK (version > 0),
    creditor_iban text           NOT NULL CHECK (creditor_iban ~ '^[A-Z]{2}[0-9]{2}[A-Z0-9]{10,30}$'),
    creditor_name text           NOT NULL CHECK (length(creditor_name) BETWEEN 1 AND 70),
    valid_from    date           NOT NULL,
    valid_to      date           CHECK (valid_to >= valid_from),
    protected     numeric(12, 2) NOT NULL CHECK (protected >= 0),
    total         numeric(12, 2) CHECK (total > 0),
    rank          int            NOT NULL CHECK (rank BETWEEN 1 AND 99),
    known         bigint         NOT NULL CHECK (known > 0),
    recorded_by   uuid           NOT NULL REFERENCES app_user,
    recorded_at   timestamptz    NOT NULL DEFAULT now(),
    PRIMARY KEY (id, version),
    CONSTRAINT garnishment_reference UNIQUE (employment, reference, version)
);

-- Money that a person owes the employer. One that a run made, of a wage that
-- came out below nil, says which run and contract.
CREATE TABLE receivable (
    id          uuid           NOT NULL,
    employment  uuid           NOT NULL REFERENCES employment,
    reference   text           NOT NULL CHECK (length(reference) BETWEEN 1 AND 40),
    version     int            NOT NULL CHECK (version > 0),
    cause       text           NOT NULL CHECK (length(cause) BETWEEN 1 AND 200),
    amount      numeric(12, 2) NOT NULL CHECK (amount >= 0),
    per_period  numeric(12, 2) NOT NULL CHECK (per_period >= 0),
    starts      date           NOT NULL,
    protected   numeric(12, 2) CHECK (protected >= 0), -- a month: beslagvrije voet, which a plan leaves the employee
    run         uuid           REFERENCES run,
    contract    uuid           REFERENCES contract,
    known       bigint         NOT NULL CHECK (known > 0),
    recorded_by uuid           NOT NULL REFERENCES app_user,
    recorded_at timestamptz    NOT NULL DEFAULT now(),
    PRIMARY KEY (id, version),
    CONSTRAINT receivable_reference UNIQUE (employment, reference, version),
    CONSTRAINT receivable_plan CHECK (per_period <= amount AND (per_period = 0 OR protected IS NOT NULL)),
    CONSTRAINT receivable_of_run CHECK ((run IS NULL) = (contract IS NULL))
);

CREATE TRIGGER charge_terms_forever BEFORE UPDATE OR DELETE ON charge_terms FOR EACH ROW EXECUTE FUNCTION forbid_change();
CREATE TRIGGER pension_terms_forever BEFORE UPDATE OR DELETE ON pension_terms FOR EACH ROW EXECUTE FUNCTION forbid_change();
CREATE TRIGGER annual_wage_forever BEFORE UPDATE OR DELETE ON annual_wage FOR EACH ROW EXECUTE FUNCTION forbid_change();
CREATE TRIGGER garnishment_forever BEFORE UPDATE OR DELETE ON garnishment FOR EACH ROW EXECUTE FUNCTION forbid_change();
CREATE TRIGGER receivable_forever BEFORE UPDATE OR DELETE ON receivable FOR EACH ROW EXECUTE FUNCTION forbid_change();
CREATE TRIGGER kept BEFORE TRUNCATE ON charge_terms FOR EACH STATEMENT EXECUTE FUNCTION forbid_change();
CREATE TRIGGER kept BEFORE TRUNCATE ON pension_terms FOR EACH STATEMENT EXECUTE FUNCTION forbid_change();
CREATE TRIGGER kept BEFORE TRUNCATE ON annual_wage FOR EACH STATEMENT EXECUTE FUNCTION forbid_change();
CREATE TRIGGER kept BEFORE TRUNCATE ON garnishment FOR EACH STATEMENT EXECUTE FUNCTION forbid_change();
CREATE TRIGGER kept BEFORE TRUNCATE ON receivable FOR EACH STATEMENT EXECUTE FUNCTION forbid_change();

-- Credits beside the loonheffingskorting. What was recorded before claims none.
ALTER TABLE employment_version
    ADD COLUMN jonggehandicapt boolean NOT NULL DEFAULT false,
    ADD COLUMN alleenstaand    boolean NOT NULL DEFAULT false;

-- Terms that were recorded before are as the law has them: holiday allowance in
-- May, four weeks of leave, the whole wage during sickness.
ALTER TABLE contract_version
    ADD COLUMN bbl                 boolean       NOT NULL DEFAULT false,
    ADD COLUMN holiday_each_period boolean       NOT NULL DEFAULT false,
    ADD COLUMN leave_weeks         numeric(5, 2) NOT NULL DEFAULT 4,
    ADD COLUMN sick_waiting        int,
    ADD COLUMN sick_percentage     numeric(5, 2),
    ADD COLUMN sick_second         numeric(5, 2),
    ADD COLUMN ended_by            text          NOT NULL DEFAULT '',
    ADD CONSTRAINT contract_version_leave CHECK (leave_weeks BETWEEN 4 AND 26),
    ADD CONSTRAINT contract_version_sick CHECK (num_nonnulls(sick_waiting, sick_percentage, sick_second) IN (0, 3)
        AND sick_waiting BETWEEN 0 AND 2 AND sick_percentage BETWEEN 70 AND 100 AND sick_second BETWEEN 70 AND 100),
    ADD CONSTRAINT contract_version_ended_by CHECK (ended_by IN ('', 'employer', 'expiry', 'employee', 'agreement', 'age', 'cause', 'death', 'continued'));
