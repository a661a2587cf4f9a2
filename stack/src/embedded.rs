//! The files that travel inside the binary: topologies, Dockerfiles and the shop.

use std::borrow::Cow;

use include_dir::{Dir, File, include_dir};

/// One TOML file a topology.
pub(crate) static TOPOLOGIES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/topologies");
/// One folder an image.
pub(crate) static IMAGES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/images");
/// The site.
pub(crate) static SHOP: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/shop");

/// A file of the build context, by its path in the `stack/` folder.
pub(crate) struct ContextFile {
    /// `images/nginx/nginx.conf`, with forward slashes.
    pub path: String,
    /// Its content.
    pub content: Cow<'static, [u8]>,
}

/// The whole build context (`images/` and `shop/`), in the order of the paths.
pub(crate) fn build_context() -> Vec<ContextFile> {
    let mut files = Vec::new();
    collect("images", &IMAGES, &mut files);
    collect("shop", &SHOP, &mut files);
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files
}

fn collect(prefix: &str, dir: &'static Dir<'static>, into: &mut Vec<ContextFile>) {
    let context_file = |file: &'static File<'static>| {
        let path = file.path().to_string_lossy().replace('\\', "/");
        ContextFile { path: format!("{prefix}/{path}"), content: file.contents().into() }
    };
    into.extend(dir.files().map(context_file));
    for sub in dir.dirs() {
        collect(prefix, sub, into);
    }
}
