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

-- Who gets a digest of which period, in which language: what a post costs.
CREATE TEMP TABLE readership (
	period INTEGER NOT NULL,
	language TEXT NOT NULL,
	n INTEGER NOT NULL,
	PRIMARY KEY (period, language)
) STRICT, WITHOUT ROWID;
INSERT INTO readership SELECT r.period, p.language, 1
	FROM reader r CROSS JOIN person p ON p.id = r.id
	WHERE p.state = 2 AND p.blocked = 0 AND p.suppressed = 0
	ON CONFLICT (period, language) DO UPDATE SET n = n + 1;

CREATE TEMP TRIGGER reader_came AFTER INSERT ON main.reader BEGIN
	INSERT INTO readership SELECT new.period, p.language, 1 FROM person p WHERE p.id = new.id
		AND p.state = 2 AND p.blocked = 0 AND p.suppressed = 0
		ON CONFLICT (period, language) DO UPDATE SET n = n + 1;
END;
CREATE TEMP TRIGGER reader_left AFTER DELETE ON main.reader BEGIN
	UPDATE readership SET n = n - 1 WHERE period = old.period AND language =
		(SELECT p.language FROM person p WHERE p.id = old.id
			AND p.state = 2 AND p.blocked = 0 AND p.suppressed = 0);
END;
CREATE TEMP TRIGGER reader_moved AFTER UPDATE OF period ON main.reader BEGIN
	UPDATE readership SET n = n - 1 WHERE period = old.period AND language =
		(SELECT p.language FROM person p WHERE p.id = old.id
			AND p.state = 2 AND p.blocked = 0 AND p.suppressed = 0);
	INSERT INTO readership SELECT new.period, p.language, 1 FROM person p WHERE p.id = new.id
		AND p.state = 2 AND p.blocked = 0 AND p.suppressed = 0
		ON CONFLICT (period, language) DO UPDATE SET n = n + 1;
END;
CREATE TEMP TRIGGER readership_left AFTER UPDATE OF state, blocked, suppressed, language
	ON main.person WHEN old.state = 2 AND old.blocked = 0 AND old.suppressed = 0 BEGIN
	UPDATE readership SET n = n - 1 WHERE language = old.language
		AND period = (SELECT r.period FROM reader r WHERE r.id = old.id);
END;
CREATE TEMP TRIGGER readership_joined AFTER UPDATE OF state, blocked, suppressed, language
	ON main.person WHEN new.state = 2 AND new.blocked = 0 AND new.suppressed = 0 BEGIN
	INSERT INTO readership SELECT r.period, new.language, 1 FROM reader r WHERE r.id = new.id
		ON CONFLICT (period, language) DO UPDATE SET n = n + 1;
END;
CREATE TEMP TRIGGER readership_went AFTER DELETE ON main.person
	WHEN old.state = 2 AND old.blocked = 0 AND old.suppressed = 0 BEGIN
	UPDATE readership SET n = n - 1 WHERE language = old.language
		AND period = (SELECT r.period FROM reader r WHERE r.id = old.id);
END;

-- Who comes to an event: answers, and the people that these bring.
CREATE TEMP TABLE turnout (
	event INTEGER PRIMARY KEY,
	yes INTEGER NOT NULL,
	people INTEGER NOT NULL,
	no INTEGER NOT NULL
) STRICT;
INSERT INTO turnout SELECT event, people > 0, people, people = 0 FROM rsvp WHERE true
	ON CONFLICT (event) DO UPDATE SET yes = yes + excluded.yes,
	people = people + excluded.people, no = no + excluded.no;

CREATE TEMP TRIGGER guest_came AFTER INSERT ON main.rsvp BEGIN
	INSERT INTO turnout VALUES (new.event, new.people > 0, new.people, new.people = 0)
		ON CONFLICT (event) DO UPDATE SET yes = yes + excluded.yes,
		people = people + excluded.people, no = no + excluded.no;
END;
CREATE TEMP TRIGGER guest_moved AFTER UPDATE OF people ON main.rsvp BEGIN
	UPDATE turnout SET yes = yes - (old.people > 0) + (new.people > 0),
		people = people - old.people + new.people,
		no = no - (old.people = 0) + (new.people = 0) WHERE event = new.event;
END;
CREATE TEMP TRIGGER guest_left AFTER DELETE ON main.rsvp BEGIN
	UPDATE turnout SET yes = yes - (old.people > 0), people = people - old.people,
		no = no - (old.people = 0) WHERE event = old.event;
	DELETE FROM turnout WHERE event = old.event AND yes = 0 AND no = 0;
END;
