//! Static files alone, over connections that stay: what the web server does without PHP and MySQL.

use redline_load::{Connections, Journey, Scenario, Session, Visit, register};

struct Static;

register!(Static);

impl Scenario for Static {
    fn name(&self) -> &'static str {
        "static"
    }
    fn about(&self) -> &'static str {
        "One style sheet, script, font or picture of the shop a session, over kept connections"
    }
    fn slo(&self) -> &'static [&'static str] {
        &["p99<100ms", "errors<0.1%"]
    }
    fn steps(&self) -> &'static [&'static str] {
        &["style", "script", "font", "picture"]
    }
    fn journeys(&self) -> Vec<Journey> {
        vec![
            Journey::new("style", 1, |visitor| Box::pin(style(visitor))),
            Journey::new("script", 1, |visitor| Box::pin(script(visitor))),
            Journey::new("font", 1, |visitor| Box::pin(font(visitor))),
            Journey::new("picture", 17, |visitor| Box::pin(picture(visitor))),
        ]
    }
    fn connections(&self) -> Connections {
        Connections::Reused
    }
}

async fn style(visitor: &mut Session) -> Visit {
    visitor.step("style").get("/assets/app.css").await
}

async fn script(visitor: &mut Session) -> Visit {
    visitor.step("script").get("/assets/app.js").await
}

async fn font(visitor: &mut Session) -> Visit {
    visitor.step("font").get("/assets/shop.woff2").await
}

async fn picture(visitor: &mut Session) -> Visit {
    let picture = visitor.picks().number(1, 200);
    visitor.step("picture").get(format!("/assets/products/{picture:03}.webp")).await
}
