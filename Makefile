# The few commands that one needs; all the rest is CMake (see CMakePresets.json).
#   make build      install what is missing, build the program: build/release/headrace
#   make demo       build, then a short tour on generated data
#   make test       build, unit tests, then the tests of the program against other readers
#   make neon       the unit tests of simd, parse and decode for aarch64, under qemu-user; a part of make test
#   make avx512     the same for AVX-512, on a processor that Bochs emulates; a part of make test
#   make install    PREFIX=/usr/local, DESTDIR=
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := build
.PHONY: build demo test neon avx512 asan tsan fuzz bench bench-macro bench-growth bench-ledger install format lint clean \
  bootstrap bootstrap-tests bootstrap-bench bootstrap-tools

PREFIX ?= /usr/local
JOBS ?= $(shell nproc)
FUZZ_SECONDS ?= 60
PYTEST_ARGS ?= -q
SOURCES = $(shell git ls-files 'src/*.cc' 'cli/*.cc' 'tests/*.cc' 'bench/*.cc' 'fuzz/*.cc' 'examples/*.cc')
HEADERS = $(shell git ls-files 'src/*.h' 'include/*.h' 'cli/*.h' 'tests/*.h' 'bench/*.h')

bootstrap:
	@scripts/bootstrap.sh
bootstrap-tests:
	@scripts/bootstrap.sh --tests
bootstrap-bench:
	@scripts/bootstrap.sh --bench
bootstrap-tools:
	@scripts/bootstrap.sh --tests --tools

build: bootstrap
	@cmake --preset release --log-level=WARNING >/dev/null
	@cmake --build --preset release -j $(JOBS) --target headrace_cli

demo: build
	@scripts/demo.sh

# $(call run_tests,<preset>): build all of a preset, then its unit tests and the tests of its program.
define run_tests
	@cmake --preset $(1) --log-level=WARNING >/dev/null
	@cmake --build --preset $(1) -j $(JOBS)
	@ctest --preset $(1)
	@HEADRACE_BIN=build/$(1)/headrace HEADRACE_FAULTY_BIN=build/$(1)/headrace_faulty \
	  .venv/bin/python -m pytest tests $(PYTEST_ARGS)
endef

test: bootstrap-tests
	$(call run_tests,release)
	@if command -v aarch64-linux-gnu-g++ >/dev/null && command -v qemu-aarch64 >/dev/null; then $(MAKE) --no-print-directory neon; \
	else echo 'The kernels for NEON are left out: aarch64-linux-gnu-g++ or qemu-aarch64 is missing.'; fi
	@if [[ $$(uname -m) == x86_64 ]] && command -v bochs-bin >/dev/null; then $(MAKE) --no-print-directory avx512; \
	else echo 'The kernels for AVX-512 are left out: bochs is missing.'; fi

# Values alone: emulators say nothing of speed.
neon: bootstrap-tests
	@cmake --preset neon --log-level=WARNING >/dev/null
	@cmake --build --preset neon -j $(JOBS)
	@ctest --preset neon -j $(JOBS)

avx512: bootstrap-tests
	@cmake --preset avx512 --log-level=WARNING >/dev/null
	@cmake --build --preset avx512 -j $(JOBS)
	@ctest --preset avx512 -j $(JOBS)

SUPPRESSIONS = $(CURDIR)/tests/sanitizers
asan: export ASAN_OPTIONS = abort_on_error=0:exitcode=99:detect_stack_use_after_return=1
asan: export LSAN_OPTIONS = suppressions=$(SUPPRESSIONS)/lsan.supp:print_suppressions=0
asan: export UBSAN_OPTIONS = print_stacktrace=1:suppressions=$(SUPPRESSIONS)/ubsan.supp
asan: bootstrap-tests
	$(call run_tests,asan)

tsan: export TSAN_OPTIONS = exitcode=99:halt_on_error=1:second_deadlock_stack=1:atexit_sleep_ms=0:suppressions=$(SUPPRESSIONS)/tsan.supp
# Arrow's own allocator hands memory from thread to thread where ThreadSanitizer cannot see it.
tsan: export ARROW_DEFAULT_MEMORY_POOL = system
# With TZ set, libc rewrites no zone in mktime, under a lock of its own that ThreadSanitizer cannot see.
tsan: export TZ = UTC
tsan: bootstrap-tests
	$(call run_tests,tsan)

fuzz: bootstrap-tools
	@cmake --preset fuzz --log-level=WARNING >/dev/null
	@cmake --build --preset fuzz -j $(JOBS)
	@for target in build/fuzz/fuzz_*; do \
	  [[ -f $$target && -x $$target ]] || continue; \
	  name=$${target##*/fuzz_}; mkdir -p build/fuzz/corpus/$$name; \
	  seeds=fuzz/corpus/$$name; [[ -d $$seeds ]] || seeds=; \
	  $$target -max_total_time=$(FUZZ_SECONDS) -artifact_prefix=build/fuzz/ build/fuzz/corpus/$$name $$seeds; \
	done

bench-macro: bootstrap-tests
	@cmake --preset release --log-level=WARNING >/dev/null
	@cmake --build --preset release -j $(JOBS) --target headrace_cli load_table
	@.venv/bin/python bench/macro/run.py $(BENCH_ARGS)

bench-growth: bootstrap-bench
	@cmake --preset release --log-level=WARNING >/dev/null
	@cmake --build --preset release -j $(JOBS) --target headrace_cli
	@.venv/bin/python bench/growth/run.py $(BENCH_ARGS)

bench-ledger: bootstrap-tests
	@cmake --preset release --log-level=WARNING >/dev/null
	@cmake --build --preset release -j $(JOBS) --target headrace_cli headrace_without_ledger
	@.venv/bin/python bench/ledger/run.py $(BENCH_ARGS)

bench: bootstrap
	@cmake --preset bench --log-level=WARNING >/dev/null
	@cmake --build --preset bench -j $(JOBS)
	@build/bench/headrace_bench

install: build
	@cmake --build --preset release -j $(JOBS) --target headrace
	@cmake --install build/release --prefix "$(PREFIX)"

format: bootstrap-tools
	@clang-format -i $(SOURCES) $(HEADERS)

lint: bootstrap-tools
	@clang-format --dry-run -Werror $(SOURCES) $(HEADERS)
	@cmake --preset dev --log-level=WARNING >/dev/null
	@printf '%s\n' $(filter-out fuzz/% bench/%,$(SOURCES)) | xargs -P $(JOBS) -n 1 \
	  clang-tidy -p build/dev --quiet --extra-arg=-Wno-unknown-warning-option

clean:
	rm -rf build
