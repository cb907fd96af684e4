# cdrguard: finds telephone fraud in call detail records.  `make help` lists
# the targets; README.md says what they are for.

PREFIX ?= /usr/local
DESTDIR ?=
CC ?= cc
AR ?= ar
BUILD ?= build
OPT ?= -O3 -g
WERROR ?=

VERSION := $(shell sed -n 's/^\#\# \([0-9][0-9.]*\).*/\1/p' CHANGELOG.md | head -n 1)
DATADIR := $(PREFIX)/share/cdrguard

PROGRAMS := cdrscan cdrrules cdrreport
# Libraries known to pkg-config, and the one that Debian ships without a .pc.
PC_LIBS := sqlite3 libpcre2-8 libcjson expat libarchive zlib libxxhash libical
PLAIN_LIBS := csv

WARNINGS := -std=c17 -pedantic -Wall -Wextra -Wshadow -Wstrict-prototypes \
	-Wmissing-prototypes -Wwrite-strings -Wconversion -Wformat=2 -Wvla \
	-Wundef
# POSIX.1-2008 with its XSI part; nothing GNU.
CPPFLAGS_OWN := -D_XOPEN_SOURCE=700 -iquote lib -iquote . \
	-DCDRGUARD_VERSION='"$(VERSION)"' -DCDRGUARD_DATADIR='"$(DATADIR)"'
PC_CFLAGS = $(shell pkg-config --cflags $(PC_LIBS) 2>/dev/null)
PC_LDLIBS = $(shell pkg-config --libs $(PC_LIBS) 2>/dev/null)
ALL_CFLAGS = $(WARNINGS) $(WERROR) $(OPT) $(CFLAGS)
ALL_CPPFLAGS = $(CPPFLAGS_OWN) $(PC_CFLAGS) $(CPPFLAGS)
LDLIBS_ALL = $(PLAIN_LIBS:%=-l%) $(PC_LDLIBS) -lm -pthread $(LDLIBS)

