package postgres

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sort"

	"github.com/jackc/pgx/v5"
	"golang.org/x/sync/errgroup"
)

// Unloaded is a table of a run's rows as a file that COPY reads.
type Unloaded struct {
	Table string
	Path  string
	Rows  int64
	Bytes int64
}

// runTables are the tables that a run writes.
var runTables = []string{"payslip", "payslip_line", "claim", "transfer", "payment", "outbox"}

// Unload writes the rows of a run that was approved, the only one of its
// database, into files: what the floor has to write again.
func (s *Store) Unload(ctx context.Context, dir string) ([]Unloaded, error) {
	conn, err := s.pool.Acquire(ctx)
	if err != nil {
		return nil, fmt.Errorf("unload: %w", err)
	}
	defer conn.Release()
	var list []Unloaded
	for _, table := range runTables {
		u := Unloaded{Table: table, Path: filepath.Join(dir, table+".copy")}
		file, err := os.Create(u.Path)
		if err != nil {
			return nil, fmt.Errorf("unload %s: %w", table, err)
		}
		tag, err := conn.Conn().PgConn().CopyTo(ctx, file, `COPY (SELECT * FROM `+table+`) TO STDOUT (FORMAT binary)`)
		if err != nil {
			return nil, fmt.Errorf("unload %s: %w", table, err)
		}
		info, err := file.Stat()
		if err != nil {
			return nil, fmt.Errorf("unload %s: %w", table, err)
		}
		if err := file.Close(); err != nil {
			return nil, fmt.Errorf("unload %s: %w", table, err)
		}
		u.Rows, u.Bytes = tag.RowsAffected(), info.Size()
		list = append(list, u)
	}
	return list, nil
}

// PlainTables makes, for each table of a run, an empty plain table with the
// same columns, checks, primary key and foreign keys: no partitions, no other
// indexes, no triggers.
func (s *Store) PlainTables(ctx context.Context) error {
	for _, table := range runTables {
		plain := "floor_" + table
		if _, err := s.pool.Exec(ctx, `DROP TABLE IF EXISTS `+plain); err != nil {
			return fmt.Errorf("plain table of %s: %w", table, err)
		}
		if _, err := s.pool.Exec(ctx, `CREATE TABLE `+plain+` (LIKE `+table+` INCLUDING DEFAULTS INCLUDING CONSTRAINTS)`); err != nil {
			return fmt.Errorf("plain table of %s: %w", table, err)
		}
		rows, err := s.pool.Query(ctx, `SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = $1::regclass AND contype IN ('p', 'f')`, table)
		if err != nil {
			return fmt.Errorf("keys of %s: %w", table, err)
		}
		keys, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil || len(keys) == 0 {
			return fmt.Errorf("keys of %s: %d, %w", table, len(keys), err)
		}
		for _, key := range keys {
			if _, err := s.pool.Exec(ctx, `ALTER TABLE `+plain+` ADD `+key); err != nil {
				return fmt.Errorf("key of %s: %w", plain, err)
			}
		}
	}
	return nil
}

// CopyPlain copies the files into the plain tables over one or more connections
// at the same time, the largest tables first.
func (s *Store) CopyPlain(ctx context.Context, files []Unloaded, connections int) error {
	lanes := make([][]Unloaded, connections)
	load := make([]int64, connections)
	sorted := append([]Unloaded(nil), files...)
	sort.Slice(sorted, func(i, j int) bool { return sorted[i].Bytes > sorted[j].Bytes })
	for _, f := range sorted {
		least := 0
		for i := range load {
			if load[i] < load[least] {
				least = i
			}
		}
		lanes[least], load[least] = append(lanes[least], f), load[least]+f.Bytes
	}
	group, ctx := errgroup.WithContext(ctx)
	for _, lane := range lanes {
		group.Go(func() error { return s.copyLane(ctx, lane) })
	}
	return group.Wait()
}

func (s *Store) copyLane(ctx context.Context, lane []Unloaded) error {
	conn, err := s.pool.Acquire(ctx)
	if err != nil {
		return fmt.Errorf("floor: %w", err)
	}
	defer conn.Release()
	for _, f := range lane {
		file, err := os.Open(f.Path)
		if err != nil {
			return fmt.Errorf("floor %s: %w", f.Table, err)
		}
		tag, err := conn.Conn().PgConn().CopyFrom(ctx, file, `COPY floor_`+f.Table+` FROM STDIN (FORMAT binary)`)
		_ = file.Close()
		if err != nil || tag.RowsAffected() != f.Rows {
			return fmt.Errorf("floor %s: %d of %d rows: %w", f.Table, tag.RowsAffected(), f.Rows, err)
		}
	}
	return nil
}

// Announced reads the events of a run back, in order of row.
func (s *Store) Announced(ctx context.Context, after int64, limit int) ([]OutboxRow, error) {
	rows, err := s.pool.Query(ctx, `
		SELECT b.row, b.partition, b.id, a.public, b.noun, b.aggregate, b.version, b.verb, b.recorded_at, b.data
		FROM outbox b JOIN account a ON a.organisation = b.owner WHERE b.row > $1 ORDER BY b.row LIMIT $2`, after, limit)
	if err != nil {
		return nil, fmt.Errorf("events: %w", err)
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[OutboxRow])
}

// WholePayslips counts the payslips with tax and charges.
func (s *Store) WholePayslips(ctx context.Context) (n int64, err error) {
	err = s.pool.QueryRow(ctx, `SELECT count(*) FROM payslip WHERE tax_table > 0 AND awf > 0`).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("payslips with tax: %w", err)
	}
	return n, nil
}

// ClaimsByRule counts the claims that are not nil, by scheme and rule.
func (s *Store) ClaimsByRule(ctx context.Context) (map[string]int64, error) {
	rows, err := s.pool.Query(ctx, `SELECT scheme || '/' || rule, count(*) FROM claim WHERE amount <> 0 GROUP BY 1`)
	if err != nil {
		return nil, fmt.Errorf("claims by rule: %w", err)
	}
	counts := map[string]int64{}
	var name string
	var n int64
	_, err = pgx.ForEachRow(rows, []any{&name, &n}, func() error { counts[name] = n; return nil })
	return counts, err
}
