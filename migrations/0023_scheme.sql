-- +goose Up
-- Schemes that a municipality added or amended while the service runs: the file
-- as it was handed in, and the day from which what it says holds for contracts
-- that name the municipality. A calculation knows those up to its cut-off.
CREATE TABLE scheme_version (
    municipality uuid        NOT NULL REFERENCES organisation,
    scheme       text        NOT NULL CHECK (scheme ~ '^[a-z][a-z0-9-]{1,30}$'),
    version      int         NOT NULL CHECK (version > 0),
    valid_from   date        NOT NULL,
    file         text        NOT NULL CHECK (octet_length(file) BETWEEN 1 AND 65536),
    hash         text        NOT NULL CHECK (hash ~ '^[0-9a-f]{64}$' AND hash = encode(sha256(convert_to(file, 'UTF8')), 'hex')),
    known        bigint      NOT NULL CHECK (known > 0),
    recorded_by  uuid        NOT NULL REFERENCES app_user,
    recorded_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (municipality, scheme, version)
);
CREATE TRIGGER scheme_version_forever BEFORE UPDATE OR DELETE ON scheme_version FOR EACH ROW EXECUTE FUNCTION forbid_change();
CREATE TRIGGER kept BEFORE TRUNCATE ON scheme_version FOR EACH STATEMENT EXECUTE FUNCTION forbid_change();

-- Who has contracts that name a municipality is asked when schemes are listed.
CREATE INDEX ON contract (municipality, scheme) WHERE municipality IS NOT NULL;
