//! The orders that are in the database: one side of the books.

use std::sync::atomic::Ordering;

use mysql_async::{Conn, prelude::Queryable};

use crate::{Stack, StackError};

/// An order as the database has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredOrder {
    /// The client-made UUID.
    pub uuid: String,
    /// How many lines it has.
    pub lines: u64,
    /// Whether the lines' prices add up to its total.
    pub adds_up: bool,
}

impl Stack {
    /// All orders since the start or the last [`Stack::forget_orders`], in the order in which they were placed.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn orders(&self) -> Result<Vec<StoredOrder>, StackError> {
        let mut connection = self.probe_connection("reading the orders").await?;
        let since = self.last_foreign_order.load(Ordering::Relaxed);
        let rows: Vec<(String, u64, u64)> = connection
            .exec(
                "SELECT o.uuid, COUNT(l.order_id), COALESCE(SUM(l.quantity * l.price_cents), 0) = o.total_cents \
                 FROM orders o LEFT JOIN order_lines l ON l.order_id = o.id WHERE o.id > ? GROUP BY o.id ORDER BY o.id",
                (since,),
            )
            .await
            .map_err(failed("reading the orders"))?;
        let _ = connection.disconnect().await;
        Ok(rows.into_iter().map(|(uuid, lines, adds_up)| StoredOrder { uuid, lines, adds_up: adds_up == 1 }).collect())
    }

    /// How many orders there are since the start or the last [`Stack::forget_orders`].
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn count_orders(&self) -> Result<u64, StackError> {
        let mut connection = self.probe_connection("counting the orders").await?;
        let since = self.last_foreign_order.load(Ordering::Relaxed);
        let count: Option<u64> = connection
            .exec_first("SELECT COUNT(*) FROM orders WHERE id > ?", (since,))
            .await
            .map_err(failed("counting the orders"))?;
        let _ = connection.disconnect().await;
        Ok(count.unwrap_or(0))
    }

    /// From here on the orders that are there now count no more.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn forget_orders(&self) -> Result<(), StackError> {
        let mut connection = self.probe_connection("reading the last order").await?;
        let found: Option<(u64, u64)> = connection
            .query_first(
                "SELECT (SELECT COALESCE(MAX(id), 0) FROM orders), \
                 (SELECT CAST(COALESCE(SUM(stock), 0) AS UNSIGNED) FROM products)",
            )
            .await
            .map_err(failed("reading the last order"))?;
        let _ = connection.disconnect().await;
        let (last, stock) = found.unwrap_or_default();
        self.begin_orders_after(last, stock);
        Ok(())
    }

    /// Units that were sold since the start or the last [`Stack::forget_orders`] and are still in stock: of all
    /// products together, so that one sold twice and one never taken off cancel out.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn oversold(&self) -> Result<u64, StackError> {
        let mut connection = self.probe_connection("adding up the stock").await?;
        let since = self.last_foreign_order.load(Ordering::Relaxed);
        let found: Option<(u64, u64)> = connection
            .exec_first(
                "SELECT (SELECT CAST(COALESCE(SUM(stock), 0) AS UNSIGNED) FROM products), \
                 (SELECT CAST(COALESCE(SUM(quantity), 0) AS UNSIGNED) FROM order_lines WHERE order_id > ?)",
                (since,),
            )
            .await
            .map_err(failed("adding up the stock"))?;
        let _ = connection.disconnect().await;
        let (stock, sold) = found.unwrap_or_default();
        Ok((stock + sold).saturating_sub(self.stock_then.load(Ordering::Relaxed)))
    }

    async fn probe_connection(&self, doing: &'static str) -> Result<Conn, StackError> {
        let (_, connection) = self.leading_database().await.map_err(failed(doing))?;
        Ok(connection)
    }
}

fn failed(doing: &'static str) -> impl FnOnce(mysql_async::Error) -> StackError {
    move |source| StackError::Mysql { doing, source }
}
