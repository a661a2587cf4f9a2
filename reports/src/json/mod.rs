//! The document of a run as JSON, and its schema.

mod clean;
mod compact;
mod document;
mod old;

pub(crate) use clean::clean;
pub use document::{ReadError, document, read, schema};
