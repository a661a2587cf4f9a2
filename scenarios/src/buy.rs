//! Everybody buys: what it takes to have thousands of orders in minutes, for the books of orders through faults.

use redline_load::{Journey, Scenario, Session, Visit, register};

use crate::shop;

struct Buy;

register!(Buy);

impl Scenario for Buy {
    fn name(&self) -> &'static str {
        "buy"
    }
    fn about(&self) -> &'static str {
        "Guests who all buy: many orders in little time, for counting them through faults"
    }
    fn slo(&self) -> &'static [&'static str] {
        &["p95<500ms", "p99<1.5s", "errors<0.1%"]
    }
    fn steps(&self) -> &'static [&'static str] {
        &["home", "category", "search", "product", "add-to-cart", "checkout", "order"]
    }
    fn journeys(&self) -> Vec<Journey> {
        vec![Journey::new("buy-as-guest", 1, |visitor| Box::pin(buy(visitor)))]
    }
}

async fn buy(visitor: &mut Session) -> Visit {
    shop::home(visitor).await?;
    let product = shop::find_product(visitor).await?;
    shop::add_to_cart(visitor, product).await?;
    shop::check_out(visitor).await
}
