-- SPDX-License-Identifier: Apache-2.0
-- Who was on duty, and when. A shift that was cut short ends when it was.
CREATE TABLE shift (
	id INTEGER PRIMARY KEY,
	person INTEGER NOT NULL,
	from_ms INTEGER NOT NULL,
	until_ms INTEGER NOT NULL,
	told INTEGER NOT NULL DEFAULT 0           -- enum shift_told
) STRICT;
CREATE INDEX shift_open ON shift (id) WHERE told < 2;
