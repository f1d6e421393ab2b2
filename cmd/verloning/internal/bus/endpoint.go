package bus

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/micro"

	"verloning/payroll"
)

// Endpoint is one command or question of the interface. Handle replies with
// what becomes JSON; an error that is a payroll.Refusal is told to the caller
// and any other stays here. Handle may run twice for one request, and must
// return when its context ends.
type Endpoint struct {
	Noun, Verb string
	Handle     func(ctx context.Context, caller Caller, body []byte) (reply any, err error)
}

// ServeOptions bound what callers can make the service do; a zero means the
// default beside it.
type ServeOptions struct {
	Version    string        // semantic version of the service; 1.0.0
	Queue      string        // queue group that processes share; "api"
	Workers    int           // requests that run at the same time; 16
	Pending    int           // requests that wait for a worker before 503; 256
	PerCompany int           // requests of one company, running or waiting, before 503; half of all
	MaxBytes   int           // largest request body; 1 MiB
	Timeout    time.Duration // of one request, less than the server's two minutes for a reply; 30 s
	Logger     *slog.Logger  // never sees a body; slog.Default()
}

const (
	serviceName  = "verloning"
	maxBytes     = 1 << 20
	problemMedia = "application/problem+json"
)

// wordPattern is what a noun or a verb is; it keeps wildcards and dots out of
// subjects.
var wordPattern = regexp.MustCompile(`^[a-z][a-z0-9_-]*$`)

// Service answers requests until it is drained.
type Service struct {
	nc     *nats.Conn
	svc    micro.Service
	opts   ServeOptions
	base   context.Context
	cancel context.CancelFunc
	done   chan struct{} // closed when the last worker ended

	mu       sync.Mutex // guards what is below, and by stopping the sending on jobs
	stopping bool
	jobs     chan job
	held     map[string]int // requests of each account, running or waiting
}

// job is a request that waits for a worker.
type job struct {
	endpoint Endpoint
	caller   Caller
	body     []byte
	reply    string
}

// Serve answers requests to the endpoints on verloning.v1.api.*.<noun>.<verb>.
// The context gives its values to every request; its end does not end the
// service, Drain does, so that a signal to stop leaves running requests be.
func Serve(ctx context.Context, nc *nats.Conn, endpoints []Endpoint, opts ServeOptions) (*Service, error) {
	opts, err := opts.complete()
	if err != nil {
		return nil, fmt.Errorf("Serve: %w", err)
	}
	if err := checkEndpoints(endpoints); err != nil {
		return nil, fmt.Errorf("Serve: %w", err)
	}
	svc, err := micro.AddService(nc, micro.Config{
		Name: serviceName, Version: opts.Version, QueueGroup: opts.Queue,
		Description: "Payroll: commands and questions of companies",
	})
	if err != nil {
		return nil, fmt.Errorf("Serve: %w", err)
	}
	s := &Service{nc: nc, svc: svc, opts: opts, done: make(chan struct{}),
		jobs: make(chan job, opts.Pending), held: map[string]int{}}
	s.base, s.cancel = context.WithCancel(context.WithoutCancel(ctx))
	s.start()
	for _, endpoint := range endpoints {
		err := svc.AddEndpoint(endpoint.Noun+"-"+endpoint.Verb, s.handler(endpoint),
			micro.WithEndpointSubject(apiPrefix+"*."+endpoint.Noun+"."+endpoint.Verb))
		if err != nil {
			return nil, errors.Join(fmt.Errorf("Serve: %s.%s: %w", endpoint.Noun, endpoint.Verb, err), s.Drain(ctx))
		}
	}
	// From the return on, requests find the service.
	if err := flush(ctx, nc); err != nil {
		return nil, errors.Join(fmt.Errorf("Serve: %w", err), s.Drain(ctx))
	}
	return s, nil
}

