//! `redline list`: scenarios and topologies, and what each does.

use redline_stack::topology;

use crate::exit::{Ended, Failure};

/// Prints both lists.
pub(crate) fn show() -> Result<Ended, Failure> {
    let mut text = String::from("Scenarios (redline scenario NAME):\n");
    for scenario in redline_load::all() {
        let journeys: Vec<String> =
            scenario.journeys().iter().map(|j| format!("{} ×{}", j.name(), j.weight())).collect();
        text += &format!("  {:<10} {}\n", scenario.name(), scenario.about());
        text += &format!("  {:<10} journeys: {}; promise: {}\n", "", journeys.join(", "), scenario.slo().join(", "));
    }
    text += "\nTopologies (--topology NAME):\n";
    for topology in topology::all().map_err(Failure::usage)? {
        text += &format!("  {:<10} {}\n", topology.name, topology.description);
    }
    for model in redline_model_server::all()? {
        text += &format!("  {:<10} {}\n", model.name, model.description);
    }
    crate::print(&text)
}
