-- +goose Up
-- Claims of every kind: a hire price rests on a placement and not on a decision,
-- a supply carries VAT, and an advance that was too much is claimed back, below
-- nil.
ALTER TABLE claim
    ALTER COLUMN decision DROP NOT NULL,
    ALTER COLUMN budget DROP NOT NULL,
    ADD COLUMN placement   uuid          REFERENCES placement,
    ADD COLUMN vat_rate    numeric(5, 2) NOT NULL DEFAULT 0 CHECK (vat_rate BETWEEN 0 AND 100),
    ADD COLUMN vat         numeric(12, 2) NOT NULL DEFAULT 0,
    ADD COLUMN vat_cost    numeric(12, 2) NOT NULL DEFAULT 0,
    ADD COLUMN provisional boolean       NOT NULL DEFAULT false,
    DROP CONSTRAINT claim_document_check,
    DROP CONSTRAINT claim_amount_check,
    ADD CONSTRAINT claim_document CHECK (document IN ('beschikking', 'agreement', 'invoice')),
    ADD CONSTRAINT claim_of_decision CHECK ((kind = 'hire') = (decision IS NULL)),
    ADD CONSTRAINT claim_of_placement CHECK ((kind = 'hire') = (placement IS NOT NULL)),
    ADD CONSTRAINT claim_of_budget CHECK ((kind = 'hire') = (budget IS NULL)),
    ADD CONSTRAINT claim_vat CHECK (abs(vat_cost) <= abs(vat) AND (kind IN ('fee', 'hire') OR vat = 0)),
    ADD CONSTRAINT claim_supply CHECK (kind = 'subsidy' OR amount >= 0);

-- A placement without a price is hired at what the scheme says.
ALTER TABLE placement ALTER COLUMN price DROP NOT NULL;
CREATE INDEX ON placement (contract);

-- Whoever has a contract or decision under a scheme elsewhere is found by person.
CREATE INDEX ON contract (person, scheme);

-- An off-cycle run pays one person. Four weeks beside a month of the same days
-- would pay and claim part of it twice, in a run of either kind.
ALTER TABLE run
    ADD COLUMN person uuid REFERENCES person,
    ADD CONSTRAINT run_one_kind EXCLUDE USING gist (employer WITH =, period_kind WITH <>, daterange(period, period_end, '[]') WITH &&),
    ADD CONSTRAINT run_off_cycle CHECK ((kind = 'off_cycle') = (person IS NOT NULL));

-- A calculated run that was taken back to open, and why.
CREATE TABLE run_reopened (
    run         uuid        NOT NULL REFERENCES run,
    calculation int         NOT NULL,
    reason      text        NOT NULL CHECK (length(reason) > 0),
    reopened_by uuid        NOT NULL REFERENCES app_user,
    reopened_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (run, calculation)
);
CREATE TRIGGER run_reopened_forever BEFORE UPDATE OR DELETE ON run_reopened FOR EACH ROW EXECUTE FUNCTION forbid_change();
CREATE TRIGGER kept BEFORE TRUNCATE ON run_reopened FOR EACH STATEMENT EXECUTE FUNCTION forbid_change();

-- Fees are paid like subsidies, and settlements are postings of their own.
ALTER TABLE payment
    DROP CONSTRAINT payment_kind_check,
    DROP CONSTRAINT payment_check1,
    ADD CONSTRAINT payment_kind CHECK (kind IN ('wage', 'subsidy', 'fee')),
    ADD CONSTRAINT payment_for CHECK ((kind = 'wage') = (claim IS NULL));
ALTER TABLE posting
    DROP CONSTRAINT posting_kind_check,
    ADD CONSTRAINT posting_kind CHECK (kind IN ('run', 'grant', 'refusal', 'settlement'));

-- What is granted of a claim below nil is below nil too.
ALTER TABLE grant_line
    DROP CONSTRAINT grant_line_amount_check,
    ADD COLUMN vat      numeric(12, 2) NOT NULL DEFAULT 0,
    ADD COLUMN vat_cost numeric(12, 2) NOT NULL DEFAULT 0,
    ADD CONSTRAINT grant_line_vat CHECK (abs(vat_cost) <= abs(vat));
ALTER TABLE grant_batch
    DROP CONSTRAINT grant_batch_total_check,
    ADD COLUMN vat numeric(16, 2) NOT NULL DEFAULT 0;
ALTER TABLE grant_approval
    ADD COLUMN over_budget text NOT NULL DEFAULT '';

-- One side of a claim says that its money went over the bank.
CREATE TABLE settlement (
    claim        uuid           NOT NULL,
    organisation uuid           NOT NULL REFERENCES organisation,
    amount       numeric(12, 2) NOT NULL CHECK (amount <> 0),
    day          date           NOT NULL,
    reference    text           NOT NULL CHECK (length(reference) BETWEEN 1 AND 100),
    posting      uuid           NOT NULL REFERENCES posting,
    settled_by   uuid           NOT NULL REFERENCES app_user,
    settled_at   timestamptz    NOT NULL DEFAULT now(),
    PRIMARY KEY (claim, organisation)
);
CREATE TRIGGER settlement_forever BEFORE UPDATE OR DELETE ON settlement FOR EACH ROW EXECUTE FUNCTION forbid_change();
CREATE TRIGGER kept BEFORE TRUNCATE ON settlement FOR EACH STATEMENT EXECUTE FUNCTION forbid_change();

-- What a decision is expected to cost in a month. A forecast: it is reckoned anew
-- with every version of the decision, and nothing is booked on it.
CREATE TABLE reservation (
    decision     uuid           NOT NULL REFERENCES decision,
    month        date           NOT NULL CHECK (extract(day FROM month) = 1),
    municipality uuid           NOT NULL REFERENCES organisation,
    source       text           NOT NULL CHECK (source IN ('W', 'I', 'participatiebudget', 'BUIG', 'ESF', 'UWV', 'WMO', 'own')),
    amount       numeric(14, 2) NOT NULL,
    PRIMARY KEY (decision, month)
);
CREATE INDEX ON reservation (municipality);
