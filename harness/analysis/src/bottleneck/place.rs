//! Where a resource is: a component, one instance of it (`php@web1`), a server, or several servers that are alike
//! (`web1 and web2`).

/// What stands between the names of servers that are alike.
pub(super) const AND: &str = " and ";

/// The kind of a component, whichever instance it is.
pub(super) fn kind(component: &str) -> &str {
    component.split_once('@').map_or(component, |(kind, _)| kind)
}

/// Whether two names mean the same place, or one is a part of the other.
pub(super) fn overlap(a: &str, b: &str) -> bool {
    let meant = |a: &str, b: &str| a == b || kind(a) == b || a == kind(b);
    a.split(AND).any(|a| b.split(AND).any(|b| meant(a, b)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_at_the_place_of_the_whole() {
        assert!(overlap("php@web1", "php") && overlap("php", "php@web2"));
        assert!(!overlap("php@web1", "php@web2"));
        assert!(overlap("web1", "web1 and web2") && !overlap("db", "web1 and web2"));
    }
}
