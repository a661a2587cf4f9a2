//! `redline plan`: how many servers of which stack carry a traffic.

use std::path::Path;

use redline_analysis::size;
use redline_model::{Demanded, Prices, Rate, RunReport, Traffic};
use redline_reports::{find, load, sizing};

use crate::{
    args::PlanArgs,
    exit::{Ended, Failure},
    report,
};

/// Reads the runs, plans, prints.
pub(crate) fn plan(args: &PlanArgs) -> Result<Ended, Failure> {
    let demanded = demanded(args)?;
    let prices = args.prices.as_deref().map(prices).transpose()?;
    let read = |run: &String| {
        let document = find(run, &args.out).map_err(Failure::usage)?;
        load(&document).map_err(Failure::usage)
    };
    let runs: Vec<RunReport> = args.runs.iter().map(read).collect::<Result<_, Failure>>()?;
    let plan = size(&runs, demanded, prices).map_err(Failure::usage)?;
    if args.json {
        let text = serde_json::to_string_pretty(&plan).map_err(anyhow::Error::from)?;
        return crate::print(&(text + "\n"));
    }
    crate::print(&sizing(&plan, report::layout()))
}

fn demanded(args: &PlanArgs) -> Result<Demanded, Failure> {
    let positive = |value: f64, flag: &str| {
        let sane = value.is_finite() && value > 0.0 && value < 1e12;
        if sane {
            Ok(value)
        } else {
            Err(Failure::usage(format!("{flag} {value} is out of range: it must be above 0")))
        }
    };
    let traffic = match (args.sessions_per_hour, args.users, args.requests) {
        (Some(sessions), ..) => Traffic::Sessions(Rate(positive(sessions, "--sessions-per-hour")? / 3600.0)),
        (_, Some(users), _) => Traffic::Users(positive(users, "--users")?),
        (.., Some(rate)) => Traffic::Requests(rate),
        (None, None, None) => {
            return Err(Failure::usage("how much traffic? --sessions-per-hour, --users or --requests"));
        }
    };
    if !(0.1..=1000.0).contains(&args.growth) {
        return Err(Failure::usage(format!("--growth {} is out of range: it may be from 0.1 to 1000", args.growth)));
    }
    if args.headroom.0 > 0.9 {
        return Err(Failure::usage(format!("--headroom {} is out of range: 90% is the most", args.headroom)));
    }
    Ok(Demanded { traffic, growth: args.growth, headroom: args.headroom, survive: args.survive })
}

/// Reads a file like `currency = "EUR"`, `per = "month"`, `server = 5`, `core = 10`, `gib = 2`.
fn prices(file: &Path) -> Result<Prices, Failure> {
    let wrong = |problem: String| Failure::usage(format!("{}: {problem}", file.display()));
    let text = std::fs::read_to_string(file).map_err(|e| wrong(format!("it cannot be read ({e})")))?;
    let prices: Prices = toml::from_str(&text).map_err(|e| wrong(e.message().lines().collect::<Vec<_>>().join(" ")))?;
    let all = [("server", prices.server), ("core", prices.core), ("gib", prices.gib)];
    if let Some((key, price)) = all.into_iter().find(|(_, price)| !price.is_finite() || *price < 0.0) {
        return Err(wrong(format!("`{key}` is {price}; a price is 0 or more")));
    }
    if all.iter().all(|(_, price)| *price == 0.0) {
        return Err(wrong("it has no price: give `server`, `core` or `gib`".to_owned()));
    }
    Ok(prices)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_prices_is_read_and_a_wrong_one_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("prices.toml");
        let read = |text: &str| {
            std::fs::write(&file, text).unwrap();
            prices(&file)
        };
        let good = read("currency = \"EUR\"\nper = \"month\"\nserver = 5\ncore = 10\n").unwrap();
        assert!((good.of(3, 4.0, redline_model::Bytes(1 << 30)) - 55.0).abs() < 1e-9);
        for (text, hint) in [
            ("currency = \"EUR\"\nper = \"month\"\ncpu = 1\n", "cpu"),
            ("currency = \"EUR\"\nper = \"month\"\n", "no price"),
            ("currency = \"EUR\"\nper = \"month\"\ncore = -1\n", "core"),
            ("per = \"month\"\n", "currency"),
        ] {
            let told = read(text).unwrap_err().to_string();
            assert!(told.contains("prices.toml: ") && told.contains(hint), "{told}");
        }
    }
}
