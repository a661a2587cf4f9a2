//! Writing and reading the document.

use redline_model::{RunReport, SCHEMA_VERSION};
use serde::Serialize as _;
use serde_json::Value;

use super::{clean::clean, compact::Compact, old};

/// Why a stored document cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// It is not JSON, or not a redline document.
    #[error("this is not a redline run document: {0}")]
    Malformed(#[from] serde_json::Error),
    /// It does not say which version it is.
    #[error("this is not a redline run document: it has no schema_version")]
    NoVersion,
    /// It was written by a version that this one does not understand.
    #[error(
        "this run document has schema version {found}, but this redline reads versions 1 to {SCHEMA_VERSION}; use the redline that wrote it"
    )]
    Version {
        /// The version found.
        found: u64,
    },
    /// A comparison of a version that this one does not understand.
    #[error(
        "this comparison has version {found}, but this redline reads version {}; use the redline that wrote it",
        redline_model::COMPARISON_VERSION
    )]
    ComparisonVersion {
        /// The version found.
        found: u64,
    },
    /// Its columns do not belong together.
    #[error("this run document is damaged: the timeline's column `{0}` is not as long as the others")]
    Uneven(&'static str),
}

/// The document, indented, each column on one line, with a final newline.
///
/// # Errors
/// Where a figure cannot be written as JSON.
pub fn document(report: &RunReport) -> Result<String, serde_json::Error> {
    let mut bytes = Vec::new();
    report.serialize(&mut serde_json::Serializer::with_formatter(&mut bytes, Compact::default()))?;
    bytes.push(b'\n');
    // serde_json writes UTF-8 only.
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Reads a document back, an older one too. Characters that could drive a terminal are replaced.
///
/// # Errors
/// Where it is malformed or of a schema version that is not known; the version is looked at first.
pub fn read(text: &str) -> Result<RunReport, ReadError> {
    let mut value: Value = serde_json::from_str(text)?;
    match value.get("schema_version").and_then(Value::as_u64).ok_or(ReadError::NoVersion)? {
        1 => old::from_v1(&mut value)?,
        version if version == u64::from(SCHEMA_VERSION) => {}
        found => return Err(ReadError::Version { found }),
    }
    clean(&mut value);
    let report: RunReport = serde_json::from_value(value)?;
    match report.timeline.uneven() {
        Some(column) => Err(ReadError::Uneven(column)),
        None => Ok(report),
    }
}

/// The JSON Schema of the document, indented, with a final newline.
///
/// # Errors
/// Where the schema cannot be written as JSON.
pub fn schema() -> Result<String, serde_json::Error> {
    serde_json::to_string_pretty(&schemars::schema_for!(RunReport)).map(|text| text + "\n")
}