// complete fills in the defaults.
func (o ServeOptions) complete() (ServeOptions, error) {
	if o.Workers < 0 || o.Pending < 0 || o.PerCompany < 0 || o.MaxBytes < 0 || o.Timeout < 0 {
		return o, fmt.Errorf("a limit is negative: %d workers, %d pending, %d per company, %d bytes, %s",
			o.Workers, o.Pending, o.PerCompany, o.MaxBytes, o.Timeout)
	}
	o.Version = cmp.Or(o.Version, "1.0.0")
	o.Queue = cmp.Or(o.Queue, "api")
	o.Workers = cmp.Or(o.Workers, 16)
	o.Pending = cmp.Or(o.Pending, 256)
	o.PerCompany = cmp.Or(o.PerCompany, (o.Workers+o.Pending)/2)
	o.MaxBytes = cmp.Or(o.MaxBytes, maxBytes)
	o.Timeout = cmp.Or(o.Timeout, 30*time.Second)
	o.Logger = cmp.Or(o.Logger, slog.Default())
	return o, nil
}

// checkEndpoints refuses a table in which a name is wrong or stands twice.
func checkEndpoints(endpoints []Endpoint) error {
	seen := map[string]bool{}
	for _, endpoint := range endpoints {
		name := endpoint.Noun + "." + endpoint.Verb
		switch {
		case !wordPattern.MatchString(endpoint.Noun), !wordPattern.MatchString(endpoint.Verb):
			return fmt.Errorf("endpoint %q: a noun or verb matches %s", name, wordPattern)
		case endpoint.Handle == nil:
			return fmt.Errorf("endpoint %s has no handler", name)
		case seen[name]:
			return fmt.Errorf("endpoint %s stands twice", name)
		}
		seen[name] = true
	}
	return nil
}

// start runs the workers. Requests reach them through one queue, because each
// subscription hands over its requests one after another.
func (s *Service) start() {
	var workers sync.WaitGroup
	for range s.opts.Workers {
		workers.Go(func() {
			for job := range s.jobs {
				s.work(job)
				s.release(job.caller.Account)
			}
		})
	}
	go func() {
		workers.Wait()
		s.cancel()
		close(s.done)
	}()
}

// handler decides at once whether a request may wait for a worker. It never
// blocks: the requests behind it may be of another company.
func (s *Service) handler(endpoint Endpoint) micro.HandlerFunc {
	return func(request micro.Request) {
		// A reply subject that is not the server's own was not brought here
		// from another account, or points at something of ours.
		if !isWayBack(request.Reply()) {
			s.opts.Logger.Debug("request without a way back to another account",
				"endpoint", endpoint.Noun+"."+endpoint.Verb)
			return
		}
		caller, err := callerOf(request.Subject(), nats.Header(request.Headers()))
		if err == nil && len(request.Data()) > s.opts.MaxBytes {
			err = tooLarge("request/too_large", len(request.Data()), s.opts.MaxBytes)
		}
		if err == nil {
			err = s.enqueue(job{endpoint: endpoint, caller: caller, body: request.Data(), reply: request.Reply()})
		}
		if err != nil {
			s.refuse(request.Reply(), problemOf(err))
		}
	}
}

// isWayBack says whether the server made a reply subject to bring the reply to
// another account (_R_), perhaps by way of another cluster (_GR_). Clients
// cannot send these.
func isWayBack(reply string) bool {
	return strings.HasPrefix(reply, "_R_.") || strings.HasPrefix(reply, "_GR_.")
}

// enqueue refuses what finds the queue full, its company's part of it taken,
// or the service stopping. One company's flood must leave room for others.
func (s *Service) enqueue(one job) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.stopping && s.held[one.caller.Account] < s.opts.PerCompany {
		select {
		case s.jobs <- one:
			s.held[one.caller.Account]++
			return nil
		default:
		}
	}
	return payroll.Refuse(payroll.Unavailable, payroll.Reason("service/busy", "",
		"De dienst heeft het te druk; probeer het zo opnieuw met dezelfde sleutel.",
		"The service is too busy; try again shortly with the same key."))
}

// release gives a company its place back.
func (s *Service) release(account string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.held[account]--; s.held[account] == 0 {
		delete(s.held, account)
	}
}

