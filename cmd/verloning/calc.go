package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
)

// calcCommand answers questions, one a line, without a service: what it takes to
// check a payslip or a table of somebody else's, or to be asked by a program.
type calcCommand struct {
	Files []string `arg:"" optional:"" help:"Files with a question a line; without them, and for -, standard input."`
	Trace bool     `help:"Give each answer its steps."`
}

// Limits of the stream. A line is held in memory whole, so that it has an end;
// a batch is what one core computes before answers are written.
const (
	calcLongest = 1 << 20 // bytes of a line, without its end
	calcBatch   = 128     // lines
)

// Run answers every line in the order of the lines. A line that is wrong is
// answered with an error and stops nothing; the exit status tells that there was
// one.
func (c *calcCommand) Run(ctx context.Context, sh *shell) error {
	names := c.Files
	if len(names) == 0 {
		names = []string{"-"}
	}
	files := make([]io.Reader, len(names))
	for i, name := range names { // All of them before any answer: a name that was mistyped is told at once.
		file, err := sh.open(name)
		if err != nil {
			return err
		}
		defer closing(sh, file.Close)
		files[i] = file
	}
	var done calcTally
	for _, file := range files {
		if err := c.answer(ctx, file, sh.out, &done); err != nil {
			return err
		}
	}
	if done.wrong > 0 {
		return sh.failed("%d van %d vragen zijn niet beantwoord.", "%d of %d questions have no answer.", done.wrong, done.lines)
	}
	return nil
}

// calcTally counts what was read and what could not be answered.
type calcTally struct{ lines, wrong int }

// calcLines is a batch under way: its lines, and when done their answers.
type calcLines struct {
	lines   []calcLine
	answers bytes.Buffer
	wrong   int
	done    chan struct{}
}

// calcLine is one line without its end; of one that is too long nothing is kept.
type calcLine struct {
	text []byte
	long bool
}

// answer reads a stream and writes an answer for each of its lines. As many
// batches are computed at a time as there are cores; they are written in the
// order in which they were read. What was read is answered before more is
// waited for, so that a program can ask and listen in turn.
func (c *calcCommand) answer(ctx context.Context, in io.Reader, out io.Writer, tally *calcTally) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	batches := make(chan *calcLines, runtime.GOMAXPROCS(0))
	failed := make(chan error, 1)
	go func() {
		defer close(batches)
		failed <- readCalc(ctx, in, func(b *calcLines) {
			select {
			case batches <- b:
				go b.compute(c.Trace)
			case <-ctx.Done():
			}
		})
	}()
	for {
		// A read of standard input does not end when somebody interrupts.
		select {
		case <-ctx.Done():
			return ctx.Err()
		case b, more := <-batches:
			if !more {
				return <-failed
			}
			<-b.done
			if _, err := out.Write(b.answers.Bytes()); err != nil {
				return fmt.Errorf("calc: %w", err)
			}
			tally.lines, tally.wrong = tally.lines+len(b.lines), tally.wrong+b.wrong
		}
	}
}

// compute answers the lines of a batch.
func (b *calcLines) compute(trace bool) {
	defer close(b.done)
	for _, line := range b.lines {
		if !answerCalc(&b.answers, line, trace) {
			b.wrong++
		}
	}
}

// readCalc cuts a stream into lines and hands them on in batches: full ones, and
// what there is when the next line would have to be waited for.
func readCalc(ctx context.Context, in io.Reader, hand func(*calcLines)) error {
	reader := bufio.NewReaderSize(in, 64<<10)
	if mark, err := reader.Peek(3); err == nil && string(mark) == "\xef\xbb\xbf" { // Some editors begin a file with it.
		_, _ = reader.Discard(3)
	}
	b := &calcLines{done: make(chan struct{})}
	for ctx.Err() == nil {
		line, err := readCalcLine(reader)
		if err != nil && !errors.Is(err, io.EOF) {
			return fmt.Errorf("calc: %w", err)
		}
		if err == nil || len(line.text) > 0 || line.long { // The last line may lack its end.
			b.lines = append(b.lines, line)
		}
		if len(b.lines) > 0 && (err != nil || len(b.lines) == calcBatch || len(line.text) > calcLongest>>4 || !lineBuffered(reader)) {
			hand(b)
			b = &calcLines{done: make(chan struct{})}
		}
		if err != nil {
			return nil
		}
	}
	return nil
}

// lineBuffered reports whether another whole line was read already.
func lineBuffered(reader *bufio.Reader) bool {
	ahead, _ := reader.Peek(reader.Buffered())
	return bytes.IndexByte(ahead, '\n') >= 0
}

// readCalcLine reads one line, and skips what goes beyond the longest.
func readCalcLine(reader *bufio.Reader) (calcLine, error) {
	var line calcLine
	for {
		part, err := reader.ReadSlice('\n')
		end := bytes.HasSuffix(part, []byte("\n"))
		if end {
			part = part[:len(part)-1]
		}
		if line.long = line.long || len(line.text)+len(part) > calcLongest; line.long {
			line.text = nil
		} else {
			line.text = append(line.text, part...)
		}
		if end || !errors.Is(err, bufio.ErrBufferFull) {
			return line, err
		}
	}
}
