-- +goose Up
-- The accounts that payees have had, by version: registered is the first that was
-- known of each, and a later one that differs is a change with a name of its own.
-- +goose StatementBegin
CREATE FUNCTION change_of(kind text, subject uuid, detail text, version int) RETURNS uuid LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT encode(substring(sha256(convert_to(concat_ws('/', kind, subject, detail, version), 'UTF8')) FOR 16), 'hex')::uuid
$$;
-- +goose StatementEnd
COMMENT ON FUNCTION change_of IS 'The name of a later version of something that a second person confirms.';

CREATE VIEW payee_account AS
    SELECT 'employment'::text AS kind, v.employment AS subject, v.version, v.iban, p.iban AS was, v.known, v.recorded_by, v.recorded_at
    FROM employment_version v LEFT JOIN employment_version p ON p.employment = v.employment AND p.version = v.version - 1
    UNION ALL
    SELECT 'garnishment', v.id, v.version, v.creditor_iban, p.creditor_iban, v.known, v.recorded_by, v.recorded_at
    FROM garnishment v LEFT JOIN garnishment p ON p.id = v.id AND p.version = v.version - 1
    UNION ALL
    SELECT 'trajectory', id, 1, iban, NULL, known, recorded_by, recorded_at FROM trajectory
    UNION ALL
    SELECT 'trajectory', v.trajectory, v.version, v.iban, CASE v.version WHEN 2 THEN t.iban ELSE p.iban END, v.known, v.recorded_by, v.recorded_at
    FROM trajectory_version v JOIN trajectory t ON t.id = v.trajectory LEFT JOIN trajectory_version p ON p.trajectory = v.trajectory AND p.version = v.version - 1;

-- Few have a second version, and those are looked for.
CREATE INDEX employment_version_later ON employment_version (employment, version) WHERE version > 1;

-- What was recorded after the first registration and moves money: each is confirmed
-- by somebody else than who recorded it. Of a scheme the first version counts too
-- where it amends one of the program, which only the program knows.
CREATE VIEW master_change AS
    SELECT change_of('iban', v.subject, v.kind, v.version) AS change, 'iban'::text AS kind, v.subject, v.version, e.employer AS organisation,
           e.number AS label, '…' || right(v.was, 4) AS was, '…' || right(v.iban, 4) AS becomes, v.known, v.recorded_by, v.recorded_at
    FROM payee_account v JOIN employment e ON e.id = v.subject WHERE v.kind = 'employment' AND v.version > 1 AND v.was <> v.iban
    UNION ALL
    SELECT change_of('iban', v.subject, v.kind, v.version), 'iban', v.subject, v.version, e.employer, e.number || ' ' || g.reference,
           '…' || right(v.was, 4), '…' || right(v.iban, 4), v.known, v.recorded_by, v.recorded_at
    FROM payee_account v JOIN garnishment g ON g.id = v.subject AND g.version = v.version JOIN employment e ON e.id = g.employment
    WHERE v.kind = 'garnishment' AND v.version > 1 AND v.was <> v.iban
    UNION ALL
    SELECT change_of('iban', v.subject, v.kind, v.version), 'iban', v.subject, v.version, t.municipality, t.number,
           '…' || right(v.was, 4), '…' || right(v.iban, 4), v.known, v.recorded_by, v.recorded_at
    FROM payee_account v JOIN trajectory t ON t.id = v.subject WHERE v.kind = 'trajectory' AND v.version > 1 AND v.was <> v.iban
    UNION ALL
    SELECT change_of('decision', v.decision, '', v.version), 'decision', v.decision, v.version, d.municipality, d.number,
           '', concat_ws(' ', v.valid_from, v.starts, v.ends, v.route, v.hours_per_week, v.ceiling, v.charges, v.budget), v.known, v.recorded_by, v.recorded_at
    FROM decision_version v JOIN decision d ON d.id = v.decision WHERE v.version > 1
    UNION ALL
    SELECT change_of('loonwaarde', v.contract, '', v.version), 'loonwaarde', v.contract, v.version, c.municipality, e.code || ' ' || c.number,
           '', concat_ws(' ', v.valid_from, v.percent || '%'), v.known, v.recorded_by, v.recorded_at
    FROM loonwaarde v JOIN contract c ON c.id = v.contract JOIN organisation e ON e.id = c.employer WHERE v.version > 1 AND c.municipality IS NOT NULL
    UNION ALL
    SELECT change_of('scheme', v.municipality, v.scheme, v.version), 'scheme', v.municipality, v.version, v.municipality, v.scheme,
           '', concat_ws(' ', v.valid_from, left(v.hash, 12)), v.known, v.recorded_by, v.recorded_at
    FROM scheme_version v;

CREATE TABLE control_confirmation (
    change       uuid        NOT NULL,
    organisation uuid        NOT NULL REFERENCES organisation,
    recorded_by  uuid        NOT NULL REFERENCES app_user,
    confirmed_by uuid        NOT NULL REFERENCES app_user,
    confirmed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (change, confirmed_by),
    CONSTRAINT control_four_eyes CHECK (confirmed_by <> recorded_by)
);
CREATE TRIGGER control_confirmation_forever BEFORE UPDATE OR DELETE ON control_confirmation FOR EACH ROW EXECUTE FUNCTION forbid_change();
CREATE TRIGGER kept BEFORE TRUNCATE ON control_confirmation FOR EACH STATEMENT EXECUTE FUNCTION forbid_change();

-- Who was paid on an account before is asked for by contract.
CREATE INDEX ON payment (contract) WHERE contract IS NOT NULL;
