# make run, make test: all a fresh machine needs is make and Python 3.11 or newer.
PORT ?= 8501
PYTHON ?= python3 python3.14 python3.13 python3.12 python3.11
ARGS ?=

VENV := .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip --disable-pip-version-check --quiet install
# Sets CHROMIUM for what follows it on the line, and brings one where there is none.
WITH_CHROMIUM = CHROMIUM="$$($(PY) tests/browser/install.py)" && export CHROMIUM &&

.PHONY: run dev test test-all lint bench translations pins clean

run: $(VENV)/.app
	@exec $(PY) -m streamlit run app.py --server.port $(PORT)

# Starts the server again whenever a file is saved; an open page then loads itself anew.
dev: $(VENV)/.app
	@BACKPROP_DEV=1 exec $(VENV)/bin/watchmedo auto-restart -q -R $(addprefix -d ,app.py mlp_core lessons pages) \
	-p "**/*.py;**/*.js;**/*.css;**/*.md;**/*.po;**/*.csv" --debounce-interval 0.3 --kill-after 3 -- \
	$(PY) -m streamlit run app.py --server.port $(PORT)

# make test ARGS="tests/mlp_core -k adam" runs a part of it; test-all runs the statistics and what is thorough, too.
# One worker more than there are processors, as a browser test waits much; at most four.
WORKERS = $$($(PY) -c 'import os; print(min(4, 1 + (os.cpu_count() or 1)))')
test: MARKED := not statistics and not thorough
test-all: MARKED :=
test-all: PATIENCE := -o faulthandler_timeout=900
test test-all: $(VENV)/.dev
	@$(WITH_CHROMIUM) { $(PY) -m pytest -m "$(MARKED)" $(PATIENCE) -n $(WORKERS) --dist worksteal $(ARGS) || { [ $$? = 1 ] && \
	echo "Once more, alone, what failed beside the others:" && \
	$(PY) -m pytest -m "$(MARKED)" $(PATIENCE) --last-failed --last-failed-no-failures none; }; }

lint: $(VENV)/.dev
	$(PY) -m ruff check
	$(VENV)/bin/oxlint --deny-warnings pages
	$(PY) -m mypy

bench: $(VENV)/.dev
	@$(WITH_CHROMIUM) exec $(PY) -m benchmarks $(ARGS)

# Brings the catalogues in lessons/locale up to date with the strings in the code, and says what waits for a translation.
translations: $(VENV)/.app
	@$(PY) -m lessons.locale.update

# Renews the pins: the newest versions that go together. Then: make lint test-all. ARGS="--to FOLDER" only shows them.
pins: $(VENV)/.app
	@$(PY) .ci/pins.py $(ARGS)

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The files .made, .app and .dev say what the environment holds; pip runs again only when a requirements file is newer.
$(VENV)/.made:
	@for python in $(PYTHON); do \
	  $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue; \
	  $$python -c 'import venv, ensurepip' 2>/dev/null || { bare=$$python; continue; }; \
	  $$python -m venv --clear $(VENV) && touch $@; exit; \
	done; \
	if [ "$$bare" ]; then \
	  echo "$$bare cannot make a virtual environment: its venv module is missing (Debian, Ubuntu: apt-get install python3-venv)." >&2; \
	else \
	  echo "Python 3.11 or newer is needed, and none of these is: $(PYTHON) (name another with PYTHON=...)." >&2; \
	fi; exit 1

$(VENV)/.app: requirements.txt $(VENV)/.made
	@echo "Installing what the app needs ..."
	@$(PIP) -r requirements.txt && touch $@

$(VENV)/.dev: requirements-dev.txt $(VENV)/.app
	@echo "Installing what the tests need ..."
	@$(PIP) -r requirements-dev.txt && touch $@
