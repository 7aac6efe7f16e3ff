-- SPDX-License-Identifier: Apache-2.0
-- What is left of rows that are older than is kept (keep.c): how many there were of a kind.

-- Copies of an alert, and (broadcast 0) everything else that was ever sent.
CREATE TABLE past (
	id INTEGER PRIMARY KEY,
	broadcast INTEGER NOT NULL,
	state INTEGER NOT NULL,                   -- enum message_state
	language TEXT NOT NULL,                   -- of the copies
	zones INTEGER NOT NULL,                   -- of the people, as they were then
	modem INTEGER NOT NULL,
	error INTEGER NOT NULL,                   -- of failed ones
	reported INTEGER NOT NULL,
	people INTEGER NOT NULL,
	accepted INTEGER NOT NULL,                -- of them: of which a segment was taken
	segments INTEGER NOT NULL,
	resent INTEGER NOT NULL,
	first_sent_ms INTEGER NOT NULL,
	last_sent_ms INTEGER NOT NULL,
	UNIQUE (broadcast, state, language, zones, modem, error, reported)
) STRICT;

CREATE TABLE past_answer (
	id INTEGER PRIMARY KEY,
	alert INTEGER NOT NULL,
	language TEXT NOT NULL,
	answer INTEGER NOT NULL,
	zones INTEGER NOT NULL,
	people INTEGER NOT NULL,
	last_ms INTEGER NOT NULL,
	UNIQUE (alert, answer, language, zones)
) STRICT;
