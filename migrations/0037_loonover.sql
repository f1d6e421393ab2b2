-- +goose Up
-- How an employer takes wage of earlier periods to be enjoyed, for a calendar year of
-- payment: when it is paid (in), which is the rule, or in the period of that year that
-- it belongs to (over). Versions: the newest counts, until a run rests on it.
CREATE TABLE wage_method (
    employer    uuid        NOT NULL REFERENCES organisation,
    year        int         NOT NULL CHECK (year BETWEEN 2000 AND 2100),
    version     int         NOT NULL CHECK (version > 0),
    method      text        NOT NULL CHECK (method IN ('in', 'over')),
    known       bigint      NOT NULL,
    recorded_by uuid        NOT NULL REFERENCES app_user,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (employer, year, version)
);
CREATE TRIGGER wage_method_forever BEFORE UPDATE OR DELETE ON wage_method FOR EACH ROW EXECUTE FUNCTION forbid_change();
CREATE TRIGGER kept BEFORE TRUNCATE ON wage_method FOR EACH STATEMENT EXECUTE FUNCTION forbid_change();

-- Why a correction is enjoyed in the period that it is about; null: when it is paid.
ALTER TABLE correction ADD COLUMN attributed text CHECK (attributed IN ('over', 'error'));

-- What of a payslip is enjoyed in an earlier period, for each class of premiums. It is
-- part of the payslip's own columns, and of the return of that period.
CREATE TABLE attribution (
    period           date           NOT NULL, -- of the run that corrects
    calculation      bigint         NOT NULL REFERENCES calculation,
    contract         uuid           NOT NULL REFERENCES contract,
    number           smallint       NOT NULL CHECK (number > 0), -- within the payslip
    origin           date           NOT NULL CHECK (origin < period),
    origin_kind      text           NOT NULL CHECK (origin_kind IN ('month', 'four_weeks')),
    enjoyed_on       date           NOT NULL, -- the day of payment of the origin
    method           text           NOT NULL CHECK (method IN ('over', 'error')),
    awf_class        text           CHECK (awf_class IN ('low', 'high', 'ufo', '')),
    aof_class        text           CHECK (aof_class IN ('low', 'high', '')),
    gross            numeric(12, 2) NOT NULL,
    holiday          numeric(12, 2) NOT NULL,
    holiday_paid     numeric(12, 2) NOT NULL,
    transition       numeric(12, 2) NOT NULL,
    pension_employee numeric(12, 2) NOT NULL,
    taxed_special    numeric(12, 2) NOT NULL,
    tax_table        numeric(12, 2) NOT NULL,
    tax_special      numeric(12, 2) NOT NULL,
    arbeidskorting   numeric(12, 2) NOT NULL,
    premium_maximum  numeric(12, 2),
    premium_base     numeric(12, 2),
    zvw_base         numeric(12, 2),
    awf              numeric(12, 2),
    aof              numeric(12, 2),
    wko              numeric(12, 2),
    whk              numeric(12, 2),
    zvw              numeric(12, 2),
    PRIMARY KEY (calculation, contract, number),
    CONSTRAINT attribution_charges CHECK (num_nulls(awf_class, aof_class, premium_maximum, premium_base, zvw_base, awf, aof, wko, whk, zvw) IN (0, 10))
);
CREATE INDEX ON attribution (contract, origin);
CREATE TRIGGER attribution_approved BEFORE UPDATE OR DELETE ON attribution FOR EACH ROW EXECUTE FUNCTION forbid_approved();
SELECT guard('attribution', 'attribution');

-- What was enjoyed on which days, as a return (loonaangifte) reads it: approved
-- payslips by their day of payment, but for what is attributed to an earlier period,
-- which is in the return of that.
DROP VIEW return_payslip;
CREATE VIEW return_payslip AS
    SELECT r.employer, r.pay_date AS return_day, r.period_kind, false AS attributed, p.period, p.calculation, p.contract, p.employment, p.gross_only, p.awf_class, p.aof_class,
           p.gross - a.gross AS gross, p.holiday - a.holiday AS holiday, p.holiday_paid - a.holiday_paid AS holiday_paid, p.transition - a.transition AS transition,
           p.pension_employee - a.pension_employee AS pension_employee, p.taxed_special - a.taxed_special AS taxed_special,
           p.tax_table - a.tax_table AS tax_table, p.tax_special - a.tax_special AS tax_special, p.arbeidskorting - a.arbeidskorting AS arbeidskorting,
           p.premium_maximum - a.premium_maximum AS premium_maximum, p.premium_base - a.premium_base AS premium_base, p.zvw_base - a.zvw_base AS zvw_base,
           p.awf - a.awf AS awf, p.aof - a.aof AS aof, p.wko - a.wko AS wko, p.whk - a.whk AS whk, p.zvw - a.zvw AS zvw
    FROM run r JOIN calculation k ON k.run = r.id AND k.status = 'approved'
    JOIN payslip p ON p.period = r.period AND p.calculation = k.id
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(gross), 0) AS gross, coalesce(sum(holiday), 0) AS holiday, coalesce(sum(holiday_paid), 0) AS holiday_paid, coalesce(sum(transition), 0) AS transition,
               coalesce(sum(pension_employee), 0) AS pension_employee, coalesce(sum(taxed_special), 0) AS taxed_special, coalesce(sum(tax_table), 0) AS tax_table,
               coalesce(sum(tax_special), 0) AS tax_special, coalesce(sum(arbeidskorting), 0) AS arbeidskorting, coalesce(sum(premium_maximum), 0) AS premium_maximum,
               coalesce(sum(premium_base), 0) AS premium_base, coalesce(sum(zvw_base), 0) AS zvw_base, coalesce(sum(awf), 0) AS awf, coalesce(sum(aof), 0) AS aof,
               coalesce(sum(wko), 0) AS wko, coalesce(sum(whk), 0) AS whk, coalesce(sum(zvw), 0) AS zvw
        FROM attribution x WHERE x.calculation = p.calculation AND x.contract = p.contract) a
    UNION ALL
    SELECT r.employer, x.enjoyed_on, x.origin_kind, true, x.period, x.calculation, x.contract, p.employment, false, x.awf_class, x.aof_class,
           x.gross, x.holiday, x.holiday_paid, x.transition, x.pension_employee, x.taxed_special, x.tax_table, x.tax_special, x.arbeidskorting,
           x.premium_maximum, x.premium_base, x.zvw_base, x.awf, x.aof, x.wko, x.whk, x.zvw
    FROM run r JOIN calculation k ON k.run = r.id AND k.status = 'approved'
    JOIN attribution x ON x.period = r.period AND x.calculation = k.id
    JOIN payslip p ON p.period = x.period AND p.calculation = x.calculation AND p.contract = x.contract;
