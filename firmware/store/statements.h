/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every statement of the box, as data: S(name, sql). Included where S is defined; each is prepared
 * once.
 */

/* clang-format off */
S(BEGIN, "BEGIN IMMEDIATE")
S(COMMIT, "COMMIT")
S(ROLLBACK, "ROLLBACK")

S(VALUE_SET,
	"INSERT INTO value (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE "
	"SET value = ?2")
S(VALUE_GET, "SELECT value FROM value WHERE name = ?1")
S(FINGERPRINT_SET, "INSERT INTO fingerprint (id, made_ms, version, hash) VALUES (1, ?1, 1, ?2)")
S(FINGERPRINT_GET, "SELECT hash FROM fingerprint WHERE id = 1")

S(MODEM_FIND, "SELECT id FROM modem WHERE name = ?1")
S(MODEM_ADD, "INSERT INTO modem (name) VALUES (?1)")
S(MODEM_NEXT, "SELECT id, name FROM modem WHERE id > ?1 ORDER BY id LIMIT 1")

/* ---- people ---- */
#define PERSON_COLUMNS \
	"p.id, p.role, p.state, p.configured, p.blocked, p.suppressed, p.language, p.zones, " \
	"p.duty_until_ms, p.muted_until_ms, p.joined_ms, p.last_text_ms, i.phone, i.name "
S(ZONE_FIND, "SELECT id FROM zone WHERE name = ?1")
S(ZONE_ADD, "INSERT INTO zone (name) VALUES (?1)")
S(PERSON_ID, "SELECT id FROM identity WHERE hash = ?1")
S(PERSON_GET,
	"SELECT " PERSON_COLUMNS "FROM person p JOIN identity i ON i.id = p.id WHERE p.id = ?1")
S(PERSON_ADD,
	"INSERT INTO person (suppressed) VALUES (EXISTS (SELECT 1 FROM suppressed "
	"WHERE hash = ?1))")
S(IDENTITY_ADD, "INSERT INTO identity (id, hash, phone) VALUES (?1, ?2, ?3)")
S(PERSON_JOIN,
	"UPDATE person SET zones = ?2, suppressed = 0, "
	"joined_ms = CASE WHEN ?3 THEN joined_ms ELSE ?4 END, "
	"state = CASE WHEN ?3 AND state <> 2 THEN 1 ELSE 2 END, "
	"role = CASE WHEN ?3 THEN role ELSE max(role, 1) END WHERE id = ?1")
S(CONSENT_NEXT, "SELECT coalesce(max(id), 0) + 1 FROM consent")
S(CONSENT_ADD,
	"INSERT INTO consent (id, person, at_ms, applicant, how, wording) "
	"VALUES (?1, ?2, ?3, ?4, ?5, ?6)")
S(PERSON_LEAVE,
	"UPDATE person SET state = 3, suppressed = 1, duty_until_ms = 0, answered = 0, "
	"role = CASE WHEN configured THEN role ELSE 0 END WHERE id = ?1")
S(PERSON_REMOVE,
	"UPDATE person SET state = 4, joined_ms = 0, duty_until_ms = 0, answered = 0, "
	"role = CASE WHEN configured THEN role ELSE 0 END WHERE id = ?1")
S(PERSON_ROLE, "UPDATE person SET role = ?2 WHERE id = ?1")
S(PERSON_LANGUAGE, "UPDATE person SET language = ?2 WHERE id = ?1")
S(PERSON_NAME, "UPDATE identity SET name = ?2 WHERE id = ?1")
S(PERSON_ZONES, "UPDATE person SET zones = ?2 WHERE id = ?1")
S(PERSON_DUTY, "UPDATE person SET duty_until_ms = ?2 WHERE id = ?1")
S(PERSON_MUTED, "UPDATE person SET muted_until_ms = ?2 WHERE id = ?1")
S(PERSON_BLOCKED, "UPDATE person SET blocked = ?2 WHERE id = ?1")
S(PERSON_TEXTED, "UPDATE person SET last_text_ms = max(last_text_ms, ?2) WHERE id = ?1")
S(PERSON_SENDABLE, "SELECT blocked, suppressed FROM person WHERE id = ?1")
S(SUPPRESS,
	"INSERT OR IGNORE INTO suppressed (since_ms, hash) SELECT ?2, hash FROM identity "
	"WHERE id = ?1")
S(UNSUPPRESS, "DELETE FROM suppressed WHERE hash = (SELECT hash FROM identity WHERE id = ?1)")
S(SUPPRESSED, "SELECT 1 FROM suppressed WHERE hash = ?1")
S(CONFIGURE_BEGIN,
	"UPDATE person INDEXED BY person_configured SET configured = 2 WHERE configured > 0")
S(CONFIGURE,
	"UPDATE person SET configured = 1, role = ?2, state = CASE WHEN suppressed THEN state "
	"ELSE 2 END, language = CASE WHEN language = '' THEN ?3 ELSE language END, zones = CASE "
	"WHEN joined_ms = 0 THEN ?4 ELSE zones END, joined_ms = CASE WHEN joined_ms = 0 THEN ?5 "
	"ELSE joined_ms END WHERE id = ?1")
S(CONFIGURE_END, 
	"UPDATE person INDEXED BY person_configured SET configured = 0, role = min(role, 1) "
	"WHERE configured > 0 AND configured = 2")

#define PERSON_FILTER \
	"p.id > ?1 AND p.role >= ?2 AND (?3 = 0 OR (p.state = 2 AND p.blocked = 0 " \
	"AND p.suppressed = 0)) AND (?4 < 0 OR p.state = ?4) AND (?5 = 0 OR p.zones = 0 " \
	"OR (p.zones & ?5) <> 0) AND (?6 = 0 OR p.duty_until_ms > ?6) "
S(PERSON_NEXT,
	"SELECT " PERSON_COLUMNS "FROM person p CROSS JOIN identity i ON i.id = p.id WHERE "
	PERSON_FILTER "ORDER BY p.id LIMIT 1")
S(PERSON_NEXT_STAFF,
	"SELECT " PERSON_COLUMNS "FROM person p INDEXED BY person_staff "
	"CROSS JOIN identity i ON i.id = p.id WHERE p.role >= 2 AND " PERSON_FILTER
	"ORDER BY p.id LIMIT 1")
S(PERSON_COUNT, "SELECT count(*) FROM person p WHERE " PERSON_FILTER)
S(PERSON_COUNT_STAFF,
	"SELECT count(*) FROM person p INDEXED BY person_staff "
	"WHERE p.role >= 2 AND " PERSON_FILTER)

/* ---- dialogue ---- */
S(DIALOGUE_SET,
	"INSERT INTO dialogue (id, kind, expires_ms, data) VALUES (?1, ?2, ?3, ?4) "
	"ON CONFLICT (id) DO UPDATE SET kind = ?2, expires_ms = ?3, data = ?4")
S(DIALOGUE_GET, "SELECT kind, expires_ms, data FROM dialogue WHERE id = ?1 AND expires_ms > ?2")
S(DIALOGUE_CLEAR, "DELETE FROM dialogue WHERE id = ?1")

/* ---- inbox ---- */
S(FRAGMENT_FIND,
	"SELECT f.text, t.state = 0 AND t.have >= t.total FROM fragment f "
	"JOIN text t ON t.id = f.text WHERE f.key = ?1")
S(FRAGMENT_NEXT, "SELECT coalesce(max(id), 0) + 1 FROM fragment")
S(FRAGMENT_ADD,
	"INSERT INTO fragment (id, text, seq, key, total, pdu) VALUES (?1, ?2, ?3, ?4, ?5, ?6)")
S(FRAGMENT_WALK,
	"SELECT id, seq, total, pdu FROM fragment WHERE text = ?1 AND seq > ?2 AND pdu IS NOT NULL "
	"ORDER BY seq LIMIT 1")
S(FRAGMENT_DONE, "UPDATE fragment SET pdu = NULL WHERE text = ?1")
/* Open texts that lack this part, and the first part of them that came. */
S(TEXTS_OPEN,
	"SELECT t.id, t.sent_ms, (SELECT f.seq FROM fragment f WHERE f.text = t.id ORDER BY f.id "
	"LIMIT 1) FROM text t INDEXED BY text_incomplete WHERE t.state = 0 "
	"AND t.sender_hash = ?1 AND t.reference = ?2 AND t.total = ?3 AND t.total > 1 "
	"AND t.received_ms > ?4 AND NOT EXISTS (SELECT 1 FROM fragment f WHERE f.text = t.id "
	"AND f.seq = ?5) ORDER BY t.received_ms, t.id")
/* Open texts that this one may be a piece of, itself included. */
#define LIKE_TEXT(id, within)                                                                      \
	"text o JOIN text t INDEXED BY text_incomplete ON t.state = 0 "                            \
	"AND t.sender_hash = o.sender_hash AND t.reference = o.reference AND t.total = o.total "   \
	"AND t.received_ms > o.received_ms - " within " AND o.state = 0 AND o.id = " id " "
S(PARTS_TOGETHER,
	"SELECT count(DISTINCT t.id), count(*), count(DISTINCT f.seq), o.total, min(t.id), "
	"min(t.sent_ms), max(t.sent_ms) FROM " LIKE_TEXT("?1", "?2")
	"JOIN fragment f ON f.text = t.id")
S(PARTS_GATHER,
	"UPDATE fragment SET text = ?1 WHERE text IN (SELECT t.id FROM " LIKE_TEXT("?2", "?3") ")")
S(TEXT_HAS, "UPDATE text SET have = ?2 WHERE id = ?1")
S(TEXT_EMPTIED,
	"DELETE FROM text WHERE id IN (SELECT t.id FROM " LIKE_TEXT("?1", "?2") ") "
	"AND NOT EXISTS (SELECT 1 FROM fragment f WHERE f.text = text.id)")
S(TEXT_NEXT_ID, "SELECT coalesce(max(id), 0) + 1 FROM text")
S(TEXT_ADD,
	"INSERT INTO text (id, state, person, kind, modem, received_ms, sent_ms, reference, total, "
	"sender_hash, sender) VALUES (?1, 0, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)")
