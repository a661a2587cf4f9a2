//! The link to the code is swapped under running processes.
//!
//! A PHP process remembers where a link led (`realpath_cache_ttl`), and the opcode cache goes on under the link's
//! name where it does not look at files. So the swap alone is seen late or never, and by one process before another:
//! the memory is waited out, and then the opcode cache emptied for all at once.

use std::time::Duration;

use futures::future::try_join_all;

use super::{code, how::Site};
use crate::fastcgi;

/// `realpath_cache_ttl` of images/php, which counts whole seconds, and one more for the part of one.
const FORGOTTEN: Duration = Duration::from_secs(3);
/// A request waits behind the pool's queue before a child takes it.
const PATIENCE: Duration = Duration::from_secs(30);
/// In the PHP image; empties the opcode cache.
const SCRIPT: &str = "/usr/share/redline/forget.php";

pub(super) async fn deploy(site: &Site<'_>) -> Result<String, String> {
    let swap = |member| code::swap(&site.stack.docker, member, site.version);
    try_join_all(site.php.iter().map(swap)).await?;
    tokio::time::sleep(FORGOTTEN).await;
    for member in &site.php {
        let asked = tokio::time::timeout(PATIENCE, fastcgi::get(member.service, SCRIPT, "")).await;
        let said = asked.map_err(|_| format!("{} did not empty its opcode cache in time", member.title()))?;
        said.map_err(|error| format!("{} did not empty its opcode cache: {error}", member.title()))?;
    }
    Ok(format!("the link was swapped, and the opcode cache emptied {} s later", FORGOTTEN.as_secs()))
}
