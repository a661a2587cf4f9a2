//! The programs that change networks, and what this machine's kernel lets them do: found by trying.

use std::collections::BTreeMap;

use testcontainers::bollard::Docker;

use crate::{
    NetworkKind, RunId,
    helper::{Helper, Place},
    images,
};

/// The image and what was found with it; or why there is none.
#[derive(Debug, Clone)]
pub(crate) struct Tools {
    /// The image; its absence is the reason for everything.
    pub(super) image: Result<String, String>,
    /// `delay`, `bandwidth`, `filter`, `reset`: why not, where not.
    pub(super) obstacles: BTreeMap<String, String>,
}

impl Tools {
    /// Builds the image if it is not there (some 20 s) and tries everything in a network of its own.
    pub(super) async fn find(docker: &Docker, run: &RunId, network: NetworkKind) -> Self {
        let image = match images::tools(docker, &|_| {}).await {
            Ok(image) => image,
            Err(error) => return Self { image: Err(error.to_string()), obstacles: BTreeMap::new() },
        };
        let obstacles = match try_all(docker, &image, run, network).await {
            Ok(obstacles) => obstacles,
            Err(error) => ["delay", "bandwidth", "filter", "reset"].map(|what| (what.into(), error.clone())).into(),
        };
        Self { image: Ok(image), obstacles }
    }
    /// Why `what` cannot be done, if so.
    pub(super) fn obstacle(&self, what: &str) -> Option<String> {
        match &self.image {
            Err(error) => Some(format!("the programs for it cannot be had: {error}")),
            Ok(_) => self.obstacles.get(what).cloned(),
        }
    }
}

async fn try_all(
    docker: &Docker,
    image: &str,
    run: &RunId,
    network: NetworkKind,
) -> Result<BTreeMap<String, String>, String> {
    let alone = Helper::start(docker, image, run, &Place::Nowhere).await.map_err(|error| error.to_string())?;
    let said = alone.run("redline-can").await;
    alone.remove().await;
    let mut obstacles = parse(&said?);
    if network == NetworkKind::Loopback && !obstacles.contains_key("filter") {
        // What it may do in its own network it need not be allowed in the machine's.
        let host = Helper::start(docker, image, run, &Place::Host).await.map_err(|error| error.to_string())?;
        if let Err(reason) = host.run("nft list tables").await {
            let reason = format!("no rule may be set in this machine's network ({reason})");
            obstacles.insert("filter".into(), reason.clone());
            obstacles.insert("reset".into(), reason);
        }
        host.remove().await;
    }
    Ok(obstacles)
}

/// Reads `name yes` and `name no reason`.
fn parse(said: &str) -> BTreeMap<String, String> {
    let mut obstacles = BTreeMap::new();
    for line in said.lines() {
        let mut words = line.splitn(3, ' ');
        if let (Some(name), Some("no"), why) = (words.next(), words.next(), words.next()) {
            let why = why.unwrap_or_default().trim().trim_end_matches('.');
            let what = match name {
                "delay" => "this kernel cannot delay packets (tc's netem)",
                "bandwidth" => "this kernel cannot limit a bandwidth (tc's tbf)",
                "filter" => "this kernel cannot drop packets by rules that end with their owner (nftables)",
                _ => "this kernel cannot reset connections of others (ss -K)",
            };
            obstacles.insert(name.to_string(), format!("{what}: {why}"));
        }
    }
    obstacles
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_tried_is_read_with_its_reasons() {
        let found = parse(
            "delay no Error: Specified qdisc kind is unknown. \nbandwidth yes\nfilter yes\nreset no it is still there\n",
        );
        assert_eq!(found.keys().collect::<Vec<_>>(), ["delay", "reset"]);
        assert_eq!(
            found["delay"],
            "this kernel cannot delay packets (tc's netem): Error: Specified qdisc kind is unknown"
        );
    }
}