S(TEXT_HAVE, "UPDATE text SET have = have + 1 WHERE id = ?1")
S(TEXT_IS_WHOLE, "SELECT have >= total AND state = 0 FROM text WHERE id = ?1")
S(TEXT_COMPLETE,
	"UPDATE text SET state = 1, gaps = ?2, body_hash = ?3, body = ?4 WHERE id = ?1 "
	"AND state = 0")
S(TEXT_OVERDUE,
	"SELECT id FROM text INDEXED BY text_incomplete WHERE state = 0 AND received_ms < ?1 "
	"ORDER BY received_ms LIMIT 1")
S(TEXT_OLDEST, "SELECT min(received_ms) FROM text INDEXED BY text_incomplete WHERE state = 0")
S(TEXT_NEXT,
	"SELECT t.id, t.person, t.kind, t.received_ms, t.sent_ms, t.gaps, m.name, t.sender, "
	"i.phone, t.body FROM text t INDEXED BY text_waiting "
	"LEFT JOIN modem m ON m.id = t.modem LEFT JOIN identity i ON i.id = t.person "
	"WHERE t.state = 1 ORDER BY t.id LIMIT 1")
S(TEXT_HANDLED,
	"UPDATE text SET state = 2, taken_for = ?2, handled_ms = ?3 WHERE id = ?1 AND state = 1")
S(TEXT_EMPTY, "UPDATE text SET body = NULL WHERE id = ?1")
S(TEXT_FREQUENCY,
	"SELECT count(*), sum(body_hash IS (SELECT body_hash FROM text WHERE id = ?2)) FROM text "
	"WHERE person = ?1 AND received_ms >= ?3 AND state > 0")

/* ---- bodies and messages ---- */
S(BODY_NEXT, "SELECT coalesce(max(id), 0) + 1 FROM body")
S(BODY_ADD, "INSERT INTO body (id, parts, language, text) VALUES (?1, ?2, ?3, ?4)")
S(BODY_PARTS, "SELECT parts FROM body WHERE id = ?1")
S(PART_ADD, "INSERT INTO body_part (id, data) VALUES (?1, ?2)")
S(PART_GET, "SELECT data FROM body_part WHERE id = ?1")

#define MESSAGE_COLUMNS \
	"m.id, m.state, m.lane, m.person, m.broadcast, m.body, m.class, m.parts, m.part, " \
	"m.tries, m.unknowns, m.accepted, m.resent, m.modem, m.stopped, m.reference, m.error, " \
	"m.sent_ms, m.due_ms, m.expires_ms, m.arrived_s "
S(MESSAGE_ADD,
	"INSERT INTO message (lane, due_ms, person, broadcast, body, class, rank, parts, "
	"expires_ms, queued_ms, incident, answers) "
	"VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)")
S(MESSAGE_LOAD, "SELECT " MESSAGE_COLUMNS "FROM message m WHERE m.id = ?1")
S(MESSAGE_SAVE,
	"UPDATE message SET state = ?2, part = ?3, modem = ?4, tries = ?5, unknowns = ?6, "
	"accepted = ?7, resent = ?8, stopped = ?9, reference = ?10, error = ?11, sent_ms = ?12, "
	"arrived_s = ?13 WHERE id = ?1")
S(MESSAGE_SAVE_LANE,
	"UPDATE message SET state = ?2, part = ?3, modem = ?4, tries = ?5, unknowns = ?6, "
	"accepted = ?7, resent = ?8, stopped = ?9, reference = ?10, error = ?11, sent_ms = ?12, "
	"arrived_s = ?13, lane = ?14, due_ms = ?15 WHERE id = ?1")
/* What was chosen, if it stands where it stood: ?4 lane, ?5 part, ?6 tries before this one. */
S(MESSAGE_TAKE,
	"UPDATE message SET state = 1, lane = NULL, modem = ?2, tries = tries + 1, "
	"resent = resent + ?3 WHERE id = ?1 AND lane = ?4 AND part = ?5 AND tries = ?6 "
	"AND stopped = 0")
/* On the air, with a part that follows it: its place once it is accepted. */
S(MESSAGE_GOES_ON,
	"SELECT class, rank FROM message WHERE id = ?1 AND state = 1 AND lane IS NULL "
	"AND due_ms IS NULL AND stopped = 0 AND part = ?2 AND part + 1 < parts")
S(MESSAGE_OF_PERSON,
	"SELECT " MESSAGE_COLUMNS "FROM message m INDEXED BY message_person WHERE m.person = ?1 "
	"AND m.id > ?2 AND m.state IN (0, 1, 5) AND m.stopped = 0 ORDER BY m.id LIMIT 1")
S(MESSAGE_RECENT,
	"SELECT " MESSAGE_COLUMNS "FROM message m INDEXED BY message_person WHERE m.person = ?1 "
	"AND (m.state IN (1, 2, 5) OR m.modem > 0) ORDER BY m.id DESC LIMIT 512")
S(QUEUE_HEAD,
	"SELECT class, rank, id FROM message INDEXED BY message_ready WHERE lane = ?1 "
	"ORDER BY class, rank, id LIMIT 1")
S(QUEUES_OPEN,
	"SELECT id FROM broadcast INDEXED BY broadcast_open "
	"WHERE open = 1 AND gate = 0 AND (expires_ms = 0 OR expires_ms > ?1) ORDER BY id")
S(CLAIM_PERSON,
	"SELECT p.suppressed, p.blocked, i.phone FROM person p JOIN identity i ON i.id = p.id "
	"WHERE p.id = ?1")
S(MESSAGE_IN_LANE,
	"SELECT " MESSAGE_COLUMNS "FROM message m INDEXED BY message_ready WHERE m.lane = ?1 "
	"ORDER BY m.class, m.rank, m.id LIMIT 1")
S(MESSAGE_DUE,
	"SELECT " MESSAGE_COLUMNS "FROM message m INDEXED BY message_timed WHERE m.due_ms <= ?1 "
	"ORDER BY m.due_ms LIMIT 1")
S(MESSAGE_SHELF,
	"SELECT " MESSAGE_COLUMNS "FROM message m INDEXED BY message_shelf WHERE m.lane = 0 "
	"AND m.expires_ms > 0 AND m.expires_ms <= ?1 ORDER BY m.expires_ms LIMIT 1")
S(MESSAGE_ON_AIR,
	"SELECT " MESSAGE_COLUMNS "FROM message m WHERE m.id > ?1 AND m.state = 1 "
	"AND m.lane IS NULL AND m.due_ms IS NULL ORDER BY m.id LIMIT 1")
S(CLOCK_STEPPED,
	"UPDATE message SET due_ms = due_ms + ?1 WHERE due_ms IS NOT NULL AND (tries > 0 "
	"OR state = ?2)")
S(NEXT_DUE, "SELECT min(due_ms) FROM message INDEXED BY message_timed WHERE due_ms IS NOT NULL")
S(NEXT_SHELF,
	"SELECT min(expires_ms) FROM message INDEXED BY message_shelf WHERE lane = 0 "
	"AND expires_ms > 0")
S(NEXT_BROADCAST_END,
	"SELECT min(CASE WHEN gate = 7 THEN 0 ELSE expires_ms END) FROM broadcast "
	"INDEXED BY broadcast_open WHERE open = 1 AND (gate = 7 OR expires_ms > 0)")

S(MESSAGE_STOPPED, "SELECT stopped FROM message WHERE id = ?1")
S(SEGMENT_SET,
	"INSERT OR REPLACE INTO part (id, modem, reference, outcome, sent_ms) "
	"VALUES (?1, ?2, ?3, ?4, ?5)")
S(SEGMENT_OUTCOME, "UPDATE part SET outcome = ?2 WHERE id = ?1")
S(SEGMENT_MATCH,
	"SELECT id FROM part WHERE id >= ?1 AND id < ?1 + 256 AND modem = ?2 AND reference = ?3 "
	"AND outcome = 0 ORDER BY id DESC LIMIT 1")
S(SEGMENT_OUTCOMES,
	"SELECT sum(outcome = 1), sum(outcome = 2) FROM part WHERE id >= ?1 AND id < ?1 + 256")
S(SEGMENTS_FORGET, "DELETE FROM part WHERE id >= ?1 AND id < ?1 + 256")
S(EARLY_SET,
	"INSERT OR REPLACE INTO early (id, modem, reference, outcome) VALUES (?1, ?2, ?3, ?4)")
S(EARLY_GET, "SELECT reference, outcome FROM early WHERE id = ?1")
S(EARLY_DONE, "DELETE FROM early WHERE id = ?1")
S(MODEM_SENT,
	"SELECT (SELECT count(*) FROM message WHERE parts = 1 AND modem = ?1 AND accepted > 0 "
	"AND sent_ms >= ?2) + (SELECT count(*) FROM part WHERE modem = ?1 AND sent_ms >= ?2)")

/* ---- what SIMs may still do ---- */
S(ALLOWANCE_GET, "SELECT segments FROM allowance WHERE id = ?1 AND day_ms = ?2")
S(ALLOWANCE_SET,
	"INSERT INTO allowance (id, day_ms, segments) VALUES (?1, ?2, ?3) "
	"ON CONFLICT (id) DO UPDATE SET day_ms = ?2, segments = ?3")
S(RECIPIENTS_COUNT, "SELECT count(*) FROM recipient WHERE modem = ?1 AND month = ?2")
S(RECIPIENTS_FORGET, "DELETE FROM recipient WHERE modem = ?1 AND month <> ?2")
S(RECIPIENTS_SEED,
	"INSERT OR IGNORE INTO recipient (modem, month, person) "
	"SELECT DISTINCT ?1, ?2, person FROM message "
	"WHERE modem = ?1 AND accepted > 0 AND sent_ms >= ?3")
S(RECIPIENT_ADD, "INSERT OR IGNORE INTO recipient (modem, month, person) VALUES (?1, ?2, ?3)")
/*
 * As MESSAGE_CLAIM. ?4 begun messages up to this class, ?5 most parts, ?6 of urgent ones,
 * ?7 new people up to this class, ?8 month
 */
