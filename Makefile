# Everything in a fresh clone: the environment is made on first use.
PYTHON ?= python3
VENV ?= .venv
TORCH ?= torch
WORKERS ?= auto
# make demo CPU=1 takes torch from the index of builds without CUDA, which are far smaller.
CPU ?=
CPU_INDEX = https://download.pytorch.org/whl/cpu
PIP = $(BIN)/python -m pip install --disable-pip-version-check
MINUTES ?= 10
BIN = $(VENV)/$(if $(filter Windows_NT,$(OS)),Scripts,bin)
READY = $(VENV)/.ready
# Compiled tests are kept, also where the machine says otherwise: collecting takes half the time.
FAST = PYTHONDONTWRITEBYTECODE= OMP_NUM_THREADS=1 $(BIN)/python -m pytest -q -n $(WORKERS) \
	--maxprocesses 4 --dist worksteal

.PHONY: help venv demo quick test long slow torture check site clean
help:
	@echo "make demo    train the main job on the ring (about three minutes)"
	@echo "make quick   a minute: layout, style, public names, the step, strategies by three laws"
	@echo "make test    the fast tests, five minutes on two cores: each law, by turns"
	@echo "make long    all pairs of options, traces of the compiler, killed sweeps: minutes"
	@echo "make slow    the learning tests, minutes each"
	@echo "make torture MINUTES=10   try every promise of docs/RELIABILITY.md; failures are kept"
	@echo "make check   ruff, mypy and codespell"
	@echo "make site    the pages of the documentation in build/site, warnings as errors"
	@echo "make clean   remove the environment, the runs and the caches"
	@echo "Without a GPU add CPU=1, as in make demo CPU=1: torch is then about 0.2 GB, not up to 6 GB"
	@echo "Another torch: make test TORCH='torch==X'; another Python: make test PYTHON=python3.12"

venv: $(READY)

demo: $(READY)
	$(BIN)/mcgan train experiment=demo

test: $(READY)
	$(FAST)

# The rooms that make losses and steps, and what holds for all: no runs, command lines and pages.
# Tests of other files are not even collected, which takes as long as many tests.
QUICK = arch blocks engine functional gan metrics reg system $(LAWS:%=test_%.py)
LAWS = golden laws layout objective optim prose public_surface schedule source_laws types
quick: $(READY)
	$(FAST) -m 'not slow and not long and not whole' $(QUICK:%=tests/%)

long: $(READY)
	$(FAST) -m long

slow: $(READY)
	$(FAST) -m slow

# ONLY="kills damage" tries some promises alone, SEED=7 the round of that seed again.
torture: $(READY)
	PYTHONPATH=scripts:tests $(BIN)/python -m torture --minutes $(MINUTES) \
		$(if $(SEED),--seed $(SEED)) $(if $(RECORD),--record) --only $(ONLY)

check: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/codespell

# zensical and mkdocstrings-python are no need of the tests: they are fetched for the first site.
site: $(READY)
	$(BIN)/python -c "import zensical, mkdocstrings" || $(PIP) --quiet -e '.[docs]'
	$(BIN)/python scripts/site.py
	PYTHONPATH=src $(BIN)/zensical build --clean --strict

$(READY): pyproject.toml
	$(PYTHON) -m venv $(VENV)
ifeq ($(CPU),1)
	@echo "Fetching torch without CUDA: about 0.2 GB."
	$(PIP) --index-url $(CPU_INDEX) '$(TORCH)' torchvision
else
	@echo "Fetching torch, on Linux with CUDA: up to 6 GB. Without a GPU stop here, and add CPU=1."
endif
	$(PIP) --quiet '$(TORCH)' -e '.[dev]'
	touch $@

clean:
	rm -rf $(VENV) runs torture build dist .pytest_cache .ruff_cache .mypy_cache .hypothesis
