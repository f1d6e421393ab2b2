-- +goose Up
-- The day on which the bank moved it, since at the end of a period only what was
-- moved by then is paid.
CREATE OR REPLACE VIEW settled_claim AS
    SELECT claim, organisation, amount, day FROM settlement
    UNION ALL
    SELECT p.claim, p.organisation, p.amount, s.day FROM payment p JOIN bank_settled s ON s.payment = p.id
    WHERE p.claim IS NOT NULL AND NOT EXISTS (SELECT FROM bank_returned r WHERE r.payment = s.payment AND r.attempt = s.attempt);