S(MESSAGE_CLAIM_WITHIN,
	"WITH lanes (lane) AS (SELECT 0 UNION ALL SELECT -?1 UNION ALL "
	"SELECT id FROM broadcast INDEXED BY broadcast_open "
	"WHERE open = 1 AND gate = 0 AND (expires_ms = 0 OR expires_ms > ?3)) "
	"SELECT " MESSAGE_COLUMNS "FROM lanes CROSS JOIN message m ON m.id = "
	"(SELECT r.id FROM message r INDEXED BY message_ready WHERE r.lane = lanes.lane "
	"AND r.class <= CASE WHEN lanes.lane < 0 THEN ?4 ELSE ?2 END "
	"AND CASE WHEN r.part > 0 THEN r.class <= ?4 ELSE r.class <= ?2 "
	"AND r.parts <= CASE WHEN r.class <= 1 THEN ?6 ELSE ?5 END AND (r.class <= ?7 OR EXISTS "
	"(SELECT 1 FROM recipient k "
	"WHERE k.modem = ?1 AND k.month = ?8 AND k.person = r.person)) END "
	"ORDER BY r.class, r.rank, r.id LIMIT 1) "
	"ORDER BY m.class, m.lane >= 0, m.rank, m.id LIMIT 1")

/* ---- numbers that fail ---- */
S(FAILED_ALERT,
	"SELECT m.broadcast FROM message m INDEXED BY message_person "
	"CROSS JOIN broadcast b ON b.id = m.broadcast "
	"WHERE m.person = ?1 AND m.state = 4 AND b.kind = 0 ORDER BY m.id DESC LIMIT 1")
S(FAILING_GET,
	"SELECT f.alerts, f.broadcast, p.last_text_ms > f.since_ms OR EXISTS (SELECT 1 "
	"FROM message m "
	"INDEXED BY message_person WHERE m.person = f.id AND m.state = 3 "
	"AND m.sent_ms > f.since_ms) "
	"FROM failing f JOIN person p ON p.id = f.id WHERE f.id = ?1")
S(FAILING_SET,
	"INSERT INTO failing (id, alerts, broadcast, since_ms) VALUES (?1, ?2, ?3, ?4) "
	"ON CONFLICT (id) DO UPDATE "
	"SET alerts = ?2, broadcast = ?3, since_ms = CASE WHEN ?2 = 1 THEN ?4 ELSE since_ms END")
S(FAILING_FORGET, "DELETE FROM failing WHERE id = ?1")
S(PERSON_SUSPEND, "UPDATE person SET state = 5, duty_until_ms = 0 WHERE id = ?1 AND state = 2")
S(PERSON_RESTORE, "UPDATE person SET state = 2 WHERE id = ?1 AND state = 5")
S(UNTOLD_SET, "UPDATE failing SET untold = ?2 WHERE id = ?1")
S(UNTOLD_NEXT, "SELECT id FROM failing INDEXED BY failing_untold WHERE untold = 1 LIMIT 1")

/* ---- counts ---- */
/* census.sql: by state * 2 + suppressed, and by 100 + state */
S(CENSUS,
	"SELECT sum(n * (id = 4)), sum(n * (id IN (2, 3))), sum(n * (id IN (6, 7))), "
	"sum(n * (id IN (10, 11))), sum(n * (id IN (101, 102))), sum(n * (id = 102)) FROM census")
#define TALLY(message, past) \
	"SELECT sum(n * (state = 0)), sum(n * (state = 1)), sum(n * (state = 2)), " \
	"sum(n * (state = 3)), sum(n * (state = 4)), sum(n * (state = 5)), " \
	"sum(n * (state = 6)), sum(n * (state = 7)), sum(segments), sum(resent), " \
	"min(nullif(first_ms, 0)), max(last_ms) " \
	"FROM (SELECT state, 1 AS n, accepted AS segments, resent, sent_ms AS first_ms, " \
	"sent_ms AS last_ms FROM message " message " UNION ALL SELECT state, people, segments, " \
	"resent, first_sent_ms, last_sent_ms FROM past " past ")"
S(TALLY_ALL, TALLY("", ""))
S(TALLY_BROADCAST,
	TALLY("WHERE broadcast = ?1 AND id >= (SELECT first_message FROM broadcast WHERE id = ?1) "
	      "AND id <= (SELECT last_message FROM broadcast WHERE id = ?1)",
		"WHERE broadcast = ?1"))
S(TALLY_SLICE,
	TALLY("WHERE broadcast = ?1 AND id > ?2 AND id <= ?3", "WHERE broadcast = ?1 AND ?4"))
S(BROADCAST_RANGE, "SELECT first_message, last_message FROM broadcast WHERE id = ?1")
S(GATED,
	"SELECT id, gate FROM broadcast INDEXED BY broadcast_open WHERE open = 1 AND gate <> 0 "
	"AND id > ?1 LIMIT 1")

/* ---- broadcasts ---- */
S(BROADCAST_NEW,
	"INSERT INTO broadcast (kind, alert, source, zones, wide, expires_ms, created_ms, after, "
	"first_message) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, coalesce((SELECT first_message - 1 "
	"FROM broadcast WHERE id = ?3), 0), (SELECT coalesce(max(id), 0) + 1 FROM message))")
S(BROADCAST_SOURCE, "SELECT broadcast FROM alert WHERE id = ?1")
S(BROADCAST_BODY,
	"INSERT INTO broadcast_body (broadcast, language, body) VALUES (?1, ?2, ?3) "
	"ON CONFLICT (broadcast, language) DO UPDATE SET body = ?3")
S(BROADCAST_GATE_GET, "SELECT gate, open FROM broadcast WHERE id = ?1")
S(BROADCAST_GATE_SET, "UPDATE broadcast SET gate = ?2, open = 1 WHERE id = ?1")
S(BROADCAST_REOPEN, "UPDATE broadcast SET open = 1 WHERE id = ?1")
S(BROADCAST_CLOSE, "UPDATE broadcast SET open = 0 WHERE id = ?1")
S(BROADCAST_OPEN_AFTER,
	"SELECT id FROM broadcast INDEXED BY broadcast_open WHERE open = 1 AND id > ?1 ORDER BY id "
	"LIMIT 1")
S(BROADCAST_EMPTY,
	"SELECT b.id FROM broadcast b INDEXED BY broadcast_open WHERE b.open = 1 AND b.gate = 0 "
	"AND b.pass >= 4 AND NOT EXISTS (SELECT 1 FROM message m INDEXED BY message_ready "
	"WHERE m.lane = b.id) LIMIT 1")
S(BROADCAST_EXPIRED,
	"SELECT id FROM broadcast INDEXED BY broadcast_open WHERE open = 1 AND gate <> 7 "
	"AND expires_ms > 0 AND expires_ms <= ?1 LIMIT 1")
S(BROADCAST_DROPPED,
	"SELECT id FROM broadcast INDEXED BY broadcast_open WHERE open = 1 AND gate = 7 LIMIT 1")
S(SWEEP_READY,
	"UPDATE message SET state = CASE WHEN unknowns > 0 THEN 4 "
	"ELSE 7 END, lane = NULL, stopped = 1 WHERE id IN (SELECT id FROM message "
	"INDEXED BY message_ready WHERE lane = ?1 LIMIT ?2)")
S(SWEEP_UNKNOWN,
	"SELECT count(*) FROM (SELECT id FROM message INDEXED BY message_ready WHERE lane = ?1 "
	"LIMIT ?2) r JOIN message m ON m.id = r.id WHERE m.unknowns > 0")
S(SWEEP_TIMED,
	"SELECT " MESSAGE_COLUMNS "FROM message m INDEXED BY message_timed "
	"WHERE m.due_ms IS NOT NULL AND m.state = 0 AND m.broadcast = ?1 LIMIT 1")
S(EXPAND_NEXT,
	"SELECT id, kind, source, zones, wide, gate, pass, after, first_message, expires_ms, alert "
	"FROM broadcast INDEXED BY broadcast_growing WHERE pass < 4 "
	"ORDER BY kind = 4 OR kind > 6, id LIMIT 1")
S(EXPAND_PROGRESS,
	"UPDATE broadcast SET pass = ?2, after = ?3, last_message = (SELECT coalesce(max(id), 0) "
	"FROM message) WHERE id = ?1")
/* As the indices of quorum.sql have it: those who answered most have the least. */
#define ANSWER_KEY(p) "((4095 - " p "answered) * 1099511627776 + " p "id)"
#define UPTO_KEY(from)                                                                             \
	"SELECT max(k), count(*) FROM (SELECT " ANSWER_KEY("") " AS k FROM person INDEXED BY "     \
	from " AND " ANSWER_KEY("") " > ?1 ORDER BY " ANSWER_KEY("") " LIMIT ?2)"
S(UPTO_DUTY, UPTO_KEY("person_duty WHERE duty_until_ms > 0"))
S(UPTO_STAFF, UPTO_KEY("person_willing WHERE role >= 2"))
S(UPTO_EAGER, UPTO_KEY("person_eager WHERE answered > 0"))
S(UPTO_PEOPLE,
	"SELECT max(id), count(*) FROM (SELECT id FROM person WHERE id > ?1 ORDER BY id LIMIT ?2)")
S(UPTO_COPIES,
	"SELECT max(id), count(*) FROM (SELECT id FROM message WHERE id > ?1 AND id < ?3 "
	"ORDER BY id LIMIT ?2)")

/*
 * ?1 broadcast, ?2 after, ?3 up to, ?4 rank, ?5 zones, ?6 now, ?7 class, ?8 expires, ?9 first
 * message, ?10 incident
 */
#define EXPAND_INSERT \
	"INSERT INTO message (lane, person, broadcast, body, class, rank, parts, expires_ms, " \
	"queued_ms, incident) SELECT ?1, a.person, ?1, a.body, ?7, a.rank, b.parts, ?8, ?6, ?10 " \
	"FROM ("
