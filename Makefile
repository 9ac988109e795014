# Shortcuts; everything is CMake's, and builds in build/PRESET.
JOBS ?= $(shell nproc)
RELEASE := build/release
WEIR := $(RELEASE)/bin/weir
# A test that hangs must not take all others with it.
CTEST := ctest --output-on-failure --timeout 1800

.PHONY: all deps build demo test bench format check-format docs asan tsan clean

all: build

deps:
	@scripts/install-deps.sh

build: $(RELEASE)/build.ninja
	@cmake --build $(RELEASE) -j $(JOBS)

build/%/build.ninja:
	cmake --preset $*

# `make` knows no order among prerequisites with -j: these come one after the other.
demo:
	@$(MAKE) --no-print-directory deps
	@$(MAKE) --no-print-directory $(RELEASE)/build.ninja
	@cmake --build $(RELEASE) -j $(JOBS) --target weir
	@scripts/demo.sh $(WEIR) build/demo

test:
	@$(MAKE) --no-print-directory deps
	@$(MAKE) --no-print-directory build
	$(CTEST) --test-dir $(RELEASE) -j 2

# The Go peer is there where Go is.
bench: build
	@if ninja -C $(RELEASE) -t query bench_go_peer > /dev/null 2>&1; then \
	  cmake --build $(RELEASE) --target bench_go_peer; fi
	python3 bench/run.py --programs $(RELEASE)/bench --markdown $(RELEASE)/bench/measured.md

SOURCES = $(shell git ls-files '*.cc' '*.h')

format:
	clang-format -i $(SOURCES)

check-format:
	clang-format --dry-run --Werror $(SOURCES)

docs: build
	$(WEIR) describe --markdown > docs/reference.md

asan: build/asan/build.ninja
	cmake --build build/asan -j $(JOBS)
	$(CTEST) --test-dir build/asan -j 2 -E "^model_"

# The engine's tests, against a oneTBB that ThreadSanitizer sees into.
tsan:
	scripts/build-tsan-tbb.sh build/tsan-tbb
	cmake --preset tsan -DTBB_DIR=$$(dirname $$(find $(CURDIR)/build/tsan-tbb/install -name TBBConfig.cmake))
	cmake --build build/tsan -j $(JOBS) --target flow_test
	$(CTEST) --test-dir build/tsan -R '^flow_test$$'

clean:
	rm -rf build
