package main

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// A proxy stands on the connections of a process that is to be killed, to the
// database or to the bus. It hands on whole frames and shows each to a trap,
// which stops everything at the n-th one that counts: so a kill can be aimed at
// a place in the work and not at a moment on the clock.

// frameKind says what a frame that the process sends is about. What is none of
// these (starting up, looking around, heartbeats) comes by the clock and would
// make a count mean nothing.
type frameKind int

const (
	frameNoise  frameKind = iota
	frameTx               // to the database, from a transaction's begin on
	frameCommit           // to the database, the end of such a transaction
	frameRelay            // to the database, on the connection that holds the lanes of the outbox
	frameHint             // to the bus: a hint to workers, or the acknowledgement of one
	frameReply            // to the bus: the answer to a request
	frameEvent            // to the bus: an event
)

// trap counts frames and springs at one of them. From then on nothing that the
// process sends arrives any more, as if its line had been cut, until the test
// has looked at how things stand and kills it.
type trap struct {
	mu     sync.Mutex
	armed  bool
	counts []frameKind
	at     int // the frame to spring at; nought only counts
	seen   map[frameKind]int
	frozen bool
	held   []byte // the frame that sprung it
	to     io.Writer
	sprung chan struct{}
	freed  chan struct{}
}

func newTrap() *trap {
	return &trap{sprung: make(chan struct{}), freed: make(chan struct{})}
}

// arm begins to count.
func (t *trap) arm(at int, counts ...frameKind) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.armed, t.at, t.counts, t.seen = true, at, counts, map[frameKind]int{}
}

// disarm lets all pass, unless the trap has sprung.
func (t *trap) disarm() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.armed = false
	return !t.frozen
}

// count is how many frames of these kinds were seen since the trap was armed.
func (t *trap) count(kinds ...frameKind) (n int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, k := range kinds {
		n += t.seen[k]
	}
	return n
}

var errSprung = errors.New("the trap has sprung")

// pass hands a frame on, unless the trap has sprung or springs now.
func (t *trap) pass(kind frameKind, frame []byte, to io.Writer) error {
	// Nothing is written under the lock: a server that waits for another
	// connection's frame does not read, and would keep that frame from passing.
	if !t.spring(kind, frame, to) {
		_, err := to.Write(frame)
		return err
	}
	<-t.freed
	return errSprung
}

func (t *trap) spring(kind frameKind, frame []byte, to io.Writer) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.frozen || !t.armed {
		return t.frozen
	}
	t.seen[kind]++
	counted := 0
	for _, k := range t.counts {
		counted += t.seen[k]
	}
	if t.at == 0 || counted != t.at {
		return false
	}
	t.frozen, t.held, t.to = true, frame, to
	close(t.sprung)
	return true
}

// letGo sends some halves of the frame that sprung the trap: none, one or both.
// A commit that arrived whole is carried out though nobody hears of it.
func (t *trap) letGo(halves int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	// The server may have hung up, and then it makes no difference.
	_, _ = t.to.Write(t.held[:len(t.held)*halves/2])
}

// free ends the connections on which frames were held.
func (t *trap) free() {
	t.mu.Lock()
	defer t.mu.Unlock()
	select {
	case <-t.freed:
	default:
		close(t.freed)
	}
}

// proxy is the listener; the server behind it may become known later.
type proxy struct {
	trap     *trap
	listener net.Listener
	frames   func(from *bufio.Reader, pass func(frameKind, []byte) error) error
	open     sync.WaitGroup

	mu      sync.Mutex
	network string
	address string
	conns   map[net.Conn]bool
}

func newProxy(t testing.TB, trap *trap, network, address string, frames func(*bufio.Reader, func(frameKind, []byte) error) error) *proxy {
	t.Helper()
	listener, err := net.Listen(network, address)
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{trap: trap, listener: listener, frames: frames, conns: map[net.Conn]bool{}}
	p.open.Go(p.accept)
	t.Cleanup(p.close)
	return p
}

