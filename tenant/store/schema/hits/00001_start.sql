-- +goose Up
-- One file per tenant: no column names the tenant. The row of hits is what
-- is searched, bodies is what one hit shows. Times are Unix milliseconds.
CREATE TABLE hits (
    seq        INTEGER PRIMARY KEY,
    id         TEXT NOT NULL UNIQUE,
    attack     BIGINT NOT NULL,
    time       BIGINT NOT NULL,
    received   BIGINT NOT NULL,
    incident   TEXT NOT NULL,
    request_id TEXT NOT NULL,
    class      TEXT NOT NULL,
    host       TEXT NOT NULL,
    client     TEXT NOT NULL,
    blocked    INTEGER NOT NULL
);

CREATE INDEX hits_time ON hits (time, seq);
CREATE INDEX hits_attack ON hits (attack, time, seq);
CREATE INDEX hits_incident ON hits (incident);
CREATE INDEX hits_request ON hits (request_id);

-- detail is the hit's JSON without its request. packed says that request is
-- a zstd frame.
CREATE TABLE bodies (
    seq     INTEGER PRIMARY KEY,
    detail  BLOB NOT NULL,
    request BLOB NOT NULL,
    packed  INTEGER NOT NULL
);

-- key is a digest of class, point, host and path.
CREATE TABLE attacks (
    seq        INTEGER PRIMARY KEY,
    id         TEXT NOT NULL UNIQUE,
    key        BLOB NOT NULL,
    class      TEXT NOT NULL,
    point      TEXT NOT NULL,
    host       TEXT NOT NULL,
    path       TEXT NOT NULL,
    first      BIGINT NOT NULL,
    last       BIGINT NOT NULL,
    hits       BIGINT NOT NULL,
    blocked    BIGINT NOT NULL,
    clients    BIGINT NOT NULL,
    top_client TEXT NOT NULL,
    top_hits   BIGINT NOT NULL
);

CREATE INDEX attacks_key ON attacks (key, last);
CREATE INDEX attacks_last ON attacks (last, seq);

CREATE TABLE attack_clients (
    attack BIGINT NOT NULL,
    client TEXT NOT NULL,
    hits   BIGINT NOT NULL,
    PRIMARY KEY (attack, client)
);

CREATE TABLE totals (
    what TEXT PRIMARY KEY,
    n    BIGINT NOT NULL
);

INSERT INTO totals (what, n) VALUES ('hits', 0);
