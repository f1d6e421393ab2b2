package main

import (
	"context"
	"slices"
	"sync"

	"github.com/google/uuid"

	"verloning/cmd/verloning/internal/postgres"
	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/subsidy"
)

// reckoned keeps the newest reconciliations, so that not each page of one is reckoned
// anew. They hold as long as a transaction sees the same: its snapshot names that.
type reckoned struct {
	lock   sync.Mutex
	newest []reckonedOf
}

// reckonedOf is a reconciliation with what it is of. Who reads it changes nothing of it.
type reckonedOf struct {
	organisation uuid.UUID
	narrow       subsidy.Narrow
	seen         string
	today        calendar.Date
	found        subsidy.Reconciliation
}

func (r reckonedOf) same(o reckonedOf) bool {
	return r.organisation == o.organisation && r.narrow == o.narrow && r.seen == o.seen && r.today == o.today
}

// mostReckoned is how many are kept: totals and differences are asked in turn, by one
// or two people.
const mostReckoned = 2

// reconcile returns what a reconciliation comes to: kept, or reckoned now.
func (s *service) reconcile(ctx context.Context, tx *postgres.Tx, a payroll.Actor, n subsidy.Narrow) (subsidy.Reconciliation, error) {
	seen, err := tx.Seen(ctx)
	if err != nil {
		return subsidy.Reconciliation{}, err
	}
	asked := reckonedOf{organisation: a.Organisation.ID, narrow: n, seen: seen, today: tx.Today()}
	if kept, found := s.reckoned.find(asked); found {
		return kept, nil
	}
	if asked.found, err = s.desk.Reconciled(ctx, tx, a, n); err == nil {
		s.reckoned.keep(asked)
	}
	return asked.found, err
}

func (r *reckoned) find(asked reckonedOf) (subsidy.Reconciliation, bool) {
	r.lock.Lock()
	defer r.lock.Unlock()
	if i := slices.IndexFunc(r.newest, asked.same); i >= 0 {
		return r.newest[i].found, true
	}
	return subsidy.Reconciliation{}, false
}

func (r *reckoned) keep(one reckonedOf) {
	r.lock.Lock()
	defer r.lock.Unlock()
	r.newest = append([]reckonedOf{one}, r.newest[:min(len(r.newest), mostReckoned-1)]...)
}
