# Everything a fresh machine needs is set up by the two commands of the README: make demo, make test.
SHELL := /bin/bash
BIN := .venv/bin
RUN := $(BIN)/reversal run
PYTEST := $(BIN)/pytest -n 2 --dist loadfile

# Tests of pure functions: no simulated recording, no file of an amplifier, no figure, no workflow.
PURE := $(addprefix tests/,physics atlas/systems statistics tables experiment cli steps fit report/test_rounding.py \
  report/test_labels.py test_docstring_examples.py) \
  $(addprefix --ignore=tests/,cli/test_scan.py cli/test_scan_joins.py cli/test_design.py cli/test_watch.py \
  steps/test_measure_cells.py steps/test_nwb_export.py steps/test_full_disk.py steps/test_rules_of_windows.py)

.PHONY: docs picture site demo test quick nightly coverage chaos mutants test-nwb test-cluster test-lowest test-newest check-code setup atlas bench bench-night bench-many calibrate constants fuzz audit house clean
.DEFAULT_GOAL := help

help:  ## list the commands
	@grep -hE '^[a-z-]+:.*##' Makefile | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 12

.venv/ready: requirements.lock pyproject.toml workflow/setup.sh
	@bash workflow/setup.sh
	@touch $@

setup: .venv/ready  ## make .venv with the pinned libraries

