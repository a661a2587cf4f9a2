//! The plan: what is needed, what carries it, what is the cheapest.

use redline_model::{Basis, Rate, SizedStack, Sizing, Traffic};

use super::page::Layout;
use crate::figure::figure;

/// The page of a plan.
#[must_use]
pub fn sizing(plan: &Sizing, layout: Layout) -> String {
    let head = ["stack", "servers", "application", "at worst", "sessions/s", "cost", "extrapolated"];
    let rows = plan.stacks.iter().map(|s| row(plan, s)).collect();
    let mut lines = vec![
        layout.heading(&format!("redline · plan for {}", plan.scenario)),
        layout.prose("  ", &demanded(plan)),
        String::new(),
        layout.table(&head, rows),
    ];
    lines.push(layout.prose(
        "  ",
        "“Application”: how many of the servers run the shop; “at worst”: if the capacity is the low end of its 95 % interval. Sessions/s: what so many carry within the promise, with nothing kept free. “Extrapolated”: the load ÷ the highest that was measured. Servers are of the size that was measured.",
    ));
    lines.push(String::new());
    lines.extend(plan.stacks.iter().map(|s| layout.prose("  • ", &told(s))));
    lines.push(String::new());
    lines.push(match &plan.cheapest {
        Some(name) => {
            let by = if plan.prices.is_some() { "price" } else { "cores, because no prices were given" };
            layout.good(&layout.prose("  ", &format!("The cheapest that carries it is {name} (by {by}).")))
        }
        None => layout.bad("  None of the stacks carries it."),
    });
    lines.join("\n") + "\n"
}

fn demanded(plan: &Sizing) -> String {
    let d = &plan.demanded;
    let traffic = match d.traffic {
        Traffic::Sessions(rate) => format!("{} sessions/s", figure(rate.0)),
        Traffic::Requests(rate) => format!("{} requests/s", figure(rate.0)),
        Traffic::Users(users) => {
            format!("{} shoppers at once (closed model, with the scenario's think times)", figure(users))
        }
    };
    let growth = if d.growth == 1.0 { String::new() } else { format!(", times {} for growth", figure(d.growth)) };
    let survive = match d.survive {
        0 => String::new(),
        1 => "; one application server may be lost".to_owned(),
        n => format!("; {n} application servers may be lost"),
    };
    let needed = plan.stacks.first().map_or_else(String::new, |s| figure(s.needed.0));
    format!(
        "To be carried: {traffic}{growth}, that is {needed} sessions/s; {} of the sustainable load stay free{survive}.",
        d.headroom
    )
}

fn row(plan: &Sizing, s: &SizedStack) -> Vec<String> {
    let none = || "–".to_owned();
    let count = |n: Option<u32>| n.map_or_else(|| "not at all".to_owned(), |n| n.to_string());
    let price = s.price.zip(plan.prices.as_ref());
    vec![
        s.name.clone(),
        count(s.servers),
        s.application_servers.map_or_else(none, |n| n.to_string()),
        count(s.at_worst),
        s.sustainable.map_or_else(none, |r| figure(r.0)),
        price.map_or_else(none, |(price, prices)| format!("{} {}/{}", figure(price), prices.currency, prices.per)),
        if s.extrapolated <= 1.0 { "no".to_owned() } else { format!("× {}", figure(s.extrapolated)) },
    ]
}

/// What limits it, why it does not do, what to know.
fn told(s: &SizedStack) -> String {
    let basis = match s.basis {
        Basis::Measured => "measured",
        Basis::Predicted => "predicted, not measured",
    };
    let each = s
        .each
        .map_or(String::new(), |r| format!(" One application server completes {} sessions/s at most.", figure(r.0)));
    let shared = s.shared.as_ref().map_or(String::new(), |(what, limit): &(String, Rate)| {
        format!(" Shared: {what} lets {} sessions/s through, whatever their number.", figure(limit.0))
    });
    let why_not = s.why_not.as_ref().map_or(String::new(), |why| format!(" It does not do: {why}."));
    let beyond = if s.extrapolated > 1.0 {
        format!(
            " The load is {} × the highest that was measured; nothing beyond that was tried.",
            figure(s.extrapolated)
        )
    } else {
        String::new()
    };
    let notes = s.notes.iter().map(|n| format!(" {n}")).collect::<String>();
    format!("{} ({basis}, {}):{each}{shared}{why_not}{beyond}{notes}", s.name, s.run)
}
