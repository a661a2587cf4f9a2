//! The code is swapped, then PHP-FPM and Nginx reload: new processes take over the sockets, old ones finish their
//! requests, if they are given the time (`process_control_timeout`).

use testcontainers::bollard::query_parameters::KillContainerOptionsBuilder;

use super::{code, how::Site};
use crate::{error::one_line, member::Member};

pub(super) async fn deploy(site: &Site<'_>) -> Result<String, String> {
    for member in &site.php {
        code::swap(&site.stack.docker, member, site.version).await?;
        tell(site, member, "SIGUSR2").await?;
    }
    for member in &site.nginx {
        tell(site, member, "SIGHUP").await?;
    }
    let patience = site.php.first().and_then(|php| php.env.get("PROCESS_CONTROL_TIMEOUT")).map_or("?", String::as_str);
    Ok(format!("PHP-FPM (process_control_timeout {patience}) and Nginx were told to reload"))
}

async fn tell(site: &Site<'_>, member: &Member, signal: &str) -> Result<(), String> {
    let options = KillContainerOptionsBuilder::new().signal(signal).build();
    let sent = site.stack.docker.kill_container(&member.id, Some(options)).await;
    sent.map_err(|error| format!("{} was not told to reload: {}", member.title(), one_line(&error.to_string())))
}
