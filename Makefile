# Needs only Python 3.11+ and make. Everything else is installed into .venv from the lock file.
PYTHON ?= python3
PORT ?= 8550
DATA ?= data/demo
BIN := .venv/bin
INSTALLED := .venv/.installed

SIMULATOR := tests/chaos/test_simulation.py
# A file's tests share what they started, and files begin in their order: the long ones are the first.
BY_FILE := --dist loadfile --no-loadscope-reorder
OTHERS := --ignore tests/journeys --ignore $(SIMULATOR)
SEEDS ?= 300
FIRST ?= 0
SEED ?=

.PHONY: demo test units types journeys seeds lint bench bench-sync bench-growth bench-insight bench-signals bench-tablet chaos chaos-processes chaos-delivery \
	keyboard letters screens lock browser clean audit

demo: $(INSTALLED)  ## set up, start and print addresses: make demo PORT=8550 DATA=data/demo
	@$(BIN)/clienteling demo --port $(PORT) --data "$(DATA)"

test: $(INSTALLED) browser  ## everything that must hold, browser and PostgreSQL included
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/bandit -c pyproject.toml -q -r sync clienteling main.py
	$(MAKE) -j 2 types units
	$(MAKE) -j 2 journeys seeds  # a journey mostly waits, and a scanner's keys come 5 ms apart: what runs beside them gives way

units: $(INSTALLED) browser  ## everything but the journeys and the simulator; many of these tests wait for other processes
	@PYTHONDONTWRITEBYTECODE= $(BIN)/pytest -q --collect-only $(OTHERS) >/dev/null || true  # compiled once, not by each of the four
	$(BIN)/pytest -n 4 $(BY_FILE) --durations 40 $(OTHERS)

seeds: $(INSTALLED)  ## the simulator's first 300 seeds, with what the processor has left
	nice -n 19 $(BIN)/pytest -n 2 $(SIMULATOR)

types: $(INSTALLED)
	$(BIN)/mypy

journeys: $(INSTALLED) browser  ## the journeys of the tablet in a real browser; LANGUAGE=en or ja: those worded by the catalogue, in that one
	JOURNEY_LANGUAGE=$(if $(filter command,$(origin LANGUAGE)),$(LANGUAGE)) $(BIN)/pytest -n 2 $(BY_FILE) tests/journeys

lint: $(INSTALLED)  ## style, types, the directions of imports, weak spots in our code and known ones in what it stands on
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/bandit -c pyproject.toml -q -r sync clienteling main.py
	$(BIN)/python -m tests.advisories

audit: $(INSTALLED)  ## known weaknesses of the locked versions alone; asks PyPI
	$(BIN)/python -m tests.advisories

bench: $(INSTALLED)  ## measured ratios, see docs/benchmarks.md
	$(BIN)/python -m tests.bench

bench-tablet: $(INSTALLED) browser  ## what screens cost with 20,000 customers, at the wire and in a real browser
	$(BIN)/python -m tests.bench.tablet

bench-insight: $(INSTALLED)  ## the rules over a million customers at once: CUSTOMERS=1000000
	$(BIN)/python -m tests.bench.insight --customers $(or $(CUSTOMERS),1000000)

bench-signals: $(INSTALLED)  ## lapse and return scores beside recency and BG/NBD, on made and on public histories
	@test -d build/histories/lifetimes || $(BIN)/uv pip install -q --python $(BIN)/python --target build/histories --no-deps \
		lifetimes==0.11.3 || echo "The public history could not be fetched."
	$(BIN)/python -m tests.bench.signals --histories build/histories

chaos: $(INSTALLED)  ## tablets, server and network under every fault, from seeds: SEEDS=20000, FIRST=0; SEED=n replays one
	@$(BIN)/python -m tests.chaos $(if $(SEED),--seed $(SEED),--seeds $(SEEDS) --first $(FIRST))

chaos-processes: $(INSTALLED)  ## real tablets, servers and PostgreSQL, killed at random: make chaos-processes KILLS=200 RUNS=1
	$(BIN)/python -m tests.chaos.processes --kills $(or $(KILLS),200) --runs $(or $(RUNS),1) --seed "$(SEED)"

chaos-delivery: $(INSTALLED)  ## workers killed while they send: MESSAGES=10000 KILLS=500; DATABASE=postgresql; SEED=name replays one
	@$(BIN)/python -m tests.chaos.delivery --messages $(or $(MESSAGES),10000) --kills $(or $(KILLS),500) \
		--database $(or $(DATABASE),sqlite) --seed "$(SEED)"

bench-sync: $(INSTALLED)  ## the sync layer beside its limits and its peers; QUICK=1 for a few minutes without peers
	QUICK=$(QUICK) $(BIN)/python -m tests.bench.sync

bench-growth: $(INSTALLED)  ## cost from 10,000 to a million customers, and at one to four server processes (half an hour)
	$(BIN)/python -m tests.bench.sync.growth

letters: $(INSTALLED) browser  ## every screen at letters of twice the size, in every way to hold it and both languages
	LETTERS=all $(BIN)/pytest tests/ui/test_large_letters.py

keyboard: $(INSTALLED) browser  ## every screen by the keyboard alone, in a browser: reached, used, named, seen, in order
	KEYBOARD=all $(BIN)/pytest -s tests/ui/test_keys_walked.py

screens: $(INSTALLED) browser  ## a picture of every screen in both orientations, under docs/screens
	$(BIN)/python -m tests.journeys.screens

browser: $(INSTALLED)
	@$(BIN)/python -m tests.browser

lock: $(INSTALLED)  ## resolve the versions anew
	$(BIN)/uv pip compile pyproject.toml --extra dev --universal --generate-hashes --upgrade -q -o requirements.lock \
		--custom-compile-command "make lock"

$(INSTALLED): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed; this is $$($(PYTHON) --version). Set PYTHON=python3.12 or the like."; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv || \
		{ echo "A virtual environment could not be made; on Debian: apt-get install python3-venv"; exit 1; }
	@echo "Installing into .venv ..."
	@$(BIN)/python -m pip install -q --disable-pip-version-check "uv>=0.9,<1"
	@$(BIN)/uv pip install -q --python $(BIN)/python --compile-bytecode --require-hashes -r requirements.lock
	@$(BIN)/uv pip install -q --python $(BIN)/python --no-deps -e .
	@$(BIN)/python -m compileall -q clienteling sync  # also where the environment keeps Python from writing bytecode
	@touch $(INSTALLED)

clean:
	rm -rf .venv build data .mypy_cache .ruff_cache .pytest_cache .hypothesis
