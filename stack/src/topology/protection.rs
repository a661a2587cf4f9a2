//! What keeps a server up when more come than it can serve, as settings of a topology.

use redline_model::{Rate, Seconds};

use super::{Settings, Topology};

/// A queue that is worked off within a second or so.
const SHORT_BACKLOG: u32 = 16;
/// A page that takes longer is of no use to anybody who waits for it.
const TERMINATED_AFTER: Seconds = Seconds(2.0);

/// One protection.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Protection {
    /// Nginx hands no more pages per second to PHP than this, and says 503 to the others at once.
    LimitReq(Rate),
    /// PHP-FPM's accept queue is short: who finds no place in it waits for a connection, or is refused.
    ShortBacklog,
    /// PHP-FPM ends pages that take too long.
    TerminateTimeout,
}

impl Protection {
    /// What it sets, as in the topology's file.
    #[must_use]
    pub fn sets(self) -> String {
        match self {
            Self::LimitReq(rate) => format!("nginx limit_req {}/s", whole(rate).0),
            Self::ShortBacklog => format!("php backlog {SHORT_BACKLOG}"),
            Self::TerminateTimeout => format!("php request_terminate_timeout {TERMINATED_AFTER}"),
        }
    }
}

/// Nginx takes whole pages a second.
fn whole(rate: Rate) -> Rate {
    Rate(rate.0.round().max(1.0))
}

impl Topology {
    /// The same with a protection, and a name that says so.
    #[must_use]
    pub fn protected(mut self, protection: Protection) -> Self {
        let components = self.servers.iter_mut().flat_map(|server| &mut server.components);
        for component in components {
            match (&mut component.settings, protection) {
                (Settings::Nginx(nginx), Protection::LimitReq(rate)) => {
                    nginx.limit_req = Some(whole(rate));
                }
                (Settings::Php(php), Protection::ShortBacklog) => php.backlog = SHORT_BACKLOG,
                (Settings::Php(php), Protection::TerminateTimeout) => {
                    php.request_terminate_timeout = TERMINATED_AFTER;
                    // PHP-FPM does not start where it would log a page later than it ends it.
                    php.slowlog_timeout = Seconds(php.slowlog_timeout.0.min(TERMINATED_AFTER.0));
                }
                _ => {}
            }
        }
        let suffix = match protection {
            Protection::LimitReq(_) => "limit-req",
            Protection::ShortBacklog => "short-backlog",
            Protection::TerminateTimeout => "terminate-timeout",
        };
        self.name = format!("{}-{suffix}", self.name);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::topology;

    #[test]
    fn a_protection_changes_its_setting_and_nothing_else() {
        let plain = topology::find("single").unwrap();
        let limited = plain.clone().protected(Protection::LimitReq(Rate(59.6)));
        let limits: Vec<_> = limited
            .components()
            .filter_map(|(_, component)| match &component.settings {
                Settings::Nginx(nginx) => Some(nginx.limit_req),
                _ => None,
            })
            .collect();
        assert_eq!((limits.as_slice(), limited.name.as_str()), (&[Some(Rate(60.0))][..], "single-limit-req"));
        assert_eq!(Protection::LimitReq(Rate(59.6)).sets(), "nginx limit_req 60/s");
        assert_ne!(plain.clone().protected(Protection::ShortBacklog).servers, plain.servers);
        assert_ne!(plain.clone().protected(Protection::TerminateTimeout).servers, plain.servers);
    }
}
