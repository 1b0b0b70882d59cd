CREATE TABLE "activity_log" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "action" VARCHAR(64) NOT NULL CHECK (length("action") <= 64),
    "entity_type" VARCHAR(64) NOT NULL CHECK (length("entity_type") <= 64),
    "entity_id" VARCHAR(255) NOT NULL CHECK (length("entity_id") <= 255),
    "details" TEXT CHECK (json_valid("details")),
    "created_at" TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f', 'now') || '000')
);

CREATE INDEX "ix_activity_log_entity_type_entity_id" ON "activity_log" ("entity_type", "entity_id");

CREATE INDEX "ix_activity_log_created_at" ON "activity_log" ("created_at");
