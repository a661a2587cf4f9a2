//! Writing and reading the document of a comparison.

use std::{fs, path::Path};

use redline_model::{COMPARISON_VERSION, Comparison};
use serde_json::Value;

use crate::{ReadError, StoredError, json::clean};

/// The document's name in a comparison's folder.
pub const COMPARISON_FILE: &str = "comparison.json";

/// The document, indented, with a final newline.
pub(super) fn document(comparison: &Comparison) -> Result<String, serde_json::Error> {
    serde_json::to_string_pretty(comparison).map(|text| text + "\n")
}

/// The JSON Schema of the document, indented, with a final newline.
///
/// # Errors
/// Where the schema cannot be written as JSON.
pub fn schema() -> Result<String, serde_json::Error> {
    serde_json::to_string_pretty(&schemars::schema_for!(Comparison)).map(|text| text + "\n")
}

/// Reads a document back. Characters that could drive a terminal are replaced.
///
/// # Errors
/// Where the file cannot be read, is no comparison, or is one of another version.
pub fn load(path: &Path) -> Result<Comparison, StoredError> {
    let unreadable = |source| StoredError::Unreadable { path: path.to_owned(), source };
    let text = fs::read_to_string(path).map_err(unreadable)?;
    read(&text).map_err(|source| StoredError::Document { path: path.to_owned(), source })
}

fn read(text: &str) -> Result<Comparison, ReadError> {
    let mut value: Value = serde_json::from_str(text)?;
    match value.get("comparison_version").and_then(Value::as_u64) {
        Some(version) if version == u64::from(COMPARISON_VERSION) => {}
        Some(found) => return Err(ReadError::ComparisonVersion { found }),
        None => return Err(ReadError::NoVersion),
    }
    clean(&mut value);
    Ok(serde_json::from_value(value)?)
}
