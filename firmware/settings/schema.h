/* SPDX-License-Identifier: Apache-2.0 */
/* The shape of the configuration file as data. Inside of the settings room only. */
#ifndef FARO_SETTINGS_SCHEMA_H
#define FARO_SETTINGS_SCHEMA_H

#include "faro/settings.h"

enum schema_type {
	SCHEMA_STRING,  /* const char * */
	SCHEMA_INT,     /* int */
	SCHEMA_BOOL,    /* bool */
	SCHEMA_WORD,    /* an enum, by the key's table of words */
	SCHEMA_WORDS,   /* struct settings_words: a word, or a group with one for each language */
	SCHEMA_NAME,    /* const char *, one of the key's words */
	SCHEMA_STRINGS, /* const char *const *, and an int that counts them */
	SCHEMA_INTS,    /* const int *, and an int that counts them */
	SCHEMA_GROUP,   /* a struct */
	SCHEMA_LIST,    /* pointer to an array of structs, and an int that counts them */
};

struct schema_word {
	const char *word;
	int value;
};

/** What a string may be. valid gets a string that has the right length. */
struct schema_form {
	bool (*valid)(const char *text);
	const char *allowed; /* in words, after "must be" */
};

struct schema_key {
	const char *name;
	enum schema_type type;
	size_t offset;       /* of the member in its group's struct */
	size_t count_offset; /* of the count, for STRINGS, INTS and LIST */
	/* the default as the file would have it, without quotes; NULL: must be given */
	const char *fallback;
	/* an INT's and each of INTS' value; a STRING's and each of STRINGS' length in bytes */
	int64_t min, max;
	int count_min, count_max;         /* elements of STRINGS, INTS and LIST */
	const struct schema_word *words;  /* WORD and NAME; ends with a NULL word */
	const struct schema_form *form;   /* STRING and STRINGS; NULL: any text */
	const struct schema_group *group; /* GROUP and LIST */
	bool private;        /* never repeated in a message: it may be personal or secret */
	const char *comment; /* for the sample, without a full stop */
	const char *example; /* an element of a list, for the sample */
};

struct schema_group {
	const char *name; /* what one of it is called in messages: "a zone" */
	size_t size;      /* of its struct */
	const struct schema_key *keys;
	size_t n_keys;
};

/** The whole file: a group whose struct is struct settings. */
extern const struct schema_group settings_schema;

/** Whether it is a language code such as "en" or "pt-BR". */
bool schema_is_language(const char *text);

/** The value of a word of a table, or -1. */
int schema_word_value(const struct schema_word *words, const char *word);

/** Writes what is allowed for a key: "60 to 86400", "\"code\", \"button\" or \"none\"". */
void schema_describe(const struct schema_key *key, struct strbuf *out);

/** Writes "What it means. Allowed: what it may be." */
void schema_meaning(const struct schema_key *key, struct strbuf *out);

/** Writes the default as the file would have it, in quotes where it is a string. */
void schema_default(const struct schema_key *key, struct strbuf *out);

#endif
