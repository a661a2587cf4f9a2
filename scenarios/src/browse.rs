//! Visitors who look around and leave: pages that only read.

use redline_load::{Journey, Scenario, Session, Visit, register};

use crate::shop;

struct Browse;

register!(Browse);

impl Scenario for Browse {
    fn name(&self) -> &'static str {
        "browse"
    }
    fn about(&self) -> &'static str {
        "Visitors who look at categories and products and leave; nothing is written"
    }
    fn slo(&self) -> &'static [&'static str] {
        &["p95<500ms", "errors<0.1%"]
    }
    fn steps(&self) -> &'static [&'static str] {
        &["home", "category", "product"]
    }
    fn journeys(&self) -> Vec<Journey> {
        vec![Journey::new("browse", 1, |visitor| Box::pin(browse(visitor)))]
    }
}

async fn browse(visitor: &mut Session) -> Visit {
    shop::home(visitor).await?;
    shop::category(visitor).await?;
    shop::product(visitor).await?;
    shop::product(visitor).await?;
    Ok(())
}
