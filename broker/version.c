/* The one place that says which vitrine this is. */
#include "broker/app.h"

const char app_version[] = "vitrine 0.1";
