/*
 * Looks for secrets in memory and files: `scan NEEDLES (-p PID | -m PID | -f FILE)...`.
 *
 * NEEDLES is a file of lines `NAME HEX MASK`: the bytes to look for, and for each ff (has to be so)
 * or 00 (may be anything); the first two have to be ff. -p: all memory of a process, and its memory
 * files, mapped or not; -m: only what it shares or has from a memory file; -f: a file. Prints a
 * line `NAME WHERE` for each find, once for each place, and at the end `bytes N`.
 */
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NEEDLES 1024
#define LONGEST 256
#define PIECE (1 << 20)

struct needle {
    char name[40];
    uint8_t bytes[LONGEST], mask[LONGEST];
    size_t n;
    int next; /* of those with the same first two bytes; -1: none */
    bool told;
};

static struct needle needles[NEEDLES];
static int n_needles, first[65536];
static uint64_t looked_at;

static size_t read_hex(const char *text, uint8_t out[LONGEST])
{
    size_t n = 0;
    unsigned byte;
    for (; n < LONGEST && sscanf(text + 2 * n, "%2x", &byte) == 1; n++)
        out[n] = (uint8_t)byte;
    return n;
}

static void read_needles(const char *path)
{
    FILE *f = fopen(path, "re");
    char name[40], bytes[2 * LONGEST + 1], mask[2 * LONGEST + 1];
    memset(first, -1, sizeof first);
    while (f && n_needles < NEEDLES && fscanf(f, "%39s %512s %512s", name, bytes, mask) == 3) {
        struct needle *n = &needles[n_needles];
        snprintf(n->name, sizeof n->name, "%s", name);
        n->n = read_hex(bytes, n->bytes);
        read_hex(mask, n->mask);
        unsigned start = n->bytes[0] | (unsigned)n->bytes[1] << 8;
        n->next = first[start];
        first[start] = n_needles++;
    }
    if (!f || n_needles == 0)
        exit(2);
    fclose(f);
}

static bool is_at(const struct needle *n, const uint8_t *at)
{
    for (size_t i = 0; i < n->n; i++)
        if ((at[i] ^ n->bytes[i]) & n->mask[i])
            return false;
    return true;
}

static void look(const uint8_t *bytes, size_t n, const char *where)
{
    for (size_t i = 0; i + 1 < n; i++)
        for (int k = first[bytes[i] | (unsigned)bytes[i + 1] << 8]; k >= 0; k = needles[k].next)
            if (!needles[k].told && needles[k].n <= n - i && is_at(&needles[k], bytes + i)) {
                printf("%s %s\n", needles[k].name, where);
                needles[k].told = true;
            }
}

/* From..to of fd; a hole ends it. Pieces overlap by the longest needle. */
static void look_through(int fd, uint64_t from, uint64_t to, const char *where)
{
    static uint8_t piece[PIECE];
    while (from < to) {
        size_t want = to - from < PIECE ? (size_t)(to - from) : PIECE;
        ssize_t n = pread(fd, piece, want, (off_t)from);
        if (n <= 0)
            break;
        look(piece, (size_t)n, where);
        looked_at += (uint64_t)n;
        from += (size_t)n == PIECE ? PIECE - LONGEST : (uint64_t)n;
    }
    for (int i = 0; i < n_needles; i++)
        needles[i].told = false;
}

static void look_in_file(const char *path, const char *where)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return;
    look_through(fd, 0, UINT64_MAX, where);
    close(fd);
}

static void look_in_memory(const char *pid, bool shared_only)
{
    char path[64], line[512], where[600];
    snprintf(path, sizeof path, "/proc/%s/maps", pid);
    FILE *maps = fopen(path, "re");
    snprintf(path, sizeof path, "/proc/%s/mem", pid);
    int mem = open(path, O_RDONLY | O_CLOEXEC);
    while (maps && mem >= 0 && fgets(line, sizeof line, maps)) {
        unsigned long from, to;
        char modes[8];
        if (sscanf(line, "%lx-%lx %7s", &from, &to, modes) != 3 || modes[0] != 'r' ||
            strstr(line, "[v") ||
            (shared_only && !strstr(line, "memfd:") && !strstr(line, "SYSV") && modes[3] != 's'))
            continue;
        line[strcspn(line, "\n")] = '\0';
        snprintf(where, sizeof where, "%s memory %s", pid, line);
        look_through(mem, from, to, where);
    }
    if (maps)
        fclose(maps);
    if (mem >= 0)
        close(mem);
}

static void look_in_memory_files(const char *pid)
{
    for (int fd = 0; fd < 256; fd++) {
        char path[64], target[256], where[400];
        snprintf(path, sizeof path, "/proc/%s/fd/%d", pid, fd);
        ssize_t n = readlink(path, target, sizeof target - 1);
        if (n <= 0)
            continue;
        target[n] = '\0';
        if (!strstr(target, "memfd:") && !strstr(target, "(deleted)"))
            continue;
        snprintf(where, sizeof where, "%s descriptor %d %s", pid, fd, target);
        look_in_file(path, where);
    }
}

int main(int argc, char **argv)
{
    if (argc < 2)
        return 2;
    read_needles(argv[1]);
    for (int i = 2; i + 1 < argc; i += 2) {
        if (strcmp(argv[i], "-f") == 0) {
            look_in_file(argv[i + 1], argv[i + 1]);
            continue;
        }
        look_in_memory(argv[i + 1], strcmp(argv[i], "-m") == 0);
        look_in_memory_files(argv[i + 1]);
    }
    printf("bytes %llu\n", (unsigned long long)looked_at);
    return 0;
}
