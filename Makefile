# 慧伴: `make run` starts the product, `make test` checks it. Both set up what they need.
PYTHON ?= python3
SETUP = $(PYTHON) tools/setup.py
BIN = .venv/bin
REAL ?= $(wildcard ../shared/data)

.PHONY: run test test-slow test-quick setup train lint bench eval encoder clean help
.DEFAULT_GOAL := help

help:            ## what there is
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:[^#]*##/\t/' | expand -t 14

run:             ## set up, train when the data changed, start everything, print the addresses
	@$(SETUP) service rasa web model knowledge
	@exec $(BIN)/huiban run

setup:           ## environments, web pages, model, browser
	@$(SETUP) dev rasa web model knowledge browser

train:           ## train a model on the present data
	@$(SETUP) rasa
	@rm -f var/models/.made-from
	@$(SETUP) model

lint:            ## style, types, layers, file sizes
	@$(SETUP) dev web
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python tools/house_rules.py
	cd web && npm run --silent lint

test: setup lint ## everything: lint, unit, property, API, integration, browser, faults
	$(BIN)/pytest -m "not slow"
	cd web && npm test --silent

test-slow: setup ## the long ones: 10,000 handoffs under kills, every process killed at every moment (an hour)
	$(BIN)/pytest -m slow

test-quick:      ## unit and property tests only
	@$(SETUP) dev
	$(BIN)/pytest tests/unit

bench: setup     ## speed, side by side with its baselines (writes var/bench/*.json)
	@mkdir -p var/bench
	$(BIN)/huiban bench handoff --json var/bench/handoff.json
	$(BIN)/huiban bench turn --json var/bench/turn.json

eval:            ## what the model understands: our sets, other classifiers, stock Rasa; REAL=folder of real text, if there is one
	@$(SETUP) rasa model
	.venv-rasa/bin/python -m evaluation.crossval --stock $(if $(REAL),--real $(REAL))

encoder:         ## make the sentence encoder anew from data/nlu (about an hour), then train on it
	PYTHON=$(PYTHON) tools/encoder/make.sh
	$(MAKE) train

clean:           ## remove everything that was made (asks nothing of the data in DATABASE_URL)
	rm -rf .venv .venv-rasa var web/dist web/node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis
