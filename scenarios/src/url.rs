//! One path of any server, over connections that stay.

use redline_load::{Connections, Journey, Scenario, Session, Site, Visit, register};

struct Url;

register!(Url);

impl Scenario for Url {
    fn name(&self) -> &'static str {
        "url"
    }
    fn about(&self) -> &'static str {
        "GET of --path (default /) of any target, with the assets that the page names"
    }
    fn slo(&self) -> &'static [&'static str] {
        &["p95<500ms", "errors<0.1%"]
    }
    fn steps(&self) -> &'static [&'static str] {
        &["url"]
    }
    fn journeys(&self) -> Vec<Journey> {
        vec![Journey::new("url", 1, |visitor| Box::pin(get(visitor)))]
    }
    fn site(&self) -> Site {
        Site::Any
    }
    fn connections(&self) -> Connections {
        Connections::Reused
    }
}

async fn get(visitor: &mut Session) -> Visit {
    let path = visitor.options().path.clone().unwrap_or_else(|| "/".to_owned());
    visitor.step("url").get(path).await
}
