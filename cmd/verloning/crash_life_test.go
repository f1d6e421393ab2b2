package main

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// crashPlan is one life: a process of a role, killed in some stages.
type crashPlan struct {
	path  []crashStage
	role  string // who is killed: owner, or worker (who is the relay in publish)
	shots []crashShot
	seed  uint64
}

// crashShot is one kill: in a stage, at a frame of those that count for an aim.
type crashShot struct {
	stage    int
	aim      string
	part     int // of five: early to late
	from, to int // the frames of that part, or earlier ones after a miss
}

func (p crashPlan) at(shot crashShot) string { return p.path[shot.stage].name + " by " + p.role }

// name is that of the stages, the role, and the aim that they have in common.
func (p crashPlan) name() (name string) {
	for i, shot := range p.shots {
		if i > 0 {
			name += "-"
		}
		name += p.path[shot.stage].name
	}
	return fmt.Sprintf("%s/%s/%s-%d", name, p.role, p.shots[0].aim, p.shots[0].part+1)
}

// crashLives are stages that a life goes through, and the parts of their frames in
// which kills are to hit, by aim: of each stage by itself early and late, or but once
// where what is done there is done elsewhere as well.
var crashLives = []struct {
	path   []crashStage
	stages []string
	mainly string // the only aim of a short test
	parts  map[string][]int
}{
	{crashStages, []string{"calculate", "approve", "grant"}, "database", map[string][]int{"database": {0, 2, 4}, "commit": {1, 4}, "bus": {1, 4}}},
	{crashBankStages, []string{"export", "import", "reverse"}, "database", map[string][]int{"database": {0, 2, 3}, "commit": {3}, "bus": {2}}},
	{crashStages, []string{"settle", "account"}, "database", map[string][]int{"database": {0, 2, 3}, "commit": {3}, "bus": {1}}},
	{crashStages, []string{"publish"}, "bus", map[string][]int{"bus": {0, 2, 4}, "database": {1, 4}}},
}

// plans are the lives of each role.
func (c *crash) plans() []crashPlan {
	var all []crashPlan
	for _, life := range crashLives {
		first := slices.IndexFunc(life.path, func(s crashStage) bool { return s.name == life.stages[0] })
		for _, role := range []string{"owner", "worker"} {
			for _, aim := range slices.Sorted(maps.Keys(life.parts)) {
				for _, part := range life.parts[aim] {
					if testing.Short() && (aim != life.mainly || part != 2) {
						continue
					}
					p := crashPlan{path: life.path, role: role, seed: c.seed<<16 + uint64(len(all))}
					for i, stage := range life.path[first:] {
						if slices.Contains(life.stages, stage.name) {
							p.shots = append(p.shots, c.shot(life.path, first+i, aim, part))
						}
					}
					all = append(all, p)
				}
			}
		}
	}
	return all
}

func (c *crash) shot(path []crashStage, stage int, aim string, part int) crashShot {
	n := c.frames[path[stage].name+" "+aim]
	return crashShot{stage, aim, part, n*part/5 + 1, max(n*(part+1)/5, n*part/5+1)}
}

// trial goes through a life. A stage does not take exactly the same frames each time,
// so that a late kill may come too late: then it is aimed earlier, in another life.
func (c *crash) trial(t *testing.T, p crashPlan) {
	random := rand.New(rand.NewPCG(p.seed, 0))
	for try := range 5 {
		if p.shots = c.live(t, p, random, fmt.Sprintf("%d-%d", p.seed, try)); len(p.shots) == 0 {
			return
		}
	}
	t.Error("no kill hit")
}

// live goes through one month with kills in it, and returns those that came too late.
func (c *crash) live(t *testing.T, p crashPlan, random *rand.Rand, name string) (missed []crashShot) {
	began, dir := time.Now(), filepath.Join(c.base, name)
	first, last := p.shots[0].stage, p.shots[len(p.shots)-1].stage
	copyData(t, c.snapshot(p.path[first]), dir)
	s := c.open(t, dir, p.role, p.path[first].name == "publish")
	for i := first; i <= last; i++ {
		stage, ctx := p.path[i], crashPatience(t)
		at := slices.IndexFunc(p.shots, func(shot crashShot) bool { return shot.stage == i })
		if at < 0 {
			if err := s.month.do(ctx, stage); err != nil {
				t.Fatal(err)
			}
			continue
		}
		shot := p.shots[at]
		s.standUp()
		frame, halves := shot.from+random.IntN(shot.to-shot.from+1), random.IntN(3)
		if shot.aim == "commit" {
			halves = 2 // so that all is lost that comes after it and is no part of it
		}
		if c.kill(ctx, s, p, shot, frame, halves, i == last) {
			t.Logf("seed %d: killed in %s at frame %d, %d halves of it sent; %s", p.seed, stage.name, frame, halves, time.Since(began).Round(time.Millisecond))
		} else {
			t.Logf("seed %d: %s was over before frame %d", p.seed, stage.name, frame)
			shot.from, shot.to = max(1, shot.from*2/3), max(1, frame-1)
			missed = append(missed, shot)
		}
		// All is told before the next is killed, so that no later start mends what this
		// one should have.
		if err := s.month.publish(ctx); err != nil {
			t.Fatalf("%v\n%s", err, s.owner.said())
		}
	}
	got, end := s.finish(p.path[last+1:]), c.end(p.path[last])
	got.judge(t, end.model, end.undisturbed)
	s.stop()
	if !t.Failed() {
		_ = os.RemoveAll(dir) // Memory is short; what is left goes with the rest.
	}
	return missed
}

// kill begins a stage and kills in it; false means that the stage was over before the
// frame came. What was killed is there again afterwards, and the stage is done.
func (c *crash) kill(ctx context.Context, s *crashScene, p crashPlan, shot crashShot, frame, halves int, last bool) bool {
	t, stage := s.t, p.path[shot.stage]
	t.Helper()
	counts := stage.aims[shot.aim]
	s.begin(ctx, stage, frame, counts)
	select {
	case err := <-s.acted:
		if err != nil {
			t.Fatal(err)
		}
		if !s.trap.disarm() { // it sprang at what came after, and now everything stands still
			s.die(halves, last)
		}
		return false
	case <-s.trap.sprung:
	case <-ctx.Done():
		t.Fatalf("neither frame %d nor the end of the stage came\n%s", frame, s.victim.said())
	}
	reached, err := s.month.holds(ctx, stage.done)
	if err != nil {
		t.Fatal(err)
	}
	// An answer goes out when its work is done; that its sender dies before it
	// leaves is worth a trial, but it is no kill in the middle of the work.
	missed := reached && !slices.Contains(counts, frameReply)
	s.die(halves, last)
	if err := <-s.acted; err != nil {
		t.Fatalf("%v\n%s", err, s.owner.said())
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case missed:
		return false
	case reached:
		c.unheard[p.at(shot)]++
	default:
		c.kills[p.at(shot)]++
	}
	c.hits[p.at(shot)+" at "+shot.aim]++
	return true
}
