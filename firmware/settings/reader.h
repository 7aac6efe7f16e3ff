/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One reading of a configuration file: what is shared by the parser and the checks. Inside of the
 * settings room only.
 */
#ifndef FARO_SETTINGS_READER_H
#define FARO_SETTINGS_READER_H

#include <libconfig.h>

#include "schema.h"
#include "sources.h"

/* The settings and everything they point to, freed together. */
struct settings_owner {
	struct settings settings; /* first: settings_free() gets its address */
	struct settings_block {
		struct settings_block *next;
	} * blocks;
	/* where mistakes are: "box.language" */
	struct settings_wrong {
		struct settings_wrong *next;
		char path[64];
	} * wrong;
};

struct reader {
	config_t config;
	struct sources sources;
	struct settings_owner *owner;
	settings_report_fn *report;
	void *ctx;
	unsigned int mistakes;
	bool no_memory;
};

/** Zeroed memory that lives as long as the settings; on -ENOMEM NULL, and no_memory is set. */
void *reader_alloc(struct reader *reader, size_t size);

/** Writes "alerts.code_ttl"; which one of a list it is, the line tells. */
void reader_path(const config_setting_t *setting, struct strbuf *out);

/** Reports a mistake or a warning at a setting of the file (NULL: at its beginning). */
void reader_error(struct reader *reader, const config_setting_t *at, const char *format, ...)
	PRINTF_LIKE(3, 4);
void reader_warn(struct reader *reader, const config_setting_t *at, const char *format, ...)
	PRINTF_LIKE(3, 4);

/** Reads the whole file into owner->settings by the schema. */
void reader_read(struct reader *reader);

/**
 * What no single setting shows: references between them, uniqueness, phone numbers (made E.164
 * here).
 */
void reader_check_meaning(struct reader *reader);

/** What the file names on this machine. */
void reader_check_machine(struct reader *reader);

#endif
