# `make help` says what each target does: a target explains itself behind its ##.

.DEFAULT_GOAL := help
.PHONY: help build demo test smoke lint bench fuzz clean postgres

# go.mod names the Go that builds us, and any Go since 1.21 fetches it. Some distributions and images switch that off
# with GOTOOLCHAIN=local; who wants that here says `make GOTOOLCHAIN=local`.
ifeq ($(filter-out local,$(GOTOOLCHAIN)),)
export GOTOOLCHAIN := auto
endif

# No C compiler is needed. The race detector needs one: make test CGO_ENABLED=1 TESTFLAGS=-race
export CGO_ENABLED ?= 0

# Go asks git which commit it builds, and fails where git refuses, such as in somebody else's directory.
STAMP = $(shell git status >/dev/null 2>&1 || echo -buildvcs=false)

FUZZTIME ?= 30s
SOURCES := cmd migrations payroll subsidy

help: ## show this list
	@sed -n 's/^\([a-z]*\):[^#]*## \(.*\)/\1 \2/p' $(MAKEFILE_LIST) | while read -r name text; do \
		printf '  make %-9s %s\n' "$$name" "$$text"; done

build: ## build bin/verloning
	go build -trimpath $(STAMP) -o bin/verloning ./cmd/verloning

demo: build postgres ## three months of sixteen employers and 310 trajectories, from hours to money paid; files in demo-output/ (DEMOFLAGS)
	bin/verloning demo $(DEMOFLAGS)

test: postgres ## all tests, against PostgreSQL and NATS servers that they start themselves (TESTFLAGS)
	go test -timeout 24m $(TESTFLAGS) ./...

smoke: ## the tests named Smoke, against your own servers: DATABASE_URL=... NATS_URL=... make smoke
	@: "$${DATABASE_URL:?names the PostgreSQL to test against}" "$${NATS_URL:?names the NATS to test against}"
	@grep -rq --include='*_test.go' '^func Test[A-Za-z0-9_]*Smoke' $(SOURCES) || { echo 'no test is named Smoke'; exit 1; }
	go test -count=1 -timeout 10m -run Smoke $(TESTFLAGS) ./...

lint: ## gofmt, go vet, staticcheck, and the syntax of our scripts
	@files=$$("$$(go env GOROOT)/bin/gofmt" -l $(SOURCES)) || exit 1; \
		if [ -n "$$files" ]; then echo "gofmt would change:"; echo "$$files"; exit 1; fi
	sh -n .ci/postgres.sh
	bash -n .ci/run
	go vet ./...
	go tool -modfile=.tools/go.mod staticcheck ./...

bench: build postgres ## one payslip, calc answers, and 100,000 contracts against the floor; the last line is JSON (BENCHFLAGS, such as --keep)
	go test -run '^$$' -bench '^BenchmarkPayslip' -benchmem ./payroll ./subsidy
	go test -run '^$$' -bench '^BenchmarkCalc$$' -benchmem ./cmd/verloning
	bin/verloning bench $(BENCHFLAGS)

fuzz: ## each fuzz target for FUZZTIME (30s)
	@set -e; count=0; \
	for file in $$(grep -rl --include='*_test.go' '^func Fuzz' $(SOURCES)); do \
		for target in $$(sed -n 's/^func \(Fuzz[A-Za-z0-9_]*\)(.*/\1/p' "$$file"); do \
			echo "$$file $$target"; count=$$((count + 1)); \
			go test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) "./$$(dirname "$$file")"; \
		done; \
	done; \
	if [ $$count = 0 ]; then echo 'there is no fuzz target'; exit 1; fi

clean: ## remove what make built; caches and data directories stay
	rm -rf bin demo-output

postgres: ## find the programs of a PostgreSQL server 14-18, or install them without making a cluster
	@sh .ci/postgres.sh
