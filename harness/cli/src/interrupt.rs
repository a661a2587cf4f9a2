//! Ctrl-C: once to stop in good order, twice to stop at once.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use tokio::sync::watch;

/// Tells whoever asks that the user wants redline to end.
#[derive(Debug, Clone)]
pub(crate) struct Interrupt(watch::Receiver<bool>);

impl Interrupt {
    /// Listens for Ctrl-C, SIGTERM and SIGHUP. The second one ends the process at once; the guard then
    /// removes what is left.
    pub(crate) fn listen() -> anyhow::Result<Self> {
        let (sender, receiver) = watch::channel(false);
        let times = Arc::new(AtomicU32::new(0));
        ctrlc::set_handler(move || {
            if times.fetch_add(1, Ordering::SeqCst) == 0 {
                eprintln!("\nredline: stopping; once more to stop at once");
                let _ = sender.send(true);
            } else {
                eprintln!("redline: stopped at once; the guard removes the containers");
                crate::end_at_once(130);
            }
        })?;
        Ok(Self(receiver))
    }

    /// Waits until the user asks.
    pub(crate) async fn wait(&mut self) {
        if self.0.wait_for(|asked| *asked).await.is_err() {
            // The handler lives as long as the process: this cannot happen, and must not look like a Ctrl-C.
            std::future::pending::<()>().await;
        }
    }
}
