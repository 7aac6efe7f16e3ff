-- SPDX-License-Identifier: Apache-2.0
-- The box's memory. Every table is an ordinary rowid table, and no two big ones have columns of the
-- same types in the same order, so that a damaged file can be read page by page and a row says by
-- its shape whose it is (salvage.c). Whatever names a person or quotes a text is a sealed blob
-- (seal.c). Times are wall_ms; 0 stands for "none" wherever a column may have none, because 0 and 1
-- cost no byte in a row.

-- Small settings that survive.
CREATE TABLE value (
	id INTEGER PRIMARY KEY,
	name TEXT NOT NULL UNIQUE,
	value INTEGER NOT NULL
) STRICT;

-- A keyed hash that only the right key gives: a key that does not fit is refused.
CREATE TABLE fingerprint (
	id INTEGER PRIMARY KEY CHECK (id = 1),
	made_ms INTEGER NOT NULL,
	hash BLOB NOT NULL,
	version INTEGER NOT NULL                  -- of the sealing
) STRICT;

-- A zone's bit is its id - 1, for ever.
CREATE TABLE zone (
	id INTEGER PRIMARY KEY,
	name TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE modem (
	id INTEGER PRIMARY KEY,
	name TEXT NOT NULL UNIQUE
) STRICT;

-- What is walked when a list is walked: small rows, nothing personal.
CREATE TABLE person (
	id INTEGER PRIMARY KEY,
	role INTEGER NOT NULL DEFAULT 0,        -- enum role
	state INTEGER NOT NULL DEFAULT 0,       -- enum person_state
	configured INTEGER NOT NULL DEFAULT 0,  -- 1 named in the configuration, 2 not yet seen in
	                                        -- this reload
	blocked INTEGER NOT NULL DEFAULT 0,
	suppressed INTEGER NOT NULL DEFAULT 0,
	language TEXT NOT NULL DEFAULT '',
	zones INTEGER NOT NULL DEFAULT 0,       -- 64 bits
	duty_until_ms INTEGER NOT NULL DEFAULT 0,
	muted_until_ms INTEGER NOT NULL DEFAULT 0,
	joined_ms INTEGER NOT NULL DEFAULT 0,
	last_text_ms INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX person_state ON person (state, suppressed);
CREATE INDEX person_configured ON person (id) WHERE configured > 0;
CREATE INDEX person_staff ON person (id, role) WHERE role >= 2;
CREATE INDEX person_duty ON person (id, duty_until_ms) WHERE duty_until_ms > 0;

-- Who a person is. id is the person's.
CREATE TABLE identity (
	id INTEGER PRIMARY KEY,
	hash BLOB NOT NULL UNIQUE,                -- of the number
	phone BLOB NOT NULL,                      -- sealed
	name BLOB                                 -- sealed
) STRICT;

-- Numbers that said STOP. They outlive the person's row.
CREATE TABLE suppressed (
	id INTEGER PRIMARY KEY,
	since_ms INTEGER NOT NULL,
	hash BLOB NOT NULL UNIQUE
) STRICT;

-- When, how and with which wording somebody joined.
CREATE TABLE consent (
	id INTEGER PRIMARY KEY,
	person INTEGER NOT NULL,
	at_ms INTEGER NOT NULL,
	how TEXT NOT NULL,
	applicant INTEGER NOT NULL,
	wording BLOB NOT NULL                     -- sealed
) STRICT;

-- The one question that is open with a person. id is the person's.
CREATE TABLE dialogue (
	id INTEGER PRIMARY KEY,
	kind INTEGER NOT NULL,
	expires_ms INTEGER NOT NULL,
	data BLOB NOT NULL                        -- sealed
) STRICT;

CREATE TABLE text (
	id INTEGER PRIMARY KEY,
	state INTEGER NOT NULL,   -- 0 incomplete, 1 waiting, 2 handled
	person INTEGER NOT NULL,  -- 0 for short codes and names
	kind INTEGER NOT NULL,    -- enum phone_kind
	modem INTEGER NOT NULL,
	received_ms INTEGER NOT NULL,
	sent_ms INTEGER NOT NULL,
	reference INTEGER NOT NULL,
	total INTEGER NOT NULL,
	have INTEGER NOT NULL DEFAULT 0,
	gaps INTEGER NOT NULL DEFAULT 0,
	handled_ms INTEGER NOT NULL DEFAULT 0,
	taken_for TEXT NOT NULL DEFAULT '',
	sender_hash BLOB NOT NULL,
	body_hash BLOB,
	sender BLOB,              -- sealed; NULL for persons
	body BLOB                 -- sealed; NULL until it is whole and when it is forgotten
) STRICT;
CREATE INDEX text_incomplete ON text (received_ms) WHERE state = 0;
CREATE INDEX text_waiting ON text (id) WHERE state = 1;
CREATE INDEX text_person ON text (person, received_ms);

-- One received PDU. Its key outlives the PDU, so that the same one is known when it comes again.
CREATE TABLE fragment (
	id INTEGER PRIMARY KEY,
	text INTEGER NOT NULL,
	seq INTEGER NOT NULL,
	key BLOB NOT NULL UNIQUE,                 -- hash of sender, time stamp and PDU
	total INTEGER NOT NULL,
	pdu BLOB                                  -- sealed; NULL when the text is whole
) STRICT;
CREATE INDEX fragment_text ON fragment (text, seq);

-- A text encoded once, for any number of recipients.
CREATE TABLE body (
	id INTEGER PRIMARY KEY,
	parts INTEGER NOT NULL,
	language TEXT NOT NULL,
	text BLOB                                -- sealed; NULL when it is forgotten
) STRICT;

CREATE TABLE body_part (
	id INTEGER PRIMARY KEY,                   -- body * 256 + part
	data BLOB NOT NULL                        -- sealed
) STRICT;

-- One message to one person. Where it stands:
--   ready     lane set: 0 everybody's queue, a broadcast's own queue (its id), or -modem once
--             a part left on that modem
--   timed     due_ms set: waits for its retry or, when unknown, for its report
--   on air    state 1 (sending) and neither of the two
-- The columns that change come last but one, so that the row's length changes little.
CREATE TABLE message (
	id INTEGER PRIMARY KEY,
	state INTEGER NOT NULL DEFAULT 0,     -- enum message_state
	lane INTEGER,
	person INTEGER NOT NULL,
	broadcast INTEGER NOT NULL DEFAULT 0,
	body INTEGER NOT NULL,
	class INTEGER NOT NULL,
	rank INTEGER NOT NULL,
	parts INTEGER NOT NULL,
	part INTEGER NOT NULL DEFAULT 0,      -- the part that is next or on air
	modem INTEGER NOT NULL DEFAULT 0,     -- the one that tried last
	tries INTEGER NOT NULL DEFAULT 0,     -- of this part
	unknowns INTEGER NOT NULL DEFAULT 0,  -- of this part: handed over, no answer
	accepted INTEGER NOT NULL DEFAULT 0,  -- segments the network accepted, repeats included
	resent INTEGER NOT NULL DEFAULT 0,    -- segments sent again after an unknown
	stopped INTEGER NOT NULL DEFAULT 0,   -- nothing more of it may leave
	reference INTEGER,                    -- TP-MR of the only part (of several parts: in table
	                                      -- part)
	error INTEGER NOT NULL DEFAULT 0,
	sent_ms INTEGER NOT NULL DEFAULT 0,   -- when a segment was last accepted
	due_ms INTEGER,
	expires_ms INTEGER NOT NULL DEFAULT 0,
	queued_ms INTEGER NOT NULL,
	incident INTEGER NOT NULL DEFAULT 0,
	answers INTEGER NOT NULL DEFAULT 0    -- the text that caused it
) STRICT;
-- What has left is in none but the last: the others stay as small as the work that is left.
CREATE INDEX message_ready ON message (lane, class, rank) WHERE lane IS NOT NULL;
CREATE INDEX message_timed ON message (due_ms) WHERE due_ms IS NOT NULL;
CREATE INDEX message_shelf ON message (expires_ms) WHERE lane = 0 AND expires_ms > 0;
CREATE INDEX message_person ON message (person);

-- Parts of messages of several parts that were handed over.
CREATE TABLE part (
	id INTEGER PRIMARY KEY,                   -- message * 256 + part
	modem INTEGER NOT NULL,
	reference INTEGER,
	outcome INTEGER NOT NULL,                 -- 0 none yet, 1 delivered, 2 failed
	sent_ms INTEGER NOT NULL
) STRICT;

-- A status report that came while its segment was still on air. id is the message's.
CREATE TABLE early (
	id INTEGER PRIMARY KEY,
	modem INTEGER NOT NULL,
	reference INTEGER NOT NULL,
	outcome INTEGER NOT NULL
) STRICT;

CREATE TABLE broadcast (
	id INTEGER PRIMARY KEY,
	kind INTEGER NOT NULL,              -- enum broadcast_kind
	alert INTEGER NOT NULL,
	source INTEGER NOT NULL DEFAULT 0,  -- the broadcast whose recipients these are; 0 = the
	                                    -- list
	zones INTEGER NOT NULL,
	wide INTEGER NOT NULL,
	gate INTEGER NOT NULL DEFAULT 0,    -- what its queued copies are: 0 queued, 6 held, 7
	                                    -- dropped (enum message_state)
	open INTEGER NOT NULL DEFAULT 1,    -- its queue may hold something
	pass INTEGER NOT NULL DEFAULT 0,    -- enum alert_rank that is being expanded; 4 = expanded
	after INTEGER NOT NULL DEFAULT 0,   -- the last row that was looked at
	first_message INTEGER NOT NULL,     -- its messages have ids from here on
	last_message INTEGER NOT NULL DEFAULT 0,
	expires_ms INTEGER NOT NULL,
	created_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX broadcast_open ON broadcast (id) WHERE open = 1;
CREATE INDEX broadcast_growing ON broadcast (id) WHERE pass < 4;

CREATE TABLE broadcast_body (
	id INTEGER PRIMARY KEY,
	broadcast INTEGER NOT NULL,
	body INTEGER NOT NULL,
	language TEXT NOT NULL,
	UNIQUE (broadcast, language)
) STRICT;

CREATE TABLE incident (
	id INTEGER PRIMARY KEY,
	kind INTEGER NOT NULL,
	state INTEGER NOT NULL,
	reporter INTEGER NOT NULL,
	taken_by INTEGER NOT NULL DEFAULT 0,
	opened_ms INTEGER NOT NULL,
	changed_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX incident_reporter ON incident (reporter, changed_ms);
CREATE INDEX incident_open ON incident (id) WHERE state < 5;

CREATE TABLE note (
	id INTEGER PRIMARY KEY,
	incident INTEGER NOT NULL REFERENCES incident (id),
	at_ms INTEGER NOT NULL,
	who INTEGER NOT NULL,
	what TEXT NOT NULL,
	text BLOB                                 -- sealed
) STRICT;
CREATE INDEX note_incident ON note (incident);

CREATE TABLE alert (
	id INTEGER PRIMARY KEY,
	state INTEGER NOT NULL DEFAULT 0,  -- enum alert_state
	incident INTEGER NOT NULL,
	author INTEGER NOT NULL,
	zones INTEGER NOT NULL,
	wide INTEGER NOT NULL,
	need INTEGER NOT NULL,
	wrong_codes INTEGER NOT NULL DEFAULT 0,
	broadcast INTEGER NOT NULL DEFAULT 0,
	held INTEGER NOT NULL DEFAULT 0,
	created_ms INTEGER NOT NULL,
	code_expires_ms INTEGER NOT NULL,
	started_ms INTEGER NOT NULL DEFAULT 0,
	expires_ms INTEGER NOT NULL DEFAULT 0,
	ended_ms INTEGER NOT NULL DEFAULT 0,
	promised_s INTEGER NOT NULL DEFAULT 0,
	summary_ms INTEGER NOT NULL DEFAULT 0,
	code BLOB,                         -- hash of the code; NULL when it is no use any more
	text BLOB                          -- sealed
) STRICT;
CREATE INDEX alert_live ON alert (state) WHERE state <= 1;
CREATE INDEX alert_incident ON alert (incident);
CREATE INDEX alert_broadcast ON alert (broadcast);

CREATE TABLE answer (
	id INTEGER PRIMARY KEY,
	alert INTEGER NOT NULL REFERENCES alert (id),
	person INTEGER NOT NULL,
	answer INTEGER NOT NULL,
	eta_ms INTEGER NOT NULL,
	at_ms INTEGER NOT NULL,
	UNIQUE (alert, person)
) STRICT;

-- The messages as people see them: what waits in a held or dropped broadcast is held or dropped.
CREATE VIEW outbox AS
	SELECT m.id, m.person, m.broadcast, m.class, m.rank, m.parts, m.part, m.tries, m.accepted,
		m.resent, m.sent_ms,
		CASE WHEN m.state = 0 AND b.gate <> 0 THEN b.gate ELSE m.state END AS state
	FROM message m LEFT JOIN broadcast b ON b.id = m.broadcast;
