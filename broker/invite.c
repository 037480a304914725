/* Relays, numbers and invitations. Run by the broker; distrusts every byte: an invitation may come
   from a link on a web page. */
#include "broker/invite.h"
#include "lib/hex.h"
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

static const char scheme[] = "vitrine://";

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Two digits of either case, as percent-encoding has them; -1: others. */
static int hex_byte(const char *text)
{
    int value = 0;
    for (int i = 0; i < 2; i++) {
        bool upper = text[i] >= 'A' && text[i] <= 'F';
        int digit = hex_digit(upper ? (char)(text[i] - 'A' + 'a') : text[i]);
        if (digit < 0)
            return -1;
        value = value * 16 + digit;
    }
    return value;
}

static bool parse_fingerprint(const char *text, size_t len, uint8_t out[16])
{
    return len == 32 && hex_parse(text, 16, out);
}

/* RFC 1035 2.3.1 with RFC 1123 2.1: letters, digits, hyphens inside; an IPv4 address is of this
 * form too. */
static bool name_valid(const char *host, size_t len)
{
    size_t label = 0;
    for (size_t i = 0; i < len; i++) {
        bool inside = label > 0 && i + 1 < len && host[i + 1] != '.';
        if (host[i] == '.') {
            if (label == 0 || i + 1 == len)
                return false;
            label = 0;
            continue;
        }
        if (!is_letter(host[i]) && !is_digit(host[i]) && !(host[i] == '-' && inside))
            return false;
        if (++label > 63)
            return false;
    }
    return label > 0;
}

static bool set_host(const char *host, size_t len, bool brackets, struct relay_name *out)
{
    if (len == 0 || len > MAX_HOST)
        return false;
    for (size_t i = 0; i < len; i++)
        out->host[i] = host[i] >= 'A' && host[i] <= 'Z' ? (char)(host[i] - 'A' + 'a') : host[i];
    out->host[len] = '\0';
    if (!brackets)
        return name_valid(host, len);
    struct in6_addr address;
    return inet_pton(AF_INET6, out->host, &address) == 1;
}

static bool set_port(const char *digits, size_t len, unsigned least, struct relay_name *out)
{
    unsigned port = 0;
    if (len == 0 || len > 5 || (digits[0] == '0' && len > 1))
        return false;
    for (size_t i = 0; i < len; i++) {
        if (!is_digit(digits[i]))
            return false;
        port = port * 10 + (unsigned)(digits[i] - '0');
    }
    out->port = (uint16_t)port;
    return port >= least && port <= UINT16_MAX;
}

static bool parse_address(const char *text, size_t len, unsigned least_port, struct relay_name *out)
{
    memset(out, 0, sizeof *out);
    out->port = RELAY_PORT;
    bool brackets = len > 0 && text[0] == '[';
    const char *end = memchr(text, brackets ? ']' : ':', len);
    if (brackets && !end)
        return false;
    const char *host = brackets ? text + 1 : text;
    const char *after = !end ? text + len : brackets ? end + 1 : end;
    size_t host_len = (size_t)((end ? end : text + len) - host);
    if (!set_host(host, host_len, brackets, out))
        return false;
    size_t rest = (size_t)(text + len - after);
    return rest == 0 || (after[0] == ':' && set_port(after + 1, rest - 1, least_port, out));
}

bool invite_parse_listen(const char *text, struct relay_name *out)
{
    return parse_address(text, strlen(text), 0, out);
}

bool invite_parse_relay(const char *text, struct relay_name *out)
{
    const char *slash = strchr(text, '/');
    size_t len = slash ? (size_t)(slash - text) : strlen(text);
    if (!parse_address(text, len, 1, out))
        return false;
    out->has_pin = slash != NULL;
    return !slash || parse_fingerprint(slash + 1, strlen(slash + 1), out->pin);
}

bool invite_parse_number(const char *text, char sid[INVITE_SID])
{
    size_t n = 0;
    for (size_t i = 0; text[i]; i++) {
        bool between = n > 0 && is_digit(text[i - 1]) && text[i + 1];
        if ((text[i] == ' ' || text[i] == '-') && between)
            continue;
        if (!is_digit(text[i]) || n == INVITE_SID - 1 || (n == 0 && text[i] == '0'))
            return false;
        sid[n++] = text[i];
    }
    sid[n] = '\0';
    return n == INVITE_SID - 1;
}

