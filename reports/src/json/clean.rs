//! Strings of a stored document without what could drive a terminal or turn text around.
//!
//! A document comes from a file that anybody may have written. Escape sequences in it must not reach a
//! terminal, control characters must not break XML, and marks for the direction of text must not make a
//! reader see something else than what is there.

use serde_json::Value;

/// Replaces such characters in every string of `value`, names of keys included.
pub(crate) fn clean(value: &mut Value) {
    match value {
        Value::String(text) => clean_text(text),
        Value::Array(values) => values.iter_mut().for_each(clean),
        Value::Object(map) => {
            for (mut key, mut value) in std::mem::take(map) {
                clean_text(&mut key);
                clean(&mut value);
                map.insert(key, value);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn clean_text(text: &mut String) {
    if text.contains(unwanted) {
        *text = text.replace(unwanted, "\u{fffd}");
    }
}

fn unwanted(c: char) -> bool {
    let turns = matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    (c.is_control() && c != '\n') || turns || matches!(c, '\u{fffe}' | '\u{ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn escapes_and_turns_are_replaced_and_the_rest_stays() {
        let mut value = json!({"a\u{1b}[2J": ["x\u{202e}y", "Zeile\n2 – ü \u{2028}"], "n": 1});
        clean(&mut value);
        assert_eq!(value, json!({"a\u{fffd}[2J": ["x\u{fffd}y", "Zeile\n2 – ü \u{2028}"], "n": 1}));
    }
}
