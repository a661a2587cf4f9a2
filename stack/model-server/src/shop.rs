//! What the pages do: the shop's contract (`stack/shop/README.md`), kept in memory.

use std::sync::{Mutex, PoisonError};

use crate::{
    books::{Books, Order, OrderLine},
    pages::{LISTED, PageKind, cards, form, page, plain},
    visitors::{Visitor, Visitors},
};

const PRODUCTS: u64 = 10_000;
const CATEGORIES: u64 = 50;
const PAGES: u64 = 9;

/// What a visitor asks for.
#[derive(Debug)]
pub(crate) struct Asked<'a> {
    pub(crate) kind: PageKind,
    pub(crate) path: &'a str,
    pub(crate) query: &'a str,
    pub(crate) form: Vec<(String, String)>,
    pub(crate) cookie: Option<&'a str>,
}

/// What it gets.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: String,
    pub(crate) location: Option<String>,
    pub(crate) cookie: Option<String>,
}

/// The shop's memory.
#[derive(Debug)]
pub(crate) struct Shop(Mutex<Visitors>);

impl Asked<'_> {
    fn field(&self, name: &str) -> &str {
        self.form.iter().find(|(n, _)| n == name).map_or("", |(_, value)| value.as_str())
    }
    /// The number behind `prefix` in the path.
    fn number(&self, prefix: &str) -> u64 {
        self.path.strip_prefix(prefix).and_then(|n| n.parse().ok()).unwrap_or(0)
    }
}

impl Shop {
    pub(crate) fn new(seed: u64) -> Self {
        Self(Mutex::new(Visitors::new(seed)))
    }

    /// Answers a request that has passed the stages.
    pub(crate) fn answer(&self, asked: &Asked<'_>, books: &Books) -> Answer {
        let mut visitors = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match asked.kind {
            PageKind::Home => {
                let hero = "<img src=\"/assets/hero.webp?v=1\" alt=\"\"><a href=\"/category/1\">Category 1</a>";
                shown(page("home", "", &(hero.to_owned() + &cards(1..=LISTED))))
            }
            PageKind::Category => category(asked),
            PageKind::Search => shown(page("search", " data-results=\"40\"", &cards(spread(asked.query.len() as u64)))),
            PageKind::Plain => shown(plain()),
            PageKind::Other => message(404, "not-found"),
            PageKind::Product
            | PageKind::LoginForm
            | PageKind::RegisterForm
            | PageKind::Cart
            | PageKind::Checkout
            | PageKind::Account => with_form(asked, &mut visitors),
            PageKind::OrderPage => order_page(asked, &mut visitors),
            PageKind::CartAdd | PageKind::Login | PageKind::Register | PageKind::Logout | PageKind::Order => {
                submitted(asked, &mut visitors, books)
            }
        }
    }
}

fn category(asked: &Asked<'_>) -> Answer {
    let category = asked.number("/category/");
    let shown_page = asked.query.strip_prefix("page=").map_or(Some(1), |n| n.parse().ok()).unwrap_or(0);
    if !(1..=CATEGORIES).contains(&category) || !(1..=PAGES).contains(&shown_page) {
        return message(404, "not-found");
    }
    let first = (category - 1) * 200 + (shown_page - 1) * 24 + 1;
    shown(page("category", "", &cards(first..first + LISTED)))
}

/// Some products that depend on a number.
fn spread(number: u64) -> impl Iterator<Item = u64> {
    (0..LISTED).map(move |i| (number * 997 + i * 61) % PRODUCTS + 1)
}