data/demo/truth.json: $(wildcard analysis/reversal/simulate/*.py) | .venv/ready
	@$(BIN)/reversal simulate data/demo

demo: .venv/ready data/demo/truth.json  ## make a synthetic night, run the pipeline, print the path of the morning page
	@$(RUN) all atlas
	@$(BIN)/reversal truth
	@echo "Morning page: reports/index.html"

atlas: .venv/ready  ## write reports/atlas.html
	@$(RUN) atlas

check-code: .venv/ready  ## lint, format, types and floors
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/snakefmt --check Snakefile workflow/rules
	$(BIN)/mypy
	$(BIN)/lint-imports

quick: check-code  ## run the checks and the tests of pure functions (under a minute)
	$(PYTEST) -m "not long" $(PURE)

test: check-code data/demo/truth.json  ## run all checks and tests
	$(PYTEST) -m "not long"

nightly: check-code data/demo/truth.json  ## run all tests, those that count or damage for minutes too
	$(PYTEST) --ignore tests/benchmarks

coverage: .venv/ready data/demo/truth.json  ## run the tests and list the lines that they do not reach
	$(PYTEST) -m "not long" --cov --cov-report term-missing:skip-covered

KILLS ?= 50
chaos: .venv/ready  ## kill runs and jobs at random times, compare all files with an undisturbed run (long; KILLS=50)
	@PYTHONPATH=. $(BIN)/python tests/chaos/kills.py --kills $(KILLS)

# An interrupted test ends the programs of Slurm that it started; one that is killed would leave them.
test-cluster: .venv/ready  ## run a small night on a Slurm that is started here (root, Debian's packages), compare its files
	timeout --signal=INT --kill-after=30 900 $(BIN)/pytest -m "" tests/cluster

# Cosmic Ray is not among the locked libraries: it has a separate environment.
SAMPLE ?= 40
SEED ?= 1
INSTALL_IN = $(if $(UV),$(UV) pip install --quiet --python $(1)/bin/python,$(1)/bin/python -m pip install --quiet)

.venv-mutants/ready: requirements.lock pyproject.toml | .venv/ready
	@$(BIN)/python -m venv --clear .venv-mutants
	@$(call INSTALL_IN,.venv-mutants) --require-hashes -r requirements.lock
	@$(call INSTALL_IN,.venv-mutants) --no-build-isolation --editable '.[mutants]'
	@touch $@

mutants: .venv-mutants/ready  ## try a sample of wrong lines: does a test fail? (long; SAMPLE=40 SEED=1 PART=measure)
	@nice .venv-mutants/bin/python tests/mutants/trials.py run --sample $(SAMPLE) --seed $(SEED) $(if $(PART),--parts "$(PART)")

# The inspector of NWB files needs a dozen libraries: it has a separate environment.
.venv-nwb/ready: requirements.lock pyproject.toml | .venv/ready
	@$(BIN)/python -m venv --clear .venv-nwb
	@$(call INSTALL_IN,.venv-nwb) --require-hashes -r requirements.lock
	@$(call INSTALL_IN,.venv-nwb) --no-build-isolation --editable '.[inspect]'
	@touch $@

test-nwb: .venv-nwb/ready  ## inspect written NWB files with nwbinspector, by the rules of DANDI
	.venv-nwb/bin/pytest tests/recordings/formats/test_nwb_writer.py

bench: .venv/ready  ## print speeds compared with other tools
	$(BIN)/pytest -q -s tests/benchmarks -m ""

CELLS ?= 200
bench-night: .venv/ready  ## simulate a night, print time and memory of the pipeline and of other ways (long; CELLS=200)
	@PYTHONPATH=. $(BIN)/python tests/benchmarks/night.py --cells $(CELLS)

bench-many: .venv/ready  ## print what projects of up to 20,000 recordings need: time, memory, files (long)
	@PYTHONPATH=. $(BIN)/python tests/benchmarks/many_recordings.py

# One process a core is enough: threads of the linear algebra would compete with them.
calibrate: export OPENBLAS_NUM_THREADS = 1
calibrate: .venv/ready  ## simulate thousands of recordings and series, write docs/calibration (a quarter of an hour)
	$(BIN)/python -m reversal.calibration

constants: .venv/ready  ## halve and double every constant, write docs/reference/constants.md and its cases (2 minutes)
	$(BIN)/python -m reversal.calibration cases constants

fuzz: .venv/ready  ## damage every real file, text and table hundreds of times and read it (long)
	$(PYTEST) -m long tests/recordings tests/experiment

# The suite with other versions than the lock's, each in an environment of its own that is made anew every time. Binary
# packages of the lowest versions exist for Python 3.11. uv alone can choose the lowest; the newest are had with pip too.
UV = $(shell command -v uv || command -v $(BIN)/uv)

define test_with_versions
	@rm -rf $(1)
	@if [ -n "$(UV)" ]; then \
	  $(UV) venv --quiet --python $(2) $(1) && \
	  $(UV) pip install --quiet --python $(1)/bin/python $(3) --editable '.[test]'; \
	elif [ -z "$(3)" ]; then \
	  $(BIN)/python -m venv $(1) && $(1)/bin/python -m pip install --quiet --editable '.[test]'; \
	else \
	  echo "make $@ needs uv: pip cannot choose the lowest versions" >&2; exit 1; \
	fi
	@$(1)/bin/python -c 'import importlib.metadata as m, sys; print("Python", sys.version.split()[0], *sorted({f"{d.name}=={d.version}" for d in m.distributions()}, key=str.lower))' | fold -s -w 120
	@$(1)/bin/reversal simulate data/demo
	@$(1)/bin/pytest -n 2 --dist loadfile -m "not long"
endef

test-lowest: .venv/ready  ## run the tests with the lowest versions that pyproject.toml allows
	$(call test_with_versions,.venv-lowest,3.11,--resolution lowest-direct)

test-newest: .venv/ready  ## run the tests with the newest versions there are, without the lock
	$(call test_with_versions,.venv-newest,$(or $(PYTHON),$(BIN)/python),)

# --strict: a package of which the source knows nothing is an error, not a pass.
# Without a network: ADVISORIES is a folder or zip file with a copy of the advisories, one OSV record a JSON file.
ADVISORIES ?=
audit: .venv/ready  ## compare the locked libraries with the known security advisories (ADVISORIES=FILE without a network)
ifneq ($(ADVISORIES),)
	@$(BIN)/python workflow/audit_lock.py requirements.lock "$(ADVISORIES)"
else
	@$(BIN)/python -m venv --clear .venv-audit
	@.venv-audit/bin/python -m pip install --quiet '$(shell sed -n 's/^audit = \["\(.*\)"\]/\1/p' pyproject.toml)'
	@.venv-audit/bin/pip-audit --strict --require-hashes --disable-pip --progress-spinner off -r requirements.lock
endif

picture: .venv/ready  ## draw the picture of the README from the demo's pages (needs Chromium)
	@$(BIN)/python docs/make_picture.py

site: .venv/ready  ## build the documentation site in build/site (it needs no network)
	@$(BIN)/python docs/make_site.py

docs: .venv/ready  ## write the reference pages from the models they describe, and the figures of the page about leak
	@$(BIN)/python docs/make_reference.py
	@$(BIN)/python docs/make_figures.py
	@$(BIN)/python docs/make_notebook.py

house: .venv/ready  ## print sizes of functions, documentation, rooms and the arrows between them
	@$(BIN)/python docs/house_figures.py

clean:  ## remove what is made: results, reports, demo data (raw data are never touched)
	rm -rf results reports data/demo
