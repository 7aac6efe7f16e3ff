-- SPDX-License-Identifier: Apache-2.0
-- What people took back since the copy was made stays taken back: `now` is the file that was in
-- use.
INSERT OR IGNORE INTO suppressed (since_ms, hash) SELECT since_ms, hash FROM now.suppressed;
UPDATE person SET suppressed = 1, duty_until_ms = 0,
	state = CASE WHEN state IN (1, 2, 5) THEN 3 ELSE state END,
	role = CASE WHEN configured THEN role ELSE 0 END
	WHERE suppressed = 0 AND id IN (SELECT i.id FROM identity i JOIN suppressed s
		ON s.hash = i.hash);
-- A new card's file knows of no story, and of nobody who was there at the same moment: all are
-- kept.
DELETE FROM story WHERE id NOT IN (SELECT id FROM now.story) AND EXISTS (SELECT 1 FROM person p
	JOIN now.person n ON n.id = p.id AND n.joined_ms = p.joined_ms WHERE p.joined_ms > 0);
-- What was to come when the copy was made may have been sent or called off since: the file that was
-- in use knows. Ids begin anew in another box's file; with the same time it is the same row.
UPDATE alert SET state = 4, ended_ms = max(created_ms, started_ms)
	WHERE state = 5 AND EXISTS (SELECT 1 FROM now.alert n
		WHERE n.id = alert.id AND n.created_ms = alert.created_ms AND n.state <> 5);
UPDATE bulletin SET state = n.state, printed = n.printed, due_ms = n.due_ms
	FROM now.bulletin n WHERE n.id = bulletin.id AND n.made_ms = bulletin.made_ms;
UPDATE shift SET told = max(shift.told, n.told)
	FROM now.shift n WHERE n.id = shift.id AND n.from_ms = shift.from_ms;
INSERT OR REPLACE INTO value (name, value) SELECT name, value FROM now.value
	WHERE name LIKE 'digest %' OR name = 'gaps told';
