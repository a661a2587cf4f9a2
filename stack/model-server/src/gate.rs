//! Whether the site listens: like a daemon that is ended and started again, it can refuse connections for a while
//! and cut those it has.

use std::{
    net::SocketAddr,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use redline_model::Mono;
use serde::{Deserialize, Serialize};
use tokio::{net::TcpListener, sync::watch, task::JoinSet};

/// A time in which nothing was listened to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closure {
    /// When the listener was closed.
    pub closed: Mono,
    /// When it listened again; absent: not yet.
    pub opened: Option<Mono>,
    /// Requests under way that were cut off.
    pub cut: u64,
}

/// The gate of the site.
#[derive(Debug)]
pub(crate) struct Gate {
    wanted: watch::Sender<bool>,
    closures: Mutex<Vec<Closure>>,
}

impl Default for Gate {
    /// Open.
    fn default() -> Self {
        Self { wanted: watch::Sender::new(true), closures: Mutex::default() }
    }
}

impl Gate {
    /// Opens or closes it, soon.
    pub(crate) fn set(&self, open: bool) {
        self.wanted.send_replace(open);
    }
    /// When it was closed.
    pub(crate) fn closures(&self) -> Vec<Closure> {
        self.closures.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Serves `listener` while the gate is open; `connection` makes the task of one connection, `busy` counts the
    /// requests under way.
    pub(crate) async fn keep<F>(
        &self,
        mut listener: TcpListener,
        busy: &AtomicU64,
        mut connection: impl FnMut(tokio::net::TcpStream) -> F,
    ) -> std::io::Result<()>
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let address = listener.local_addr()?;
        let mut wanted = self.wanted.subscribe();
        let mut connections = JoinSet::new();
        loop {
            tokio::select! {
                accepted = listener.accept() => match accepted {
                    Ok((stream, _)) => _ = connections.spawn(connection(stream)),
                    // Out of files: others close theirs meanwhile.
                    Err(_) => tokio::time::sleep(std::time::Duration::from_millis(5)).await,
                },
                Some(_) = connections.join_next(), if !connections.is_empty() => {}
                // The sender lives as long as this does.
                _ = wanted.changed() => {}
            }
            if *wanted.borrow_and_update() {
                continue;
            }
            let closed = Mono::now();
            drop(listener);
            let cut = busy.load(Ordering::Relaxed);
            connections.shutdown().await;
            self.note(|all| all.push(Closure { closed, opened: None, cut }));
            while !*wanted.borrow_and_update() {
                let _ = wanted.changed().await;
            }
            listener = listen(address)?;
            let opened = Some(Mono::now());
            self.note(|all| all.iter_mut().for_each(|c| c.opened = c.opened.or(opened)));
        }
    }

    fn note(&self, change: impl FnOnce(&mut Vec<Closure>)) {
        change(&mut self.closures.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

/// Listens at the same address again: connections of before may still be in TIME_WAIT there.
fn listen(address: SocketAddr) -> std::io::Result<TcpListener> {
    TcpListener::from_std(crate::places::http_listener(address)?)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use tokio::{io::AsyncReadExt as _, net::TcpStream};

    use super::*;

    #[tokio::test]
    async fn while_it_is_closed_connections_are_refused_and_those_that_were_there_are_cut() {
        let gate = Arc::new(Gate::default());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let own = gate.clone();
        tokio::spawn(async move {
            let hold = |stream| async move {
                let _held: TcpStream = stream;
                std::future::pending::<()>().await;
            };
            own.keep(listener, &AtomicU64::new(3), hold).await
        });
        let mut held = TcpStream::connect(address).await.unwrap();
        gate.set(false);
        let mut byte = [0];
        assert!(matches!(held.read(&mut byte).await, Ok(0) | Err(_)));
        assert!(TcpStream::connect(address).await.is_err());
        gate.set(true);
        while TcpStream::connect(address).await.is_err() {
            tokio::task::yield_now().await;
        }
        let closures = gate.closures();
        assert_eq!((closures.len(), closures[0].cut), (1, 3));
        assert!(closures[0].opened.unwrap() > closures[0].closed);
    }
}
