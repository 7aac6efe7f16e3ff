/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of farod share. */
#ifndef FAROD_H
#define FAROD_H

/*
 * farod -F: lights the fault light and does nothing more until it is told to stop. Without a board
 * it only waits. Returns an exit code.
 */
int farod_show_fault(const char *config_path);

#endif
