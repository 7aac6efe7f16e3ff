-- SPDX-License-Identifier: Apache-2.0
-- What was lately said to somebody by the box itself, and told dispatchers of theirs: a talk
-- between machines and a flood end also over a restart. id is the person's; 0 is all strangers
-- together.
CREATE TABLE talk (
	id INTEGER PRIMARY KEY,
	since_ms INTEGER NOT NULL,                -- since when the following are counted
	said INTEGER NOT NULL,
	helps INTEGER NOT NULL,
	told INTEGER NOT NULL,
	hurried INTEGER NOT NULL
) STRICT;
