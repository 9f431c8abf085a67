# What a person does with the project, each in one word. `make help` lists them.

SWIFT ?= swift
RELEASE := .build/release
# Swift's libraries go into the programs: they run where no toolchain is, and start ten times sooner.
RELEASE_FLAGS := -c release --static-swift-stdlib
SEEDS ?= 100000
KILLS ?= 1000
DEMO_HOME := .demo/home

.PHONY: help setup build demo demo-drift test lint thread-sanitizer simulate soak bench schema import-fixtures drift-fixtures install clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  %-18s %s\n", $$1, $$2}'

setup: ## install what the build needs (Debian packages, by name)
	@scripts/setup

build: setup ## build the programs, optimised, into .build/release
	$(SWIFT) build $(RELEASE_FLAGS) --product orchestrator
	$(SWIFT) build $(RELEASE_FLAGS) --product orchestrator-shim

demo: build ## train, judge and serve the churn model on real data
	@scripts/setup-demo
	@scripts/demo $(RELEASE)/orchestrator $(DEMO_HOME)

demo-drift: build ## a champion, drifted customers, the retraining they start, the better model, and the way back
	@scripts/setup-demo
	@scripts/demo-drift $(RELEASE)/orchestrator .demo/drift-home

test: setup lint ## everything CI runs: style, unit, simulation, crash and end-to-end tests
	@scripts/setup-demo
	@scripts/setup-tests
	$(SWIFT) build --build-tests
	@SWIFT="$(SWIFT)" scripts/test

lint: ## hold the source to its format
	$(SWIFT) format lint --strict --recursive --parallel Sources Tests Benchmarks Package.swift

# The rooms without threads have nothing to race; the supervisor is one thread of C and cannot be linked statically with
# a sanitizer, so the tests get an ordinary one.
thread-sanitizer: setup ## the unit tests of the rooms that have threads, under ThreadSanitizer (first build: 15 minutes)
	$(SWIFT) build --product orchestrator-shim
	ORCHESTRATOR_SANITIZE=1 $(SWIFT) build --build-tests --sanitize=thread --scratch-path .build/tsan
	install .build/debug/orchestrator-shim .build/tsan/debug/
	TSAN_OPTIONS=suppressions=$(CURDIR)/Tests/thread-sanitizer.suppressions ORCHESTRATOR_SANITIZE=1 \
		$(SWIFT) test --skip-build --disable-xctest --sanitize=thread --scratch-path .build/tsan \
		--filter 'StateStoreTests|ArtifactStoreTests|TaskExecutionTests|SchedulerServiceTests|HTTPAPITests|CommandLineTests'

simulate: ## crash simulations of the scheduler: make simulate SEEDS=100000
	$(SWIFT) run $(RELEASE_FLAGS) simulate --seeds $(SEEDS)

soak: build ## the real daemon shot at random: make soak KILLS=1000
	ORCHESTRATOR_TEST_KILLS=$(KILLS) $(SWIFT) test --filter CrashTests

bench: build ## the benchmarks, each beside a peer or a limit in the same run
	@Benchmarks/run

schema: build ## write docs/dag.schema.json
	$(RELEASE)/orchestrator schema > docs/dag.schema.json

import-fixtures: ## make the files that the tests of `import` read anew, with Airflow and DVC from PyPI
	@scripts/import-fixtures

drift-fixtures: ## make the numbers that the tests of the drift statistics compare with anew, with scipy and evidently from PyPI
	@scripts/drift-fixtures

install: build ## install into PREFIX (default /usr/local)
	install -d $(DESTDIR)$(or $(PREFIX),/usr/local)/bin
	install $(RELEASE)/orchestrator $(RELEASE)/orchestrator-shim $(DESTDIR)$(or $(PREFIX),/usr/local)/bin/

clean: ## remove build products and the demo's files
	rm -rf .build .demo .venv
