//! The page of a run that is going on.

mod board;
mod server;

pub(crate) use board::Board;
pub(crate) use server::Dashboard;
