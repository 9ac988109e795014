# Shortcuts; everything is CMake's, and builds in build/PRESET.
JOBS ?= $(shell nproc)
RELEASE := build/release
WEIR := $(RELEASE)/bin/weir
# What one checkout has compiled, others need not compile again.
export CCACHE_BASEDIR ?= $(CURDIR)
export CCACHE_NOHASHDIR ?= 1
# A test that hangs must not take all others with it.
CTEST := ctest --output-on-failure --timeout 1800

.PHONY: all deps build demo test bench counted instructions instructions-update format check-format docs asan tsan fuzz clean

all: build

deps:
	@scripts/install-deps.sh test

# After `make demo` the folder is there, but configured without tests.
build:
	@if ! grep -qs '^WEIR_TESTS:BOOL=ON' $(RELEASE)/CMakeCache.txt; then cmake --preset release; fi
	@cmake --build $(RELEASE) -j $(JOBS)

build/%/build.ninja:
	cmake --preset $*

# The steps come one after the other, also with -j: `make` knows no order among prerequisites. What
# only tests need is neither installed nor looked for.
demo:
	@scripts/install-deps.sh build
	@if ! test -e $(RELEASE)/build.ninja; then \
	  cmake --preset release -DWEIR_TESTS=OFF -DWEIR_BENCH=OFF; fi
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

# Two programs and what they are run with: all that instructions.py needs.
counted:
	@if ! grep -qs '^WEIR_BENCH:BOOL=ON' $(RELEASE)/CMakeCache.txt; then cmake --preset release; fi
	@cmake --build $(RELEASE) -j $(JOBS) --target weir weir_bench bench_preload

# Exit code 3 says that the table is for another compiler or other libraries.
instructions: counted
	@bench/instructions.py $(WEIR) || test $$? = 3

instructions-update: counted
	@bench/instructions.py $(WEIR) --update

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

# A while for each target; what breaks something is kept in build/fuzz/fuzz/found.
FUZZ_SECONDS ?= 60
fuzz: build/fuzz/build.ninja
	cmake --build build/fuzz -j $(JOBS) --target fuzz_targets
	scripts/fuzz.sh build/fuzz/fuzz $(FUZZ_SECONDS) $(FUZZ_TARGETS)

clean:
	rm -rf build
