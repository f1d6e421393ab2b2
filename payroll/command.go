package payroll

// Command is part of every request that changes something. The key makes a
// repetition harmless: the same key with the same body gives the first reply
// again, with another body it is refused. Keys are kept at least a year.
type Command struct {
	IdempotencyKey string `json:"idempotency_key,omitempty" validate:"max=100"`
}

// Key returns the idempotency key, for the machinery that handles requests.
func (c Command) Key() string { return c.IdempotencyKey }
