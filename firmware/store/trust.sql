-- SPDX-License-Identifier: Apache-2.0
-- One-time words that members pass on to people whom they vouch for. Each works until it was used
-- or has expired, and stays a while after that: it counts as one of its member's day.
CREATE TABLE vouch (
	id INTEGER PRIMARY KEY,
	voucher INTEGER NOT NULL,
	made_ms INTEGER NOT NULL,
	expires_ms INTEGER NOT NULL,
	guest INTEGER NOT NULL DEFAULT 0,         -- who joined by it
	hash BLOB NOT NULL UNIQUE                 -- of the word
) STRICT;
CREATE INDEX vouch_voucher ON vouch (voucher, made_ms);
