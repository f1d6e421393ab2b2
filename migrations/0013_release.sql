-- +goose Up
-- After an older copy of this database was restored, the event stream holds
-- events that it does not know. The service is held then, until a person says
-- that what was announced beyond this point was looked at.
CREATE TABLE stream_release (
    incarnation text        NOT NULL,
    sequence    bigint      NOT NULL CHECK (sequence > 0),
    reason      text        NOT NULL CHECK (length(reason) > 0),
    released_by uuid        NOT NULL REFERENCES app_user,
    released_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (incarnation, sequence)
);
CREATE TRIGGER kept BEFORE TRUNCATE ON stream_release FOR EACH STATEMENT EXECUTE FUNCTION forbid_change();
CREATE TRIGGER stream_release_forever BEFORE UPDATE OR DELETE ON stream_release FOR EACH ROW EXECUTE FUNCTION forbid_change();
