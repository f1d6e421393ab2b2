-- +goose Up
-- A contract may pay by a wage table: the minimum wage times a factor that goes
-- by whole years of experience. The terms keep the table as it stood in the
-- scheme when they were made, since a fact is never changed by a later scheme.

-- +goose StatementBegin
-- A table begins at nought years; years rise, and factors never fall nor come
-- below the minimum wage.
CREATE FUNCTION wage_table_sound(years int[], factors numeric[]) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT cardinality(years) BETWEEN 1 AND 50 AND cardinality(factors) = cardinality(years)
       AND array_position(years, NULL) IS NULL AND array_position(factors, NULL) IS NULL
       AND years[1] = 0 AND factors[1] >= 1
       AND NOT EXISTS (SELECT FROM generate_series(2, cardinality(years)) i WHERE years[i] <= years[i - 1] OR factors[i] < factors[i - 1])
$$;
-- +goose StatementEnd

ALTER TABLE contract_version
    ADD COLUMN experience_since date,
    ADD COLUMN step_years       int[],
    ADD COLUMN step_factors     numeric(8, 4)[],
    DROP CONSTRAINT contract_version_wage_base_check,
    ADD CONSTRAINT contract_version_wage_base CHECK (wage_base IN ('WML', 'amount', 'steps')),
    ADD CONSTRAINT contract_version_steps CHECK (num_nonnulls(experience_since, step_years, step_factors) = CASE wage_base WHEN 'steps' THEN 3 ELSE 0 END),
    ADD CONSTRAINT contract_version_experience CHECK (experience_since <= valid_from),
    ADD CONSTRAINT contract_version_table CHECK (step_years IS NULL OR wage_table_sound(step_years, step_factors));
