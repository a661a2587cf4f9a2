//! PHP is stopped, the code swapped, and PHP started: the way that needs no thought and has a downtime.

use futures::future::try_join_all;
use redline_model::Mono;

use super::{code, how::Site};
use crate::fault::down::{self, Ending};

pub(super) async fn deploy(site: &Site<'_>) -> Result<String, String> {
    let docker = &site.stack.docker;
    let asked = Mono::now();
    let seen = down::end(docker, &site.php, Ending::InItsOwnWay).await.map_err(|error| error.to_string())?;
    let stopped = Mono::now();
    try_join_all(site.php.iter().map(|member| code::swap_while_stopped(docker, member, site.version))).await?;
    down::start(docker, &site.php).await.map_err(|error| error.to_string())?;
    let ms = |span: std::time::Duration| span.as_millis();
    Ok(format!(
        "{} {} ms after it was told to stop; stopping took {} ms",
        seen.how,
        ms(seen.at.since(asked)),
        ms(stopped.since(asked))
    ))
}
