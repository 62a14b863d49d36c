"""State files as earlier versions wrote them, in their own SQL; never change one."""

from __future__ import annotations

TABLES_0 = """
CREATE TABLE metric_history (
    name TEXT NOT NULL,
    labels TEXT NOT NULL,
    counter INTEGER NOT NULL,
    width REAL NOT NULL,
    start REAL NOT NULL,
    count INTEGER NOT NULL,
    failed INTEGER NOT NULL,
    total REAL NOT NULL,
    minimum REAL NOT NULL,
    maximum REAL NOT NULL,
    last REAL,
    packed BLOB NOT NULL,
    PRIMARY KEY (width, start, name, labels)
) WITHOUT ROWID;
CREATE TABLE error_groups (
    fingerprint TEXT PRIMARY KEY,
    last_seen REAL NOT NULL,
    count INTEGER NOT NULL,
    due REAL,
    digest INTEGER NOT NULL DEFAULT 0,
    event_id TEXT,
    body TEXT NOT NULL
);
CREATE INDEX error_groups_due ON error_groups (due) WHERE due IS NOT NULL;
CREATE INDEX error_groups_seen ON error_groups (last_seen);
CREATE INDEX error_groups_digest ON error_groups (digest, count);
CREATE TABLE error_events (
    id TEXT PRIMARY KEY, fingerprint TEXT NOT NULL, at REAL NOT NULL, body TEXT NOT NULL
);
CREATE INDEX error_events_of ON error_events (fingerprint, at);
CREATE TABLE error_storm (
    one INTEGER PRIMARY KEY CHECK (one = 1), body TEXT NOT NULL
);
CREATE TABLE registrations (guild_id INTEGER PRIMARY KEY, command_id INTEGER NOT NULL);
CREATE TABLE outbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    subject TEXT NOT NULL,
    kind TEXT NOT NULL,
    urgent INTEGER NOT NULL,
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    nonce TEXT NOT NULL UNIQUE,
    created REAL NOT NULL,
    state TEXT NOT NULL DEFAULT 'queued',
    level INTEGER NOT NULL DEFAULT 0,
    attempts INTEGER NOT NULL DEFAULT 0,
    tried REAL NOT NULL DEFAULT 0,
    not_before REAL NOT NULL DEFAULT 0,
    lease REAL NOT NULL DEFAULT 0,
    done REAL NOT NULL DEFAULT 0,
    posted INTEGER NOT NULL DEFAULT 0,
    message_id INTEGER,
    reason TEXT NOT NULL DEFAULT ''
);
CREATE INDEX outbox_state ON outbox (state, subject);
CREATE INDEX outbox_done ON outbox (done);
CREATE TABLE cards (
    subject TEXT PRIMARY KEY,
    channel_id INTEGER NOT NULL,
    message_id INTEGER NOT NULL,
    posted REAL NOT NULL,
    editable INTEGER NOT NULL DEFAULT 1
);
CREATE TABLE pauses (
    scope TEXT PRIMARY KEY, since REAL NOT NULL, until REAL NOT NULL
);
CREATE TABLE incidents (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    rule TEXT NOT NULL,
    open INTEGER NOT NULL,
    updated REAL NOT NULL,
    body TEXT NOT NULL
);
CREATE INDEX incidents_rule ON incidents (rule, id);
CREATE UNIQUE INDEX incidents_open ON incidents (rule) WHERE open = 1;
CREATE TABLE rule_states (rule TEXT PRIMARY KEY, body TEXT NOT NULL);
CREATE TABLE thresholds (
    rule TEXT NOT NULL, severity INTEGER NOT NULL, value REAL NOT NULL, PRIMARY KEY (rule, severity)
);
CREATE TABLE silences (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    rule TEXT NOT NULL,
    severity INTEGER NOT NULL,
    until REAL NOT NULL,
    shown_until REAL NOT NULL,
    by TEXT NOT NULL
);
CREATE TABLE changes (
    id INTEGER PRIMARY KEY AUTOINCREMENT, at REAL NOT NULL, text TEXT NOT NULL
);
CREATE TABLE rule_changes (
    id INTEGER PRIMARY KEY AUTOINCREMENT, at REAL NOT NULL, rule TEXT NOT NULL, text TEXT NOT NULL
);
CREATE TABLE runs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    started REAL NOT NULL,
    beat REAL NOT NULL,
    line REAL NOT NULL,
    memory_mb REAL,
    stopped INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE last_release (
    one INTEGER PRIMARY KEY CHECK (one = 1), release TEXT NOT NULL
);
"""
"""Of version 0, which has no number in its files."""