#define EXPAND_BODY \
	"coalesce((SELECT body FROM broadcast_body WHERE broadcast = ?1 " \
	"AND language = p.language), (SELECT body FROM broadcast_body WHERE broadcast = ?1 " \
	"AND language = ''), (SELECT body FROM broadcast_body WHERE broadcast = ?1)) AS body "
#define EXPAND_ACTIVE "p.state = 2 AND p.blocked = 0 AND p.suppressed = 0 "
#define EXPAND_ONCE \
	"AND NOT EXISTS (SELECT 1 FROM message q INDEXED BY message_person WHERE q.person = p.id " \
	"AND q.id >= ?9 AND q.broadcast = ?1) "
#define EXPAND_BY(key, from, where) \
	EXPAND_INSERT "SELECT p.id AS person, ?4 AS rank, " EXPAND_BODY "FROM " from \
	" WHERE " key " > ?2 AND " key " <= ?3 AND " where EXPAND_ACTIVE EXPAND_ONCE \
	"ORDER BY " key ") a JOIN body b ON b.id = a.body"
#define EXPAND_LIST(from, where) EXPAND_BY("p.id", from, where)
#define EXPAND_KEYS(from, where) EXPAND_BY(ANSWER_KEY("p."), "person p INDEXED BY " from, where)
#define EXPAND_ZONE "(p.zones = 0 OR (p.zones & ?5) <> 0) AND "
#define EXPAND_ANYWHERE "(?5 OR 1) AND "
S(EXPAND_DUTY,
	EXPAND_KEYS("person_duty",
		"p.duty_until_ms > 0 AND p.duty_until_ms > ?6 AND p.role >= 2 AND " EXPAND_ZONE))
S(EXPAND_STAFF, EXPAND_KEYS("person_willing", "p.role >= 2 AND " EXPAND_ZONE))
S(EXPAND_EAGER_ZONED, EXPAND_KEYS("person_eager", "p.answered > 0 AND " EXPAND_ZONE))
S(EXPAND_EAGER_OTHERS, EXPAND_KEYS("person_eager", "p.answered > 0 AND " EXPAND_ANYWHERE))
S(EXPAND_ZONED, EXPAND_LIST("person p", EXPAND_ZONE))
S(EXPAND_OTHERS, EXPAND_LIST("person p", EXPAND_ANYWHERE))
/* To those whose copy of the alert left the box: ?5 is the alert's broadcast, ?11 the alert. */
#define EXPAND_THOSE(who) \
	EXPAND_INSERT "SELECT p.id AS person, m.rank AS rank, " EXPAND_BODY \
	"FROM message m CROSS JOIN person p ON p.id = m.person WHERE m.id > ?2 AND m.id <= ?3 " \
	"AND m.broadcast = ?5 AND m.state IN (1, 2, 3, 5) AND ?4 = ?4 AND " who EXPAND_ACTIVE \
	EXPAND_ONCE "ORDER BY m.id) a JOIN body b ON b.id = a.body"
S(EXPAND_COPIES, EXPAND_THOSE("?11 = ?11 AND "))
S(EXPAND_COMING,
	EXPAND_THOSE("EXISTS (SELECT 1 FROM answer w WHERE w.alert = ?11 AND w.person = m.person "
		"AND w.answer IN (1, 3)) AND "))
/* Responders who are silent: ?5 0, ?11 accepted before, ?12 alert. */
S(UPTO_SILENT,
	"SELECT max(id), count(*) FROM (SELECT id FROM person INDEXED BY person_staff "
	"WHERE role >= 2 AND role = 2 AND id > ?1 ORDER BY id LIMIT ?2)")
S(EXPAND_SILENT,
	EXPAND_INSERT "SELECT p.id AS person, ?4 AS rank, " EXPAND_BODY
	"FROM person p INDEXED BY person_staff WHERE p.role >= 2 AND p.role = 2 AND p.id > ?2 "
	"AND p.id <= ?3 AND ?5 = ?5 AND " EXPAND_ACTIVE EXPAND_ONCE
	"AND NOT EXISTS (SELECT 1 FROM answer w WHERE w.alert = ?12 AND w.person = p.id) "
	"AND EXISTS (SELECT 1 FROM alert a CROSS JOIN broadcast o ON o.id = a.broadcast "
	"CROSS JOIN message m INDEXED BY message_person ON m.person = p.id "
	"AND m.id >= o.first_message AND m.broadcast = o.id "
	"WHERE a.id = ?12 AND m.state = 3 AND m.sent_ms <= ?11) "
	"ORDER BY p.id) a JOIN body b ON b.id = a.body")
/* The readers of a digest: ?5 is its period. */
S(UPTO_READERS,
	"SELECT max(id), count(*) FROM (SELECT id FROM reader WHERE id > ?1 ORDER BY id LIMIT ?2)")
S(EXPAND_READERS,
	EXPAND_BY("r.id", "reader r CROSS JOIN person p ON p.id = r.id", "r.period = ?5 AND "))
/* An event: ?5 is its bulletin. All of the list; those who said that they come. */
S(EXPAND_INVITED, EXPAND_LIST("person p", "(?5 OR 1) AND p.role >= 1 AND "))
S(UPTO_GUESTS,
	"SELECT max(id), count(*) FROM (SELECT id FROM rsvp WHERE id > ?1 ORDER BY id LIMIT ?2)")
S(EXPAND_GUESTS,
	EXPAND_BY("r.id", "rsvp r CROSS JOIN person p ON p.id = r.person",
		"r.event = ?5 AND r.people > 0 AND "))
S(REMINDER_SET, "INSERT OR REPLACE INTO reminder VALUES (?1, ?2, ?3, ?4)")
S(REMINDER_GET, "SELECT id, broadcast, after, due_ms FROM reminder WHERE id = ?1")
S(REMINDER_DUE,
	"SELECT id, broadcast, after, due_ms FROM reminder INDEXED BY reminder_due "
	"WHERE due_ms <= ?1 ORDER BY due_ms LIMIT 1")
S(REMINDER_NEXT,
	"SELECT due_ms FROM reminder INDEXED BY reminder_due WHERE due_ms IS NOT NULL "
	"ORDER BY due_ms LIMIT 1")
S(REMINDER_OF,
	"SELECT " MESSAGE_COLUMNS "FROM reminder r CROSS JOIN broadcast o ON o.id = r.broadcast "
	"CROSS JOIN message m INDEXED BY message_person ON m.person = ?2 "
	"AND m.id >= o.first_message AND m.broadcast = o.id "
	"WHERE r.id = ?1 AND m.state = 0 LIMIT 1")
/* census.sql: staff, others of these zones, others; by language */
S(AUDIENCE_CROWD,
	"SELECT language, sum(n * (here AND staff)), sum(n * (here AND NOT staff)), "
	"sum(n * NOT here) FROM (SELECT language, staff, n, zones = 0 OR (zones & ?1) <> 0 AS here "
	"FROM crowd) WHERE here OR ?2 GROUP BY language")
S(AUDIENCE_DUTY,
	"SELECT count(*) FROM person p INDEXED BY person_duty WHERE p.duty_until_ms > 0 "
	"AND p.duty_until_ms > ?2 AND p.role >= 2 AND " EXPAND_ACTIVE
	"AND (p.zones = 0 OR (p.zones & ?1) <> 0)")

/* ---- incidents ---- */
#define INCIDENT_COLUMNS "id, kind, state, reporter, taken_by, opened_ms, changed_ms "
S(INCIDENT_OPEN,
	"INSERT INTO incident (kind, state, reporter, opened_ms, changed_ms) "
	"VALUES (?1, 0, ?2, ?3, ?3)")
S(INCIDENT_GET, "SELECT " INCIDENT_COLUMNS "FROM incident WHERE id = ?1")
S(INCIDENT_OF,
	"SELECT " INCIDENT_COLUMNS "FROM incident WHERE reporter = ?1 AND changed_ms >= ?2 "
	"AND state < 5 ORDER BY changed_ms DESC, id DESC LIMIT 1")
S(INCIDENT_LAST_OF,
	"SELECT " INCIDENT_COLUMNS "FROM incident WHERE reporter = ?1 AND changed_ms >= ?2 "
	"ORDER BY changed_ms DESC, id DESC LIMIT 1")
S(INCIDENT_SAME, "SELECT id FROM work INDEXED BY work_same WHERE same_as > 0 AND same_as = ?1 "
		 "AND id > ?2 "
		 "ORDER BY id LIMIT 1")
S(INCIDENT_SET, "UPDATE incident SET state = ?2, changed_ms = ?3 WHERE id = ?1")
S(INCIDENT_TAKE,
	"UPDATE incident SET taken_by = ?2, state = max(state, 1), changed_ms = ?3 WHERE id = ?1")
S(INCIDENT_TOUCH, "UPDATE incident SET changed_ms = ?2 WHERE id = ?1")
S(INCIDENT_NEXT, "SELECT " INCIDENT_COLUMNS "FROM incident WHERE id > ?1 ORDER BY id LIMIT 1")
S(INCIDENT_NEXT_OPEN,
	"SELECT " INCIDENT_COLUMNS "FROM incident INDEXED BY incident_open WHERE id > ?1 "
	"AND state < 5 ORDER BY id LIMIT 1")
S(NOTE_NEXT_ID, "SELECT coalesce(max(id), 0) + 1 FROM note")
S(NOTE_ADD,
	"INSERT INTO note (id, incident, at_ms, who, what, text) VALUES (?1, ?2, ?3, ?4, ?5, ?6)")
S(NOTE_NEXT,
	"SELECT id, at_ms, who, what, text FROM note WHERE incident = ?1 AND id > ?2 ORDER BY id "
	"LIMIT 1")

/* ---- work about incidents ---- */
#define WORK_COLUMNS                                                                               \
	"id, zones, confirmed, same_as, level, escalate_ms, verify_ms, form_ms "
