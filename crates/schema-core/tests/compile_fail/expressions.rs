//! Expressions that are not one expression, or that mean something else on some back end.

schema_core::tenant_schema! {
    #[check(kind, "kind <> \"draft\"")]
    #[check(quoted, "\"order\" > 0 AND kind <> 'a \"b\"'")]
    #[index(order, where = "\"state\" = 'open'", mysql = full)]
    notes (id) {
        id -> BigInt,
        #[backfill("kind || 'x; -- /*'")]
        joined -> Text,
        #[backfill("id; DROP TABLE notes -- /*")]
        ended -> BigInt,
        order -> Integer,
        #[max_length = 10]
        kind -> Varchar,
    }

    #[check(ended, "size > 0) OR (1 = 1")]
    #[check(open, "(size > 0")]
    #[check(quote, "kind <> 'draft")]
    #[check(name, "\"size > 0")]
    #[check(comment, "size > 0 /* and more")]
    #[check(why, "size > 0 /* why */")]
    #[check(nothing, "/* size > 0 */")]
    #[index(size, where = "-- size > 0", mysql = none)]
    #[check(in_a_text, "kind <> ')' AND kind <> ';' AND kind <> '\"none\"'")]
    drafts (id) {
        id -> BigInt,
        #[backfill("/* 0 */")]
        size -> Integer,
        // The apostrophe in the name opens no text.
        #[backfill("coalesce(\"it's\", 'none') || id")]
        #[max_length = 10]
        kind -> Varchar,
    }

    #[check(half, "size / 2 = 1")]
    #[check(fraction, "size / 2e0 = 1 AND ratio / size > 2")]
    #[check(pattern, "kind LIKE note")]
    #[check(escape, r"kind LIKE 'a\_%'")]
    #[check(empty, "concat(kind, note) <> ''")]
    #[check(decimal, "size / 2.0 = 1")]
    #[check(glob, "kind GLOB 'a*'")]
    #[check(own, "size / 2 = 1", mysql = "size DIV 2 = 1")]
    #[check(twice, "size > 0", mysql = "size > 1", mysql = "size > 2")]
    #[check(unknown, "size > 0", oracle = "size > 1")]
    #[index(size, where = "size / 2 = 1", mysql = none)]
    #[index(size, where = "size > 0", mysql = "size > 1", name = servers)]
    #[index(size, where = "size > 0", postgres = 1, mysql = full, name = number)]
    #[index(size, postgres = "size > 0", name = missing)]
    #[index(size, where = "size / 2 = 1", postgres = "(size / 2 = 1", mysql = none, name = open)]
    meanings (id) {
        id -> BigInt,
        #[backfill("id / 2", mysql = "id DIV 2")]
        half -> BigInt,
        #[backfill("id", mysql = "id;")]
        ended -> BigInt,
        #[backfill("id", oracle = "id")]
        unknown -> BigInt,
        #[backfill("id", sqlite = id)]
        unquoted -> BigInt,
        size -> Integer,
        ratio -> Double,
        #[max_length = 10]
        #[backfill("if(size > 1, 'a', 'b')")]
        kind -> Varchar,
        note -> Nullable<Text>,
    }
}

