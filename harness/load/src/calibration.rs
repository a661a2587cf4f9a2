//! The scenario that redline measures its own generator with: a trivial response over the very same path
//! as a shopper's pages and assets, with fresh connections for each session.

use crate::scenario::Site;
use crate::scenario::{Journey, Scenario, Visibility, Visit};
use crate::session::Session;

/// About what a shopper's session has.
const REQUESTS: u32 = 40;

struct Calibration;

crate::register!(Calibration);

impl Scenario for Calibration {
    fn name(&self) -> &'static str {
        "calibration"
    }
    fn about(&self) -> &'static str {
        "Trivial requests that show what the generator itself can do"
    }
    fn slo(&self) -> &'static [&'static str] {
        &["p99<1s"]
    }
    fn steps(&self) -> &'static [&'static str] {
        &["calibration"]
    }
    fn journeys(&self) -> Vec<Journey> {
        vec![Journey::new("calibration", 1, |visitor| Box::pin(calibrate(visitor)))]
    }
    fn site(&self) -> Site {
        Site::Any
    }
    fn visibility(&self) -> Visibility {
        Visibility::Hidden
    }
}

async fn calibrate(visitor: &mut Session) -> Visit {
    let path = visitor.trivial_path().to_owned();
    let others = visitor.options().requests_per_session.unwrap_or(REQUESTS).max(1) - 1;
    visitor.step("calibration").get(&path).also((0..others).map(|_| path.clone())).await?;
    Ok(())
}
