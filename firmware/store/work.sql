-- SPDX-License-Identifier: Apache-2.0
-- What is still to be done about an incident. id is the incident's.
CREATE TABLE work (
	id INTEGER PRIMARY KEY,
	zones INTEGER NOT NULL,                   -- where it is, as far as is known; 0 = it is not
	confirmed INTEGER NOT NULL,
	same_as INTEGER NOT NULL,                 -- the incident that is about the same thing
	level INTEGER NOT NULL,                   -- who has been told that nobody took it
	escalate_ms INTEGER NOT NULL,             -- when the next are told
	verify_ms INTEGER NOT NULL,               -- when the next are asked to look
	form_ms INTEGER NOT NULL,                 -- when its answers are passed on
	due_ms INTEGER                            -- the earliest of the three
) STRICT;
CREATE INDEX work_due ON work (due_ms) WHERE due_ms IS NOT NULL;
CREATE INDEX work_same ON work (same_as, id) WHERE same_as > 0;

-- Who was told of an incident, or asked to go and look.
CREATE TABLE asked (
	id INTEGER PRIMARY KEY,
	state INTEGER NOT NULL,                   -- enum asked_state
	incident INTEGER NOT NULL REFERENCES incident (id),
	person INTEGER NOT NULL,
	UNIQUE (incident, person)
) STRICT;
CREATE INDEX asked_person ON asked (person, state);
