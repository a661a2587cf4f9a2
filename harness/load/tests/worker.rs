//! Whole workers against a real server. This program is both: with `worker` as its first argument it is a
//! worker, so that workers are processes here as they are in earnest; else it is the tests.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use std::{future::Future, process::ExitCode, time::Duration};

use libtest_mimic::{Arguments, Trial};
use redline_load::{WorkerHandle, find, worker};
use redline_model::{
    LoadModel, LoadPlan, Mono, OrderEvent, Outcome, Resolve, Seconds, Shard, ThinkScale, WhenFull, WorkerLine,
};
use support::{
    dns::Dns,
    plans::{finish, open, plan, run, start, tick},
    server::Server,
};
use tokio::net::{TcpListener, TcpSocket, TcpStream};

fn main() -> ExitCode {
    let mut arguments: Vec<String> = std::env::args().collect();
    if arguments.get(1).is_some_and(|first| first == "worker") {
        return worker::run(find);
    }
    // One at a time: what is measured is time, and the machine has few cores.
    arguments.push("--test-threads=1".into());
    libtest_mimic::run(&Arguments::from_iter(arguments), tests()).exit_code()
}

fn tests() -> Vec<Trial> {
    vec![
        test("books_balance_and_the_dns_is_asked_once_a_session", books_balance),
        test("of_two_addresses_and_two_dns_servers_one_each_is_enough", one_of_two),
        test("every_outcome_is_told_apart", outcomes),
        test("what_never_connects_is_told_apart", no_connection),
        test("a_server_stopped_for_a_second_shows_a_thousand_late_requests", stopped_server),
        test("orders_are_kept_as_their_users_saw_them", orders),
        test("stop_starts_no_more_and_lets_sessions_end", stop),
        test("closed_input_cancels_at_once", closed_input),
        test("sessions_that_outlive_the_drain_are_cancelled", outlived_drain),
        test("full_slots_turn_away_or_make_wait", full_slots),
        test("users_of_the_closed_model_go_on_by_themselves", closed_model),
        test("a_panic_is_counted_and_its_slot_lives_on", panics),
        test("shards_share_the_sessions_out", shards),
        test("a_think_time_is_not_response_time", think),
        test("calibration_opens_connections_as_shoppers_do", calibration),
        test("two_thousand_slots_are_ready_soon", many_slots),
        test("a_plan_that_cannot_be_done_is_refused_in_one_sentence", bad_plans),
    ]
}

fn test<F: Future<Output = ()>>(name: &str, test: impl Fn() -> F + Send + 'static) -> Trial {
    Trial::test(name, move || {
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?.block_on(test());
        Ok(())
    })
}

async fn books_balance() {
    let (server, dns) = (Server::start().await, Dns::start().await);
    let url = format!("http://www.foobar.test:{}", server.address.port());
    let mut plan = plan("page", &url, 100.0, 1.2);
    plan.target.resolve = Resolve::Dns { servers: vec![dns.address] };
    let report = run(&plan).await;
    let seen = server.seen();
    // Page, style sheet, its font, script and two pictures; the second time all but the page are cached.
    assert_eq!(report.sum(|t| t.sessions.finished), 120);
    assert_eq!(report.sum(|t| t.requests.sent), 120 * 7);
    assert_eq!((seen.total(), seen.of("/font.woff2")), (120 * 7, 120));
    assert_eq!(seen.tags.get("trial-1"), Some(&(120 * 7)));
    assert_eq!(report.outcomes().get(Outcome::Ok), 120 * 7);
    assert_eq!(report.sum(|t| t.requests.maybe_seen), 0);
    assert_eq!((dns.questions(), report.sum(|t| t.requests.dns_queries)), (120, 120));
    assert_eq!(report.sum(|t| t.requests.connections), seen.connections);
    assert!(seen.connections <= 120 * 8, "{}", seen.connections);
    assert_eq!((report.step("page").requests, report.step("page-again").requests), (120 * 6, 120));
    assert!(report.step("page").service.quantile(0.5).0 <= report.step("page").response.quantile(0.5).0);
    assert_eq!(report.sum(|t| t.arrivals.planned), 120);
    assert!(report.sum(|t| t.requests.body_bytes) > 120 * 300);
}

