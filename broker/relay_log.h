/*
 * The log of `vitrine relay --log F`: one line for each intrusion event, for people and for
 * programs such as fail2ban (policy/relay/). The parent keeps it: the relay itself has no file. It
 * appends only; whoever rotates it renames the file and sends SIGHUP. Without a file, and where it
 * cannot be written, the lines go to standard error.
 */
#ifndef BROKER_RELAY_LOG_H
#define BROKER_RELAY_LOG_H

struct relay_log {
    const char *path; /* NULL: standard error */
    int fd;           /* -1 without a file */
};

/* Opens the file, anew when there is one: made with mode 0640 where it is missing. -1 after a line
   on standard error: it cannot be opened, or is no plain file; what was open stays so. */
int relay_log_open(struct relay_log *log);
/* line: whole, its end included. */
void relay_log_write(const struct relay_log *log, const char *line);
void relay_log_close(struct relay_log *log);

#endif
