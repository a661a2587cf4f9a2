//! The table of orders gets a column, with and without a lock.

use redline_model::{Deploy, DeployWindow, Mono};

use super::how::Site;
use crate::fault::sql::Administrator;

pub(super) async fn change(site: &Site<'_>, how: Deploy) -> Result<DeployWindow, String> {
    // Of two databases the one that takes writes; the other one gets the change from it.
    let (member, _) = site.stack.leading_database().await.map_err(|error| error.to_string())?;
    let mut administrator = Administrator::of(&site.stack.docker, member).await?;
    let statement = statement(how, site.version);
    let asked = Mono::now();
    administrator.ask(&statement).await?;
    let done = Mono::now();
    administrator.leave().await;
    let evidence = format!("the database confirmed `{statement}` after {} ms", done.since(asked).as_millis());
    Ok(DeployWindow { asked, first_new: None, done, version: site.version.into(), evidence })
}

/// Both do the same to the table and rewrite all of it; they differ in who may write meanwhile.
fn statement(how: Deploy, version: &str) -> String {
    let way = match how {
        Deploy::SchemaLock => "ALGORITHM=COPY, LOCK=SHARED",
        _ => "ALGORITHM=INPLACE, LOCK=NONE",
    };
    let column = version.replace(['.', '-'], "_");
    format!("ALTER TABLE orders ADD COLUMN deployed_{column} VARCHAR(20) NULL, {way};")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_column_is_added_with_and_without_a_lock() {
        let (lock, online) = (statement(Deploy::SchemaLock, "2.0-a"), statement(Deploy::SchemaOnline, "2.0-a"));
        assert_eq!(lock, "ALTER TABLE orders ADD COLUMN deployed_2_0_a VARCHAR(20) NULL, ALGORITHM=COPY, LOCK=SHARED;");
        assert_eq!(lock.replace("ALGORITHM=COPY, LOCK=SHARED", "ALGORITHM=INPLACE, LOCK=NONE"), online);
    }
}
