//! Where the images' Dockerfiles and the shop come from: this binary, a folder, or images that are there already.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use crate::{
    StackError,
    embedded::{self, ContextFile},
};

/// Where a stack's images are made from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Source {
    /// A folder laid out as this repository's `stack/`; absent: what was built into this binary.
    folder: Option<PathBuf>,
    /// Images to start instead of built ones, by the name of the image that they stand for.
    instead: BTreeMap<String, String>,
}

impl Source {
    /// A folder with `images/` and `shop/` in it.
    ///
    /// # Errors
    /// If it has no such folders, or one of their files cannot be read.
    pub fn folder(folder: &Path) -> Result<Self, StackError> {
        let source = Self { folder: Some(folder.to_owned()), instead: BTreeMap::new() };
        for part in ["images", "shop"] {
            let path = folder.join(part);
            fs::read_dir(&path).map_err(StackError::io(&path, "looking for the stack's files"))?;
        }
        source.context().map(|_| source)
    }

    /// The same with `image` (`php`, `nginx`, …) replaced by the image of that `reference`, which has to be there.
    #[must_use]
    pub fn with_image(mut self, image: &str, reference: &str) -> Self {
        self.instead.insert(image.to_owned(), reference.to_owned());
        self
    }

    /// The reference to start instead of building `image`.
    pub(crate) fn instead_of(&self, image: &str) -> Option<&String> {
        self.instead.get(image)
    }

    /// The build context (`images/` and `shop/`), in the order of the paths.
    pub(crate) fn context(&self) -> Result<Vec<ContextFile>, StackError> {
        let Some(folder) = &self.folder else { return Ok(embedded::build_context()) };
        let mut files = Vec::new();
        for part in ["images", "shop"] {
            let path = folder.join(part);
            collect(&path, part, &mut files).map_err(StackError::io(&path, "reading the stack's files"))?;
        }
        files.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(files)
    }
}

fn collect(folder: &Path, prefix: &str, into: &mut Vec<ContextFile>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let path = format!("{prefix}/{}", entry.file_name().to_string_lossy());
        let kind = entry.file_type()?;
        if kind.is_dir() {
            collect(&entry.path(), &path, into)?;
        } else if kind.is_file() {
            into.push(ContextFile { path, content: fs::read(entry.path())?.into() });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_repositorys_folder_gives_what_was_built_in() {
        let folder = Source::folder(Path::new(env!("CARGO_MANIFEST_DIR"))).unwrap();
        let of = |source: &Source| -> Vec<(String, usize)> {
            source.context().unwrap().into_iter().map(|f| (f.path, f.content.len())).collect()
        };
        assert_eq!(of(&folder), of(&Source::default()));
    }

    #[test]
    fn a_folder_without_a_shop_is_refused_by_name() {
        let told = Source::folder(Path::new(env!("CARGO_MANIFEST_DIR")).join("topologies").as_path()).unwrap_err();
        assert!(told.to_string().contains("topologies/images"), "{told}");
    }
}
