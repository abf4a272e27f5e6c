# `make demo` and `make test` are all that a newcomer needs; each sets up what it lacks.

PYTHON ?= python3
BIN := .venv/bin
DEMO_BIND ?= 127.0.0.1:8000

.PHONY: help setup demo serve test test-database test-postgresql test-cluster test-colorvideovdp faults quick lint types contracts check docs hooks bench-ml bench-web bench-key bench-report bench-shards bench-analyse bench-attacks validate format messages lock clean

help: ## Show this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

PIP_INSTALL = $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes $(PIP_OPTIONS)
# uv installs a lock in a fifth of pip's time, but does not read pip's settings: where those name the only index that
# can be reached, or where there is no uv for the machine, pip does the work. The locks name every dependency.
UV_INSTALL = $(PIP_INSTALL) -r requirements/uv.txt && \
    $(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes --no-deps
install = { $(UV_INSTALL) -r $(1); } 2>.venv/uv.log || $(PIP_INSTALL) -r $(1)

# A stamp is as old as the last installation: a newer lock installs anew, an unchanged one costs nothing.
# A .venv without pip is what is left where Python's venv module is incomplete (Debian packs it apart): made again.
.venv/.runtime: requirements/runtime.txt requirements/uv.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	    echo "Python 3.11 or newer is needed. If you have one: make PYTHON=/path/to/python3.11" >&2; exit 1; }
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear .venv >/dev/null || { \
	    echo "Python could not make a virtual environment. On Debian or Ubuntu: sudo apt install python3-venv" >&2; exit 1; }
	@echo "Installing the locked dependencies into .venv (once; a minute or more, most of it TensorFlow) …"
	@$(call install,requirements/runtime.txt)
	@touch $@

.venv/.dev: requirements/dev.txt .venv/.runtime
	@echo "Installing what the tests need …"
	@$(call install,requirements/dev.txt)
	@touch $@

setup: .venv/.dev ## Make .venv with the locked dependencies, the tests' included

demo: .venv/.runtime ## Make the synthetic demo study (once) and serve it at http://127.0.0.1:8000
	$(BIN)/python manage.py demo --bind $(DEMO_BIND)

serve: .venv/.runtime ## Serve what is in the data folder: gunicorn and one worker
	$(BIN)/python manage.py serve --bind $(DEMO_BIND)

# The report's stand in the archives of studies, byte for byte: their blanks stay as they are.
TEMPLATES = $(filter-out templates/report/%,$(shell find templates -name '*.html' | sort))

PYTEST = $(BIN)/python -m pytest -n 2 --dist loadgroup

test: lint types contracts check docs ## Everything: linters, types, import contracts, checks, documentation, tests
	$(PYTEST) -m "not slow_fault"

faults: setup ## Every fault that docs/reliability.md tells of, tried again on SQLite and PostgreSQL (an hour at most)
	timeout 3600 $(PYTEST) -m faults -rP --durations=0 --durations-min=1

# What rests on the database: its locks, transactions and queries. The rest runs on PostgreSQL by test-postgresql.
ON_DATABASE = tests/core/test_write_queue.py tests/accounts tests/studies/sessions tests/studies/data_protection \
    tests/studies/design/recruitment tests/studies/models tests/ml/runs tests/ml/lifecycle tests/project/test_constant_queries.py

test-database: setup ## The tests of what rests on the database once more, their rows in PostgreSQL
	TESTS_DATABASE=postgresql $(PYTEST) -m "not (browser or training or thorough)" $(ON_DATABASE)

test-postgresql: setup ## All tests once more, their rows in PostgreSQL (a server of their own; needs Debian's postgresql-15)
	TESTS_DATABASE=postgresql $(PYTEST) -m "not faults"

quick: setup ## The tests without browser, processes, trainings and thorough ones, in minutes: while you work on the code
	$(PYTEST) -m "not (browser or process or training or thorough or faults or cluster)"

test-cluster: setup ## The tests on a SLURM cluster, which they start on this machine and stop (Debian's packages, as root)
	$(BIN)/python -m pytest -m cluster

