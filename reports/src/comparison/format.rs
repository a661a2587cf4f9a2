//! The forms that a comparison can take.

use std::str::FromStr;

use redline_model::Comparison;

use super::{document::document, markdown};
use crate::{Layout, RenderError, html, terminal};

/// What a comparison is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ComparisonFormat {
    /// The page for a terminal.
    Terminal,
    /// One HTML file that works offline.
    Html,
    /// Markdown for a comment on a pull request.
    Markdown,
    /// The document itself.
    Json,
}

/// No such format.
#[derive(Debug, thiserror::Error)]
#[error("there is no format `{0}` of a comparison; there are: {list}", list = ComparisonFormat::ALL.map(ComparisonFormat::name).join(", "))]
pub struct NoComparisonFormat(String);

impl ComparisonFormat {
    /// All formats.
    pub const ALL: [Self; 4] = [Self::Terminal, Self::Html, Self::Markdown, Self::Json];

    /// Its name on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Terminal => "terminal",
            Self::Html => "html",
            Self::Markdown => "markdown",
            Self::Json => "json",
        }
    }

    /// Writes `comparison` in this format; `layout` is for the terminal.
    ///
    /// # Errors
    /// Where the format cannot hold what the comparison says.
    pub fn render(self, comparison: &Comparison, layout: Layout) -> Result<String, RenderError> {
        match self {
            Self::Terminal => Ok(terminal::comparison(comparison, layout)),
            Self::Html => html::comparison(comparison),
            Self::Markdown => Ok(markdown::comment(comparison)),
            Self::Json => Ok(document(comparison)?),
        }
    }
}

impl FromStr for ComparisonFormat {
    type Err = NoComparisonFormat;
    fn from_str(name: &str) -> Result<Self, NoComparisonFormat> {
        Self::ALL.into_iter().find(|f| f.name() == name).ok_or_else(|| NoComparisonFormat(name.to_owned()))
    }
}
