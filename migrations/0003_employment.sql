-- +goose Up
-- One person is one row for all employers, found by the keyed hash of the BSN,
-- or by employer and number where the BSN is missing.
CREATE TABLE person (
    id          uuid   PRIMARY KEY,
    bsn_hash    bytea  UNIQUE CHECK (octet_length(bsn_hash) = 32),
    bsn_sealed  bytea  CHECK (octet_length(bsn_sealed) > 28),
    employer    uuid   REFERENCES organisation,
    number      text,
    known       bigint NOT NULL CHECK (known > 0),
    UNIQUE (employer, number),
    CHECK ((bsn_hash IS NULL) = (bsn_sealed IS NULL)),
    CHECK ((bsn_hash IS NULL) = (employer IS NOT NULL AND number IS NOT NULL))
);

CREATE TABLE employment (
    id       uuid   PRIMARY KEY,
    person   uuid   NOT NULL REFERENCES person,
    employer uuid   NOT NULL REFERENCES organisation,
    number   text   NOT NULL CHECK (length(number) BETWEEN 1 AND 40),
    known    bigint NOT NULL CHECK (known > 0),
    UNIQUE (employer, number),
    UNIQUE (employer, person)
);

CREATE TABLE employment_version (
    employment  uuid        NOT NULL REFERENCES employment,
    version     int         NOT NULL CHECK (version > 0),
    name        text        NOT NULL CHECK (length(name) BETWEEN 1 AND 140),
    birth       date        NOT NULL,
    iban        text        NOT NULL CHECK (iban ~ '^[A-Z]{2}[0-9]{2}[A-Z0-9]{10,30}$'),
    korting     boolean     NOT NULL,
    known       bigint      NOT NULL CHECK (known > 0),
    recorded_by uuid        NOT NULL REFERENCES app_user,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (employment, version)
);

CREATE TRIGGER person_forever BEFORE UPDATE OR DELETE ON person FOR EACH ROW EXECUTE FUNCTION forbid_change();
CREATE TRIGGER employment_forever BEFORE UPDATE OR DELETE ON employment FOR EACH ROW EXECUTE FUNCTION forbid_change();
CREATE TRIGGER employment_version_forever BEFORE UPDATE OR DELETE ON employment_version FOR EACH ROW EXECUTE FUNCTION forbid_change();
