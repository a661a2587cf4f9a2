//! `redline doctor`: what is missing or unfit here, and how to mend it.

use redline_stack::{FindingState, doctor};

use crate::exit::{Ended, Failure};

/// Examines the machine; not ready if anything is missing.
pub(crate) async fn examine() -> Result<Ended, Failure> {
    let findings = doctor().await;
    let mut text = String::new();
    for finding in &findings {
        let mark = match finding.state {
            FindingState::Ok => "ok  ",
            FindingState::Warn => "warn",
            FindingState::Fail => "FAIL",
        };
        text += &format!("{mark}  {:<13} {}\n", finding.name, finding.what);
        if !finding.mend.is_empty() {
            text += &format!("{:19} → {}\n", "", finding.mend);
        }
    }
    let unfit = findings.iter().any(|f| f.state == FindingState::Fail);
    text += if unfit { "\nThis machine is not ready.\n" } else { "\nThis machine is ready.\n" };
    crate::print(&text)?;
    Ok(if unfit { Ended::NotReady } else { Ended::Fine })
}
