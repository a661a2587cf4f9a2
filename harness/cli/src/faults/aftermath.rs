//! What is looked at once a trial with a disturbance is over.

use redline_analysis::reconcile;
use redline_model::{Check, CheckStatus, OrderBooks, TrialResult};

use crate::{
    driver::{Driver, Raw},
    exit::Failure,
    site::Breaker,
};

/// See the module.
pub(super) struct Aftermath {
    /// Why the stack is not whole, where it is not.
    pub(super) broken: Option<String>,
    /// What became of the trial's orders; absent where they could not be read.
    pub(super) orders: Option<OrderBooks>,
    /// What the reader must know.
    pub(super) remarks: Vec<String>,
}

/// Waits until the stack is verified to be whole, or says why it is not; and counts the last trial's orders.
pub(super) async fn aftermath(driver: &Driver<'_>, breaker: &Breaker) -> Result<Aftermath, Failure> {
    let broken = breaker.whole_again().await.err().map(|why| why.to_string());
    let (orders, remarks) = match orders(driver).await {
        Ok(books) => (Some(books), Vec::new()),
        Err(why) => (None, vec![format!("the orders could not be counted: {why}.")]),
    };
    Ok(Aftermath { broken, orders, remarks })
}

/// The trial that was just made.
pub(super) fn last<'a>(driver: &'a Driver<'_>) -> Result<&'a Raw, Failure> {
    driver.last().ok_or_else(|| anyhow::anyhow!("a trial left nothing behind").into())
}

/// The last trial's orders against what the site has now.
async fn orders(driver: &Driver<'_>) -> Result<OrderBooks, Failure> {
    let told = driver.last().map(Raw::orders).unwrap_or_default();
    let site = driver.site_orders().await?;
    Ok(reconcile(&told, &site.entries.unwrap_or_default(), site.oversold))
}

/// Checks of the generator and the machine that the trial failed: its figures are to be read with that in mind.
pub(super) fn unfit(trial: &TrialResult) -> Vec<String> {
    let failed = trial.checks.iter().filter(|check| check.status == CheckStatus::Failed && check.check != "access-log");
    // What Docker does to end and start a container is no work of ours, and is meant.
    let meant = |check: &str| if check == "host-others" { "; Docker's own work for the fault is in it" } else { "" };
    let told =
        |check: &Check| format!("{}: {} (allowed: {}{}).", check.check, check.value, check.limit, meant(&check.check));
    failed.map(told).collect()
}
