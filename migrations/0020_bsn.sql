-- +goose Up
-- A BSN that became known after its person was registered without one. The
-- person stays the one row that it was: who is looked up by a BSN is found here
-- too, and what a cut-off before this does not know taxes as if there were none.
CREATE TABLE person_bsn (
    person      uuid        PRIMARY KEY REFERENCES person,
    bsn_hash    bytea       NOT NULL UNIQUE CHECK (octet_length(bsn_hash) = 32),
    bsn_sealed  bytea       NOT NULL CHECK (octet_length(bsn_sealed) > 28),
    known       bigint      NOT NULL CHECK (known > 0),
    recorded_by uuid        NOT NULL REFERENCES app_user,
    recorded_at timestamptz NOT NULL DEFAULT now()
);

-- A BSN is of one person, over both tables. Who writes one holds the advisory
-- lock of its hash, so that two who write the same one see each other; these
-- triggers are the second half of that assertion.
-- +goose StatementBegin
CREATE FUNCTION bsn_is_new() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_TABLE_NAME = 'person' THEN
        IF EXISTS (SELECT FROM person_bsn b WHERE b.bsn_hash = NEW.bsn_hash) THEN
            RAISE EXCEPTION 'a BSN is of one person' USING ERRCODE = 'unique_violation', CONSTRAINT = 'bsn_of_one_person';
        END IF;
    ELSIF EXISTS (SELECT FROM person p WHERE p.bsn_hash = NEW.bsn_hash OR p.id = NEW.person AND p.bsn_hash IS NOT NULL) THEN
        RAISE EXCEPTION 'a BSN is of one person' USING ERRCODE = 'unique_violation', CONSTRAINT = 'bsn_of_one_person';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd

CREATE TRIGGER bsn_is_new BEFORE INSERT ON person FOR EACH ROW WHEN (NEW.bsn_hash IS NOT NULL) EXECUTE FUNCTION bsn_is_new();
CREATE TRIGGER bsn_is_new BEFORE INSERT ON person_bsn FOR EACH ROW EXECUTE FUNCTION bsn_is_new();
CREATE TRIGGER person_bsn_forever BEFORE UPDATE OR DELETE ON person_bsn FOR EACH ROW EXECUTE FUNCTION forbid_change();
CREATE TRIGGER kept BEFORE TRUNCATE ON person_bsn FOR EACH STATEMENT EXECUTE FUNCTION forbid_change();
