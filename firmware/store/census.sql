-- SPDX-License-Identifier: Apache-2.0
-- What is asked while everything else waits: counted here, so that neither a status nor a promise
-- walks over the list. Of this connection only and in memory; derived from the rows at start, then
-- moved with them, also by a rollback.

-- How many people and texts there are in each state.
CREATE TEMP TABLE census (
	id INTEGER PRIMARY KEY, -- people: state * 2 + suppressed; texts: 100 + state
	n INTEGER NOT NULL
) STRICT;
INSERT INTO census VALUES (0, 0), (1, 0), (2, 0), (3, 0), (4, 0), (5, 0), (6, 0), (7, 0), (8, 0),
	(9, 0), (10, 0), (11, 0), (100, 0), (101, 0), (102, 0);
UPDATE census SET n = p.n FROM (SELECT state * 2 + suppressed AS id, count(*) AS n
	FROM person INDEXED BY person_state GROUP BY state, suppressed) p WHERE census.id = p.id;
UPDATE census SET n = (SELECT count(*) FROM text INDEXED BY text_incomplete WHERE state = 0)
	WHERE id = 100;
UPDATE census SET n = (SELECT count(*) FROM text INDEXED BY text_waiting WHERE state = 1)
	WHERE id = 101;
UPDATE census SET n = (SELECT count(*) FROM text) +
	coalesce((SELECT value FROM value WHERE name = 'texts gone'), 0) -
	(SELECT sum(n) FROM census WHERE id IN (100, 101)) WHERE id = 102;

CREATE TEMP TRIGGER person_came AFTER INSERT ON main.person BEGIN
	UPDATE census SET n = n + 1 WHERE id = new.state * 2 + new.suppressed;
END;
CREATE TEMP TRIGGER person_moved AFTER UPDATE OF state, suppressed ON main.person
	WHEN old.state <> new.state OR old.suppressed <> new.suppressed BEGIN
	UPDATE census SET n = n - 1 WHERE id = old.state * 2 + old.suppressed;
	UPDATE census SET n = n + 1 WHERE id = new.state * 2 + new.suppressed;
END;
CREATE TEMP TRIGGER person_went AFTER DELETE ON main.person BEGIN
	UPDATE census SET n = n - 1 WHERE id = old.state * 2 + old.suppressed;
END;
CREATE TEMP TRIGGER text_came AFTER INSERT ON main.text BEGIN
	UPDATE census SET n = n + 1 WHERE id = 100 + new.state;
END;
CREATE TEMP TRIGGER text_moved AFTER UPDATE OF state ON main.text WHEN old.state <> new.state BEGIN
	UPDATE census SET n = n - 1 WHERE id = 100 + old.state;
	UPDATE census SET n = n + 1 WHERE id = 100 + new.state;
END;
CREATE TEMP TRIGGER text_went AFTER DELETE ON main.text BEGIN
	UPDATE census SET n = n - 1 WHERE id = 100 + old.state;
END;

-- Whom an alert can reach, by what decides its promise: as many rows as there are different
-- combinations, however long the list.
CREATE TEMP TABLE crowd (
	language TEXT NOT NULL,
	zones INTEGER NOT NULL,
	staff INTEGER NOT NULL, -- responders and above
	n INTEGER NOT NULL,
	PRIMARY KEY (language, zones, staff)
) STRICT, WITHOUT ROWID;
-- one by one: to group them they would all have to be sorted in memory
INSERT INTO crowd SELECT language, zones, role >= 2, 1 FROM person
	WHERE state = 2 AND blocked = 0 AND suppressed = 0
	ON CONFLICT (language, zones, staff) DO UPDATE SET n = n + 1;

CREATE TEMP TRIGGER crowd_came AFTER INSERT ON main.person
	WHEN new.state = 2 AND new.blocked = 0 AND new.suppressed = 0 BEGIN
	INSERT INTO crowd VALUES (new.language, new.zones, new.role >= 2, 1)
		ON CONFLICT (language, zones, staff) DO UPDATE SET n = n + 1;
END;
CREATE TEMP TRIGGER crowd_left AFTER UPDATE OF role, state, blocked, suppressed, language, zones
	ON main.person WHEN old.state = 2 AND old.blocked = 0 AND old.suppressed = 0 BEGIN
	UPDATE crowd SET n = n - 1 WHERE language = old.language AND zones = old.zones
		AND staff = (old.role >= 2);
	DELETE FROM crowd WHERE language = old.language AND zones = old.zones
		AND staff = (old.role >= 2) AND n = 0;
END;
CREATE TEMP TRIGGER crowd_joined AFTER UPDATE OF role, state, blocked, suppressed, language, zones
	ON main.person WHEN new.state = 2 AND new.blocked = 0 AND new.suppressed = 0 BEGIN
	INSERT INTO crowd VALUES (new.language, new.zones, new.role >= 2, 1)
		ON CONFLICT (language, zones, staff) DO UPDATE SET n = n + 1;
END;
CREATE TEMP TRIGGER crowd_went AFTER DELETE ON main.person
	WHEN old.state = 2 AND old.blocked = 0 AND old.suppressed = 0 BEGIN
	UPDATE crowd SET n = n - 1 WHERE language = old.language AND zones = old.zones
		AND staff = (old.role >= 2);
	DELETE FROM crowd WHERE language = old.language AND zones = old.zones
		AND staff = (old.role >= 2) AND n = 0;
END;
