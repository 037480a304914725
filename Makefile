# vitrine. Two commands matter: `make demo` and `make check` (each does all set-up). `make` only builds.
# Output goes to build/; V=1 shows the commands.

MAKEFLAGS += --no-builtin-rules
B       ?= build
ifeq ($(origin CC),default)
CC      := gcc
endif
Q       := $(if $(V),,@)
say      = $(if $(V),,@printf '  %-7s %s\n' '$(1)' '$(2)')

# --- flags: warnings are errors, hardening is on, for gcc and clang alike ------------------------------------
WARN    := -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
           -Wundef -Wpointer-arith -Wcast-qual -Wwrite-strings -Wformat=2 -Wvla -Werror
HARDEN  := -fstack-protector-strong -fstack-clash-protection -fPIE -fno-common -fno-strict-aliasing \
           -ftrivial-auto-var-init=zero
# clang before 16 wants to be told twice that zero is meant.
IS_CLANG := $(findstring clang,$(shell $(CC) --version))
HARDEN  += $(if $(IS_CLANG),$(shell $(CC) -ftrivial-auto-var-init=zero -fsyntax-only -xc /dev/null 2>/dev/null || \
             echo -enable-trivial-auto-var-init-zero-knowing-it-will-be-removed-from-clang))
FORTIFY := -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2
OPT     ?= -O2 -g
CFLAGS_ALL := -std=c17 -D_GNU_SOURCE -DOPENSSL_NO_DEPRECATED $(OPT) $(WARN) $(HARDEN) $(FORTIFY) -I. -I$(B)/gen $(SAN)
LDFLAGS_ALL := -pie -Wl,-z,relro,-z,now,-z,noexecstack -Wl,--as-needed $(SAN)

pkg      = $(shell pkg-config --libs $(1) 2>/dev/null)
CAIRO_INC = $(shell pkg-config --cflags cairo freetype2 harfbuzz fribidi 2>/dev/null)

# --- processes: folder(s), libraries, seccomp policy ---------------------------------------------------------
PROCESSES := vitrine gate bus capture input dial net seal relay render audit verify
DIRS_vitrine := broker broker/ui
DIRS_gate    := broker/gate
DIRS_bus     := broker/bus
DIRS_capture := capture
DIRS_input   := input
DIRS_dial    := net/dial
DIRS_net     := net/wire
DIRS_seal    := net/seal
DIRS_relay   := net/relay
DIRS_render  := render
DIRS_audit   := audit audit/chain
DIRS_verify  := audit/verify audit/chain
LIBS_vitrine := -lxcb -lxcb-shm -lxcb-xinput -lxcb-randr -lxcb-xfixes -lxcb-xtest -lxcb-render \
                -lxcb-screensaver -lxcb-shape
LIBS_capture := -lxcb -lxcb-shm -lxcb-damage -lxcb-xfixes -lxcb-randr -lxcb-composite -lz
LIBS_input   := -lxcb -lxcb-xtest
LIBS_net     := -lssl -lcrypto
LIBS_seal    := -lssl -lcrypto
LIBS_relay   := -lssl -lcrypto
LIBS_render  := -lcairo -lfreetype -lharfbuzz -lfribidi -lunistring -lz -lm
LIBS_audit   := -lcrypto
LIBS_verify  := -lcrypto

BIN_vitrine := $(B)/vitrine
$(foreach p,$(filter-out vitrine,$(PROCESSES)),$(eval BIN_$(p) := $(B)/vitrine-$(p)))
PROGRAMS := $(foreach p,$(PROCESSES),$(BIN_$(p)))

all: $(PROGRAMS)

