# Everything a newcomer needs: `make demo` to see it, `make test` to trust it. Both set up what is missing.

PYTHON_BIN := .venv/bin/python
READY := .venv/.ready
SOURCES := desktop_chat tests packaging
DEMO := build/demo
QUESTION := How long should a client wait between retries when the server says 529, and how would you write it?
# The whole suite must end within this time, whatever hangs.
TEST_LIMIT_S := 900
LIMIT := $(shell command -v timeout >/dev/null && echo timeout --kill-after=10 $(TEST_LIMIT_S))

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo run test lint bench bundle lock clean

help: ## Show this list.
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s%s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(READY) ## Try it without an account: opens the window, or without a display saves a picture of it.
	@if [ -n "$${DISPLAY:-}$${WAYLAND_DISPLAY:-}" ] || [ "$$(uname)" = Darwin ]; then exec .venv/bin/desktop-chat --demo; fi; \
	rm -rf $(DEMO); mkdir -p $(DEMO); \
	QT_QPA_PLATFORM=offscreen .venv/bin/desktop-chat --demo --data-dir $(DEMO) --size 1280x840 --once \
		--ask '$(QUESTION)' --screenshot $(DEMO)/window.png \
	&& printf '\nThere is no display here, so the window was painted into %s\n' '$(CURDIR)/$(DEMO)/window.png'

run: $(READY) ## Start the program itself.
	@exec .venv/bin/desktop-chat

test: lint ## Run the linters and all tests.
	@$(LIMIT) $(PYTHON_BIN) -m pytest -q

lint: $(READY) ## Check format, style, types and the direction of imports.
	@.venv/bin/ruff format --quiet --check --diff .
	@.venv/bin/ruff check --quiet .
	@.venv/bin/mypy --no-error-summary
	@contracts=$$(.venv/bin/lint-imports --no-cache --no-logo 2>&1) || { echo "$$contracts"; exit 1; }

bench: $(READY) ## Measure start, decoding, memory and CPU against floors and peers.
	@$(PYTHON_BIN) -m tests.bench

bundle: $(READY) ## Build the application that runs without Python, start it, and check it.
	@$(PYTHON_BIN) packaging/build.py
	@$(PYTHON_BIN) packaging/smoke.py

lock: $(READY) ## Renew the locked versions of all dependencies.
	@packaging/lock.sh

clean: ## Remove everything that was built, the Python environment included.
	@rm -rf .venv build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	@find $(SOURCES) -name __pycache__ -type d -prune -exec rm -rf {} +

$(READY): packaging/setup.sh packaging/system_packages.sh requirements-dev.lock pyproject.toml
	@packaging/setup.sh
	@touch $@

