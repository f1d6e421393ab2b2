-- +goose Up
-- What a run corrects of somebody's earlier period as the repair of an error: it is
-- enjoyed in that period, and its return is corrected. Versions: the newest counts.
CREATE TABLE run_repair (
    run        uuid        NOT NULL REFERENCES run,
    employment uuid        NOT NULL REFERENCES employment,
    origin     date        NOT NULL,
    version    int         NOT NULL CHECK (version > 0),
    undone     boolean     NOT NULL,
    reason     text        NOT NULL CHECK (length(reason) BETWEEN 1 AND 500),
    known      bigint      NOT NULL,
    marked_by  uuid        NOT NULL REFERENCES app_user,
    marked_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (run, employment, origin, version)
);
CREATE TRIGGER run_repair_forever BEFORE UPDATE OR DELETE ON run_repair FOR EACH ROW EXECUTE FUNCTION forbid_change();
CREATE TRIGGER kept BEFORE TRUNCATE ON run_repair FOR EACH STATEMENT EXECUTE FUNCTION forbid_change();