# --- rules as files: generated sources -----------------------------------------------------------------------
RULES := policy/messages.def policy/roles.def policy/limits.h policy/processes.h policy/audit.def policy/vitrine.conf \
         $(sort $(wildcard policy/seccomp/*.policy)) $(sort $(wildcard policy/x11/*.allow))
COMPILE := $(B)/tools/policy-compile
$(COMPILE): $(wildcard policy/compile/*.c policy/compile/*.h) lib/x11_rule.h | $(B)/tools
	$(call say,CC,$@)
	$(Q)$(CC) $(CFLAGS_ALL) -o $@ $(filter %.c,$^) $(LDFLAGS_ALL) -lseccomp
UICOMPILE := $(B)/tools/ui-compile
$(UICOMPILE): $(wildcard lib/ui/compile/*.c lib/ui/compile/*.h) lib/ui/style.h | $(B)/tools
	$(call say,CC,$@)
	$(Q)$(CC) $(CFLAGS_ALL) $(CAIRO_INC) -o $@ $(filter %.c,$^) $(LDFLAGS_ALL) -lfreetype
# Each compiler writes many files in one run; a stamp stands for them. Files whose content has not changed
# keep their time, so that only what depends on a change is compiled again.
GEN    := $(B)/gen/.rules
GEN_UI := $(if $(wildcard lib/ui/compile/main.c),$(B)/gen/.ui)
$(GEN): $(COMPILE) $(RULES) | $(B)/gen
	$(call say,GEN,policy)
	$(Q)$(COMPILE) policy $(B)/gen $$(cat $(RULES) | sha256sum | cut -d' ' -f1)
	@touch $@
$(B)/gen/.ui: $(UICOMPILE) lib/ui/layout.tsv lib/ui/strings.def | $(B)/gen
	$(call say,GEN,lib/ui)
	$(Q)$(UICOMPILE) lib/ui $(B)/gen
	@touch $@
# The same tables with English from right to left, for build/pseudo alone (tests, make screens).
$(B)/gen/pseudo/ui_tables.c: $(UICOMPILE) lib/ui/layout.tsv lib/ui/strings.def $(B)/gen/.ui
	@mkdir -p $(@D)
	$(Q)$(UICOMPILE) lib/ui $(@D) pseudo
$(B)/gen/%.c $(B)/gen/%.h: $(GEN) $(GEN_UI)
	@:
$(B)/gen $(B)/tools:
	@mkdir -p $@

# --- objects and archives ------------------------------------------------------------------------------------
lib_SRC := $(wildcard lib/*.c lib/tile/*.c lib/ui/*.c)
# Filters: one for each policy file that has a default (the others are parts to include). All are in the
# archive; a program links the ones it names.
FILTERS := $(notdir $(basename $(sort $(shell grep -l '^@default' policy/seccomp/*.policy))))
GEN_LIB := ch_messages.c x11_tables.c policy_tables.c $(FILTERS:%=policy_%.c) $(if $(GEN_UI),ui_tables.c)
$(B)/libvitrine.a: $(lib_SRC:%.c=$(B)/o/%.o) $(GEN_LIB:%.c=$(B)/o/gen/%.o)
	$(call say,AR,$@)
	$(Q)rm -f $@; ar rcs $@ $^

# The programs of build/pseudo: every one is the real one, but that broker and painter are linked with
# the pseudo tables in front of the real ones. Nothing chooses it at run time; it is never installed.
PSEUDO := $(B)/pseudo/vitrine $(B)/pseudo/vitrine-render
$(B)/o/gen/pseudo/ui_tables.o: $(B)/gen/pseudo/ui_tables.c
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS_ALL) -c -o $@ $<
$(B)/pseudo/vitrine: $(B)/o/broker/main.o $(B)/o/gen/pseudo/ui_tables.o $(B)/vitrine.a $(B)/libvitrine.a
	@mkdir -p $(@D)
	$(Q)$(CC) -o $@ $^ $(LDFLAGS_ALL) $(LIBS_vitrine)
$(B)/pseudo/vitrine-render: $(B)/o/render/main.o $(B)/o/gen/pseudo/ui_tables.o $(B)/render.a $(B)/libvitrine.a
	@mkdir -p $(@D)
	$(Q)$(CC) -o $@ $^ $(LDFLAGS_ALL) $(LIBS_render)
pseudo: all $(PSEUDO) $(B)/pseudo/test_paint
	$(Q)for p in $(filter-out vitrine render,$(PROCESSES)); do ln -f $(B)/vitrine-$$p $(B)/pseudo/vitrine-$$p; done

# The programs of build/faults: the real ones, in which one call to the system can be made to fail
# (tests/hostile/faults.c). Never installed.
FAULT_CALLS := malloc calloc open_memstream mmap memfd_create ftruncate read pread recv recvmsg getrandom write pwrite \
               fdatasync fsync send sendmsg fopen fdopen open openat socket socketpair pipe2 epoll_create1 accept4 connect syscall \
               fork fcntl dup2 dup3 signalfd epoll_ctl bind listen opendir readdir scandir rename mkdir flock fflush fclose
FAULTS := $(patsubst $(B)/%,$(B)/faults/%,$(PROGRAMS))
define faulty
$(B)/faults/$(notdir $(BIN_$(1))): $(B)/o/$(firstword $(DIRS_$(1)))/main.o $(B)/o/tests/hostile/faults.o $(B)/$(1).a $(B)/libvitrine.a
	@mkdir -p $$(@D)
	$$(call say,LD,$$@)
	$$(Q)$$(CC) -o $$@ $$^ $$(foreach c,$(FAULT_CALLS),-Wl,--wrap=$$(c)) $(LDFLAGS_ALL) $(LIBS_$(1))
endef
$(foreach p,$(PROCESSES),$(eval $(call faulty,$(p))))

define process
SRC_$(1) := $(foreach d,$(DIRS_$(1)),$(wildcard $(d)/*.c))
OBJ_$(1) := $$(patsubst %.c,$(B)/o/%.o,$$(filter-out %/main.c,$$(SRC_$(1))))
$(B)/$(1).a: $$(OBJ_$(1))
	$$(call say,AR,$$@)
	$$(Q)rm -f $$@; ar rcs $$@ $$^
$(BIN_$(1)): $(B)/o/$(firstword $(DIRS_$(1)))/main.o $(B)/$(1).a $(B)/libvitrine.a
	$$(call say,LD,$$@)
	$$(Q)$$(CC) -o $$@ $$^ $(LDFLAGS_ALL) $(LIBS_$(1))
endef
$(foreach p,$(PROCESSES),$(eval $(call process,$(p))))

$(B)/o/render/%.o $(B)/o/tests/unit/render/%.o $(B)/o/tests/fuzz/fuzz_text.o $(B)/o/tests/fuzz/fuzz_view.o: CFLAGS_ALL += $(CAIRO_INC)
$(B)/o/gen/%.o: $(B)/gen/%.c | $(GEN) $(GEN_UI)
	@mkdir -p $(@D)
	$(call say,CC,gen/$*.c)
	$(Q)$(CC) $(CFLAGS_ALL) -MMD -MP -c -o $@ $<
$(B)/o/%.o: %.c | $(GEN) $(GEN_UI)
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(CFLAGS_ALL) -MMD -MP -c -o $@ $<
# Written with the objects; without this rule make would try to make them from sources of that name.
$(B)/o/%.d: ;
-include $(shell find $(B)/o -name '*.d' 2>/dev/null)

# --- tests: tests/unit/PROCESS/test_X.c links that process's archive and the other sources of its folder ------
UNIT_SRC := $(wildcard tests/unit/*/test_*.c)
UNIT := $(UNIT_SRC:%.c=$(B)/%)
LIBS_lib := -lseccomp
UNIT_HELP = $(patsubst %.c,$(B)/o/%.o,$(filter-out tests/unit/$(1)/test_%,$(wildcard tests/unit/$(1)/*.c))) \
            $(if $(filter lib,$(1)),$(B)/o/gen/schema.o)
UNIT_MORE_lib = $(patsubst %,$(B)/o/policy/compile/%.o,constants source) # the names that policies use
UNIT_MORE_verify = $(B)/audit.a # the verifier is tried on what the writer writes
$(B)/pseudo/test_%: $(B)/o/tests/unit/render/test_%.o $(patsubst %.c,$(B)/o/%.o,$(wildcard tests/unit/render/samples*.c)) \
        $(B)/o/gen/pseudo/ui_tables.o $(B)/render.a $(B)/libvitrine.a
	@mkdir -p $(@D)
	$(Q)$(CC) -o $@ $^ $(LDFLAGS_ALL) $(WRAP) $(LIBS_render) -lcmocka
UNIT += $(B)/pseudo/test_overlap
define unit
$(B)/tests/unit/$(1)/%: $(B)/o/tests/unit/$(1)/%.o $(call UNIT_HELP,$(1)) \
        $(if $(filter $(1),$(PROCESSES)),$(B)/$(1).a) $(UNIT_MORE_$(1)) $(B)/libvitrine.a
	@mkdir -p $$(@D)
	$$(call say,LD,$$@)
	$$(Q)$$(CC) -o $$@ $$^ $(LDFLAGS_ALL) $$(WRAP) $(LIBS_$(1)) -lcmocka -lz
endef
$(foreach p,$(PROCESSES) lib,$(eval $(call unit,$(p))))
# The properties of e2e/1 are test programs too: tests/hostile/pNN_X.c, linked with seal's archive.
PROPERTY := $(patsubst %.c,$(B)/%,$(wildcard tests/hostile/p*.c))
UNIT += $(PROPERTY)
$(PROPERTY): $(B)/%: $(B)/o/%.o $(B)/seal.a $(B)/libvitrine.a
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)$(CC) -o $@ $^ $(LDFLAGS_ALL) $(WRAP) $(LIBS_seal) -lcmocka
# A kernel without memory.
$(B)/tests/unit/lib/test_chan: WRAP := -Wl,--wrap=sendmsg
$(B)/tests/unit/gate/test_gate: WRAP := -Wl,--wrap=send
# A log service that reads slowly, and a clock that it moves on.
$(B)/tests/unit/audit/test_sink: WRAP := $(foreach c,poll loop_now_ms,-Wl,--wrap=$(c))
# Calls to the system that this one makes to fail in turn.
$(B)/tests/unit/verify/test_faults: WRAP := \
    $(foreach c,write pwrite pread fdatasync ftruncate lseek flock,-Wl,--wrap=$(c))
# A verifier without memory.
$(B)/tests/unit/verify/test_policy_set: WRAP := -Wl,--wrap=malloc
# What is public of a comparison with a secret: its outcome.
$(B)/tests/hostile/p19_branches: WRAP := \
    $(foreach c,CRYPTO_memcmp BN_is_zero BN_cmp EC_POINT_is_at_infinity EVP_PKEY_sign,-Wl,--wrap=$(c))
# How long it is slept at a door where somebody waits.
$(B)/tests/unit/relay/test_door: WRAP := -Wl,--wrap=epoll_wait
# Encryptions, counted; a member's memory, taken.
$(B)/tests/hostile/p06_sealed_once: WRAP := -Wl,--wrap=sframe_seal
$(B)/tests/hostile/p08_joined_later: WRAP := -Wl,--wrap=derive_wrap_step
$(B)/tests/hostile/p11_revoked: WRAP := -Wl,--wrap=pair_destroy
# A process whose memory answers nobody, how long that is waited for; a computer without one process or descriptor left.
$(B)/tests/unit/vitrine/test_doctor: WRAP := $(foreach c,proc_read poll start_fork readdir doctor_ask_about,-Wl,--wrap=$(c))
$(B)/tests/unit/vitrine/test_doctor_tries: WRAP := $(foreach c,start_fork sandbox_filter readdir,-Wl,--wrap=$(c))
# A kernel that does not tell a process's filters; folders that cannot be read.
$(B)/tests/unit/vitrine/test_doctor_compare: WRAP := $(foreach c,ptrace openat readdir,-Wl,--wrap=$(c))
# What the heart hears and the windows are told, counted; time that stands still.
$(B)/tests/unit/vitrine/test_route: WRAP := $(foreach c,windows_painted windows_view_has_size windows_view_size \
    windows_update app_event loop_now_ms record_space record_sinks,-Wl,--wrap=$(c))
# Workers that start, or do not, when they are told to.
$(B)/tests/unit/vitrine/test_crew: WRAP := $(foreach c,workers_start launcher_filters app_event record_error,-Wl,--wrap=$(c))
# What the owner is shown, counted; a disk that answers when it is told to.
$(B)/tests/unit/vitrine/test_identity: WRAP := $(foreach c,windows_toast app_event launcher_sync,-Wl,--wrap=$(c))
# ... and that there is not.
$(B)/tests/unit/vitrine/test_events: WRAP := -Wl,--wrap=malloc
$(B)/tests/unit/vitrine/test_settings_keep: WRAP := -Wl,--wrap=launcher_sync
$(B)/tests/unit/vitrine/test_launcher: WRAP := -Wl,--wrap=fsync
$(B)/tests/unit/vitrine/test_store: WRAP := $(foreach c,launcher_sync fsync flock,-Wl,--wrap=$(c))
# The moment before an answer of the X server is looked for.
$(B)/tests/unit/vitrine/test_hotkey_clean: WRAP := -Wl,--wrap=xcb_poll_for_reply
# Memory that there is not; tones, counted.
$(B)/tests/unit/vitrine/test_windows $(B)/tests/unit/vitrine/test_windows_labels: WRAP := -Wl,--wrap=shared_create
$(B)/tests/unit/vitrine/test_windows_prompt: WRAP := -Wl,--wrap=xcb_bell
$(B)/tests/unit/vitrine/test_windows_lock $(B)/tests/unit/vitrine/test_windows_panel \
    $(B)/tests/unit/vitrine/test_windows_seen $(B)/tests/unit/vitrine/test_windows_taken: WRAP := -lxcb-composite
# ... whose windows, workers and heart are the test.
$(B)/tests/unit/vitrine/test_hands $(B)/tests/unit/vitrine/test_hands_owner: WRAP := $(foreach c,crew_chan crew_lost windows_reach windows_ask_reach \
    windows_forget_reach windows_have_keyboard windows_hint windows_shared_area app_event_kind msg_input_events_send \
    windows_key_reach windows_ask_key_reach display_query_state msg_input_release_send msg_gate_hold_send display_ask_nothing record_deaf \
    msg_seal_hold_send msg_seal_ask_send display_connect_raw,-Wl,--wrap=$(c))
# The model that windows are drawn from, without windows.
$(B)/tests/unit/vitrine/test_facts: WRAP := \
    $(foreach c,windows_update windows_assistive talk_fill,-Wl,--wrap=$(c))
# Where words and icons come to stand.
$(B)/tests/unit/render/test_overlap $(B)/pseudo/test_overlap: WRAP := -Wl,--wrap=text_draw -Wl,--wrap=icon_draw
# Every text that is drawn.
$(B)/tests/unit/render/test_said: WRAP := -Wl,--wrap=text_draw
# Time that passes when it is told to.
$(B)/tests/unit/vitrine/test_tries: WRAP := -Wl,--wrap=loop_now_ms
# Answers of the self-test that are wrong.
$(B)/tests/hostile/p20_arithmetic: | $(B)/tests/unit/seal/test_vectors
# (private: not for what it needs, too)
$(B)/tests/hostile/p20_arithmetic: private WRAP := \
    $(foreach c,kdf_hkdf512 sig_verify_plain sframe_seal pake_run tls_export,-Wl,--wrap=$(c))
# A controller that miscounts, a joiner that signs wrong.
$(B)/tests/unit/seal/test_failures: WRAP := -Wl,--wrap=input_record_write
$(B)/tests/unit/seal/test_failures_identity: WRAP := -Wl,--wrap=sig_sign
# Sessions by the hundred (tests/unit/seal/world.h).
$(foreach t,chat control counters door failures failures_identity grants hostile identity late limits resume roles session sizes,$(B)/tests/unit/seal/test_$(t)) \
$(filter-out %/p19_branches %/p20_arithmetic,$(PROPERTY)): \
    WRAP += -Wl,--wrap=stretch_password
# These run the real programs.
$(B)/tests/unit/net/test_chain: | $(BIN_relay) $(BIN_net) $(BIN_dial)
$(B)/tests/unit/seal/test_process $(B)/tests/unit/seal/test_process_mirror: | $(BIN_seal)
$(B)/tests/unit/render/test_process_ui $(B)/tests/unit/render/test_process_view: | $(BIN_render)
$(B)/tests/unit/vitrine/test_never: | $(BIN_gate) $(BIN_capture)
$(B)/tests/unit/gate/test_server: | $(BIN_gate)
$(B)/tests/unit/vitrine/test_never: WRAP := -lxcb-damage
$(foreach t,cmd files parts receipt writer,$(B)/tests/unit/vitrine/test_audit_$(t)): | $(BIN_audit) $(BIN_verify)
# Nobody waits for another program's lock.
$(B)/tests/unit/vitrine/test_audit_files: WRAP := -Wl,--wrap=poll -Wl,--wrap=fsync
unit-build: $(UNIT)
unit-run: unit-build
	$(Q)tests/unit/run $(UNIT)
	$(Q)CC=$(CC) tests/policy/compile.py $(COMPILE) policy
	$(Q)tests/unit/ui_compile $(UICOMPILE) lib/ui
# What reads only the sources needs no second look under the sanitizers.
unit: unit-run
	$(Q)tests/unit/layers
	$(Q)tests/policy/documents.py
	$(Q)tests/vectors/tile.py check

# --- fuzzing: tests/fuzz/fuzz_X.c is one entrance; its seeds are in tests/corpus/X --------------------------------
# `make replay` runs the seeds and a fixed number of changed ones under the sanitizers; `make fuzz` searches on.
SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=all
FUZZ     := $(patsubst tests/fuzz/fuzz_%.c,%,$(wildcard tests/fuzz/fuzz_*.c))
FUZZ_N   ?= 20000
FUZZ_S   ?= 60
FUZZ_MAIN := $(if $(ENGINE),,$(B)/o/tests/fuzz/replay.o)
# The process a target is about, where it is not lib/ alone.
FUZZ_FOR_gate := gate
FUZZ_FOR_bus := bus
FUZZ_FOR_input := input
FUZZ_FOR_xauth := vitrine
$(foreach x,outer inner record unit peer joiner input pair signal,$(eval FUZZ_FOR_seal_$(x) := seal))
FUZZ_FOR_inward := net
$(foreach x,relay_hub proxy_head,$(eval FUZZ_FOR_$(x) := relay))
FUZZ_FOR_proxy := dial
$(foreach x,invite keyfile audit_show audit_export relay_conf desktop bus_address,$(eval FUZZ_FOR_$(x) := vitrine))
FUZZ_FOR_trail := verify
FUZZ_FOR_trail_lines := verify
FUZZ_FOR_proof := verify
FUZZ_FOR_policy_set := verify
FUZZ_FOR_certificates := verify
FUZZ_FOR_authorities := verify
FUZZ_FOR_audit_receipt := verify
FUZZ_MORE_audit_receipt := $(B)/vitrine.a
FUZZ_FOR_known := vitrine
FUZZ_FOR_xreply := vitrine
FUZZ_MORE_xreply := $(B)/o/capture/x11_shape.o
FUZZ_FOR_text := render
FUZZ_FOR_view := render
FUZZ_MORE_messages := $(patsubst %,$(B)/o/tests/unit/lib/%.o,build wire) $(B)/o/gen/schema.o
define fuzz
$(B)/fuzz/$(1): $(B)/o/tests/fuzz/fuzz_$(1).o $(FUZZ_MAIN) $(FUZZ_MORE_$(1)) \
        $(FUZZ_FOR_$(1):%=$(B)/%.a) $(B)/libvitrine.a
	@mkdir -p $$(@D)
	$$(call say,LD,$$@)
	$$(Q)$$(CC) -o $$@ $$^ $(LDFLAGS_ALL) $(ENGINE) $(LIBS_$(FUZZ_FOR_$(1))) -lz
endef
$(foreach f,$(FUZZ),$(eval $(call fuzz,$(f))))
replay-run: $(FUZZ:%=$(B)/fuzz/%)
	$(Q)tests/fuzz/run $(B)/fuzz $(FUZZ_N) $(FUZZ)
fuzz-run: $(FUZZ:%=$(B)/fuzz/%)
	$(Q)set -e; for f in $(FUZZ); do mkdir -p $(B)/found/$$f; tests/fuzz/seeds $$f $(B)/seeds/$$f; echo "  FUZZ    $$f"; \
	    $(B)/fuzz/$$f -max_total_time=$(FUZZ_S) -print_final_stats=1 -artifact_prefix=$(B)/found/$$f- \
	    $(B)/found/$$f $(B)/seeds/$$f 2>&1 | tail -12; done
# Lines of sources for a report (-g1), no more: half the bytes to write and to link.
replay:
	$(Q)$(MAKE) --no-print-directory B=$(B)/sanitize SAN="$(SANITIZE)" FORTIFY= OPT="-O1 -g1" replay-run
unit-sanitize:
	$(Q)$(MAKE) --no-print-directory B=$(B)/sanitize SAN="$(SANITIZE)" FORTIFY= OPT="-O1 -g1" unit-run
fuzz:
	$(Q)$(MAKE) --no-print-directory B=$(B)/libfuzzer CC=clang FORTIFY= OPT="-O1 -g" \
	    SAN="-fsanitize=fuzzer-no-link,address,undefined" ENGINE=-fsanitize=fuzzer fuzz-run

# --- the two commands --------------------------------------------------------------------------------------------
BENCH := $(patsubst %.c,$(B)/%,$(wildcard tests/bench/*.c tests/harness/*.c))
$(BENCH): $(B)/%: $(B)/o/%.o $(B)/libvitrine.a
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)$(CC) -o $@ $^ $(LDFLAGS_ALL) $(BENCH_MORE) -lxcb -lz -lssl -lcrypto
$(B)/tests/bench/relay $(B)/tests/bench/proxied: $(B)/o/tests/bench/load/load.o
$(B)/tests/bench/relay $(B)/tests/bench/proxied: BENCH_MORE := $(B)/libvitrine.a
$(B)/tests/bench/drag: $(B)/capture.a
$(B)/tests/bench/drag: BENCH_MORE := $(B)/libvitrine.a -lm
$(B)/tests/bench/tile: BENCH_MORE := -lm
$(B)/tests/bench/drawn: BENCH_MORE := -lxcb-damage
# This one plays the broker: the kill switch in it is the real one.
$(B)/tests/harness/hand: $(B)/vitrine.a
$(B)/tests/harness/hand: | $(B)/tests/harness/vitrine-gate $(B)/tests/harness/vitrine-input
$(B)/tests/harness/vitrine-%: $(B)/vitrine-%
	@mkdir -p $(@D)
	$(Q)ln -f $< $@
$(B)/tests/harness/hand: BENCH_MORE := $(B)/libvitrine.a -lxcb-xinput -lxcb-xtest
$(B)/tests/harness/coded: $(B)/render.a
$(B)/tests/harness/coded: BENCH_MORE := $(B)/libvitrine.a
$(B)/tests/harness/devices: BENCH_MORE := -lxcb-xinput -lxcb-xtest
$(B)/tests/harness/poke: BENCH_MORE := -lxcb-shape -lxcb-composite
# A seal that misuses control: the real one with a few functions wrapped.
STEER := $(foreach f,input_record_write pair_take pair_close pair_destroy control_signal wish_tick wish_due grant_input \
    grant_tick,-Wl,--wrap=$(f))
$(B)/tests/hostile/steer: $(B)/o/net/seal/main.o $(B)/o/tests/hostile/steer.o $(B)/seal.a $(B)/libvitrine.a
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)$(CC) -o $@ $^ $(STEER) $(LDFLAGS_ALL) $(LIBS_seal)
# An input worker that has gone bad: the real one with its injections wrapped.
$(B)/tests/hostile/grip: $(B)/o/input/main.o $(B)/o/tests/hostile/grip.o $(B)/input.a $(B)/libvitrine.a
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)$(CC) -o $@ $^ -Wl,--wrap=xcb_test_fake_input $(LDFLAGS_ALL) $(LIBS_input)
# One that says what its owner's role may not say.
FORGE := $(foreach f,joiner_tick joiner_due organizer_tick organizer_due control_signal,-Wl,--wrap=$(f))
$(B)/tests/hostile/forge: $(B)/o/net/seal/main.o $(B)/o/tests/hostile/forge.o $(B)/seal.a $(B)/libvitrine.a
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)$(CC) -o $@ $^ $(FORGE) $(LDFLAGS_ALL) $(LIBS_seal)
# Workers gone bad; a bad viewer's painter is a good one for its windows.
HOSTILE := $(patsubst %.c,$(B)/%,$(filter-out %/faults.c %/steer.c %/grip.c %/forge.c tests/hostile/p%,$(wildcard tests/hostile/*.c)))
$(HOSTILE): $(B)/%: $(B)/o/%.o $(B)/render.a $(B)/libvitrine.a
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)$(CC) -o $@ $^ $(LDFLAGS_ALL) $(LIBS_render)
setup:
	$(Q)tests/setup
# Set-up comes first in a make of its own: what it installs decides how this file reads.
demo: setup
	$(Q)$(MAKE) --no-print-directory all bench
	$(Q)B=$(B) tests/demo.py
check: setup
	$(Q)B=$(B) tests/check $(MAKE)
bench: $(BENCH) $(HOSTILE) $(B)/tests/hostile/steer $(B)/tests/hostile/grip $(B)/tests/hostile/forge $(FAULTS)
# What takes hours: every fault, every process killed in every state, the tests that say so, the models' mutations.
check-long: all bench unit-build
	$(Q)$(MAKE) --no-print-directory check-model
	$(Q)$(B)/tests/unit/vitrine/test_session_walk 5
	$(Q)B=$(B) tests/run.py --long
# Takes each rule of the models away in turn: the property that the model names beside it has to fail.
check-model:
	$(Q)tests/models/run mutations
# LAB names the folder of the screen-sharing lab; BENCHMARKS.md gets the table.
bench-picture: all bench
	$(Q)B=$(B) tests/bench/run.py
bench-control: all bench
	$(Q)B=$(B) tests/bench/control.py
# SECONDS is for each of its runs; BENCHMARKS.md gets the table.
bench-relay: all bench
	$(Q)B=$(B) tests/bench/relay.py $(SECONDS)
# Twenty minutes, or SOAK_S seconds; SEED repeats one.
SOAK_S ?= 1200
soak: all bench
	$(Q)B=$(B) tests/soak.py --seconds $(SOAK_S) $(if $(SEED),--seed $(SEED))
bench-windows: all bench
	$(Q)B=$(B) tests/bench/windows.py
# Every window and state as a picture, build/screens/index.html.
screens: all bench pseudo $(B)/tests/unit/render/test_paint
	$(Q)B=$(B) tests/screens.py --still
scenario: all bench $(B)/tests/unit/vitrine/test_windows
	$(Q)B=$(B) tests/run.py

# --- install: programs beside each other, because the broker starts workers from its own folder -----------------
PREFIX ?= /usr/local
install: all
	install -d $(DESTDIR)$(PREFIX)/lib/vitrine $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/doc/vitrine \
	    $(DESTDIR)$(PREFIX)/share/man/man1
	install -m 755 $(PROGRAMS) $(DESTDIR)$(PREFIX)/lib/vitrine
	ln -sf ../lib/vitrine/vitrine $(DESTDIR)$(PREFIX)/bin/vitrine
	install -m 644 policy/vitrine.conf $(DESTDIR)$(PREFIX)/share/doc/vitrine
	install -d $(DESTDIR)$(PREFIX)/share/doc/vitrine/relay
	install -m 644 policy/relay/* $(DESTDIR)$(PREFIX)/share/doc/vitrine/relay
	install -m 644 broker/vitrine.1 $(DESTDIR)$(PREFIX)/share/man/man1
	install -D -m 644 broker/share/vitrine.desktop $(DESTDIR)$(PREFIX)/share/applications/vitrine.desktop
	install -D -m 644 broker/share/vitrine.svg $(DESTDIR)$(PREFIX)/share/icons/hicolor/scalable/apps/vitrine.svg

format:
	$(Q)clang-format -i $$(git ls-files '*.c' '*.h')
format-check:
	$(Q)clang-format --dry-run -Werror $$(git ls-files '*.c' '*.h') && echo "format: 1 passed, 0 failed"
clean:
	rm -rf $(B)

.PHONY: all unit unit-run unit-build unit-sanitize replay replay-run fuzz fuzz-run setup demo check check-long check-model bench bench-picture bench-control bench-relay soak bench-windows scenario screens pseudo install format \
        format-check clean
.SECONDARY:
.DEFAULT_GOAL := all
