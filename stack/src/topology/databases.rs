//! How many databases there may be, and which is what: one alone, or a primary with a replica that can take its place.

use super::{At, ComponentKind, DatabaseRole, MysqlEngine, MysqlSettings, Settings, Topology, TopologyError};

/// One database has no role; of two one is the primary and one its replica, and both are MySQL.
pub(super) fn check(topology: &Topology) -> Result<(), TopologyError> {
    let all: Vec<(&str, &MysqlSettings)> = topology
        .components()
        .filter_map(|(server, component)| match &component.settings {
            Settings::Mysql(settings) => Some((server.name.as_str(), settings)),
            _ => None,
        })
        .collect();
    let wrong = |server: &str, key: &str, problem: String| {
        Err(TopologyError::wrong(&topology.file, format!("server.{server}.mysql.{key}"), problem))
    };
    if let [(server, settings)] = all.as_slice() {
        return match settings.role {
            None => Ok(()),
            Some(role) => wrong(server, "role", format!("a {role} is one of two databases, and this is the only one")),
        };
    }
    for (server, settings) in &all {
        if settings.role.is_none() {
            let problem =
                "several servers have a database; say of each whether it is the \"primary\" or the \"replica\"";
            return wrong(server, "role", problem.into());
        }
        if settings.engine != MysqlEngine::Mysql {
            let problem = "the script that fails over knows MySQL's replication only; use \"mysql\"";
            return wrong(server, "engine", problem.into());
        }
    }
    for (role, does) in [(DatabaseRole::Primary, "take writes"), (DatabaseRole::Replica, "follow it")] {
        let having: Vec<&str> = all.iter().filter(|(_, s)| s.role == Some(role)).map(|(server, _)| *server).collect();
        match having.as_slice() {
            [_] => {}
            [] => {
                let server = all.first().map_or("", |(server, _)| *server);
                return wrong(server, "role", format!("there is no {role} among the databases; make one of them it"));
            }
            [.., last] => {
                return wrong(last, "role", format!("{} databases have this role; one can {does}", having.len()));
            }
        }
    }
    Ok(())
}

impl Topology {
    /// The databases, of two the primary first.
    pub(crate) fn databases(&self) -> Vec<At> {
        let mut all: Vec<At> = self.having(ComponentKind::Mysql).map(|place| (place, ComponentKind::Mysql)).collect();
        all.sort_by_key(|at| self.role_of(*at) == Some(DatabaseRole::Replica));
        all
    }
    /// Which of two databases it is, where it is one.
    pub(crate) fn role_of(&self, at: At) -> Option<DatabaseRole> {
        match &self.component(at)?.settings {
            Settings::Mysql(settings) => settings.role,
            _ => None,
        }
    }
    /// The place of the other database, where there are two.
    pub(crate) fn other_database(&self, place: usize) -> Option<usize> {
        self.having(ComponentKind::Mysql).find(|other| *other != place)
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use crate::topology::{ComponentKind, find, read};

    const REPLICATED: &str = include_str!("../../topologies/replicated.toml");
    const BALANCED: &str = include_str!("../../topologies/balanced.toml");

    #[rstest]
    #[case::two_primaries(
        REPLICATED,
        "role = \"replica\"",
        "role = \"primary\"",
        "2 databases have this role; one can take writes"
    )]
    #[case::two_replicas(REPLICATED, "role = \"primary\"", "role = \"replica\"", "there is no primary")]
    #[case::not_said(REPLICATED, "role = \"replica\"", "", "say of each whether it is")]
    #[case::alone(BALANCED, "engine = \"mysql\"", "role = \"replica\"", "a replica is one of two databases")]
    #[case::mariadb(REPLICATED, "engine = \"mysql\"", "engine = \"mariadb\"", "MySQL's replication only")]
    #[case::no_role(REPLICATED, "role = \"replica\"", "role = \"leader\"", "leader")]
    fn a_role_that_cannot_be_is_refused_in_one_sentence(
        #[case] file: &str,
        #[case] from: &str,
        #[case] to: &str,
        #[case] says: &str,
    ) {
        assert!(file.contains(from), "{from}");
        let sentence = read::topology("mine", "mine.toml", &file.replacen(from, to, 1)).unwrap_err().to_string();
        assert!(sentence.contains(says) && sentence.lines().count() == 1, "{sentence}");
    }

    #[test]
    fn in_replicated_everything_is_there_twice() {
        let replicated = find("replicated").unwrap();
        for kind in [
            ComponentKind::Dns,
            ComponentKind::Balancer,
            ComponentKind::Nginx,
            ComponentKind::Php,
            ComponentKind::Mysql,
        ] {
            assert_eq!(replicated.having(kind).count(), 2, "{kind}");
        }
        assert_eq!(replicated.entrances().len(), 2);
        assert!(replicated.cpus() <= 1.0 + 1e-9, "{}", replicated.cpus());
        let matrix = replicated.matrix_targets();
        assert!(matrix.contains(&"mysql@db1".to_string()) && matrix.contains(&"mysql@db2".to_string()), "{matrix:?}");
    }
}
