//! Load: sessions that arrive by a schedule, visit a site as browsers do, and are measured.
//!
//! A worker process (`worker::run`) does it; whoever starts it uses a `WorkerHandle`. Scenarios are
//! written with `Scenario`, `Journey` and `Session`.

mod alarm;
mod assets;
mod calibration;
mod classify;
mod common;
mod connections;
mod dns;
mod drive;
mod handle;
mod html;
mod http;
mod input;
mod machine;
mod mix;
mod output;
mod pacer;
mod page;
mod picks;
mod queue;
mod recorder;
mod resolver;
mod retry;
mod rng;
mod scenario;
mod schedule;
mod session;
mod slot;
mod slots;
mod step;
mod tally;
mod ticker;
mod usage;
mod watch;
pub mod worker;

#[doc(hidden)]
pub use inventory;

pub use handle::{HandleError, WorkerHandle};
pub use http::ClientError;
pub use machine::yield_to_all;
pub use page::Page;
pub use picks::{Picks, Zipf};
pub use scenario::{Connections, Journey, Registered, Scenario, Site, Visibility, Visit, Visiting, all, find};
pub use session::{Session, StepFailed};
pub use step::{Action, Step};
