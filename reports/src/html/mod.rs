//! The report as one HTML file that works offline.

mod assets;
mod browser;
mod chart;
mod charts;
mod checks;
mod comparison;
mod context;
mod disturbance;
mod facts;
mod failures;
mod index;
mod live;
mod made_on;
mod page;
mod table;
mod tables;

pub(crate) use comparison::comparison;
pub use index::{Listed, MOST_RUNS, TrendChange, index};
pub use live::{live_charts, live_page};
pub(crate) use page::page;
