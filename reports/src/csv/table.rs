//! A table that a spreadsheet reads as data.

use crate::RenderError;

/// Writes `head` and `rows`, with line feeds.
pub(super) fn table(head: &[String], rows: impl Iterator<Item = Vec<String>>) -> Result<String, RenderError> {
    let mut writer = ::csv::Writer::from_writer(Vec::new());
    writer.write_record(head)?;
    for row in rows {
        writer.write_record(row)?;
    }
    let bytes = writer.into_inner().map_err(|e| ::csv::Error::from(e.into_error()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Text from a document. A spreadsheet would take some first characters for a formula; they get a quote.
pub(super) fn text(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t']) { format!("'{text}") } else { text.to_owned() }
}

/// A figure that may be absent: an empty cell.
pub(super) fn maybe<T: std::fmt::Display>(value: Option<T>) -> String {
    value.map_or_else(String::new, |v| v.to_string())
}
