//! The folder for what may be thrown away: locks, a copy of mmdebstrap.

use std::path::PathBuf;

use crate::StackError;

/// `$XDG_CACHE_HOME/redline`, else `~/.cache/redline`, else a folder for temporary files; it exists.
pub(crate) fn folder() -> Result<PathBuf, StackError> {
    let of = |variable: &str| std::env::var_os(variable).filter(|value| !value.is_empty()).map(PathBuf::from);
    let parent = of("XDG_CACHE_HOME").or_else(|| of("HOME").map(|home| home.join(".cache")));
    let folder = parent.unwrap_or_else(std::env::temp_dir).join("redline");
    std::fs::create_dir_all(&folder).map_err(StackError::io(&folder, "creating the cache folder"))?;
    Ok(folder)
}
