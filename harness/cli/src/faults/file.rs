//! A file of faults: `at = ["50%"]` and a `[[fault]]` table for each with `kind`, `component` and `for`.

use std::path::Path;

use redline_model::{Fault, Seconds, Share};
use serde::Deserialize;

use super::{At, Item, PlannedFault, PlannedOverload, check::length, overload};
use crate::exit::Failure;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    at: Vec<String>,
    fault: Vec<FaultTable>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct FaultTable {
    kind: String,
    component: Option<String>,
    r#for: Option<String>,
    times: Option<f64>,
}

/// Reads and checks such a file; faults without `for` last as long as `usual`.
pub(super) fn read(file: &Path, usual: Seconds) -> Result<(Vec<Item>, Vec<At>), Failure> {
    let wrong = |problem: String| Failure::usage(format!("{}: {problem}", file.display()));
    let text = std::fs::read_to_string(file).map_err(|e| wrong(format!("it cannot be read ({e})")))?;
    parse(&text, usual).map_err(wrong)
}

fn parse(text: &str, usual: Seconds) -> Result<(Vec<Item>, Vec<At>), String> {
    let written: File = toml::from_str(text).map_err(|error| {
        let before = error.span().and_then(|span| text.get(..span.start));
        let line = before.map_or(1, |before| before.matches('\n').count() + 1);
        format!("line {line}: {}", error.message().lines().collect::<Vec<_>>().join(" "))
    })?;
    if written.fault.is_empty() {
        return Err("there is no [[fault]] in it".to_owned());
    }
    let one = |(number, table)| item(table, usual).map_err(|problem| format!("fault {}: {problem}", number + 1));
    let items = written.fault.into_iter().enumerate().map(one).collect::<Result<Vec<_>, String>>()?;
    let loads = written.at.iter().map(|at| at.parse()).collect::<Result<Vec<At>, String>>()?;
    let loads = if loads.is_empty() { vec![At::Sustainable(Share(0.8))] } else { loads };
    Ok((items, loads))
}

fn item(table: FaultTable, usual: Seconds) -> Result<Item, String> {
    let lasts = match table.r#for {
        None => usual,
        Some(text) => text.parse().map_err(|e: redline_model::UnitError| e.to_string())?,
    };
    let lasts = length(Some(lasts)).map_err(|e| e.to_string().replace("--for", "for ="))?;
    if table.kind == overload::NAME {
        if table.component.is_some() {
            return Err("an overload has no component: leave it out".to_owned());
        }
        let times = overload::times(table.times.ok_or("an overload needs `times`, like 2.0")?)?;
        return Ok(Item::Overload(PlannedOverload { times, lasts }));
    }
    if table.times.is_some() {
        return Err("only an overload has `times`".to_owned());
    }
    let component = table.component.ok_or("it needs a component")?;
    let fault = Fault::named(&table.kind, &component).map_err(|e| e.to_string())?;
    Ok(Item::Fault(PlannedFault { fault, lasts }))
}

#[cfg(test)]
mod tests {
    use super::*;

    const USUAL: Seconds = Seconds(5.0);

    #[test]
    fn a_file_says_what_to_break_and_where_it_is_wrong() {
        let text = "at = [\"50%\"]\n[[fault]]\nkind = \"kill\"\ncomponent = \"mysql\"\nfor = \"2s\"\n[[fault]]\nkind = \"overload\"\ntimes = 2\n";
        let (items, loads) = parse(text, USUAL).unwrap();
        let fault = Fault::named("kill", "mysql").unwrap();
        assert_eq!(items[0], Item::Fault(PlannedFault { fault, lasts: Seconds(2.0) }));
        assert_eq!(items[1], Item::Overload(PlannedOverload { times: 2.0, lasts: USUAL }));
        assert_eq!(loads[0], At::Sustainable(Share(0.5)));
        for (wrong, named) in [
            ("[[fault]]\nkind = \"kill\"\ncomponent = \"mysql\"\nlength = \"2s\"\n", "line 4"),
            ("[[fault]]\nkind = \"melt\"\ncomponent = \"mysql\"\n", "fault 1: there is no fault `melt`"),
            ("[[fault]]\nkind = \"kill\"\ncomponent = \"My SQL\"\n", "My SQL"),
            ("[[fault]]\nkind = \"kill\"\n", "needs a component"),
            ("[[fault]]\nkind = \"kill\"\ncomponent = \"mysql\"\nfor = \"soon\"\n", "soon"),
            ("[[fault]]\nkind = \"kill\"\ncomponent = \"mysql\"\ntimes = 2\n", "only an overload"),
            ("[[fault]]\nkind = \"overload\"\n", "needs `times`"),
            ("[[fault]]\nkind = \"overload\"\ntimes = 900\n", "out of range"),
            ("fault = []\n", "no [[fault]]"),
        ] {
            let error = parse(wrong, USUAL).unwrap_err();
            assert!(error.contains(named), "{error}");
        }
    }
}
