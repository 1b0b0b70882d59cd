CREATE TABLE "registry" (
    "number" INTEGER NOT NULL,
    "id" VARCHAR(32) NOT NULL CHECK (length("id") <= 32),
    "created_at" TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f', 'now') || '000'),
    PRIMARY KEY ("number")
);
