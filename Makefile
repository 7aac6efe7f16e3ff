# SPDX-License-Identifier: Apache-2.0
# Faro. `make help` lists what can be made.

.DEFAULT_GOAL := all

O      ?= build
prefix ?= /usr
sysconfdir ?= /etc
DESTDIR ?=
unitdir ?= $(prefix)/lib/systemd/system

CC     ?= cc
PKG_CONFIG ?= pkg-config
CSTD    = -std=gnu11
OPT    ?= -O2 -g
WARN    = -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith -Wvla \
          -Wformat=2 -Wno-format-nonliteral -Wundef -Wwrite-strings
ifdef CI
WARN   += -Werror
endif
ifdef SAN
# What sanitizers weave in makes gcc guess wrong about sizes and paths.
WARN   += -Wno-format-truncation -Wno-maybe-uninitialized -Wno-stringop-truncation
OPT     = -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=undefined
LDSAN   = -fsanitize=address,undefined
else
HARDEN  = -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fPIE
LDHARD  = -pie -Wl,-z,relro,-z,now
endif
# The crash build: farod ends itself at a named point, and its disk fails when it is told to.
ifdef CRASH
ALL_CRASH = -DFARO_CRASH
endif

# What is made is said in one short line; V=1 shows the commands, -s says nothing. Unless told by -j, all processors are used.
ifneq ($(V),1)
Q       = @
say     = $(if $(findstring s,$(firstword -$(MAKEFLAGS))),,@printf '  %-4s %s\n' $(1) $(2))
endif
SUBMAKE = $(MAKE) --no-print-directory $(if $(findstring -j,$(MAKEFLAGS)),,-j$(shell nproc))

# Debian packages: what a build needs, and what only the tests and checks need.
# tzdata: the days of caps and digests begin at midnight of box.timezone.
DEPS_BUILD = gcc make pkg-config libc6-dev libgpiod-dev libserialport-dev libsqlite3-dev libconfig-dev \
             libsystemd-dev libsodium-dev libjansson-dev libcsv-dev tzdata
DEPS_TEST  = libcmocka-dev sqlite3 gammu gammu-smsd smstools
DEPS_LINT  = clang-format cppcheck clang-tidy mandoc systemd
DEPS_FUZZ  = clang libclang-rt-dev
DEPS_TRIXIE = mmdebstrap
DEPS_DEB    = mmdebstrap dpkg-dev
DEPS_TARGET = linux-source make flex bison bc libelf-dev xz-utils qemu-system-x86 seabios busybox-static cpio e2fsprogs
DEPS_GUEST  = udev
DEPS_PRINT  = chromium
DEPS_IMAGE  = $(DEPS_DEB) debootstrap fdisk dosfstools mtools e2fsprogs kmod cpio xz-utils qemu-system-arm \
              openssh-client

PKGS    = libgpiod libserialport sqlite3 libconfig libsystemd libsodium jansson
PKG_CFLAGS := $(shell $(PKG_CONFIG) --cflags $(PKGS) 2>/dev/null)
HAVE_PKGS := $(shell $(PKG_CONFIG) --exists $(PKGS) 2>/dev/null && echo yes)
PKG_LIBS   := $(shell $(PKG_CONFIG) --libs $(PKGS) 2>/dev/null) -lcsv
# libgpiod 1.6 (Debian 12) and 2.x (Debian 13, Raspberry Pi OS) have different APIs.
GPIOD   := $(if $(filter 1.%,$(shell $(PKG_CONFIG) --modversion libgpiod 2>/dev/null)),1,2)

ALL_CFLAGS = $(CSTD) $(OPT) $(WARN) $(HARDEN) -MMD -MP $(CFLAGS)
ALL_CPPFLAGS = -D_GNU_SOURCE -Iinclude -I$(O)/gen $(PKG_CFLAGS) $(ALL_CRASH) -DFARO_SYSCONFDIR='"$(sysconfdir)"' $(CPPFLAGS)
ALL_LDFLAGS = $(LDSAN) $(LDHARD) $(LDFLAGS)

