ALTER TABLE "tenants"
    DROP COLUMN "schema_name";