/// Nobody listens on 127.0.0.2, and one of the two DNS servers is not there either: half of the sessions begin with each.
async fn one_of_two() {
    let (server, dns) = (Server::start().await, Dns::start().await);
    let free = std::net::UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut plan = plan("page", &format!("http://two.foobar.test:{}", server.address.port()), 100.0, 0.4);
    plan.target.resolve = Resolve::Dns { servers: vec![free, dns.address] };
    let report = run(&plan).await;
    let outcomes = report.outcomes();
    assert_eq!((outcomes.get(Outcome::Ok), outcomes.total()), (40 * 7, 40 * 7), "{outcomes:?}");
    assert_eq!((report.sum(|t| t.sessions.finished), report.sum(|t| t.sessions.failed)), (40, 0));
    // Half of the sessions asked the one that is not there first.
    assert_eq!((dns.questions(), report.sum(|t| t.requests.dns_queries)), (40, 60));
}

async fn outcomes() {
    let server = Server::start().await;
    let mut plan = plan("misbehaved", &server.base_url(), 100.0, 0.14);
    plan.target.request_timeout = Seconds(0.4);
    let report = run(&plan).await;
    let expected = [
        ("fine", Outcome::Ok),
        ("reset", Outcome::Reset),
        ("closed", Outcome::Reset),
        ("timeout", Outcome::Timeout),
        ("stalled", Outcome::Timeout),
        ("truncated", Outcome::Truncated),
        ("garbage", Outcome::Protocol),
        ("missing", Outcome::ClientError),
        ("broken", Outcome::ServerError),
        ("wrong", Outcome::WrongContent),
        ("conflict", Outcome::Ok),
        ("elsewhere", Outcome::WrongContent),
        ("round", Outcome::WrongContent),
        ("broken-asset", Outcome::ClientError),
    ];
    for (step, outcome) in expected {
        let ended = report.step(step);
        assert_eq!((ended.outcomes.get(outcome), ended.outcomes.total()), (1, 1), "{step}: {:?}", ended.outcomes);
        assert_eq!(ended.good, u64::from(outcome == Outcome::Ok), "{step}");
    }
    assert_eq!(report.sum(|t| t.sessions.finished), 2);
    // Reset, closed, two timeouts, truncated and garbage: the server saw all of them, and can know it.
    assert_eq!(report.sum(|t| t.requests.maybe_seen), 6);
    assert_eq!(server.seen().total(), report.sum(|t| t.requests.sent));
}

async fn no_connection() {
    let outcome = async |plan: LoadPlan| {
        let report = run(&plan).await;
        let outcomes = report.outcomes();
        assert_eq!((outcomes.total(), report.sum(|t| t.requests.maybe_seen)), (5, 0), "{outcomes:?}");
        assert_eq!(report.sum(|t| t.sessions.failed), 5);
        outcomes.0.into_keys().collect::<Vec<_>>()
    };
    // A port that was free a moment ago.
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    assert_eq!(outcome(plan("quick", &format!("http://{free}"), 50.0, 0.1)).await, [Outcome::Refused]);

    let dns = Dns::start().await;
    let mut unknown = plan("quick", "http://nobody.foobar.test", 50.0, 0.1);
    unknown.target.resolve = Resolve::Dns { servers: vec![dns.address] };
    assert_eq!(outcome(unknown.clone()).await, [Outcome::Dns]);
    unknown.target.resolve = Resolve::Dns { servers: vec![free] };
    unknown.target.connect_timeout = Seconds(0.3);
    unknown.start = Mono::now().plus(support::plans::AHEAD);
    assert_eq!(outcome(unknown).await, [Outcome::Dns]);

    // A listener whose queue is full lets further connections wait.
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(1).unwrap();
    let address = listener.local_addr().unwrap();
    let mut queued = Vec::new();
    while let Ok(Ok(stream)) = tokio::time::timeout(Duration::from_millis(50), TcpStream::connect(address)).await {
        queued.push(stream);
    }
    let mut full = plan("quick", &format!("http://{address}"), 50.0, 0.1);
    full.target.connect_timeout = Seconds(0.3);
    assert_eq!(outcome(full).await, [Outcome::ConnectTimeout]);
}