S(WORK_GET, "SELECT " WORK_COLUMNS "FROM work WHERE id = ?1")
S(WORK_SET, "INSERT OR REPLACE INTO work VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)")
S(WORK_DUE,
	"SELECT " WORK_COLUMNS "FROM work INDEXED BY work_due WHERE due_ms <= ?1 "
	"ORDER BY due_ms LIMIT 1")
S(WORK_NEXT, "SELECT due_ms FROM work INDEXED BY work_due WHERE due_ms IS NOT NULL "
	     "ORDER BY due_ms LIMIT 1")
S(WORK_WAITING,
	"SELECT count(*) FROM incident i INDEXED BY incident_open JOIN work w ON w.id = i.id "
	"WHERE i.state < 5 AND i.state = 0 AND w.level >= ?1")
S(ASKED_SET,
	"INSERT INTO asked (incident, person, state) VALUES (?1, ?2, ?3) "
	"ON CONFLICT (incident, person) DO UPDATE SET state = excluded.state")
S(ASKED_GET, "SELECT state FROM asked WHERE incident = ?1 AND person = ?2")
S(ASKED_OF,
	"SELECT a.incident FROM asked a JOIN incident i ON i.id = a.incident "
	"WHERE a.person = ?1 AND a.state BETWEEN 2 AND 3 AND i.state < 5 "
	"ORDER BY a.incident DESC LIMIT 1")
S(ASKED_NEXT,
	"SELECT person, state FROM asked WHERE incident = ?1 AND person > ?2 ORDER BY person "
	"LIMIT 1")

/* ---- alerts ---- */
#define ALERT_COLUMNS \
	"a.id, a.incident, a.author, a.state, a.zones, a.wide, a.need, a.wrong_codes, " \
	"a.broadcast, a.created_ms, a.code_expires_ms, a.started_ms, a.expires_ms, a.ended_ms, " \
	"a.promised_s, a.summary_ms, a.held, a.text, a.promised_people, a.promised_segments, " \
	"a.first_yes_ms, a.info, a.planned "
#define ALERT_LIVE "FROM alert a INDEXED BY alert_live WHERE a.state <= 1 AND "
S(ALERT_NEXT_ID, "SELECT coalesce(max(id), 0) + 1 FROM alert")
S(ALERT_NEW,
	"INSERT INTO alert (id, incident, author, zones, wide, need, created_ms, code_expires_ms, "
	"expires_ms, promised_s, code, text, promised_people, promised_segments, info, planned) "
	"VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)")
S(ALERT_SUPERSEDE,
	"UPDATE alert INDEXED BY alert_live SET state = 3, ended_ms = ?2, code = NULL "
	"WHERE state <= 1 AND state = 0 AND author = ?1 AND id <> ?3")
S(ALERT_CODE_TAKEN, "SELECT 1 " ALERT_LIVE "a.state = 0 AND a.code = ?1")
S(ALERT_GET, "SELECT " ALERT_COLUMNS "FROM alert a WHERE a.id = ?1")
S(ALERT_BY_CODE,
	"SELECT " ALERT_COLUMNS ALERT_LIVE "a.state = 0 AND a.code = ?1 AND a.code_expires_ms > ?2 "
	"ORDER BY a.id DESC LIMIT 1")
S(ALERT_PENDING,
	"SELECT " ALERT_COLUMNS ALERT_LIVE "a.state = 0 AND (?1 = 0 OR a.author = ?1) "
	"AND a.code_expires_ms > ?2 ORDER BY a.id DESC LIMIT 1")
S(ALERT_WRONG,
	"UPDATE alert INDEXED BY alert_live SET wrong_codes = wrong_codes + 1 "
	"WHERE state <= 1 AND state = 0 AND author = ?1 AND code_expires_ms > ?2")
S(ALERT_WRONG_SINCE, "SELECT sum(wrong_codes) FROM alert WHERE author = ?1 AND created_ms > ?2")
S(ALERT_WRONG_THIRD,
	"UPDATE alert INDEXED BY alert_live SET state = 3, ended_ms = ?2, code = NULL "
	"WHERE state <= 1 AND state = 0 AND author = ?1 AND wrong_codes >= 3")
S(ALERT_TRIES_LEFT,
	"SELECT min(3 - a.wrong_codes) " ALERT_LIVE "a.state = 0 AND a.author = ?1 "
	"AND a.code_expires_ms > ?2")
S(ALERT_START,
	"UPDATE alert SET state = 1, broadcast = ?2, expires_ms = ?3, started_ms = ?4, code = NULL "
	"WHERE id = ?1 AND state IN (0, 5)")
S(ALERT_SCHEDULE, "UPDATE alert SET state = 5, code = NULL WHERE id = ?1 AND state = 0")
S(ALERT_END,
	"UPDATE alert SET state = ?2, ended_ms = ?3, code = NULL WHERE id = ?1 "
	"AND state IN (0, 1, 5)")
S(ALERT_NEED, "UPDATE alert SET need = ?2 WHERE id = ?1")
S(ALERT_TEXT, "UPDATE alert SET text = ?2, code = ?3 WHERE id = ?1 AND state = 0")
S(ALERT_HELD, "UPDATE alert SET held = ?2 WHERE id = ?1")
S(ALERT_SUMMARY, "UPDATE alert SET summary_ms = ?2 WHERE id = ?1")
S(ALERT_OF_INCIDENT,
	"SELECT " ALERT_COLUMNS "FROM alert a WHERE a.incident = ?1 ORDER BY a.id DESC LIMIT 1")
S(ALERT_FOR_PERSON,
	"SELECT " ALERT_COLUMNS "FROM message m INDEXED BY message_person "
	"CROSS JOIN broadcast b ON b.id = m.broadcast CROSS JOIN alert a ON a.id = b.alert "
	"WHERE m.person = ?1 AND m.broadcast > 0 AND b.kind = 0 AND a.info = 0 "
	"AND a.started_ms >= ?2 "
	"AND a.started_ms > 0 AND (m.accepted > 0 OR m.state IN (1, 2, 3, 5)) ORDER BY m.id DESC "
	"LIMIT 1")
S(ALERT_NEXT,
	"SELECT " ALERT_COLUMNS "FROM alert a WHERE a.id > ?1 AND a.state = ?2 ORDER BY a.id "
	"LIMIT 1")
S(ALERT_NEXT_LIVE,
	"SELECT " ALERT_COLUMNS ALERT_LIVE "a.id > ?1 AND a.state = ?2 ORDER BY a.id LIMIT 1")
S(ALERT_NEXT_END,
	"SELECT min(CASE WHEN a.state = 0 THEN a.code_expires_ms "
	"WHEN a.expires_ms > 0 THEN a.expires_ms END) FROM alert a INDEXED BY alert_live "
	"WHERE a.state <= 1")
S(ALERT_CANCEL_OF_AUTHOR,
	"UPDATE alert INDEXED BY alert_live SET state = 3, ended_ms = ?2, code = NULL "
	"WHERE state <= 1 AND state = 0 AND author = ?1")
S(INCIDENT_CANCEL_OF_AUTHOR,
	"UPDATE incident SET state = 7, changed_ms = ?2 WHERE state < 4 AND reporter = 0 AND id IN "
	"(SELECT incident FROM alert INDEXED BY alert_live WHERE state <= 1 AND state = 0 "
	"AND author = ?1)")
S(DRAFT_DELETE_OF_AUTHOR,
	"DELETE FROM bulletin INDEXED BY bulletin_due WHERE due_ms IS NOT NULL AND state = 0 "
	"AND author = ?1")
S(ANSWER_SET,
	"INSERT INTO answer (alert, person, answer, eta_ms, at_ms, first_ms) "
	"VALUES (?1, ?2, ?3, ?4, ?5, ?5) "
	"ON CONFLICT (alert, person) DO UPDATE SET answer = ?3, eta_ms = ?4, at_ms = ?5")
S(ANSWER_GET, "SELECT answer FROM answer WHERE alert = ?1 AND person = ?2")
S(PERSON_ANSWERED,
	"UPDATE person SET answered = min(4095, max(0, answered + ?2)) WHERE id = ?1")
S(ALERT_FIRST_YES, "UPDATE alert SET first_yes_ms = ?2 WHERE id = ?1 AND first_yes_ms = 0")
S(ANSWER_COUNTS,
	"SELECT sum(n * (answer = 1)), sum(n * (answer = 2)), sum(n * (answer = 3)), "
	"sum(n * (answer = 4)), min(CASE WHEN answer = 1 AND eta_ms > 0 THEN eta_ms END), "
	"max(at_ms) FROM (SELECT answer, 1 AS n, eta_ms, at_ms FROM answer WHERE alert = ?1 "
	"UNION ALL SELECT answer, people, 0, last_ms FROM past_answer WHERE alert = ?1)")
S(LIVE_COUNTS,
	"SELECT (SELECT count(*) FROM incident INDEXED BY incident_open WHERE state < 5), "
	"sum(a.state = 1), sum(a.state = 0) FROM alert a INDEXED BY alert_live WHERE a.state <= 1")

/* ---- after ---- */
S(ALERT_BEHIND,
	"SELECT " ALERT_COLUMNS "FROM alert a INDEXED BY alert_incident WHERE a.incident = ?1 "
	"AND a.id > ?2 ORDER BY a.id LIMIT 1")
S(COPIES_UPTO,
	"SELECT max(id), count(*) FROM (SELECT id FROM message WHERE id > max(?1, "
	"(SELECT first_message - 1 FROM broadcast WHERE id = ?2)) "
	"AND id <= (SELECT last_message FROM broadcast WHERE id = ?2) ORDER BY id LIMIT ?3)")
S(COPIES,
	"SELECT CASE WHEN m.state = 0 AND b.gate <> 0 THEN b.gate ELSE m.state END, y.language, "
	"coalesce(p.zones, 0), m.modem, CASE WHEN m.state = 4 THEN m.error ELSE 0 END, "
	"m.sent_ms / 60000, CASE WHEN m.arrived_s > 0 "
	"THEN (m.sent_ms / 1000 + m.arrived_s - 1) / 60 ELSE 0 END, m.arrived_s > 0, "
	"(SELECT name FROM modem WHERE id = m.modem), count(*), sum(m.accepted > 0), "
	"sum(m.accepted), max(m.sent_ms) "
	"FROM message m CROSS JOIN broadcast b ON b.id = m.broadcast "
	"CROSS JOIN body y ON y.id = m.body LEFT JOIN person p ON p.id = m.person "
	"WHERE m.id > ?1 AND m.id <= ?2 AND m.broadcast = ?3 "
	"GROUP BY 1, 2, 3, 4, 5, 6, 7, 8")
