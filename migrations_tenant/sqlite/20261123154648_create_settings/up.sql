CREATE TABLE "settings" (
    "key" VARCHAR(255) NOT NULL CHECK (length("key") <= 255),
    "value" TEXT NOT NULL CHECK (json_valid("value")),
    "updated_at" TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f', 'now') || '000'),
    PRIMARY KEY ("key")
);
