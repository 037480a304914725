/*
 * A doctor's report for people and for programs. Runs in `vitrine doctor`.
 */
#include "broker/doctor.h"
#include "lib/json.h"
#include <string.h>
#include <unistd.h>

static const char *holds_word(const struct doctor_row *row, enum doctor_power power)
{
    if (row->result != DOCTOR_VERIFIED)
        return "-";
    switch (row->holds[power]) {
    case UI_HOLDS_NEVER:
        return "never";
    case UI_HOLDS_MAY:
        return "may";
    case UI_HOLDS_UNTRIED:
        return "untried";
    case UI_HOLDS_TRUSTED:
        break;
    }
    return "trusted";
}

static const char *row_name(const struct doctor_row *row)
{
    return row->kind == WORKER_NONE ? "broker" : worker_kind_name(row->kind);
}

static const char *result_word(const struct doctor_row *row)
{
    switch (row->result) {
    case DOCTOR_VERIFIED:
        return "verified";
    case DOCTOR_REFUSED:
        return "refused";
    case DOCTOR_NO_PROGRAM:
        return "not installed";
    case DOCTOR_IDLE:
        return "not running";
    case DOCTOR_UNTRIED:
        break;
    }
    return "not tried";
}

static void print_row(FILE *out, const struct doctor_row *row)
{
    char start[16] = "-";
    if (row->kind != WORKER_NONE && row->result == DOCTOR_VERIFIED)
        snprintf(start, sizeof start, "%u.%u ms", row->verified_us / 1000,
                 row->verified_us / 100 % 10);
    fprintf(out, "  %-8s %-9s", row_name(row), start);
    for (int power = 0; power < DOCTOR_POWERS; power++)
        fprintf(out, " %-10s", holds_word(row, (enum doctor_power)power));
    if (row->result != DOCTOR_VERIFIED) {
        fprintf(out, " %s%s%s\n", result_word(row), row->why != NULL ? ": " : "",
                row->why != NULL ? row->why : "");
        return;
    }
    fprintf(out, " filters %d, threads %d, capabilities %s%s%s%s%s\n", row->proof.filters,
            row->proof.threads, (row->proof.cap_eff | row->proof.cap_prm) == 0 ? "none" : "some",
            row->proof.namespaces ? ", own namespaces" : "",
            row->look.root_entries == 0 ? ", empty root" : "",
            row->look.own_network == 1 ? ", no network" : "",
            row->look.failed ? ", not all could be looked at" : "");
}

static void print_unseen(FILE *out, unsigned unseen)
{
    fputs("nothing wrong, but not compared:", out);
    for (unsigned i = 0; i < DOCTOR_SEEN_BITS; i++)
        if (unseen >> i & 1)
            fprintf(out, " %s", doctor_seen_word(i));
}

static void print_verdict(FILE *out, const struct doctor_process *p)
{
    switch (doctor_verdict(p)) {
    case DOCTOR_DIFFERS:
        fprintf(out, "WRONG: %s", p->wrong);
        break;
    case DOCTOR_UNSURE:
        print_unseen(out, p->unseen);
        break;
    case DOCTOR_RIGHT:
        fputs("as it should be", out);
        break;
    case DOCTOR_NO_RULE:
        fputs(strcmp(p->name, "vitrine") == 0 ? "a command, in no session"
                                              : "no program of vitrine",
              out);
    }
}

static void print_sum(FILE *out, const struct doctor_processes *all)
{
    unsigned n[DOCTOR_NO_RULE + 1] = {0};
    for (unsigned i = 0; i < all->n; i++)
        n[doctor_verdict(&all->list[i])]++;
    fprintf(out,
            "  %u as they should be, %u not compared in everything, %u without a rule, %u wrong.\n",
            n[DOCTOR_RIGHT], n[DOCTOR_UNSURE], n[DOCTOR_NO_RULE], n[DOCTOR_DIFFERS]);
    if (n[DOCTOR_UNSURE] > 0 && geteuid() != 0)
        fprintf(out, "  Linux shows descriptors, some namespaces and the filters themselves to "
                     "root alone: sudo vitrine doctor compares these, too.\n");
}

