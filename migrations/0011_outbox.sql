-- +goose Up
-- What is to be announced, written in the transaction that makes it true. The
-- relay publishes what has no sequence yet and notes where it landed: which
-- incarnation of the stream, and at which sequence.
CREATE TABLE outbox (
    row          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    partition    smallint    NOT NULL CHECK (partition BETWEEN 0 AND 15),
    id           uuid        NOT NULL,
    owner        uuid        NOT NULL REFERENCES organisation,
    noun         text        NOT NULL CHECK (noun ~ '^[a-z_]+$'),
    aggregate    uuid        NOT NULL,
    version      int         NOT NULL CHECK (version > 0),
    verb         text        NOT NULL CHECK (verb ~ '^[a-z_]+$'),
    data         text        NOT NULL,
    recorded_at  timestamptz NOT NULL DEFAULT now(),
    incarnation  text,
    sequence     bigint      CHECK (sequence > 0),
    UNIQUE (aggregate, owner, version),
    CHECK ((incarnation IS NULL) = (sequence IS NULL))
);
CREATE INDEX outbox_pending ON outbox (partition, row) WHERE sequence IS NULL;
CREATE INDEX outbox_landed ON outbox (incarnation, sequence) WHERE sequence IS NOT NULL;

CREATE TRIGGER outbox_kept BEFORE DELETE ON outbox FOR EACH ROW EXECUTE FUNCTION forbid_change();
CREATE TRIGGER outbox_unchanged BEFORE UPDATE OF partition, id, owner, noun, aggregate, version, verb, data, recorded_at
    ON outbox FOR EACH ROW EXECUTE FUNCTION forbid_change();