/* The same of those whose rows are gone; their minutes are not known any more. */
S(COPIES_PAST,
	"SELECT k.state, k.language, k.zones, k.modem, k.error, 0, 0, k.reported, "
	"(SELECT name FROM modem WHERE id = k.modem), k.people, k.accepted, k.segments, "
	"k.last_sent_ms FROM past k WHERE k.broadcast = ?1")
S(ANSWERS_PAST, "SELECT 0, answer, 0, zones, language, people FROM past_answer WHERE alert = ?1")
S(ANSWERS,
	"SELECT a.person, a.answer, a.first_ms, coalesce(p.zones, 0), coalesce(p.language, ''), 1 "
	"FROM answer a LEFT JOIN person p ON p.id = a.person WHERE a.alert = ?1 AND a.person > ?2 "
	"ORDER BY a.person LIMIT ?3")

/* ---- vouching ---- */
S(VOUCH_NEW,
	"INSERT OR IGNORE INTO vouch (voucher, made_ms, expires_ms, hash) VALUES (?1, ?2, ?3, ?4)")
S(VOUCH_COUNT, "SELECT count(*) FROM vouch WHERE voucher = ?1 AND made_ms > ?2")
S(VOUCH_FIND, "SELECT voucher FROM vouch WHERE hash = ?1 AND guest = 0 AND expires_ms > ?2")
S(VOUCH_USE, "UPDATE vouch SET guest = ?2 WHERE hash = ?1 AND guest = 0 AND expires_ms > ?3")
S(VOUCH_FORGET, "DELETE FROM vouch WHERE made_ms < ?1")

/* ---- stories ---- */
S(STORY_NEXT_ID, "SELECT coalesce(max(id), 0) + 1 FROM story")
S(STORY_ADD,
	"INSERT INTO story (id, person, first, told_ms, language, text) "
	"VALUES (?1, ?2, ?3, ?4, ?5, ?6)")
S(STORY_ASKED, "SELECT min(first) FROM story WHERE person = ?1 AND kept_ms = 0")
S(STORY_EXPIRES, "UPDATE story SET expires_ms = ?2 WHERE person = ?1 AND kept_ms = 0")
S(STORY_WORDING, "UPDATE story SET wording = ?2 WHERE id = ?1")
S(STORY_KEEP,
	"UPDATE story SET kept_ms = ?2, expires_ms = NULL WHERE person = ?1 AND kept_ms = 0")
S(STORY_COUNT, "SELECT count(DISTINCT first) FROM story WHERE person = ?1 AND kept_ms > 0")
S(STORY_COUNT_ASKED, "SELECT count(DISTINCT first) FROM story WHERE person = ?1 AND kept_ms = 0")
S(STORY_DROP, "DELETE FROM story WHERE person = ?1 AND kept_ms = 0")
S(STORY_DELETE, "DELETE FROM story WHERE person = ?1")
S(STORY_FORGET,
	"DELETE FROM story WHERE id IN (SELECT id FROM story INDEXED BY story_expires "
	"WHERE expires_ms <= ?1)")
S(STORY_NEXT_END,
	"SELECT min(expires_ms) FROM story INDEXED BY story_expires WHERE expires_ms IS NOT NULL")
S(STORY_NEXT,
	"SELECT id, first, told_ms, kept_ms, language, text FROM story WHERE kept_ms > 0 "
	"AND (first, id) > (?1, ?2) ORDER BY first, id LIMIT 1")
/* ---- talks ---- */
S(TALK_GET, "SELECT since_ms, said, helps, told, hurried FROM talk WHERE id = ?1")
S(TALK_SET,
	"INSERT INTO talk (id, since_ms, said, helps, told, hurried) "
	"VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (id) DO UPDATE SET since_ms = ?2, "
	"said = ?3, helps = ?4, told = ?5, hurried = ?6")
S(TALK_FORGET, "DELETE FROM talk WHERE since_ms < ?1")

/* ---- shifts ---- */
S(SHIFT_OF,
	"SELECT id FROM shift INDEXED BY shift_open WHERE told < 2 AND person = ?1 "
	"ORDER BY id DESC LIMIT 1")
S(SHIFT_NEW, "INSERT INTO shift (person, from_ms, until_ms) VALUES (?1, ?2, ?3)")
S(SHIFT_UNTIL, "UPDATE shift SET until_ms = ?2, told = ?3 WHERE id = ?1")
S(SHIFT_TELL, "UPDATE shift SET told = ?2 WHERE id = ?1")
S(SHIFT_NEXT_OPEN,
	"SELECT id, person, from_ms, until_ms, told FROM shift INDEXED BY shift_open "
	"WHERE told < 2 AND id > ?1 ORDER BY id LIMIT 1")
S(SHIFT_NEXT,
	"SELECT id, person, from_ms, until_ms, told FROM shift WHERE id > ?1 ORDER BY id LIMIT 1")
S(SHIFT_FORGET, "DELETE FROM shift WHERE told = 2 AND until_ms <= ?1")

/* ---- a clock that becomes known ---- */
/*
 * ?1 is how far it stepped, ?2 the time that it showed at first. What happened since then carries
 * dates of its own; what ends (ENDS) moves with the beginning of the same row (and before it does).
 */
#define HAPPENED(table, column) \
	"UPDATE " table " SET " column " = " column " + ?1 WHERE " column " >= ?2"
#define ENDS(table, column, began) \
	"UPDATE " table " SET " column " = " column " + ?1 WHERE " column " > 0 AND " began " >= ?2"
S(DATE_MESSAGE_EXPIRES, ENDS("message", "expires_ms", "queued_ms"))
S(DATE_MESSAGE_QUEUED, HAPPENED("message", "queued_ms"))
S(DATE_MESSAGE_SENT, HAPPENED("message", "sent_ms"))
S(DATE_PART, HAPPENED("part", "sent_ms"))
S(DATE_TEXT_HANDLED, HAPPENED("text", "handled_ms"))
S(DATE_TEXT_RECEIVED, HAPPENED("text", "received_ms"))
S(DATE_PERSON_DUTY, ENDS("person", "duty_until_ms", "last_text_ms"))
S(DATE_PERSON_MUTED, ENDS("person", "muted_until_ms", "last_text_ms"))
S(DATE_PERSON_JOINED, HAPPENED("person", "joined_ms"))
S(DATE_PERSON_TEXTED, HAPPENED("person", "last_text_ms"))
S(DATE_SUPPRESSED, HAPPENED("suppressed", "since_ms"))
S(DATE_CONSENT, HAPPENED("consent", "at_ms"))
S(DATE_DIALOGUE, HAPPENED("dialogue", "expires_ms"))
S(DATE_BROADCAST_EXPIRES, ENDS("broadcast", "expires_ms", "created_ms"))
S(DATE_BROADCAST, HAPPENED("broadcast", "created_ms"))
S(DATE_INCIDENT_OPENED, HAPPENED("incident", "opened_ms"))
S(DATE_INCIDENT_CHANGED, HAPPENED("incident", "changed_ms"))
S(DATE_NOTE, HAPPENED("note", "at_ms"))
S(DATE_ALERT_CODE, ENDS("alert", "code_expires_ms", "created_ms"))
S(DATE_ALERT_EXPIRES, ENDS("alert", "expires_ms", "started_ms"))
S(DATE_ALERT_SUMMARY, ENDS("alert", "summary_ms", "started_ms"))
S(DATE_ALERT_CREATED, HAPPENED("alert", "created_ms"))
S(DATE_ALERT_STARTED, HAPPENED("alert", "started_ms"))
S(DATE_ALERT_ENDED, HAPPENED("alert", "ended_ms"))
S(DATE_ALERT_YES, HAPPENED("alert", "first_yes_ms"))
S(DATE_ANSWER_ETA, ENDS("answer", "eta_ms", "at_ms"))
S(DATE_ANSWER_FIRST, HAPPENED("answer", "first_ms"))
S(DATE_ANSWER, HAPPENED("answer", "at_ms"))
S(DATE_WORK_ESCALATE, HAPPENED("work", "escalate_ms"))
S(DATE_WORK_VERIFY, HAPPENED("work", "verify_ms"))
S(DATE_WORK_FORM, HAPPENED("work", "form_ms"))
S(DATE_WORK, HAPPENED("work", "due_ms"))
S(DATE_REMINDER, HAPPENED("reminder", "due_ms"))
S(DATE_FAILING, HAPPENED("failing", "since_ms"))
S(DATE_VOUCH_EXPIRES, ENDS("vouch", "expires_ms", "made_ms"))
S(DATE_VOUCH, HAPPENED("vouch", "made_ms"))
S(DATE_SHIFT_UNTIL, ENDS("shift", "until_ms", "from_ms"))
S(DATE_SHIFT_FROM, HAPPENED("shift", "from_ms"))
S(DATE_BULLETIN, HAPPENED("bulletin", "made_ms"))
S(DATE_TALK, HAPPENED("talk", "since_ms"))
S(DATE_STORY_EXPIRES, ENDS("story", "expires_ms", "told_ms"))
S(DATE_STORY_TOLD, HAPPENED("story", "told_ms"))
S(DATE_STORY_KEPT, HAPPENED("story", "kept_ms"))
/* The newest of what the box remembers. */
S(CLOCK_NEWEST,
	"SELECT max(coalesce((SELECT value FROM value WHERE name = 'clock seen'), 0), "
	"coalesce((SELECT max(received_ms, handled_ms) FROM text ORDER BY id DESC LIMIT 1), 0), "
	"coalesce((SELECT max(queued_ms, sent_ms) FROM message ORDER BY id DESC LIMIT 1), 0), "
	"coalesce((SELECT at_ms FROM note ORDER BY id DESC LIMIT 1), 0))")

