CREATE TABLE "servers" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "name" VARCHAR(63) NOT NULL CHECK (length("name") <= 63),
    "backend" VARCHAR(16) NOT NULL CHECK (length("backend") <= 16),
    "url" TEXT NOT NULL,
    "created_at" TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f', 'now') || '000')
);

CREATE UNIQUE INDEX "uq_servers_name" ON "servers" ("name");

CREATE TABLE "tenants" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "slug" VARCHAR(63) NOT NULL CHECK (length("slug") <= 63),
    "server_id" BIGINT NOT NULL,
    "database" VARCHAR(255) NOT NULL CHECK (length("database") <= 255),
    "state" VARCHAR(16) NOT NULL CHECK (length("state") <= 16),
    "recorded_version" VARCHAR(50) CHECK (length("recorded_version") <= 50),
    "created_at" TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f', 'now') || '000'),
    "updated_at" TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f', 'now') || '000'),
    CONSTRAINT "fk_tenants_server_id" FOREIGN KEY ("server_id") REFERENCES "servers" ("id")
);

CREATE UNIQUE INDEX "uq_tenants_slug" ON "tenants" ("slug");

CREATE UNIQUE INDEX "uq_tenants_server_id_database" ON "tenants" ("server_id", "database");

CREATE INDEX "ix_tenants_state" ON "tenants" ("state");

CREATE TABLE "tenant_labels" (
    "tenant_id" BIGINT NOT NULL,
    "name" VARCHAR(63) NOT NULL CHECK (length("name") <= 63),
    "value" VARCHAR(255) NOT NULL CHECK (length("value") <= 255),
    PRIMARY KEY ("tenant_id", "name"),
    CONSTRAINT "fk_tenant_labels_tenant_id" FOREIGN KEY ("tenant_id") REFERENCES "tenants" ("id") ON DELETE CASCADE
);

CREATE INDEX "ix_tenant_labels_name_value" ON "tenant_labels" ("name", "value");

CREATE TABLE "runs" (
    "id" VARCHAR(36) NOT NULL CHECK (length("id") <= 36),
    "command" VARCHAR(32) NOT NULL CHECK (length("command") <= 32),
    "goal" VARCHAR(50) CHECK (length("goal") <= 50),
    "targets" BIGINT NOT NULL,
    "started_at" TEXT NOT NULL,
    "finished_at" TEXT,
    "exit_code" INTEGER,
    PRIMARY KEY ("id")
);

CREATE INDEX "ix_runs_started_at" ON "runs" ("started_at");

CREATE TABLE "run_outcomes" (
    "run_id" VARCHAR(36) NOT NULL CHECK (length("run_id") <= 36),
    "tenant_id" BIGINT NOT NULL,
    "outcome" VARCHAR(32) NOT NULL CHECK (length("outcome") <= 32),
    "version" VARCHAR(50) CHECK (length("version") <= 50),
    "error" TEXT,
    "detail" TEXT NOT NULL CHECK (json_valid("detail")),
    "duration_ms" BIGINT NOT NULL,
    "finished_at" TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f', 'now') || '000'),
    PRIMARY KEY ("run_id", "tenant_id"),
    CONSTRAINT "fk_run_outcomes_run_id" FOREIGN KEY ("run_id") REFERENCES "runs" ("id") ON DELETE CASCADE,
    CONSTRAINT "fk_run_outcomes_tenant_id" FOREIGN KEY ("tenant_id") REFERENCES "tenants" ("id") ON DELETE CASCADE
);

CREATE INDEX "ix_run_outcomes_tenant_id" ON "run_outcomes" ("tenant_id");