test-colorvideovdp: setup ## ColorVideoVDP itself, where COLORVIDEOVDP_PYTHON names the Python of its environment (its own command needs libfreeimage3)
	TESTS_COLORVIDEOVDP_PYTHON=$(COLORVIDEOVDP_PYTHON) $(BIN)/python -m pytest tests/ml/images/visibility/test_colorvideovdp_itself.py

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/djhtml --tabwidth 2 --check $(TEMPLATES)

# These load the settings, which make the data folder: one of their own, not that of somebody's study.
types check docs: export PERCEPTION_DATA_DIR := $(CURDIR)/.venv/check-data

types: setup
	$(BIN)/mypy

contracts: setup
	$(BIN)/lint-imports --no-logo

check: setup
	$(BIN)/python -W error manage.py check --fail-level WARNING
	$(BIN)/python -W error manage.py makemigrations --check --dry-run

docs: setup ## Set the documentation and the docstrings as a site; warnings are errors
	@$(BIN)/python -m sphinx --quiet --fail-on-warning --keep-going -c docs/site -d docs/_build/doctrees . docs/_build/html
	@echo "The documentation: docs/_build/html/docs/site/index.html"

hooks: setup ## Have ruff and djhtml look through each commit before it is made
	$(BIN)/pre-commit install

bench-ml: .venv/.runtime ## Measure images per second, time in the networks, and memory (BENCH="--image-size 224 …")
	$(BIN)/python -m tools.training_benchmark $(BENCH)

bench-web: .venv/.runtime ## Measure the server under 1, 8 and 32 observers at once (BENCH="--n 64 --think 2 …")
	$(BIN)/python -m tools.web_benchmark $(BENCH)

bench-key: setup ## Measure from a key to the next image on the screen, jsPsych beside (BENCH="--sessions 5 …")
	$(BIN)/python -m tools.key_benchmark $(BENCH)

bench-report: .venv/.runtime ## Measure what a report of 1,000 and of 10,000 sessions costs (BENCH="--n 100,1000 …")
	$(BIN)/python -m tools.report_benchmark $(BENCH)

bench-analyse: .venv/.runtime ## Measure what `analyse` of 100,000 and of a million answers costs (BENCH="--answers 5000 …")
	$(BIN)/python -m tools.analyse_benchmark $(BENCH)

bench-attacks: .venv/.runtime ## Measure pgd against the PGD of two other libraries, which it installs for the moment (BENCH="--images 32 …")
	$(BIN)/python -m tools.attack_benchmark $(BENCH)

bench-shards: .venv/.runtime ## Measure pairs in one process and in shards by several, wall and CPU (BENCH="--images 500 …")
	$(BIN)/python -m tools.shard_benchmark $(BENCH)

validate: .venv/.runtime ## Try every default interval on simulated studies: nominal against actual coverage (minutes)
	$(BIN)/python -m tools.interval_coverage $(VALIDATE)
	$(BIN)/python -m tools.verdict_errors

format: setup ## Format code and templates, and mend what ruff can mend
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/djhtml --tabwidth 2 $(TEMPLATES)

# Needs GNU gettext (Debian's package `gettext`); what it writes is committed, so that nothing else needs it.
messages: setup ## Collect the texts of the pages for translation, and compile the translations
	$(BIN)/python manage.py makemessages -l fr --no-wrap --no-obsolete --add-location file --ignore '.venv/*' --ignore 'tests/*' --ignore 'data/*'
	$(BIN)/python manage.py compilemessages -l fr

lock: setup ## Write requirements/*.txt anew from pyproject.toml
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header pyproject.toml --all-extras --group dev -o requirements/dev.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header pyproject.toml -c requirements/dev.txt -o requirements/runtime.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header pyproject.toml --all-extras -c requirements/dev.txt -o requirements/servers.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header pyproject.toml --all-extras --override requirements/web-overrides.txt -c requirements/dev.txt -o requirements/web.txt
	echo uv | $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header - -c requirements/dev.txt -o requirements/uv.txt

clean: ## Remove .venv and caches; never the data folder
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
