-- +goose Up
-- Times are Unix milliseconds. Every row below an account names its tenant,
-- first in each index.
CREATE TABLE accounts (
    id             TEXT PRIMARY KEY,
    name           TEXT NOT NULL,
    brand_name     TEXT NOT NULL,
    brand_support  TEXT NOT NULL,
    console_domain TEXT UNIQUE,
    created        BIGINT NOT NULL
);

CREATE TABLE tenants (
    id         TEXT PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts (id),
    name       TEXT NOT NULL,
    kind       TEXT NOT NULL CHECK (kind IN ('technical', 'tenant')),
    active     INTEGER NOT NULL,
    mode       TEXT NOT NULL,
    version    BIGINT NOT NULL,
    created    BIGINT NOT NULL,
    UNIQUE (account_id, name)
);

CREATE UNIQUE INDEX tenants_technical ON tenants (account_id) WHERE kind = 'technical';

CREATE TABLE users (
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    id        TEXT NOT NULL UNIQUE,
    email     TEXT NOT NULL,
    name      TEXT NOT NULL,
    role      TEXT NOT NULL,
    password  TEXT NOT NULL,
    created   BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, email)
);

CREATE INDEX users_email ON users (email, created);

CREATE TABLE sessions (
    digest  BLOB PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created BIGINT NOT NULL,
    seen    BIGINT NOT NULL,
    expires BIGINT NOT NULL
);

CREATE INDEX sessions_user ON sessions (user_id);

CREATE TABLE node_tokens (
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    id        TEXT NOT NULL UNIQUE,
    name      TEXT NOT NULL,
    digest    BLOB NOT NULL UNIQUE,
    author    TEXT NOT NULL,
    created   BIGINT NOT NULL,
    used      BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);

-- home is the tenant of the token that the node presented.
CREATE TABLE nodes (
    home     TEXT NOT NULL REFERENCES tenants (id),
    id       TEXT NOT NULL,
    hostname TEXT NOT NULL,
    version  TEXT NOT NULL,
    dropped  BIGINT NOT NULL,
    seen     BIGINT NOT NULL,
    PRIMARY KEY (home, id)
);

CREATE TABLE node_tenants (
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    home      TEXT NOT NULL,
    node_id   TEXT NOT NULL,
    version   BIGINT NOT NULL,
    applied   BIGINT NOT NULL,
    error     TEXT NOT NULL,
    mode      TEXT NOT NULL,
    state     TEXT NOT NULL,
    PRIMARY KEY (tenant_id, home, node_id)
);

-- hits that tokens of the tenant home delivered for claimed and that were
-- not taken; claimed need not exist.
CREATE TABLE refusals (
    home    TEXT NOT NULL REFERENCES tenants (id),
    claimed TEXT NOT NULL,
    state   TEXT NOT NULL,
    hits    BIGINT NOT NULL,
    last    BIGINT NOT NULL,
    PRIMARY KEY (home, claimed)
);

CREATE TABLE rules (
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    id        TEXT NOT NULL,
    body      TEXT NOT NULL,
    created   BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);

-- list is allow, deny or gray; applications is a JSON array, empty for all.
CREATE TABLE list_entries (
    tenant_id    TEXT NOT NULL REFERENCES tenants (id),
    id           TEXT NOT NULL,
    list         TEXT NOT NULL,
    prefix       TEXT NOT NULL,
    applications TEXT NOT NULL,
    expires      BIGINT NOT NULL,
    reason       TEXT NOT NULL,
    created      BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);

-- every version of a tenant's policy: what changed, replayable in order.
CREATE TABLE policy_changes (
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    version   BIGINT NOT NULL,
    time      BIGINT NOT NULL,
    author    TEXT NOT NULL,
    what      TEXT NOT NULL,
    body      TEXT NOT NULL,
    PRIMARY KEY (tenant_id, version)
);
