/* The files of a trail: who may read them, the verification key, parts, another program's lock.
 */
#include "audit_rig.h"
#include "broker/audit_lines.h"
#include <errno.h>
#include <poll.h>
#include <sys/file.h>

static bool waiting_is_wrong;

int __real_poll(struct pollfd *fds, nfds_t n, int ms);
int __wrap_poll(struct pollfd *fds, nfds_t n, int ms);
int __wrap_poll(struct pollfd *fds, nfds_t n, int ms)
{
    assert_false(waiting_is_wrong);
    return __real_poll(fds, n, ms);
}

/* Of what the key was printed to: how often, and with which error; and whether the key file held
   the key meanwhile. */
static struct {
    unsigned n;
    int error;
    bool held;
} flushed;

int __wrap_fsync(int fd);
int __wrap_fsync(int fd)
{
    char path[520];
    bool known;
    (void)fd;
    snprintf(path, sizeof path, "%s.key", log_path);
    FD_OWNED key = open(path, O_RDONLY | O_CLOEXEC);
    flushed.n++;
    flushed.held = audit_files_hold_verification_key(key, &known) && known;
    errno = flushed.error;
    return flushed.error ? -1 : 0;
}

static void test_files(void **state)
{
    (void)state;
    struct audit_files files;
    struct stat st;
    char error[KEYFILE_ERROR];
    open_files(&files);
    assert_int_equal(fstat(files.key, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(fcntl(files.log, F_GETFL) & O_APPEND, O_APPEND);
    assert_int_equal(fchmod(files.key, 0640), 0);
    close_files(&files);
    assert_false(audit_files_open(&conf, &files, error));
    assert_non_null(strstr(error, "audit.log.key cannot be used: others may"));
    make(NULL);
    assert_int_equal(symlink("/etc/passwd", log_path), 0);
    assert_false(audit_files_open(&conf, &files, error));
    expect_output(verify, 1, "");
}

static void test_key(void **state)
{
    (void)state;
    char path[600];
    int status;
    one_run();
    char *text = output_of(audit_cmd_key, &status);
    assert_int_equal(status, 0);
    assert_int_equal(strlen(text), 67);
    assert_memory_equal(text, "1:", 2);
    snprintf(path, sizeof path, "%s/kept", folder);
    FILE *f = fopen(path, "we");
    fputs(text, f);
    fclose(f);
    free(text);
    expect_output(audit_cmd_key, 1, ""); /* once */
    one_run();
    f = open_memstream(&text, &(size_t){0});
    assert_int_equal(audit_cmd_verify(log_path, path, f), 0);
    fclose(f);
    assert_non_null(strstr(text, "every seal right"));
    free(text);
    f = fopen(path, "we");
    fputs("1:00\n", f);
    fclose(f);
    assert_int_equal(audit_cmd_verify(log_path, path, stdout), 2);
}

/* What could not be written is not taken out: it would be gone for ever. */
static void test_key_on_full_disk(void **state)
{
    (void)state;
    one_run();
    FILE *full = fopen("/dev/full", "we");
    assert_non_null(full);
    assert_int_equal(audit_cmd_key(log_path, full), 1);
    fclose(full);
    expect_output(audit_cmd_key, 0, "1:");
    expect_output(audit_cmd_key, 1, "");
}

/* In a file it is on the disk before it is taken out: a power cut leaves one of the two. */
static void test_key_on_the_disk(void **state)
{
    (void)state;
    char path[600];
    one_run();
    snprintf(path, sizeof path, "%s/kept", folder);
    FILE *f = fopen(path, "we");
    assert_non_null(f);
    memset(&flushed, 0, sizeof flushed);
    flushed.error = EIO;
    assert_int_equal(audit_cmd_key(log_path, f), 1);
    assert_int_equal(flushed.n, 1);
    assert_true(flushed.held);
    flushed.error = 0;
    assert_int_equal(audit_cmd_key(log_path, f), 0);
    assert_int_equal(flushed.n, 2);
    assert_true(flushed.held);
    fclose(f);
    expect_output(audit_cmd_key, 1, "");
}

/* Nobody's disk is behind a pipe. */
static void test_key_to_a_pipe(void **state)
{
    (void)state;
    int ends[2];
    char text[128];
    one_run();
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    FILE *f = fdopen(ends[1], "w");
    assert_non_null(f);
    memset(&flushed, 0, sizeof flushed);
    assert_int_equal(audit_cmd_key(log_path, f), 0);
    fclose(f);
    assert_int_equal(flushed.n, 0);
    assert_int_equal(read(ends[0], text, sizeof text), 67);
    close(ends[0]);
}

static char kept_path[600];

static int verify_kept(const char *file, FILE *out)
{
    return audit_cmd_verify(file, kept_path, out);
}

/* Without its key file a log does not pass --key; a key file that cannot be opened is an error. */
static void test_key_file_missing(void **state)
{
    (void)state;
    char key_path[520];
    int status;
    one_run();
    char *text = output_of(audit_cmd_key, &status);
    snprintf(kept_path, sizeof kept_path, "%s/kept", folder);
    FILE *f = fopen(kept_path, "we");
    fputs(text, f);
    fclose(f);
    free(text);
    expect_output(verify_kept, 0, "every seal right");
    snprintf(key_path, sizeof key_path, "%s.key", log_path);
    assert_int_equal(unlink(key_path), 0);
    expect_output(verify_kept, 1, "NOT shown to be whole: its key file is missing");
    expect_output(verify, 7,
                  "its key file is missing, and it could have been cut behind any signature (");
    assert_int_equal(symlink(key_path, key_path), 0); /* leads round in a circle: ELOOP */
    expect_output(verify_kept, 1, "");
    expect_output(verify, 1, "");
}

/* A log that has become long is put aside, and both are one trail. */
static void test_parts(void **state)
{
    (void)state;
    char part[600];
    struct audit_files files;
    one_run();
    snprintf(part, sizeof part, "%s.000001", log_path);
    open_files(&files);
    assert_int_equal(files.previous, -1);
    struct stat st;
    assert_int_equal(fstat(files.log, &st), 0);
    off_t size = st.st_size;
    assert_int_equal(ftruncate(files.log, TRAIL_PART), 0); /* as if it were long, while in use */
    struct audit_files second;
    open_files(&second);
    assert_int_equal(access(part, F_OK), -1);
    close_files(&second);
    close_files(&files);
    open_files(&files); /* and when nobody writes it */
    assert_int_equal(access(part, F_OK), 0);
    assert_true(files.previous >= 0);
    close_files(&files);
    assert_int_equal(truncate(part, size), 0);
    one_run();
    expect_output(verify, 0, "whole (8 lines read, signed up to line 7)");
    unlink(part);
    expect_output(verify, 0, "begins with number 5");
}

/* The writer gets the part before a log that holds perhaps nothing but what a crash left of its
   first line. */
static void test_part_before(void **state)
{
    (void)state;
    char part[600];
    struct audit_files files;
    one_run();
    snprintf(part, sizeof part, "%s.000001", log_path);
    assert_int_equal(rename(log_path, part), 0);
    static const struct {
        off_t size;
        bool previous;
    } logs[] = {{0, true}, {1, true}, {300, true}, {AUDIT_LINE, false}};
    for (size_t i = 0; i < sizeof logs / sizeof logs[0]; i++) {
        open_files(&files);
        assert_int_equal(ftruncate(files.log, logs[i].size), 0);
        close_files(&files);
        open_files(&files);
        assert_int_equal(files.previous >= 0, logs[i].previous);
        close_files(&files);
    }
}

/* Another program that puts the log aside, or never stops doing so: nobody waits for it there. */
static void test_locked(void **state)
{
    struct audit_files files;
    char error[KEYFILE_ERROR] = "";
    (void)state;
    open_files(&files);
    close_files(&files);
    FD_OWNED fd = open(log_path, O_RDWR | O_CLOEXEC);
    assert_int_equal(flock(fd, LOCK_EX | LOCK_NB), 0);
    waiting_is_wrong = true;
    assert_false(audit_files_open(&conf, &files, error));
    waiting_is_wrong = false;
    assert_true(files.busy);
    assert_int_equal(files.log, -1);
    assert_non_null(strstr(error, "another program keeps it locked"));
    assert_int_equal(flock(fd, LOCK_UN), 0);
    open_files(&files);
    assert_false(files.busy);
    close_files(&files);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_files, make),
        cmocka_unit_test_setup(test_key, make),
        cmocka_unit_test_setup(test_key_on_full_disk, make),
        cmocka_unit_test_setup(test_key_on_the_disk, make),
        cmocka_unit_test_setup(test_key_to_a_pipe, make),
        cmocka_unit_test_setup(test_key_file_missing, make),
        cmocka_unit_test_setup(test_parts, make),
        cmocka_unit_test_setup(test_part_before, make),
        cmocka_unit_test_setup(test_locked, make),
    };
    int status;
    return is_beside_programs(argc, argv, &status) ? cmocka_run_group_tests(tests, NULL, NULL)
                                                   : status;
}
