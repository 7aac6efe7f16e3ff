-- SPDX-License-Identifier: Apache-2.0
-- Who comes to an event, with how many; 0 people: does not come.
CREATE TABLE rsvp (
	id INTEGER PRIMARY KEY,
	event INTEGER NOT NULL,                   -- the bulletin
	person INTEGER NOT NULL,
	people INTEGER NOT NULL,
	at_ms INTEGER NOT NULL,
	UNIQUE (event, person)
) STRICT;
CREATE INDEX rsvp_person ON rsvp (person);
