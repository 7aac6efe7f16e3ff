/* SPDX-License-Identifier: Apache-2.0 */
/* The demo's closing screen: what the database file says about the first alert. */
#ifndef FARO_DEMO_FIGURES_H
#define FARO_DEMO_FIGURES_H

/* Prints the figures of the database at path. radio_ms: the radio time of a segment. 0 or -1. */
int figures_print(const char *path, int radio_ms);

#endif
