//! What shoppers know of the shop (`stack/shop/README.md`), and the steps that their journeys are made of.
//!
//! A step begins with a look at the page before: think times follow TPC-W's mean of 7–8 s a page.

use std::{sync::LazyLock, time::Duration};

use redline_load::{Session, Visit, Zipf};

/// How long shoppers look at a page, on average.
pub(crate) const LOOK: Duration = Duration::from_secs(8);
/// How long they take to fill in a form.
const FILL_IN: Duration = Duration::from_secs(20);

const PRODUCTS: u64 = 10_000;
const CATEGORIES: u64 = 50;
const CUSTOMERS: u64 = 20_000;
const PASSWORD: &str = "correct horse";
/// Prime to the number of products, so that the most popular ones lie scattered over the table.
const SCATTER: u64 = 7_919;

static POPULARITY: LazyLock<Zipf> = LazyLock::new(|| Zipf::new(PRODUCTS as usize, 0.8));
static TERMS: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    include_str!("../../stack/shop/search-terms.txt").lines().map(str::trim).filter(|t| !t.is_empty()).collect()
});

/// Arrives at the home page.
pub(crate) async fn home(visitor: &mut Session) -> Visit {
    visitor.step("home").get("/").shows("home").await
}

/// Opens a category, mostly at its first page.
pub(crate) async fn category(visitor: &mut Session) -> Visit {
    visitor.think(LOOK).await;
    let category = visitor.picks().number(1, CATEGORIES);
    let path = match visitor.picks().number(1, 10) {
        1 => format!("/category/{category}?page=3"),
        2 | 3 => format!("/category/{category}?page=2"),
        _ => format!("/category/{category}"),
    };
    visitor.step("category").get(path).shows("category").await
}

/// Searches for something that the shop has.
pub(crate) async fn search(visitor: &mut Session) -> Visit {
    visitor.think(LOOK).await;
    let term = visitor.picks().one_of(&TERMS).copied().unwrap_or("mug").replace(' ', "+");
    visitor.step("search").get(format!("/search?q={term}")).shows("search").await
}

/// Opens a product: one that the page shows, or one that everybody looks at. Returns its number.
pub(crate) async fn product(visitor: &mut Session) -> Result<u64, redline_load::StepFailed> {
    visitor.think(LOOK).await;
    let shown = visitor.page().links("/product/");
    let seen = visitor.picks().one_of(&shown).and_then(|link| link.trim_start_matches("/product/").parse().ok());
    let popular = visitor.picks().popular(&POPULARITY) as u64 * SCATTER % PRODUCTS + 1;
    let product = if visitor.picks().chance(50.0) { seen.unwrap_or(popular) } else { popular };
    visitor.step("product").get(format!("/product/{product}")).shows("product").await?;
    Ok(product)
}

/// Looks for something by one way or the other, and finds it. Returns the product's number.
pub(crate) async fn find_product(visitor: &mut Session) -> Result<u64, redline_load::StepFailed> {
    if visitor.picks().chance(35.0) { search(visitor).await? } else { category(visitor).await? }
    product(visitor).await
}

/// Puts the product of the present page into the cart.
pub(crate) async fn add_to_cart(visitor: &mut Session, product: u64) -> Visit {
    visitor.think(LOOK).await;
    let quantity = if visitor.picks().chance(85.0) { 1 } else { 2 };
    let add = visitor.step("add-to-cart").post("/cart/add");
    add.field("product_id", product).field("quantity", quantity).shows("cart").await
}

/// Logs in as one of the known customers.
pub(crate) async fn log_in(visitor: &mut Session) -> Visit {
    visitor.think(LOOK).await;
    visitor.step("login-form").get("/login").shows("login").await?;
    visitor.think(FILL_IN).await;
    let customer = visitor.picks().number(1, CUSTOMERS);
    let email = format!("customer{customer:05}@example.com");
    visitor.step("login").post("/login").field("email", email).field("password", PASSWORD).shows("account").await
}

/// Becomes a customer.
pub(crate) async fn register(visitor: &mut Session) -> Visit {
    visitor.think(LOOK).await;
    visitor.step("register-form").get("/register").shows("register").await?;
    visitor.think(FILL_IN).await;
    let email = format!("{}@example.org", visitor.picks().uuid());
    let form = visitor.step("register").post("/register").field("name", "Robin Shopper").field("email", email);
    form.field("password", PASSWORD).shows("account").await
}

/// Buys what is in the cart. A product that has run out meanwhile is an answer, too.
pub(crate) async fn check_out(visitor: &mut Session) -> Visit {
    visitor.think(LOOK).await;
    visitor.step("checkout").get("/checkout").shows("checkout").await?;
    visitor.think(FILL_IN).await;
    let uuid = visitor.picks().uuid();
    let order = visitor.step("order").post("/checkout").placing_order(&uuid).field("name", "Robin Shopper");
    let order = order.field("email", "robin@example.org").field("address", "1 Long Lane");
    order.field("city", "Springfield").field("postcode", "12345").shows("order").or_status(409).await
}
