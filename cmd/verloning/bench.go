package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/nats-io/nats.go/jetstream"

	"verloning/cmd/verloning/internal/bus"
	"verloning/cmd/verloning/internal/postgres"
	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/subsidy"
)

// benchCommand measures a run of many contracts against its floor: COPY of the
// very rows that it wrote into plain tables, and publishing the same events in
// the same way. Both are measured in one go, one after the other, several
// times; the ratio reported is the median of the paired ratios, since seconds
// say little on a machine that others use.
type benchCommand struct {
	Contracts int    `default:"100000" help:"Contracts, with twenty lines of hours each."`
	Rounds    int    `default:"5" help:"How often run and floor are measured in turn."`
	Dir       string `placeholder:"DIR" help:"Where to work; without it a directory of its own that is removed afterwards."`
	Keep      bool   `help:"Leave the database of the last round to be looked at."`
}

const benchLines = 20

// benchResult is the last line that is printed.
type benchResult struct {
	Contracts    int   `json:"contracts"`
	HourRows     int64 `json:"hour_rows"`
	LineRows     int64 `json:"line_rows"`
	TransferRows int64 `json:"transfer_rows"`
	ClaimRows    int64 `json:"claim_rows"`
	Events       int64 `json:"events"`

	Claimed map[string]int64 `json:"claimed"` // claims that are not nil, by scheme and rule

	RunSeconds   float64 `json:"run_seconds"`
	FloorSeconds float64 `json:"floor_seconds"`
	Ratio        float64 `json:"ratio"`
	PerSecond    float64 `json:"payslips_per_second"`
	PeakMB       int64   `json:"peak_rss_mb"`
}

// bench is one benchmark under way.
type bench struct {
	benchCommand
	*host
	desk *subsidy.Desk
	out  io.Writer
	seed postgres.Population
	boss payroll.Actor // approves what the calculator asked for
}

// Run prepares the population once and measures run and floor in turn.
func (c benchCommand) Run(ctx context.Context, sh *shell) (err error) {
	if c.Contracts < 1 || c.Rounds < 1 {
		return errors.New("bench: at least one contract and one round")
	}
	dir := c.Dir
	if dir == "" {
		if dir, err = os.MkdirTemp("", "verloning-bench-"); err != nil {
			return fmt.Errorf("bench: %w", err)
		}
		// PostgreSQL, as another user, must be able to enter it.
		if err := os.Chmod(dir, 0o711); err != nil {
			return fmt.Errorf("bench: %w", err)
		}
	}
	cfg, err := readConfig(func(name string) string { return map[string]string{"VERLONING_DATA": dir}[name] })
	if err != nil {
		return err
	}
	h, err := openHost(ctx, cfg, sh.log(cfg.LogLevel))
	if err != nil {
		return err
	}
	defer func() {
		err = errors.Join(err, h.close())
		if c.Dir == "" && !c.Keep {
			err = errors.Join(err, os.RemoveAll(dir))
		}
	}()
	b := &bench{benchCommand: c, host: h, out: sh.out}
	if b.desk, err = newDesk(cfg.ShardSize); err != nil {
		return err
	}
	if err := b.populate(ctx); err != nil {
		return err
	}
	result, err := b.measure(ctx)
	if err != nil {
		return err
	}
	if c.Keep {
		_, _ = fmt.Fprintf(b.out, "kept: database verloning_round in %s; start it again with: verloning --data %s serve\n", dir, dir)
	}
	line, err := json.Marshal(result)
	_, _ = fmt.Fprintln(b.out, string(line))
	return err
}

