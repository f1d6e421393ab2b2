-- +goose Up
-- What a run finds that earlier periods come to more or less: recomputed less
-- booked, of each contract and period that was computed anew. A row of nothing but
-- nil tells that the period was looked at. The amounts are part of the payslip's
-- own columns; taxes and premiums follow the day of payment and are not here.
CREATE TABLE correction (
    period           date           NOT NULL, -- of the run that corrects
    calculation      bigint         NOT NULL REFERENCES calculation,
    contract         uuid           NOT NULL REFERENCES contract,
    origin           date           NOT NULL CHECK (origin < period),
    wage             numeric(12, 2) NOT NULL,
    holiday          numeric(12, 2) NOT NULL,
    holiday_paid     numeric(12, 2) NOT NULL,
    leave_paid       numeric(12, 2) NOT NULL,
    transition       numeric(12, 2) NOT NULL,
    leave_accrued    int            NOT NULL, -- hundredths of an hour
    leave_taken      int            NOT NULL,
    pension_base     numeric(12, 2) NOT NULL,
    pension_employee numeric(12, 2) NOT NULL,
    pension_employer numeric(12, 2) NOT NULL,
    owed             numeric(12, 2) NOT NULL,
    PRIMARY KEY (calculation, contract, origin)
);
CREATE INDEX ON correction (contract, origin);
CREATE TRIGGER correction_approved BEFORE UPDATE OR DELETE ON correction FOR EACH ROW EXECUTE FUNCTION forbid_approved();
SELECT guard('correction', 'correction');

-- Who could not be computed: the next run begins anew with them.
CREATE TABLE left_out (
    calculation bigint NOT NULL REFERENCES calculation,
    person      uuid   NOT NULL REFERENCES person,
    PRIMARY KEY (calculation, person)
);
CREATE TRIGGER left_out_approved BEFORE UPDATE OR DELETE ON left_out FOR EACH ROW EXECUTE FUNCTION forbid_approved();
SELECT guard('left_out', 'left_out');

-- Wage that was paid too much is owed, and not withheld.
ALTER TABLE payslip
    ADD COLUMN overpaid numeric(12, 2) NOT NULL DEFAULT 0 CHECK (overpaid >= 0),
    DROP CONSTRAINT payslip_net,
    ADD CONSTRAINT payslip_net CHECK (net = gross - pension_employee - tax_table - tax_special - garnished - repaid + overpaid);

-- The period that a claim corrects; null: its run's own. A supply is credited by a
-- claim below nil.
ALTER TABLE claim
    ADD COLUMN origin date CHECK (origin < period),
    DROP CONSTRAINT claim_supply;

-- The first day that a run corrects; null: as far back as runs go by themselves.
ALTER TABLE run ADD COLUMN back_to date CHECK (back_to <= period);

-- The figures and schemes of the program, apart from the engine that computes with
-- them: where they change, what was paid is computed anew.
ALTER TABLE calculation ADD COLUMN figures text CHECK (figures ~ '^[0-9a-f]{64}$');

-- What came late is found by its knowledge number, which rises with the rows.
CREATE INDEX hours_known ON hours USING brin (known);
