//! The document of a gate as JSON.

use redline_model::GateReport;

/// The document, indented, with a final newline.
///
/// # Errors
/// Where a figure cannot be written as JSON.
pub fn gate_document(gate: &GateReport) -> Result<String, serde_json::Error> {
    serde_json::to_string_pretty(gate).map(|text| text + "\n")
}

/// The JSON Schema of that document, indented, with a final newline.
///
/// # Errors
/// Where the schema cannot be written as JSON.
pub fn gate_schema() -> Result<String, serde_json::Error> {
    serde_json::to_string_pretty(&schemars::schema_for!(GateReport)).map(|text| text + "\n")
}
