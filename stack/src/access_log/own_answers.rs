//! What a load balancer answers itself, because no server does: it says so in its own log, with the request's tag.

use std::collections::HashMap;

use testcontainers::bollard::Docker;

use crate::{logs, member::Member};

/// It is written for those answers only, so a log has few lines.
const MOST_LINES: usize = 10_000_000;
const MARK: &str = "own-answer";

/// The answers by tag.
pub(super) async fn count(docker: &Docker, balancer: &Member) -> HashMap<String, u64> {
    let mut tags = HashMap::new();
    for line in logs::tail(docker, &balancer.id, MOST_LINES).await {
        if let Some(tag) = answered(&line) {
            *tags.entry(tag.to_string()).or_default() += 1;
        }
    }
    tags
}

/// `own-answer <tag> <status> <how it ended>`; one that the visitor did not wait for (`C…`) was no answer.
fn answered(line: &str) -> Option<&str> {
    let mut fields = line.split('\t');
    let (mark, tag, status, ended) = (fields.next()?, fields.next()?, fields.next()?, fields.next()?);
    let answer = mark.ends_with(MARK) && status.parse::<u16>().is_ok_and(|s| s >= 400) && !ended.starts_with('C');
    answer.then_some(tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_a_visitor_got_counts() {
        assert_eq!(answered("own-answer\tt7\t503\tSC"), Some("t7"));
        assert_eq!(answered("own-answer\tt7\t-1\tCD"), None);
        assert_eq!(answered("Server web/web1 is DOWN"), None);
    }
}