static void print_processes(FILE *out, const struct doctor_report *r)
{
    if (r->running == NULL || (r->running->n == 0 && !r->running->hidden))
        return;
    fprintf(out, "\nRunning now, for %s:\n", geteuid() == 0 ? "everybody" : "this user");
    for (unsigned i = 0; i < r->running->n; i++) {
        const struct doctor_process *p = &r->running->list[i];
        fprintf(out,
                "  %-16s pid %-7d of %-7d seccomp %d, filters %d, threads %d, capabilities %s%s: ",
                p->name, (int)p->pid, (int)p->parent, p->proof.seccomp, p->proof.filters,
                p->proof.threads, (p->proof.cap_eff | p->proof.cap_prm) == 0 ? "none" : "some",
                p->proof.namespaces ? ", own namespaces" : "");
        print_verdict(out, p);
        fputc('\n', out);
    }
    if (r->running->full)
        fprintf(out, "  More run under such names than the %d that are listed.\n",
                DOCTOR_PROCESSES);
    if (r->running->hidden)
        fputs("  More may run: /proc is not there, hides this user's own processes (hidepid), or "
              "could not be read; what it hides was not compared.\n",
              out);
    print_sum(out, r->running);
}

static void print_missing(FILE *out, const struct doctor_report *r)
{
    static const struct {
        const char *what, *means;
    } words[] = {
        {"confinement", "a part of vitrine could not be locked in here; vitrine refuses to use it"},
        {"namespaces",
         "user namespaces are off: parts see the machine's file tree and network by name, "
         "and only their filters (and Landlock) keep them from it"},
        {"landlock", "this kernel has no Landlock: one wall of three is missing"},
        {"mlock", "memory not locked: keys could be written to swap; 8 MiB have to be "
                  "allowed (ulimit -l)"},
    };
    for (unsigned i = 0; i < r->n_missing; i++)
        for (size_t k = 0; k < sizeof words / sizeof *words; k++)
            if (strcmp(words[k].what, r->missing[i]) == 0)
                fprintf(out, "  missing: %s: %s\n", words[k].what, words[k].means);
}

static void print_trail(FILE *out, const struct doctor_trail *t)
{
    if (t == NULL)
        return;
    fprintf(out, "  audit trail%s%s: ", t->path[0] ? " " : "", t->path);
    if (t->why)
        fprintf(out, "%s\n", t->why);
    else if (t->low)
        fprintf(
            out,
            "WARNING: %llu MiB are free on its disk, fewer than the %u of audit_warn_free; free "
            "space, or name another place\n",
            (unsigned long long)t->free_mib, t->wanted_mib);
    else
        fprintf(out, "%llu MiB are free on its disk; with fewer than %u there is a warning\n",
                (unsigned long long)t->free_mib, t->wanted_mib);
    if (t->verification_key)
        fputs("  audit trail: the verification key is still in its key file; `vitrine audit key` "
              "takes it out, to be kept elsewhere\n",
              out);
}

int doctor_print(FILE *out, const struct doctor_report *r)
{
    fprintf(out, "vitrine doctor: what this machine enforces, measured now\n\n");
    fprintf(out, "  Linux %s, seccomp %s, Landlock %s%d, user namespaces %s\n", r->kernel,
            r->seccomp ? "yes" : "no", r->landlock > 0 ? "ABI " : "", r->landlock,
            r->namespaces ? "yes" : "no");
    if (r->display != NULL)
        fprintf(out, "  %s\n", r->display);
    fprintf(out, "  protection: %s\n", r->level);
    print_missing(out, r);
    print_trail(out, r->trail);
    fprintf(out, "\n  %-8s %-9s %-10s %-10s %-10s %-10s %-10s\n", "part", "start", "screen",
            "mouse,keys", "network", "files", "others");
    for (int k = 0; k < WORKER_KINDS; k++)
        print_row(out, &r->rows[k]);
    fprintf(out,
            "\n  never: tried here, under the policy of that part, and stopped by Linux. may: "
            "handed to it by\n"
            "  design. trusted: only its own code holds it back. untried: it could not be tried.\n"
            "  start: from clone to verified.\n");
    print_processes(out, r);
    return fflush(out) == 0 && !ferror(out) ? 0 : -1;
}

/* --- JSON */

