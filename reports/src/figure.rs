//! Figures as people read them: no more digits than were measured, thousands set apart.

use redline_model::Interval;

/// Three significant digits: `0.74`, `38.5`, `1 240`, `12 400`.
pub(crate) fn figure(value: f64) -> String {
    let magnitude = value.abs();
    let decimals = match magnitude {
        m if m >= 99.95 || m == 0.0 => 0,
        m if m >= 9.995 => 1,
        _ => 2,
    };
    group(&format!("{value:.decimals$}"))
}

/// A count, every digit of it, thousands set apart.
pub(crate) fn count(value: u64) -> String {
    group(&value.to_string())
}

/// `38.5 (37.9–39.2)`.
pub(crate) fn interval(value: &Interval) -> String {
    format!("{} ({}–{})", figure(value.estimate), figure(value.low), figure(value.high))
}

fn group(text: &str) -> String {
    let (whole, fraction) = text.split_at(text.find('.').unwrap_or(text.len()));
    let digits = whole.trim_start_matches('-');
    let mut grouped = String::with_capacity(text.len() + 4);
    grouped.push_str(&whole[..whole.len() - digits.len()]);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            grouped.push(' ');
        }
        grouped.push(digit);
    }
    grouped.push_str(fraction);
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(0.0, "0")]
    #[case(0.7412, "0.74")]
    #[case(38.512, "38.5")]
    #[case(999.6, "1 000")]
    #[case(12_412.0, "12 412")]
    #[case(-1_234.0, "-1 234")]
    fn figures_are_short(#[case] value: f64, #[case] text: &str) {
        assert_eq!(figure(value), text);
    }
}
