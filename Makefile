# make run    the site, with a fictional district on first start (PORT, HOST, ALLOWED_HOSTS, DEMO, DEMO_PASSWORD, VAR_DIR)
# make test   all tests, the real browser included (ARGS="-k login" for some of them)
# make drill  storms and faults against the running site, a hundred rounds of each (ROUNDS=20 for fewer)
# make check  style, types, migrations, production settings
# make bench  how fast it is, as ratios within one run (ARGS="load", ARGS="pages --rounds 5"; docs/performance.md)
# make clean  remove the virtual environment and what tools left; var/, the data, stays

PYTHON ?= python3
VENV_PYTHON := .venv/bin/python
ARGS ?=

.PHONY: run test drill check format messages bench clean
.DEFAULT_GOAL := run

run: .venv/installed
	@exec $(VENV_PYTHON) manage.py run

test: .venv/installed-dev
	@.ci/tools
	@exec $(VENV_PYTHON) -m pytest -n 2 --dist loadgroup --no-loadscope-reorder $(ARGS)

drill: .venv/installed-dev
	@.ci/tools
	@ROUNDS=$${ROUNDS:-100} exec $(VENV_PYTHON) -m pytest -m drill $(ARGS)

check: .venv/installed-dev
	$(VENV_PYTHON) -m ruff check .
	$(VENV_PYTHON) -m ruff format --check .
	$(VENV_PYTHON) -m mypy .
	$(VENV_PYTHON) -m tests.server $(VENV_PYTHON) manage.py makemigrations --check --dry-run
	PRODUCTION=1 DEBUG=0 ALLOWED_HOSTS=qunfang.invalid $(VENV_PYTHON) -m tests.server \
		$(VENV_PYTHON) manage.py check --deploy --fail-level WARNING

format: .venv/installed-dev
	$(VENV_PYTHON) -m ruff check --fix .
	$(VENV_PYTHON) -m ruff format .

# Needs gettext. New sentences arrive in the catalogue without translation; tests/config/test_catalogue.py names them.
messages: .venv/installed-dev
	$(VENV_PYTHON) manage.py makemessages --locale zh_Hans --no-location --no-wrap --no-obsolete --ignore 'tests/*' --ignore 'var/*' --ignore '.venv/*'

bench: .venv/installed-dev
	@exec $(VENV_PYTHON) -m tests.bench $(ARGS)

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "需要 Python 3.11 或更新版本（例如：make run PYTHON=python3.12）。Python 3.11 or newer is needed." >&2; exit 2; }
	@$(PYTHON) -m venv .venv || { rm -rf .venv; \
		echo "无法创建虚拟环境：Debian 上请先安装 python3-venv。No virtual environment: install python3-venv first." >&2; exit 2; }

.venv/installed: requirements.lock | .venv/bin/python
	@echo "正在安装所需的软件包…… Installing the packages of $<"
	@$(VENV_PYTHON) -m pip install --quiet --require-hashes --requirement $<
	@touch $@

# The second lock file holds the packages of the first as well.
.venv/installed-dev: requirements-dev.lock requirements.lock | .venv/bin/python
	@echo "正在安装所需的软件包…… Installing the packages of $<"
	@$(VENV_PYTHON) -m pip install --quiet --require-hashes --requirement $<
	@touch .venv/installed $@
