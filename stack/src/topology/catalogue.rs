//! The topologies that come with redline, and those of the user.

use std::path::Path;

use super::{Topology, TopologyError, read};
use crate::embedded::TOPOLOGIES;

/// All topologies that come with redline, by name.
///
/// # Errors
/// If one of the files that were built in is wrong; a test sees to it that none is.
pub fn all() -> Result<Vec<Topology>, TopologyError> {
    let mut found: Vec<_> = names().iter().map(|name| built_in(name)).collect::<Result<_, _>>()?;
    found.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(found)
}

/// The topology of that name, or the one in the file at that path.
///
/// # Errors
/// If there is neither, or the file is wrong: one sentence that names the file and the key.
pub fn find(name_or_path: &str) -> Result<Topology, TopologyError> {
    if names().iter().any(|name| name == name_or_path) {
        return built_in(name_or_path);
    }
    let path = Path::new(name_or_path);
    let looks_like_a_file = name_or_path.contains(std::path::MAIN_SEPARATOR) || name_or_path.ends_with(".toml");
    if !looks_like_a_file {
        return Err(TopologyError::Unknown { name: name_or_path.into(), known: names().join(", ") });
    }
    let text = std::fs::read_to_string(path)
        .map_err(|source| TopologyError::Unreadable { path: path.to_path_buf(), source })?;
    let name = path.file_stem().map_or_else(|| "topology".into(), |stem| stem.to_string_lossy().into_owned());
    read::topology(&name, name_or_path, &text)
}

fn names() -> Vec<String> {
    let mut names: Vec<_> = TOPOLOGIES
        .files()
        .filter(|file| file.path().extension().is_some_and(|ext| ext == "toml"))
        .filter_map(|file| file.path().file_stem().map(|stem| stem.to_string_lossy().into_owned()))
        .collect();
    names.sort();
    names
}

