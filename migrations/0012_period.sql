-- +goose Up
-- Tables that grow with the month are partitioned by it. A partition is made
-- beside its parent and then attached, which does not stop readers or writers
-- of other months.
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
    END LOOP;
END $$;
-- +goose StatementEnd
