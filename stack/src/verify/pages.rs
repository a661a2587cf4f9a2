//! A static asset and one page of each type (stack/shop/README.md).

use super::{Steps, browser::Browser, wrong};
use crate::{StackError, embedded::SHOP};

/// Path, status and `data-page` of the pages that a visitor sees without having done anything.
const PAGES: [(&str, u16, &str); 7] = [
    ("/", 200, "home"),
    ("/category/1", 200, "category"),
    ("/product/1", 200, "product"),
    ("/cart", 200, "cart"),
    ("/register", 200, "register"),
    ("/login", 200, "login"),
    ("/no-such-page", 404, "not-found"),
];

/// Verifies assets and pages.
pub(super) async fn verify(browser: &Browser, steps: &Steps<'_>) -> Result<(), StackError> {
    asset(browser, steps).await?;
    for (path, status, page) in PAGES {
        let answer = browser.get(page, path, status).await?;
        let found = answer.attribute("data-page").unwrap_or("nothing");
        if found != page {
            return Err(wrong(page, format!("GET {path} has the page `{found}`")));
        }
        steps.passed(&format!("{page} page"));
    }
    search(browser, steps).await?;
    let answer = browser.get("account", "/account", 303).await?;
    if !answer.location.ends_with("/login") {
        return Err(wrong("account", format!("a visitor is sent to `{}` instead of /login", answer.location)));
    }
    steps.passed("account page is for customers only");
    Ok(())
}

/// Verifies an asset and one page that Nginx, PHP and the database make together.
pub(super) async fn verify_quickly(browser: &Browser, steps: &Steps<'_>) -> Result<(), StackError> {
    asset(browser, steps).await?;
    let answer = browser.get("product", "/product/1", 200).await?;
    match answer.attribute("data-page") {
        Some("product") => Ok(()),
        found => Err(wrong("product", format!("GET /product/1 has the page `{}`", found.unwrap_or("nothing")))),
    }
}

async fn asset(browser: &Browser, steps: &Steps<'_>) -> Result<(), StackError> {
    let answer = browser.get("asset", "/assets/app.css", 200).await?;
    if !answer.cache_control.contains("max-age=") || answer.body.is_empty() {
        return Err(wrong("asset", format!("/assets/app.css has Cache-Control `{}`", answer.cache_control)));
    }
    steps.passed("static asset");
    Ok(())
}

async fn search(browser: &Browser, steps: &Steps<'_>) -> Result<(), StackError> {
    let terms = SHOP.get_file("search-terms.txt").and_then(|file| file.contents_utf8()).unwrap_or_default();
    let term = terms.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with('#')).unwrap_or("a");
    let query = term.replace(' ', "+");
    let answer = browser.get("search", &format!("/search?q={query}"), 200).await?;
    let results: u64 = answer.attribute("data-results").and_then(|text| text.parse().ok()).unwrap_or(0);
    if results == 0 {
        return Err(wrong("search", format!("nothing is found for `{term}`")));
    }
    steps.passed(&format!("search page ({results} results for `{term}`)"));
    Ok(())
}
