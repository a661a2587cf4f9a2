//! goose: its users are the slots. Only this file names it.
//!
//! What is worked around, for goose 0.19.0 (`src/lib.rs`, `src/user.rs` and `src/client.rs` of its source):
//! - it builds a client of 2.6 ms and 109 KB for each user, unless all share one: they share one here and
//!   sessions bring their own;
//! - it logs to standard output unless a logger is there already: one that says nothing is;
//! - it takes the Ctrl-C handler unless there is one: the worker sets its own first;
//! - users do not yield between transactions, so a transaction must always await something;
//! - its own metrics end at the response's headers and are not used.

use std::sync::Arc;

use goose::{
    GooseAttack, GooseError,
    client::GooseClientBuilder,
    config::GooseConfiguration,
    goose::{GooseUser, Scenario, Transaction, TransactionFunction},
};

use crate::slot::Work;

/// More users a second than can be started in one.
const AT_ONCE: &str = "1000000000";

/// Starts a goose user for every slot and lets them work until the future is dropped with its runtime.
pub(crate) async fn run(base_url: &str, work: Arc<Work>) -> Result<(), String> {
    let mut configuration = GooseConfiguration::default();
    configuration.host = Some(base_url.to_owned());
    configuration.users = Some(work.slots.total());
    configuration.increase_rate = Some(AT_ONCE.to_owned());
    configuration.no_telnet = true;
    configuration.no_metrics = true;
    configuration.no_print_metrics = true;
    configuration.no_error_summary = true;

    let arrive = work.clone();
    let arriving: TransactionFunction = Arc::new(move |_: &mut GooseUser| {
        arrive.slot_is_ready();
        // Lets other slots start, too.
        Box::pin(async {
            tokio::task::yield_now().await;
            Ok(())
        })
    });
    let journey: TransactionFunction = Arc::new(move |_: &mut GooseUser| {
        let work = work.clone();
        Box::pin(async move {
            work.next_session().await;
            Ok(())
        })
    });
    let scenario = Scenario::new("redline")
        .register_transaction(Transaction::new(arriving).set_on_start())
        .register_transaction(Transaction::new(journey).set_name("journey"));
    attack(configuration, scenario).await.map_err(|e| e.to_string())
}

async fn attack(configuration: GooseConfiguration, scenario: Scenario) -> Result<(), GooseError> {
    GooseAttack::initialize_with_config(configuration)?
        .set_client_builder_without_cookies(GooseClientBuilder::new().without_cookies())?
        .register_scenario(scenario)
        .execute()
        .await
        .map(|_| ())
}
