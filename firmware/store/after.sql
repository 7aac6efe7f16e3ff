-- SPDX-License-Identifier: Apache-2.0
-- What is asked when all is over: the promise, and when things happened. Rows of before are written
-- anew with the new columns, because salvage.c knows a row by all of them.

ALTER TABLE alert ADD COLUMN promised_people INTEGER NOT NULL DEFAULT 0;
ALTER TABLE alert ADD COLUMN promised_segments INTEGER NOT NULL DEFAULT 0;  -- of everybody together
ALTER TABLE alert ADD COLUMN first_yes_ms INTEGER NOT NULL DEFAULT 0;
UPDATE alert SET promised_people = 0;

-- at_ms is the last answer's.
ALTER TABLE answer ADD COLUMN first_ms INTEGER NOT NULL DEFAULT 0;
UPDATE answer SET first_ms = at_ms;

-- From sent_ms to the report that settled it, and 1; 0 = none came. A small number costs a byte.
ALTER TABLE message ADD COLUMN arrived_s INTEGER NOT NULL DEFAULT 0;
UPDATE message SET arrived_s = 0;
