-- SPDX-License-Identifier: Apache-2.0
-- Alerts that are for later: when, as clock and calendar show it (202612241800); 0 = at once.
ALTER TABLE alert ADD COLUMN planned INTEGER NOT NULL DEFAULT 0;
UPDATE alert SET planned = 0;
