//! Caches: what one visitor has, no other may get from them, and what has changed is not given out.

use std::net::SocketAddr;

use redline_model::Deploy;
use redline_stack::{NetworkChoice, RunId, Stack, topology::find};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::{is_there, options, skipped, visits::component};

const TAG: &str = "caches";

/// What a visitor got.
struct Answer {
    status: u16,
    headers: Vec<(String, String)>,
    body: String,
}

impl Answer {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
    fn cache(&self) -> &str {
        self.header("X-Cache").unwrap_or("-")
    }
    fn token(&self) -> &str {
        let (_, rest) = self.body.split_once("name=\"csrf\" value=\"").unwrap();
        rest.split_once('"').unwrap().0
    }
}

/// A visitor with cookies.
struct Visitor {
    site: SocketAddr,
    cookies: Vec<(String, String)>,
    requests: u64,
}

impl Visitor {
    fn new(site: SocketAddr) -> Self {
        Self { site, cookies: Vec::new(), requests: 0 }
    }
    fn cookie(&self, name: &str) -> Option<&str> {
        self.cookies.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }
    async fn get(&mut self, path: &str) -> Answer {
        self.ask("GET", path, "").await
    }
    async fn post(&mut self, path: &str, form: &str) -> Answer {
        self.ask("POST", path, form).await
    }
    async fn ask(&mut self, method: &str, path: &str, form: &str) -> Answer {
        self.requests += 1;
        let cookies: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let cookies = if cookies.is_empty() { String::new() } else { format!("Cookie: {}\r\n", cookies.join("; ")) };
        let question = format!(
            "{method} {path} HTTP/1.0\r\nHost: www.foobar.com\r\nX-Redline: {TAG}\r\n{cookies}\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
            form.len()
        );
        let mut stream = TcpStream::connect(self.site).await.unwrap();
        stream.write_all(question.as_bytes()).await.unwrap();
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).await.unwrap();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        let pair = |line: &str| line.split_once(": ").map(|(n, v)| (n.to_string(), v.to_string()));
        let headers: Vec<_> = head.lines().skip(1).filter_map(pair).collect();
        for (_, set) in headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case("set-cookie")) {
            let (name, value) = set.split(';').next().unwrap().split_once('=').unwrap();
            self.cookies.retain(|(n, _)| n != name);
            self.cookies.push((name.to_string(), value.to_string()));
        }
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Answer { status, headers, body: body.to_string() }
    }
}

async fn start(topology: &str) -> (Stack, RunId) {
    let run = RunId::random();
    let options = options(&run, NetworkChoice::Automatic);
    let stack = Stack::start(&find(topology).unwrap(), options, &|event| println!("{event}")).await.unwrap();
    (stack, run)
}

/// Whatever a cache gave out is nobody's: no cookie, no token, no cart, no name.
fn is_everyones(answer: &Answer, secrets: &[&str]) {
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("Set-Cookie"), None);
    assert!(!answer.body.contains("name=\"csrf\""), "a token in a page from a cache");
    for secret in secrets {
        assert!(!answer.body.contains(secret), "`{secret}` in a page from a cache");
    }
}

