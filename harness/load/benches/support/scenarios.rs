//! Sessions as small as they can be.

use redline_load::{Connections, Journey, Scenario, Session, Site, Visibility, Visit, register};

/// One request a session.
struct Bare(&'static str, Connections, Journey);

register!(Bare("bench-kept", Connections::Reused, Journey::new("get", 1, |visitor| Box::pin(get(visitor)))));
register!(Bare("bench-fresh", Connections::Fresh, Journey::new("get", 1, |visitor| Box::pin(get(visitor)))));

impl Scenario for Bare {
    fn name(&self) -> &'static str {
        self.0
    }
    fn about(&self) -> &'static str {
        "one request a session"
    }
    fn slo(&self) -> &'static [&'static str] {
        &["p99<1s"]
    }
    fn steps(&self) -> &'static [&'static str] {
        &[]
    }
    fn journeys(&self) -> Vec<Journey> {
        vec![self.2]
    }
    fn site(&self) -> Site {
        Site::Any
    }
    fn connections(&self) -> Connections {
        self.1
    }
    fn visibility(&self) -> Visibility {
        Visibility::Hidden
    }
}

async fn get(visitor: &mut Session) -> Visit {
    let path = visitor.trivial_path().to_owned();
    visitor.step("get").get(path).await
}
