//! One order from the product page to the database.

use super::{
    Steps,
    browser::{Answer, Browser},
    lines_of_order, wrong,
};
use crate::{StackError, mysql_client::Database};

const STEP: &str = "order";

/// Places one order and finds it.
pub(super) async fn verify(browser: &Browser, database: &Database, steps: &Steps<'_>) -> Result<(), StackError> {
    let product = browser.get(STEP, "/product/2", 200).await?;
    let csrf = csrf(&product, "the product page")?;
    let added = browser.post(STEP, "/cart/add", &[("csrf", csrf), ("product_id", "2"), ("quantity", "1")], 303).await?;
    sent_to(&added, "/cart")?;
    let cart = browser.get(STEP, "/cart", 200).await?;
    if cart.attribute("data-items").is_none_or(|items| items == "0") {
        return Err(wrong(STEP, "the cart is empty after something was put into it"));
    }
    let checkout = browser.get(STEP, "/checkout", 200).await?;
    let uuid = uuid();
    let form = [
        ("csrf", csrf_of(&checkout)?),
        ("order_uuid", uuid.as_str()),
        ("name", "redline"),
        ("email", "verify@example.com"),
        ("address", "1 Test Street"),
        ("city", "Testing"),
        ("postcode", "12345"),
    ];
    let placed = browser.post(STEP, "/checkout", &form, 303).await?;
    sent_to(&placed, &format!("/order/{uuid}"))?;
    let order = browser.get(STEP, &format!("/order/{uuid}"), 200).await?;
    if order.attribute("data-order-uuid") != Some(&uuid) {
        return Err(wrong(STEP, "the confirmation does not show the order's UUID"));
    }
    match lines_of_order(database, &uuid).await {
        Ok(Some(lines)) if lines > 0 => {}
        Ok(Some(_)) => return Err(wrong(STEP, format!("order {uuid} is in the database without any lines"))),
        Ok(None) => return Err(wrong(STEP, format!("order {uuid} was confirmed and is not in the database"))),
        Err(source) => return Err(StackError::Mysql { doing: "looking for the order", source }),
    }
    steps.passed("an order placed, confirmed and found in the database with its lines");
    Ok(())
}

fn csrf<'a>(page: &'a Answer, what: &str) -> Result<&'a str, StackError> {
    page.field("csrf").ok_or_else(|| wrong(STEP, format!("{what} has no csrf field")))
}

fn csrf_of(checkout: &Answer) -> Result<&str, StackError> {
    csrf(checkout, "the checkout page")
}

fn sent_to(answer: &Answer, path: &str) -> Result<(), StackError> {
    if answer.location.ends_with(path) {
        return Ok(());
    }
    Err(wrong(STEP, format!("the visitor is sent to `{}` instead of {path}", answer.location)))
}

/// A random UUID (version 4).
fn uuid() -> String {
    let bits = (rand::random::<u128>() & !(0xf << 76) & !(0x3 << 62)) | (0x4 << 76) | (0x2 << 62);
    let hex = format!("{bits:032x}");
    [0..8, 8..12, 12..16, 16..20, 20..32].map(|range| hex.get(range).unwrap_or_default().to_string()).join("-")
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_uuid_has_its_version_and_variant() {
        let uuid = super::uuid();
        let parts: Vec<_> = uuid.split('-').map(str::len).collect();
        assert_eq!(parts, [8, 4, 4, 4, 12]);
        assert_eq!(&uuid[14..15], "4");
        assert!(["8", "9", "a", "b"].contains(&&uuid[19..20]));
    }
}
