-- +goose Up
CREATE TABLE run (
    id          uuid        PRIMARY KEY,
    employer    uuid        NOT NULL REFERENCES organisation,
    period      date        NOT NULL,
    period_end  date        NOT NULL CHECK (period_end >= period),
    period_kind text        NOT NULL CHECK (period_kind IN ('month', 'four_weeks')),
    kind        text        NOT NULL CHECK (kind IN ('regular', 'off_cycle')),
    sequence    int         NOT NULL CHECK (sequence > 0),
    pay_date    date        NOT NULL CHECK (pay_date >= period),
    deadline    date,
    status      text        NOT NULL CHECK (status IN ('open', 'calculating', 'calculated', 'approved', 'paid', 'closed')),
    calculation int         NOT NULL DEFAULT 0 CHECK (calculation >= 0),
    opened_by   uuid        NOT NULL REFERENCES app_user,
    opened_at   timestamptz NOT NULL DEFAULT now(),
    UNIQUE (employer, period, period_kind, kind, sequence),
    CHECK (status = 'open' OR calculation > 0),
    -- A month and four weeks of the same days would pay the same hours twice.
    CONSTRAINT run_overlap EXCLUDE USING gist (employer WITH =, daterange(period, period_end, '[]') WITH &&) WHERE (kind = 'regular')
);

-- A calculation sees the facts up to its cut-off. The status stands here and on
-- no row of it, so that approval changes one row.
CREATE TABLE calculation (
    id            bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    run           uuid        NOT NULL REFERENCES run,
    number        int         NOT NULL CHECK (number > 0),
    cutoff        bigint      NOT NULL REFERENCES cutoff,
    rule_set      text        NOT NULL,
    status        text        NOT NULL CHECK (status IN ('calculating', 'calculated', 'superseded', 'approved')),
    shards        int         NOT NULL CHECK (shards >= 0),
    hash          text        CHECK (hash ~ '^[0-9a-f]{64}$'),
    totals        text,
    asked_by      uuid        NOT NULL REFERENCES app_user,
    asked_at      timestamptz NOT NULL DEFAULT now(),
    calculated_at timestamptz,
    approved_by   uuid        REFERENCES app_user,
    approved_at   timestamptz,
    known         bigint      CHECK (known > cutoff), -- from when on later calculations reckon with it
    UNIQUE (run, number),
    CHECK ((status IN ('calculated', 'approved')) <= (hash IS NOT NULL)),
    CHECK ((status = 'approved') = (approved_by IS NOT NULL)),
    CHECK ((status = 'approved') = (known IS NOT NULL)),
    CONSTRAINT four_eyes CHECK (approved_by <> asked_by)
);
CREATE UNIQUE INDEX calculation_approved ON calculation (run) WHERE status = 'approved';

CREATE TABLE shard (
    calculation bigint      NOT NULL REFERENCES calculation,
    number      int         NOT NULL CHECK (number > 0),
    person_from uuid        NOT NULL,
    person_to   uuid        NOT NULL CHECK (person_to >= person_from),
    done_at     timestamptz,
    payslips    int         NOT NULL DEFAULT 0,
    failed      int         NOT NULL DEFAULT 0,
    PRIMARY KEY (calculation, number)
);

CREATE TABLE exception (
    calculation bigint NOT NULL REFERENCES calculation,
    key         uuid   NOT NULL,
    kind        text   NOT NULL,
    subject     text   NOT NULL,
    article     text   NOT NULL DEFAULT '',
    detail_nl   text   NOT NULL,
    detail_en   text   NOT NULL,
    PRIMARY KEY (calculation, key)
);

CREATE TABLE acceptance (
    run         uuid        NOT NULL REFERENCES run,
    key         uuid        NOT NULL,
    accepted_by uuid        NOT NULL REFERENCES app_user,
    accepted_at timestamptz NOT NULL DEFAULT now(),
    reason      text        NOT NULL CHECK (length(reason) > 0),
    PRIMARY KEY (run, key)
);

-- +goose StatementBegin
CREATE FUNCTION forbid_approved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM calculation c WHERE c.status = 'approved'
               AND (c.id = OLD.calculation OR (TG_OP = 'UPDATE' AND c.id = NEW.calculation))) THEN
        RAISE EXCEPTION 'rows of % that were approved are never changed or deleted', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION forbid_unapproving() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.status = 'approved' THEN
        RAISE EXCEPTION 'an approved calculation is never changed or deleted' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
-- +goose StatementEnd

CREATE TRIGGER calculation_approved BEFORE UPDATE OR DELETE ON calculation FOR EACH ROW EXECUTE FUNCTION forbid_unapproving();
CREATE TRIGGER shard_approved BEFORE UPDATE OR DELETE ON shard FOR EACH ROW EXECUTE FUNCTION forbid_approved();
CREATE TRIGGER exception_approved BEFORE UPDATE OR DELETE ON exception FOR EACH ROW EXECUTE FUNCTION forbid_approved();
CREATE TRIGGER acceptance_forever BEFORE UPDATE OR DELETE ON acceptance FOR EACH ROW EXECUTE FUNCTION forbid_change();
