-- SPDX-License-Identifier: Apache-2.0
-- How many rows a salvaged file lacks, as far as can be seen: ids have no gaps but those of lost
-- rows, behind what was let go for its age (keep.c). Of what stayed before that none is missed.
WITH gone (name, upto) AS (
	SELECT column1, coalesce((SELECT value FROM value WHERE name = column1 || ' gone'), 0)
	FROM (VALUES ('text'), ('message'), ('body'), ('incident'), ('alert'), ('broadcast')))
SELECT sum(n) FROM (
	SELECT max(id) - count(*) AS n FROM identity UNION ALL
	SELECT max(id) - count(*) FROM consent UNION ALL
	SELECT max(id) - max(upto) - count(*) FROM text, gone WHERE name = 'text' AND id > upto
	UNION ALL
	SELECT max(id) - max(upto) - count(*) FROM message, gone
		WHERE name = 'message' AND id > upto UNION ALL
	SELECT max(id) - max(upto) - count(*) FROM body, gone WHERE name = 'body' AND id > upto
	UNION ALL
	SELECT max(id) - max(upto) - count(*) FROM incident, gone
		WHERE name = 'incident' AND id > upto UNION ALL
	SELECT max(id) - max(upto) - count(*) FROM alert, gone
		WHERE name = 'alert' AND id > upto UNION ALL
	SELECT max(id) - max(upto) - count(*) FROM broadcast, gone
		WHERE name = 'broadcast' AND id > upto)
