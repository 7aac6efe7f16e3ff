-- SPDX-License-Identifier: Apache-2.0
-- What people took back since the copy was made stays taken back: `now` is the file that was in
-- use.
INSERT OR IGNORE INTO suppressed (since_ms, hash) SELECT since_ms, hash FROM now.suppressed;
UPDATE person SET suppressed = 1, duty_until_ms = 0,
	state = CASE WHEN state IN (1, 2, 5) THEN 3 ELSE state END,
	role = CASE WHEN configured THEN role ELSE 0 END
	WHERE suppressed = 0 AND id IN (SELECT i.id FROM identity i JOIN suppressed s
		ON s.hash = i.hash);
DELETE FROM story WHERE id NOT IN (SELECT id FROM now.story);