async fn stopped_server() {
    let server = Server::start().await;
    let mut plan = plan("quick", &server.base_url(), 1000.0, 2.0);
    plan.slots = 1500;
    let mut worker = start(&plan).await;
    let at = |ms| plan.start.plus(Duration::from_millis(ms)).since(Mono::now());
    tokio::time::sleep(at(500)).await;
    server.pause();
    tokio::time::sleep(at(1500)).await;
    server.resume();
    let report = finish(&mut worker, Vec::new()).await;
    let step = report.step("quick");
    assert_eq!((step.outcomes.get(Outcome::Ok), report.sum(|t| t.arrivals.waited)), (2000, 0));
    // Latencies fall from 1 s to 0: as many are slower than t as were meant to start in the first 1 s − t.
    let slower_than = |t| step.response.slower_than(Seconds(t));
    // To work off those who waited takes a slow machine some of its time, in which as many more come and wait as well.
    let while_worked_off = slower_than(0.1).saturating_sub(900);
    assert!(while_worked_off < 400, "{while_worked_off}");
    for (t, expected) in [(0.9, 100), (0.75, 250), (0.5, 500), (0.25, 750), (0.1, 900)] {
        let (slow, most) = (slower_than(t), expected + 60 + while_worked_off);
        assert!((expected - 60..=most).contains(&slow), "{slow} slower than {t} s, not {expected} to {most}");
    }
    let longest = 1.2 + while_worked_off as f64 / 1000.0;
    assert!((0.95..longest).contains(&step.response.max().0), "{:?}", step.response.max());
}

async fn orders() {
    let server = Server::start().await;
    let report = run(&plan("buyer", &server.base_url(), 100.0, 0.2)).await;
    let orders: Vec<OrderEvent> = report.ticks.iter().flat_map(|t| t.orders.clone()).collect();
    assert_eq!(orders.len(), 40);
    let (acknowledged, refused): (Vec<&OrderEvent>, Vec<_>) = orders.iter().partition(|o| o.acknowledged.is_some());
    assert_eq!((acknowledged.len(), refused.len()), (20, 20));
    assert!(acknowledged.iter().all(|o| o.outcome == Outcome::Ok && o.acknowledged > Some(o.sent)));
    assert!(refused.iter().all(|o| o.outcome == Outcome::ClientError));
    // The form and the page that it redirects to are one step.
    assert_eq!((report.step("order").outcomes.get(Outcome::Ok), report.step("order").requests), (20, 40));
    assert_eq!((server.seen().of("/submit"), report.sum(|t| t.sessions.failed)), (40, 20));
    let distinct: std::collections::BTreeSet<_> = orders.iter().map(|o| &o.uuid).collect();
    assert_eq!(distinct.len(), 40);
}

async fn stop() {
    let server = Server::start().await;
    let mut worker = start(&plan("delayed", &server.base_url(), 100.0, 60.0)).await;
    let first = tick(&mut worker).await;
    worker.stop().await.unwrap();
    let report = finish(&mut worker, vec![first]).await;
    assert_eq!((report.done.cancelled, report.sum(|t| t.sessions.cancelled)), (0, 0));
    let planned = report.sum(|t| t.arrivals.planned);
    assert_eq!(planned, report.sum(|t| t.sessions.finished));
    assert!((100..150).contains(&planned) && report.ticks.len() == 2, "{planned} in {} ticks", report.ticks.len());
}

