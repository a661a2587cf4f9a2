//! Valkey's `INFO`.

use std::{collections::HashMap, net::SocketAddr};

use redline_model::{Bytes, Mono, Rate, ValkeySample};

use super::component::since;
use crate::{member::Member, valkey};

/// What is counted since the start.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Counters {
    hits: u64,
    misses: u64,
    evicted: u64,
    commands: u64,
}

/// Reads the counters and remembers them.
#[derive(Debug)]
pub(super) struct ValkeyProbe {
    at: SocketAddr,
    last: Option<(Mono, Counters)>,
}

impl ValkeyProbe {
    pub(super) fn new(member: &Member) -> Self {
        Self { at: member.service, last: None }
    }
    pub(super) async fn read(&mut self) -> Result<Option<ValkeySample>, String> {
        let text = valkey::ask(self.at, "INFO").await.map_err(|error| error.to_string())?;
        let now = numbers(&text);
        let number = |name: &str| now.get(name).copied().unwrap_or(0);
        let counters = Counters {
            hits: number("keyspace_hits"),
            misses: number("keyspace_misses"),
            evicted: number("evicted_keys"),
            commands: number("total_commands_processed"),
        };
        let at = Mono::now();
        let last = self.last.replace((at, counters));
        Ok(last.map(|(then, last)| ValkeySample {
            hits: grown(counters.hits, last.hits),
            misses: grown(counters.misses, last.misses),
            evicted: grown(counters.evicted, last.evicted),
            // This probe's own question is nobody's.
            commands: Rate::over(grown(counters.commands, last.commands).saturating_sub(1), since(at, then)),
            clients: number("connected_clients").saturating_sub(1),
            used: Bytes(number("used_memory")),
            limit: Bytes(number("maxmemory")),
        }))
    }
}

/// One that started again counts from 0.
fn grown(now: u64, last: u64) -> u64 {
    now.checked_sub(last).unwrap_or(now)
}

/// The lines `name:number`.
fn numbers(text: &str) -> HashMap<&str, u64> {
    let pairs = text.lines().filter_map(|line| line.trim_end().split_once(':'));
    pairs.filter_map(|(name, number)| Some((name, number.parse().ok()?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_and_words_left_out() {
        let text = "# Stats\r\ntotal_commands_processed:12\r\nkeyspace_hits:68\r\nredis_mode:standalone\r\n";
        let found = numbers(text);
        assert_eq!((found["keyspace_hits"], found["total_commands_processed"], found.len()), (68, 12, 2));
    }

    #[test]
    fn one_that_started_again_counts_from_zero() {
        assert_eq!((grown(9, 5), grown(2, 9)), (4, 2));
    }
}
