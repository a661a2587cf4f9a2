//! One limit as it is written: `p95 < 300ms for checkout`, `sustainable > 50 sessions/s`, `outage(nginx.kill) < 8s`.

use std::{fmt, str::FromStr};

use redline_model::{Deploy, Fault, Seconds, Share};

/// What is wrong with a limit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LimitError {
    /// No comparison in it.
    #[error(
        "`{0}` is not a limit: write a figure, a comparison and a bound, like `p95 < 300ms` or `sustainable > 50 sessions/s`"
    )]
    Malformed(String),
    /// Nothing of that name is measured.
    #[error(
        "`{name}` is not a figure that can be limited; there are p50 to p99.9, errors, sustainable, saturation, cpu_ms_per_session, cpu_ms_per_request, outage(COMPONENT.FAULT), lost_service(COMPONENT.FAULT), downtime(DEPLOYMENT), orders_lost and orders_duplicated"
    )]
    Figure {
        /// What was written.
        name: String,
    },
    /// Compared the wrong way round.
    #[error("`{text}` compares the wrong way round: write `{figure} {comparison} …`")]
    Comparison {
        /// The limit as written.
        text: String,
        /// The figure.
        figure: String,
        /// The comparison that makes sense.
        comparison: &'static str,
    },
    /// The bound, the step or the window makes no sense.
    #[error("in the limit `{text}`: {problem}")]
    Part {
        /// The limit as written.
        text: String,
        /// What is wrong.
        problem: String,
    },
}

/// Which of the two capacities.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Load {
    /// The highest load that keeps the SLO.
    Sustainable,
    /// The most that is completed.
    Saturation,
}

/// What a load is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LoadUnit {
    /// Sessions per second.
    Sessions,
    /// Requests per second.
    Requests,
    /// Orders per second.
    Orders,
    /// Shoppers at once.
    Shoppers,
}

/// What is limited.
#[derive(Debug, Clone, PartialEq)]
pub enum Figure {
    /// The response time that this share (0 to 1) of all steps does not exceed.
    Latency(f64),
    /// The share of steps that fail.
    Errors,
    /// A capacity.
    Capacity(Load, LoadUnit),
    /// CPU time of all components for a session.
    CpuPerSession,
    /// CPU time of all components for a request.
    CpuPerRequest,
    /// For how long a fault fails visitors.
    Outage(Fault),
    /// How much service a fault costs.
    LostService(Fault),
    /// For how long a deployment fails visitors.
    Downtime(Deploy),
    /// Orders that were acknowledged and are gone.
    OrdersLost,
    /// Orders that are there twice.
    OrdersDuplicated,
}

/// What has to be measured before a limit can be judged.
#[derive(Debug, Clone, PartialEq)]
pub enum Need {
    /// A load that is held.
    Held,
    /// A search for capacity.
    Search,
    /// This fault.
    Fault(Fault),
    /// This deployment.
    Deploy(Deploy),
    /// Any fault or deployment: only those keep books of orders.
    Orders,
}

/// What a bound is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Against {
    /// A figure.
    Itself,
    /// A share of what the baseline has.
    Baseline,
}

/// One limit.
#[derive(Debug, Clone, PartialEq)]
pub struct Limit {
    /// As it is written.
    pub text: String,
    /// What is limited.
    pub figure: Figure,
    /// The bound: seconds, a share, a rate per second, shoppers, or a count.
    pub bound: f64,
    /// What the bound is.
    pub against: Against,
    /// The step that it is about; all together if absent.
    pub step: Option<String>,
    /// It must hold in every window of this length; absent: over the whole measurement.
    pub over: Option<Seconds>,
}

