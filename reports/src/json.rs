//! The document of a run as JSON, and its schema.

use redline_model::{RunReport, SCHEMA_VERSION};

/// Why a stored document cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// It is not JSON, or not a redline document.
    #[error("this is not a redline run document: {0}")]
    Malformed(#[from] serde_json::Error),
    /// It was written by a version that this one does not understand.
    #[error(
        "this run document has schema version {found}, but this redline reads version {SCHEMA_VERSION}; use the redline that wrote it"
    )]
    Version {
        /// The version found.
        found: u64,
    },
}

/// The document, indented, with a final newline.
///
/// # Errors
/// Where a figure cannot be written as JSON.
pub fn document(report: &RunReport) -> Result<String, serde_json::Error> {
    serde_json::to_string_pretty(report).map(|text| text + "\n")
}

/// Reads a document back.
///
/// # Errors
/// Where it is malformed or of another schema version; the version is looked at first.
pub fn read(text: &str) -> Result<RunReport, ReadError> {
    let value: serde_json::Value = serde_json::from_str(text)?;
    match value.get("schema_version").and_then(serde_json::Value::as_u64) {
        Some(version) if version != u64::from(SCHEMA_VERSION) => Err(ReadError::Version { found: version }),
        _ => Ok(serde_json::from_value(value)?),
    }
}

/// The JSON Schema of the document, indented, with a final newline.
///
/// # Errors
/// Where the schema cannot be written as JSON.
pub fn schema() -> Result<String, serde_json::Error> {
    serde_json::to_string_pretty(&schemars::schema_for!(RunReport)).map(|text| text + "\n")
}