/// Pages with a form: a visitor who has no session yet gets one.
fn with_form(asked: &Asked<'_>, visitors: &mut Visitors) -> Answer {
    let product = asked.number("/product/");
    if asked.kind == PageKind::Product && !(1..=PRODUCTS).contains(&product) {
        return message(404, "not-found");
    }
    let new = match visitors.get(asked.cookie) {
        Some(_) => None,
        None => Some(visitors.add(Visitor::default())),
    };
    let Some(visitor) = visitors.get(new.as_deref().or(asked.cookie)) else { return message(500, "error") };
    let mut answer = match asked.kind {
        PageKind::Product => {
            let fields =
                format!("<input name=\"product_id\" value=\"{product}\"><input name=\"quantity\" value=\"1\">");
            let content = form(visitor, "/cart/add", &fields) + &cards(std::iter::once(product));
            shown(page("product", "", &content))
        }
        PageKind::LoginForm => shown(page("login", "", &form(visitor, "/login", "<input name=\"email\">"))),
        PageKind::RegisterForm => shown(page("register", "", &form(visitor, "/register", "<input name=\"email\">"))),
        PageKind::Cart => {
            let items = format!(" data-items=\"{}\"", visitor.items());
            shown(page("cart", &items, &form(visitor, "/cart/update", "<input name=\"quantity\">")))
        }
        PageKind::Checkout if visitor.cart.is_empty() => redirect("/cart"),
        PageKind::Checkout => shown(page("checkout", "", &form(visitor, "/checkout", "<input name=\"name\">"))),
        _ if visitor.customer => shown(page("account", "", &form(visitor, "/logout", ""))),
        _ => redirect("/login"),
    };
    answer.cookie = new;
    answer
}

fn order_page(asked: &Asked<'_>, visitors: &mut Visitors) -> Answer {
    let uuid = asked.path.trim_start_matches("/order/");
    match visitors.get(asked.cookie) {
        Some(visitor) if visitor.orders.iter().any(|order| order == uuid) => {
            shown(page("order", &format!(" data-order-uuid=\"{uuid}\""), "Thank you."))
        }
        _ => message(404, "not-found"),
    }
}

/// Forms that were sent.
fn submitted(asked: &Asked<'_>, visitors: &mut Visitors, books: &Books) -> Answer {
    let cookie = asked.cookie.unwrap_or_default();
    let Some(visitor) = visitors.get(asked.cookie).filter(|v| v.csrf == asked.field("csrf")) else {
        return message(403, "forbidden");
    };
    match asked.kind {
        PageKind::CartAdd => {
            let product = asked.field("product_id").parse().unwrap_or(0);
            let quantity = asked.field("quantity").parse::<u64>().unwrap_or(0).min(99);
            if !(1..=PRODUCTS).contains(&product) || quantity == 0 {
                return message(404, "not-found");
            }
            visitor.cart.push((product, quantity));
            redirect("/cart")
        }
        PageKind::Login | PageKind::Register => {
            if !asked.field("email").contains('@') || asked.field("password").len() < 8 {
                return message(422, "login");
            }
            visitor.customer = true;
            // A new session id and a new token, as the shop does it; the cart comes along.
            let same = visitors.remove(cookie).unwrap_or_default();
            let cookie = visitors.add(same);
            Answer { cookie: Some(cookie), ..redirect("/account") }
        }
        PageKind::Logout => {
            visitor.customer = false;
            redirect("/")
        }
        _ => place_order(asked, visitor, books),
    }
}

fn place_order(asked: &Asked<'_>, visitor: &mut Visitor, books: &Books) -> Answer {
    let uuid = asked.field("order_uuid").to_ascii_lowercase();
    let there = || format!("/order/{uuid}");
    if visitor.orders.contains(&uuid) {
        return redirect(&there());
    }
    if visitor.cart.is_empty() {
        return redirect("/cart");
    }
    let is_uuid = uuid.len() == 36 && uuid.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
    let complete = ["name", "email", "address", "city", "postcode"].iter().all(|f| !asked.field(f).is_empty());
    if !is_uuid || !complete {
        return message(422, "checkout");
    }
    let lines: Vec<OrderLine> = std::mem::take(&mut visitor.cart)
        .into_iter()
        .map(|(product, quantity)| OrderLine { quantity, price_cents: 100 + product % 900 })
        .collect();
    let total_cents = lines.iter().map(|line| line.quantity * line.price_cents).sum();
    books.order(Order { uuid: uuid.clone(), lines, total_cents });
    visitor.orders.push(uuid.clone());
    redirect(&there())
}

