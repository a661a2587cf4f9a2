//! Counts the connections that a client opens: a layer around reqwest's connector.

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

use tower_layer::Layer;
use tower_service::Service;

use redline_model::Mono;

use crate::{recorder::Recorder, watch::Noted};

/// Wraps a connector with one that counts.
#[derive(Debug, Clone)]
pub(crate) struct CountConnections(pub(crate) Recorder);

impl<C> Layer<C> for CountConnections {
    type Service = Counting<C>;
    fn layer(&self, connector: C) -> Counting<C> {
        Counting { connector, recorder: self.0.clone() }
    }
}

/// A connector that counts the connections that it has established.
#[derive(Debug, Clone)]
pub(crate) struct Counting<C> {
    connector: C,
    recorder: Recorder,
}

impl<C, R> Service<R> for Counting<C>
where
    C: Service<R>,
    C::Future: Send + 'static,
{
    type Response = C::Response;
    type Error = C::Error;
    type Future = Pin<Box<dyn Future<Output = Result<C::Response, C::Error>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), C::Error>> {
        self.connector.poll_ready(cx)
    }
    fn call(&mut self, destination: R) -> Self::Future {
        let recorder = self.recorder.clone();
        let (noted, began) = (Noted::here(), Mono::now());
        let connecting = self.connector.call(destination);
        Box::pin(async move {
            let connection = connecting.await?;
            recorder.connection_opened();
            noted.connected(began);
            Ok(connection)
        })
    }
}
