//! The folder of baselines: one file for each scenario, topology and class of machine.

use std::path::{Path, PathBuf};

use redline_model::{BASELINE_SCHEMA_VERSION, Baseline};

use crate::exit::Failure;

/// Where the baseline of a class of machine is kept.
pub(crate) fn path(folder: &Path, scenario: &str, topology: &str, class: &str) -> PathBuf {
    folder.join(format!("{}.{}.{}.json", slug(scenario), slug(topology), slug(class)))
}

/// The baseline for this class of machine. One for another class is not used: its figures say nothing here.
pub(crate) fn read(folder: &Path, scenario: &str, topology: &str, class: &str) -> Result<Baseline, Failure> {
    let file = path(folder, scenario, topology, class);
    let Ok(text) = std::fs::read_to_string(&file) else {
        return Err(Failure::usage(absent(folder, scenario, topology, class)));
    };
    let wrong = |problem: String| Failure::usage(format!("{}: {problem}", file.display()));
    let baseline: Baseline = serde_json::from_str(&text).map_err(|e| wrong(e.to_string()))?;
    if baseline.schema_version != BASELINE_SCHEMA_VERSION {
        return Err(wrong(format!(
            "it has schema version {}, and this redline reads {BASELINE_SCHEMA_VERSION}",
            baseline.schema_version
        )));
    }
    if baseline.machine_class != class {
        return Err(wrong(format!("it holds for another class of machine ({})", baseline.machine_class)));
    }
    Ok(baseline)
}

fn absent(folder: &Path, scenario: &str, topology: &str, class: &str) -> String {
    let begin = format!("{}.{}.", slug(scenario), slug(topology));
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let others = entries.filter(|e| e.file_name().to_string_lossy().starts_with(&begin)).count();
    let other = match others {
        0 => String::new(),
        n => format!("; {n} of other classes are there, and a baseline of another class is not used"),
    };
    format!(
        "there is no baseline of {scenario} on {topology} for this class of machine ({class}) in {}{other}; make one here with `redline scenario {scenario} --topology {topology}` and `redline baseline`",
        folder.display()
    )
}

fn slug(text: &str) -> String {
    let plain: String =
        text.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).collect();
    plain.split('-').filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn baseline(class: &str) -> Baseline {
        Baseline {
            schema_version: BASELINE_SCHEMA_VERSION,
            machine_class: class.into(),
            scenario: "checkout".into(),
            topology: "single".into(),
            run: "run".into(),
            started: String::new(),
            saturation: None,
            saturation_adjusted: None,
            sustainable: None,
        }
    }

    #[test]
    fn a_baseline_of_another_class_is_refused_and_said_to_be_there() {
        let folder = tempfile::tempdir().unwrap();
        let class = "Fast CPU @ 2 GHz, 8 CPUs, 32 GiB";
        let file = path(folder.path(), "checkout", "single", class);
        std::fs::write(&file, serde_json::to_string(&baseline(class)).unwrap()).unwrap();
        assert_eq!(read(folder.path(), "checkout", "single", class).unwrap().machine_class, class);
        let told = read(folder.path(), "checkout", "single", "Slow CPU, 2 CPUs, 4 GiB").unwrap_err().to_string();
        assert!(told.contains("1 of other classes are there") && told.contains("redline baseline"), "{told}");
        // A file that was renamed to pass for this class is found out.
        let other = path(folder.path(), "checkout", "single", "Slow CPU, 2 CPUs, 4 GiB");
        std::fs::rename(&file, &other).unwrap();
        let told = read(folder.path(), "checkout", "single", "Slow CPU, 2 CPUs, 4 GiB").unwrap_err().to_string();
        assert!(told.contains("another class"), "{told}");
    }
}
