//! Customers who log in: each costs the application server a password hash.

use redline_load::{Journey, Scenario, Session, Visit, register};

use crate::shop;

struct Login;

register!(Login);

impl Scenario for Login {
    fn name(&self) -> &'static str {
        "login"
    }
    fn about(&self) -> &'static str {
        "Customers who log in, look at their orders and log out"
    }
    fn slo(&self) -> &'static [&'static str] {
        &["p95<1s", "errors<0.1%"]
    }
    fn steps(&self) -> &'static [&'static str] {
        &["home", "login-form", "login", "logout"]
    }
    fn journeys(&self) -> Vec<Journey> {
        vec![Journey::new("login", 1, |visitor| Box::pin(login(visitor)))]
    }
}

async fn login(visitor: &mut Session) -> Visit {
    shop::home(visitor).await?;
    shop::log_in(visitor).await?;
    visitor.think(shop::LOOK).await;
    visitor.step("logout").post("/logout").shows("home").await
}
