package payroll

// Step is one line of a computation as a person would check it on paper.
type Step struct {
	What    Text   `json:"what"`
	Article string `json:"article,omitempty"`
	Source  string `json:"source,omitempty"`
	Formula string `json:"formula,omitempty"`
	Result  string `json:"result"`
	Rounded string `json:"rounded,omitempty"` // how, where a rule rounds
}

// Trace collects the steps of a computation. A nil trace collects nothing and
// costs nothing: a run computes without, explain computes the same with.
type Trace struct{ Steps []Step }

// Add notes a step; the function is called only when someone listens.
func (t *Trace) Add(step func() Step) {
	if t != nil {
		t.Steps = append(t.Steps, step())
	}
}
