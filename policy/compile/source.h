/*
 * Reading rule files: lines, words, numbers. Part of policy-compile, which runs at build time only.
 * Any error in a rule file ends the build, naming file and line.
 */
#ifndef POLICY_COMPILE_SOURCE_H
#define POLICY_COMPILE_SOURCE_H
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define LINE_MAX_BYTES 1024
#define WORDS_MAX 64

struct source {
    char path[256];
    FILE *file;
    int line;                     /* number of the current line, from 1 */
    char text[LINE_MAX_BYTES];    /* the line without its comment and outer blanks */
    char comment[LINE_MAX_BYTES]; /* what followed '#', without outer blanks; empty: none */
    char words_text[LINE_MAX_BYTES];
    char *words[WORDS_MAX]; /* the words of text */
    int n_words;
};

/* Opens `folder`/`name`; ends the build when it cannot. */
void source_open(struct source *s, const char *folder, const char *name);
/* Reads the next line, blank and comment-only ones included (n_words 0). false at the end. */
bool source_next_raw(struct source *s);
/* Reads the next line that has words. */
bool source_next(struct source *s);
void source_close(struct source *s);
/* The text of the line after its first word. */
const char *source_rest(const struct source *s);

/* "path:line: message" on standard error, exit 1. */
_Noreturn void source_fail(const struct source *s, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
_Noreturn void build_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Copies a word into a buffer; fails the build when it does not fit. */
void source_copy(const struct source *s, char *out, size_t size, const char *word);
/* As source_copy, and the word must be a C identifier that is no keyword. */
void source_copy_name(const struct source *s, char *out, size_t size, const char *word);
/* Strict decimal or 0x number, optional minus. false: something else. */
bool parse_number(const char *word, int64_t *value);
void lower_copy(char *out, size_t size, const char *in);
void upper_copy(char *out, size_t size, const char *in);

#endif
