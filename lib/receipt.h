/*
 * The first line of a receipt (audit/FORMAT.md 10), which stands before the lines of the trail: of
 * which session the rest is. Anybody can write it; whether it is so, vitrine-verify says.
 */
#ifndef LIB_RECEIPT_H
#define LIB_RECEIPT_H
#include <inttypes.h>

/* The session's number, "" in trails that do not say it, and the number of the line it began with.
   Nothing else begins so: a line of a trail has its number first. */
#define RECEIPT_BEGIN "{\"receipt\":"
#define RECEIPT_PRINT RECEIPT_BEGIN "1,\"session\":\"%s\",\"line\":%" PRIu64 "}"
#define RECEIPT_MAX 80 /* bytes, the zero byte included */
#define RECEIPT_SESSION 10

#endif
