//! Faults, deployments and overloads: what is to be done to the site, the doing, and the watching until visitors are
//! served again.

mod aftermath;
mod check;
mod control;
mod file;
mod item;
mod overload;
mod pace;
mod part;
mod script;
mod trial;
mod work;

pub(crate) use check::{Asked, check, check_deploy, check_site};
pub(crate) use item::{Item, PlannedFault, PlannedOverload};
pub(crate) use pace::Pace;
pub(crate) use part::{Extent, USUAL_WITHIN, failure_part};
pub(crate) use script::{At, FaultScript, Manners, WhenNotWhole, deployments, faults};
pub(crate) use work::{all, part};