// populate fills the template database. Its connections are closed afterwards,
// since a template is copied only when nobody uses it.
func (b *bench) populate(ctx context.Context) error {
	watch := startWatch()
	outer := len(b.closes)
	store, err := b.openStore(ctx)
	if err != nil {
		return err
	}
	if _, _, err := b.connectBus(ctx, store); err != nil {
		return err
	}
	employer, clerk, err := b.party(ctx, store, "E", "employer", "submit", "calculate")
	if err != nil {
		return err
	}
	municipality, _, err := b.party(ctx, store, "M", "gemeente", "control")
	if err != nil {
		return err
	}
	_, b.boss.User, err = b.user(ctx, store, "E", "approve")
	if err != nil {
		return err
	}
	inlener, _, err := b.party(ctx, store, "I", "inlener", "read")
	if err != nil {
		return err
	}
	month := calendar.MustParse("2026-10-01")
	var schemes, hiring []string
	for _, scheme := range b.desk.Books.Program().All() {
		if version, _ := scheme.On(month); version.Status.Kind != "employee" {
			continue // Where the benefit is kept nobody has a contract.
		}
		schemes = append(schemes, scheme.ID)
		if rules, _ := b.desk.Books.Program().Rules(scheme.ID, municipality, month); rules.HirePrice {
			hiring = append(hiring, scheme.ID)
		}
	}
	b.seed = postgres.Population{
		Employer: employer, Municipality: municipality, Inlener: inlener, Schemes: schemes, Hiring: hiring, By: clerk, Contracts: b.Contracts, HourLines: benchLines,
		Month: month,
	}
	if err := store.Seed(ctx, b.seed); err != nil {
		return err
	}
	if err := store.Settle(ctx); err != nil {
		return err
	}
	_, _ = fmt.Fprintf(b.out, "seeded %d contracts with %d lines of hours each in %.1f s\n", b.Contracts, benchLines, watch.seconds())
	store.Close()
	b.closes = slices.Delete(b.closes, outer, outer+1)
	return nil
}

// party registers an organisation with a first user.
func (b *bench) party(ctx context.Context, store *postgres.Store, code, role string, roles ...string) (org, user uuid.UUID, err error) {
	err = store.Transact(ctx, func(ctx context.Context, tx *postgres.Tx) error {
		reply, err := b.desk.RegisterOrganisation(ctx, tx, payroll.Actor{}, payroll.OrganisationRegister{
			Code: code, Name: "Bench " + code, Roles: []string{role}, IBAN: map[string]string{"E": "NL20INGB0001234567", "M": "NL44RABO0123456789"}[code],
		})
		org = reply.Organisation
		return err
	})
	if err == nil {
		_, user, err = b.user(ctx, store, code, roles...)
	}
	return org, user, err
}

func (b *bench) user(ctx context.Context, store *postgres.Store, code string, roles ...string) (string, uuid.UUID, error) {
	var reply payroll.UserAdded
	err := store.Transact(ctx, func(ctx context.Context, tx *postgres.Tx) (err error) {
		reply, err = b.desk.AddUser(ctx, tx, payroll.Actor{}, payroll.UserAdd{Organisation: code, Name: strings.Join(roles, " "), Roles: roles})
		return err
	})
	return reply.Public, reply.User, err
}

// round is what one round measured.
type round struct {
	run, floor float64
	parts      string
	peak       int64
	rows       map[string]int64
	claimed    map[string]int64
}

// measure does the rounds and takes medians.
func (b *bench) measure(ctx context.Context) (benchResult, error) {
	var runs, floors, ratios []float64
	var last round
	peak := int64(0)
	for i := range b.Rounds {
		r, err := b.round(ctx)
		if err != nil {
			return benchResult{}, fmt.Errorf("round %d: %w", i+1, err)
		}
		_, _ = fmt.Fprintf(b.out, "round %d: run %.2f s (%s), floor %.2f s, ratio %.2f, peak %d MB\n", i+1, r.run, r.parts, r.floor, r.run/r.floor, r.peak)
		runs, floors, ratios = append(runs, r.run), append(floors, r.floor), append(ratios, r.run/r.floor)
		last, peak = r, max(peak, r.peak)
	}
	run := median(runs)
	return benchResult{
		Contracts: b.Contracts, HourRows: int64(b.Contracts * benchLines), LineRows: last.rows["payslip_line"], TransferRows: last.rows["transfer"],
		ClaimRows: last.rows["claim"], Events: last.rows["outbox"], Claimed: last.claimed, RunSeconds: run, FloorSeconds: median(floors), Ratio: median(ratios),
		PerSecond: float64(last.rows["payslip"]) / run, PeakMB: peak,
	}, nil
}

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[len(sorted)/2]
}