fn built_in(name: &str) -> Result<Topology, TopologyError> {
    let file = format!("{name}.toml");
    let text = TOPOLOGIES.get_file(&file).and_then(|file| file.contents_utf8()).unwrap_or_default();
    read::topology(name, &format!("stack/topologies/{file}"), text)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::topology::ComponentKind;

    const GOOD: &str = include_str!("../../topologies/single.toml");

    fn sentence_for(text: &str) -> String {
        let error = read::topology("mine", "mine.toml", text).unwrap_err().to_string();
        assert_eq!(error.lines().count(), 1, "{error}");
        assert!(error.starts_with("mine.toml: `"), "{error}");
        error
    }

    #[test]
    fn every_topology_that_comes_with_redline_is_right() {
        let single = find("single").unwrap();
        assert!(all().unwrap().contains(&single));
        let server = &single.servers[0];
        assert_eq!(server.components.iter().map(|c| c.memory.0).sum::<u64>(), server.memory.0);
        assert_eq!(single.images(), ["dns", "mysql", "nginx", "php"]);
    }

    #[rstest]
    #[case::unknown_key("max_children = 16", "max_childs = 16", "max_childs")]
    #[case::unknown_component("[server.php]", "[server.phpp]", "phpp")]
    #[case::wrong_type("max_children = 16", "max_children = \"many\"", "max_children")]
    #[case::nonsense_size("memory = \"2GiB\"", "memory = \"2GB\"", "server.memory")]
    #[case::negative("worker_processes = 1", "worker_processes = -1", "worker_processes")]
    #[case::zero_children("max_children = 16", "max_children = 0", "server.server.php.max_children")]
    #[case::hardly_a_core("cpus = 1 ", "cpus = 0.01", "server.server.cpus")]
    #[case::no_core("cpus = 1 ", "cpus = 0", "server.server.cpus")]
    #[case::too_much_memory("memory = \"2GiB\"", "memory = \"1GiB\"", "server.server.memory")]
    #[case::too_little_memory("memory = \"64MiB\"", "memory = \"4MiB\"", "server.server.")]
    #[case::bad_engine("engine = \"mysql\"", "engine = \"oracle\"", "engine")]
    #[case::bad_flush("flush_log_at_trx_commit = 1", "flush_log_at_trx_commit = 3", "flush_log_at_trx_commit")]
    #[case::big_pool("buffer_pool = \"384MiB\"", "buffer_pool = \"1GiB\"", "server.server.mysql.buffer_pool")]
    #[case::part_of_a_second("ttl = \"60s\"", "ttl = \"500ms\"", "server.server.dns.ttl")]
    #[case::bad_name("name = \"server\"", "name = \"My Server\"", "server.name")]
    #[case::dynamic("pm = \"static\"", "pm = \"dynamic\"\nstart_servers = 99", "start_servers")]
    #[case::half_a_read(
        "engine = \"mysql\"",
        "engine = \"mysql\"\nread_iops = \"0.5/s\"",
        "server.server.mysql.read_iops"
    )]
    #[case::half_a_write(
        "engine = \"mysql\"",
        "engine = \"mysql\"\nwrite_iops = \"7.5/s\"",
        "server.server.mysql.write_iops"
    )]
    #[case::a_link_like_a_thread(
        "worker_processes = 1",
        "worker_processes = 1\nbandwidth = \"1KiB\"",
        "server.server.nginx.bandwidth"
    )]
    #[case::no_toml("[[server]]", "[[server", "server")]
    #[case::no_name("name = \"server\"", "", "server")]
    fn a_wrong_file_is_refused_in_one_sentence(#[case] from: &str, #[case] to: &str, #[case] key: &str) {
        assert!(GOOD.contains(from), "{from}");
        let sentence = sentence_for(&GOOD.replacen(from, to, 1));
        assert!(sentence.contains(key), "{sentence}");
    }

    /// What only a topology of several servers can have wrong.
    #[rstest]
    #[case::unknown_server(
        "\"web1\", \"web2\"",
        "\"web1\", \"web3\"",
        "server.lb.balancer.to`: there is no server `web3`"
    )]
    #[case::no_web_server(
        "\"web1\", \"web2\"",
        "\"web1\", \"db\"",
        "server.lb.balancer.to`: the server `db` has neither"
    )]
    #[case::a_circle_of_one("\"web1\", \"web2\"", "\"web1\", \"lb\"", "lb → lb is a circle")]
    #[case::one_port("[server.balancer]", "[server.nginx]\n[server.balancer]", "both listen on port 80")]
    #[case::a_server_for_two("name = \"web2\"", "name = \"web1\"", "two servers are called `web1`")]
    #[case::a_name_that_means_a_component("name = \"db\"", "name = \"mysql\"", "`mysql` already means")]
    #[case::sessions_apart("sessions = \"database\"", "sessions = \"files\"", "server.web1.php.sessions`")]
    #[case::more_than_its_server(
        "pm = \"static\"",
        "pm = \"static\"\ncpu_quota = 0.5",
        "0.5 cores are more than the 0.25"
    )]
    #[case::unknown_key("check_every", "check_evry", "check_evry")]
    #[case::two_databases("[server.dns]", "[server.mysql]\nmemory = \"1GiB\"\n[server.dns]", "server.ns")]
    fn a_wrong_file_of_several_servers_is_refused_in_one_sentence(
        #[case] from: &str,
        #[case] to: &str,
        #[case] part: &str,
    ) {
        let good = include_str!("../../topologies/balanced.toml");
        assert!(good.contains(from), "{from}");
        let sentence = sentence_for(&good.replacen(from, to, 1));
        assert!(sentence.contains(part), "{sentence}");
    }

    #[test]
    fn two_balancers_that_lead_to_each_other_are_a_circle() {
        let lb2 = "[[server]]\nname = \"lb2\"\ncpus = 0.1\nmemory = \"128MiB\"\n[server.balancer]\nto = [\"lb\"]\n";
        let text = include_str!("../../topologies/balanced.toml").replace("\"web1\", \"web2\"", "\"lb2\"");
        let sentence = sentence_for(&format!("{text}\n{lb2}"));
        assert!(sentence.contains("`server.lb.balancer.to`: lb → lb2 → lb is a circle"), "{sentence}");
    }

    #[test]
    fn visitors_come_in_where_nobody_else_leads() {
        let entrances = |name| find(name).unwrap().entrances();
        assert_eq!(entrances("single"), [(0, ComponentKind::Nginx)]);
        assert_eq!(entrances("balanced"), [(1, ComponentKind::Balancer)]);
    }

    #[test]
    fn servers_can_be_given_another_size() {
        let sized = find("balanced").unwrap().with_server_cpus(0.4).unwrap();
        assert!((sized.cpus() - 2.0).abs() < 1e-9);
        let sentence = find("balanced").unwrap().with_server_cpus(0.01).unwrap_err().to_string();
        assert_eq!(sentence, "--server-cpus 0.01 is out of range: a server may have from 0.1 to 1024 cores");
    }

    #[test]
    fn the_sentences_read_well() {
        let sentences = [
            sentence_for("description = \"none\""),
            sentence_for("description = \"d\"\n[[server]]\nname = \"a\"\ncpus = 1\nmemory = \"1GiB\"\n"),
            sentence_for(&format!(
                "{GOOD}\n[[server]]\nname = \"server\"\ncpus = 1\nmemory = \"1GiB\"\n[server.php]\n"
            )),
            sentence_for(&format!(
                "{}\n[[server]]\nname = \"two\"\ncpus = 1\nmemory = \"1GiB\"\n[server.mysql]\n",
                GOOD.replace("name = \"server\"", "name = \"one\"")
            )),
            sentence_for(&GOOD.replace("[server.nginx]", "[server.nginxx]")),
            sentence_for(&GOOD.replace("max_children = 16", "max_children = \"many\"")),
            sentence_for(&GOOD.replace("\"2GiB\"", "\"4GiB\"")),
            sentence_for(
                "description = \"d\"\n[[server]]\nname = \"a\"\ncpus = 1\nmemory = \"1GiB\"\n[server.dns]\n[server.php]\n[server.mysql]\nbuffer_pool=\"64MiB\"\nmemory=\"512MiB\"\n",
            ),
        ];
        insta::assert_snapshot!(sentences.join("\n"));
    }

    #[test]
    fn a_page_is_not_logged_as_slow_after_its_end() {
        let (ended, logged) = ("request_terminate_timeout = \"30s\"", "slowlog_timeout = \"5s\"");
        assert!(GOOD.contains(ended) && GOOD.contains(logged));
        let short = GOOD.replace(ended, "request_terminate_timeout = \"2s\"");
        let told = sentence_for(&short);
        assert!(told.contains("slowlog_timeout") && told.contains("longer than request_terminate_timeout"), "{told}");
        let both = short.replace(logged, "slowlog_timeout = \"2s\"");
        assert!(read::topology("mine", "mine.toml", &both).is_ok());
        let never = GOOD.replace(ended, "request_terminate_timeout = \"0s\"");
        assert!(read::topology("mine", "mine.toml", &never).is_ok());
    }

    #[test]
    fn components_without_a_share_of_their_own_get_what_is_left() {
        let text = "description = \"d\"\n[[server]]\nname = \"a\"\ncpus = 1\nmemory = \"1GiB\"\n[server.dns]\n[server.nginx]\n[server.php]\n[server.mysql]\nmemory = \"512MiB\"\n";
        let topology = read::topology("mine", "mine.toml", text).unwrap();
        let shares: Vec<_> = topology.servers[0].components.iter().map(|c| (c.kind(), c.memory.0)).collect();
        assert_eq!(shares.iter().map(|(_, memory)| memory).sum::<u64>(), 1 << 30);
        assert_eq!(shares[3], (ComponentKind::Mysql, 512 << 20));
    }

    #[test]
    fn an_unknown_name_and_a_missing_file_are_told_apart() {
        assert!(matches!(find("singel"), Err(TopologyError::Unknown { .. })));
        assert!(matches!(find("./no-such.toml"), Err(TopologyError::Unreadable { .. })));
    }
}
