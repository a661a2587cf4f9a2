//! Brings a new version to a stack that runs, and sees when it is there: one file a way.

mod code;
mod how;
mod reload;
mod rolling;
mod schema;
mod swap_restart;
mod symlink;
mod watch;
