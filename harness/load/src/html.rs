//! As much of HTML and CSS as a visitor needs: tags with their attributes, and `url(…)`.
//!
//! Not a parser: it looks for tags wherever they stand. The shop's pages are checked to be valid HTML
//! elsewhere; here every microsecond is taken from the load that the generator can make.

use std::borrow::Cow;

/// A tag: its name and what stands between name and `>`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tag<'a> {
    pub(crate) name: &'a str,
    rest: &'a str,
}

impl<'a> Tag<'a> {
    /// The attribute of that name, with `&amp;` and the like resolved; empty for one without a value.
    pub(crate) fn attribute(&self, name: &str) -> Option<Cow<'a, str>> {
        attributes(self.rest).find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| unescape(value))
    }
}

/// All opening tags, in order.
pub(crate) fn tags(html: &str) -> impl Iterator<Item = Tag<'_>> {
    let mut rest = html;
    std::iter::from_fn(move || {
        loop {
            let open = rest.find('<')?;
            rest = &rest[open + 1..];
            if let Some(comment) = rest.strip_prefix("!--") {
                rest = comment.find("-->").map_or("", |end| &comment[end..]);
                continue;
            }
            let name_end = rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len());
            if name_end == 0 {
                continue;
            }
            let (name, after) = rest.split_at(name_end);
            let end = tag_end(after);
            rest = &after[end..];
            return Some(Tag { name, rest: &after[..end] });
        }
    })
}

/// Where the tag ends: at the first `>` outside quotes.
fn tag_end(text: &str) -> usize {
    let mut quote = None;
    for (at, byte) in text.bytes().enumerate() {
        match (quote, byte) {
            (None, b'>') => return at,
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), _) if open == byte => quote = None,
            _ => {}
        }
    }
    text.len()
}

/// The attributes of a tag: (name, raw value).
fn attributes(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut rest = text;
    std::iter::from_fn(move || {
        rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
        let name_end = rest.find(|c: char| c.is_ascii_whitespace() || c == '=' || c == '/').unwrap_or(rest.len());
        if name_end == 0 {
            return None;
        }
        let name = &rest[..name_end];
        rest = rest[name_end..].trim_start();
        let Some(value) = rest.strip_prefix('=') else { return Some((name, "")) };
        let value = value.trim_start();
        let (value, after) = match value.chars().next() {
            Some(quote @ ('"' | '\'')) => value[1..].split_once(quote).unwrap_or((&value[1..], "")),
            _ => value.split_at(value.find(|c: char| c.is_ascii_whitespace()).unwrap_or(value.len())),
        };
        rest = after;
        Some((name, value))
    })
}

/// Resolves the five entities that stand in attribute values.
fn unescape(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    // `&amp;` last, so that `&amp;lt;` stays `&lt;`.
    let plain = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#039;", "'");
    Cow::Owned(plain.replace("&#39;", "'").replace("&amp;", "&"))
}

/// What the page makes a browser fetch at once: style sheets, scripts, images, preloads and icons.
pub(crate) fn assets(html: &str) -> Vec<Cow<'_, str>> {
    let address = |tag: Tag<'_>| match tag.name.to_ascii_lowercase().as_str() {
        "script" | "img" => tag.attribute("src").map(Cow::into_owned),
        "link" => {
            let rel = tag.attribute("rel")?;
            let fetched = |word: &str| matches!(word, "stylesheet" | "icon" | "preload" | "modulepreload");
            rel.split_ascii_whitespace().any(fetched).then(|| tag.attribute("href").map(Cow::into_owned))?
        }
        _ => None,
    };
    tags(html).filter_map(address).filter(|a| !a.is_empty() && !a.starts_with("data:")).map(Cow::Owned).collect()
}

/// What a style sheet makes a browser fetch: `url(…)` of fonts and pictures, and `@import`.
pub(crate) fn style_sheet_assets(css: &str) -> Vec<&str> {
    let mut rest = css;
    let mut found = Vec::new();
    while let Some(at) = rest.find("url(") {
        rest = &rest[at + 4..];
        let Some(end) = rest.find(')') else { break };
        let address = rest[..end].trim().trim_matches(['"', '\'']);
        if !address.is_empty() && !address.starts_with("data:") && !address.starts_with('#') {
            found.push(address);
        }
        rest = &rest[end..];
    }
    found
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const PAGE: &str = r##"<!doctype html><html><head>
        <link rel="stylesheet" href="/assets/app.css?v=1&amp;x=2"><link rel=icon href='/assets/logo.svg'>
        <link rel="canonical" href="/"><link rel="preload" as="font" href="/assets/shop.woff2?v=1">
        <!-- <img src="/assets/commented-out.webp"> -->
        <script defer src="/assets/app.js"></script></head>
        <body data-page="product" class="a > b"><main data-items='3'>
        <img alt="x" src="/assets/products/001.webp" loading="lazy"/><img src="data:image/gif;base64,AAAA">
        <form><input type="hidden" name="csrf" value="tok&quot;en"><input name=plain value=bare></form>"##;

    #[test]
    fn assets_are_those_that_a_browser_fetches() {
        let expected = [
            "/assets/app.css?v=1&x=2",
            "/assets/logo.svg",
            "/assets/shop.woff2?v=1",
            "/assets/app.js",
            "/assets/products/001.webp",
        ];
        assert_eq!(assets(PAGE), expected);
    }

    #[rstest]
    #[case("body", "data-page", Some("product"))]
    #[case("body", "class", Some("a > b"))]
    #[case("main", "data-items", Some("3"))]
    #[case("input", "value", Some("tok\"en"))]
    #[case("script", "defer", Some(""))]
    #[case("body", "data-none", None)]
    fn an_attribute_is_found(#[case] tag: &str, #[case] name: &str, #[case] value: Option<&str>) {
        let found = tags(PAGE).find(|t| t.name == tag).and_then(|t| t.attribute(name));
        assert_eq!(found.as_deref(), value);
    }

    #[rstest]
    #[case("")]
    #[case("<")]
    #[case("<a")]
    #[case("<a href=\"never closed")]
    #[case("a < b <> < c> <1 =x>")]
    #[case("<!-- never closed")]
    #[case("<ä ö=ü>")]
    #[case("<a =>")]
    #[case("<img src='x' =\"\">")]
    fn broken_html_breaks_nothing(#[case] html: &str) {
        for tag in tags(html) {
            let _ = tag.attribute("href");
        }
        let _ = assets(html);
    }

    #[test]
    fn a_style_sheet_names_its_fonts() {
        let css =
            "@font-face{src:url(\"/assets/shop.woff2?v=3\") format('woff2')} a{b:url(data:x)} c{d:url( x.png )} e{url(";
        assert_eq!(style_sheet_assets(css), ["/assets/shop.woff2?v=3", "x.png"]);
    }
}