/* ---- posts, events, digests ---- */
#define BULLETIN_COLUMNS "id, kind, state, author, broadcast, made_ms, at_ms, due_ms, text "
S(BULLETIN_NEW,
	"INSERT INTO bulletin (kind, state, printed, author, made_ms, at_ms, due_ms) "
	"VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")
S(BULLETIN_TEXT, "UPDATE bulletin SET text = ?2 WHERE id = ?1")
S(BULLETIN_GET, "SELECT " BULLETIN_COLUMNS "FROM bulletin WHERE id = ?1")
S(BULLETIN_SET, "UPDATE bulletin SET state = ?2, broadcast = ?3, due_ms = ?4 WHERE id = ?1")
S(BULLETIN_DUE,
	"SELECT " BULLETIN_COLUMNS "FROM bulletin INDEXED BY bulletin_due WHERE due_ms <= ?1 "
	"ORDER BY due_ms LIMIT 1")
S(BULLETIN_NEXT_DUE,
	"SELECT min(due_ms) FROM bulletin INDEXED BY bulletin_due WHERE due_ms IS NOT NULL")
S(BULLETIN_DELETE, "DELETE FROM bulletin WHERE id = ?1")
#define OLD_BULLETINS \
	"made_ms < ?1 AND at_ms < ?1 AND due_ms IS NULL AND (kind = 1 OR printed = 14)"
S(BULLETIN_FORGET, "DELETE FROM bulletin WHERE " OLD_BULLETINS)
#define COMING_EVENT "kind = 1 AND state = 1 AND at_ms > ?1 "
S(EVENT_NEXT,
	"SELECT " BULLETIN_COLUMNS "FROM bulletin WHERE " COMING_EVENT
	"AND (at_ms, id) > (?2, ?3) ORDER BY at_ms, id LIMIT 1")
S(EVENTS_NEW, "SELECT count(*) FROM bulletin WHERE " COMING_EVENT "AND (printed & ?2) = 0")
S(EVENTS_PRINTED, "UPDATE bulletin SET printed = printed | ?2 WHERE " COMING_EVENT)
S(EVENT_WALK, "SELECT " BULLETIN_COLUMNS "FROM bulletin WHERE kind = 1 AND state > 0 AND id > ?1 "
	      "ORDER BY id LIMIT 1")
/* The newest announcement that left for this person. */
S(EVENT_OF_PERSON,
	"SELECT b.zones FROM message m INDEXED BY message_person "
	"CROSS JOIN broadcast b ON b.id = m.broadcast WHERE m.person = ?1 AND m.broadcast > 0 "
	"AND b.kind = 8 AND (m.accepted > 0 OR m.state IN (1, 2, 3, 5)) ORDER BY m.id DESC LIMIT 1")
S(RSVP_SET,
	"INSERT INTO rsvp (event, person, people, at_ms) VALUES (?1, ?2, ?3, ?4) "
	"ON CONFLICT (event, person) DO UPDATE SET people = ?3, at_ms = ?4")
S(RSVP_COUNT, "SELECT yes, people, no FROM turnout WHERE event = ?1")
S(RSVP_FORGET, "DELETE FROM rsvp WHERE person = ?1")
S(RSVP_FORGET_EVENTS,
	"DELETE FROM rsvp WHERE id IN (SELECT id FROM rsvp WHERE event IN "
	"(SELECT id FROM bulletin WHERE " OLD_BULLETINS ") LIMIT ?2)")
#define POST_WAITS "kind = 0 AND state = 1 AND (printed & ?1) = 0 "
S(POST_NEXT,
	"SELECT " BULLETIN_COLUMNS "FROM bulletin WHERE " POST_WAITS "AND id < ?2 "
	"ORDER BY id DESC LIMIT 1")
S(POST_COUNT, "SELECT count(*) FROM bulletin WHERE " POST_WAITS)
S(POSTS_PRINTED, "UPDATE bulletin SET printed = printed | ?1 WHERE " POST_WAITS)
S(CLOSED_COUNT,
	"SELECT count(*), sum(i.state = 6) FROM incident i WHERE i.kind = 0 AND i.state IN (5, 6) "
	"AND i.changed_ms > ?1 AND EXISTS (SELECT 1 FROM note n INDEXED BY note_incident "
	"WHERE n.incident = i.id AND n.what IN ('closed', 'unfounded') AND n.at_ms > ?1 "
	"AND n.at_ms <= ?2)")
/* not replaced: readership (census.sql) follows what is updated */
S(READER_SET,
	"INSERT INTO reader (id, period) VALUES (?1, ?2) "
	"ON CONFLICT (id) DO UPDATE SET period = ?2")
S(READER_GET, "SELECT period FROM reader WHERE id = ?1")
S(READER_FORGET, "DELETE FROM reader WHERE id = ?1")
S(READERS_COUNT,
	"SELECT language, n FROM readership WHERE period = ?1 AND n > 0 ORDER BY language")

/* ---- retention ---- */
/* How far a slice of ?3 rows after ?1 reaches that are older than ?2, and how many rows that is. */
#define UPTO(from) "SELECT max(id), count(*) FROM (SELECT id FROM " from " ORDER BY id LIMIT ?3)"
S(FORGET_OLDEST,
	"SELECT min(at_ms) FROM (SELECT * FROM (SELECT received_ms AS at_ms FROM text WHERE id > "
	"coalesce((SELECT value FROM value WHERE name = 'forgotten text'), 0) ORDER BY id LIMIT 1) "
	"UNION ALL SELECT * FROM (SELECT at_ms FROM note WHERE id > "
	"coalesce((SELECT value FROM value WHERE name = 'forgotten note'), 0) "
	"ORDER BY id LIMIT 1))")
S(FORGET_TEXT_UPTO, UPTO("text WHERE id > ?1 AND received_ms < ?2 AND state = 2"))
S(FORGET_TEXT,
	"UPDATE text SET body = NULL, body_hash = NULL WHERE id > ?1 AND id <= ?2 AND state = 2")
S(FORGET_NOTE_UPTO, UPTO("note WHERE id > ?1 AND at_ms < ?2"))
S(FORGET_NOTE, "UPDATE note SET text = NULL WHERE id > ?1 AND id <= ?2")
S(FORGET_ALERT_UPTO,
	UPTO("alert WHERE id > ?1 AND state > 1 AND state <> 5 AND ended_ms < ?2"))
S(FORGET_ALERT,
	"UPDATE alert SET text = NULL WHERE id > ?1 AND id <= ?2 AND state > 1 AND state <> 5")
/* Bodies carry no time: those before the first one that a younger or unfinished message needs. */
/* Those of a broadcast that is not expanded have no message that says so yet. */
#define LEAST_GROWING                                                                              \
	"coalesce((SELECT min(y.body) FROM broadcast b INDEXED BY broadcast_growing "              \
	"CROSS JOIN broadcast_body y ON y.broadcast = b.id WHERE b.pass < 4), 9223372036854775807)"
S(FORGET_BODY_LOOK,
	"SELECT max(id), count(*), min(CASE WHEN queued_ms >= ?3 OR state IN (0, 1, 5) THEN body "
	"END), max(body) FROM (SELECT id, body, queued_ms, state FROM message WHERE id > ?1 "
	"ORDER BY id LIMIT ?2)")
S(FORGET_BODY_UPTO, UPTO("body WHERE id > ?1 AND id < min(" LEAST_GROWING ", ?2)"))
S(FORGET_BODY, "UPDATE body SET text = NULL WHERE id > ?1 AND id <= ?2")
S(FORGET_BODY_PARTS, "DELETE FROM body_part WHERE id >= (?1 + 1) * 256 AND id < (?2 + 1) * 256")

/* ---- what is older than is kept (keep.c) ---- */
/*
 * Each behind ?1 and up to ?2, and over before ?3. The row of the greatest id stays: ids are given
 * by it. BEHIND says where a slice of ?2 rows ends, how many these are, and the time of the last.
 */
#define BEHIND(at, table)                                                                          \
	"SELECT max(id), count(*), at FROM (SELECT id, " at " AS at FROM " table                   \
	" WHERE id > ?1 ORDER BY id LIMIT ?2)"
#define THESE(row, table)                                                                          \
	row ".id > ?1 AND " row ".id <= ?2 AND " row ".id < (SELECT max(id) FROM " table ") AND "

#define OLD_MESSAGES                                                                               \
	THESE("m", "message")                                                                      \
	"max(m.queued_ms, m.sent_ms) < ?3 AND m.state IN (2, 3, 4, 7) AND m.lane IS NULL "         \
	"AND m.due_ms IS NULL AND NOT EXISTS (SELECT 1 FROM broadcast b WHERE b.id = m.broadcast " \
	"AND (b.open = 1 OR b.pass < 4 OR EXISTS (SELECT 1 FROM alert a WHERE a.id = b.alert "     \
	"AND (a.state <= 1 OR a.ended_ms >= ?3)))) "
#define PAST_ADDS                                                                                  \
	" ON CONFLICT (broadcast, state, language, zones, modem, error, reported) DO UPDATE SET "  \
	"people = people + excluded.people, accepted = accepted + excluded.accepted, "             \
	"segments = segments + excluded.segments, resent = resent + excluded.resent, "             \
	"first_sent_ms = CASE WHEN first_sent_ms = 0 THEN excluded.first_sent_ms "                 \
	"WHEN excluded.first_sent_ms = 0 THEN first_sent_ms "                                      \
	"ELSE min(first_sent_ms, excluded.first_sent_ms) END, "                                    \
	"last_sent_ms = max(last_sent_ms, excluded.last_sent_ms)"
#define PAST_INTO                                                                                  \
	"INSERT INTO past (broadcast, state, language, zones, modem, error, reported, people, "    \
	"accepted, segments, resent, first_sent_ms, last_sent_ms) "
