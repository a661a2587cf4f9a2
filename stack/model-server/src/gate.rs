//! Whether the site listens: like a daemon that is ended and started again, it can refuse connections for a while
//! and cut those it has.

use std::{
    net::SocketAddr,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
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
    /// Requests that were cut off: under way, in a connection and not read yet, or in one that was not accepted yet.
    pub cut: u64,
}

/// The gate of the site.
#[derive(Debug)]
pub(crate) struct Gate {
    wanted: watch::Sender<bool>,
    closures: Mutex<Vec<Closure>>,
    /// Whether it is just being closed, and what was cut off by it so far.
    closing: AtomicBool,
    cut: AtomicU64,
}

impl Default for Gate {
    /// Open.
    fn default() -> Self {
        let (closing, cut) = (AtomicBool::new(false), AtomicU64::new(0));
        Self { wanted: watch::Sender::new(true), closures: Mutex::default(), closing, cut }
    }
}

impl Gate {
    /// Opens or closes it, soon.
    pub(crate) fn set(&self, open: bool) {
        self.wanted.send_replace(open);
    }
    /// A request came to nothing: because of the gate, where that is just being closed.
    pub(crate) fn cut(&self) {
        if self.closing.load(Ordering::SeqCst) {
            self.cut.fetch_add(1, Ordering::SeqCst);
        }
    }
    /// When it was closed.
    pub(crate) fn closures(&self) -> Vec<Closure> {
        self.closures.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Serves `listener` while the gate is open; `connection` makes the task of one connection.
    pub(crate) async fn keep<F>(
        &self,
        mut listener: TcpListener,
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
            self.closing.store(true, Ordering::SeqCst);
            let waiting = listener.into_std()?;
            while waiting.accept().is_ok() {
                self.cut();
            }
            drop(waiting);
            connections.shutdown().await;
            self.closing.store(false, Ordering::SeqCst);
            let cut = self.cut.swap(0, Ordering::SeqCst);
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

    use tokio::{
        io::{AsyncReadExt as _, AsyncWriteExt as _},
        net::TcpStream,
    };

    use super::*;

    #[tokio::test]
    async fn while_it_is_closed_connections_are_refused_and_those_that_were_there_are_cut() {
        struct Held(Arc<Gate>, TcpStream);
        impl Drop for Held {
            fn drop(&mut self) {
                self.0.cut();
            }
        }
        let gate = Arc::new(Gate::default());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let own = gate.clone();
        tokio::spawn(async move {
            let hold = |stream| {
                let mut held = Held(own.clone(), stream);
                async move {
                    held.1.write_all(b"!").await.unwrap();
                    std::future::pending::<()>().await;
                }
            };
            own.keep(listener, hold).await
        });
        let mut held = TcpStream::connect(address).await.unwrap();
        // It was accepted, and its task is under way.
        held.read_exact(&mut [0]).await.unwrap();
        gate.set(false);
        let mut byte = [0];
        assert!(matches!(held.read(&mut byte).await, Ok(0) | Err(_)));
        assert!(TcpStream::connect(address).await.is_err());
        gate.set(true);
        while TcpStream::connect(address).await.is_err() {
            tokio::task::yield_now().await;
        }
        let closures = gate.closures();
        assert_eq!((closures.len(), closures[0].cut), (1, 1));
        // What comes to nothing while it is open is not of its doing.
        gate.cut();
        assert_eq!(gate.closures()[0].cut, 1);
        assert!(closures[0].opened.unwrap() > closures[0].closed);
    }
}
