//! What people read of a run: the terminal report, the JSON document with its schema, the interval log,
//! and the folder that they are saved in.

mod figure;
mod folder;
mod hlog;
mod json;
mod terminal;

pub use folder::{FolderError, RunFolder};
pub use hlog::{IntervalLatencies, interval_log};
pub use json::{ReadError, document, read, schema};
pub use terminal::{Colour, Layout, failure_line, terminal};
