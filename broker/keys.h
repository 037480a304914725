/* The broker's name for the keyboard tables, which vitrine-input reads as well. */
#ifndef BROKER_KEYS_H
#define BROKER_KEYS_H
#include "lib/keys.h"

#endif
