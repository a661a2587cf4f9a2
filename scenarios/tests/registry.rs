//! Every scenario is known, described and promises something that can be read.

use redline_model::Slo;
use redline_scenarios::{all, find};

#[test]
fn every_file_is_a_scenario_that_is_listed() {
    let names: Vec<_> = all().iter().map(|s| s.name()).collect();
    assert_eq!(names, ["browse", "buy", "checkout", "login", "search", "static", "url"]);
    assert!(find("calibration").is_some(), "hidden, but there");
    assert!(find("chekout").is_none());
}

#[test]
fn every_scenario_is_complete() {
    for scenario in all() {
        let name = scenario.name();
        assert!(Slo::parse(scenario.slo()).is_ok_and(|slo| !slo.0.is_empty()), "{name}");
        assert!(!scenario.about().is_empty() && !scenario.about().contains('\n'), "{name}");
        assert!(scenario.journeys().iter().any(|j| j.weight() > 0), "{name}");
    }
}

#[test]
fn a_tenth_of_the_shoppers_buy() {
    let journeys = find("checkout").expect("it is registered").journeys();
    let weight = |prefix| journeys.iter().filter(|j| j.name().starts_with(prefix)).map(|j| j.weight()).sum::<u32>();
    assert_eq!((weight("browse"), weight("abandon"), weight("buy")), (70, 20, 10));
}
