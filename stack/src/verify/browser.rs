//! As much of a browser as it takes to look at the shop: names by its DNS, cookies, no redirects by itself.

use std::{sync::Arc, time::Duration};

use hickory_resolver::TokioResolver;
use redline_model::Target;
use reqwest::{
    Client,
    dns::{Addrs, Name, Resolve, Resolving},
    redirect::Policy,
};

use super::{dns, wrong};
use crate::StackError;

/// A visitor of the site.
pub(super) struct Browser {
    client: Client,
    base: String,
}

/// What the site answered.
pub(super) struct Answer {
    pub location: String,
    pub cache_control: String,
    pub body: String,
}

impl Browser {
    pub(super) fn new(target: &Target) -> Result<Self, StackError> {
        let first = dns::servers(target)?.first().copied();
        let resolver = dns::resolver(first.ok_or_else(|| wrong("DNS", "there is no DNS server"))?)?;
        let client = Client::builder()
            .dns_resolver(Arc::new(ByOurDns(resolver)))
            .cookie_store(true)
            .redirect(Policy::none())
            .no_proxy()
            .timeout(Duration::from_secs(10))
            .user_agent("redline-verify")
            .build()
            .map_err(|error| wrong("HTTP client", error.to_string()))?;
        Ok(Self { client, base: target.base_url.clone() })
    }
    /// GETs a path; anything but `status` fails `step`.
    pub(super) async fn get(&self, step: &str, path: &str, status: u16) -> Result<Answer, StackError> {
        let request = self.client.get(format!("{}{path}", self.base));
        self.send(step, &format!("GET {path}"), request, status).await
    }
    /// POSTs a form; anything but `status` fails `step`.
    pub(super) async fn post(
        &self,
        step: &str,
        path: &str,
        form: &[(&str, &str)],
        status: u16,
    ) -> Result<Answer, StackError> {
        let request = self.client.post(format!("{}{path}", self.base)).form(form);
        self.send(step, &format!("POST {path}"), request, status).await
    }
    async fn send(
        &self,
        step: &str,
        what: &str,
        request: reqwest::RequestBuilder,
        status: u16,
    ) -> Result<Answer, StackError> {
        let failed = |error: reqwest::Error| wrong(step, format!("{what}: {}", innermost(&error)));
        let response = request.header("X-Redline", "verify").send().await.map_err(failed)?;
        let header = |name: &str| response.headers().get(name).and_then(|v| v.to_str().ok()).unwrap_or("").to_string();
        let (location, cache_control) = (header("location"), header("cache-control"));
        let found = response.status().as_u16();
        let body = String::from_utf8_lossy(&response.bytes().await.map_err(failed)?).into_owned();
        if found != status {
            let hint: String = crate::error::one_line(&body).chars().take(200).collect();
            return Err(wrong(step, format!("{what} gave {found} instead of {status}: {hint}")));
        }
        Ok(Answer { location, cache_control, body })
    }
}

impl Answer {
    /// The value of an attribute, the first with that name.
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        value_after(&self.body, &format!("{name}=\""))
    }
    /// The value of a form's hidden field.
    pub(super) fn field(&self, name: &str) -> Option<&str> {
        let (_, rest) = self.body.split_once(&format!("name=\"{name}\""))?;
        let (tag, _) = rest.split_once('>')?;
        value_after(tag, "value=\"")
    }
}

fn value_after<'a>(text: &'a str, start: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(start)?;
    rest.split_once('"').map(|(value, _)| value)
}

fn innermost(error: &dyn std::error::Error) -> String {
    error.source().map_or_else(|| error.to_string(), innermost)
}

/// The stack's own DNS server behind reqwest.
struct ByOurDns(TokioResolver);

impl Resolve for ByOurDns {
    fn resolve(&self, name: Name) -> Resolving {
        let resolver = self.0.clone();
        Box::pin(async move {
            let found = dns::lookup(&resolver, name.as_str()).await?;
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_and_attributes_are_found() {
        let answer = Answer {
            location: String::new(),
            cache_control: String::new(),
            body:
                r#"<body data-page="cart"><input type="hidden" name="csrf" value="abc"><input name="other" value="x">"#
                    .into(),
        };
        assert_eq!(answer.attribute("data-page"), Some("cart"));
        assert_eq!(answer.field("csrf"), Some("abc"));
        assert_eq!(answer.field("missing"), None);
    }
}