fn shown(body: String) -> Answer {
    Answer { status: 200, body, location: None, cookie: None }
}

fn message(status: u16, mark: &str) -> Answer {
    Answer { status, ..shown(page(mark, "", "")) }
}

fn redirect(to: &str) -> Answer {
    Answer { status: 303, body: String::new(), location: Some(to.to_owned()), cookie: None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::StoredOrder;

    const UUID: &str = "0f8fad5b-d9cb-469f-a165-70867728950e";

    fn asked<'a>(post: bool, path: &'a str, cookie: Option<&'a str>, form: &[(&str, &str)]) -> Asked<'a> {
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let form = form.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        Asked { kind: PageKind::of(post, path), path, query, form, cookie }
    }
    fn token(body: &str) -> String {
        body.split("name=\"csrf\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
    }

    #[test]
    fn a_shopper_buys_as_a_new_customer() {
        let (shop, books) = (Shop::new(1), Books::default());
        let product = shop.answer(&asked(false, "/product/7", None, &[]), &books);
        let first = product.cookie.clone().unwrap();
        let csrf = token(&product.body);
        let forged = [("csrf", "x"), ("product_id", "7"), ("quantity", "2")];
        assert_eq!(shop.answer(&asked(true, "/cart/add", Some(&first), &forged), &books).status, 403);
        let add = [("csrf", csrf.as_str()), ("product_id", "7"), ("quantity", "2")];
        let added = shop.answer(&asked(true, "/cart/add", Some(&first), &add), &books);
        assert_eq!((added.status, added.location.as_deref()), (303, Some("/cart")));
        let cart = shop.answer(&asked(false, "/cart", Some(&first), &[]), &books);
        assert!(cart.body.contains("data-page=\"cart\"") && cart.body.contains("data-items=\"2\""));
        let login = [("csrf", csrf.as_str()), ("email", "a@b.c"), ("password", "correct horse")];
        let second = shop.answer(&asked(true, "/register", Some(&first), &login), &books).cookie.unwrap();
        assert_ne!(first, second);
        let checkout = shop.answer(&asked(false, "/checkout", Some(&second), &[]), &books);
        assert!(checkout.body.contains("data-page=\"checkout\""));
        let csrf = token(&checkout.body);
        let order = [
            ("csrf", csrf.as_str()),
            ("order_uuid", UUID),
            ("name", "R"),
            ("email", "e"),
            ("address", "a"),
            ("city", "c"),
            ("postcode", "p"),
        ];
        for _ in 0..2 {
            let placed = shop.answer(&asked(true, "/checkout", Some(&second), &order), &books);
            assert_eq!(placed.location.as_deref(), Some("/order/0f8fad5b-d9cb-469f-a165-70867728950e"));
        }
        let path = format!("/order/{UUID}");
        let page = shop.answer(&asked(false, &path, Some(&second), &[]), &books);
        assert!(page.body.contains(&format!("data-order-uuid=\"{UUID}\"")));
        assert_eq!(shop.answer(&asked(false, &path, None, &[]), &books).status, 404);
        assert_eq!(books.orders(), [StoredOrder { uuid: UUID.into(), lines: 1, adds_up: true }]);
    }

    #[test]
    fn what_is_not_there_is_404() {
        let (shop, books) = (Shop::new(1), Books::default());
        for path in ["/product/0", "/product/10001", "/category/51", "/category/1?page=10", "/nothing"] {
            assert_eq!(shop.answer(&asked(false, path, None, &[]), &books).status, 404, "{path}");
        }
        let checkout = shop.answer(&asked(false, "/checkout", None, &[]), &books);
        assert_eq!(checkout.location.as_deref(), Some("/cart"));
    }
}