/* Every byte but A-Z a-z 0-9 as %XX; the other way round nothing else is taken. */
static bool decode_password(const char *text, size_t len, struct invite *out)
{
    char plain[MAX_PASSWORD];
    size_t n = 0;
    bool good = true;
    for (size_t i = 0; good && i < len; i++) {
        good = n < sizeof plain;
        if (!good)
            break;
        if (is_letter(text[i]) || is_digit(text[i])) {
            plain[n++] = text[i];
            continue;
        }
        int c = i + 2 < len && text[i] == '%' ? hex_byte(text + i + 1) : -1;
        good = c >= 0 && !is_letter((char)c) && !is_digit((char)c);
        plain[n++] = (char)c;
        i += 2;
    }
    /* Already canonical: an invitation is made by a program. */
    good = good && words_canonical(plain, n, &out->password) && out->password.len == n;
    explicit_bzero(plain, sizeof plain);
    out->has_password = good;
    return good;
}

/* The three parts after "v1.", each may be empty. */
static bool parse_secrets(const char *text, struct invite *out)
{
    const char *first = strchr(text, '.');
    const char *second = first ? strchr(first + 1, '.') : NULL;
    if (!second || strchr(second + 1, '.'))
        return false;
    size_t password = (size_t)(first - text), fp = (size_t)(second - first - 1);
    if (password && !decode_password(text, password, out))
        return false;
    out->has_fp = fp != 0;
    if (fp && !parse_fingerprint(first + 1, fp, out->fp))
        return false;
    size_t pin = strlen(second + 1);
    out->relay.has_pin = pin != 0;
    return !pin || parse_fingerprint(second + 1, pin, out->relay.pin);
}

/* What is wrong with it; NULL: nothing. */
static const char *parse(const char *text, struct invite *out)
{
    if (strlen(text) >= INVITE_MAX)
        return "it is too long";
    if (strncmp(text, scheme, sizeof scheme - 1) != 0)
        return "it does not begin as an invitation does";
    const char *address = text + sizeof scheme - 1;
    const char *slash = strchr(address, '/');
    if (!slash || !parse_address(address, (size_t)(slash - address), 1, &out->relay))
        return "its relay is not an address";
    const char *hash = strchr(slash + 1, '#');
    char number[INVITE_SID] = {0};
    if (!hash || hash - slash - 1 != INVITE_SID - 1)
        return "its session number does not have nine digits, or nothing follows";
    memcpy(number, slash + 1, INVITE_SID - 1);
    if (!invite_parse_number(number, out->sid))
        return "its session number is not a number";
    if (strncmp(hash + 1, "v1.", 3) != 0)
        return "its version is not known here";
    return parse_secrets(hash + 4, out) ? NULL : "what follows the session number is damaged";
}

bool invite_parse(const char *text, struct invite *out)
{
    memset(out, 0, sizeof *out);
    if (!parse(text, out))
        return true;
    invite_wipe(out);
    return false;
}

const char *invite_wrong(const char *text)
{
    struct invite read;
    memset(&read, 0, sizeof read);
    const char *wrong = parse(text, &read);
    invite_wipe(&read);
    return wrong;
}

static void format_address(const struct relay_name *relay, char out[INVITE_RELAY])
{
    bool v6 = strchr(relay->host, ':') != NULL;
    int n = snprintf(out, INVITE_RELAY, "%s%s%s", v6 ? "[" : "", relay->host, v6 ? "]" : "");
    if (relay->port != RELAY_PORT)
        snprintf(out + n, INVITE_RELAY - (size_t)n, ":%u", relay->port);
}

void invite_format_relay(const struct relay_name *relay, char out[INVITE_RELAY])
{
    format_address(relay, out);
    size_t n = strlen(out);
    if (!relay->has_pin)
        return;
    out[n] = '/';
    hex_format(relay->pin, 16, out + n + 1);
}

static void encode_password(const struct password *p, char out[3 * MAX_PASSWORD + 1])
{
    size_t n = 0;
    for (size_t i = 0; i < p->len; i++) {
        if (is_letter(p->text[i]) || is_digit(p->text[i]))
            out[n++] = p->text[i];
        else
            n += (size_t)snprintf(out + n, 4, "%%%02X", (unsigned char)p->text[i]);
    }
    out[n] = '\0';
}

void invite_format(const struct invite *invite, char out[INVITE_MAX])
{
    char address[INVITE_RELAY], password[3 * MAX_PASSWORD + 1] = "";
    char fp[HEX_SIZE(16)] = "", pin[HEX_SIZE(16)] = "";
    format_address(&invite->relay, address);
    if (invite->has_password)
        encode_password(&invite->password, password);
    if (invite->has_fp)
        hex_format(invite->fp, 16, fp);
    if (invite->relay.has_pin)
        hex_format(invite->relay.pin, 16, pin);
    snprintf(out, INVITE_MAX, "%s%s/%s#v1.%s.%s.%s", scheme, address, invite->sid, password, fp,
             pin);
    explicit_bzero(password, sizeof password);
}

void invite_wipe(struct invite *invite)
{
    explicit_bzero(invite, sizeof *invite);
}
