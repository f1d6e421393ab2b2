-- +goose Up
-- Whether a loonwaarde was determined over the wage with its holiday allowance;
-- NULL of rows from before anybody was asked, and where a scheme reckons by
-- productivity. Of a loonwaarde that was given as a wage a month the percentage
-- depends on it, so there it is known.
ALTER TABLE loonwaarde
    ADD COLUMN with_holiday boolean,
    ADD COLUMN amount       numeric(14, 2) CHECK (amount >= 0),
    ADD CHECK (amount IS NULL OR with_holiday IS NOT NULL);
