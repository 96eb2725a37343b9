# make run    a working portal from a fresh clone (Ctrl-C stops it)
# make start  an empty portal, set up in the browser by the link that it prints
# make stop   stop what runs          make test   every test (ARGS="-k name" for some, and
#                                                 SCREENSHOTS=1 for pictures in var/screenshots)
# make check  lint, types, imports    make format what of that can be put right by itself
# make bench  the performance table   make messages  collect the texts to translate
# make sim    2,000 random campaigns held against docs/counting.md, and every planted fault
#             (SEED=7 for one campaign, SEEDS=0-99 for some)
# make mutants  faults planted one at a time: which do the tests see? docs/testing.md
#             (MODULES=submit,scopes for some subjects, SAMPLE=60 faults of each, SEED=6)
# make clean  delete what running and testing left behind, the demo's data included (not `make start`'s)

.DEFAULT_GOAL := run
.PHONY: run start stop test sim mutants bench check format messages browser pooler lock clean
SHELL := /bin/bash

VENV := .venv
PY := $(VENV)/bin/python
# The system's own comes first: it is built with a profile, where one made by hand often is not,
# and all that follows takes a tenth less. A Python by such a name may be a shim that fails, too
# old, or without its venv: each is asked.
NAMES := python3.13 python3.12 python3.11 python3
PYTHONS := $(or $(PYTHON),$(addprefix /usr/bin/,$(NAMES)) $(NAMES))
CHECKS := DEBUG=1 PORTAL_VAR=var/check
PIP := $(PY) -m pip install -qq --disable-pip-version-check --no-input --require-hashes

# A Python that went away (an upgrade, a moved folder) takes the stamps with it.
ifeq ($(wildcard $(PY)),)
$(shell rm -f $(VENV)/.made $(VENV)/.installed $(VENV)/.installed-dev)
endif

run: $(VENV)/.installed
	@exec $(PY) -m devserver

start: $(VENV)/.installed
	@exec $(PY) -m devserver --empty

stop:
	@if [ -x $(PY) ]; then exec $(PY) -m devserver --stop; fi

test: $(VENV)/.installed-dev browser pooler
	@$(PY) -m tests $(ARGS)

sim: $(VENV)/.installed-dev
	@$(PY) -m tests.sim $(or $(SEED),$(SEEDS))

mutants: $(VENV)/.installed-dev browser
	MODULES="$(MODULES)" SAMPLE="$(SAMPLE)" SEED="$(SEED)" AGAIN="$(AGAIN)" $(PY) -m tests.mutants

bench: $(VENV)/.installed-bench
	$(PY) -m bench $(ARGS)

check: $(VENV)/.installed-dev
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(CHECKS) $(PY) -m mypy
	$(PY) -c 'from importlinter.cli import lint_imports_command as lint; lint()'
	$(PY) -m djlint templates --lint --quiet
	$(CHECKS) $(PY) -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run
	$(CHECKS) $(PY) manage.py check --fail-level WARNING
	$(CHECKS) $(PY) manage.py check_words
	$(CHECKS) $(PY) manage.py extract_catalogue --check

format: $(VENV)/.installed-dev
	-$(PY) -m ruff check --fix --quiet .
	$(PY) -m ruff format .

# Collects the texts to translate into locale/, beside what is translated already.
messages: $(VENV)/.installed-dev
	$(CHECKS) $(PY) manage.py extract_catalogue
	$(CHECKS) $(PY) manage.py compile_catalogue

browser: $(VENV)/.installed-dev
	@$(PY) -m devserver.browser

pooler: $(VENV)/.installed-dev
	@$(PY) -m devserver.pooler

# The lock files hold for every system and every Python from 3.11 on.
UV := $(VENV)/bin/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-header
lock: $(VENV)/.installed-dev
	$(PY) -m pip install -qq --disable-pip-version-check uv
	$(UV) requirements.txt -o requirements.lock
	$(UV) requirements-dev.txt -c requirements.lock -o requirements-dev.lock
	$(UV) requirements-bench.txt -c requirements-dev.lock -o requirements-bench.lock

clean:
	@if [ -x $(PY) ]; then $(PY) -m devserver --clean; fi
	rm -rf $(VENV) var .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# A stamp older than its lock file means: install again.
$(VENV)/.installed: requirements.lock | $(VENV)/.made
	@echo "Đang cài thư viện (khoảng nửa phút)…"
	@$(PIP) -r requirements.lock
	@touch $@

$(VENV)/.installed-dev: requirements-dev.lock $(VENV)/.installed
	@echo "Đang cài công cụ kiểm thử (khoảng nửa phút)…"
	@$(PIP) -r requirements-dev.lock
	@touch $@

$(VENV)/.installed-bench: requirements-bench.lock $(VENV)/.installed-dev
	@$(PIP) -r requirements-bench.lock
	@touch $@

$(VENV)/.made:
	@for python in $(PYTHONS); do \
	  "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue; \
	  found=1; "$$python" -c 'import ensurepip, venv' 2>/dev/null || continue; \
	  echo "Tạo môi trường $(VENV) bằng $$("$$python" --version)"; \
	  "$$python" -m venv --clear $(VENV) >/dev/null && touch $@ && exit 0; \
	  rm -rf $(VENV); \
	done; \
	if [ "$$found" ]; then \
	  echo "Thiếu mô-đun venv của Python. Trên Debian/Ubuntu: sudo apt-get install python3-venv" >&2; \
	  echo "Python's venv module is missing. On Debian/Ubuntu: sudo apt-get install python3-venv" >&2; \
	else \
	  echo "Cần Python 3.11 trở lên. Nếu đã cài ở chỗ khác: make run PYTHON=/đường/dẫn/python3.11" >&2; \
	  echo "Python 3.11 or newer is needed. If it lies elsewhere: make run PYTHON=/path/to/python3.11" >&2; \
	fi; \
	exit 1
