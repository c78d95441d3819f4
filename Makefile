# Every task of this repository, by name. `make` alone lists them.

SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help setup demo up down test simulate bench load dialects fuzz check fmt invoke hashes sbom advisories clean

PYTHON ?= python3
export PARAMETERS  # read by `make up`
MINOR := $(shell $(PYTHON) -c 'import sys; print("%d.%d" % sys.version_info[:2])')

# A stamp carries the interpreter and a checksum of the files it stands for: if they are unchanged, nothing is installed.
checksum = $(shell cat $(1) 2>/dev/null | cksum | cut -d' ' -f1)
TOOLS_FILES := requirements-pip.txt requirements-dev.txt layers/dependencies/requirements.txt pyproject.toml
TOOLS := .venv/.ready-$(MINOR)-$(call checksum,$(TOOLS_FILES))
EMBEDDED_FILES := requirements-pip.txt tests/embedded/requirements.txt
EMBEDDED := .venv-aws/.ready-$(MINOR)-$(call checksum,$(EMBEDDED_FILES))

# --no-deps: every package is pinned, so nothing needs resolving; `pip check` proves that none is missing.
# Every pin has the hashes of its files, so pip takes no other file.
PIP_INSTALL := -m pip install --quiet --quiet --no-deps --no-compile --disable-pip-version-check

help: ## list the targets
	@awk -F':.*## ' '/^[a-z]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## install the tools, the tests, the connector command and the embedded AWS (cached)
	@$(MAKE) --no-print-directory --silent -j2 $(TOOLS) $(EMBEDDED)

# $(call environment,folder): creates it, or creates it again if it belongs to another interpreter.
define environment
@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or later is needed; $(PYTHON) is $(MINOR)." >&2; exit 1; }
@if ! $(1)/bin/python -c 'import sys; sys.exit("%d.%d" % sys.version_info[:2] != "$(MINOR)")' 2>/dev/null; then \
	echo "making $(1) with Python $(MINOR)"; \
	$(PYTHON) -m venv --clear $(1) && $(1)/bin/python $(PIP_INSTALL) --require-hashes -r requirements-pip.txt; fi
endef

$(TOOLS):
	$(call environment,.venv)
	@echo "installing requirements-dev.txt"
	@.venv/bin/python $(PIP_INSTALL) --require-hashes -r requirements-dev.txt
	@.venv/bin/python $(PIP_INSTALL) --no-build-isolation --editable .
	@rm -rf .venv/wheels; .venv/bin/python -m pip download -qq --no-deps --dest .venv/wheels -r layers/dependencies/requirements.txt
	@.venv/bin/python -m pip check
	@.venv/bin/python -m compileall -q -j 2 .venv/lib > /dev/null || true  # else each of many processes does it again
	@rm -f .venv/.ready-*; touch $@

$(EMBEDDED):
	$(call environment,.venv-aws)
	@echo "installing tests/embedded/requirements.txt"
	@.venv-aws/bin/python $(PIP_INSTALL) --require-hashes -r tests/embedded/requirements.txt
	@.venv-aws/bin/python -m pip check
	@.venv-aws/bin/python -m compileall -q -j 2 .venv-aws/lib > /dev/null || true
	@rm -f .venv-aws/.ready-*; touch $@

demo: setup ## watch the connector at work on the embedded AWS; KEEP=1 leaves it running
	@.venv/bin/python -m tests.demo $(if $(KEEP),--keep)

up: setup ## start the embedded AWS and deploy the stack: PARAMETERS="Key=Value ...", PORT=4566
	@.venv/bin/python -m tests.embedded up $(if $(PORT),--port $(PORT))

down: ## stop what `make up` or `make demo KEEP=1` left running
	@if [ -x .venv/bin/python ]; then .venv/bin/python -m tests.embedded down; fi

test: setup ## run every test: unit, component, contract, template, e2e
	@# On two cores: two of the four deploy, and mostly wait. The byte code is kept, else each compiles every test again.
	@PYTHONDONTWRITEBYTECODE= .venv/bin/python -m pytest --numprocesses 4

simulate: setup ## play simulated years: SEEDS=1-1000, or SEEDS=89 for one; CRASHES=1 kills at every port call
	@$(if $(CRASHES),CONNECTOR_CRASH_POINTS=all .venv/bin/python -m pytest --timeout=0 --numprocesses 2 tests/simulation/test_crash_points.py,.venv/bin/python -m tests.simulation --seeds $(or $(SEEDS),1-1000))

bench: setup ## measure the connector beside other tools, into docs/benchmarks.md; smaller ones are printed: ONLY=reading, WORKERS=500, REPEATS=1, PEERS=ours,dlt, WRITE=1
	@.venv/bin/python -m tests.bench $(if $(ONLY),--only $(ONLY)) $(if $(WORKERS),--workers $(WORKERS)) $(if $(REPEATS),--repeats $(REPEATS)) $(if $(PEERS),--peers $(PEERS)) $(if $(WRITE),--write)

load: setup ## play first load, outages and a poison storm in a company of 5,000, into docs/load.md; smaller ones are printed: PEOPLE=500, WRITE=1
	@.venv/bin/python -m tests.load --people $(or $(PEOPLE),5000) $(if $(PORT),--port $(PORT)) $(if $(WRITE),--write)

dialects: setup ## make the journey of the dialects in every combination of each vendor's: half an hour
	@CONNECTOR_DIALECTS=all .venv/bin/python -m pytest --numprocesses 2 tests/component/test_dialects.py

fuzz: setup ## fuzz the public endpoints for longer than `make test` does: SECONDS=120, EXAMPLES=2000
	@.venv/bin/python -m tests.fuzz.endpoints -max_total_time=$(or $(SECONDS),120) -max_len=2048 -verbosity=0 -print_final_stats=1
	@FUZZ_EXAMPLES=$(or $(EXAMPLES),2000) .venv/bin/python -m pytest --timeout=0 tests/fuzz/test_by_contract.py

check: setup ## lint, formatting, types, template
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy
	@.venv/bin/python -m tests.embedded validate

fmt: setup ## format the code, with ruff's safe fixes
	@.venv/bin/ruff check --fix --exit-zero --quiet .
	@.venv/bin/ruff format .

invoke: setup ## invoke a function of `make up`: FUNCTION=poller EVENT=events/poll_tick.json
	@.venv/bin/python -m tests.embedded invoke $(FUNCTION) $(EVENT)

hashes: setup ## write the hashes of all pinned packages after a version was changed; asks the package index
	@.venv/bin/python -m tests.supply hashes

sbom: setup ## write sbom.cdx.json, the bill of materials of what is deployed
	@.venv/bin/python -m tests.supply sbom

advisories: setup ## look for known weaknesses of all pinned packages: DATABASE=folder of OSV files, or OSV itself
	@.venv/bin/python -m tests.supply advisories $(if $(DATABASE),--database $(DATABASE))

clean: down ## remove environments, caches and build output
	@rm -rf .venv .venv-aws .local .aws-sam .mypy_cache .pytest_cache .ruff_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