OBJ := $(BUILD)/obj
LIB_SRC := $(wildcard lib/*/*.c)
LIB_OBJ := $(LIB_SRC:%.c=$(OBJ)/%.o) $(OBJ)/builtin_files.o
DATA := $(shell find rules -type f)
LIB := $(BUILD)/libcdrguard.a
PROGRAM_OBJ := $(foreach p,$(PROGRAMS),$(patsubst %.c,$(OBJ)/%.o,$(wildcard $(p)/*.c)))
UNIT_SRC := $(wildcard tests/unit/test_*.c)
UNIT_HELP := $(patsubst %.c,$(OBJ)/%.o,$(filter-out $(UNIT_SRC),$(wildcard tests/unit/*.c)))
UNITS := $(UNIT_SRC:%.c=$(BUILD)/%)
# What a long test needs beside our programs.
LONG_SRC := $(wildcard tests/long/*/*.c)
LONG := $(LONG_SRC:%.c=$(BUILD)/%)
# What bats files need beside our programs.
PRELOAD := $(patsubst %.c,$(BUILD)/%.so,$(wildcard tests/preload/*.c))
TOOL_SRC := $(wildcard tests/tools/*.c)
# Programs that pack every few calls, for tests that have few.
SMALL := $(PROGRAMS:%=$(BUILD)/tests/small/%)
# Programs that take one width of vectors, and blocks of another size.
WIDTHS := $(addprefix $(BUILD)/tests/widths/,scalar 128 256 512)
TOOLS := $(TOOL_SRC:%.c=$(BUILD)/%) $(PRELOAD) $(SMALL) $(WIDTHS)
BENCH_SRC := $(wildcard bench/gen*.c) bench/parts.c bench/took.c
BENCH := $(BUILD)/bench/parts $(BUILD)/bench/took
GENCDR := $(BUILD)/bench/gencdr
GENCDR_OBJ := $(patsubst %.c,$(OBJ)/%.o,$(wildcard bench/gencdr*.c))
TRAFFIC := $(BUILD)/bench/gentraffic
TRAFFIC_OBJ := $(patsubst %.c,$(OBJ)/%.o,$(wildcard bench/gentraffic*.c))
FUZZ_SRC := $(wildcard fuzz/fuzz_*.c)
FUZZ := $(FUZZ_SRC:%.c=$(BUILD)/%)
# What calls a fuzz target: ours, unless libFuzzer does (make fuzz).
FUZZ_MAIN ?= $(OBJ)/fuzz/replay.o
FUZZ_HELP := $(OBJ)/fuzz/fuzz.o $(FUZZ_MAIN)

# Each step is one short line; V=1 shows the whole command.
ifeq ($(V),1)
say = @:
Q =
else
say = @printf '  %-5s %s\n'
Q = @
endif

.DELETE_ON_ERROR:
.PHONY: all help deps demo check check-unit check-cli check-long check-asan \
	check-clang check-valgrind fuzz fuzzers bench quality docs floors format format-check man-lint lint install \
	uninstall clean libraries

all: $(PROGRAMS:%=$(BUILD)/%)

help:
	@sed -n 's/^\#> //p' Makefile

#> make               build the three programs into build/
#> make demo          install what is missing, build, scan samples/, show the report
#> make check         install what tests need, run every test
#> make check-long    the same, and the tests that take long or need a network
#> make check-asan    the tests with AddressSanitizer and UBSan
#> make check-clang  build without a warning with clang, unit tests
#> make check-valgrind  the demo under valgrind
#> make fuzz          look for inputs that break a reader (FUZZ_SECONDS=10 each)
#> make bench         speed, as ratios to other tools in the same run (RECORDS= ROUNDS= PARTS=)
#> make quality       what the rules find in labelled traffic (DAYS= ACCOUNTS= SEEDS=)
#> make docs          write docs/rules.md out of the rule files (needs jq)
#> make install       PREFIX=/usr/local, DESTDIR=
#> make deps          install missing Debian packages (as root; else say how)
#> make lint          floors, format-check, man-lint and the shell scripts
#> make format        reformat the C files

# Building ------------------------------------------------------------------

# What is missing is said by library and package before a compiler stumbles.
libraries:
	@CC='$(CC)' packaging/deps.sh libraries

# The data files go into the library, too, so that one copied program works.
$(OBJ)/builtin_files.c: packaging/embed.sh $(DATA)
	@mkdir -p $(@D)
	$(say) DATA $@
	$(Q)packaging/embed.sh rules > $@

$(OBJ)/builtin_files.o: $(OBJ)/builtin_files.c | libraries
	$(say) CC $@
	$(Q)$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -c -o $@ $<

$(LIB): $(LIB_OBJ)
	$(say) AR $@
	$(Q)$(AR) rcs $@.new $(LIB_OBJ) && mv $@.new $@

$(foreach p,$(PROGRAMS),$(eval $(BUILD)/$(p): $(patsubst %.c,$(OBJ)/%.o,$(wildcard $(p)/*.c))))
$(PROGRAMS:%=$(BUILD)/%): $(LIB)
	$(say) LINK $@
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $(filter %.o,$^) $(LIB) $(LDLIBS_ALL)

$(OBJ)/%.o: %.c | libraries
	@mkdir -p $(@D)
	$(say) CC $<
	$(Q)$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

# What decides how many calls a block has.
SMALL_OBJ := $(patsubst %,$(OBJ)/small/%.o,store_calls store_calls_fill)

$(SMALL): $(BUILD)/tests/small/%: $(BUILD)/% $(SMALL_OBJ)
	@mkdir -p $(@D)
	$(say) LINK $@
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $(patsubst %.c,$(OBJ)/%.o,$(wildcard $*/*.c)) $(SMALL_OBJ) $(LIB) $(LDLIBS_ALL)

$(OBJ)/small/%.o: lib/store/%.c | libraries
	@mkdir -p $(@D)
	$(say) CC $@
	$(Q)$(CC) $(ALL_CPPFLAGS) -DSTORE_BLOCK_CALLS=8 $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

