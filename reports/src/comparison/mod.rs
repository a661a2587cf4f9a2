//! What people read of a comparison, in every format from one document.

mod document;
mod format;
mod markdown;
mod rows;
mod words;

pub use document::{COMPARISON_FILE, load as load_comparison, schema as comparison_schema};
pub use format::{ComparisonFormat, NoComparisonFormat};
pub(crate) use rows::{Group, groups};
pub use words::waiting_line;
pub(crate) use words::{CONTRAST_HEAD, contrast_row, differences_word, effect, figure_word, how, ratio};
