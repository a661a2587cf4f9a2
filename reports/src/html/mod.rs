//! The report as one HTML file that works offline.

mod assets;
mod chart;
mod charts;
mod checks;
mod comparison;
mod context;
mod facts;
mod failures;
mod index;
mod made_on;
mod page;
mod table;
mod tables;

pub(crate) use comparison::comparison;
pub use index::{Listed, index};
pub(crate) use page::page;
