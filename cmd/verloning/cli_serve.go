package main

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"

	"github.com/caarlos0/env/v11"

	"verloning/cmd/verloning/internal/embedded"
	"verloning/cmd/verloning/internal/postgres"
)

type serveCommand struct{}

// Run serves until the context ends. What is printed on standard output is for
// whoever started it; the log goes to standard error.
func (serveCommand) Run(ctx context.Context, sh *shell) error {
	cfg, err := readConfig(sh.getenv)
	if err != nil {
		return err
	}
	return serve(ctx, cfg, sh.log(cfg.LogLevel), func(h *host) error {
		url := "as NATS_URL says" // Which may hold a password.
		if h.bus != nil {
			url = h.bus.URL()
		}
		_, err := fmt.Fprintf(sh.out, "verloning is ready: NATS %s, data %s, administrator: verloning --data %s --as %s/admin org list\n",
			url, h.dir.Path(), h.dir.Path(), adminCode)
		return err
	})
}

type migrateCommand struct{}

// Run brings the schema of the configured database up to date, or that of the
// private one, which it starts for the purpose.
func (migrateCommand) Run(ctx context.Context, sh *shell) error {
	cfg, err := readConfig(sh.getenv)
	if err != nil {
		return err
	}
	url := cfg.DatabaseURL
	if url == "" {
		dir, err := embedded.OpenDataDir(cfg.Data)
		if err != nil {
			return err
		}
		defer closing(sh, dir.Close)
		pg, err := embedded.StartPostgres(ctx, embedded.PostgresConfig{Dir: filepath.Join(cfg.Data, "postgres"), Log: sh.log(slog.LevelWarn)})
		if err != nil {
			return err
		}
		defer closing(sh, pg.Stop)
		url = pg.URL()
	}
	applied, err := postgres.Migrate(ctx, url)
	if err != nil {
		return err
	}
	if sh.JSON {
		return sh.printJSON(map[string]int{"applied": applied})
	}
	return sh.say("Het schema is bij; %d migraties uitgevoerd.", "The schema is up to date; %d migrations applied.", applied)
}

type configCheck struct{}

// Run prints the settings as they were understood, and fails with every fault.
func (configCheck) Run(sh *shell) error {
	cfg, err := readConfig(sh.getenv)
	if err == nil && (cfg.KeyFile != "" || cfg.Key != "") {
		_, err = cfg.masterKey()
	}
	if shown := showConfig(sh, cfg); shown != nil {
		return shown
	}
	if err != nil {
		return fmt.Errorf("config check: %w", err)
	}
	sh.note("De instellingen kloppen.", "The settings are right.")
	return nil
}

type configShow struct{}

// Run prints the settings, right or wrong.
func (configShow) Run(sh *shell) error {
	cfg, err := readConfig(sh.getenv)
	if err != nil {
		sh.note("Let op: %v", "Mind: %v", err)
	}
	return showConfig(sh, cfg)
}

func showConfig(sh *shell, cfg config) error {
	if !sh.JSON {
		return cfg.describe(sh.out)
	}
	params, err := env.GetFieldParams(&cfg)
	if err != nil {
		return fmt.Errorf("settings: %w", err)
	}
	values := map[string]string{}
	for i, p := range params {
		values[p.OwnKey] = fieldOf(cfg, i).value
	}
	return sh.printJSON(values)
}
