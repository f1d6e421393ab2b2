package main

import "context"

// demoDrawn is of how many employers of a month the payslips are drawn: enough to
// look at.
const demoDrawn = 3

// draws writes the payslips of some employers as their people get them.
func (d *demo) draws(ctx context.Context, m demoMonth) error {
	d.chapter("Loonstroken", "Payslips")
	for _, e := range m.employers[:min(demoDrawn, len(m.employers))] {
		if err := d.brief(ctx, nil, d.plan.user(e.code, "calculate"), "payslip", "pdfs", m.period, "--dir", d.path("payslips")); err != nil {
			return err
		}
	}
	return nil
}