ROWS_0_1 = """
INSERT INTO incidents (rule, open, updated, body) VALUES ('error_rate', 1, 1000.0, '{
"rule": "error_rate", "title": "Error rate", "unit": "%",
"metric": "errors|errors_captured/messages_processed", "severity": 2, "peak": 2, "value": 6.5,
"worst": 8.25, "warning": 2.0, "critical": 5.0, "since": 1800000000.0, "opened": 1800000060.0,
"id": 1, "state": "firing", "ended": null, "reason": "",
"recent": ["<t:1799999000:R> DebugCog reloaded", "of no known form",
"<t:1799998000:R> Thresholds: warning 2%, set by ada"], "flaps": 0, "reopened": 0,
"acked": 1, "acked_by": "ada", "acked_at": 1800000100.0, "silenced_until": 0.0, "stale": false,
"words": "Errors per 100 messages",
"announced": 2, "silenced": false, "notified": 0.0, "rung": 1060.0, "edited": 0.0,
"carded": 1060.0, "shown": 0.0, "shown_stale": false}');
INSERT INTO rule_states VALUES ('error_rate', '[true, true, 2, true, [], 0, null, null]');
INSERT INTO error_groups (fingerprint, last_seen, count, body) VALUES ('ab12cd34', 5.0, 3, '{
"fingerprint": "ab12cd34", "type": "ValueError", "where": "bot.py:1 in f", "first_seen": 1.0,
"last_seen": 5.0, "count": 3, "state": "new", "since": 1.0, "muted_until": null,
"resolved_in": null, "hours": [[0, 3]], "hot_hour": 0, "posted": 1.0, "edited": 2.0, "told": 2,
"event": null}');
INSERT INTO error_storm VALUES (1, '{"tokens": 4.0, "refilled": 1.0, "digest": 1, "opened": 1.0,
"edited": 1.0, "told": [2, 9]}');
INSERT INTO outbox (subject, kind, urgent, title, body, nonce, created) VALUES ('group:ab12cd34',
'open', 0, 'Error group ab12cd34', '{"news": "new", "group": {
"fingerprint": "ab12cd34", "type": "ValueError", "where": "bot.py:1 in f", "first_seen": 1.0,
"last_seen": 5.0, "count": 3, "state": "new", "since": 1.0, "muted_until": null,
"resolved_in": null, "hours": [[0, 3]], "hot_hour": 0, "posted": 1.0, "edited": 2.0, "told": 2,
"event": null}}', '0123456789', 5.0);
INSERT INTO incidents (rule, open, updated, body) VALUES ('memory', 0, 1.0, '{"cut off');
INSERT INTO runs (started, beat, line, stopped) VALUES (1.0, 2.0, 2.0, 1);
"""
"""As version 0.1 named the fields of its records."""

RELOADED = '{"at": 1799999000.0, "text": "DebugCog reloaded"}'
SET = '{"at": 1799998000.0, "text": "Thresholds: warning 2%, set by ada"}'
ROWS_0_2 = (
    ROWS_0_1.replace('"rung"', '"pinged_at"')
    .replace('"carded"', '"card_posted_at"')
    .replace('"words"', '"description"')
    .replace('"told"', '"reported_count"')
    .replace('"metric": "errors|errors_captured/messages_processed", ', "")
    .replace('"<t:1799999000:R> DebugCog reloaded"', RELOADED)
    .replace('"of no known form",', "")
    .replace('"<t:1799998000:R> Thresholds: warning 2%, set by ada"', SET)
)
"""The same, as they were named later, still without a number."""
