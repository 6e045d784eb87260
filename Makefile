# `make run` launches, `make test` checks everything; both make the environment they need.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.DEFAULT_GOAL := run
.PHONY: run test soak crash fuzz nets comprehension check bench bench-short english tutorial screenshots clean

run: $(VENV)/.installed
	$(BIN)/lstm-viz

test: $(VENV)/.developing
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

# The long forms of the tests that can be longer: a window is used for half an hour (LSTM_VIZ_SOAK_MINUTES says
# otherwise) and opened and closed 500 times, it is ended at sixty moments, 2,000 checkpoints are watched, everything
# is undone and done again in 1,000 random walks, 200 MB are read, segmenters are learnt from whole treebanks,
# torchrun starts a training, and every byte of a run is changed.
soak: $(VENV)/.developing
	LSTM_VIZ_LONG=1 $(BIN)/python -m pytest -s tests/soak tests/training tests/segmentation tests/runs tests/test_signals.py \
		tests/app/sentence/test_walks.py

# Everything that writes a run folder is killed, and refused by the system, at every point: a quarter of an hour.
crash: $(VENV)/.developing
	LSTM_VIZ_LONG=1 $(BIN)/python -m pytest tests/crash

# Wrong bytes for every reader and every message, for so many minutes; what reaches new lines is kept.
FUZZ_MINUTES ?= 10
fuzz: $(VENV)/.developing
	OMP_NUM_THREADS=1 $(BIN)/python -m tests.fuzz --minutes $(FUZZ_MINUTES) --seed $$(date +%s) --keep

# Random nets against a loop in float64, and faults that the proof must notice.
nets: $(VENV)/.developing
	OMP_NUM_THREADS=1 $(BIN)/python -m tests.tracing.random_nets --count 3000 --seed 0

# Pictures of the window and questions about them, for a reader who has seen nothing else; the answers apart.
comprehension: $(VENV)/.developing
	$(BIN)/python -m tests.comprehension build/comprehension

bench: $(VENV)/.benching
	$(BIN)/python -m lstm_viz.bench --json bench.json

bench-short: $(VENV)/.benching
	$(BIN)/python -m lstm_viz.bench --short

english: export LSTM_VIZ_DATA ?= data
english: $(VENV)/.installed
	$(BIN)/python examples/english.py

tutorial: $(VENV)/.installed
	$(BIN)/python examples/tutorial_presets.py

screenshots: $(VENV)/.installed
	PATH="$(BIN):$$PATH" sh examples/screenshots.sh

clean:
	rm -rf $(VENV) build dist

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --editable .
	touch $@

$(VENV)/.developing: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	touch $@ $(VENV)/.installed

$(VENV)/.benching: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --editable '.[bench]'
	touch $@ $(VENV)/.installed