/// Two visitors at one site: Ada fills a cart and registers, Bob only looks. Returns how many requests they made.
async fn leaks_nothing(site: SocketAddr, not_asked: &str) -> u64 {
    let (mut ada, mut bob) = (Visitor::new(site), Visitor::new(site));
    let product = ada.get("/product/7").await;
    assert_eq!((product.status, product.cache()), (200, not_asked));
    let token = product.token().to_string();
    let session = ada.cookie("shop_session").unwrap().to_string();
    let added = ada.post("/cart/add", &format!("csrf={token}&product_id=7&quantity=3")).await;
    assert_eq!((added.status, added.header("Location")), (303, Some("/cart")));
    let cart = ada.get("/cart").await;
    assert!(cart.body.contains("data-items=\"3\""));
    let form = ada.get("/register").await;
    let mail = format!("ada{}%40example.org", rand::random::<u32>());
    let form = format!("csrf={}&name=Ada+Unmistakable&email={mail}&password=correct+horse", form.token());
    assert_eq!(ada.post("/register", &form).await.status, 303);
    assert!(ada.get("/account").await.body.contains("Ada Unmistakable"));

    let secrets = ["Ada Unmistakable", token.as_str(), session.as_str(), "data-items"];
    // Pages that the verification has not asked for.
    for path in ["/category/3", "/category/4", "/search?q=mug"] {
        // First by her who has a session: what she gets is neither from the cache nor kept in it.
        assert_eq!(ada.get(path).await.cache(), not_asked, "{path}");
        let first = bob.get(path).await;
        assert_eq!(first.cache(), "MISS", "{path}");
        is_everyones(&first, &secrets);
        let second = bob.get(path).await;
        assert_eq!(second.cache(), "HIT", "{path}");
        is_everyones(&second, &secrets);
        assert_eq!(ada.get(path).await.cache(), not_asked, "{path}");
    }
    // The same page with a form, by two visitors: a token and a session for each.
    let his = bob.get("/product/7").await;
    assert_eq!(his.cache(), not_asked);
    assert_ne!(his.token(), token);
    assert_ne!(bob.cookie("shop_session").unwrap(), session);
    let cart = bob.get("/cart").await;
    assert!(cart.body.contains("data-items=\"0\"") && !cart.body.contains("Ada"));
    let forged = bob.post("/cart/add", &format!("csrf={token}&product_id=8&quantity=1")).await;
    assert_eq!(forged.status, 403, "another visitor's token is worth nothing");
    assert!(ada.get("/cart").await.body.contains("data-items=\"3\""));
    ada.requests + bob.requests
}

#[tokio::test(flavor = "multi_thread")]
async fn nginx_keeps_pages_and_nobodys_cart() {
    if skipped("cached") {
        return;
    }
    let (stack, run) = start("cached").await;
    stack.verify(&|event| println!("{event}")).await.unwrap();
    let requests = leaks_nothing(component(&run, "nginx").await, "BYPASS").await;
    let logs = stack.access_logs(None).await.unwrap();
    assert_eq!(logs.books[TAG].lines, requests);
    let [pages] = logs.caches.as_slice() else { panic!("{:?}", logs.caches) };
    assert_eq!((pages.tags[TAG].hits, pages.tags[TAG].misses), (3, 3));
    stack.stop().await.unwrap();
    assert!(!is_there(&run).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_edge_keeps_pages_and_nobodys_cart_and_forgets_what_has_changed() {
    if skipped("cdn") {
        return;
    }
    let (stack, run) = start("cdn").await;
    stack.verify(&|event| println!("{event}")).await.unwrap();
    let edge = component(&run, "varnish").await;
    assert!(stack.target().base_url.ends_with("www.foobar.com"), "{}", stack.target().base_url);
    let requests = leaks_nothing(edge, "PASS").await;
    let logs = stack.access_logs(None).await.unwrap();
    // The edge has all requests in its log, Nginx only those that the edge did not answer.
    assert_eq!(logs.books[TAG].lines, requests);
    let [kept] = logs.caches.as_slice() else { panic!("{:?}", logs.caches) };
    assert_eq!((kept.tags[TAG].hits, kept.tags[TAG].misses), (3, 3));
    assert_eq!(kept.tags[TAG].total(), requests);

    // Pages are kept for minutes; a deployment makes them new at once.
    let mut visitor = Visitor::new(edge);
    assert_eq!(visitor.get("/").await.cache(), "HIT");
    let window = stack.deploy(Deploy::Symlink, "2.0.0").await.unwrap();
    assert!(window.evidence.contains("1 edge was told"), "{}", window.evidence);
    let page = visitor.get("/").await;
    assert_eq!((page.cache(), page.header("X-Shop-Version")), ("MISS", Some("2.0.0")));
    // Who does not know the key makes nobody forget anything.
    assert_eq!(visitor.ask("BAN", "/", "").await.status, 403);
    assert_eq!(visitor.get("/").await.cache(), "HIT");
    stack.stop().await.unwrap();
    assert!(!is_there(&run).await);
}