impl Limit {
    /// What has to be measured for it.
    #[must_use]
    pub fn need(&self) -> Need {
        match &self.figure {
            Figure::Latency(_) | Figure::Errors | Figure::CpuPerSession | Figure::CpuPerRequest => Need::Held,
            Figure::Capacity(..) => Need::Search,
            Figure::Outage(fault) | Figure::LostService(fault) => Need::Fault(fault.clone()),
            Figure::Downtime(deploy) => Need::Deploy(*deploy),
            Figure::OrdersLost | Figure::OrdersDuplicated => Need::Orders,
        }
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// How a bound ends that is a share of what the baseline has.
const OF_BASELINE: &str = "of baseline";

/// The comparison that a figure can be broken by.
fn comparison(figure: &Figure) -> &'static str {
    match figure {
        Figure::Capacity(..) => ">",
        Figure::OrdersLost | Figure::OrdersDuplicated => "==",
        _ => "<",
    }
}

impl FromStr for Limit {
    type Err = LimitError;
    fn from_str(text: &str) -> Result<Self, LimitError> {
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let at = text.find(['<', '>', '=']).ok_or_else(|| LimitError::Malformed(text.clone()))?;
        let (name, rest) = (text[..at].trim(), &text[at..]);
        let written = &rest[..rest.find(|c| !matches!(c, '<' | '>' | '=')).unwrap_or(rest.len())];
        let part = |problem: String| LimitError::Part { text: text.clone(), problem };
        let (rest, over) = split_off(&rest[written.len()..], " over ");
        let (bound, step) = split_off(rest, " for ");
        let written_bound = bound.trim();
        let bound = written_bound;
        let figure = figure(name, bound).map_err(|problem| match problem {
            Some(problem) => part(problem),
            None => LimitError::Figure { name: name.to_owned() },
        })?;
        let wanted = comparison(&figure);
        if written != wanted && !(wanted != "==" && written == format!("{wanted}=")) {
            return Err(LimitError::Comparison { text: text.clone(), figure: name.to_owned(), comparison: wanted });
        }
        let bound = value(&figure, bound).map_err(part)?;
        let by_step = matches!(figure, Figure::Latency(_) | Figure::Errors);
        if (step.is_some() || over.is_some()) && !by_step {
            return Err(part("`for` and `over` go with percentiles and errors only".into()));
        }
        if step.is_some() && over.is_some() {
            return Err(part("a window is over all steps together: leave out `for` or `over`".into()));
        }
        if step.is_some_and(|s| s.is_empty() || s.contains(' ')) {
            return Err(part("after `for` comes the name of one step".into()));
        }
        let over = over.map(|o| o.parse::<Seconds>().map_err(|e| part(e.to_string()))).transpose()?;
        if over.is_some_and(|o| !(2.0..=3600.0).contains(&o.0) || o.0.fract() != 0.0) {
            return Err(part("a window may be from 2s to 1h, in whole seconds".into()));
        }
        let step = step.map(str::to_owned);
        let against = if written_bound.ends_with(OF_BASELINE) { Against::Baseline } else { Against::Itself };
        Ok(Self { figure, bound, against, step, over, text: text.clone() })
    }
}

/// `rest` before and after `word`.
fn split_off<'a>(rest: &'a str, word: &str) -> (&'a str, Option<&'a str>) {
    rest.split_once(word).map_or((rest, None), |(before, after)| (before, Some(after.trim())))
}

/// The figure of that name; the bound tells the unit of a capacity. Nothing where there is none of that name.
fn figure(name: &str, bound: &str) -> Result<Figure, Option<String>> {
    if let Some((what, of)) = name.strip_suffix(')').and_then(|n| n.split_once('(')) {
        return of_something(what.trim(), of.trim());
    }
    let percentile = name.strip_prefix('p').and_then(|p| p.parse::<f64>().ok());
    match (name, percentile) {
        (_, Some(p)) if (50.0..=99.9).contains(&p) => Ok(Figure::Latency(p / 100.0)),
        (_, Some(_)) => Err(Some(format!("`{name}` is out of range: percentiles are from p50 to p99.9"))),
        ("errors", _) => Ok(Figure::Errors),
        ("sustainable", _) => Ok(Figure::Capacity(Load::Sustainable, unit(bound)?)),
        ("saturation", _) => Ok(Figure::Capacity(Load::Saturation, unit(bound)?)),
        ("cpu_ms_per_session", _) => Ok(Figure::CpuPerSession),
        ("cpu_ms_per_request", _) => Ok(Figure::CpuPerRequest),
        ("orders_lost", _) => Ok(Figure::OrdersLost),
        ("orders_duplicated", _) => Ok(Figure::OrdersDuplicated),
        _ => Err(None),
    }
}

fn of_something(what: &str, of: &str) -> Result<Figure, Option<String>> {
    let fault = || -> Result<Fault, Option<String>> {
        let (component, kind) =
            of.split_once('.').ok_or_else(|| Some(format!("`{of}` is not a fault; write it like `nginx.kill`")))?;
        format!("{kind} {component}").parse().map_err(|e: redline_model::FaultError| Some(e.to_string()))
    };
    match what {
        "outage" => fault().map(Figure::Outage),
        "lost_service" => fault().map(Figure::LostService),
        "downtime" => of.parse().map(Figure::Downtime).map_err(|e: redline_model::DeployError| Some(e.to_string())),
        _ => Err(None),
    }
}

fn unit(bound: &str) -> Result<LoadUnit, Option<String>> {
    if bound.ends_with(OF_BASELINE) {
        return Ok(LoadUnit::Requests);
    }
    let unit = bound.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | '_' | ' '));
    match unit {
        "sessions/s" | "session/s" => Ok(LoadUnit::Sessions),
        "requests/s" | "request/s" => Ok(LoadUnit::Requests),
        "orders/s" | "order/s" => Ok(LoadUnit::Orders),
        "shoppers" => Ok(LoadUnit::Shoppers),
        _ => Err(Some(format!(
            "`{bound}` is not a load; write it like `50 sessions/s`, `1500 requests/s`, `10 orders/s`, `200 shoppers` or `95% of baseline`"
        ))),
    }
}

