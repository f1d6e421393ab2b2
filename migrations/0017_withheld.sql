-- +goose Up
-- What a payslip pays beside the wage, takes off, and costs the employer. What
-- follows from these is not kept twice: the wage is the gross less what is paid
-- beside it, and the wage for the premiums is what is taxed less a transition
-- payment. Unknown charges are null and not nought.
ALTER TABLE payslip
    ADD COLUMN holiday_paid     numeric(12, 2) NOT NULL DEFAULT 0,
    ADD COLUMN leave_paid       numeric(12, 2) NOT NULL DEFAULT 0,
    ADD COLUMN transition       numeric(12, 2) NOT NULL DEFAULT 0,
    ADD COLUMN leave_accrued    int            NOT NULL DEFAULT 0, -- hundredths of an hour
    ADD COLUMN leave_taken      int            NOT NULL DEFAULT 0, -- or paid out
    ADD COLUMN pension_base     numeric(12, 2) NOT NULL DEFAULT 0,
    ADD COLUMN pension_employee numeric(12, 2) NOT NULL DEFAULT 0,
    ADD COLUMN pension_employer numeric(12, 2) NOT NULL DEFAULT 0,
    ADD COLUMN taxed_special    numeric(12, 2) NOT NULL DEFAULT 0,
    ADD COLUMN tax_table        numeric(12, 2) NOT NULL DEFAULT 0,
    ADD COLUMN tax_special      numeric(12, 2) NOT NULL DEFAULT 0,
    ADD COLUMN arbeidskorting   numeric(12, 2) NOT NULL DEFAULT 0,
    ADD COLUMN garnished        numeric(12, 2) NOT NULL DEFAULT 0,
    ADD COLUMN repaid           numeric(12, 2) NOT NULL DEFAULT 0,
    ADD COLUMN owed             numeric(12, 2) NOT NULL DEFAULT 0,
    ADD COLUMN awf_class        text CHECK (awf_class IN ('low', 'high', 'ufo', '')),
    ADD COLUMN aof_class        text CHECK (aof_class IN ('low', 'high', '')),
    ADD COLUMN premium_maximum  numeric(12, 2),
    ADD COLUMN premium_base     numeric(12, 2),
    ADD COLUMN zvw_base         numeric(12, 2),
    ADD COLUMN awf              numeric(12, 2),
    ADD COLUMN aof              numeric(12, 2),
    ADD COLUMN wko              numeric(12, 2),
    ADD COLUMN whk              numeric(12, 2),
    ADD COLUMN zvw              numeric(12, 2),
    ADD CONSTRAINT payslip_net CHECK (net = gross - pension_employee - tax_table - tax_special - garnished - repaid),
    ADD CONSTRAINT payslip_charges CHECK (num_nulls(awf_class, aof_class, premium_maximum, premium_base, zvw_base, awf, aof, wko, whk, zvw) IN (0, 10));

-- The garnishment or receivable that a line was withheld for.
-- A percentage of a pension has three decimals, and so a share five.
ALTER TABLE payslip_line
    ADD COLUMN fact uuid,
    ALTER COLUMN rate TYPE numeric(14, 6);

-- What was garnished is paid to the creditor.
ALTER TABLE payment
    ADD COLUMN garnishment uuid,
    DROP CONSTRAINT payment_kind,
    DROP CONSTRAINT payment_for,
    ADD CONSTRAINT payment_kind CHECK (kind IN ('wage', 'garnishment', 'subsidy', 'fee')),
    ADD CONSTRAINT payment_for CHECK ((kind IN ('wage', 'garnishment')) = (claim IS NULL)),
    ADD CONSTRAINT payment_garnished CHECK ((kind = 'garnishment') = (garnishment IS NOT NULL));
CREATE UNIQUE INDEX payment_of_garnishment ON payment (run, contract, garnishment) WHERE garnishment IS NOT NULL;
