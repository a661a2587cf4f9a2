//! What people and CI servers read of a gate.

mod annotations;
mod document;
mod junit;
mod markdown;
mod terminal;

pub use annotations::gate_annotations;
pub use document::{gate_document, gate_schema};
pub use junit::gate_junit;
pub use markdown::gate_markdown;
pub use terminal::gate_terminal;
