-- +goose Up
-- Two times, one of them a number: a fact has the days on which it is valid and
-- the knowledge number under which it became known. Writers of facts share a
-- lock; fixing a cut-off takes it alone. So when a cut-off is fixed no writer
-- is under way, and none that starts later can write below it: a cut-off never
-- changes afterwards. A wall-clock stamp could not promise that, since a
-- transaction begun earlier can commit later.

CREATE TABLE cutoff (
    number   bigint      PRIMARY KEY CHECK (number > 0),
    fixed_at timestamptz NOT NULL DEFAULT now()
);

-- +goose StatementBegin
CREATE FUNCTION knowledge_to_write() RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(7421, 1);
    RETURN (SELECT coalesce(max(number), 0) + 1 FROM cutoff);
END $$;
-- +goose StatementEnd
COMMENT ON FUNCTION knowledge_to_write IS 'The number that facts written in this transaction carry; holds off every cut-off until it ends.';

-- +goose StatementBegin
CREATE FUNCTION knowledge_cutoff() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE fixed bigint;
BEGIN
    PERFORM pg_advisory_xact_lock(7421, 1);
    INSERT INTO cutoff (number) SELECT coalesce(max(number), 0) + 1 FROM cutoff RETURNING number INTO fixed;
    RETURN fixed;
END $$;
-- +goose StatementEnd
COMMENT ON FUNCTION knowledge_cutoff IS 'Fixes a cut-off: facts with a number up to it are known to it, and no others ever will be.';

-- +goose StatementBegin
CREATE FUNCTION forbid_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are never changed or deleted; write a later version', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
-- +goose StatementEnd

CREATE TRIGGER cutoff_forever BEFORE UPDATE OR DELETE ON cutoff FOR EACH ROW EXECUTE FUNCTION forbid_change();

-- Keys that seal private data, themselves sealed by the key that the service
-- is given and that is never kept here.
CREATE TABLE sealing_key (
    purpose text        PRIMARY KEY CHECK (purpose IN ('seal', 'find')),
    wrapped bytea       NOT NULL CHECK (octet_length(wrapped) > 32),
    made_at timestamptz NOT NULL DEFAULT now()
);

-- The one row that names this database to the outside.
CREATE TABLE instance (
    one      boolean     PRIMARY KEY DEFAULT true CHECK (one),
    id       uuid        NOT NULL DEFAULT gen_random_uuid(),
    operator text        CHECK (operator ~ '^O[A-Z2-7]{55}$'), -- of the bus that it announces on
    since    timestamptz NOT NULL DEFAULT now()
);
INSERT INTO instance DEFAULT VALUES;
