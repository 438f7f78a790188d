# `make` lists what there is.

PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
ATTACK := $(VENV)/.attack

.PHONY: help demo test lint types check web web-check review-screenshots assets schema bench bench-leaks bench-looks bench-speed bench-plates bench-voices bench-attack bench-camera bench-fuzz bench-review bench-page clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

$(READY): pyproject.toml assets.toml hatch_build.py model_files.py onnx_file.py ppocr_file.py web_build.py yuface_file.py
	test -d $(VENV) || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade 'pip>=25.1'
	$(BIN)/python -m pip install --quiet --editable . --group dev
	touch $(READY)

# What bench/attack needs, which identifies people, is installed only where that is tested or run;
# OpenVINO, which changes how everything is looked at, only where it is tested.
$(ATTACK): $(READY)
	$(BIN)/python -m pip install --quiet --editable '.[attack,openvino]'
	touch $(ATTACK)

assets: $(READY) ## get the models and the sample that the lock names
	$(BIN)/python hatch_build.py

demo: $(READY) ## redact the sample clip, and say where the output and the report are
	rm -rf demo && mkdir demo
	cp src/bystander/assets/bikes.mp4 demo/
	$(BIN)/bystander redact demo/bikes.mp4

test: $(READY) $(ATTACK) web ## run the tests
	$(BIN)/python web_build.py tools
	$(BIN)/python -m pytest

lint: $(READY) ## look at the code: style, imports between rooms
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

types: $(READY) ## check the types
	$(BIN)/mypy

web: $(READY) ## build the page of bystander review
	$(BIN)/python web_build.py

web-check: $(READY) ## look at the page's code: types, style, tests
	$(BIN)/python web_build.py check

review-screenshots: $(READY) web ## make the pictures of docs/how-to/review.md anew, with Chromium: OF=film
	test -f "$(OF)" || { echo "say of which film: make review-screenshots OF=film"; exit 2; }
	BYSTANDER_SCREENSHOTS=docs/how-to/review BYSTANDER_SCREENSHOTS_OF="$(OF)" $(BIN)/python -m pytest -q tests/e2e/test_screenshots.py

check: lint types web-check test ## everything that CI runs

schema: $(READY) ## write the published schemas of plans and decisions anew
	$(BIN)/python -c 'import json; from bystander import plan; print(json.dumps(plan.schema(), indent=2))' > docs/formats/plan.schema.json
	$(BIN)/python -c 'import json; from bystander import plan; print(json.dumps(plan.journal_schema(), indent=2))' > docs/formats/decisions.schema.json

bench: $(READY) ## measure memory (long)
	$(BIN)/python bench/memory.py

bench-leaks: $(READY) ## measure leaks of bystander and deface: FOOTAGE=folder, ARGS='--limit 3' (long)
	test -d "$(FOOTAGE)" || { echo "say where the footage is: make bench-leaks FOOTAGE=folder"; exit 2; }
	$(BIN)/python -m pip install --quiet --group bench
	$(BIN)/python -m bench.leaks "$(FOOTAGE)" $(ARGS)

bench-looks: $(READY) ## measure what looking at few frames loses and saves: FOOTAGE=folder (long)
	test -d "$(FOOTAGE)" || { echo "say where the footage is: make bench-looks FOOTAGE=folder"; exit 2; }
	$(BIN)/python -m pip install --quiet --group bench
	$(BIN)/python -m bench.looks "$(FOOTAGE)"

bench-speed: $(READY) ## measure what redacting costs: CLIPS='a.mp4 b.mp4', ARGS='--sides 1080' (long)
	test -n "$(CLIPS)" || { echo "say which clips: make bench-speed CLIPS='a.mp4 b.mp4'"; exit 2; }
	$(BIN)/python -m pip install --quiet --group bench
	$(BIN)/python -m compileall -q src  # as in any installation, that of what it is compared with too
	$(BIN)/python -m bench.speed $(CLIPS) $(ARGS)

bench-voices: $(READY) ## measure what stays of what is said, and what goes with it: FOOTAGE=folder
	test -d "$(FOOTAGE)" || { echo "say where the footage is: make bench-voices FOOTAGE=folder"; exit 2; }
	$(BIN)/python bench/voices.py "$(FOOTAGE)"

bench-plates: $(READY) ## measure how many plates are hidden: FOOTAGE=folder
	test -d "$(FOOTAGE)" || { echo "say where the footage is: make bench-plates FOOTAGE=folder"; exit 2; }
	$(BIN)/python -m pip install --quiet --group bench
	$(BIN)/python -m bench.plates "$(FOOTAGE)"

bench-attack: $(ATTACK) ## try to name the people of a public face set: FACES=folder
	test -d "$(FACES)" || { echo "say where the face set is: make bench-attack FACES=folder"; exit 2; }
	$(BIN)/python -m bench.attack "$(FACES)"

bench-camera: $(READY) ## measure how well a camera can be told: FOOTAGE=folder of pictures (or drawn), ARGS=--filters
	$(BIN)/python -m pip install --quiet --group bench
	$(BIN)/python -m bench.camera $(FOOTAGE) $(ARGS)

bench-fuzz: $(READY) ## damaged files through the whole command: FOOTAGE=folder, ARGS='--files 200' (long)
	test -d "$(FOOTAGE)" || { echo "say where the footage is: make bench-fuzz FOOTAGE=folder"; exit 2; }
	$(BIN)/python -m bench.fuzz "$(FOOTAGE)" $(ARGS)

bench-review: $(READY) ## measure how long a reviewer waits for a frame: ARGS='--sides 1080'
	$(BIN)/python -m bench.review $(ARGS)

bench-page: $(READY) web ## measure in Chromium how the page opens, steps and scrolls
	$(BIN)/python -m bench.page

clean: ## remove what was built and installed
	rm -rf $(VENV) demo build dist src/bystander/assets src/bystander/review/page web/node_modules .cache .mypy_cache .pytest_cache .ruff_cache .hypothesis
