//! A table of the page.

use serde::Serialize;

/// A table with its caption; the first cell of each row is its head.
#[derive(Debug, Clone, Default, Serialize)]
pub(super) struct Table {
    pub caption: String,
    pub head: Vec<String>,
    pub rows: Vec<Vec<String>>,
    /// The first columns hold text and the others figures, from this column on.
    pub figures_from: usize,
}

impl Table {
    /// A table whose first column is text and whose others are figures.
    pub(super) fn of_figures(caption: impl Into<String>, head: &[&str], rows: Vec<Vec<String>>) -> Self {
        Self { caption: caption.into(), head: head.iter().map(|h| (*h).to_owned()).collect(), rows, figures_from: 1 }
    }
    /// A table of text.
    pub(super) fn of_text(caption: impl Into<String>, head: &[&str], rows: Vec<Vec<String>>) -> Self {
        Self { figures_from: head.len(), ..Self::of_figures(caption, head, rows) }
    }
}
