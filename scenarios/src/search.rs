//! Visitors who search: the database's dearest reading.

use redline_load::{Journey, Scenario, Session, Visit, register};

use crate::shop;

struct Search;

register!(Search);

impl Scenario for Search {
    fn name(&self) -> &'static str {
        "search"
    }
    fn about(&self) -> &'static str {
        "Visitors who search twice and open what they find"
    }
    fn slo(&self) -> &'static [&'static str] {
        &["p95<500ms", "p99<1s for search", "errors<0.1%"]
    }
    fn steps(&self) -> &'static [&'static str] {
        &["home", "search", "product"]
    }
    fn journeys(&self) -> Vec<Journey> {
        vec![Journey::new("search", 1, |visitor| Box::pin(search(visitor)))]
    }
}

async fn search(visitor: &mut Session) -> Visit {
    shop::home(visitor).await?;
    shop::search(visitor).await?;
    shop::search(visitor).await?;
    shop::product(visitor).await?;
    Ok(())
}
