-- SPDX-License-Identifier: Apache-2.0
-- What dispatchers have for everybody who wants to read it: posts and events.
CREATE TABLE bulletin (
	id INTEGER PRIMARY KEY,
	kind INTEGER NOT NULL,                    -- enum bulletin_kind
	state INTEGER NOT NULL,                   -- enum bulletin_state
	author INTEGER NOT NULL,
	printed INTEGER NOT NULL DEFAULT 0,       -- bits of enum digest_period that it was in
	broadcast INTEGER NOT NULL DEFAULT 0,     -- of an event's announcement
	made_ms INTEGER NOT NULL,
	at_ms INTEGER NOT NULL,                   -- when an event is
	due_ms INTEGER,                           -- a draft: goes then; an event: reminds then
	text BLOB                                 -- sealed
) STRICT;
CREATE INDEX bulletin_due ON bulletin (due_ms) WHERE due_ms IS NOT NULL;

-- Who gets the digest, and how often. id is the person's.
CREATE TABLE reader (
	id INTEGER PRIMARY KEY,
	period INTEGER NOT NULL                   -- enum digest_period
) STRICT;
