-- +goose Up
-- Where an event landed was noted in its own row, which PostgreSQL then wrote
-- again whole, with an entry in each of its indexes. What waits and what landed
-- are narrow tables now, and a row of the outbox is never written again. Each
-- is in one of the two; they carry no foreign key, since rows of the outbox are
-- never deleted and a trigger puts what waits there.
DROP INDEX outbox_pending;
DROP INDEX outbox_landed;

CREATE TABLE outbox_waiting (
    partition smallint NOT NULL,
    row       bigint   NOT NULL,
    PRIMARY KEY (partition, row)
);
CREATE TABLE outbox_landed (
    row         bigint PRIMARY KEY,
    incarnation text   NOT NULL,
    sequence    bigint NOT NULL CHECK (sequence > 0)
);
INSERT INTO outbox_waiting SELECT partition, row FROM outbox WHERE sequence IS NULL;
INSERT INTO outbox_landed SELECT row, incarnation, sequence FROM outbox WHERE sequence IS NOT NULL;
CREATE INDEX outbox_landed_at ON outbox_landed (incarnation, sequence);

ALTER TABLE outbox DROP COLUMN incarnation, DROP COLUMN sequence;

-- Nobody who writes an event can forget to let it wait.
-- +goose StatementBegin
CREATE FUNCTION let_wait() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO outbox_waiting SELECT partition, row FROM inserted;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER outbox_waits AFTER INSERT ON outbox REFERENCING NEW TABLE AS inserted FOR EACH STATEMENT EXECUTE FUNCTION let_wait();

DROP TRIGGER outbox_kept ON outbox;
DROP TRIGGER outbox_unchanged ON outbox;
CREATE TRIGGER outbox_forever BEFORE UPDATE OR DELETE ON outbox FOR EACH ROW EXECUTE FUNCTION forbid_change();
CREATE TRIGGER kept BEFORE TRUNCATE ON outbox_waiting FOR EACH STATEMENT EXECUTE FUNCTION forbid_change();
CREATE TRIGGER kept BEFORE TRUNCATE ON outbox_landed FOR EACH STATEMENT EXECUTE FUNCTION forbid_change();
