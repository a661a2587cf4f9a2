//! A narrow link: what a component sends goes through a queue (tc) in its container's own network, so it is there on
//! a bridge only, and goes with that network whenever the container ends.

use redline_model::Bytes;
use testcontainers::bollard::Docker;

use crate::{
    StackError,
    helper::{Helper, Place},
    images, labels,
    member::Member,
    topology::Topology,
};

/// The interface that leads out of the container.
pub(crate) const DEVICE: &str = "dev=$(ip -o route show default | sed 's/.* dev \\([^ ]*\\).*/\\1/')";

/// Why a topology with a narrow link has to have a bridge.
pub(crate) const WHY_A_BRIDGE: &str =
    "a link can be made narrow (`bandwidth`) only where a component has a network of its own";

/// Whether any component's link is to be narrow.
pub(crate) fn any(topology: &Topology) -> bool {
    topology.components().any(|(_, component)| component.settings.bandwidth().is_some())
}

/// What the component may send a second, where its link is narrow.
pub(crate) fn of(member: &Member) -> Option<Bytes> {
    member.label(labels::BANDWIDTH).parse().ok().map(Bytes)
}

/// Makes the component's link as narrow as it is to be; nothing where it is not to be.
///
/// # Errors
/// If the programs for it cannot be had, or this kernel cannot do it.
pub(crate) async fn narrow(docker: &Docker, member: &Member) -> Result<(), StackError> {
    let Some(width) = of(member) else { return Ok(()) };
    let failed = |reason: String| StackError::Start {
        component: member.title(),
        reason: format!("its link cannot be made narrow (`bandwidth`): {reason}"),
    };
    let run = member.label(labels::RUN).parse().map_err(|error| failed(format!("{error}")))?;
    let image = images::tools(docker, &|_| {}).await?;
    let helper = Helper::start(docker, &image, &run, &Place::Beside(member.id.clone())).await?;
    let queue = queue(width);
    let done = helper.run(&format!("{DEVICE}; tc qdisc replace dev $dev root {queue}")).await;
    helper.remove().await;
    done.map(drop).map_err(failed)
}

/// A bucket of 10 ms, and a queue of two seconds: with a short one visitors of many short connections lose packets and
/// wait for their time to send again, so that a full link is not seen to be full.
fn queue(width: Bytes) -> String {
    let burst = (width.0 / 100).max(16 << 10);
    format!("tbf rate {}bit burst {burst} latency 2s", width.0 * 8)
}

/// Bytes that the interfaces of the process's network have sent, its loopback aside.
pub(crate) fn sent(pid: i64) -> Option<u64> {
    sum(&std::fs::read_to_string(format!("/proc/{pid}/net/dev")).ok()?)
}

/// `eth0: bytes packets errs drop fifo frame compressed multicast bytes …`: received first, then sent.
fn sum(table: &str) -> Option<u64> {
    let interfaces = table.lines().filter_map(|line| line.split_once(':')).filter(|(name, _)| name.trim() != "lo");
    interfaces.map(|(_, numbers)| numbers.split_whitespace().nth(8)?.parse::<u64>().ok()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_sent_is_the_ninth_number_and_loopback_is_nobodys_link() {
        let table = "Inter-|   Receive                                                |  Transmit\n \
            face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed\n    \
            lo:     900      10    0    0    0     0          0         0      900      10    0    0    0     0       0          0\n  \
            eth0: 1000 20 0 0 0 0 0 0 54321 30 0 0 0 0 0 0\n";
        assert_eq!(sum(table), Some(54_321));
        assert_eq!(sum("eth0: 1 2"), None);
    }

    #[test]
    fn the_bucket_grows_with_the_link() {
        assert_eq!(queue(Bytes(12 << 20)), "tbf rate 100663296bit burst 125829 latency 2s");
        assert_eq!(queue(Bytes(1000)), "tbf rate 8000bit burst 16384 latency 2s");
    }
}
