//! What people read of a run: the terminal report, the HTML page, formats for other tools, the JSON document with
//! its schema, the interval log, and the folder that they are saved in.

mod agreement_words;
mod browser_words;
mod cache_words;
mod comparison;
mod csv;
mod deployment_words;
mod failure_words;
mod figure;
mod folder;
mod format;
mod gate;
mod hlog;
mod html;
mod json;
mod junit;
mod markdown;
mod openmetrics;
mod otlp;
mod overload_words;
mod select;
mod stored;
mod terminal;
mod words;

pub use comparison::{
    COMPARISON_FILE, ComparisonFormat, NoComparisonFormat, comparison_schema, load_comparison, waiting_line,
};
pub use deployment_words::deployment_line;
pub use failure_words::failure_line;
pub use folder::{FolderError, RunFolder, remove_unfinished, write_file};
pub use format::{Format, NoFormat, RenderError};
pub use gate::{gate_annotations, gate_document, gate_junit, gate_markdown, gate_schema, gate_terminal};
pub use hlog::{IntervalLatencies, interval_log};
pub use html::{Listed, MOST_RUNS, TrendChange, index, live_charts, live_page};
pub use json::{ReadError, document, read, schema};
pub use otlp::{otlp, otlp_probe};
pub use overload_words::overload_line;
pub use select::representatives;
pub use stored::{StoredError, find, load, names};
pub use terminal::{Colour, Layout, protections, sizing, terminal};
