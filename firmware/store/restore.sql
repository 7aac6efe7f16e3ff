-- SPDX-License-Identifier: Apache-2.0
-- A copy of before begins anew (restore.c): what waited in it has been sent, answered or given up
-- since by the box that it was taken from. Nothing of it leaves again.
UPDATE message SET state = 7, lane = NULL, due_ms = NULL, stopped = 1 WHERE state IN (0, 1, 5);
UPDATE broadcast SET gate = 7, open = 0, pass = 4 WHERE open = 1 OR pass < 4;
UPDATE alert SET state = 4, ended_ms = max(created_ms, started_ms), code = NULL WHERE state <= 1;
DELETE FROM reminder;
UPDATE work SET escalate_ms = 0, verify_ms = 0, form_ms = 0, due_ms = NULL;
UPDATE fragment SET pdu = NULL WHERE pdu IS NOT NULL;
UPDATE text SET state = 2, taken_for = 'restored' WHERE state < 2;
DELETE FROM dialogue;
DELETE FROM early;
DELETE FROM vouch WHERE guest = 0;
DELETE FROM value WHERE name = 'life';
-- Drafts wait for codes that were answered or given up. What is posted was printed, and from now on
-- editions are about what comes: until the file that was in use says better.
DELETE FROM bulletin WHERE state = 0;
UPDATE bulletin SET printed = 14;
DELETE FROM value WHERE name LIKE 'digest %' OR name LIKE 'flood %';
