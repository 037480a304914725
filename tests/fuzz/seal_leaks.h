/*
 * For fuzz targets about vitrine-seal: keys, and OpenSSL's random generators with them, live in its
 * secure heap, which the leak checker does not search. What is held from there only would be called
 * leaked; the unit tests, which free everything, are where leaks show.
 */
#ifndef TESTS_FUZZ_SEAL_LEAKS_H
#define TESTS_FUZZ_SEAL_LEAKS_H

const char *__asan_default_options(void);

const char *__asan_default_options(void)
{
    return "detect_leaks=0";
}

#endif
