//! PostgreSQL: connecting.

use diesel::Connection;
use diesel::pg::PgConnection;

use super::errors;
use crate::classify;
use crate::connection::{Access, Timeouts};
use crate::driver::AnyConnection;
use crate::error::{DbError, DbErrorKind};
use crate::url::{self, DatabaseUrl, Remote};

/// Opens an existing database, its limits set.
pub(super) fn connect(
    database: &DatabaseUrl,
    access: Access,
    timeouts: &Timeouts,
) -> Result<AnyConnection, DbError> {
    let remote =
        database.remote().ok_or_else(|| DbError::address("not an address of PostgreSQL"))?;
    let connection = PgConnection::establish(&with_limits(remote, access, timeouts).expose())
        .map_err(|error| {
            classify::failed_connection(database, &error, |message| {
                errors::of_connection(message)
                    .unwrap_or_else(|| why_not(database, remote, timeouts))
            })
        })?;
    Ok(AnyConnection::Postgres(connection))
}

/// Why the server rejected the session, according to its catalogue, which is read from a database
/// that always exists. If the catalogue can't tell, access counts as permanently denied, which is
/// not retried.
fn why_not(database: &DatabaseUrl, remote: &Remote, timeouts: &Timeouts) -> DbErrorKind {
    let mut maintenance = with_limits(remote, Access::ReadOnly, timeouts);
    url::MAINTENANCE_DATABASE.clone_into(&mut maintenance.database);
    let Ok(connection) = PgConnection::establish(&maintenance.expose()) else {
        return DbErrorKind::Denied;
    };
    let mut connection = AnyConnection::Postgres(connection);
    match connection.text(HINDRANCE, &[&database.name()]) {
        Ok(None) => DbErrorKind::Missing,
        Ok(Some(hindrance)) if hindrance == "busy" => DbErrorKind::ServerBusy,
        Ok(Some(hindrance)) if hindrance == "closed" => DbErrorKind::Closed,
        Ok(Some(_)) | Err(_) => DbErrorKind::Denied,
    }
}

/// What keeps sessions out of the database of that name; no row if it does not exist.
const HINDRANCE: &str = "SELECT CASE \
    WHEN NOT has_database_privilege(oid, 'CONNECT') THEN 'denied' \
    WHEN NOT datallowconn THEN 'closed' \
    WHEN datconnlimit BETWEEN 0 \
    AND (SELECT count(*) FROM pg_stat_activity WHERE datid = pg_database.oid) THEN 'busy' \
    ELSE 'unknown' END \
    FROM pg_database WHERE datname = $1";

/// The address with the timeouts as parameters, which saves a round trip for `SET`. Settings in the
/// address take precedence.
fn with_limits(remote: &Remote, access: Access, timeouts: &Timeouts) -> Remote {
    let mut settings = vec![
        // Zero would mean no limit.
        format!("-c lock_timeout={}", timeouts.lock.as_millis().max(1)),
        format!("-c statement_timeout={}", timeouts.statement.as_millis()),
    ];
    if access == Access::ReadOnly {
        settings.push("-c default_transaction_read_only=on".to_owned());
    }
    // If a setting is given twice the server takes the last one, which is the address's.
    let mut options = url::encode(&settings.join(" "));
    if let Some(own) = remote.parameter("options") {
        options = format!("{options}%20{own}");
    }

    let mut remote = remote.clone();
    remote.parameters.retain(|(key, _)| key != "options");
    remote.parameters.push(("options".to_owned(), options));
    let connect_seconds = timeouts.connect.as_secs_f64().ceil().max(1.0);
    for (key, value) in [
        ("connect_timeout", connect_seconds.to_string()),
        ("application_name", "tenantctl".to_owned()),
    ] {
        if remote.parameter(key).is_none() {
            remote.parameters.push((key.to_owned(), value));
        }
    }
    remote
}

#[cfg(test)]
mod tests {
    use super::*;
    use insta::assert_snapshot;

    fn connected_with(address: &str, access: Access) -> String {
        let database: DatabaseUrl = address.parse().expect("the address is well formed");
        let remote = database.remote().expect("it is a server's");
        with_limits(remote, access, &Timeouts::default()).expose()
    }

    #[test]
    fn limits_go_with_the_address_and_never_over_it() {
        assert_snapshot!(connected_with("postgres://app@localhost/acme", Access::ReadWrite), @"postgres://app@localhost/acme?options=-c%20lock_timeout%3D10000%20-c%20statement_timeout%3D900000&connect_timeout=3&application_name=tenantctl");
        assert_snapshot!(
            connected_with(
                "postgres://app@localhost/acme?options=-c%20lock_timeout%3D5&connect_timeout=9",
                Access::ReadOnly
            ),
            @"postgres://app@localhost/acme?connect_timeout=9&options=-c%20lock_timeout%3D10000%20-c%20statement_timeout%3D900000%20-c%20default_transaction_read_only%3Don%20-c%20lock_timeout%3D5&application_name=tenantctl"
        );
    }
}
