/*
 * Which computer this is, and whose program: for the trail, so that records of many computers can
 * be told apart where they are collected.
 */
#ifndef BROKER_WHERE_H
#define BROKER_WHERE_H

#define WHERE_NAME 65 /* longest name of either, terminated */

/* "": it has no name, or none that is a text. */
void where_computer(char out[WHERE_NAME]);
/* As /etc/passwd has it; "": accounts come from elsewhere, and the number has to do. */
void where_user(char out[WHERE_NAME]);

#endif