WIDTH_OBJ := rowscan_mask.o ingest_ahead.o
$(WIDTHS): $(BUILD)/tests/widths/%: $(BUILD)/cdrscan $(addprefix $(OBJ)/widths/%/,$(WIDTH_OBJ))
	@mkdir -p $(@D)
	$(say) LINK $@
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $(patsubst %.c,$(OBJ)/%.o,$(wildcard cdrscan/*.c)) $(addprefix $(OBJ)/widths/$*/,$(WIDTH_OBJ)) $(LIB) $(LDLIBS_ALL)

$(OBJ)/widths/scalar/%.o: WIDTH := -DROWSCAN_TAKEN=ROWSCAN_SCALAR -DINGEST_BLOCK=1
$(OBJ)/widths/128/%.o: WIDTH := -DROWSCAN_TAKEN=ROWSCAN_128 -DINGEST_BLOCK=1000
$(OBJ)/widths/256/%.o: WIDTH := -DROWSCAN_TAKEN=ROWSCAN_256 -DINGEST_BLOCK=70000
$(OBJ)/widths/512/%.o: WIDTH := -DROWSCAN_TAKEN=ROWSCAN_512 -DINGEST_BLOCK=30000

define width_rules
$(OBJ)/widths/$(1)/rowscan_mask.o: lib/io/rowscan_mask.c | libraries
$(OBJ)/widths/$(1)/ingest_ahead.o: lib/cdr/ingest_ahead.c | libraries
$(OBJ)/widths/$(1)/rowscan_mask.o $(OBJ)/widths/$(1)/ingest_ahead.o:
	@mkdir -p $$(@D)
	$$(say) CC $$@
	$$(Q)$$(CC) $$(ALL_CPPFLAGS) $$(WIDTH) $$(ALL_CFLAGS) -MMD -MP -c -o $$@ $$<
endef
$(foreach w,scalar 128 256 512,$(eval $(call width_rules,$(w))))

# Only called where the processor has the instructions.
ifneq ($(filter x86_64-%,$(shell $(CC) -dumpmachine 2>/dev/null)),)
$(OBJ)/lib/base/hash_256.o: ALL_CFLAGS += -mavx2
$(OBJ)/lib/io/rowscan_256.o: ALL_CFLAGS += -mavx2 -mbmi -mpopcnt -mpclmul -mxsave
$(OBJ)/lib/io/rowscan_512.o: ALL_CFLAGS += -mavx512f -mavx512bw -mavx512vbmi2 -mbmi -mpopcnt -mpclmul -mxsave
endif

$(UNITS): $(BUILD)/%: $(OBJ)/%.o $(UNIT_HELP) $(LIB)
	@mkdir -p $(@D)
	$(say) LINK $@
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $< $(UNIT_HELP) $(LIB) -lcmocka $(LDLIBS_ALL)

$(BENCH) $(LONG) $(TOOL_SRC:%.c=$(BUILD)/%): $(BUILD)/%: $(OBJ)/%.o $(LIB)
	@mkdir -p $(@D)
	$(say) LINK $@
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $< $(LIB) $(LDLIBS_ALL)

$(TRAFFIC): $(TRAFFIC_OBJ) $(LIB)
	@mkdir -p $(@D)
	$(say) LINK $@
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $(TRAFFIC_OBJ) $(LIB) $(LDLIBS_ALL)

$(GENCDR): $(GENCDR_OBJ)
	@mkdir -p $(@D)
	$(say) LINK $@
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $(GENCDR_OBJ)

$(FUZZ): $(BUILD)/%: $(OBJ)/%.o $(FUZZ_HELP) $(LIB)
	@mkdir -p $(@D)
	$(say) LINK $@
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $< $(FUZZ_HELP) $(LIB) $(LDLIBS_ALL)

.SECONDARY:
-include $(LIB_OBJ:.o=.d) $(SMALL_OBJ:.o=.d) $(wildcard $(OBJ)/widths/*/*.d) $(PROGRAM_OBJ:.o=.d) $(UNIT_SRC:%.c=$(OBJ)/%.d) \
	$(UNIT_HELP:.o=.d) $(BENCH_SRC:%.c=$(OBJ)/%.d) $(LONG_SRC:%.c=$(OBJ)/%.d) $(TOOL_SRC:%.c=$(OBJ)/%.d) \
	$(FUZZ_SRC:%.c=$(OBJ)/%.d) $(FUZZ_HELP:.o=.d)

# Trying and testing --------------------------------------------------------

deps:
	@packaging/deps.sh install build

demo: deps
	@$(MAKE) --no-print-directory all
	@BUILD=$(BUILD) samples/demo.sh

check:
	@packaging/deps.sh install check
	@$(MAKE) --no-print-directory WERROR=-Werror all units tools fuzzers $(TRAFFIC)
	@BUILD=$(BUILD) CC='$(CC)' tests/run.sh unit cli rules man real fuzz

.PHONY: units tools
units: $(UNITS)
tools: $(TOOLS)
fuzzers: $(FUZZ)

check-unit: units
	@BUILD=$(BUILD) tests/run.sh unit

check-cli: all $(TRAFFIC)
	@BUILD=$(BUILD) tests/run.sh cli rules man real

check-long: check
	@$(MAKE) --no-print-directory WERROR=-Werror $(LONG)
	@BUILD=$(BUILD) tests/run.sh long

SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
check-asan:
	@packaging/deps.sh install check
	@$(MAKE) --no-print-directory BUILD=build-asan OPT='-O1 -g $(SANITIZE)' all units tools fuzzers build-asan/bench/gentraffic
	@BUILD=build-asan NIGHTS_ROUNDS=$${NIGHTS_ROUNDS:-10} tests/run.sh unit cli rules man real fuzz

check-clang:
	@packaging/deps.sh install check
	@$(MAKE) --no-print-directory BUILD=build-clang CC=clang WERROR=-Werror all units
	@BUILD=build-clang tests/run.sh unit

check-valgrind: all
	@BUILD=$(BUILD) RUNNER='valgrind -q --suppressions=tests/valgrind.supp --leak-check=full --error-exitcode=99' samples/demo.sh >/dev/null

FUZZ_BUILD ?= build-fuzz
fuzz:
	@$(MAKE) --no-print-directory BUILD=$(FUZZ_BUILD) CC=clang FUZZ_MAIN= \
		OPT='-O1 -g $(SANITIZE) -fsanitize=fuzzer-no-link' \
		LDFLAGS=-fsanitize=fuzzer fuzzers
	@BUILD=$(FUZZ_BUILD) fuzz/run.sh $(FUZZ_ONLY)

# RECORDS, ROUNDS, PARTS, GROWTH, STORE, NIGHT and THREADS reach the script;
# a peer that cannot be had is left out, and that is said.
bench:
	-@packaging/deps.sh install bench
	@$(MAKE) --no-print-directory all $(GENCDR) $(BUILD)/bench/took $(BUILD)/bench/mallocs.so
	@BUILD=$(BUILD) bench/run.py

# DAYS, ACCOUNTS, SEEDS, FIRST, EACH, HISTORY and UPDATE=1 reach the script.
quality: all $(TRAFFIC)
	@BUILD=$(BUILD) bench/quality.py

# Preloaded: never with the sanitizers of OPT.
$(BUILD)/bench/mallocs.so $(PRELOAD): $(BUILD)/%.so: %.c
	@mkdir -p $(@D)
	$(say) LINK $@
	$(Q)$(CC) $(WARNINGS) $(WERROR) -O1 -g -fPIC -shared -o $@ $<

# Keeping it tidy -----------------------------------------------------------

C_FILES = $(shell git ls-files '*.c' '*.h')

# Every rule that ships, for people; tests/man/rules.bats has it current.
docs:
	@jq -rsf docs/rules.jq rules/rules.d/*.json > docs/rules.md.new && \
		mv docs/rules.md.new docs/rules.md

lint: floors format-check man-lint
	@shellcheck $$(git ls-files '*.sh' .ci/run)
	@# a line of a test that cannot fail
	@shellcheck -i SC2314,SC2315 $$(git ls-files '*.bats')

floors:
	@tests/floors.sh

format:
	clang-format -i $(C_FILES)

format-check:
	@clang-format --dry-run -Werror $(C_FILES)

man-lint:
	@mandoc -T lint -W warning $$(git ls-files 'man/*.[0-9]')

# Installing ----------------------------------------------------------------

install: all
	@DESTDIR='$(DESTDIR)' PREFIX='$(PREFIX)' BUILD='$(BUILD)' packaging/install.sh install

uninstall:
	@DESTDIR='$(DESTDIR)' PREFIX='$(PREFIX)' BUILD='$(BUILD)' packaging/install.sh uninstall

clean:
	rm -rf build build-asan build-clang build-fuzz
