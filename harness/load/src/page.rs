//! The page that a visitor is looking at.

use std::{borrow::Cow, io::Read};

use flate2::read::GzDecoder;

use crate::html;

/// A page larger than this after decompression is cut: nothing that a person looks at is, and what a
/// broken server sends must not fill the generator's memory.
const LARGEST: u64 = 8 << 20;

/// A page of HTML; empty before the first one and after an answer that was something else.
#[derive(Debug, Default)]
pub struct Page {
    html: String,
}

impl Page {
    /// Reads a body as it came over the wire.
    ///
    /// Bodies are asked for gzipped, as every browser does, because that is the work that the server is
    /// to be measured with. Only HTML and style sheets are unpacked, as only in those something is looked
    /// for: that costs the generator 0.1 ms a page, and pictures cost it nothing.
    pub(crate) fn read(body: &[u8], encoding: Encoding) -> Self {
        Self { html: text(body, encoding) }
    }
    /// Its source.
    #[must_use]
    pub fn html(&self) -> &str {
        &self.html
    }
    /// What kind of page it says that it is (`data-page` of its body).
    #[must_use]
    pub fn kind(&self) -> Option<Cow<'_, str>> {
        html::tags(&self.html).find(|t| t.name.eq_ignore_ascii_case("body"))?.attribute("data-page")
    }
    /// The first attribute of that name on any tag.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<Cow<'_, str>> {
        // Most tags do not have it, and a search for plain text is far cheaper than reading attributes.
        if !self.html.contains(name) {
            return None;
        }
        html::tags(&self.html).find_map(|t| t.attribute(name))
    }
    /// The token that its forms carry against forged requests.
    #[must_use]
    pub fn csrf(&self) -> Option<Cow<'_, str>> {
        html::tags(&self.html)
            .filter(|t| t.name.eq_ignore_ascii_case("input"))
            .find(|t| t.attribute("name").is_some_and(|n| n == "csrf"))?
            .attribute("value")
    }
    /// The addresses that its links lead to, of those that begin with `prefix`.
    #[must_use]
    pub fn links(&self, prefix: &str) -> Vec<String> {
        html::tags(&self.html)
            .filter(|t| t.name.eq_ignore_ascii_case("a"))
            .filter_map(|t| t.attribute("href"))
            .filter(|href| href.starts_with(prefix))
            .map(Cow::into_owned)
            .collect()
    }
    pub(crate) fn assets(&self) -> Vec<Cow<'_, str>> {
        html::assets(&self.html)
    }
}

/// How a body is packed on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    Plain,
    Gzip,
}

/// A body as text, unpacked as far as it can be.
pub(crate) fn text(body: &[u8], encoding: Encoding) -> String {
    match encoding {
        Encoding::Plain => String::from_utf8_lossy(body).into_owned(),
        Encoding::Gzip => {
            let mut plain = Vec::with_capacity(body.len() * 4);
            // What is broken in the middle is read up to there: the checks on the content will see it.
            let _ = GzDecoder::new(body).take(LARGEST).read_to_end(&mut plain);
            String::from_utf8(plain).unwrap_or_else(|e| String::from_utf8_lossy(e.as_bytes()).into_owned())
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::{Compression, write::GzEncoder};

    use super::*;

    const HTML: &str = r#"<body data-page="cart"><a href="/product/7">x</a><a href="/category/2">y</a>
        <main data-items="2"><form><input value="abc" type="hidden" name="csrf"></form></main>"#;

    fn packed(text: &str) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(text.as_bytes()).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn a_packed_page_reads_like_a_plain_one() {
        for page in [Page::read(HTML.as_bytes(), Encoding::Plain), Page::read(&packed(HTML), Encoding::Gzip)] {
            assert_eq!(page.kind().as_deref(), Some("cart"));
            assert_eq!(page.csrf().as_deref(), Some("abc"));
            assert_eq!(page.attribute("data-items").as_deref(), Some("2"));
            assert_eq!(page.links("/product/"), ["/product/7"]);
        }
    }

    #[test]
    fn what_is_broken_is_read_as_far_as_it_goes() {
        let bytes = packed(HTML);
        assert_eq!(Page::read(&bytes[..5], Encoding::Gzip).kind(), None);
        assert_eq!(Page::read(b"\xff\xfe not gzip", Encoding::Gzip).html(), "");
        assert!(Page::read(b"\xff text", Encoding::Plain).html().ends_with("text"));
    }
}