async fn closed_input() {
    let server = Server::start().await;
    let mut worker = start(&plan("silent", &server.base_url(), 50.0, 60.0)).await;
    tick(&mut worker).await;
    let aborted = Mono::now();
    worker.abort();
    // The first tick, which is not in here, has the starts.
    let mut last = Vec::new();
    while let Some(line) = worker.next().await.unwrap() {
        last.push(line);
    }
    let [WorkerLine::Tick(tick), WorkerLine::Done(done)] = last.as_slice() else { panic!("{last:?}") };
    assert!(Mono::now().since(aborted) < Duration::from_millis(500));
    assert!((45..=70).contains(&done.cancelled), "{}", done.cancelled);
    assert_eq!(tick.sessions.cancelled, done.cancelled);
    assert_eq!(tick.requests.outcomes.get(Outcome::Cancelled), done.cancelled);
    assert_eq!(tick.requests.maybe_seen, done.cancelled);
    assert_eq!(tick.steps[0].outcomes.get(Outcome::Cancelled), done.cancelled);
    assert!(tick.orders.iter().all(|o| o.outcome == Outcome::Cancelled && o.acknowledged.is_none()));
    assert_eq!(tick.orders.len() as u64, done.cancelled);
}

async fn outlived_drain() {
    let server = Server::start().await;
    let mut plan = plan("silent", &server.base_url(), 100.0, 0.1);
    plan.drain = Seconds(0.2);
    let report = run(&plan).await;
    assert_eq!((report.done.cancelled, report.sum(|t| t.sessions.cancelled)), (10, 10));
    assert!(report.done.at.since(plan.start) >= Duration::from_millis(295));
}

async fn full_slots() {
    let server = Server::start().await;
    // 50 ms each in two slots: 40 a second of 200 get through.
    let mut turning = plan("delayed", &server.base_url(), 200.0, 1.0);
    (turning.slots, turning.when_full) = (2, WhenFull::TurnAway);
    let report = run(&turning).await;
    let (started, turned) = (report.sum(|t| t.arrivals.started), report.sum(|t| t.arrivals.turned_away));
    assert_eq!((started + turned, report.sum(|t| t.arrivals.waited)), (200, 0));
    assert!((25..=42).contains(&started), "{started}");
    assert!(report.ticks.iter().all(|t| t.sessions.in_flight <= 2));

    let mut waiting = plan("delayed", &server.base_url(), 200.0, 0.1);
    (waiting.slots, waiting.start) = (2, Mono::now().plus(support::plans::AHEAD));
    let report = run(&waiting).await;
    assert_eq!((report.sum(|t| t.arrivals.started), report.sum(|t| t.arrivals.turned_away)), (20, 0));
    assert!(report.sum(|t| t.arrivals.waited) >= 17);
    // The last of 20 has waited for nine others, and that is its user's time.
    assert!(report.step("delayed").response.max().0 > 0.35);
}

async fn closed_model() {
    let server = Server::start().await;
    let mut plan = plan("delayed", &server.base_url(), 0.0, 0.0);
    plan.model = LoadModel::Closed { users: 10, length: Seconds(1.0) };
    let report = run(&plan).await;
    let finished = report.sum(|t| t.sessions.finished);
    assert!((120..=200).contains(&finished), "{finished}");
    assert_eq!(report.sum(|t| t.arrivals.planned), finished);
    // Little: ten users, who do nothing but wait for the server, are ten sessions in flight.
    let first = &report.ticks[0];
    let mean = first.sessions.in_flight_time.0 / first.to.since(first.from).as_secs_f64();
    assert!((9.5..=10.01).contains(&mean), "{mean}");
    assert!(server.seen().connections <= 10);
}

async fn panics() {
    let server = Server::start().await;
    let mut plan = plan("panics", &server.base_url(), 100.0, 0.1);
    plan.slots = 1;
    let report = run(&plan).await;
    assert_eq!((report.done.panicked, report.sum(|t| t.sessions.failed)), (10, 10));
}

