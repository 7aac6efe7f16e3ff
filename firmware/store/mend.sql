-- SPDX-License-Identifier: Apache-2.0
-- What a lost row leaves behind in a salvaged file must not be in the way of the others, nor meet a
-- new row that is given the lost one's number.

-- A number without its state is somebody known, who gets nothing until they text again.
INSERT INTO person (id, suppressed) SELECT i.id, EXISTS (SELECT 1 FROM suppressed s
	WHERE s.hash = i.hash) FROM identity i WHERE i.id NOT IN (SELECT id FROM person);
DELETE FROM person WHERE id NOT IN (SELECT id FROM identity);
UPDATE person SET suppressed = 1 WHERE suppressed = 0 AND id IN
	(SELECT i.id FROM identity i JOIN suppressed s ON s.hash = i.hash);

-- Nobody new becomes one who is lost: what is queued for them and what they said is not theirs.
-- (2147483648: more is damage.)
INSERT OR IGNORE INTO person (id) SELECT max(id) FROM (
	SELECT max(person) AS id FROM message WHERE person < 2147483648 UNION ALL
	SELECT max(person) FROM consent WHERE person < 2147483648 UNION ALL
	SELECT max(person) FROM text WHERE person < 2147483648 UNION ALL
	SELECT max(person) FROM answer WHERE person < 2147483648 UNION ALL
	SELECT max(person) FROM asked WHERE person < 2147483648 UNION ALL
	SELECT max(person) FROM recipient WHERE person < 2147483648 UNION ALL
	SELECT max(who) FROM note WHERE who < 2147483648 UNION ALL
	SELECT max(reporter) FROM incident WHERE reporter < 2147483648 UNION ALL
	SELECT max(taken_by) FROM incident WHERE taken_by < 2147483648 UNION ALL
	SELECT max(author) FROM alert WHERE author < 2147483648 UNION ALL
	SELECT max(id) FROM dialogue WHERE id < 2147483648 UNION ALL
	SELECT max(id) FROM failing WHERE id < 2147483648)
	WHERE id > (SELECT coalesce(max(id), 0) FROM person);

-- A body of which parts are left can still be sent: its text is as if it were forgotten.
INSERT INTO body (id, parts, language) SELECT id / 256, max(id % 256) + 1, '' FROM body_part
	WHERE id / 256 NOT IN (SELECT id FROM body) GROUP BY id / 256;
DELETE FROM part WHERE id / 256 NOT IN (SELECT id FROM message);
DELETE FROM early WHERE id NOT IN (SELECT id FROM message);

DELETE FROM broadcast_body WHERE broadcast NOT IN (SELECT id FROM broadcast);
UPDATE message SET lane = 0 WHERE lane > 0 AND lane NOT IN (SELECT id FROM broadcast);
UPDATE message SET broadcast = 0 WHERE broadcast > 0 AND broadcast NOT IN
	(SELECT id FROM broadcast);
UPDATE alert SET broadcast = 0 WHERE broadcast > 0 AND broadcast NOT IN (SELECT id FROM broadcast);
-- Whose recipients nobody knows any more goes to nobody else.
UPDATE broadcast SET pass = 4 WHERE pass < 4 AND source > 0 AND source NOT IN
	(SELECT id FROM broadcast);

-- An alert that people answered, or that is under way, has its number; it is over.
INSERT INTO alert (id, state, incident, author, zones, wide, need, broadcast, created_ms,
	code_expires_ms)
	SELECT alert, 4, 0, 0, max(zones), max(wide), 0, max(broadcast), min(at_ms), 0 FROM
	(SELECT alert, 0 AS zones, 0 AS wide, 0 AS broadcast, at_ms FROM answer UNION ALL
	SELECT alert, zones, wide, id, created_ms FROM broadcast WHERE kind = 0)
	WHERE alert > 0 AND alert NOT IN (SELECT id FROM alert) GROUP BY alert;
DELETE FROM past WHERE broadcast > 0 AND broadcast NOT IN (SELECT id FROM broadcast);
DELETE FROM past_answer WHERE alert NOT IN (SELECT id FROM alert);
DELETE FROM reminder WHERE id NOT IN (SELECT id FROM alert);

-- An incident's trail is to be found under its number; better open once too often than never.
INSERT INTO incident (id, kind, state, reporter, opened_ms, changed_ms)
	SELECT incident, 0, 0, 0, min(at_ms), max(at_ms) FROM
	(SELECT incident, at_ms FROM note UNION ALL SELECT incident, created_ms FROM alert)
	WHERE incident > 0 AND incident NOT IN (SELECT id FROM incident) GROUP BY incident;
DELETE FROM work WHERE id NOT IN (SELECT id FROM incident);
DELETE FROM asked WHERE incident NOT IN (SELECT id FROM incident);

DELETE FROM fragment WHERE text NOT IN (SELECT id FROM text);
UPDATE text SET have = (SELECT count(*) FROM fragment f WHERE f.text = text.id) WHERE state = 0;
