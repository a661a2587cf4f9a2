//! The shop as its owner knows it: most visitors look and leave, some fill a cart and leave, a tenth buys.

use redline_load::{Journey, Scenario, Session, Visit, register};

use crate::shop;

struct Checkout;

register!(Checkout);

impl Scenario for Checkout {
    fn name(&self) -> &'static str {
        "checkout"
    }
    fn about(&self) -> &'static str {
        "Shoppers of a usual day: 70 % browse, 20 % leave a cart behind, 10 % buy"
    }
    fn slo(&self) -> &'static [&'static str] {
        // A step is a page with all its assets; a login hashes a password for some 50 ms of CPU.
        &["p95<500ms", "p99<1.5s", "errors<0.1%"]
    }
    fn steps(&self) -> &'static [&'static str] {
        &["home", "category", "search", "product", "add-to-cart", "login-form", "login", "register-form", "register", "checkout", "order"]
    }
    fn journeys(&self) -> Vec<Journey> {
        vec![
            Journey::new("browse", 70, |visitor| Box::pin(browse(visitor))),
            Journey::new("abandon-cart", 20, |visitor| Box::pin(abandon_cart(visitor))),
            Journey::new("buy-as-guest", 6, |visitor| Box::pin(buy_as_guest(visitor))),
            Journey::new("buy-as-customer", 3, |visitor| Box::pin(buy_as_customer(visitor))),
            Journey::new("buy-as-new-customer", 1, |visitor| Box::pin(buy_as_new_customer(visitor))),
        ]
    }
}

async fn browse(visitor: &mut Session) -> Visit {
    shop::home(visitor).await?;
    shop::find_product(visitor).await?;
    if visitor.picks().chance(50.0) {
        shop::product(visitor).await?;
    }
    Ok(())
}

async fn abandon_cart(visitor: &mut Session) -> Visit {
    shop::home(visitor).await?;
    let product = shop::find_product(visitor).await?;
    shop::add_to_cart(visitor, product).await
}

async fn buy_as_guest(visitor: &mut Session) -> Visit {
    abandon_cart(visitor).await?;
    shop::check_out(visitor).await
}

async fn buy_as_customer(visitor: &mut Session) -> Visit {
    abandon_cart(visitor).await?;
    shop::log_in(visitor).await?;
    shop::check_out(visitor).await
}

async fn buy_as_new_customer(visitor: &mut Session) -> Visit {
    abandon_cart(visitor).await?;
    shop::register(visitor).await?;
    shop::check_out(visitor).await
}
