package payroll

// Accept reads terms as a registration does, for who asks what they would come
// to: the same texts are the same terms, and the same mistakes have the same
// reasons. The terms have no version, no days and no end yet.
func (t ContractTerms) Accept(d *Door, rules SchemeRules) Terms { return t.accept(d, rules) }
