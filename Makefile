# Every target sets up what it needs: a virtual environment in .venv, with pullback installed in it.
# Needed beforehand: CPython 3.11 or later (PYTHON=... to choose one), git, make.

PYTHON ?= python3
BIN := .venv/bin
INSTALLED := .venv/.installed

.DEFAULT_GOAL := help
.PHONY: help demo test fuzz examples docs numerics accuracy derive fmt clean

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/\1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{ printf "  make %-9s %s\n", $$1, $$2 }'

demo: $(INSTALLED) ## build, show and verify the gradient of a digit classifier, and train it
	$(BIN)/python examples/digits/demo.py

test: $(INSTALLED) ## every check: ruff, mypy --strict, tests and doctests in parallel
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/python -m pytest -q -n auto

fuzz: $(INSTALLED) ## ten thousand random programs against every law (make fuzz SEED=7 COUNT=100)
	PYTHONPATH=tests $(BIN)/python -m fuzz --seed $(or $(SEED),0) --count $(or $(COUNT),10000)

examples: $(INSTALLED) ## regenerate the gradients committed in examples/
	$(BIN)/python examples/generate.py

docs: $(INSTALLED) ## regenerate docs/language.md, docs/errors.md and docs/supported.md from the tests
	PYTHONPATH=tests $(BIN)/python -m documents.language
	PYTHONPATH=tests $(BIN)/python -m documents.errors
	PYTHONPATH=tests $(BIN)/python -m documents.supported

numerics: $(INSTALLED) ## run the table of docs/numerics.md afresh; peers come with the extra `bench`
	$(BIN)/python benchmarks/numerics.py

accuracy: $(INSTALLED) ## measure the worst error of every elementwise derivative afresh, for docs/accuracy.md
	PYTHONPATH=tests $(BIN)/python -W ignore -m documents.accuracy

derive: $(INSTALLED) ## derive the partials of the primitives afresh, by SymPy
	$(BIN)/python -m pullback.primitives.formulas

fmt: $(INSTALLED) ## format and sort imports
	$(BIN)/ruff check --fix --select I
	$(BIN)/ruff format

clean: ## remove the virtual environment and what was built
	rm -rf .venv build dist .mypy_cache .ruff_cache .hypothesis

$(INSTALLED): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "pullback needs CPython 3.11 or later: make PYTHON=python3.12 ..."; exit 1; }
	@echo "setting up .venv with $$($(PYTHON) --version), once"
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	@touch $@
