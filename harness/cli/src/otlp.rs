//! `--otlp`: the run's seconds as OpenTelemetry metrics, sent to a receiver by OTLP over HTTP.

use std::{fmt, str::FromStr, time::Duration};

use redline_model::RunReport;
use reqwest::{Client, StatusCode, Url, header::CONTENT_TYPE};

use crate::exit::Failure;

/// A receiver that is up answers within this time.
const PATIENCE: Duration = Duration::from_secs(10);

/// Where metrics are sent to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Endpoint(Url);

impl FromStr for Endpoint {
    type Err = String;
    /// Reads the base address of a receiver, like `http://127.0.0.1:4318`, or the whole one.
    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = |why: &str| format!("`{text}` {why}; write it like http://127.0.0.1:4318");
        let mut url = Url::parse(text).map_err(|_| wrong("is not an address"))?;
        if url.scheme() != "http" || !url.has_host() {
            return Err(wrong("cannot be sent to: only http:// can"));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(wrong("has more than an address"));
        }
        let path = url.path().trim_end_matches('/').to_owned();
        url.set_path(&if path.ends_with("/v1/metrics") { path } else { format!("{path}/v1/metrics") });
        Ok(Self(url))
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Endpoint {
    /// Makes sure, before a run takes minutes, that something is there that takes metrics.
    pub(crate) async fn answers(&self) -> Result<(), Failure> {
        self.post(redline_reports::otlp_probe()).await
    }

    /// Sends all seconds of the run.
    pub(crate) async fn send(&self, report: &RunReport) -> Result<(), Failure> {
        for body in redline_reports::otlp(report).map_err(anyhow::Error::from)? {
            self.post(body).await?;
        }
        Ok(())
    }

    async fn post(&self, body: String) -> Result<(), Failure> {
        let failed =
            |why: String| Failure::Environment(format!("the OTLP receiver {self} {why}; start it or check --otlp"));
        let client = Client::builder().no_proxy().timeout(PATIENCE).build().map_err(anyhow::Error::from)?;
        let sent = client.post(self.0.clone()).header(CONTENT_TYPE, "application/json").body(body).send().await;
        match sent {
            Err(error) if error.is_timeout() => Err(failed(format!("did not answer within {} s", PATIENCE.as_secs()))),
            Err(error) if error.is_connect() => Err(failed("cannot be connected to".into())),
            Err(error) => Err(failed(format!("gave no answer: {error}"))),
            Ok(answer) if answer.status().is_success() => Ok(()),
            Ok(answer) if answer.status() == StatusCode::NOT_FOUND => Err(failed("has no /v1/metrics".into())),
            Ok(answer) => Err(failed(format!("refused the metrics: {}", answer.status()))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_gets_the_path_of_metrics_once() {
        let read = |text: &str| text.parse::<Endpoint>().map(|e| e.to_string());
        assert_eq!(read("http://127.0.0.1:4318").unwrap(), "http://127.0.0.1:4318/v1/metrics");
        assert_eq!(read("http://collector:4318/otlp/").unwrap(), "http://collector:4318/otlp/v1/metrics");
        assert_eq!(read("http://h/v1/metrics").unwrap(), "http://h/v1/metrics");
        for wrong in ["collector:4318", "https://h", "http://h?x=1", "nothing"] {
            assert!(read(wrong).unwrap_err().contains("write it like"), "{wrong}");
        }
    }
}
