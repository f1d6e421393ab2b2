package main

import (
	"log/slog"
	"sync"

	"github.com/schollz/progressbar/v3"

	"verloning/payroll"
)

// longWork is how much is worth telling of in a log.
const longWork = 100

// meter shows how far long work is: a bar on a terminal, a line of the log for
// each tenth elsewhere.
type meter struct {
	mu    sync.Mutex
	bar   *progressbar.ProgressBar
	log   *slog.Logger
	what  string
	total int
	done  int
	tenth int
}

func (sh *shell) meter(what payroll.Text, total int) *meter {
	m := &meter{what: sh.text(what), total: total, log: sh.log(slog.LevelInfo)}
	if terminal(sh.err) {
		m.bar = progressbar.NewOptions(max(total, 1), progressbar.OptionSetWriter(sh.err), progressbar.OptionSetDescription(m.what),
			progressbar.OptionShowCount(), progressbar.OptionSetWidth(30), progressbar.OptionClearOnFinish())
	}
	return m
}

// add counts what is done.
func (m *meter) add(n int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.show(m.done + n)
}

// set says how much is done, out of how much.
func (m *meter) set(done, total int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if total != m.total && m.bar != nil {
		m.bar.ChangeMax(max(total, 1))
	}
	m.total = total
	m.show(done)
}

// show draws; a terminal that is gone stops no work.
func (m *meter) show(done int) {
	m.done = done
	if m.bar != nil {
		_ = m.bar.Set(min(done, max(m.total, 1)))
		return
	}
	if m.total < longWork {
		return
	}
	if tenth := done * 10 / max(m.total, 1); tenth > m.tenth {
		m.tenth = tenth
		m.log.Info(m.what, "done", done, "of", m.total)
	}
}

// end clears the bar.
func (m *meter) end() {
	if m.bar != nil {
		_ = m.bar.Finish()
	}
}
