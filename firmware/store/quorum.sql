-- SPDX-License-Identifier: Apache-2.0
-- Who answers: how many alerts a person came to, and the order in which alerts reach people.
ALTER TABLE person ADD COLUMN answered INTEGER NOT NULL DEFAULT 0;
-- Every row gets the column: salvage.c knows a row by its shape.
UPDATE person SET answered = 0;

-- Those who came to most alerts have the least key; a walk keeps its place in one number. At most
-- 4095 are counted, so that a key is positive and keys of different counts do not overlap.
DROP INDEX person_duty;
CREATE INDEX person_duty ON person ((4095 - answered) * 1099511627776 + id)
	WHERE duty_until_ms > 0;
CREATE INDEX person_willing ON person ((4095 - answered) * 1099511627776 + id) WHERE role >= 2;
CREATE INDEX person_eager ON person ((4095 - answered) * 1099511627776 + id) WHERE answered > 0;

-- "Know this, do not come": nothing is asked, nobody is counted.
ALTER TABLE alert ADD COLUMN info INTEGER NOT NULL DEFAULT 0;
UPDATE alert SET info = 0;

-- Who is asked once more because they said nothing. id is the alert's.
CREATE TABLE reminder (
	id INTEGER PRIMARY KEY,
	broadcast INTEGER NOT NULL,               -- of the reminders
	after INTEGER NOT NULL,                   -- the responder who was looked at last
	due_ms INTEGER                            -- when they are looked at next
) STRICT;
CREATE INDEX reminder_due ON reminder (due_ms) WHERE due_ms IS NOT NULL;