ROOMS   = base sms at modem store speech desk courier panel settings control
LIB_SRC := $(foreach r,$(ROOMS),$(wildcard firmware/$(r)/*.c)) $(filter-out board/gpiod1.c board/gpiod2.c,$(wildcard board/*.c)) \
           $(wildcard board/gpiod$(GPIOD).c)
LIB_OBJ := $(LIB_SRC:%.c=$(O)/%.o)
LIB     := $(O)/libfaro.a

FAROD_OBJ := $(patsubst %.c,$(O)/%.o,$(wildcard firmware/farod*.c))
CTL_OBJ := $(patsubst %.c,$(O)/%.o,$(wildcard firmware/faroctl*.c))

# modemsim is one program of several files; SIM_LIB is what tests link of it.
SIM_SRC := $(wildcard tests/sim/*.c)
SIM_OBJ := $(SIM_SRC:%.c=$(O)/%.o)

# Each tests/unit/test_X.c is one cmocka program. Each tests/e2e/NN_X.c is one numbered story; the other files
# of tests/e2e are the harness all stories share.
UNIT_SRC := $(wildcard tests/unit/test_*.c)
UNIT_BIN := $(UNIT_SRC:%.c=$(O)/%)
E2E_SRC  := $(wildcard tests/e2e/[0-9]*.c)
E2E_BIN  := $(E2E_SRC:%.c=$(O)/%)
E2E_LIB  := $(patsubst %.c,$(O)/%.o,$(filter-out $(E2E_SRC),$(wildcard tests/e2e/*.c)))
BENCH_SRC := $(wildcard tests/bench/bench_*.c)
BENCH_BIN := $(BENCH_SRC:%.c=$(O)/%)

FUZZ_SRC := $(wildcard tests/fuzz/fuzz_*.c)
FUZZ_BIN := $(FUZZ_SRC:tests/fuzz/%.c=$(O)/fuzz/%)
C_FILES  := $(sort $(wildcard include/faro/*.h include/faro/*/*.h firmware/*.c firmware/*/*.[ch] board/*.[ch] tests/*/*.[ch]))
LINT_SRC := $(sort $(LIB_SRC) $(wildcard firmware/*.c) $(SIM_SRC))
LINT_TESTS := $(sort $(filter-out $(SIM_SRC),$(wildcard tests/*/*.c)))
GEN      := $(patsubst firmware/store/%.sql,$(O)/gen/%.sql.h,$(wildcard firmware/store/*.sql))

PROGRAMS := $(O)/farod $(O)/faroctl $(O)/modemsim

.PHONY: all
all: $(PROGRAMS) ## builds farod, faroctl and modemsim into build/

$(LIB): $(LIB_OBJ)
	@rm -f $@
	$(call say,AR,$@)
	$(Q)$(AR) rcs $@ $^

$(O)/farod: $(FAROD_OBJ) $(LIB)
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(PKG_LIBS)

$(O)/faroctl: $(CTL_OBJ) $(LIB)
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(PKG_LIBS)

$(O)/modemsim: $(SIM_OBJ) $(LIB)
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(PKG_LIBS)

$(O)/tests/demo/demo: $(patsubst %.c,$(O)/%.o,$(wildcard tests/demo/*.c)) $(E2E_LIB) $(LIB)
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(PKG_LIBS)

$(O)/%.o: %.c | $(if $(HAVE_PKGS),,missing)
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -c -o $@ $<

# Text files that the programs carry: X.sql -> gen/X.sql.h, a C string literal per line.
$(O)/gen/%.sql.h: firmware/store/%.sql
	@mkdir -p $(@D)
	$(Q)sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/^/"/' -e 's/$$/\\n"/' $< > $@
$(patsubst %.c,$(O)/%.o,$(wildcard firmware/store/*.c)): $(GEN)

$(O)/tests/unit/%: $(O)/tests/unit/%.o $(LIB)
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(PKG_LIBS) -lcmocka

$(O)/tests/e2e/%: $(O)/tests/e2e/%.o $(E2E_LIB) $(LIB)
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(PKG_LIBS) -lcmocka

$(O)/tests/bench/%: $(O)/tests/bench/%.o $(O)/tests/bench/figure.o $(filter-out %_main.o,$(E2E_LIB)) $(LIB)
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(PKG_LIBS) -lcmocka -lm

.PRECIOUS: $(O)/%.o $(O)/gen/%.sql.h

# ---- what users call ---------------------------------------------------------------------------

# The packages are installed before the next make starts, because pkg-config is asked when a makefile is read.
.PHONY: test
test: deps-test ## installs what is missing, builds, runs every test and ends with the counts
	+@$(SUBMAKE) check

.PHONY: demo
demo: deps ## installs what is missing, builds, and shows the main job on simulated modems
	+@$(SUBMAKE) demo-run

.PHONY: demo-run
demo-run: all $(O)/tests/demo/demo
	@FARO_BUILD=$(O) $(O)/tests/demo/demo

.PHONY: crash
crash: ## builds build/crash/farod, which stories 20, 21 and 31 break
	@$(MAKE) --no-print-directory O=$(O)/crash CRASH=1 $(O)/crash/farod

.PHONY: check check-unit check-e2e
check: all crash $(UNIT_BIN) $(E2E_BIN) ## as test, without installing anything
	@tests/run.sh $(O) $(UNIT_BIN) $(E2E_BIN)
check-unit: all $(UNIT_BIN)
	@tests/run.sh $(O) $(UNIT_BIN)
check-e2e: all crash $(E2E_BIN)
	@tests/run.sh $(O) $(E2E_BIN)
# The stories of other programs (9x) are about the simulator, not about Faro.
.PHONY: unit-tests
unit-tests: all $(UNIT_BIN)
.PHONY: check-families
check-families: all crash $(E2E_BIN) ## every story with every family of modems (make test tells the core of them)
	@tests/families.sh $(O) $(filter-out $(O)/tests/e2e/9%,$(E2E_BIN))

.PHONY: proof proof-run
proof: deps-test ## the long forms: a thousand kills, every crash point ten times, a faulty disk, and the journal judged
	@$(MAKE) --no-print-directory proof-run
.PHONY: soak soak-run
soak: deps-test ## 200,000 segments and 50,000 texts with random faults, and what must stay level
	@$(MAKE) --no-print-directory soak-run
soak-run: all $(O)/tests/e2e/18_soak
	@FARO_PROOF=1 FARO_BUILD=$(O) $(O)/tests/e2e/18_soak
PROOF_BIN := $(filter %/13_kill %/20_points %/21_disk %/24_matrix %/25_liar %/26_cable,$(E2E_BIN))
proof-run: all crash $(PROOF_BIN) $(O)/tests/bench/check_invariants
	@for b in $(PROOF_BIN); do FARO_PROOF=1 FARO_BUILD=$(O) $$b || exit 1; done

.PHONY: asan
asan: deps-test ## every test under AddressSanitizer and UndefinedBehaviorSanitizer
	+@$(SUBMAKE) O=$(O)/asan SAN=1 check

.PHONY: lint
lint: deps-lint ## clang-format, the table of rooms, cppcheck, clang-tidy
	@$(MAKE) --no-print-directory lint-run

.PHONY: lint-run lint-format lint-files lint-rooms lint-manual lint-units lint-cppcheck lint-tidy
lint-run: lint-format lint-files lint-rooms lint-manual lint-units lint-cppcheck lint-tidy
	@echo "lint: nothing to mend"
lint-format:
	clang-format --dry-run -Werror $(C_FILES)
lint-files:
	tests/lint/files.sh
lint-rooms:
	tests/lint/rooms_test.sh tests/lint/rooms.txt
	tests/lint/rooms.sh tests/lint/rooms.txt
	tests/lint/vendors.sh
lint-manual: $(O)/faroctl $(O)/tests/unit/test_manual
	mandoc -Tlint -Wwarning config/man/*
	FARO_BUILD=$(O) $(O)/tests/unit/test_manual
lint-units: $(O)/farod
	tests/lint/units.sh $(O)
# Of the tests what is wrong, but not what is merely not portable: NULL ends their lists of arguments.
# readdirCalled asks for readdir_r, which glibc has deprecated; here is one thread anyhow.
CPPCHECK = cppcheck -q --std=c11 --inline-suppr --error-exitcode=1 -j2 --library=posix --library=tests/lint/jansson.cfg --suppress=missingIncludeSystem \
	   --suppress=normalCheckLevelMaxBranches --suppress=readdirCalled -Iinclude -I$(O)/gen -D_GNU_SOURCE
lint-cppcheck: $(GEN)
	$(CPPCHECK) --enable=warning,portability,performance $(LINT_SRC)
	$(CPPCHECK) --enable=warning,performance --library=tests/lint/cmocka.cfg -Itests $(LINT_TESTS)
# clang-tidy looks again at what the compiler would compile again: its .o knows which headers that is.
TIDY := $(LINT_SRC:%.c=$(O)/tidy/%.ok)
lint-tidy: $(GEN)
	@$(MAKE) --no-print-directory -j2 $(TIDY)
$(O)/tidy/%.ok: %.c $(O)/%.o .clang-tidy
	@mkdir -p $(@D)
	@echo "clang-tidy $<"
	@clang-tidy --quiet --warnings-as-errors='*' $< -- $(CSTD) $(ALL_CPPFLAGS) >$@.log 2>&1 || { cat $@.log; false; }
	@touch $@

.PHONY: manual
manual: $(O)/faroctl $(O)/tests/unit/test_manual $(O)/tests/unit/test_settings ## writes the programs' tables into what is made of them
	$(O)/tests/unit/test_settings print >config/faro.cfg
	FARO_BUILD=$(O) $(O)/tests/unit/test_manual write

.PHONY: fuzz
fuzz: deps-fuzz ## fuzzes each target for FUZZ_S seconds each (default 60)
	+@$(SUBMAKE) fuzz-run
FUZZ_S ?= 60
.PHONY: fuzz-run
fuzz-run: $(FUZZ_BIN)
	@for f in $(FUZZ_BIN); do n=$$(basename $$f); mkdir -p $(O)/fuzz/corpus/$$n; echo "fuzzing $$n for $(FUZZ_S) s"; \
	  seeds=tests/fuzz/corpus/$${n#fuzz_}; [ -d $$seeds ] || seeds=; \
	  $$f -max_total_time=$(FUZZ_S) -timeout=10 -print_final_stats=1 -artifact_prefix=$(O)/fuzz/$$n- \
	    $(O)/fuzz/corpus/$$n $$seeds >$(O)/fuzz/$$n.log 2>&1 || { tail -30 $(O)/fuzz/$$n.log; exit 1; }; \
	  grep -E 'number_of_executed_units|average_exec' $(O)/fuzz/$$n.log; done
FUZZ_FLAGS = $(CSTD) -O1 -g -fno-sanitize-recover=undefined
FUZZ_OBJ   = $(LIB_SRC:%.c=$(O)/fuzz/obj/%.o)
$(O)/fuzz/obj/%.o: %.c
	@mkdir -p $(@D)
	$(Q)clang $(FUZZ_FLAGS) -fsanitize=fuzzer-no-link,address,undefined -MMD -MP $(ALL_CPPFLAGS) -c -o $@ $<
$(O)/fuzz/%: tests/fuzz/%.c $(FUZZ_OBJ)
	$(call say,FUZZ,$@)
	$(Q)clang $(FUZZ_FLAGS) -fsanitize=fuzzer,address,undefined $(ALL_CPPFLAGS) -Itests -o $@ $^ $(PKG_LIBS)
$(FUZZ_OBJ): $(GEN)
-include $(FUZZ_OBJ:.o=.d)

.PHONY: bench
bench: deps-test ## prints figures beside their targets, never a verdict (about 10 min)
	+@$(SUBMAKE) bench-run
.PHONY: bench-run
bench-run: all $(BENCH_BIN)
	@for b in $(BENCH_BIN); do echo "== $${b##*/bench_}"; FARO_BUILD=$(O) $$b || exit 1; done

# The other gateways are wanted here only.
DEPS_PEERS = gammu gammu-smsd smstools libdbd-sqlite3 sqlite3
.PHONY: bench-peers bench-peers-run
bench-peers: deps-test ## farod beside gammu-smsd and smstools on the same simulated modems: one table (about 20 min)
	$(call install_missing,$(DEPS_PEERS))
	@$(MAKE) --no-print-directory bench-peers-run
bench-peers-run: all $(O)/tests/bench/peers
	@FARO_BUILD=$(O) $(O)/tests/bench/peers
$(O)/tests/bench/peers: $(O)/tests/bench/peers.o $(O)/tests/bench/peer.o $(O)/tests/bench/figure.o $(filter-out %_main.o,$(E2E_LIB)) $(LIB)
	$(CC) $(ALL_LDFLAGS) -o $@ $^ $(PKG_LIBS)

.PHONY: report-print report-print-run
report-print: deps-test ## prints the report on a large incident with a browser: two pages, kept in build/print
	$(call install_missing,$(DEPS_PRINT))
	@$(MAKE) --no-print-directory report-print-run
report-print-run: all $(O)/tests/print/report_print
	@mkdir -p $(O)/print
	@FARO_BUILD=$(O) $(O)/tests/print/report_print $(O)/print
$(O)/tests/print/%: $(O)/tests/print/%.o $(filter-out %_main.o,$(E2E_LIB)) $(LIB)
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(PKG_LIBS)

.PHONY: check-trixie
check-trixie: deps-trixie ## builds and tests everything in a Debian 13 root (libgpiod 2.x)
	tests/target/check-trixie.sh

# The kernel is built once for all clones: about 6 minutes of a processor.
TARGET_CACHE ?= $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/faro
TARGET_SRC := $(wildcard tests/target/target_*.c)
TARGET_HOST := $(wildcard tests/target/host_*.c)
TARGET_BIN := $(patsubst %.c,$(O)/%,$(TARGET_SRC) $(TARGET_HOST))
TARGET_LIB := $(patsubst %.c,$(O)/%.o,$(filter-out $(TARGET_SRC) $(TARGET_HOST),$(wildcard tests/target/*.c)))
.PHONY: target target-short target-run target-programs
target: deps-test deps-trixie deps-target ## the whole box on the kernel's own GPIO, USB and disk, in QEMU, libgpiod 1.6 and 2.2
	@$(MAKE) --no-print-directory target-run
target-short: ## its short form, without Debian 13; left out where there is no KVM
	+@tests/target/short.sh
target-run: target-programs
	tests/target/run.sh $(O) $(TARGET_CACHE)
target-programs: all $(TARGET_BIN)
$(O)/tests/target/%: $(O)/tests/target/%.o $(TARGET_LIB) $(E2E_LIB) $(LIB)
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(PKG_LIBS) -lcmocka

UNITS = farod.service faro-fault.service faro-poweroff.service faro-poweroff.path
# Waits between restarts that grow are a thing of systemd 254.
BACKOFF := $(shell $(PKG_CONFIG) --atleast-version=254 libsystemd 2>/dev/null && echo yes)
# What an admin may have edited is kept beside the new file as *.old; faro.cfg is never touched.
.PHONY: install
INSTALL_EDITED = install -C -b -S .old -m 644
install: all ## installs what was built; DESTDIR, prefix and sysconfdir are honoured
	install -d $(DESTDIR)$(prefix)/sbin $(DESTDIR)$(prefix)/bin $(DESTDIR)$(prefix)/share/doc/faro \
	  $(DESTDIR)$(unitdir) $(DESTDIR)$(prefix)/lib/udev/rules.d \
	  $(DESTDIR)$(prefix)/lib/sysusers.d $(DESTDIR)$(prefix)/lib/tmpfiles.d \
	  $(addprefix $(DESTDIR)$(prefix)/share/man/man,1 5 8) $(DESTDIR)$(prefix)/share/bash-completion/completions \
	  $(DESTDIR)$(sysconfdir)/faro/messages $(DESTDIR)$(sysconfdir)/faro/boards
	install -m 755 $(O)/farod $(DESTDIR)$(prefix)/sbin/farod
	install -m 755 $(O)/faroctl $(DESTDIR)$(prefix)/bin/faroctl
	install -m 644 README.md LICENSE $(DESTDIR)$(prefix)/share/doc/faro
	install -d $(DESTDIR)$(prefix)/share/doc/faro/config/drawings
	install -m 644 config/drawings/*.svg $(DESTDIR)$(prefix)/share/doc/faro/config/drawings
	install -m 644 config/completion/faroctl $(DESTDIR)$(prefix)/share/bash-completion/completions/faroctl
	for f in config/man/*; do install -m 644 $$f $(DESTDIR)$(prefix)/share/man/man$${f##*.} || exit 1; done
	[ -e $(DESTDIR)$(sysconfdir)/faro/faro.cfg ] || install -m 640 config/faro.cfg $(DESTDIR)$(sysconfdir)/faro/faro.cfg
	$(INSTALL_EDITED) config/messages/*.cfg $(DESTDIR)$(sysconfdir)/faro/messages
	$(INSTALL_EDITED) config/boards/*.cfg $(DESTDIR)$(sysconfdir)/faro/boards
	for f in $(UNITS); do \
	  sed -e 's|/usr/sbin/|$(prefix)/sbin/|; s|/etc/faro|$(sysconfdir)/faro|' \
	    config/systemd/$$f | install -m 644 /dev/stdin $(DESTDIR)$(unitdir)/$$f || exit 1; done
	$(if $(BACKOFF),install -D -m 644 config/systemd/backoff.conf $(DESTDIR)$(unitdir)/farod.service.d/backoff.conf)
	install -D -m 644 config/systemd/journald.conf $(DESTDIR)$(prefix)/lib/systemd/journald.conf.d/50-faro.conf
	install -m 644 config/udev/70-faro.rules $(DESTDIR)$(prefix)/lib/udev/rules.d
	install -m 644 config/systemd/faro.sysusers $(DESTDIR)$(prefix)/lib/sysusers.d/faro.conf
	sed -e 's|/etc/faro|$(sysconfdir)/faro|' config/systemd/faro.tmpfiles | \
	  install -m 644 /dev/stdin $(DESTDIR)$(prefix)/lib/tmpfiles.d/faro.conf

# Each in a root of its release, which is kept in the build folder.
DEB_SUITES ?= bookworm trixie
DEB_ARCHS  ?= amd64 arm64 armhf
.PHONY: deb
deb: deps-deb ## Debian packages in build/deb, tested, built twice and compared, asked of lintian
	@for s in $(DEB_SUITES); do for a in $(DEB_ARCHS); do O=$(O) config/debian/build.sh $$s $$a || exit 1; done; done

.PHONY: check-emulated
check-emulated: deps-deb ## the unit tests built for arm64 and armhf, under qemu-user
	@for a in $(filter-out $(shell dpkg --print-architecture),$(DEB_ARCHS)); do \
	  O=$(O) config/debian/build.sh $(lastword $(DEB_SUITES)) $$a tests || exit 1; done

.PHONY: deb-test
deb-test: deps-deb ## installs, upgrades, removes and purges this machine's packages in fresh Debian roots
	@for s in $(DEB_SUITES); do O=$(O) tests/target/deb.sh $$s || exit 1; done

# KEY: a file of public keys that may come in by SSH; it can be put on the card's first partition later as well.
.PHONY: image image-test
image: deps-image ## an SD card for arm64 boards in build/image; KEY=~/.ssh/id_ed25519.pub lets an admin in
	@O=$(O) config/image/build.sh $(KEY)
image-test: deps-test deps-image ## boots that card in an emulated machine and looks at it over SSH
	@$(MAKE) --no-print-directory $(O)/modemsim
	@tests/target/image.sh $(O)

.PHONY: clean
clean: ## removes what was built
	rm -rf --one-file-system $(O)

.PHONY: help
help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(firstword $(MAKEFILE_LIST)) | sed -E 's/:.*## /\t/' | expand -t 16

# ---- packages ------------------------------------------------------------------------------------

# Installs the Debian packages that are missing: $(1) is the list. What apt says is shown only when it fails.
define install_missing
	@missing=$$(for p in $(sort $(1)); do \
	  dpkg-query -W -f='$${Status}' $$p 2>/dev/null | grep -q 'install ok installed' || echo $$p; done); \
	if [ -n "$$missing" ]; then \
	  echo "installing (this may take minutes):"; echo $$missing | fmt -w 76 | sed 's/^/  /'; \
	  sudo=; [ "$$(id -u)" = 0 ] || sudo=sudo; \
	  if [ -n "$$sudo" ] && ! command -v sudo >/dev/null; then \
	    echo "not root and no sudo; as root: apt-get install" $$missing >&2; exit 1; fi; \
	  log=$$(mktemp); \
	  if ! { $$sudo apt-get update -q && $$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -q \
	      --no-install-recommends -o DPkg::Lock::Timeout=300 $$missing; } >"$$log" 2>&1; then \
	    tail -n 20 "$$log" >&2; rm -f "$$log"; echo "the packages could not be installed" >&2; exit 1; fi; \
	  rm -f "$$log"; fi
endef

.PHONY: missing
missing:
	@echo "packages that a build needs are missing: make deps installs them" >&2; exit 1

.PHONY: deps deps-test deps-lint deps-fuzz deps-trixie deps-target deps-guest deps-deb
deps: ## installs what a build needs
	$(call install_missing,$(DEPS_BUILD))
deps-test:
	$(call install_missing,$(DEPS_BUILD) $(DEPS_TEST))
deps-lint:
	$(call install_missing,$(DEPS_BUILD) $(DEPS_LINT))
deps-fuzz:
	$(call install_missing,$(DEPS_BUILD) $(DEPS_FUZZ))
deps-trixie:
	$(call install_missing,$(DEPS_TRIXIE))
deps-deb:
	$(call install_missing,$(DEPS_DEB))
deps-image:
	$(call install_missing,$(DEPS_IMAGE))
deps-target:
	$(call install_missing,$(DEPS_TARGET) $(DEPS_GUEST))
deps-guest:
	$(call install_missing,$(DEPS_GUEST))

-include $(LIB_OBJ:.o=.d) $(SIM_OBJ:.o=.d) $(UNIT_BIN:=.d) $(E2E_BIN:=.d) $(E2E_LIB:.o=.d) $(BENCH_BIN:=.d) \
         $(TARGET_BIN:=.d) $(TARGET_LIB:.o=.d) $(FAROD_OBJ:.o=.d) $(CTL_OBJ:.o=.d) $(O)/tests/demo/demo.d $(O)/tests/print/report_print.d
