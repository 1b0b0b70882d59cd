//! Embeds the tenants' migrations.

fn main() {
    migration_embed::embed("../../migrations_tenant");
}
