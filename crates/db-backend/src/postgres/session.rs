//! PostgreSQL: what a migration may change in its session, and what holds all the same.

/// A setting's `reset_val` is the value that the session began with: the limits of the address, or
/// those of the command line. Zero means no limit.
pub(super) const KEEP_LIMITS: &str = "SELECT set_config(name, reset_val, false) FROM pg_settings \
    WHERE name IN ('lock_timeout', 'statement_timeout', 'transaction_timeout') \
    AND reset_val::bigint > 0 \
    AND setting::bigint NOT BETWEEN 1 AND reset_val::bigint";

/// `DEFAULT` is the value that the session began with.
pub(super) const SHIELD: &str = "SET LOCAL SESSION AUTHORIZATION DEFAULT; \
    SET LOCAL role TO DEFAULT; SET LOCAL search_path TO DEFAULT";
