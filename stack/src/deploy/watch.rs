//! When pages have the new version: looked at from outside, as a visitor sees it.

use std::time::{Duration, Instant};

use futures::future::try_join_all;
use redline_model::Mono;

use crate::{http, member::Member, wiring::SITE};

/// Any answer that PHP makes a page of; this one needs neither a session nor the database.
const PAGE: &str = "/redline/no-such-page";
/// Light enough not to be a load of its own; what each visitor got is in the visitors' answers.
const PAUSE: Duration = Duration::from_millis(20);
const PATIENCE: Duration = Duration::from_secs(60);
/// One page may take so long before the next is asked for.
const ATTEMPT: Duration = Duration::from_secs(10);
/// So many pages in a row must be new: if a tenth of the processes were old, one of these would almost surely be.
const IN_A_ROW: u32 = 50;

/// When the new version came.
pub(super) struct Seen {
    pub first_new: Mono,
    /// From then on every page was new.
    pub all_new: Mono,
    pub how: String,
}

/// Looks at every Nginx until it has nothing but the new version.
pub(super) async fn until_new(nginx: &[Member], version: &str) -> Result<Seen, String> {
    let all = try_join_all(nginx.iter().map(|member| watch(member, version))).await?;
    let moments = all.iter().map(|seen| seen.first_new).min().zip(all.iter().map(|seen| seen.all_new).max());
    let (first_new, all_new) = moments.ok_or("there is no Nginx in this stack")?;
    Ok(Seen { first_new, all_new, how: all.into_iter().map(|seen| seen.how).collect::<Vec<_>>().join("; ") })
}

async fn watch(nginx: &Member, version: &str) -> Result<Seen, String> {
    let started = Instant::now();
    let (mut pages, mut without) = (0_u32, 0_u32);
    let mut first_new = None;
    let mut row: Option<(Mono, u32)> = None;
    while started.elapsed() < PATIENCE {
        let asked = http::get(nginx.service, SITE, PAGE, "X-Redline: deploy\r\n");
        let answer = tokio::time::timeout(ATTEMPT, asked).await;
        pages += 1;
        match answer.ok().and_then(Result::ok).and_then(|(_, body)| version_of(&body).map(str::to_string)) {
            Some(found) if found == version => {
                let (since, length) = row.unwrap_or((Mono::now(), 0));
                first_new.get_or_insert(since);
                row = Some((since, length + 1));
                if length + 1 == IN_A_ROW {
                    let how = format!(
                        "of {pages} pages of {} that were looked at, {without} had no version; the last {IN_A_ROW} had {version}",
                        nginx.title()
                    );
                    return Ok(Seen { first_new: first_new.unwrap_or(since), all_new: since, how });
                }
            }
            Some(_) => row = None,
            // No answer is no old answer.
            None => without += 1,
        }
        tokio::time::sleep(PAUSE).await;
    }
    let came = if first_new.is_some() { "and the old one did not go" } else { "did not come" };
    Err(format!("the new version {came} within {} s at {}", PATIENCE.as_secs(), nginx.title()))
}

/// What a page says in its head.
fn version_of(page: &str) -> Option<&str> {
    let (_, rest) = page.split_once("name=\"shop-version\" content=\"")?;
    rest.split_once('"').map(|(version, _)| version)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_says_its_version() {
        assert_eq!(version_of("<meta name=\"shop-version\" content=\"1.2\">\n<title>"), Some("1.2"));
        assert_eq!(version_of("502 Bad Gateway"), None);
    }
}
