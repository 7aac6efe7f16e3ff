# SPDX-License-Identifier: Apache-2.0
# Faro. `make help` lists what can be made.

O      ?= build
prefix ?= /usr
sysconfdir ?= /etc
DESTDIR ?=

CC     ?= cc
CSTD    = -std=gnu11
OPT    ?= -O2 -g
WARN    = -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith -Wvla \
          -Wformat=2 -Wno-format-nonliteral -Wundef -Wwrite-strings
ifdef CI
WARN   += -Werror
endif
ifdef SAN
OPT     = -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=undefined
LDSAN   = -fsanitize=address,undefined
else
HARDEN  = -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fPIE
LDHARD  = -pie -Wl,-z,relro,-z,now
endif

# Debian packages: what a build needs, and what only the tests and checks need.
DEPS_BUILD = gcc make pkg-config libc6-dev libgpiod-dev libserialport-dev libsqlite3-dev libconfig-dev \
             libsystemd-dev libsodium-dev libjansson-dev libcsv-dev
DEPS_TEST  = libcmocka-dev sqlite3 gammu gammu-smsd smstools
DEPS_LINT  = clang-format cppcheck clang-tidy
DEPS_FUZZ  = clang
DEPS_TRIXIE = mmdebstrap

PKGS    = libgpiod libserialport sqlite3 libconfig libsystemd libsodium jansson
PKG_CFLAGS := $(shell pkg-config --cflags $(PKGS) 2>/dev/null)
PKG_LIBS   := $(shell pkg-config --libs $(PKGS) 2>/dev/null) -lcsv
# libgpiod 1.6 (Debian 12) and 2.x (Debian 13, Raspberry Pi OS) have different APIs.
GPIOD   := $(if $(filter 1.%,$(shell pkg-config --modversion libgpiod 2>/dev/null)),1,2)

CFLAGS  += $(CSTD) $(OPT) $(WARN) $(HARDEN) -MMD -MP
CPPFLAGS += -D_GNU_SOURCE -Iinclude -I$(O)/gen $(PKG_CFLAGS) -DFARO_SYSCONFDIR='"$(sysconfdir)"'
LDFLAGS += $(LDSAN) $(LDHARD)

ROOMS   = base sms at modem store speech desk courier panel settings control
LIB_SRC := $(foreach r,$(ROOMS),$(wildcard firmware/$(r)/*.c)) $(filter-out board/gpiod1.c board/gpiod2.c,$(wildcard board/*.c)) \
           $(wildcard board/gpiod$(GPIOD).c)
LIB_OBJ := $(LIB_SRC:%.c=$(O)/%.o)
LIB     := $(O)/libfaro.a

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

PROGRAMS := $(O)/farod $(O)/faroctl $(O)/modemsim

.PHONY: all
all: $(PROGRAMS)

$(LIB): $(LIB_OBJ)
	@rm -f $@
	$(AR) rcs $@ $^

$(O)/farod: $(O)/firmware/farod.o $(LIB)
	$(CC) $(LDFLAGS) -o $@ $^ $(PKG_LIBS)

$(O)/faroctl: $(O)/firmware/faroctl.o $(LIB)
	$(CC) $(LDFLAGS) -o $@ $^ $(PKG_LIBS)

$(O)/modemsim: $(SIM_OBJ) $(LIB)
	$(CC) $(LDFLAGS) -o $@ $^ $(PKG_LIBS)

$(O)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<

# Text files that the programs carry: X.sql -> gen/X.sql.h, a C string literal per line.
$(O)/gen/%.sql.h: firmware/store/%.sql
	@mkdir -p $(@D)
	sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/^/"/' -e 's/$$/\\n"/' $< > $@
$(O)/firmware/store/%.o: $(patsubst firmware/store/%.sql,$(O)/gen/%.sql.h,$(wildcard firmware/store/*.sql))

$(O)/tests/unit/%: $(O)/tests/unit/%.o $(LIB)
	$(CC) $(LDFLAGS) -o $@ $^ $(PKG_LIBS) -lcmocka

$(O)/tests/e2e/%: $(O)/tests/e2e/%.o $(E2E_LIB) $(LIB)
	$(CC) $(LDFLAGS) -o $@ $^ $(PKG_LIBS) -lcmocka

$(O)/tests/bench/%: $(O)/tests/bench/%.o $(filter-out %_main.o,$(E2E_LIB)) $(LIB)
	$(CC) $(LDFLAGS) -o $@ $^ $(PKG_LIBS) -lcmocka

.PRECIOUS: $(O)/%.o $(O)/gen/%.sql.h

# ---- what users call ---------------------------------------------------------------------------

.PHONY: test
test: deps-test check

.PHONY: check
check: all $(UNIT_BIN) $(E2E_BIN)
	tests/run.sh $(O) $(UNIT_BIN) $(E2E_BIN)

.PHONY: check-unit
check-unit: all $(UNIT_BIN)
	tests/run.sh $(O) $(UNIT_BIN)

.PHONY: asan
asan: deps-test
	$(MAKE) O=$(O)/asan SAN=1 check

.PHONY: clean
clean:
	rm -rf $(O)

# Installs the Debian packages that are missing: $(1) is the list.
define install_missing
	@missing=""; for p in $(1); do \
	  dpkg-query -W -f='$${Status}' $$p 2>/dev/null | grep -q 'install ok installed' || missing="$$missing $$p"; done; \
	if [ -n "$$missing" ]; then \
	  echo "installing:$$missing"; \
	  if [ "$$(id -u)" = 0 ]; then sudo=; else sudo=sudo; fi; \
	  $$sudo apt-get update -q && \
	  $$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $$missing; fi
endef

.PHONY: deps deps-test deps-lint deps-fuzz deps-trixie
deps:
	$(call install_missing,$(DEPS_BUILD))
deps-test:
	$(call install_missing,$(DEPS_BUILD) $(DEPS_TEST))
deps-lint:
	$(call install_missing,$(DEPS_BUILD) $(DEPS_LINT))
deps-fuzz:
	$(call install_missing,$(DEPS_BUILD) $(DEPS_FUZZ))
deps-trixie:
	$(call install_missing,$(DEPS_TRIXIE))

-include $(LIB_OBJ:.o=.d) $(SIM_OBJ:.o=.d) $(UNIT_BIN:=.d) $(E2E_BIN:=.d) $(E2E_LIB:.o=.d) $(BENCH_BIN:=.d) \
         $(O)/firmware/farod.d $(O)/firmware/faroctl.d
