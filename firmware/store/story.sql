-- SPDX-License-Identifier: Apache-2.0
-- What people tell, in pieces: those of one story have the id of its first one. Until its teller
-- says yes a story has a time at which it goes.
CREATE TABLE story (
	id INTEGER PRIMARY KEY,
	person INTEGER NOT NULL,
	first INTEGER NOT NULL,
	told_ms INTEGER NOT NULL,
	kept_ms INTEGER NOT NULL DEFAULT 0,       -- when its teller said yes; 0 = not yet
	expires_ms INTEGER,
	language TEXT NOT NULL,
	text BLOB NOT NULL,                       -- sealed
	wording BLOB                              -- sealed; of the first piece: what the yes was to
) STRICT;
CREATE INDEX story_person ON story (person);
CREATE INDEX story_expires ON story (expires_ms) WHERE expires_ms IS NOT NULL;