/// The bound in the figure's unit.
fn value(figure: &Figure, bound: &str) -> Result<f64, String> {
    let number = |text: &str| {
        let n = text.trim().replace('_', "").parse::<f64>().ok().filter(|n| n.is_finite() && *n >= 0.0);
        n.ok_or_else(|| format!("`{text}` is not a number"))
    };
    let positive = |n: f64| if n > 0.0 { Ok(n) } else { Err("a bound of zero can never be kept".to_owned()) };
    match figure {
        Figure::Latency(_) | Figure::Outage(_) | Figure::LostService(_) | Figure::Downtime(_) => {
            positive(bound.parse::<Seconds>().map_err(|e| e.to_string())?.0)
        }
        Figure::Errors => positive(bound.parse::<Share>().map_err(|e| e.to_string())?.0),
        Figure::Capacity(..) if bound.ends_with(OF_BASELINE) => {
            let share = bound.trim_end_matches(OF_BASELINE).trim();
            positive(share.parse::<Share>().map_err(|e| e.to_string())?.0)
        }
        Figure::Capacity(..) => {
            let end = bound.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '_'))).unwrap_or(bound.len());
            positive(number(&bound[..end])?)
        }
        Figure::CpuPerSession | Figure::CpuPerRequest => Ok(positive(number(bound)?)? / 1e3),
        Figure::OrdersLost | Figure::OrdersDuplicated => match number(bound)? {
            n if n == 0.0 => Ok(n),
            _ => Err("only `== 0` makes sense: no order may be lost, and none be there twice".to_owned()),
        },
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn read(text: &str) -> Limit {
        text.parse().unwrap_or_else(|e| panic!("{text}: {e}"))
    }

    #[test]
    fn limits_are_read_as_people_write_them() {
        let p95 = read("p95 < 300ms for checkout");
        assert_eq!((p95.figure, p95.bound, p95.step.as_deref()), (Figure::Latency(0.95), 0.3, Some("checkout")));
        let window = read("p99<1s over 10s");
        assert_eq!((window.bound, window.over), (1.0, Some(Seconds(10.0))));
        assert_eq!(read("errors < 0.1%").bound, 0.001);
        let load = read("sustainable >= 1_500 requests/s");
        assert_eq!((load.figure, load.bound), (Figure::Capacity(Load::Sustainable, LoadUnit::Requests), 1500.0));
        let relative = read("saturation > 95% of baseline");
        assert_eq!((relative.bound, relative.against), (0.95, Against::Baseline));
        assert_eq!(read("cpu_ms_per_session < 40").bound, 0.04);
        let outage = read("outage(nginx.kill)  <  8s");
        assert_eq!(
            (outage.need(), outage.text.as_str()),
            (Need::Fault("kill nginx".parse().unwrap()), "outage(nginx.kill) < 8s")
        );
        assert_eq!(read("downtime(reload) < 100ms").need(), Need::Deploy("reload".parse().unwrap()));
        assert_eq!(read("orders_lost == 0").need(), Need::Orders);
    }

    #[rstest]
    #[case("p95 300ms", "not a limit")]
    #[case("p95 > 300ms", "p95 <")]
    #[case("p30 < 1s", "p50 to p99.9")]
    #[case("p95 < 300", "300")]
    #[case("p95 < 0ms", "zero")]
    #[case("p95 < 1s for ", "1s for")]
    #[case("p95 < 1s for the cart", "name of one step")]
    #[case("p95 < 1s over 0.5s", "whole seconds")]
    #[case("p95 < 1s for cart over 10s", "leave out")]
    #[case("latency < 1s", "there are p50")]
    #[case("sustainable > 50", "50 sessions/s")]
    #[case("sustainable < 50 sessions/s", "sustainable >")]
    #[case("sustainable > 50 sessions/s over 10s", "percentiles and errors only")]
    #[case("cpu_ms_per_session < much", "not a number")]
    #[case("outage(nginx) < 8s", "nginx.kill")]
    #[case("outage(nginx.melt) < 8s", "melt")]
    #[case("outage(My SQL.kill) < 8s", "My SQL")]
    #[case("orders_lost == 3", "== 0")]
    #[case("orders_lost < 1", "orders_lost ==")]
    #[case("errors < 200%", "200%")]
    fn nonsense_is_refused_with_a_hint(#[case] text: &str, #[case] hint: &str) {
        let told = text.parse::<Limit>().unwrap_err().to_string();
        assert!(told.contains(hint), "{told}");
    }
}
