/*
 * A plain main for fuzz targets: runs every file of the folders named, then N changed ones of them,
 * always the same. Usage: TARGET [-n N] FOLDER|FILE ...
 *
 * `make check` uses it with the sanitizers on; `make fuzz` links libFuzzer instead.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define INPUT_MAX 200000
#define INPUTS_MAX 5000

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct input {
    uint8_t *data;
    size_t size;
};

static struct input inputs[INPUTS_MAX];
static size_t n_inputs;

static uint64_t next_random(void)
{
    static uint64_t state = 20240607;
    state ^= state << 13; /* xorshift64 */
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

static size_t pick(size_t below)
{
    return below == 0 ? 0 : (size_t)(next_random() % below);
}

static void load_file(const char *path)
{
    FILE *f = fopen(path, "re");
    struct input in = {.data = malloc(INPUT_MAX)};
    if (f == NULL || in.data == NULL || n_inputs == INPUTS_MAX) {
        fprintf(stderr, "replay: cannot read %s\n", path);
        exit(1);
    }
    in.size = fread(in.data, 1, INPUT_MAX, f);
    in.data = realloc(in.data, in.size > 0 ? in.size : 1);
    inputs[n_inputs++] = in;
    fclose(f);
}

static int is_visible(const struct dirent *d)
{
    return d->d_name[0] != '.';
}

static void load(const char *path)
{
    struct dirent **found;
    struct stat st;
    if (stat(path, &st) != 0)
        return; /* a target without seeds yet starts from nothing */
    if (!S_ISDIR(st.st_mode)) {
        load_file(path);
        return;
    }
    int n = scandir(path, &found, is_visible, alphasort);
    for (int i = 0; i < n; i++) {
        char name[4096];
        snprintf(name, sizeof name, "%s/%s", path, found[i]->d_name);
        load(name);
        free(found[i]);
    }
    free(found);
}

/* Each run gets memory of exactly its size, so that a sanitizer sees one byte too many. */
static void run(const uint8_t *data, size_t size)
{
    uint8_t *exact = malloc(size > 0 ? size : 1);
    if (exact == NULL)
        abort();
    memcpy(exact, data, size);
    LLVMFuzzerTestOneInput(exact, size);
    free(exact);
}

static void insert(uint8_t *data, size_t *size)
{
    size_t n = 1 + pick(8), at = pick(*size + 1);
    if (*size + n > INPUT_MAX)
        return;
    memmove(data + at + n, data + at, *size - at);
    for (size_t i = 0; i < n; i++)
        data[at + i] = (uint8_t)next_random();
    *size += n;
}

static void cut_out(uint8_t *data, size_t *size)
{
    size_t at = pick(*size), n = 1 + pick(*size - at < 16 ? *size - at : 16);
    if (*size == 0)
        return;
    n = n > *size - at ? *size - at : n;
    memmove(data + at, data + at + n, *size - at - n);
    *size -= n;
}

/* Values at the edges of lengths and counts. */
static void put_edge(uint8_t *data, size_t size)
{
    static const uint32_t edges[] = {0,      1,      0x7F,    0x80,       0xFF,       0x100,
                                     0x7FFF, 0xFFFF, 0x10000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF};
    uint32_t value = edges[pick(sizeof edges / sizeof *edges)];
    size_t width = (size_t)1 << pick(3), at = pick(size);
    for (size_t i = 0; i < width && at + i < size; i++)
        data[at + i] = (uint8_t)(value >> 8 * (width - 1 - i));
}

static void splice(uint8_t *data, size_t *size)
{
    const struct input *other = &inputs[pick(n_inputs)];
    size_t at = pick(*size), from = pick(other->size);
    size_t n = other->size - from < INPUT_MAX - at ? other->size - from : INPUT_MAX - at;
    memcpy(data + at, other->data + from, n);
    *size = at + n;
}

static void change(uint8_t *data, size_t *size)
{
    switch (pick(7)) {
    case 0:
        insert(data, size);
        break;
    case 1:
        cut_out(data, size);
        break;
    case 2:
        put_edge(data, *size);
        break;
    case 3:
        splice(data, size);
        break;
    case 4:
        *size = pick(*size + 1);
        break;
    default:
        if (*size > 0)
            data[pick(*size)] ^= (uint8_t)(1u << pick(8));
        break;
    }
}

static void run_changed(void)
{
    static uint8_t data[INPUT_MAX];
    const struct input *from = &inputs[pick(n_inputs)];
    size_t size = from->size;
    memcpy(data, from->data, size);
    for (size_t i = pick(5) + 1; i > 0; i--)
        change(data, &size);
    run(data, size);
}

int main(int argc, char **argv)
{
    unsigned long n = 0;
    int arg = 1;
    if (argc > 2 && strcmp(argv[1], "-n") == 0) {
        n = strtoul(argv[2], NULL, 10);
        arg = 3;
    }
    for (; arg < argc; arg++)
        load(argv[arg]);
    printf("%zu files", n_inputs);
    fflush(stdout);
    for (size_t i = 0; i < n_inputs; i++)
        run(inputs[i].data, inputs[i].size);
    if (n_inputs == 0)
        inputs[n_inputs++] = (struct input){calloc(1, 1), 1};
    for (unsigned long i = 0; i < n; i++)
        run_changed();
    printf(", %lu changed ones: ok\n", n);
    for (size_t i = 0; i < n_inputs; i++)
        free(inputs[i].data);
    return 0;
}