async fn shards() {
    let server = Server::start().await;
    let mut first = plan("numbered", &server.base_url(), 100.0, 0.2);
    first.first_session = 1000;
    first.shard = Shard { index: 0, count: 2 };
    let mut second = first.clone();
    second.shard.index = 1;
    let (a, b) = tokio::join!(run(&first), run(&second));
    assert_eq!((a.sum(|t| t.sessions.finished), b.sum(|t| t.sessions.finished)), (10, 10));
    let seen = server.seen().requests;
    assert!((1000..1020).all(|n| seen.get(&format!("/session/{n}")) == Some(&1)), "{seen:?}");
}

async fn think() {
    let server = Server::start().await;
    let mut thinking = plan("thinker", &server.base_url(), 100.0, 0.3);
    thinking.think = ThinkScale(1.0);
    let report = run(&thinking).await;
    let (nominal, duration) = (report.sum(|t| t.sessions.nominal_think.0), report.sum(|t| t.sessions.duration.0));
    assert!(nominal > 30.0 * 0.05 && duration >= nominal, "{nominal} {duration}");
    assert!(report.step("after").response.quantile(0.5).0 < 0.01, "{:?}", report.step("after").response.summary());

    let mut hurried = plan("thinker", &server.base_url(), 100.0, 0.3);
    hurried.start = Mono::now().plus(support::plans::AHEAD);
    let report = run(&hurried).await;
    assert!((report.sum(|t| t.sessions.nominal_think.0) - nominal).abs() < 1e-6, "the same seed thinks the same");
    assert!(report.sum(|t| t.sessions.duration.0) < nominal);
}

async fn calibration() {
    let server = Server::start().await;
    let mut plan = plan("calibration", &server.base_url(), 20.0, 0.5);
    plan.options.requests_per_session = Some(25);
    let report = run(&plan).await;
    let seen = server.seen();
    assert_eq!((seen.of("/trivial"), report.sum(|t| t.requests.sent)), (250, 250));
    // Six at a time in each session; hyper's pool may have one more on its way when an older one becomes free.
    assert!((10..=80).contains(&seen.connections), "{}", seen.connections);
}

async fn many_slots() {
    let server = Server::start().await;
    let mut plan = plan("quick", &server.base_url(), 100.0, 0.1);
    (plan.slots, plan.model) = (2000, open(100.0, 0.1));
    let begun = Mono::now();
    let mut worker = start(&plan).await;
    // 0.1 s in a release build; a debug build on a busy machine is given more.
    assert!(Mono::now().since(begun) < Duration::from_secs(2), "{:?}", Mono::now().since(begun));
    assert_eq!(finish(&mut worker, Vec::new()).await.sum(|t| t.sessions.finished), 10);
}

async fn bad_plans() {
    let good = plan("quick", "http://127.0.0.1:1", 10.0, 0.1);
    let cases: [(&str, LoadPlan); 4] = [
        ("there is no scenario `chekout`", LoadPlan { scenario: "chekout".into(), ..good.clone() }),
        ("the plan gives this worker no slot", LoadPlan { slots: 0, ..good.clone() }),
        ("the tag `a\nb` cannot stand in a header", LoadPlan { tag: "a\nb".into(), ..good.clone() }),
        ("the worker cannot be pinned to the CPUs [4000]", LoadPlan { cpus: vec![4000], ..good.clone() }),
    ];
    for (expected, plan) in cases {
        let mut worker = WorkerHandle::spawn(&std::env::current_exe().unwrap(), &plan).await.unwrap();
        let line = worker.next().await.unwrap();
        let Some(WorkerLine::Failed { message }) = line else { panic!("{line:?}") };
        assert!(message.starts_with(expected), "{message}");
        assert!(worker.next().await.unwrap().is_none());
    }
    let mut elsewhere = good;
    elsewhere.target.base_url = "ftp://127.0.0.1".into();
    let mut worker = WorkerHandle::spawn(&std::env::current_exe().unwrap(), &elsewhere).await.unwrap();
    assert!(matches!(worker.next().await.unwrap(), Some(WorkerLine::Failed { message }) if message.contains("ftp://")));
}
