package main

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"time"

	"github.com/caarlos0/env/v11"

	"verloning/cmd/verloning/internal/embedded"
	"verloning/cmd/verloning/internal/postgres"
)

// config is every setting there is. Settings come from the environment, secrets
// from files that the environment names.
type config struct {
	Data        string        `env:"VERLONING_DATA" doc:"data directory of the embedded database and bus, and of credentials"`
	DatabaseURL string        `env:"DATABASE_URL" doc:"PostgreSQL 14-18; empty: a private cluster in the data directory"`
	NATSURL     string        `env:"NATS_URL" doc:"NATS 2.12 or newer that trusts our operator; empty: an in-process server"`
	NATSPort    int           `env:"VERLONING_NATS_PORT" doc:"loopback port of the in-process NATS; 0: any free one, kept"`
	Keys        string        `env:"VERLONING_NATS_KEYS" doc:"directory of the NATS operator and account keys; empty: in the data directory"`
	KeyFile     string        `env:"VERLONING_KEY_FILE" doc:"file with the master key, 32 bytes in base64; empty: in the data directory, made once"`
	Key         string        `env:"VERLONING_KEY,unset" doc:"the master key itself, 32 bytes in base64; rather use the file"`
	Workers     int           `env:"VERLONING_WORKERS" envDefault:"2" doc:"shards computed at the same time by this process"`
	ShardSize   int           `env:"VERLONING_SHARD_SIZE" envDefault:"500" doc:"persons in a shard"`
	DBConns     int32         `env:"VERLONING_DB_CONNS" envDefault:"20" doc:"connections to the database"`
	Statement   time.Duration `env:"VERLONING_STATEMENT_TIMEOUT" envDefault:"10m" doc:"longest statement; approval of a large run is the longest"`
	LockWait    time.Duration `env:"VERLONING_LOCK_TIMEOUT" envDefault:"1m" doc:"longest wait for a lock"`
	Idle        time.Duration `env:"VERLONING_IDLE_TIMEOUT" envDefault:"2m" doc:"longest transaction that does nothing"`
	Requests    int           `env:"VERLONING_REQUESTS" envDefault:"12" doc:"requests carried out at the same time; others wait"`
	Pending     int           `env:"VERLONING_PENDING" envDefault:"256" doc:"requests that may wait; more are answered 503"`
	Timeout     time.Duration `env:"VERLONING_REQUEST_TIMEOUT" envDefault:"100s" doc:"longest request"`
	Drain       time.Duration `env:"VERLONING_DRAIN" envDefault:"20s" doc:"how long SIGTERM lets work finish"`
	EventAge    time.Duration `env:"VERLONING_EVENT_AGE" envDefault:"2160h" doc:"how long the bus keeps events; PostgreSQL keeps them all"`
	LogLevel    slog.Level    `env:"VERLONING_LOG" envDefault:"INFO" doc:"DEBUG, INFO, WARN or ERROR"`
}

// readConfig reads the settings through getenv alone, so that a test can give
// its own.
func readConfig(getenv func(string) string) (config, error) {
	var c config
	values := map[string]string{}
	params, err := env.GetFieldParams(&c)
	if err != nil {
		return c, fmt.Errorf("settings: %w", err)
	}
	for _, p := range params {
		if v := getenv(p.OwnKey); v != "" {
			values[p.OwnKey] = v
		}
	}
	if err := env.ParseWithOptions(&c, env.Options{Environment: values}); err != nil {
		return c, fmt.Errorf("settings: %w", err)
	}
	if c.Data == "" {
		c.Data = defaultData(getenv)
	}
	if c.Keys == "" {
		c.Keys = filepath.Join(c.Data, "keys")
	}
	return c, c.check()
}

// defaultData is where a user, or root, expects a service's data.
func defaultData(getenv func(string) string) string {
	if dir := getenv("XDG_DATA_HOME"); dir != "" {
		return filepath.Join(dir, "verloning")
	}
	if home := getenv("HOME"); home != "" && os.Geteuid() != 0 {
		return filepath.Join(home, ".local", "share", "verloning")
	}
	return "/var/lib/verloning/data"
}

// check gives every fault at once.
func (c config) check() error {
	var faults []error
	for name, n := range map[string]int{"VERLONING_WORKERS": c.Workers, "VERLONING_SHARD_SIZE": c.ShardSize, "VERLONING_REQUESTS": c.Requests, "VERLONING_PENDING": c.Pending} {
		if n < 1 || n > 100_000 {
			faults = append(faults, fmt.Errorf("%s is %d, it lies between 1 and 100,000", name, n))
		}
	}
	// Workers, requests, the intake and the relay each hold a connection.
	if need := int32(c.Workers + c.Requests + intakeHands + 1); c.DBConns < need {
		faults = append(faults, fmt.Errorf("VERLONING_DB_CONNS is %d, workers, requests, intake and relay need %d", c.DBConns, need))
	}
	if c.DatabaseURL != "" && c.Key == "" && c.KeyFile == "" {
		faults = append(faults, errors.New("DATABASE_URL is set, so VERLONING_KEY_FILE must name the master key: it is not made by itself for a database that others share"))
	}
	return errors.Join(faults...)
}

// masterKey reads the key that the database's own keys are sealed with, or
// makes it, once, for the embedded database.
func (c config) masterKey() ([]byte, error) {
	encoded, from := c.Key, "VERLONING_KEY"
	if encoded == "" {
		path := c.KeyFile
		if path == "" {
			path = filepath.Join(c.Data, "master.key")
			if err := makeKey(path); err != nil {
				return nil, err
			}
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("master key: %w", err)
		}
		encoded, from = string(text), path
	}
	key, err := base64.StdEncoding.DecodeString(strings.TrimSpace(encoded))
	if err != nil || len(key) != postgres.KeySize {
		return nil, fmt.Errorf("the master key in %s is not %d bytes in base64", from, postgres.KeySize)
	}
	return key, nil
}

// makeKey writes a fresh key where there is none; a kill half-way leaves none,
// and once it is there the power may go.
func makeKey(path string) error {
	if _, err := os.Stat(path); err == nil {
		return nil
	}
	key := make([]byte, postgres.KeySize)
	_, _ = rand.Read(key)
	if err := embedded.WriteFile(path, []byte(base64.StdEncoding.EncodeToString(key)+"\n")); err != nil {
		return fmt.Errorf("master key: %w", err)
	}
	return nil
}

// describe prints every setting with its value and what it is for; secrets and
// URLs, which may hold a password, are masked.
func (c config) describe(w io.Writer) error {
	params, err := env.GetFieldParams(&c)
	if err != nil {
		return fmt.Errorf("settings: %w", err)
	}
	for i, p := range params {
		field := fieldOf(c, i)
		_, _ = fmt.Fprintf(w, "%-28s %-24s %s\n", p.OwnKey, field.value, field.doc)
	}
	return nil
}

// settingField is one setting as it is shown.
type settingField struct{ value, doc string }

// fieldOf shows the i-th setting; secrets and URLs are masked.
func fieldOf(c config, i int) settingField {
	v := reflect.ValueOf(c)
	f := v.Type().Field(i)
	value := fmt.Sprint(v.Field(i).Interface())
	name := f.Tag.Get("env")
	if value != "" && (strings.HasSuffix(name, "_URL") || strings.HasPrefix(name, "VERLONING_KEY,")) {
		value = "(set)"
	}
	if value == "" {
		value = "-"
	}
	return settingField{value, f.Tag.Get("doc")}
}
