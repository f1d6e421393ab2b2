-- +goose Up
-- The accounts that an organisation has had after the one it was registered with,
-- which stays beside them. The newest is the one that holds.
CREATE TABLE organisation_account (
    organisation uuid        NOT NULL REFERENCES organisation,
    version      int         NOT NULL CHECK (version > 1),
    iban         text        NOT NULL CHECK (iban ~ '^[A-Z]{2}[0-9]{2}[A-Z0-9]{10,30}$'),
    known        bigint      NOT NULL,
    recorded_by  uuid        NOT NULL REFERENCES app_user,
    recorded_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (organisation, version)
);

-- Who was registered without an account has its first one confirmed too: nobody
-- else has seen it.
CREATE VIEW account_version AS
    SELECT id AS organisation, 1 AS version, iban, NULL::text AS was, 0::bigint AS known, NULL::uuid AS recorded_by, registered_at AS recorded_at
    FROM organisation WHERE iban IS NOT NULL
    UNION ALL
    SELECT v.organisation, v.version, v.iban, coalesce(p.iban, o.iban, ''), v.known, v.recorded_by, v.recorded_at
    FROM organisation_account v JOIN organisation o ON o.id = v.organisation
    LEFT JOIN organisation_account p ON p.organisation = v.organisation AND p.version = v.version - 1;

CREATE OR REPLACE VIEW payee_account AS
    SELECT 'employment'::text AS kind, v.employment AS subject, v.version, v.iban, p.iban AS was, v.known, v.recorded_by, v.recorded_at
    FROM employment_version v LEFT JOIN employment_version p ON p.employment = v.employment AND p.version = v.version - 1
    UNION ALL
    SELECT 'garnishment', v.id, v.version, v.creditor_iban, p.creditor_iban, v.known, v.recorded_by, v.recorded_at
    FROM garnishment v LEFT JOIN garnishment p ON p.id = v.id AND p.version = v.version - 1
    UNION ALL
    SELECT 'trajectory', id, 1, iban, NULL, known, recorded_by, recorded_at FROM trajectory
    UNION ALL
    SELECT 'trajectory', v.trajectory, v.version, v.iban, CASE v.version WHEN 2 THEN t.iban ELSE p.iban END, v.known, v.recorded_by, v.recorded_at
    FROM trajectory_version v JOIN trajectory t ON t.id = v.trajectory LEFT JOIN trajectory_version p ON p.trajectory = v.trajectory AND p.version = v.version - 1
    UNION ALL
    SELECT 'organisation', organisation, version, iban, was, known, recorded_by, recorded_at FROM account_version;

CREATE OR REPLACE VIEW master_change AS
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
    FROM scheme_version v
    UNION ALL
    SELECT change_of('iban', v.organisation, 'organisation', v.version), 'iban', v.organisation, v.version, v.organisation, o.code,
           '…' || right(v.was, 4), '…' || right(v.iban, 4), v.known, v.recorded_by, v.recorded_at
    FROM account_version v JOIN organisation o ON o.id = v.organisation WHERE v.version > 1;

-- What came back alone for a reason that is not its account is paid again as it was
-- when somebody says why, who did not hand in the message that it came back by.
CREATE TABLE bank_release (
    payment     uuid        NOT NULL,
    attempt     int         NOT NULL,
    reason      text        NOT NULL CHECK (length(reason) BETWEEN 1 AND 500),
    imported_by uuid        NOT NULL REFERENCES app_user,
    released_by uuid        NOT NULL REFERENCES app_user,
    released_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (payment, attempt),
    FOREIGN KEY (payment, attempt) REFERENCES bank_returned (payment, attempt),
    CONSTRAINT release_four_eyes CHECK (released_by <> imported_by)
);

-- +goose StatementBegin
DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['organisation_account', 'bank_release'] LOOP
        EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION forbid_change()', name || '_forever', name);
        EXECUTE format('CREATE TRIGGER kept BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION forbid_change()', name);
    END LOOP;
END $$;
-- +goose StatementEnd
