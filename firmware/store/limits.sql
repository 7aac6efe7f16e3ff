-- SPDX-License-Identifier: Apache-2.0
-- What the caps of a SIM have been used for. Written only for modems that have caps.

-- Segments handed over on a local day. id is the modem's.
CREATE TABLE allowance (
	id INTEGER PRIMARY KEY,
	day_ms INTEGER NOT NULL,                  -- when the day began
	segments INTEGER NOT NULL
) STRICT;

-- Whom a modem has texted in a calendar month ("2026-11"). Earlier months are forgotten.
CREATE TABLE recipient (
	id INTEGER PRIMARY KEY,
	month TEXT NOT NULL,
	modem INTEGER NOT NULL,
	person INTEGER NOT NULL,
	UNIQUE (modem, month, person)
) STRICT;

-- People whose number failed for good in alerts, one after another. id is the person's.
CREATE TABLE failing (
	id INTEGER PRIMARY KEY,
	alerts INTEGER NOT NULL,
	broadcast INTEGER NOT NULL,               -- the newest of them
	since_ms INTEGER NOT NULL,
	untold INTEGER NOT NULL DEFAULT 0         -- suspended, and the admins do not know yet
) STRICT;
CREATE INDEX failing_untold ON failing (id) WHERE untold = 1;