// work handles one request and always answers it.
func (s *Service) work(one job) {
	name := one.endpoint.Noun + "." + one.endpoint.Verb
	log := s.opts.Logger.With("endpoint", name, "account", one.caller.Account)
	answer, err := s.run(one)
	var body []byte
	if err == nil {
		if body, err = json.Marshal(answer); err != nil {
			err = fmt.Errorf("marshal the reply of %s, a %T: %w", name, answer, err)
		}
	}
	if limit := s.nc.MaxPayload(); err == nil && int64(len(body)) > limit {
		err = tooLarge("reply/too_large", len(body), int(limit))
	}
	if err == nil {
		if err = s.nc.Publish(one.reply, body); err != nil {
			log.Error("reply failed", "err", err)
		}
		return
	}
	problem := problemOf(err)
	if problem.Type == internal {
		problem.Instance = uuid.New().URN()
		var panicked *panicError
		if !errors.As(err, &panicked) { // A panic was logged where its stack was.
			log.Error("request failed", "instance", problem.Instance, "err", err)
		} else {
			log.Error("request panicked", "instance", problem.Instance, "panic", panicked.what, "stack", panicked.stack)
		}
	}
	s.refuse(one.reply, problem)
}

// panicError is a panic of a handler. It holds what kind of panic it was and
// not its value, which may hold what was in the request.
type panicError struct{ what, stack string }

func (p *panicError) Error() string { return "panic: " + p.what }

// run calls the handler within its time, and catches its panic: one request
// must not end those of others.
func (s *Service) run(one job) (answer any, err error) {
	ctx, cancel := context.WithTimeout(s.base, s.opts.Timeout)
	defer cancel()
	defer func() {
		if value := recover(); value != nil {
			caught := &panicError{what: fmt.Sprintf("%T", value), stack: string(debug.Stack())}
			var fault runtime.Error
			if is, ok := value.(error); ok && errors.As(is, &fault) {
				caught.what = fault.Error()
			}
			answer, err = nil, caught
		}
	}()
	return one.endpoint.Handle(ctx, one.caller, one.body)
}

// refuse answers with a problem.
func (s *Service) refuse(reply string, problem *Problem) {
	body, err := json.Marshal(problem)
	if err == nil && int64(len(body)) > s.nc.MaxPayload() {
		// Thousands of reasons: the first hundred are enough to start mending.
		problem.Problems = problem.Problems[:min(100, len(problem.Problems))]
		body, err = json.Marshal(problem)
	}
	if err == nil {
		msg := nats.NewMsg(reply)
		msg.Header.Set(micro.ErrorHeader, problem.Title.EN)
		msg.Header.Set(micro.ErrorCodeHeader, strconv.Itoa(problem.Status))
		msg.Header.Set("Content-Type", problemMedia)
		msg.Data = body
		err = s.nc.PublishMsg(msg)
	}
	if err != nil {
		s.opts.Logger.Error("error reply failed", "status", problem.Status, "err", err)
	}
}

// tooLarge refuses a body over a limit.
func tooLarge(kind string, size, limit int) error {
	return payroll.Refuse(payroll.TooLarge, payroll.Reason(kind, "",
		fmt.Sprintf("%d bytes is meer dan de %d die mogen.", size, limit),
		fmt.Sprintf("%d bytes is more than the %d allowed.", size, limit)))
}

// Drain stops taking requests and waits until the running ones and those in
// the queue are answered. When the context ends first, theirs end with it. It
// may be called again; the connection stays open.
func (s *Service) Drain(ctx context.Context) error {
	err := s.svc.Stop()
	// After the flush the server sends no more requests here. What it sent
	// before is either in the queue or is told to try again.
	if err == nil && !s.nc.IsClosed() {
		err = flush(ctx, s.nc)
	}
	s.mu.Lock()
	if !s.stopping {
		s.stopping = true
		close(s.jobs)
	}
	s.mu.Unlock()
	select {
	case <-s.done:
	case <-ctx.Done():
		s.cancel()
		err = errors.Join(err, ctx.Err())
	}
	if err != nil {
		return fmt.Errorf("Drain: %w", err)
	}
	// The replies are sent when this returns, not just written down.
	if !s.nc.IsClosed() {
		if err := flush(ctx, s.nc); err != nil {
			return fmt.Errorf("Drain: %w", err)
		}
	}
	return nil
}

// flush waits until the server has seen all that was sent.
func flush(ctx context.Context, nc *nats.Conn) error {
	ctx, cancel := withDeadline(ctx) // The connection insists on one.
	defer cancel()
	return nc.FlushWithContext(ctx)
}