// newDatabaseProxy listens on a socket as PostgreSQL names it, in a directory.
func newDatabaseProxy(t testing.TB, trap *trap, dir string) *proxy {
	return newProxy(t, trap, "unix", filepath.Join(dir, ".s.PGSQL.5432"), databaseFrames)
}

func newBusProxy(t testing.TB, trap *trap) *proxy {
	return newProxy(t, trap, "tcp", "127.0.0.1:0", busFrames)
}

// leadTo names the server.
func (p *proxy) leadTo(network, address string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.network, p.address = network, address
}

func (p *proxy) accept() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		p.mu.Lock()
		server, err := net.Dial(p.network, p.address)
		if err != nil {
			_ = client.Close()
		} else {
			p.conns[client], p.conns[server] = true, true
			p.open.Go(func() { p.forth(client, server) })
			p.open.Go(func() { p.back(client, server) })
		}
		p.mu.Unlock()
	}
}

// forth hands on what the process sends, frame by frame, and hangs up when it
// is gone, as the kernel would without a proxy.
func (p *proxy) forth(client, server net.Conn) {
	_ = p.frames(bufio.NewReaderSize(client, 1<<16), func(kind frameKind, frame []byte) error { return p.trap.pass(kind, frame, server) })
	_ = server.Close()
	_ = client.Close()
}

func (p *proxy) back(client, server net.Conn) {
	_, _ = io.Copy(client, server)
	_ = client.Close()
}

func (p *proxy) close() {
	p.trap.free()
	_ = p.listener.Close()
	p.mu.Lock()
	for c := range p.conns {
		_ = c.Close()
	}
	p.mu.Unlock()
	p.open.Wait()
}

// databaseFrames cuts what a client of PostgreSQL sends into messages: the
// first has a length, all others a letter and a length.
func databaseFrames(from *bufio.Reader, pass func(frameKind, []byte) error) error {
	head := 0
	relay, inTx := false, false
	for {
		start, err := from.Peek(head + 4)
		if err != nil {
			return err
		}
		frame := make([]byte, head+int(binary.BigEndian.Uint32(start[head:])))
		if _, err := io.ReadFull(from, frame); err != nil {
			return err
		}
		letter, text := byte(0), ""
		if head == 1 {
			letter, text = frame[0], string(frame[5:])
		}
		head = 1
		if letter == 'Q' && strings.HasPrefix(text, "begin") {
			inTx = true
		}
		if letter == 'P' && strings.Contains(text, "pg_try_advisory_lock(7423") {
			relay = true
		}
		kind := frameNoise
		switch {
		case inTx && letter == 'Q' && strings.HasPrefix(text, "commit"):
			kind, inTx = frameCommit, false
		case inTx:
			kind, inTx = frameTx, letter != 'Q' || !strings.HasPrefix(text, "rollback")
		case relay:
			kind = frameRelay
		}
		if err := pass(kind, frame); err != nil {
			return err
		}
	}
}

// busFrames cuts what a client of NATS sends into operations: a line, and after
// a publish its payload.
func busFrames(from *bufio.Reader, pass func(frameKind, []byte) error) error {
	for {
		line, err := from.ReadBytes('\n')
		if err != nil {
			return err
		}
		kind, words := frameNoise, bytes.Fields(line)
		if n := len(words); n > 2 && (string(words[0]) == "PUB" || string(words[0]) == "HPUB") {
			size, err := strconv.Atoi(string(words[n-1]))
			if err != nil {
				return fmt.Errorf("a publish of unknown size: %w", err)
			}
			payload := make([]byte, size+2)
			if _, err := io.ReadFull(from, payload); err != nil {
				return err
			}
			line, kind = append(line, payload...), publishKind(string(words[1]))
		}
		if err := pass(kind, line); err != nil {
			return err
		}
	}
}

func publishKind(subject string) frameKind {
	for prefix, kind := range map[string]frameKind{
		"verloning.v1.work.": frameHint, "$JS.ACK.WORK.": frameHint, "_R_.": frameReply, "verloning.v1.event.": frameEvent,
	} {
		if strings.HasPrefix(subject, prefix) {
			return kind
		}
	}
	return frameNoise
}
