# The README's commands. What they need is set up once, in .venv, and again when pyproject.toml changes.
PYTHON ?= python3
SEEDS ?= 200
BIN := .venv/bin
READY := .venv/.ready
# As many processes as there are processors, four at most: the longest file of tests takes near a third of the whole.
WORKERS := -n logical --maxprocesses 4

# Without byte code every process would compile every library that it imports, kernels and servers again and again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help lab test bench nbgrader evidence format notebooks claims site compat address clean

help: ## show these lines
	@sed -n 's/^\([a-z]*\):.*## /make \1\t/p' Makefile

lab: $(READY) ## open the course in JupyterLab (options: ARGS="--no-browser --port 8899")
	$(BIN)/jupyter lab --ServerApp.kernel_websocket_connection_class=helpers.server.Connection --LabApp.default_url=/lab/tree/notebooks/00_start_here.ipynb $(ARGS)

test: $(READY) ## check style, then run every test and every notebook
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python -m pytest $(WORKERS) --dist loadfile $(ARGS)

bench: $(READY) ## measure explorers and instruments against what a learner would use (installs PyTorch and others)
	test -x .bench/bin/python || $(PYTHON) -m venv .bench
	.bench/bin/python -m pip install --quiet -e '.[test,bench]'
	$(BIN)/python -m tests.benchmarks.explorers
	.bench/bin/python -m tests.benchmarks.instruments

nbgrader: $(READY) ## let nbgrader mark an export, and compare its marks and its computing with ours (installs nbgrader)
	test -x .nbgrader/bin/python || $(PYTHON) -m venv .nbgrader
	.nbgrader/bin/python -m pip install --quiet -e '.[grading]'
	NBGRADER_PYTHON=.nbgrader/bin/python $(BIN)/python -m pytest -n 0 tests/coursework/test_export.py $(ARGS)
	NBGRADER_PYTHON=.nbgrader/bin/python $(BIN)/python -m tests.benchmarks.coursework

evidence: $(READY) ## measure what the lessons say of chance, over many seeds (SEEDS=200); writes tests/evidence.md
	SEEDS=$(SEEDS) $(BIN)/python -m pytest -q $(WORKERS) tests/test_facts.py

format: $(READY) ## bring code and notebooks into the one style
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

notebooks: $(READY) ## run every notebook again, top to bottom, and keep what it shows; refresh the buttons
	$(BIN)/python -m helpers.author run $(ARGS)

claims: $(READY) ## list every claim of the course, its kind and whether it holds
	$(BIN)/python -m helpers.author claims $(ARGS)

site: $(READY) ## write every lesson as a web page, for reading without a kernel, to site/
	$(BIN)/python -m helpers.site

compat: $(READY) ## try every lesson in every place where people open it (some: ARGS="colab binder")
	$(BIN)/python -m tests.compat $(ARGS)

address: $(READY) ## set the address in badges and Colab cells (URL=..., else the git remote)
	$(BIN)/python -m helpers.author address $(URL)

clean: ## remove what was set up and built
	rm -rf .venv .bench .nbgrader .compat dist site .pytest_cache .ruff_cache
	find . -name __pycache__ -prune -exec rm -rf {} +

$(READY): pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "There is no $(PYTHON) here. Install Python 3.11 or newer, or name yours: make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "$(PYTHON) is older than Python 3.11. Name a newer one: make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "$(PYTHON) has no venv. On Debian and Ubuntu: sudo apt install python3-venv"; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip install --quiet --python $(BIN)/python -e '.[test]'
	@touch $@
