//! `redline clean`: removes whatever carries redline's label.

use std::path::PathBuf;

use redline_stack::CleanImages;

use crate::exit::{Ended, Failure};

/// Removes it and tells what it was.
pub(crate) async fn remove(images: bool, runs: PathBuf) -> Result<Ended, Failure> {
    let unfinished = redline_reports::remove_unfinished(&runs);
    let images = if images { CleanImages::Remove } else { CleanImages::Keep };
    let cleaned = redline_stack::clean(images).await?;
    let mut text = String::new();
    for (what, names) in [
        ("container", &cleaned.containers),
        ("network", &cleaned.networks),
        ("volume", &cleaned.volumes),
        ("image", &cleaned.images),
    ] {
        for name in names {
            text += &format!("removed {what} {name}\n");
        }
    }
    for name in &unfinished {
        text += &format!("removed what the killed run {name} left in {}\n", runs.display());
    }
    if cleaned.count() + unfinished.len() == 0 {
        text += "nothing of redline's is left on this machine\n";
    }
    crate::print(&text)
}
