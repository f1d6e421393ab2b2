package euro

// CentsDown rounds n down to whole cents, towards less: what a rule says that
// may never come out above the whole, such as a yearly maximum spread over
// twelve months.
func (n Number) CentsDown() Amount { return Amount{n.d.Shift(2).Floor().Shift(-2)} }
