//! From a real run of the one-server stack: one server's saturation throughput, split into what its components cost.

use redline_model::{
    Basis, Bytes, ComponentFingerprint, Demanded, Prices, Rate, RunReport, ServerFingerprint, Share, SizedStack,
    Traffic,
};

use super::{SizingError, size};

fn single() -> RunReport {
    serde_json::from_str(include_str!("../../../../reports/tests/fixtures/single.json")).unwrap()
}

fn demanded(sessions: f64) -> Demanded {
    Demanded { traffic: Traffic::Sessions(Rate(sessions)), growth: 1.0, headroom: Share(0.0), survive: 0 }
}

fn saturation(run: &RunReport) -> f64 {
    run.verdict.saturation.unwrap().sessions_per_second.estimate
}

fn kept(run: &RunReport) -> f64 {
    (run.verdict.sustainable.unwrap().sessions_per_second.estimate / saturation(run)).min(1.0)
}

fn of<'a>(stacks: &'a [SizedStack], name: &str) -> &'a SizedStack {
    stacks.iter().find(|s| s.name == name).unwrap()
}

/// The same run as if its components had been on servers of their own: `web` of them with nginx and php, which share
/// the work, one with the database. The throughput is such that the application servers are full.
fn apart(web: u32) -> RunReport {
    let mut run = single();
    let server = run.fingerprint.servers[0].clone();
    let with = |name: String, kinds: &[&str]| {
        let has = |c: &&ComponentFingerprint| kinds.contains(&c.component.as_str());
        let components = server.components.iter().filter(has).cloned().collect();
        ServerFingerprint { server: name, components, ..server.clone() }
    };
    let mut servers: Vec<ServerFingerprint> = (1..=web).map(|i| with(format!("web{i}"), &["nginx", "php"])).collect();
    servers.push(with("data".into(), &["mysql", "dns"]));
    run.fingerprint.servers = servers;
    run.fingerprint.topology = "apart".into();
    for trial in &mut run.trials {
        let whole = std::mem::take(&mut trial.components);
        for c in whole {
            if matches!(c.component.as_str(), "nginx" | "php") {
                // Full: the cores of nginx and php together are one each.
                let both = 0.79;
                for i in 1..=web {
                    let cpu = c.cpu.map(|cpu| cpu / both);
                    trial.components.push(redline_model::ComponentUsage {
                        server: format!("web{i}"),
                        cpu,
                        ..c.clone()
                    });
                }
            } else {
                let cpu = c.cpu.map(|cpu| cpu / 0.79 * f64::from(web));
                trial.components.push(redline_model::ComponentUsage { server: "data".into(), cpu, ..c.clone() });
            }
        }
    }
    run
}

#[test]
fn one_server_carries_what_it_carried_and_no_more() {
    let run = single();
    let carried = kept(&run) * saturation(&run);
    let enough = size(std::slice::from_ref(&run), demanded(0.9 * carried), None).unwrap();
    assert_eq!(of(&enough.stacks, "single").application_servers, Some(1));
    assert_eq!(enough.cheapest.as_deref(), Some("single"));
    let more = size(&[run], demanded(1.1 * carried), None).unwrap();
    let single = of(&more.stacks, "single");
    assert_eq!(single.application_servers, None);
    assert!(single.why_not.as_ref().unwrap().contains("it carries"), "{single:?}");
}

#[test]
fn more_application_servers_carry_more_until_the_database_is_full() {
    let run = single();
    let usage = run.trials.iter().rfind(|t| t.spec.purpose == redline_model::Purpose::Overdrive).unwrap();
    let cpu = |wanted: &[&str]| -> f64 {
        usage.components.iter().filter(|c| wanted.contains(&c.component.as_str())).filter_map(|c| c.cpu).sum()
    };
    let (web, database, all) =
        (cpu(&["nginx", "php"]), cpu(&["mysql"]), cpu(&["nginx", "php", "mysql", "dns"]).min(1.0));
    let plan = size(std::slice::from_ref(&run), demanded(1.0), None).unwrap();
    let predicted = of(&plan.stacks, "balanced, from single");
    assert_eq!(
        (predicted.basis, predicted.application_servers, predicted.servers),
        (Basis::Predicted, Some(1), Some(3))
    );
    let each = predicted.each.unwrap().0;
    assert!((each - saturation(&run) * all / web).abs() < 1e-9);
    let limit = predicted.shared.as_ref().unwrap().1.0;
    assert!((limit - saturation(&run) * all / database).abs() < 1e-9);
    // Two thirds of what the database lets through need several servers; more than it lets through cannot be had.
    let needs = |load: f64| {
        of(&size(std::slice::from_ref(&run), demanded(load), None).unwrap().stacks, "balanced, from single").clone()
    };
    let some = needs(0.66 * limit * kept(&run));
    assert_eq!(some.application_servers, Some((0.66 * limit / each).ceil() as u32));
    let none = needs(1.01 * limit * kept(&run));
    assert_eq!((none.application_servers, none.price), (None, None));
    assert!(none.why_not.unwrap().contains("the database lets"));
}

