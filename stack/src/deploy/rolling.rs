//! One application server after the other: the balancers send it no more visitors, what is under way there ends, it
//! is brought up to date while nobody needs it, and it gets visitors again once the balancers have seen it well.

use std::time::Duration;

use futures::future::try_join_all;
use redline_model::Mono;

use super::{code, how::Site};
use crate::{
    answers,
    fault::down::{self, Ending},
    haproxy,
    member::Member,
    topology::ComponentKind,
};

/// A visitor's request may take as long as Nginx waits for PHP.
const PATIENCE: Duration = Duration::from_secs(60);
const PAUSE: Duration = Duration::from_millis(10);

pub(super) async fn deploy(site: &Site<'_>) -> Result<String, String> {
    let balancers: Vec<&Member> =
        site.stack.members.iter().filter(|member| member.kind == ComponentKind::Balancer).collect();
    if balancers.is_empty() {
        return Err("there is no load balancer that could send visitors elsewhere".into());
    }
    let mut said = Vec::new();
    for member in &site.php {
        let done = one(site, &balancers, member).await;
        if done.is_err() {
            // Whatever went wrong, the balancers decide by themselves again.
            let _ = tell(&balancers, &member.server, "ready").await;
        }
        said.push(done?);
    }
    Ok(said.join("; "))
}

async fn one(site: &Site<'_>, balancers: &[&Member], member: &Member) -> Result<String, String> {
    let (docker, server) = (&site.stack.docker, member.server.as_str());
    let why = |error: crate::StackError| error.to_string();
    let asked = Mono::now();
    tell(balancers, server, "drain").await?;
    until(balancers, server, "it still has requests under way", |row| row.sessions == 0).await?;
    let drained = Mono::now();
    down::end(docker, std::slice::from_ref(member), Ending::InItsOwnWay).await.map_err(why)?;
    code::swap_while_stopped(docker, member, site.version).await?;
    down::start(docker, std::slice::from_ref(member)).await.map_err(why)?;
    answers::wait(docker, member, PATIENCE).await.map_err(why)?;
    let answered = Mono::now();
    tell(balancers, server, "ready").await?;
    until(balancers, server, "the balancer does not find it well", |row| row.status.trim() == "UP").await?;
    let ms = |to: Mono, from: Mono| to.since(from).as_millis();
    Ok(format!(
        "{server} was drained in {} ms, had the new code after {} ms more and visitors again after {} ms more",
        ms(drained, asked),
        ms(answered, drained),
        ms(Mono::now(), answered)
    ))
}

/// Sets a server's state at every balancer.
async fn tell(balancers: &[&Member], server: &str, state: &str) -> Result<(), String> {
    let order = format!("set server web/{server} state {state}");
    let tell = |balancer: &&Member| {
        let (at, title, order) = (balancer.status.unwrap_or(balancer.service), balancer.title(), order.clone());
        async move {
            let said = haproxy::ask(at, &order).await.map_err(|error| format!("{title} was not told: {error}"))?;
            // It says nothing when it did what it was told.
            if said.trim().is_empty() { Ok(()) } else { Err(format!("{title} refused `{order}`: {}", said.trim())) }
        }
    };
    try_join_all(balancers.iter().map(tell)).await.map(drop)
}

/// Waits until every balancer says so of the server.
async fn until(
    balancers: &[&Member],
    server: &str,
    else_problem: &str,
    wanted: impl Fn(&haproxy::Row) -> bool,
) -> Result<(), String> {
    let waited = async {
        for balancer in balancers {
            let at = balancer.status.unwrap_or(balancer.service);
            loop {
                let rows = haproxy::statistics(at).await.map_err(|e| format!("{}: {e}", balancer.title()))?;
                let row = rows.iter().find(|row| row.proxy == "web" && row.name == server);
                let row = row.ok_or_else(|| format!("{} does not lead to {server}", balancer.title()))?;
                if wanted(row) {
                    break;
                }
                tokio::time::sleep(PAUSE).await;
            }
        }
        Ok(())
    };
    let late = |_| format!("{server}: {else_problem} after {} s", PATIENCE.as_secs());
    tokio::time::timeout(PATIENCE, waited).await.map_err(late)?
}
