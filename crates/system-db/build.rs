//! Embeds the system database's own migrations.

fn main() {
    migration_embed::embed("migrations");
}