#[test]
fn a_stack_that_was_measured_apart_grows_by_its_own_figures() {
    let run = apart(2);
    let plan = size(std::slice::from_ref(&run), demanded(1.0), None).unwrap();
    let measured = of(&plan.stacks, "apart");
    assert_eq!((measured.basis, plan.stacks.len()), (Basis::Measured, 1));
    assert!((measured.each.unwrap().0 - saturation(&run) / 2.0).abs() < 0.02 * saturation(&run), "{measured:?}");
    let (what, limit) = measured.shared.clone().unwrap();
    assert_eq!(what, "data");
    assert!(limit.0 > 1.5 * saturation(&run), "{measured:?}");
}

#[test]
fn survivors_growth_and_headroom_cost_servers() {
    let run = apart(2);
    let each = saturation(&run) / 2.0 * kept(&run);
    let n = |demanded| {
        of(&size(std::slice::from_ref(&run), demanded, None).unwrap().stacks, "apart").application_servers.unwrap()
    };
    let base = demanded(0.9 * each);
    assert_eq!(n(base), 1);
    assert_eq!(n(Demanded { growth: 1.5, ..base }), 2);
    assert_eq!(n(Demanded { headroom: Share(0.3), ..base }), 2);
    assert_eq!(n(Demanded { survive: 1, ..base }), 2);
    let alone = size(&[single()], Demanded { survive: 1, ..demanded(1.0) }, None).unwrap();
    let why = of(&alone.stacks, "single").why_not.clone().unwrap();
    assert!(why.contains("no other"), "{why}");
}

#[test]
fn shoppers_are_the_sessions_that_they_start_while_they_think() {
    let run = single();
    let shoppers = run.verdict.sustainable.unwrap().shoppers.estimate;
    let users = Demanded { traffic: Traffic::Users(shoppers), ..demanded(1.0) };
    let plan = size(std::slice::from_ref(&run), users, None).unwrap();
    let sustainable = run.verdict.sustainable.unwrap().sessions_per_second.estimate;
    let needed = plan.stacks[0].needed.0;
    // Little's law by the report, and the same law the other way round; the shortest stay asks for a little more.
    assert!(needed >= 0.97 * sustainable && needed < 1.1 * sustainable, "{needed} for {sustainable}");
}

#[test]
fn the_cheapest_is_by_price_where_there_are_prices() {
    let run = single();
    let prices = |server| Prices { currency: "EUR".into(), per: "month".into(), server, core: 10.0, gib: 0.0 };
    let plan = size(std::slice::from_ref(&run), demanded(1.0), Some(prices(5.0))).unwrap();
    assert_eq!(of(&plan.stacks, "single").price, Some(15.0));
    assert_eq!(of(&plan.stacks, "balanced, from single").price, Some(45.0));
    assert_eq!(plan.cheapest.as_deref(), Some("single"));
    let all = prices(1.0).of(2, 0.4, Bytes(1 << 30));
    assert!((all - 6.0).abs() < 1e-9);
}

#[test]
fn runs_that_do_not_belong_together_are_refused() {
    let mut other = single();
    other.fingerprint.scenario = "browse".into();
    assert!(matches!(size(&[single(), other], demanded(1.0), None), Err(SizingError::Scenarios(_))));
    let mut invalid = single();
    invalid.verdict.sustainable = None;
    assert!(matches!(size(&[invalid], demanded(1.0), None), Err(SizingError::NoCapacity(..))));
}