static void add_proof(struct json *j, const struct proof *p)
{
    json_number(j, "seccomp", p->seccomp);
    json_number(j, "filters", p->filters);
    json_number(j, "no_new_privs", p->no_new_privs);
    json_number(j, "threads", p->threads);
    json_number(j, "cap_eff", (int64_t)p->cap_eff);
    json_number(j, "cap_prm", (int64_t)p->cap_prm);
    json_number(j, "cap_inh", (int64_t)p->cap_inh);
    json_number(j, "cap_amb", (int64_t)p->cap_amb);
    json_number(j, "cap_bnd", (int64_t)p->cap_bnd);
    json_bool(j, "namespaces", p->namespaces);
    json_number(j, "rss_kb", (int64_t)p->rss_kb);
}

static void add_row(struct json *j, const struct doctor_row *row)
{
    static const char *const powers[DOCTOR_POWERS] = {"screen", "hands", "network", "files",
                                                      "others"};
    json_object(j, NULL);
    json_text(j, "role", row_name(row));
    json_text(j, "result", result_word(row));
    if (row->why != NULL)
        json_text(j, "why", row->why);
    if (row->result == DOCTOR_VERIFIED) {
        if (row->kind != WORKER_NONE)
            json_number(j, "verified_us", row->verified_us);
        add_proof(j, &row->proof);
        json_number(j, "root_entries", row->look.root_entries);
        json_number(j, "descriptors", row->look.descriptors);
        json_number(j, "own_network", row->look.own_network);
        json_bool(j, "look_failed", row->look.failed);
        json_object(j, "holds");
        for (int power = 0; power < DOCTOR_POWERS; power++)
            json_text(j, powers[power], holds_word(row, (enum doctor_power)power));
        json_close(j);
    }
    json_close(j);
}

/* wrong: null without a rule to compare with; "" when nothing that was compared differs. */
static void add_process(struct json *j, const struct doctor_process *p)
{
    enum doctor_verdict v = doctor_verdict(p);
    json_object(j, NULL);
    json_text(j, "name", p->name);
    json_text(j, "role", doctor_part_name(p->part));
    json_number(j, "pid", p->pid);
    json_number(j, "parent", p->parent);
    add_proof(j, &p->proof);
    json_text(j, "verdict", doctor_verdict_word(v));
    json_text(j, "wrong", v == DOCTOR_NO_RULE ? NULL : p->wrong);
    json_array(j, "not_compared");
    for (unsigned i = 0; i < DOCTOR_SEEN_BITS; i++)
        if (p->unseen >> i & 1)
            json_text(j, NULL, doctor_seen_word(i));
    json_close(j);
    json_close(j);
}

/* free_mib: null where its disk could not be asked. */
static void add_trail(struct json *j, const struct doctor_trail *t)
{
    json_object(j, "trail");
    json_text(j, "path", t->path);
    if (t->why)
        json_text(j, "free_mib", NULL);
    else
        json_number(j, "free_mib", (int64_t)t->free_mib);
    json_number(j, "wanted_mib", t->wanted_mib);
    json_bool(j, "low", t->low);
    json_bool(j, "verification_key", t->verification_key);
    json_text(j, "why", t->why);
    json_close(j);
}

int doctor_print_json(FILE *out, const struct doctor_report *r)
{
    static char line[256 * 1024];
    struct json j;
    json_begin(&j, line, sizeof line);
    json_text(&j, "kernel", r->kernel);
    json_bool(&j, "seccomp", r->seccomp);
    json_bool(&j, "namespaces", r->namespaces);
    json_number(&j, "landlock", r->landlock);
    json_text(&j, "display", r->display);
    json_text(&j, "level", r->level);
    json_array(&j, "missing");
    for (unsigned i = 0; i < r->n_missing; i++)
        json_text(&j, NULL, r->missing[i]);
    json_close(&j);
    if (r->trail != NULL)
        add_trail(&j, r->trail);
    json_array(&j, "roles");
    for (int k = 0; k < WORKER_KINDS; k++)
        add_row(&j, &r->rows[k]);
    json_close(&j);
    json_array(&j, "processes");
    for (unsigned i = 0; r->running != NULL && i < r->running->n; i++)
        add_process(&j, &r->running->list[i]);
    json_close(&j);
    json_bool(&j, "processes_full", r->running != NULL && r->running->full);
    json_bool(&j, "processes_hidden", r->running != NULL && r->running->hidden);
    size_t len = json_end(&j);
    return len > 0 && fwrite(line, 1, len, out) == len && fflush(out) == 0 ? 0 : -1;
}
