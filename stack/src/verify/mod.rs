//! The site verified from outside, through its own DNS, before any load: what is measured must work.

mod browser;
mod dns;
mod opcodes;
mod order;
mod pages;

use crate::{OnEvent, Stack, StackError, StackEvent, mysql_client::Database, topology::ComponentKind};

/// Says what was verified, and what was not.
pub(crate) struct Steps<'a> {
    on_event: OnEvent<'a>,
}

impl Steps<'_> {
    /// `what` is right.
    fn passed(&self, what: &str) {
        (self.on_event)(StackEvent::Verified { what: what.into() });
    }
}

/// The step that failed and what was found.
fn wrong(step: &str, reason: impl Into<String>) -> StackError {
    StackError::Verify { step: step.into(), reason: reason.into() }
}

impl Stack {
    /// Resolves `www` → CNAME → A through the stack's own DNS, fetches a static asset and every type of page, places
    /// one order and finds it in the database. Orders counted afterwards do not include that one.
    ///
    /// # Errors
    /// [`StackError::Verify`], which names the step.
    pub async fn verify(&self, on_event: OnEvent<'_>) -> Result<(), StackError> {
        let steps = Steps { on_event };
        let target = self.target();
        dns::verify(&target, &self.www_addresses(), &steps).await?;
        let browser = browser::Browser::new(&target)?;
        pages::verify(&browser, &steps).await?;
        opcodes::verify(self, &steps).await?;
        let found = self.leading_database().await;
        let (leader, _) = found.map_err(|source| StackError::Mysql { doing: "looking for the database", source })?;
        order::verify(&browser, &Database::of(leader), &steps).await?;
        self.forget_orders().await
    }

    /// The names, a static asset and a page from the database; changes nothing.
    pub(crate) async fn verify_quickly(&self) -> Result<(), StackError> {
        let steps = Steps { on_event: &|_| {} };
        let target = self.target();
        dns::verify(&target, &self.www_addresses(), &steps).await?;
        pages::verify_quickly(&browser::Browser::new(&target)?, &steps).await
    }

    /// The addresses that the DNS server was told.
    fn www_addresses(&self) -> Vec<String> {
        let told = self.member(ComponentKind::Dns).and_then(|dns| dns.env.get("WWW_ADDRESSES"));
        told.map_or(Vec::new(), |list| list.split(',').map(str::to_string).collect())
    }
}

/// One order, by its UUID: how many lines it has.
async fn lines_of_order(database: &Database, uuid: &str) -> Result<Option<u64>, mysql_async::Error> {
    use mysql_async::prelude::Queryable;
    let mut connection = database.connect().await?;
    let lines = connection
        .exec_first(
            "SELECT COUNT(l.order_id) FROM orders o LEFT JOIN order_lines l ON l.order_id = o.id WHERE o.uuid = ? GROUP BY o.id",
            (uuid,),
        )
        .await?;
    connection.disconnect().await?;
    Ok(lines)
}
