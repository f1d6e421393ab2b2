-- +goose Up
CREATE TABLE organisation (
    id            uuid        PRIMARY KEY,
    code          text        NOT NULL UNIQUE CHECK (code ~ '^[A-Za-z0-9][A-Za-z0-9-]{0,31}$'),
    name          text        NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    roles         text[]      NOT NULL CHECK (cardinality(roles) > 0 AND
                              roles <@ ARRAY['gemeente', 'employer', 'reintegratiebedrijf', 'inlener', 'beheerder']),
    kvk           text        CHECK (kvk ~ '^[0-9]{8}$'),
    oin           text        CHECK (oin ~ '^[0-9]{20}$'),
    iban          text        CHECK (iban ~ '^[A-Z]{2}[0-9]{2}[A-Z0-9]{10,30}$'),
    registered_at timestamptz NOT NULL DEFAULT now(),
    CHECK (iban IS NOT NULL OR NOT roles && ARRAY['gemeente', 'employer'])
);

-- An account on the bus belongs to one organisation; several keys may map to
-- one, the oldest being the one that events are addressed to.
CREATE TABLE account (
    public       text        PRIMARY KEY CHECK (public ~ '^A[A-Z2-7]{55}$'),
    organisation uuid        NOT NULL REFERENCES organisation,
    seed_sealed  bytea       CHECK (octet_length(seed_sealed) > 28),
    since        timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX ON account (organisation, since);

CREATE TABLE app_user (
    id           uuid        PRIMARY KEY,
    organisation uuid        NOT NULL REFERENCES organisation,
    name         text        NOT NULL,
    roles        text[]      NOT NULL CHECK (cardinality(roles) > 0 AND
                             roles <@ ARRAY['admin', 'submit', 'calculate', 'approve', 'control', 'read']),
    added_at     timestamptz NOT NULL DEFAULT now()
);

CREATE UNIQUE INDEX app_user_name ON app_user (organisation, lower(name));

-- A user may hold several keys, an old one and its replacement: it stays one
-- user, so that nobody approves with a second key what they calculated with the
-- first.
CREATE TABLE app_user_key (
    public   text        PRIMARY KEY CHECK (public ~ '^U[A-Z2-7]{55}$'),
    app_user uuid        NOT NULL REFERENCES app_user,
    since    timestamptz NOT NULL DEFAULT now()
);
CREATE TRIGGER app_user_key_forever BEFORE UPDATE ON app_user_key FOR EACH ROW EXECUTE FUNCTION forbid_change();

-- A request that was carried out, so that its repetition gives the same reply.
-- Rows are kept at least a year.
CREATE TABLE request (
    organisation uuid        NOT NULL REFERENCES organisation,
    app_user     uuid        NOT NULL REFERENCES app_user,
    key          text        NOT NULL CHECK (length(key) BETWEEN 1 AND 100),
    endpoint     text        NOT NULL,
    body_hash    bytea       NOT NULL CHECK (octet_length(body_hash) = 32),
    reply        text        NOT NULL,
    at           timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (organisation, app_user, key)
);
CREATE TRIGGER request_forever BEFORE UPDATE ON request FOR EACH ROW EXECUTE FUNCTION forbid_change();
CREATE TRIGGER organisation_forever BEFORE DELETE ON organisation FOR EACH ROW EXECUTE FUNCTION forbid_change();
