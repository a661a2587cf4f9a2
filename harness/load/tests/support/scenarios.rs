//! Scenarios for the tests, known only to the test's own workers.

use std::time::Duration;

use redline_load::{Connections, Journey, Scenario, Session, Site, Visit, register};

/// A scenario in one line.
struct Plain {
    name: &'static str,
    journeys: &'static [Journey],
    connections: Connections,
}

impl Scenario for Plain {
    fn name(&self) -> &'static str {
        self.name
    }
    fn about(&self) -> &'static str {
        "for tests"
    }
    fn slo(&self) -> &'static [&'static str] {
        &["p95<100ms"]
    }
    fn steps(&self) -> &'static [&'static str] {
        &[]
    }
    fn journeys(&self) -> Vec<Journey> {
        self.journeys.to_vec()
    }
    fn site(&self) -> Site {
        Site::Any
    }
    fn connections(&self) -> Connections {
        self.connections
    }
}

macro_rules! scenario {
    ($name:literal, $connections:ident, $($journey:ident),+) => {
        register!(Plain {
            name: $name,
            journeys: &[$(Journey::new(stringify!($journey), 1, |visitor| Box::pin($journey(visitor)))),+],
            connections: Connections::$connections,
        });
    };
}

scenario!("page", Fresh, page);
scenario!("quick", Reused, quick);
scenario!("delayed", Reused, delayed);
scenario!("silent", Fresh, silent);
scenario!("buyer", Fresh, buyer);
scenario!("thinker", Fresh, thinker);
scenario!("panics", Fresh, panics);
scenario!("numbered", Reused, numbered);
scenario!(
    "misbehaved",
    Fresh,
    fine,
    reset,
    closed,
    timeout,
    stalled,
    truncated,
    garbage,
    missing,
    broken,
    wrong,
    conflict,
    elsewhere,
    round,
    broken_asset
);

async fn page(visitor: &mut Session) -> Visit {
    visitor.step("page").get("/page").shows("page").await?;
    visitor.step("page-again").get("/page").shows("page").await
}
async fn quick(visitor: &mut Session) -> Visit {
    visitor.step("quick").get("/quick").await
}
async fn delayed(visitor: &mut Session) -> Visit {
    visitor.step("delayed").get("/delay/50").await
}
async fn silent(visitor: &mut Session) -> Visit {
    let uuid = visitor.picks().uuid();
    visitor.step("silent").post("/silence").placing_order(&uuid).await
}
async fn buyer(visitor: &mut Session) -> Visit {
    visitor.step("page").get("/page").shows("page").await?;
    let uuid = visitor.picks().uuid();
    visitor.step("order").post("/submit").placing_order(&uuid).field("name", "A & B").shows("order").await?;
    // Without the page's token.
    let uuid = visitor.picks().uuid();
    visitor.step("forged").post("/submit").placing_order(&uuid).await
}
async fn thinker(visitor: &mut Session) -> Visit {
    visitor.step("before").get("/quick").await?;
    visitor.think(Duration::from_millis(100)).await;
    visitor.step("after").get("/quick").await
}
async fn panics(_: &mut Session) -> Visit {
    panic!("a journey with a mistake")
}
async fn numbered(visitor: &mut Session) -> Visit {
    let path = format!("/session/{}", visitor.index());
    visitor.step("numbered").get(path).await
}

async fn fine(visitor: &mut Session) -> Visit {
    visitor.step("fine").get("/page").shows("page").await
}
async fn reset(visitor: &mut Session) -> Visit {
    visitor.step("reset").get("/reset").await
}
async fn closed(visitor: &mut Session) -> Visit {
    visitor.step("closed").get("/close").await
}
async fn timeout(visitor: &mut Session) -> Visit {
    visitor.step("timeout").get("/silence").await
}
async fn stalled(visitor: &mut Session) -> Visit {
    visitor.step("stalled").get("/stalls").await
}
async fn truncated(visitor: &mut Session) -> Visit {
    visitor.step("truncated").get("/truncated").await
}
async fn garbage(visitor: &mut Session) -> Visit {
    visitor.step("garbage").get("/garbage").await
}
async fn missing(visitor: &mut Session) -> Visit {
    visitor.step("missing").get("/missing").await
}
async fn broken(visitor: &mut Session) -> Visit {
    visitor.step("broken").get("/broken").await
}
async fn wrong(visitor: &mut Session) -> Visit {
    visitor.step("wrong").get("/page").shows("cart").await
}
async fn conflict(visitor: &mut Session) -> Visit {
    visitor.step("conflict").get("/gone").shows("order").or_status(409).await
}
async fn elsewhere(visitor: &mut Session) -> Visit {
    visitor.step("elsewhere").get("/elsewhere").await
}
async fn round(visitor: &mut Session) -> Visit {
    visitor.step("round").get("/round").await
}
async fn broken_asset(visitor: &mut Session) -> Visit {
    visitor.step("broken-asset").get("/page-with-a-broken-asset").await
}
