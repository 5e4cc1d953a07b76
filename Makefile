# The only doors: demo test check bench docs.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/ready

.PHONY: demo test check bench docs lock

demo: $(READY) ## a believable morning on an embedded desk
	@$(BIN)/cxdesk demo

test: $(READY) ## system packages where we may, then the whole suite
	@sh tests/system_packages.sh
	@$(BIN)/python -m pytest -n 2 --dist worksteal

check: $(READY) ## style, types, the laws of the house, generated files fresh
	@$(BIN)/ruff check -q --no-cache .
	@$(BIN)/ruff format -q --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/python docs/generate.py --check

bench: $(READY) ## what it costs, beside bare Python and its peers (BENCH=--write keeps the tables)
	@env -u PYTHONDONTWRITEBYTECODE $(BIN)/python -m bench.run $(BENCH)

docs: $(READY) ## write the generated pages and the recorded examples anew
	@$(BIN)/python docs/generate.py
	@$(BIN)/python docs/record.py >/dev/null

lock: ## pin what pyproject.toml asks for, with hashes and no addresses (needs uv)
	uv pip compile pyproject.toml --all-extras --group dev --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-header -q --upgrade -o requirements.txt

# Bytecode is compiled at install time: without .pyc every command costs ten times as much.
$(READY): requirements.txt pyproject.toml
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.txt
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@env -u PYTHONDONTWRITEBYTECODE $(BIN)/python -m compileall -q src .venv/lib >/dev/null || true
	@touch $(READY)
