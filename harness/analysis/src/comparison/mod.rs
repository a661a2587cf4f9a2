//! Several stacks side by side: in what they differ, which carries more, and how sure that is.

mod compare;
mod contrast;
mod differences;
mod pairs;
mod points;
mod sentences;
mod stack;
mod unpaired;

pub use compare::{Compared, compare};
pub use contrast::{fewest_rounds, paired_answer};
pub use pairs::{Sliced, log_ratios, work};
pub(crate) use stack::usable;
