package bus

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// StreamConfig is what an operator may choose about the streams; the rest is
// part of the promises and is not for choosing.
type StreamConfig struct {
	EventMaxAge time.Duration // how long events stay readable; 90 days when zero
	DeadMaxAge  time.Duration // how long dead letters stay; for ever when zero
	Replicas    int           // of every stream; as it is, or one, when zero
}

// Dedupe windows. They are per stream, so a window on the intake would let one
// company's message swallow another's: there it is the shortest that the
// server accepts. On the work queue a hint that was lost must be able to come
// again soon. On events it only has to outlive a restart of the relay, because
// every consumer keeps the ids that it has seen as well.
const (
	intakeDuplicates = 100 * time.Millisecond
	workDuplicates   = time.Second
	eventDuplicates  = 15 * time.Minute
	deadDuplicates   = 2 * time.Minute
)

const defaultEventMaxAge = 90 * 24 * time.Hour

// configs returns the four streams as they should be.
func (c StreamConfig) configs() []jetstream.StreamConfig {
	eventMaxAge := cmp.Or(c.EventMaxAge, defaultEventMaxAge)
	common := jetstream.StreamConfig{Storage: jetstream.FileStorage, Replicas: c.Replicas}
	intake, work, event, dead := common, common, common, common

	intake.Name, intake.Subjects = IntakeStream, []string{intakePrefix + "*.hours", intakePrefix + "*.hours.*"}
	intake.Description = "Hours handed in and not yet judged"
	intake.Retention, intake.Duplicates = jetstream.WorkQueuePolicy, intakeDuplicates

	work.Name, work.Subjects = WorkStream, []string{workPrefix + ">"}
	work.Description = "Hints to workers; the truth is the shard row in SQL"
	work.Retention, work.Duplicates = jetstream.WorkQueuePolicy, workDuplicates

	event.Name, event.Subjects = EventStream, []string{eventPrefix + ">"}
	event.Description = "Facts, as CloudEvents; republished from the outbox when lost"
	event.Retention, event.MaxAge = jetstream.LimitsPolicy, eventMaxAge
	event.Duplicates = min(eventDuplicates, eventMaxAge)
	event.DenyDelete, event.DenyPurge, event.AllowAtomicPublish = true, true, true

	dead.Name, dead.Subjects = DeadStream, []string{deadPrefix + ">"}
	dead.Description = "What could not be handled after the last try"
	dead.Retention, dead.MaxAge = jetstream.LimitsPolicy, c.DeadMaxAge
	dead.Duplicates = deadDuplicates
	if c.DeadMaxAge > 0 {
		dead.Duplicates = min(deadDuplicates, c.DeadMaxAge)
	}
	return []jetstream.StreamConfig{intake, work, event, dead}
}

// EnsureStreams creates the streams that are missing and mends the settings of
// those that exist. A stream of another storage or retention is refused and
// never replaced: replacing it would lose what it holds.
func EnsureStreams(ctx context.Context, js jetstream.JetStream, cfg StreamConfig) error {
	for _, want := range cfg.configs() {
		if err := ensureStream(ctx, js, want); err != nil {
			return fmt.Errorf("ensure stream %s: %w", want.Name, err)
		}
	}
	return nil
}

func ensureStream(ctx context.Context, js jetstream.JetStream, want jetstream.StreamConfig) error {
	stream, err := js.Stream(ctx, want.Name)
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		if _, err = js.CreateStream(ctx, want); !errors.Is(err, jetstream.ErrStreamNameAlreadyInUse) {
			return err
		}
		// Another process was first, perhaps with other settings.
		stream, err = js.Stream(ctx, want.Name)
	}
	if err != nil {
		return err
	}
	have := stream.CachedInfo().Config
	if have.Storage != want.Storage || have.Retention != want.Retention {
		return fmt.Errorf("it exists with %s storage and %s retention, wanted %s and %s",
			have.Storage, have.Retention, want.Storage, want.Retention)
	}
	mended := mend(have, want)
	if sameStream(have, mended) {
		return nil
	}
	_, err = js.UpdateStream(ctx, mended)
	return err
}

// mend returns the existing settings with ours laid over them, so that what an
// operator set besides (placement, limits on bytes) stays.
func mend(have, want jetstream.StreamConfig) jetstream.StreamConfig {
	have.Subjects, have.Description = want.Subjects, want.Description
	have.MaxAge, have.Duplicates = want.MaxAge, want.Duplicates
	have.Replicas = cmp.Or(want.Replicas, have.Replicas)
	have.AllowAtomicPublish = want.AllowAtomicPublish
	have.DenyDelete, have.DenyPurge = want.DenyDelete, want.DenyPurge
	return have
}

func sameStream(a, b jetstream.StreamConfig) bool {
	return slices.Equal(a.Subjects, b.Subjects) && a.Description == b.Description &&
		a.MaxAge == b.MaxAge && a.Duplicates == b.Duplicates && a.Replicas == b.Replicas &&
		a.AllowAtomicPublish == b.AllowAtomicPublish &&
		a.DenyDelete == b.DenyDelete && a.DenyPurge == b.DenyPurge
}

// EventIncarnation names one life of the event stream: the moment it was
// created. Sequences of different lives cannot be compared.
func EventIncarnation(info *jetstream.StreamInfo) string {
	return info.Created.UTC().Format(time.RFC3339Nano)
}
