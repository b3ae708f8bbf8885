# The commands of a checkout. On a fresh machine `make run` and `make test` are all there is to know.
.PHONY: run install test test-engines check bench docs format lock clean
.DEFAULT_GOAL := run

PYTHON ?= python3
PORT ?= 8000
ifeq ($(OS),Windows_NT)
BIN := .venv/Scripts
TOOLS := .tools/Scripts
else
BIN := .venv/bin
TOOLS := .tools/bin
endif
UV := $(TOOLS)/uv
export UV_NO_PROGRESS := 1
# Modules are compiled at install, so that the first start is as fast as the next.
export UV_COMPILE_BYTECODE := 1
export UV_PYTHON_DOWNLOADS := never
VENDOR := src/constabulary/web/static/vendor/built.txt

run: .venv/base $(VENDOR)
	$(BIN)/constabulary example workspace
	$(BIN)/constabulary --workspace workspace serve --with-worker --port $(PORT)

install: .venv/base $(VENDOR)

test: .venv/dev $(VENDOR)
	$(BIN)/python tests/debian_packages.py
	$(BIN)/python -m pytest -n 2 --dist loadgroup --randomly-seed=1

# Dask and Apache Spark are large and want Java: tested here, in an environment of their own.
test-engines: .venv-engines/made
	.venv-engines/bin/python tests/debian_packages.py
	.venv-engines/bin/python -m pytest tests/engines -p no:randomly

check: .venv/dev $(VENDOR)
	$(BIN)/ruff format --check src tests benchmarks
	$(BIN)/ruff check src tests benchmarks
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python docs/build.py --check
	$(BIN)/python docs/third_party.py --check

bench: .venv/bench .venv-pandas2/made .peers/made $(VENDOR)
	$(BIN)/python -m pytest benchmarks -s --benchmark-columns=median,min,max,rounds --benchmark-group-by=group -p no:randomly -p no:xdist -W default -q

docs: .venv/dev $(VENDOR)
	$(BIN)/python docs/build.py
	$(BIN)/python docs/third_party.py

format: .venv/dev
	$(BIN)/ruff format src tests benchmarks
	$(BIN)/ruff check --fix src tests benchmarks

# Locks name versions and hashes, never where they were fetched from.
COMPILE = $(UV) pip compile --quiet --upgrade --universal --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --custom-compile-command "make lock"
lock: $(UV)
	$(COMPILE) --python-version 3.11 requirements/base.in -o requirements/base.txt
	$(COMPILE) --python-version 3.11 requirements/dev.in -o requirements/dev.txt
	$(COMPILE) --python-version 3.11 requirements/bench.in -o requirements/bench.txt
	$(COMPILE) --python-version 3.11 requirements/bench-pandas2.in -o requirements/bench-pandas2.txt
	$(COMPILE) --python-version 3.12 --no-deps requirements/bench-pyworkforce.in -o requirements/bench-pyworkforce.txt
	$(COMPILE) --python-version 3.11 requirements/engines.in -o requirements/engines.txt

clean:
	rm -rf .venv .venv-engines .venv-pandas2 .peers .tools node_modules build dist $(dir $(VENDOR))

$(UV):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "constabulary needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) --version 2>&1). Name another: make run PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "Python's venv module is missing. On Debian or Ubuntu: sudo apt install python3-venv"; exit 1; }
	$(PYTHON) -m venv .tools
	$(TOOLS)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/tools.txt

# A later stamp holds all an earlier one does, so that testing does not take away what running needs.
.venv/base: requirements/base.txt pyproject.toml | $(UV)
	test -x $(BIN)/python || $(UV) venv --quiet --python $(PYTHON) .venv
	$(UV) pip sync --quiet --python $(BIN)/python --require-hashes $(firstword $(foreach lock,bench dev,$(if $(wildcard .venv/$(lock)),requirements/$(lock).txt)) requirements/base.txt)
	$(UV) pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	$(BIN)/python -m compileall -q src
	touch $@

.venv/dev .venv/bench: .venv/%: requirements/%.txt .venv/base
	$(UV) pip sync --quiet --python $(BIN)/python --require-hashes $<
	$(UV) pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	$(BIN)/python -m compileall -q src
	rm -f .venv/bench
	touch .venv/dev $@

.venv-engines/made: requirements/engines.txt pyproject.toml | $(UV)
	test -d .venv-engines || $(UV) venv --quiet --python $(PYTHON) .venv-engines
	$(UV) pip sync --quiet --python .venv-engines/bin/python --require-hashes $<
	$(UV) pip install --quiet --python .venv-engines/bin/python --no-deps --no-build-isolation --editable .
	touch $@

# pandas 2, which cannot stand beside pandas 3: what the import is measured against runs under both.
.venv-pandas2/made: requirements/bench-pandas2.txt | $(UV)
	test -d .venv-pandas2 || $(UV) venv --quiet --python $(PYTHON) .venv-pandas2
	$(UV) pip sync --quiet --python .venv-pandas2/bin/python --require-hashes $<
	touch $@

# pyworkforce, in a folder of its own: its queues run on any Python, and do without the solver that the package asks for.
.peers/made: requirements/bench-pyworkforce.txt .venv/bench
	$(UV) pip install --quiet --python $(BIN)/python --python-version 3.12 --no-deps --require-hashes --target .peers -r $<
	touch $@

# The front end: the machine's own npm, or Node.js from the package index.
NPM = $(shell command -v npm || echo $(TOOLS)/npm)
$(VENDOR): package-lock.json frontend/build.mjs | $(UV)
	@command -v npm >/dev/null || test -x $(TOOLS)/npm || $(UV) pip install --quiet --python $(TOOLS)/python --require-hashes -r requirements/node.txt
	PATH="$(abspath $(TOOLS)):$$PATH" $(NPM) ci --no-audit --no-fund --loglevel=error
	PATH="$(abspath $(TOOLS)):$$PATH" $(NPM) run --silent build
	touch $@
