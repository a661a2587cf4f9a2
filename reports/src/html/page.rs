//! The page: its words through the template, its figures as JSON beside them.

use minijinja::{AutoEscape, Environment, context, value::Serde};
use redline_model::RunReport;
use serde::Serialize;

use super::{assets, chart::Chart, charts, context::Context};
use crate::{RenderError, csv};

/// What the page's script reads.
#[derive(Serialize)]
pub(super) struct Data<'a> {
    pub(super) charts: &'a [Chart],
    /// Files that can be saved from the page: name, type, content.
    pub(super) files: Vec<(String, &'static str, String)>,
    /// Whether it is told more while it is open.
    pub(super) live: bool,
}

/// The whole page.
pub(crate) fn page(report: &RunReport) -> Result<String, RenderError> {
    let charts = charts::all(report);
    let data = Data {
        charts: &charts,
        files: vec![
            ("run.json".into(), "application/json", serde_json::to_string(report)?),
            ("trials.csv".into(), "text/csv", csv::trials(report)?),
            ("timeline.csv".into(), "text/csv", csv::seconds(report)?),
        ],
        live: false,
    };
    filled("report.html", Context::of(report, &charts), &data)
}

/// A page that is told its charts by the server that it is from.
pub(super) fn live(template: &str, page: impl Serialize) -> Result<String, RenderError> {
    with_policy(template, page, &Data { charts: &[], files: Vec::new(), live: true }, &assets::live_policy())
}

/// A page from its template, its words and its figures.
pub(super) fn filled(template: &str, page: impl Serialize, data: &Data) -> Result<String, RenderError> {
    with_policy(template, page, data, &assets::policy())
}

fn with_policy(template: &str, page: impl Serialize, data: &Data, policy: &str) -> Result<String, RenderError> {
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    environment.set_undefined_behavior(minijinja::UndefinedBehavior::Strict);
    minijinja_embed::load_templates!(&mut environment);
    let page = environment.get_template(template)?.render(context! {
        page => Serde(page),
        policy => policy,
        style => assets::STYLE,
        library => assets::LIBRARY,
        script => assets::SCRIPT,
        data => inert(&serde_json::to_string(data)?),
    })?;
    Ok(page)
}

/// JSON that cannot end the element that it stands in, whatever its strings say.
fn inert(json: &str) -> String {
    json.replace('<', "\\u003c")
        .replace('>', "\\u003e")
        .replace('&', "\\u0026")
        .replace('\u{2028}', "\\u2028")
        .replace('\u{2029}', "\\u2029")
}
