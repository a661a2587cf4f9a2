//! The side port: counters in all formats, the books, and the levers.

use std::sync::Arc;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::{Method, Request, Response, StatusCode, body::Incoming};
use serde::{Deserialize, Serialize};

use crate::{Counters, StageName, site::House, status};

/// A stage's limit as a multiple of what the model has.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Lever {
    pub(crate) stage: StageName,
    pub(crate) factor: f64,
}

/// Factors beyond these would stop the stage or make it meaningless.
const FACTORS: std::ops::RangeInclusive<f64> = 0.01..=100.0;

/// Answers one request of the side port.
pub(crate) async fn answer(house: Arc<House>, request: Request<Incoming>) -> Response<Full<Bytes>> {
    let counters = || Counters::read(&house.stages, &house.tallies);
    match (request.method(), request.uri().path()) {
        (&Method::GET, "/counters") => json(&counters()),
        (&Method::GET, "/fpm-status") => text(StatusCode::OK, status::fpm(&counters())),
        (&Method::GET, "/stub_status") => text(StatusCode::OK, status::stub(&counters())),
        (&Method::GET, "/mysql-status") => text(StatusCode::OK, status::mysql(&counters())),
        (&Method::GET, "/access") => json(&house.books.counted()),
        (&Method::GET, "/orders") => json(&house.books.orders()),
        (&Method::GET, "/oracle") => text(StatusCode::OK, house.books.oracle()),
        (&Method::GET, "/closures") => json(&house.gate.closures()),
        (&Method::POST, "/close") => gate(&house, false),
        (&Method::POST, "/open") => gate(&house, true),
        (&Method::POST, "/control") => control(&house, request).await,
        (_, path) => text(StatusCode::NOT_FOUND, format!("there is no {path} here")),
    }
}

fn gate(house: &House, open: bool) -> Response<Full<Bytes>> {
    house.gate.set(open);
    text(StatusCode::OK, String::new())
}

async fn control(house: &House, request: Request<Incoming>) -> Response<Full<Bytes>> {
    let wrong = |why: String| text(StatusCode::BAD_REQUEST, why);
    let Ok(body) = request.into_body().collect().await else { return wrong("the body broke off".into()) };
    match serde_json::from_slice::<Lever>(&body.to_bytes()) {
        Err(error) => wrong(format!("{error}; send {{\"stage\":\"application\",\"factor\":0.8}}")),
        Ok(lever) if !FACTORS.contains(&lever.factor) => {
            wrong(format!("factor {} is out of range: it may be from 0.01 to 100", lever.factor))
        }
        Ok(lever) => match house.stages.set(lever.stage, lever.factor) {
            Some(changed) => json(&changed),
            None => wrong(format!("the model has no stage `{}`", lever.stage.as_str())),
        },
    }
}

fn json(value: &impl Serialize) -> Response<Full<Bytes>> {
    match serde_json::to_string(value) {
        Ok(body) => text(StatusCode::OK, body),
        Err(error) => text(StatusCode::INTERNAL_SERVER_ERROR, error.to_string()),
    }
}

fn text(status: StatusCode, body: String) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(body)));
    *response.status_mut() = status;
    response
}
