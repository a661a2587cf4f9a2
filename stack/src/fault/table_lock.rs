//! Somebody has locked the table of orders: a backup, a repair, a schema change gone wrong.

use testcontainers::bollard::Docker;

use super::{observe::Seen, sql::Administrator};
use crate::{StackError, member::Member};

pub(super) const DOES: &str = "locks the table `orders` for writing, so that whoever reads or writes it waits";

fn failed(doing: &'static str) -> impl Fn(String) -> StackError {
    move |reason| StackError::Fault { fault: "table-lock mysql".into(), doing, reason }
}

pub(super) async fn inject(docker: &Docker, member: &Member) -> Result<(Administrator, Seen), StackError> {
    let mut administrator = Administrator::of(docker, member).await.map_err(failed("injected"))?;
    administrator.ask("LOCK TABLES orders WRITE;").await.map_err(failed("injected"))?;
    Ok((administrator, Seen::now("MySQL confirmed that the table `orders` was locked")))
}

pub(super) async fn lift(mut administrator: Administrator) -> Result<(), StackError> {
    administrator.ask("UNLOCK TABLES;").await.map_err(failed("cleared"))?;
    administrator.leave().await;
    Ok(())
}
