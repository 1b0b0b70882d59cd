use insta::assert_snapshot;
use proptest::prelude::*;

use super::*;

/// `kind | shown | name`, or the message.
fn parsed(texts: &[&str]) -> String {
    let row = |text: &&str| match text.parse::<DatabaseUrl>() {
        Ok(url) => format!("{} | {url} | {}", url.kind(), url.name()),
        Err(error) => format!("{text:?} {error}"),
    };
    texts.iter().map(row).collect::<Vec<_>>().join("\n")
}

#[test]
fn addresses_of_databases() {
    assert_snapshot!(parsed(&[
        "tenants/acme.db",
        "/var/lib/a b?c#d%41.db",
        "sqlite:acme.db",
        "sqlite:///var/acme.db",
        "./odd:name.db",
        "postgres://localhost/acme",
        "postgresql://app:s3cret@db1:5432,db2:5433/acme?sslmode=require",
        "postgres://app:s@cr:t@localhost/a%20b",
        "postgres://%2Frun%2Fpostgresql/acme?password=s3cret&sslpassword=s3cret&PassWord=s3cret",
        "mariadb://root:s3cret@[::1]:3306/acme?ssl_mode=required",
        "mysql://root@localhost/acme?unix_socket=%2Frun%2Fs.sock",
    ]), @"
        sqlite | sqlite:tenants/acme.db | tenants/acme.db
        sqlite | sqlite:/var/lib/a b?c#d%41.db | /var/lib/a b?c#d%41.db
        sqlite | sqlite:acme.db | acme.db
        sqlite | sqlite:/var/acme.db | /var/acme.db
        sqlite | sqlite:./odd:name.db | ./odd:name.db
        postgres | postgres://localhost/acme | acme
        postgres | postgres://app:***@db1:5432,db2:5433/acme?sslmode=require | acme
        postgres | postgres://app:***@localhost/a%20b | a b
        postgres | postgres://%2Frun%2Fpostgresql/acme?password=***&sslpassword=***&PassWord=*** | acme
        mysql | mysql://root:***@[::1]:3306/acme?ssl_mode=required | acme
        mysql | mysql://root@localhost/acme?unix_socket=%2Frun%2Fs.sock | acme
        ");
    assert_snapshot!(parsed(&[
        "",
        ":memory:",
        "sqlite:",
        "a\0b",
        "postgres://localhost",
        "mysql://localhost/",
        "oracle://localhost/acme",
        "postgres:/localhost/acme",
        "file:acme.db?mode=rwc",
        "postgres://app:s3/cret@localhost/acme",
        "postgres://app:s3?cret@localhost/acme",
        "postgres://app:s3 cret@localhost/acme",
        " postgres://localhost/acme",
        "postgres ://localhost/acme",
        "postgres//app:s3cret@localhost/acme",
        "app@localhost/acme",
        "localhost:5432/acme",
        "a b.db",
        "sqlite:acme.db ",
        "sqlite:postgres://localhost/acme",
    ]), @r#"
    "" the address is empty
    ":memory:" a database in memory is gone with its connection; name a file
    "sqlite:" the address is empty
    "a\0b" the address has a NUL character
    "postgres://localhost" the address names no database; append /NAME
    "mysql://localhost/" the address names no database; append /NAME
    "oracle://localhost/acme" the address does not begin with sqlite:, postgres:// or mysql://
    "postgres:/localhost/acme" the address does not begin with sqlite:, postgres:// or mysql://
    "file:acme.db?mode=rwc" the address does not begin with sqlite:, postgres:// or mysql://
    "postgres://app:s3/cret@localhost/acme" in the address, write / ? and @ as %2F %3F and %40
    "postgres://app:s3?cret@localhost/acme" in the address, write / ? and @ as %2F %3F and %40
    "postgres://app:s3 cret@localhost/acme" the address has a blank; in a password, write it as %20
    " postgres://localhost/acme" the address has no known scheme; if it is a file, write sqlite:PATH
    "postgres ://localhost/acme" the address has no known scheme; if it is a file, write sqlite:PATH
    "postgres//app:s3cret@localhost/acme" the address has no known scheme; if it is a file, write sqlite:PATH
    "app@localhost/acme" the address has no known scheme; if it is a file, write sqlite:PATH
    "localhost:5432/acme" the address does not begin with sqlite:, postgres:// or mysql://
    "a b.db" the address has no known scheme; if it is a file, write sqlite:PATH
    "sqlite:acme.db " the path begins or ends with a blank
    "sqlite:postgres://localhost/acme" the path is another address
    "#);
}

#[test]
fn the_password_of_a_mistyped_address_is_hidden() {
    let hidden = [
        "postgres://app:s3/c@ret@localhost/acme",
        "postgres//app:s3cret@localhost",
        "mysql:/app:s3cret@localhost",
        "postgres:app:s3cret@localhost",
        "app:s3cret@localhost",
        "mysql://app@localhost?password=s3cret",
        "postgres://localhost/acme",
        "app@localhost",
        "C:\\acme.db",
    ]
    .map(hide_password);
    assert_snapshot!(hidden.join("\n"), @r#"
    postgres://app:***@localhost/acme
    postgres//app:***@localhost
    mysql:/app:***@localhost
    postgres:***@localhost
    app:***@localhost
    mysql://app@localhost?password=***
    postgres://localhost/acme
    app@localhost
    C:\acme.db
    "#);
}

#[test]
fn a_database_is_a_name_on_its_server() {
    let rows = [
        ("sqlite:tenants", "acme.db"),
        ("sqlite:tenants/", "a3/acme.db"),
        ("sqlite:tenants", "../acme.db"),
        ("postgres://app:s3cret@localhost/maintenance?sslmode=require", "a/b?c#d%e"),
        ("mysql://root:s3cret@localhost", "it's"),
        ("mysql://root:s3cret@localhost", "mysql"),
    ];
    let shown = rows.map(|(server, name)| {
        let server: ServerUrl = server.parse().expect("the address is well formed");
        match server.database(name) {
            Ok(database) => format!("{server} + {name} = {database}"),
            Err(error) => format!("{server}: {error}"),
        }
    });
    assert_snapshot!(shown.join("\n"), @r#"
        sqlite:tenants + acme.db = sqlite:tenants/acme.db
        sqlite:tenants/ + a3/acme.db = sqlite:tenants/a3/acme.db
        sqlite:tenants: "../acme.db" can't be the name of a sqlite database: it does not stay inside its folder
        postgres://app:***@localhost/maintenance?sslmode=require + a/b?c#d%e = postgres://app:***@localhost/a%2Fb%3Fc%23d%25e?sslmode=require
        mysql://root:***@localhost + it's = mysql://root:***@localhost/it%27s
        mysql://root:***@localhost: "mysql" can't be the name of a mysql database: it belongs to the server
        "#);
    let no_scheme = "tenants".parse::<ServerUrl>().expect_err("a path may be a slip of the pen");
    assert_snapshot!(no_scheme, @"a server's address begins with sqlite:, postgres:// or mysql://");
}

#[test]
fn a_secret_in_a_message_is_hidden_but_words_stay_whole() {
    let url: DatabaseUrl =
        "postgres://app:e%2Fx@localhost/acme?sslpassword=app".parse().expect("it is well formed");
    assert_snapshot!(
        url.redact("exceeded e/x: 'e%2Fx' for app, e/xy"),
        @"exceeded ***: '***' for app, e/xy"
    );
}

/// Text with every character that has a meaning in an address, a path or a quoted name.
fn nasty() -> impl Strategy<Value = String> {
    proptest::string::string_regex(
        "([a-c0-2./:@?#%&=\\\\'\"`$ \\-\u{e9}\u{1f600}\0\n]|\\.\\.|%2e|%2f){0,12}",
    )
    .expect("the expression is right")
}

proptest! {
    #[test]
    fn no_name_leaves_its_folder(name in nasty()) {
        let server = ServerUrl::folder("/srv/tenants");
        if let Ok(database) = server.database(&name) {
            let path = database.path().expect("it is a file");
            let inside = path.strip_prefix("/srv/tenants").expect("it is below the folder");
            prop_assert!(inside.components().all(|part| matches!(part, std::path::Component::Normal(_))));
            prop_assert_eq!(inside.to_str(), Some(&*name));
        }
    }

    #[test]
    fn no_name_leaves_its_server(name in nasty()) {
        for server in ["postgres://u:p@h:1/m?sslmode=require", "mysql://u:p@h:1?ssl_mode=required"] {
            let server: ServerUrl = server.parse().expect("the address is well formed");
            if let Ok(database) = server.database(&name) {
                prop_assert_eq!(&database.name(), &name);
                let again: DatabaseUrl = database.expose().parse().expect("it is an address");
                prop_assert_eq!(&again, &database);
                let own = |url: &str| url.replace(&format!("/{}", encode(&name)), "");
                prop_assert_eq!(own(&database.expose()), own(&server.expose()).replace("/m?", "?"));
            }
        }
    }

    #[test]
    fn no_name_leaves_its_quotes(name in nasty()) {
        for kind in BackendKind::ALL {
            let quoted = kind.dialect().quote(&name);
            let quote = &quoted[..1];
            let inside = quoted.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote));
            let inside = inside.expect("it begins and ends with a quote");
            prop_assert!(!inside.replace(&quote.repeat(2), "").contains(quote));
            prop_assert_eq!(inside.replace(&quote.repeat(2), quote), name.clone());
        }
    }

    #[test]
    fn no_password_is_shown(before in nasty(), after in nasty(), encoded: bool) {
        let password = format!("{before}SECRET{after}");
        let password = if encoded { encode(&password) } else { password };
        for text in [
            format!("postgres://app:{password}@localhost/acme"),
            format!("mysql://app:{password}@localhost/acme?x=y"),
            format!("postgres:app:{password}@localhost/acme"),
            format!("postgrse://app:{password}@localhost/acme"),
            format!("mysql://app@localhost/acme?password={}", encode(&password)),
        ] {
            let shown = match text.parse::<DatabaseUrl>() {
                Ok(url) => {
                    let remote = url.remote().expect("it is a server's");
                    let echo: Vec<String> =
                        remote.secrets().map(|secret| format!("'{secret}' '{}'", decode(secret))).collect();
                    let echo = url.redact(&echo.join(", "));
                    let server = url.expose().parse::<ServerUrl>().expect("it is one as well");
                    format!("{url} {url:?} {server} {server:?} {echo}")
                }
                Err(error) => format!("{error} {error:?}"),
            };
            prop_assert!(!shown.contains("SECRET"), "{text:?}: {shown}");
        }
    }

    #[test]
    fn encoding_can_be_reversed(text in nasty()) {
        prop_assert_eq!(decode(&encode(&text)), text);
    }
}