mod meanings {
    schema_core::tenant_schema! {
        #[check(left, "length(left(kind, 1)) = 1")]
        #[check(upper, "kind = upper(kind)")]
        #[check(foreign, "levenshtein(kind, note) < 3")]
        #[check(quoted, "\"length\"(kind) > 1")]
        #[check(cast, "CAST(size AS CHAR) = kind")]
        #[check(few, "coalesce(kind) = kind")]
        #[check(begins, "kind = substr(kind, -1)")]
        #[check(counted, "kind = substr(kind, 1, size)")]
        #[check(nothing, "kind = replace(kind, 'a', note)")]
        #[check(truth, "kind = concat(kind, done)")]
        #[check(fine, "kind = concat(trim(kind), coalesce(note, kind), substr(kind, 1, 2), size)")]
        #[index(size, where = "kind = concat(kind, size)", mysql = none)]
        functions (id) {
            id -> BigInt,
            size -> Integer,
            done -> Bool,
            #[max_length = 10]
            kind -> Varchar,
            note -> Nullable<Text>,
            #[backfill("concat(former, 1.5)")]
            first -> Text,
            #[backfill("concat(coalesce(former, ''), 1.5)")]
            second -> Text,
            #[backfill("sum(size)")]
            third -> Integer,
        }

        #[check(less, "kind < 'b'")]
        #[check(between, "kind NOT BETWEEN 'a' AND 'b'")]
        #[check(trimmed, "trim(kind) <> ''")]
        #[check(listed, "coalesce(note, 'a') NOT IN ('a', 'b')")]
        #[check(turned, "'a' IN (kind, note)")]
        #[check(chosen, "CASE trim(kind) WHEN 'a' THEN 1 END = 1")]
        #[check(chosen_again, "CASE kind WHEN 'a' THEN 1 END = 1")]
        #[check(choice, "CASE WHEN size > 1 THEN 'a' END = 'a'")]
        #[check(parentheses, "(kind) = 'a'")]
        #[check(parentheses_twice, "(kind) = ((note))")]
        #[check(two_choices, "(trim(kind)) = CASE WHEN size > 1 THEN note ELSE 'a' END")]
        #[check(no_texts, "(length(kind) + 1) > (size) AND (kind = 'a') = (size > 1)")]
        #[check(cases, "CASE WHEN kind = 'a' THEN 1 ELSE (2) END <> CASE size WHEN 1 THEN 2 END")]
        #[check(columns, "kind <> note AND trim(note) = kind AND 'a' = kind AND note NOT IN ('a')")]
        #[check(numbers, "coalesce(size, 1) > 0 AND length(kind) BETWEEN 1 AND 3 AND size IN (1, -2)")]
        #[check(time, "made >= '2026-01-01'")]
        #[check(converted, "kind = 5")]
        #[check(converted_too, "kind IN (5, 6) OR size = 1")]
        #[check(converted_last, "length(kind) = '5'")]
        #[check(pattern, "trim(kind) LIKE 'a%'")]
        #[check(pattern_of_number, "size LIKE '1%' OR kind NOT LIKE 'a%'")]
        #[check(documents, "lines IS NOT NULL AND lines <> '{}'")]
        #[check(without_point, "price > 0")]
        #[check(without_point_too, "abs(price) IS NOT NULL")]
        #[check(point_of_null, "price IS NOT NULL OR size > 1")]
        #[check(own_point, "price > 1", sqlite = "price > 100")]
        #[check(literal, "token <> '018f4e2a-0000-7000-8000-00000000002a' AND token > other")]
        #[check(literals, "token IN ('018f4e2a-0000-7000-8000-00000000002a', 'none')")]
        #[check(literal_first, "'nobody' = token")]
        #[check(literal_range, "token BETWEEN '018f4e2a-0000-7000-8000-000000000000' AND 'z'")]
        #[check(literal_case, "CASE token WHEN 'a' THEN 1 END = 1")]
        #[check(literal_text, "token = kind")]
        #[check(literal_number, "token = size OR id = token")]
        comparisons (id) {
            id -> BigInt,
            size -> Integer,
            made -> UtcTimestamp,
            lines -> JsonDoc,
            token -> Uuid,
            price -> Nullable<Numeric(10, 2)>,
            other -> Nullable<Uuid>,
            #[max_length = 10]
            kind -> Varchar,
            note -> Nullable<Text>,
            #[backfill("CASE former WHEN 'a' THEN 1 WHEN 'b' THEN 2 END")]
            first -> Integer,
            #[backfill("CASE WHEN concat(kind, '') = 'a' THEN 1 END")]
            second -> Integer,
        }

        #[check(twice, "size == 1")]
        #[check(exact, "size <=> 1")]
        #[check(signs, "size=-1 OR size<>-1 OR size*-1>+1")]
        #[check(document, "size->'a' = 1")]
        #[check(typed, "size::text = kind")]
        #[check(ordered, "kind COLLATE nocase = 'a'")]
        #[check(distinct, "size IS DISTINCT FROM 1")]
        #[check(same, "size IS 1")]
        #[check(truth, "done IS NOT TRUE AND size IS NOT NULL")]
        #[check(now, "made < CURRENT_TIMESTAMP")]
        #[check(unknown, "sise > 1")]
        #[check(bytes, "code = x'41'")]
        #[check(number, "size = 0x10")]
        #[check(joined, "kind = 'a' 'b'")]
        #[check(backticks, "`size` = 1")]
        #[check(remainder, "size % 1.5 = 1")]
        operators (id) {
            id -> BigInt,
            size -> Integer,
            done -> Bool,
            made -> UtcTimestamp,
            code -> Binary,
            #[max_length = 10]
            kind -> Varchar,
            #[backfill("CURRENT_DATE")]
            first -> Text,
            #[backfill("made + INTERVAL '1 day'")]
            second -> UtcTimestamp,
            #[backfill("(SELECT note FROM comparisons c WHERE c.id = size)")]
            third -> Text,
            #[backfill("(SELECT note FROM comparisons c WHERE c.key = 'a')")]
            fourth -> Text,
        }
    }
}

fn main() {}
