package main

import "context"

// banks puts what an employer pays into a file for its bank. A gross wage goes into
// none, so that 2007 has no file.
func (d *demo) banks(ctx context.Context, m demoMonth) error {
	for _, e := range m.employers {
		by := d.plan.user(e.code, "approve")
		var due dueShown
		if err := d.ask(ctx, &due, by, "payment", "due", "--run", m.period); err != nil {
			return err
		}
		if due.Payments > 0 {
			d.chapter("De bank", "The bank")
			if err := d.brief(ctx, nil, by, "payment", "export", "--run", m.period, "--key", "demo-bank-"+e.code+"-"+m.period); err != nil {
				return err
			}
		}
		if err := d.bankFiles(ctx, m, e, by); err != nil {
			return err
		}
	}
	return nil
}

// bankFiles writes the very bytes of the files that an employer's bank gets.
func (d *demo) bankFiles(ctx context.Context, m demoMonth, e demoEmployer, by string) error {
	var list bankFilesListed
	if err := d.ask(ctx, &list, by, "payment", "files"); err != nil {
		return err
	}
	for _, f := range list.Files {
		content, err := d.do(ctx, by, "payment", "file", f.File.String())
		if err != nil {
			return err
		}
		name := e.code + "-" + m.period + ".xml"
		if err := d.leave([]byte(content), "bank", name); err != nil {
			return err
		}
		d.say("   %s", d.path("bank", name))
	}
	return nil
}
