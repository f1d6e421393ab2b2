-- +goose Up
-- What was approved or posted gets no more rows either. The check is one a
-- statement, over what the statement inserted: a COPY of a shard's rows pays
-- for one look-up and not for one a row.
-- +goose StatementBegin
CREATE FUNCTION forbid_more_approved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM (SELECT DISTINCT calculation FROM inserted) i JOIN calculation c ON c.id = i.calculation WHERE c.status = 'approved') THEN
        RAISE EXCEPTION 'an approved calculation gets no more rows in %', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE FUNCTION forbid_more_posted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM (SELECT DISTINCT posting FROM inserted) i JOIN posting p ON p.id = i.posting) THEN
        RAISE EXCEPTION 'a posting gets no more transfers' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;
-- +goose StatementEnd

-- Statement triggers do not go from a partitioned table to its partitions, so
-- each gets its own, and neither road around the parent is open.
-- +goose StatementBegin
CREATE FUNCTION guard(parent text, part text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    check_insert text := CASE parent WHEN 'hours' THEN NULL WHEN 'transfer' THEN 'forbid_more_posted' ELSE 'forbid_more_approved' END;
BEGIN
    EXECUTE format('CREATE TRIGGER kept BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION forbid_change()', part);
    IF check_insert IS NOT NULL THEN
        EXECUTE format('CREATE TRIGGER no_more AFTER INSERT ON %I REFERENCING NEW TABLE AS inserted FOR EACH STATEMENT EXECUTE FUNCTION %I()', part, check_insert);
    END IF;
END $$;
-- +goose StatementEnd

SELECT guard(parent, parent) FROM unnest(ARRAY['hours', 'payslip', 'payslip_line', 'claim', 'transfer']) parent;

-- +goose StatementBegin
DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['cutoff', 'organisation', 'account', 'app_user', 'app_user_key', 'request', 'person', 'employment', 'employment_version',
        'contract', 'contract_version', 'placement', 'decision', 'decision_version', 'loonwaarde', 'submission', 'run', 'calculation',
        'shard', 'exception', 'acceptance', 'posting', 'payment', 'grant_batch', 'grant_line', 'grant_approval', 'claim_decided',
        'budget_entry', 'outbox', 'sealing_key', 'instance'] LOOP
        EXECUTE format('CREATE TRIGGER kept BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION forbid_change()', name);
    END LOOP;
END $$;
-- +goose StatementEnd

-- A run goes forward from approval on, never back, and is never deleted.
-- +goose StatementBegin
CREATE FUNCTION forbid_reopening() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'an approved run is never opened again or deleted' USING ERRCODE = 'restrict_violation';
END $$;
-- +goose StatementEnd
CREATE TRIGGER run_forward BEFORE UPDATE ON run FOR EACH ROW
    WHEN (OLD.status IN ('approved', 'paid', 'closed') AND (NEW.status NOT IN ('approved', 'paid', 'closed')
          OR (OLD.status = 'closed' AND NEW.status <> 'closed') OR (OLD.status = 'paid' AND NEW.status = 'approved')
          OR NEW.calculation <> OLD.calculation OR NEW.employer <> OLD.employer OR NEW.period <> OLD.period))
    EXECUTE FUNCTION forbid_reopening();
CREATE TRIGGER run_kept BEFORE DELETE ON run FOR EACH ROW EXECUTE FUNCTION forbid_reopening();

-- Tables that grow with the month are partitioned by it. Attaching waits for
-- writers of the tables that foreign keys point at, and new ones wait for it, so
-- the service makes the months around now when it starts.
-- +goose StatementBegin
CREATE FUNCTION ensure_period(of_day date) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    first date := date_trunc('month', of_day)::date;
    parent text;
    part text;
BEGIN
    PERFORM pg_advisory_xact_lock(7421, 2);
    FOREACH parent IN ARRAY ARRAY['hours', 'payslip', 'payslip_line', 'claim', 'transfer'] LOOP
        part := parent || '_' || to_char(first, 'YYYY_MM');
        CONTINUE WHEN to_regclass(part) IS NOT NULL;
        EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', part, parent);
        EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
            parent, part, first, (first + interval '1 month')::date);
        PERFORM guard(parent, part);
    END LOOP;
END $$;
-- +goose StatementEnd
