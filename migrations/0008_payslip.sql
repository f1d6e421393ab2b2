-- +goose Up
-- period is the first day of the run's period, which is part of every key.
CREATE TABLE payslip (
    period      date           NOT NULL,
    calculation bigint         NOT NULL REFERENCES calculation,
    contract    uuid           NOT NULL REFERENCES contract,
    person      uuid           NOT NULL REFERENCES person,
    employment  uuid           NOT NULL REFERENCES employment,
    gross       numeric(12, 2) NOT NULL,
    holiday     numeric(12, 2) NOT NULL,
    net         numeric(12, 2) NOT NULL,
    gross_only  boolean        NOT NULL,
    iban        text           NOT NULL,
    hash        bytea          NOT NULL CHECK (octet_length(hash) = 32),
    PRIMARY KEY (period, calculation, contract),
    CHECK (NOT gross_only OR net = gross)
) PARTITION BY RANGE (period);

-- Lines and transfers are written in bulk with their payslip and checked
-- set-wise in the same calculation: a foreign key would triple the cost of COPY.
CREATE TABLE payslip_line (
    period      date           NOT NULL,
    calculation bigint         NOT NULL,
    contract    uuid           NOT NULL,
    line        smallint       NOT NULL CHECK (line > 0),
    kind        text           NOT NULL,
    quantity    int            NOT NULL,
    rate        numeric(12, 4) NOT NULL,
    amount      numeric(12, 2) NOT NULL,
    rule        text           NOT NULL CHECK (rule <> ''),
    source      text           NOT NULL CHECK (source <> ''),
    origin      date           NOT NULL,
    PRIMARY KEY (period, calculation, contract, line)
) PARTITION BY RANGE (period);

CREATE TABLE claim (
    period      date           NOT NULL,
    calculation bigint         NOT NULL REFERENCES calculation,
    contract    uuid           NOT NULL REFERENCES contract,
    id          uuid           NOT NULL,
    decision    uuid           NOT NULL REFERENCES decision,
    payer       uuid           NOT NULL REFERENCES organisation,
    payee       uuid           NOT NULL REFERENCES organisation,
    scheme      text           NOT NULL,
    rule        text           NOT NULL,
    kind        text           NOT NULL CHECK (kind IN ('subsidy', 'fee', 'premium', 'hire')),
    document    text           NOT NULL CHECK (document IN ('beschikking', 'agreement')),
    budget      text           NOT NULL CHECK (budget IN ('W', 'I', 'participatiebudget', 'BUIG', 'ESF', 'UWV', 'WMO', 'own')),
    service_from date          NOT NULL,
    service_to   date          NOT NULL CHECK (service_to >= service_from),
    base        numeric(12, 2) NOT NULL,
    charges     numeric(12, 2) NOT NULL,
    entitled    numeric(12, 2) NOT NULL CHECK (entitled = base + charges),
    wage_cost   numeric(12, 2) NOT NULL,
    amount      numeric(12, 2) NOT NULL CHECK (amount >= 0),
    hash        bytea          NOT NULL CHECK (octet_length(hash) = 32),
    PRIMARY KEY (period, calculation, contract, id)
) PARTITION BY RANGE (period);
CREATE INDEX ON claim (id);
CREATE INDEX ON claim (decision);

CREATE TRIGGER payslip_approved BEFORE UPDATE OR DELETE ON payslip FOR EACH ROW EXECUTE FUNCTION forbid_approved();
CREATE TRIGGER payslip_line_approved BEFORE UPDATE OR DELETE ON payslip_line FOR EACH ROW EXECUTE FUNCTION forbid_approved();
CREATE TRIGGER claim_approved BEFORE UPDATE OR DELETE ON claim FOR EACH ROW EXECUTE FUNCTION forbid_approved();
