/* Entrance: the organisation's policy and the user's settings. First byte: which. */
#include "broker/conf.h"
#include "broker/settings.h"
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct conf conf;
    static struct settings settings;
    char error[KEYFILE_ERROR];
    bool good;
    if (size == 0)
        return 0;
    const char *text = (const char *)data + 1;
    memset(error, 'x', sizeof error);
    if (data[0] & 1) {
        good = settings_parse(&settings, "settings", text, size - 1, error);
        if (settings.n_pins > SETTINGS_PINS)
            abort();
    } else {
        conf_init(&conf);
        good =
            conf_parse(&conf, "vitrine.conf", text, size - 1, error) &&
            conf_parse(&conf, "vitrine.conf", text, size - 1, error); /* never looser than itself */
        if (conf.largest_session < 2 || conf.n_relays > CONF_RELAYS)
            abort();
    }
    if (!good && !memchr(error, '\0', sizeof error))
        abort();
    return 0;
}
