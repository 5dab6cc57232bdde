# Every command a newcomer needs. The work is done by scripts/, manage.py and the tools in .venv.
.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help setup run manage test test-sqlite test-postgres lint format messages bench stress rehearse check audit clean

PYTHON := .venv/bin/python
# A public site's settings with a key and a database of no consequence.
PUBLIC_SITE = SECRET_KEY=$$($(PYTHON) -c 'import secrets; print(secrets.token_urlsafe(50))') \
	DATABASE_URL=sqlite://:memory: DEBUG=off TOPICHUB_HTTPS=on
export PORT ARGS
export DJANGO_SETTINGS_MODULE := topichub.settings
export PYTHONUTF8 := 1

help:  ## List the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.venv/.ready: pyproject.toml uv.lock .python-version
	@scripts/environment.sh

setup: .venv/.ready  ## Install the packages; make the secret key, database tables and static files
	@$(PYTHON) -m scripts.prepare

run: .venv/.ready  ## Serve the site on this machine, with a sample (PORT=8000)
	@$(PYTHON) -m scripts.run

manage: .venv/.ready  ## Call manage.py: make manage ARGS="createsuperuser"
	@$(PYTHON) manage.py $(ARGS)

test: .venv/.ready  ## Run all tests on every database that is here (ARGS="-k topic")
	@$(PYTHON) -m scripts.test sqlite postgresql

test-sqlite: .venv/.ready  ## Run all tests on SQLite
	@$(PYTHON) -m scripts.test sqlite

test-postgres: .venv/.ready  ## Run all tests on PostgreSQL (TEST_DATABASE_URL, or this host's server)
	@$(PYTHON) -m scripts.test postgresql

lint: .venv/.ready  ## Check style, missing migrations and the settings of a public site
	@$(PYTHON) -m ruff check --quiet
	@$(PYTHON) -m ruff format --check --quiet || { echo "Run: make format"; exit 1; }
	@$(PUBLIC_SITE) $(PYTHON) manage.py makemigrations --check --dry-run
	@$(PUBLIC_SITE) $(PYTHON) manage.py check --deploy --fail-level WARNING

format: .venv/.ready  ## Put the code in order
	@$(PYTHON) -m ruff check --fix --quiet
	@$(PYTHON) -m ruff format

messages: .venv/.ready  ## Bring the translations in locale/ up to date with the source, and compile them
	@$(PYTHON) -m scripts.messages

bench: .venv/.ready  ## Measure pages on collections of made-up items (N="1000 1000000")
	@$(PYTHON) -m scripts.bench $(N) $(ARGS)

stress: .venv/.ready  ## Let four writers change the same items at once; compare the lists (ARGS=10000)
	@$(PYTHON) -m scripts.stress_listing $(ARGS)

rehearse: .venv/.ready  ## Lose one of two servers under load, and a replica (needs PostgreSQL, Redis, haproxy)
	@$(PYTHON) -m scripts.rehearse
	@$(PYTHON) -m scripts.rehearse_replica

check: lint test  ## Everything a change must pass

audit: .venv/.ready  ## Check HTML and Lighthouse scores of all public pages (needs Node.js and Java)
	@$(PYTHON) -m scripts.audit

clean:  ## Remove what can be made again; the database, media and secret key stay
	@rm -rf .venv .pytest_cache .ruff_cache .hypothesis var/tools var/environment.log var/static
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
