//! What a printed type or default may mean.

use schema_model::{BackEnds, DefaultValue, Digits, SqlType};

/// The types, each with the length or the digits that the printed type may mean.
pub(super) fn types_like(printed: &str, back_ends: BackEnds) -> Vec<SqlType> {
    let number: String = printed
        .chars()
        .skip_while(|character| *character != '(')
        .skip(1)
        .take_while(char::is_ascii_digit)
        .collect();
    let length = number.parse().ok();
    let numbers: Vec<u32> = printed
        .split(|character: char| !character.is_ascii_digit())
        .filter_map(|number| number.parse().ok())
        .collect();
    let greatest = SqlType::digits_max(back_ends);
    let digits = match *numbers {
        [precision, scale]
            if (1..=greatest.precision).contains(&precision)
                && scale <= precision.min(greatest.scale) =>
        {
            Some(Digits { precision, scale })
        }
        _ => None,
    };
    let with_length = |sql_type: SqlType| match (sql_type.lengths(), length) {
        _ if sql_type.digits().is_some() => digits.map(|digits| sql_type.with_digits(digits)),
        (None, _) => Some(sql_type),
        (Some(lengths), Some(length)) if lengths.contains(&length) => {
            Some(sql_type.with_length(length))
        }
        (Some(_), _) => None,
    };
    SqlType::ALL.into_iter().filter_map(with_length).collect()
}

/// The defaults that a printed one may mean.
pub(super) fn defaults_like(printed: Option<&str>, sql_type: SqlType) -> Vec<Option<DefaultValue>> {
    let Some(printed) = printed else { return vec![None] };
    let mut defaults = vec![DefaultValue::Now, DefaultValue::Bool(true), DefaultValue::Bool(false)];
    let unquoted = printed.trim_start_matches('\'');
    let digits = unquoted.trim_start_matches('-').chars().take_while(char::is_ascii_digit).count();
    let end = unquoted.len() - unquoted.trim_start_matches('-').len() + digits;
    defaults.extend(unquoted[..end].parse().ok().map(DefaultValue::Int));
    let number = |character: &char| character.is_ascii_digit() || ['-', '.'].contains(character);
    let decimal: String = unquoted.chars().take_while(number).collect();
    if let Some(Digits { scale, .. }) = sql_type.digits() {
        // SQLite has the number without its point.
        let (minus, digits) = match decimal.strip_prefix('-') {
            Some(digits) => ("-", digits),
            None => ("", &*decimal),
        };
        let scale = scale as usize;
        let padded = format!("{digits:0>width$}", width = scale + 1);
        let (whole, fraction) = padded.split_at(padded.len() - scale);
        defaults.extend(format!("{minus}{whole}").parse().ok().map(DefaultValue::Int));
        defaults.push(DefaultValue::Decimal(format!("{minus}{whole}.{fraction}").into()));
    }
    defaults.push(DefaultValue::Decimal(decimal.into()));
    if let (Some(start), Some(end)) = (printed.find('\''), printed.rfind('\''))
        && start < end
    {
        let text = printed[start + 1..end].replace("''", "'");
        let unescaped = text.replace("\\n", "\n").replace("\\r", "\r").replace("\\\\", "\\");
        // Of a time, a literal has no more groups of three digits after the point than it needs.
        let short = text.trim_end_matches("000").trim_end_matches('.').to_owned();
        defaults.push(DefaultValue::Text(unescaped.into()));
        defaults.push(DefaultValue::Text(short.into()));
        defaults.push(DefaultValue::Text(text.into()));
    }
    defaults.into_iter().map(Some).collect()
}