S(OLD_MESSAGES_BEHIND, BEHIND("max(queued_ms, sent_ms)", "message"))
/* Of an alert all that its report tells; of the rest how many. */
S(OLD_MESSAGES_COUNT,
	PAST_INTO
	"SELECT coalesce(o.id, 0), m.state, "
	"CASE WHEN o.id THEN coalesce(y.language, '') ELSE '' END, "
	"CASE WHEN o.id THEN coalesce(p.zones, 0) ELSE 0 END, "
	"CASE WHEN o.id THEN m.modem ELSE 0 END, "
	"CASE WHEN o.id AND m.state = 4 THEN m.error ELSE 0 END, "
	"o.id IS NOT NULL AND m.arrived_s > 0, count(*), sum(m.accepted > 0), sum(m.accepted), "
	"sum(m.resent), coalesce(min(nullif(m.sent_ms, 0)), 0), max(m.sent_ms) "
	"FROM message m LEFT JOIN body y ON y.id = m.body "
	"LEFT JOIN broadcast o ON o.id = m.broadcast AND o.kind = 0 "
	"LEFT JOIN person p ON p.id = m.person WHERE " OLD_MESSAGES
	"GROUP BY 1, 2, 3, 4, 5, 6, 7" PAST_ADDS)
/* A number that something was delivered to since begins its count anew (FAILING_GET). */
S(OLD_MESSAGES_LIVED,
	"DELETE FROM failing WHERE untold = 0 AND id IN (SELECT m.person FROM message m "
	"CROSS JOIN failing f ON f.id = m.person CROSS JOIN person p ON p.id = m.person WHERE "
	OLD_MESSAGES "AND m.state = 3 AND m.sent_ms > f.since_ms AND p.state <> 5)")
S(OLD_MESSAGES_PARTS,
	"DELETE FROM part WHERE id >= (?1 + 1) * 256 AND id < (?2 + 1) * 256 AND id / 256 IN "
	"(SELECT m.id FROM message m WHERE " OLD_MESSAGES ")")
S(OLD_MESSAGES_EARLY,
	"DELETE FROM early WHERE id IN (SELECT m.id FROM message m WHERE " OLD_MESSAGES ")")
S(OLD_MESSAGES_DROP, "DELETE FROM message AS m WHERE " OLD_MESSAGES)

/* Bodies carry no time: those below the least one that a message has (?3). */
S(LEAST_BODY,
	"SELECT max(id), count(*), min(body) FROM (SELECT id, body FROM message WHERE id > ?1 "
	"ORDER BY id LIMIT ?2)")
#define OLD_BODIES                                                                                 \
	THESE("y", "body")                                                                         \
	"y.id < ?3 AND y.id NOT IN (SELECT w.body FROM broadcast b INDEXED BY broadcast_growing "  \
	"CROSS JOIN broadcast_body w ON w.broadcast = b.id WHERE b.pass < 4 UNION ALL "            \
	"SELECT w.body FROM broadcast b INDEXED BY broadcast_open "                                \
	"CROSS JOIN broadcast_body w ON w.broadcast = b.id WHERE b.open = 1) "
S(OLD_BODIES_BEHIND, BEHIND("id", "body"))
S(OLD_BODIES_PARTS,
	"DELETE FROM body_part WHERE id >= (?1 + 1) * 256 AND id < (?2 + 1) * 256 AND id / 256 IN "
	"(SELECT y.id FROM body y WHERE " OLD_BODIES ")")
S(OLD_BODIES_DROP, "DELETE FROM body AS y WHERE " OLD_BODIES)

#define OLD_TEXTS THESE("t", "text") "t.state = 2 AND t.received_ms < ?3 "
S(OLD_TEXTS_BEHIND, BEHIND("received_ms", "text"))
S(OLD_TEXTS_COUNT,
	"INSERT INTO value (name, value) SELECT 'texts gone', count(*) FROM text t WHERE " OLD_TEXTS
	"HAVING count(*) > 0 ON CONFLICT (name) DO UPDATE SET value = value + excluded.value")
/* census.sql counts down with the rows: these are still texts that were handled */
S(OLD_TEXTS_CENSUS,
	"UPDATE census SET n = n + (SELECT count(*) FROM text t WHERE " OLD_TEXTS ") "
	"WHERE id = 102")
S(OLD_TEXTS_PARTS,
	"DELETE FROM fragment WHERE text IN (SELECT t.id FROM text t WHERE " OLD_TEXTS ")")
S(OLD_TEXTS_DROP, "DELETE FROM text AS t WHERE " OLD_TEXTS)

#define OLD_ANSWERS                                                                                \
	"w.id > ?1 AND w.id <= ?2 AND EXISTS (SELECT 1 FROM alert a WHERE a.id = w.alert "         \
	"AND a.state > 1 AND a.ended_ms < ?3) "
S(OLD_ANSWERS_BEHIND, BEHIND("at_ms", "answer"))
S(OLD_ANSWERS_COUNT,
	"INSERT INTO past_answer (alert, answer, language, zones, people, last_ms) "
	"SELECT w.alert, w.answer, coalesce(p.language, ''), coalesce(p.zones, 0), count(*), "
	"max(w.at_ms) FROM answer w LEFT JOIN person p ON p.id = w.person WHERE " OLD_ANSWERS
	"GROUP BY 1, 2, 3, 4 ON CONFLICT (alert, answer, language, zones) DO UPDATE "
	"SET people = people + excluded.people, last_ms = max(last_ms, excluded.last_ms)")
S(OLD_ANSWERS_DROP, "DELETE FROM answer AS w WHERE " OLD_ANSWERS)

#define OLD_ALERTS                                                                                 \
	THESE("a", "alert")                                                                        \
	"a.state > 1 AND a.state <> 5 AND a.ended_ms < ?3 AND NOT EXISTS (SELECT 1 FROM answer w " \
	"WHERE w.alert = a.id) "
#define OLD_ALERT_IDS "(SELECT a.id FROM alert a WHERE " OLD_ALERTS ")"
S(OLD_ALERTS_BEHIND, BEHIND("max(created_ms, ended_ms)", "alert"))
S(OLD_ALERTS_ANSWERS, "DELETE FROM past_answer WHERE alert IN " OLD_ALERT_IDS)
S(OLD_ALERTS_REMINDER, "DELETE FROM reminder WHERE id IN " OLD_ALERT_IDS)
S(OLD_ALERTS_DROP, "DELETE FROM alert AS a WHERE " OLD_ALERTS)

#define OLD_BROADCASTS                                                                             \
	THESE("b", "broadcast")                                                                    \
	"b.created_ms < ?3 AND b.open = 0 AND b.pass >= 4 AND NOT EXISTS (SELECT 1 FROM alert a "  \
	"WHERE a.id = b.alert) AND NOT EXISTS (SELECT 1 FROM message m "                           \
	"WHERE m.id >= b.first_message AND m.id <= b.last_message AND m.broadcast = b.id) "
#define OLD_BROADCAST_IDS "(SELECT b.id FROM broadcast b WHERE " OLD_BROADCASTS ")"
S(OLD_BROADCASTS_BEHIND, BEHIND("created_ms", "broadcast"))
S(OLD_BROADCASTS_COUNT,
	PAST_INTO
	"SELECT 0, state, '', 0, 0, 0, 0, sum(people), sum(accepted), sum(segments), sum(resent), "
	"coalesce(min(nullif(first_sent_ms, 0)), 0), max(last_sent_ms) FROM past "
	"WHERE broadcast > 0 AND broadcast IN " OLD_BROADCAST_IDS " GROUP BY state" PAST_ADDS)
S(OLD_BROADCASTS_COUNTED,
	"DELETE FROM past WHERE broadcast > 0 AND broadcast IN " OLD_BROADCAST_IDS)
S(OLD_BROADCASTS_BODIES, "DELETE FROM broadcast_body WHERE broadcast IN " OLD_BROADCAST_IDS)
S(OLD_BROADCASTS_DROP, "DELETE FROM broadcast AS b WHERE " OLD_BROADCASTS)

#define OLD_INCIDENTS                                                                              \
	THESE("i", "incident")                                                                     \
	"i.changed_ms < ?3 AND i.state >= 5 "                                                      \
	"AND NOT EXISTS (SELECT 1 FROM alert a WHERE a.incident = i.id) "                          \
	"AND NOT EXISTS (SELECT 1 FROM work w WHERE w.id = i.id AND w.due_ms IS NOT NULL) "        \
	"AND i.id <> coalesce((SELECT incident FROM note ORDER BY id DESC LIMIT 1), 0) "
#define OLD_INCIDENT_IDS "(SELECT i.id FROM incident i WHERE " OLD_INCIDENTS ")"
S(OLD_INCIDENTS_BEHIND, BEHIND("changed_ms", "incident"))
S(OLD_INCIDENTS_DROP, "DELETE FROM incident AS i WHERE " OLD_INCIDENTS)
S(OLD_INCIDENTS_NOTES, "DELETE FROM note WHERE incident IN " OLD_INCIDENT_IDS)
S(OLD_INCIDENTS_ASKED, "DELETE FROM asked WHERE incident IN " OLD_INCIDENT_IDS)
S(OLD_INCIDENTS_WORK, "DELETE FROM work WHERE id IN " OLD_INCIDENT_IDS)

S(GONE_UPTO,
	"INSERT INTO value (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE "
	"SET value = max(value, ?2)")
S(OLDEST_ROW,
	"SELECT min(at) FROM (SELECT * FROM (SELECT queued_ms AS at FROM message ORDER BY id "
	"LIMIT 1) UNION ALL SELECT * FROM (SELECT received_ms FROM text ORDER BY id LIMIT 1) "
	"UNION ALL SELECT * FROM (SELECT opened_ms FROM incident ORDER BY id LIMIT 1))")

/* ---- the file's size (shrink.c) ---- */
S(PAGE_COUNT, "PRAGMA page_count")
S(PAGES_FREE, "PRAGMA freelist_count")
S(PAGE_SIZE, "PRAGMA page_size")
S(AUTO_VACUUM, "PRAGMA auto_vacuum")
/* clang-format on */
