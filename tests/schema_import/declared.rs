schema_core::tenant_schema! {
    companies (id) {
        #[auto_increment]
        id -> BigInt,
        #[max_length = 30]
        #[default("it's \"new\"")]
        name -> Varchar,
    }

    #[index(r#type desc, at, name = by_type)]
    #[unique(company, number, where = "number > 0", sqlite = "number >= 1", mysql = none)]
    #[unique(number, name = "notes_number_key")]
    #[index(at, name = "Notes `by` \"at\"")]
    #[foreign_key((parent_company, parent) -> notes(company, number), on_delete = set_null)]
    #[check(positive, "number > 0", mysql = "number >= 1")]
    #[check("Number > -1", "number > -1")]
    notes (company, number) {
        #[references(companies.id, on_delete = cascade, name = owner)]
        company -> BigInt,
        #[default(-1)]
        number -> SmallInt,
        parent_company -> Nullable<BigInt>,
        parent -> Nullable<SmallInt>,
        #[max_length = 9]
        r#type -> Nullable<Varchar>,
        #[default(now)]
        at -> UtcTimestamp,
        #[default(false)]
        done -> Bool,
        #[default("018f4e2a-0000-7000-8000-00000000002a")]
        token -> Uuid,
    }
}
