//! What the tests of whole workers need: a site that behaves and misbehaves as its paths say, a DNS
//! server, and plans.

pub mod dns;
pub mod plans;
pub mod scenarios;
pub mod server;
