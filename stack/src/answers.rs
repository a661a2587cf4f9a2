//! When a component answers again, to a few milliseconds.
//!
//! Waiting for a start (`ready`) asks, waits for the answer and asks again. Behind a fault one question may hang
//! for a second where the next one would be answered at once (a lost SYN is repeated after 1 s), so a new one is
//! asked while older ones are still open.

use std::time::{Duration, Instant};

use futures::{StreamExt, stream::FuturesUnordered};
use redline_model::Mono;
use testcontainers::bollard::Docker;

use crate::{StackError, member::Member, ready};

/// After an answer that was no: a refused connection costs 50 µs.
const AFTER_NO: Duration = Duration::from_millis(3);
/// Without any answer.
const AFTER_SILENCE: Duration = Duration::from_millis(50);
/// Questions that are open at once: more would be a load of their own.
const OPEN: usize = 8;
/// One question is given up after this.
const ATTEMPT: Duration = Duration::from_secs(2);
/// How often Docker is asked whether the container still runs.
const LIFE_SIGN: Duration = Duration::from_millis(500);

/// Waits until the component answers by its own protocol; gives the moment of the first answer.
///
/// # Errors
/// If its container ends or it does not answer within `limit`.
pub(crate) async fn wait(docker: &Docker, member: &Member, limit: Duration) -> Result<Mono, StackError> {
    let started = Instant::now();
    let mut looked = started;
    let mut open = FuturesUnordered::new();
    let mut reason = "it accepts and does not answer".to_string();
    loop {
        if open.len() < OPEN {
            open.push(tokio::time::timeout(ATTEMPT, ready::ask(member)));
        }
        match tokio::time::timeout(AFTER_SILENCE, open.next()).await {
            Ok(Some(Ok(Ok(())))) => return Ok(Mono::now()),
            Ok(Some(Ok(Err(no)))) => {
                reason = no;
                tokio::time::sleep(AFTER_NO).await;
            }
            Ok(Some(Err(_)) | None) | Err(_) => {}
        }
        if looked.elapsed() >= LIFE_SIGN {
            looked = Instant::now();
            if let Some(end) = ready::ended(docker, member).await {
                return Err(ready::not_ready(docker, member, started.elapsed(), end).await);
            }
        }
        if started.elapsed() >= limit {
            return Err(ready::not_ready(docker, member, started.elapsed(), reason).await);
        }
    }
}
