# Every target is idempotent and installs what it needs. `make help` lists them.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PY := $(BIN)/python
STAMP := $(VENV)/.installed
DEBIAN_PACKAGES := libgl1 libegl1 libmtdev1 xvfb xdotool strace
KILLS ?= 10000
CUTS ?= 100000
SEED ?= 1
SECONDS ?= 60
export PYTHONDONTWRITEBYTECODE :=
export KIVY_NO_ARGS := 1

.DEFAULT_GOAL := help
.PHONY: help setup system run demo test test-unit lint types imports bench kills service-kills syscalls lazyfs soak flips simulate replay simulate-exhaustive mutants fuzz fuzz-corpus messages clean

help: ## list the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

setup: $(STAMP) ## make .venv with the locked packages

$(STAMP): requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed"; exit 1; }
	@test -e $(STAMP) || $(PYTHON) -m venv --clear $(VENV) || { echo "Run: make system"; exit 1; }
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@

system: ## install the Debian packages that the screen and the tests need (as root; otherwise says how)
	@missing=""; $(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || missing=" python3 python3-venv"; \
	for each in $(DEBIAN_PACKAGES); do dpkg -s $$each >/dev/null 2>&1 || missing="$$missing $$each"; done; \
	if [ -n "$$missing" ]; then \
	  if [ "$$(id -u)" = 0 ]; then \
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing; \
	  else echo "Run: sudo apt-get install --no-install-recommends$$missing"; exit 1; fi; \
	fi

run: system setup ## the kiosk in service under the watchdog, with emulated devices, billing host and bench page
	$(PY) -m simulator bench --directory run

demo: system setup ## a scripted visit with real touches on a virtual screen; pictures in build/demo/
	$(PY) -m simulator demo --out build/demo

test: system setup lint types imports ## the whole suite
	$(PY) -m pytest

test-unit: setup ## the quick tests
	$(PY) -m pytest tests/unit

lint: setup
	$(BIN)/ruff check .

types: setup
	$(BIN)/mypy

imports: setup
	$(BIN)/lint-imports

bench: system setup ## measure the goals; build/bench.json
	$(PY) -m tests.benchmarks

kills: setup ## ten thousand kill -9 of a process that writes payments; KILLS=10000 SEED=1
	$(PY) -m tests.real.kills --kills $(KILLS) --seed $(SEED)

service-kills: setup ## kill -9 of the whole service during visits with emulated devices
	$(PY) -m tests.real.service_kills --kills 200

syscalls: setup system ## a visit dies at every system call on the journal's files (strace; a quarter of an hour or more)
	$(PY) -m tests.real.syscalls

lazyfs: setup ## power cuts on a file system that forgets what was not synced; LAZYFS=its program
	$(PY) -m tests.real.power_cuts --cuts 200

soak: setup system ## a thousand visits in one service and one kiosk, memory watched; build/soak.json
	$(PY) -m tests.benchmarks.soak

flips: setup ## flip 100,000 single bits of journals at rest, and look what notices
	$(PY) -m tests.journal.bit_flips --flips 100000 --seed $(SEED) --jobs 2

simulate: setup ## 100,000 simulated power cuts; CUTS=100000 SEED=1
	$(PY) -m tests.simulation --cuts $(CUTS) --seed $(SEED)

replay: setup ## a thousand seeds twice: the same seed must be the same run
	$(PY) -m tests.simulation.replay

simulate-exhaustive: setup ## every death of the reference visits, and every death in the recovery from it (two hours)
	$(PY) -m tests.simulation.exhaustive

mutants: setup ## plant each money bug and see how fast the simulation finds it
	$(PY) -m tests.mutants

fuzz: setup ## fuzz all readers of outside bytes, SECONDS (60) in all; exit 1 on a finding
	$(PY) -m tests.fuzz --seconds $(SECONDS)

fuzz-corpus: setup ## take what fuzzing has kept into the small corpus of the repository
	$(PY) -m tests.fuzz --minimise

messages: setup ## extract the texts for clients, update the catalogues and compile them
	$(PY) -m terminal.content

clean: ## remove what was built (not the bench's journal in run/)
	rm -rf build .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