// round measures one run on a fresh copy of the population, and then its floor.
func (b *bench) round(ctx context.Context) (r round, err error) {
	url, err := postgres.CopyDatabase(ctx, b.dbURL, "verloning", "verloning_round")
	if err != nil {
		return r, err
	}
	inner := *b.host
	inner.dbURL, inner.closes = url, nil
	store, err := inner.openStore(ctx)
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, inner.close()) }()
	if r.run, r.parts, r.peak, err = b.measureRun(ctx, store); err != nil {
		return r, err
	}
	files, err := store.Unload(ctx, b.cfg.Data)
	if err != nil {
		return r, err
	}
	r.rows = map[string]int64{}
	for _, f := range files {
		r.rows[f.Table] = f.Rows
		defer func() { _ = os.Remove(f.Path) }()
	}
	if r.claimed, err = b.claimed(ctx, store); err != nil {
		return r, err
	}
	if err := store.Settle(ctx); err != nil {
		return r, err
	}
	r.floor, err = b.measureFloor(ctx, store, files)
	return r, err
}

// claimed counts the claims of every rule of every scheme, and refuses a run that
// left one out, or whose payslips lack tax or charges: it would have measured
// something else. A few contracts do not suffice for all.
func (b *bench) claimed(ctx context.Context, store *postgres.Store) (map[string]int64, error) {
	counts, err := store.ClaimsByRule(ctx)
	if err != nil {
		return nil, err
	}
	whole, err := store.WholePayslips(ctx)
	if err != nil {
		return nil, err
	}
	if all := int64(b.Contracts); 10*whole < 9*all { // the wage of a few young people is too small for tax
		return nil, fmt.Errorf("bench: %d payslips of %d have tax and charges", whole, all)
	}
	for _, scheme := range b.desk.Books.Program().All() {
		if !slices.Contains(b.seed.Schemes, scheme.ID) {
			continue
		}
		version, _ := scheme.On(b.seed.Month)
		for _, rule := range version.Pay {
			if name := scheme.ID + "/" + rule.ID; counts[name] == 0 && b.Contracts >= 1000 && early(rule) {
				return nil, fmt.Errorf("bench: no claim of %s", name)
			}
		}
	}
	return counts, nil
}

// early reports whether a rule can pay for a contract in the first month of a
// decision, as many of the seed are: an amount of which no part is due at the start
// cannot.
func early(r subsidy.PayRule) bool {
	if r.Amount.Parts == nil || !r.ForContract() {
		return r.ForContract()
	}
	_, start := r.Amount.Parts.Shares["start"]
	return start
}

// stopwatch measures how long something takes.
type stopwatch struct{ start time.Time }

func startWatch() stopwatch { return stopwatch{time.Now()} }

func (w stopwatch) seconds() float64 { return time.Since(w.start).Seconds() }

// resetPeak and peakRSS read the peak of this process from the kernel, in MB.
func resetPeak() { _ = os.WriteFile("/proc/self/clear_refs", []byte("5"), 0) }

func peakRSS() int64 {
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(text)) {
		if value, found := strings.CutPrefix(line, "VmHWM:"); found {
			kb, _ := strconv.ParseInt(strings.Fields(value)[0], 10, 64)
			return kb / 1024
		}
	}
	return 0
}

// freshStream deletes the event stream, so that no id of an earlier round is
// taken for a repetition, and makes it again.
func freshStream(ctx context.Context, js jetstream.JetStream) error {
	if err := js.DeleteStream(ctx, bus.EventStream); err != nil && !errors.Is(err, jetstream.ErrStreamNotFound) {
		return fmt.Errorf("event stream: %w", err)
	}
	return bus.EnsureStreams(ctx, js, bus.StreamConfig{})
}
