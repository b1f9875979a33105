# Cairn. `make demo` shows it; `make test` tests it; `make help` says what else there is.

PYTHON := $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo "$$p"; break; }; done)
VENV := .venv/bin
OPA = $(shell $(VENV)/python -m deploy.local --path opa)
REGO_ONLY = --ignore '*.json'
WORKERS ?= 2
LOCK = $(VENV)/python -m uv pip compile --quiet --universal --generate-hashes --no-emit-index-url \
	--no-emit-find-links --python-version 3.11 --custom-compile-command "make lock"

.PHONY: help setup demo test soak bench lint policies lock clean

help: ## Say what there is
	@sed -n 's/^\([a-z]*\):.*## /make \1|/p' Makefile | column -t -s '|'

setup: ## Make .venv and node_modules from the hashed locks; does nothing when they are there
	@$(if $(PYTHON),,echo "setup: Python 3.11 or newer was not found; install it, then try again." >&2; exit 1)
	@$(PYTHON) -m deploy.local.environment

demo: setup ## Play "A night at Children's House B" and serve its pages; Ctrl-C stops it
	@$(VENV)/python -m services demo $(ARGS)

test: setup ## Run the tests with the real Kafka, OPA, PostgreSQL and Chromium
	@$(VENV)/python -m deploy.local --fetch all || [ "$$CAIRN_REQUIRE_REAL" != 1 ]
	@$(VENV)/python -m pytest -n $(WORKERS) --dist loadfile $(ARGS)

bench: setup ## Measure the hub beside its peers; the table goes into docs/reference/evidence.md
	@$(VENV)/python -m benchmarks $(ARGS)

soak: setup ## Run the long form of the tests, in parts, and keep what was seen; ARGS='convergence --share 0.01'
	@$(VENV)/python -m tests.soak $(ARGS)

lint: setup policies ## Style, types, import contracts, generated files, policies
	$(VENV)/ruff check .
	$(VENV)/ruff format --check .
	$(VENV)/mypy services schemas deploy benchmarks tests
	$(VENV)/lint-imports --no-logo
	$(VENV)/python -m schemas.generate --check
	$(VENV)/python -m services openapi --check

policies: setup ## Format, check and test the Rego
	$(OPA) fmt --list --fail policies
	$(OPA) check --strict $(REGO_ONLY) policies
	$(OPA) test $(REGO_ONLY) policies
	@$(OPA) test $(REGO_ONLY) --coverage --threshold 100 policies > /dev/null || { \
		$(OPA) test $(REGO_ONLY) --coverage policies | $(VENV)/python -c 'import json, sys; \
		[print("not covered:", name, part["not_covered"]) for name, part in json.load(sys.stdin)["files"].items() \
		if "not_covered" in part]'; exit 1; }

lock: setup ## Find the newest versions that requirements/*.in allow, and pin them with hashes
	for part in bootstrap node runtime dev; do \
		$(LOCK) --upgrade requirements/$$part.in --output-file requirements/$$part.txt || exit 1; done

clean: ## Remove what was made in the checkout; the cache of the real parts stays
	rm -rf .venv node_modules .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache build
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
