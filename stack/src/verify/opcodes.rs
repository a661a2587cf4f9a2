//! The opcode cache really holds the shop. A setting that is on says nothing: PHP silently keeps no script whose file has
//! the time zero, and a stack that compiles each page anew carries a third less.

use super::{Steps, wrong};
use crate::{Stack, StackError, fastcgi, topology::ComponentKind};

/// In the PHP image; says how many scripts of the shop are cached.
const SCRIPT: &str = "/usr/share/redline/cached.php";
const STEP: &str = "opcode cache";

/// Each PHP-FPM that is set to cache, after all types of pages were asked for.
pub(super) async fn verify(stack: &Stack, steps: &Steps<'_>) -> Result<(), StackError> {
    let caching =
        |m: &&crate::member::Member| m.kind == ComponentKind::Php && m.env.get("OPCACHE").is_some_and(|set| set == "1");
    let mut found = Vec::new();
    for member in stack.members.iter().filter(caching) {
        let said = fastcgi::get(member.service, SCRIPT, "").await.unwrap_or_default();
        // An image that is not ours, or of an older revision, has no such script: then it is not known.
        if let Ok(scripts) = said.trim().parse::<u32>() {
            found.push((member.title(), scripts));
        }
    }
    // Behind a balancer one of several may not have been asked for a page yet.
    if !found.is_empty() && found.iter().all(|(_, scripts)| *scripts == 0) {
        let names: Vec<&str> = found.iter().map(|(name, _)| name.as_str()).collect();
        return Err(wrong(STEP, format!("{} is set to cache and holds no script of the shop", names.join(" and "))));
    }
    for (name, scripts) in found.iter().filter(|(_, scripts)| *scripts > 0) {
        steps.passed(&format!("{name} has {scripts} scripts of the shop in its opcode cache"));
    }
    Ok(())
}
