# Everything here works on a fresh machine that has Python 3.11 (or newer) and nothing else.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
RUNS   := $(VENV)/.runs
READY  := $(VENV)/.ready
TOOLS  := $(VENV)/tools
PIP    := $(BIN)/python -m pip install --quiet --disable-pip-version-check
COMPILE := $(BIN)/uv pip compile -q --universal --generate-hashes --python-version 3.11 \
	--no-annotate --no-emit-index-url --no-header

.PHONY: demo test check format bench bench-compare simulate branches mutate cost docs charts lock clean

## demo: run the flagship scenario over real sockets and print the answer
demo: $(RUNS)
	$(BIN)/fivefifty run scenarios/dont_blame_the_messenger.toml

## test: run the whole suite
test: $(READY)
	@# Where the environment forbids writing bytecode, each of the suite's processes would compile the package again.
	@$(BIN)/python -m compileall -q probe fake_gateways
	$(BIN)/pytest -n auto --dist loadfile

## check: format, lint, types, architecture
check: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/pytest -q tests/test_architecture.py tests/test_source_rules.py

## format: format the code
format: $(READY)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

BENCH = $(BIN)/python benchmarks/bench.py $(if $(SIZES),--sizes $(SIZES)) $(if $(ROUNDS),--rounds $(ROUNDS)) \
	$(if $(MESSAGES),--messages $(MESSAGES)) $(if $(PARTS),--parts $(PARTS)) $(if $(JSON),--json $(JSON))

## bench: measure speed and memory; in a minute with: make bench SIZES=10000 ROUNDS=1 MESSAGES=2000 PARTS=wire,run
bench: $(READY)
	@$(BENCH)

## bench-compare: measure another commit in alternation with this checkout: make bench-compare REF=main SIZES=10000
bench-compare: $(READY)
	@$(BENCH) --against $(REF)

## simulate: try to break everything for three minutes, or longer: make simulate FOR=8h ONLY=worlds,fuzzing:mail KEEP=1
simulate: export FOR := $(FOR)
simulate: export SEED := $(SEED)
simulate: export ONLY := $(ONLY)
simulate: export AGAIN := $(AGAIN)
simulate: $(READY)
	@# The shell reads these from the environment, so no quote in them can end ours.
	@$(BIN)/python -m simulation --for="$${FOR:-3m}" --seed="$$SEED" --only="$$ONLY" --again="$$AGAIN" $(if $(KEEP),--keep)

STRENGTH = $(FILES) $(if $(FOR),--for $(FOR))

## branches: see which branches of pure files their own tests leave uncovered: make branches FOR=10m FILES=...
branches: $(READY)
	@$(BIN)/python tools/branches.py $(STRENGTH)

## mutate: change pure files a little, and count what their own tests notice: make mutate FOR=10m FILES=...
mutate: $(READY)
	@$(BIN)/python tools/mutate.py $(STRENGTH)

## cost: count the calls that a recipient makes, and write the figures that the test suite compares with
cost: $(READY)
	$(BIN)/python benchmarks/calls.py --update

## docs: write docs/reference, the generated blocks of ARCHITECTURE.md and simulation/ACCOUNT.md from code and data
docs: $(READY)
	$(BIN)/python docs/generate.py
	$(BIN)/python -m simulation.account_file
	PYTHONPATH=tests/support $(BIN)/python tests/test_architecture.py

## charts: write the charts of the report from tools/charts.py
charts: $(READY)
	$(BIN)/python tools/charts.py

## lock: choose the newest stable versions again
lock:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	$(COMPILE) --upgrade -o requirements.lock pyproject.toml
	$(COMPILE) --upgrade --group dev -o requirements-dev.lock pyproject.toml
	$(COMPILE) --upgrade --group build -o requirements-build.lock

# What it takes to run, and then what it takes to work on it: the first answer need not wait for the latter.
# What only builds packages is installed aside, by hash too; with isolation pip would fetch it without.
$(RUNS): pyproject.toml requirements.lock requirements-build.lock
	$(PYTHON) -m venv $(VENV)
	$(PIP) --require-hashes --target $(TOOLS) -r requirements-build.lock
	PYTHONPATH=$(TOOLS) $(PIP) --no-build-isolation --use-pep517 --require-hashes -r requirements.lock
	PYTHONPATH=$(TOOLS) $(PIP) --no-build-isolation --no-deps --editable .
	@rm -rf $(TOOLS)
	@touch $(RUNS)

$(READY): $(RUNS) requirements-dev.lock
	$(PIP) --require-hashes -r requirements-dev.lock
	@touch $(READY)

clean:
	rm -rf $(VENV) runs dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
