//! Which pages there are (`stack/shop/README.md` is the contract), and how they look: small, with the marks,
//! links, forms and assets that the shop's have.

use crate::visitors::Visitor;

/// A kind of request that goes through the stages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PageKind {
    Home,
    Category,
    Search,
    Product,
    CartAdd,
    Cart,
    LoginForm,
    Login,
    RegisterForm,
    Register,
    Logout,
    Account,
    Checkout,
    Order,
    OrderPage,
    Plain,
    Other,
}

/// All of them.
pub(crate) const ALL_KINDS: [PageKind; 17] = [
    PageKind::Home,
    PageKind::Category,
    PageKind::Search,
    PageKind::Product,
    PageKind::CartAdd,
    PageKind::Cart,
    PageKind::LoginForm,
    PageKind::Login,
    PageKind::RegisterForm,
    PageKind::Register,
    PageKind::Logout,
    PageKind::Account,
    PageKind::Checkout,
    PageKind::Order,
    PageKind::OrderPage,
    PageKind::Plain,
    PageKind::Other,
];

impl PageKind {
    /// What is asked for by this method and path.
    pub(crate) fn of(post: bool, path: &str) -> Self {
        match (post, path) {
            (false, "/") => Self::Home,
            (false, "/search") => Self::Search,
            (true, "/cart/add") => Self::CartAdd,
            (false, "/cart") => Self::Cart,
            (false, "/login") => Self::LoginForm,
            (true, "/login") => Self::Login,
            (false, "/register") => Self::RegisterForm,
            (true, "/register") => Self::Register,
            (true, "/logout") => Self::Logout,
            (false, "/account") => Self::Account,
            (false, "/checkout") => Self::Checkout,
            (true, "/checkout") => Self::Order,
            (false, "/.redline/page") => Self::Plain,
            (false, path) if path.starts_with("/category/") => Self::Category,
            (false, path) if path.starts_with("/product/") => Self::Product,
            (false, path) if path.starts_with("/order/") => Self::OrderPage,
            _ => Self::Other,
        }
    }
    /// As it stands in a model's weights.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Home => "home",
            Self::Category => "category",
            Self::Search => "search",
            Self::Product => "product",
            Self::CartAdd => "cart-add",
            Self::Cart => "cart",
            Self::LoginForm => "login-form",
            Self::Login => "login",
            Self::RegisterForm => "register-form",
            Self::Register => "register",
            Self::Logout => "logout",
            Self::Account => "account",
            Self::Checkout => "checkout",
            Self::Order => "order",
            Self::OrderPage => "order-page",
            Self::Plain => "plain",
            Self::Other => "other",
        }
    }
}

/// Products on a page that lists some.
pub(crate) const LISTED: u64 = 4;

/// A page of the kind `mark`, with attributes on its `main` and content in it.
pub(crate) fn page(mark: &str, attributes: &str, content: &str) -> String {
    format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"shop-version\" content=\"model\">\
         <title>Foobar, a model of a shop</title>\
         <link rel=\"icon\" href=\"/assets/logo.svg?v=1\"><link rel=\"stylesheet\" href=\"/assets/app.css?v=1\">\
         <script src=\"/assets/app.js?v=1\" defer></script></head><body data-page=\"{mark}\"><header>\
         <a href=\"/\"><img src=\"/assets/logo.svg?v=1\" alt=\"\"> Foobar</a> <a href=\"/cart\">Cart</a>\
         <p>This is a model of a server, not a real one.</p></header><main{attributes}>{content}</main></body></html>"
    )
}

/// A page without any asset: one session of `url` on it is one request.
pub(crate) fn plain() -> String {
    "<!DOCTYPE html><html lang=\"en\"><head><title>Plain</title></head><body data-page=\"plain\">plain</body></html>"
        .into()
}

/// The cards of some products.
pub(crate) fn cards(products: impl Iterator<Item = u64>) -> String {
    products
        .map(|id| {
            format!(
                "<a href=\"/product/{id}\"><img src=\"/assets/products/{:03}.webp?v=1\" alt=\"\">Product {id}</a>",
                1 + (id - 1) % 200
            )
        })
        .collect()
}

/// A form with its token.
pub(crate) fn form(visitor: &Visitor, action: &str, fields: &str) -> String {
    format!(
        "<form method=\"post\" action=\"{action}\"><input type=\"hidden\" name=\"csrf\" value=\"{}\">{fields}\
         <button>Go</button></form>",
        visitor.csrf
    )
}

/// A static file and its type; `None` for one that is not there.
pub(crate) fn asset(path: &str) -> Option<(&'static str, &'static [u8])> {
    const PICTURE: [u8; 1024] = [7; 1024];
    let picture = |path: &str| {
        let number = path.strip_prefix("/assets/products/")?.strip_suffix(".webp")?;
        (number.len() == 3 && (1..=200).contains(&number.parse().unwrap_or(0_u32))).then_some(())
    };
    match path {
        "/assets/app.css" => {
            Some(("text/css", b"@font-face{font-family:shop;src:url(/assets/shop.woff2?v=1)}body{font:1rem shop}"))
        }
        "/assets/app.js" => Some(("text/javascript", b"'use strict';")),
        "/assets/logo.svg" => Some(("image/svg+xml", b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>")),
        "/assets/search-terms.json" => Some(("application/json", b"[\"mug\"]")),
        "/assets/hero.webp" => Some(("image/webp", &PICTURE)),
        "/assets/shop.woff2" | "/assets/shop-bold.woff2" => Some(("font/woff2", &PICTURE)),
        path => picture(path).map(|()| ("image/webp", PICTURE.as_slice())),
    }
}
