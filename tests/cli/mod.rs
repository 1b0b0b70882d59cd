//! The program, from its arguments to its exit code.

mod adopted;
mod by_hand;
mod changing;
mod check;
mod crashes;
mod drafts;
mod fleet;
mod help;
mod histories;
mod interrupts;
mod marks;
mod new_migration;
mod output;
mod project;
mod rebasing;
mod resources;
mod runners;
mod schema;
mod selection;
mod server_addresses;
mod servers;
mod slugs;
mod status;
mod system_database;
mod tenant_files;
mod values;
