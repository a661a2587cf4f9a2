//! What goes into the build of one image, and the digest of all of it.

use sha2::{Digest, Sha256};

use crate::embedded::ContextFile;

/// The files of one image's build.
pub(super) struct Context {
    /// The Dockerfile's path among the files.
    pub dockerfile: String,
    /// Only what the Dockerfile copies, so that a change of the shop's pages leaves the database's image alone.
    pub files: Vec<ContextFile>,
}

/// The part of the build context that `images/<image>/Dockerfile` uses.
pub(super) fn of_image(image: &str, all: Vec<ContextFile>) -> Context {
    let dockerfile = format!("images/{image}/Dockerfile");
    let text = all
        .iter()
        .find(|file| file.path == dockerfile)
        .map_or("", |file| std::str::from_utf8(&file.content).unwrap_or(""));
    let sources = copied(text);
    let files = all
        .into_iter()
        .filter(|file| file.path == dockerfile || sources.iter().any(|s| covers(s, &file.path)))
        .collect();
    Context { dockerfile, files }
}

/// When all files were changed last, in seconds since 1970: the beginning of 2020. It must not be zero: PHP takes that for
/// a file without a time, and its opcode cache never keeps such a script.
const TIME: u64 = 1_577_836_800;

impl Context {
    /// Twelve hexadecimal digits that change with anything that the image depends on.
    pub(super) fn digest(&self, base: &str) -> String {
        let mut hash = Sha256::new();
        hash.update(base);
        hash.update(TIME.to_le_bytes());
        for file in &self.files {
            hash.update((file.path.len() as u64).to_le_bytes());
            hash.update(&file.path);
            hash.update((file.content.len() as u64).to_le_bytes());
            hash.update(&file.content);
        }
        hash.finalize().iter().take(6).map(|byte| format!("{byte:02x}")).collect()
    }
    /// As the archive that Docker wants. Times and modes are fixed, so that its cache sees equal files as equal.
    pub(super) async fn tar(&self) -> std::io::Result<Vec<u8>> {
        let mut archive = tokio_tar::Builder::new(Vec::new());
        for file in &self.files {
            let mut header = tokio_tar::Header::new_gnu();
            header.set_size(file.content.len() as u64);
            header.set_mode(0o644);
            header.set_mtime(TIME);
            header.set_cksum();
            archive.append_data(&mut header, &file.path, &*file.content).await?;
        }
        archive.into_inner().await
    }
}

/// The sources of all COPY and ADD lines; what is copied from another stage is not from the context.
fn copied(dockerfile: &str) -> Vec<String> {
    let joined = dockerfile.replace("\\\n", " ");
    joined
        .lines()
        .filter_map(|line| line.trim().strip_prefix("COPY ").or_else(|| line.trim().strip_prefix("ADD ")))
        .filter(|rest| !rest.contains("--from="))
        .flat_map(|rest| {
            let words: Vec<_> = rest.split_whitespace().filter(|word| !word.starts_with("--")).collect();
            let sources = words.len().saturating_sub(1);
            words
                .into_iter()
                .take(sources)
                .map(|word| word.trim_start_matches("./").trim_end_matches('/').to_string())
                .collect::<Vec<_>>()
        })
        .collect()
}

/// Whether a source names this file, its folder, or everything (a pattern covers its fixed beginning).
fn covers(source: &str, path: &str) -> bool {
    let fixed = source.split(['*', '?', '[']).next().unwrap_or_default();
    if fixed.len() < source.len() {
        return path.starts_with(fixed);
    }
    source.is_empty()
        || source == "."
        || path == source
        || path.strip_prefix(source).is_some_and(|rest| rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::embedded::build_context;

    fn file(path: &str, content: &'static str) -> ContextFile {
        ContextFile { path: path.into(), content: content.as_bytes().into() }
    }

    #[test]
    fn only_what_is_copied_counts() {
        let all = |page| {
            vec![
                file(
                    "images/a/Dockerfile",
                    "FROM x\nCOPY --from=assets /out /in\nCOPY images/a/a.conf \\\n  shop/sql /etc/\n",
                ),
                file("images/a/a.conf", "a"),
                file("shop/sql/1.sql", "select"),
                file("shop/src/page.php", page),
            ]
        };
        let context = of_image("a", all("one"));
        let paths: Vec<_> = context.files.iter().map(|f| f.path.as_str()).collect();
        assert_eq!(paths, ["images/a/Dockerfile", "images/a/a.conf", "shop/sql/1.sql"]);
        assert_eq!(context.digest("base"), of_image("a", all("two")).digest("base"));
        assert_ne!(context.digest("base"), context.digest("other base"));
    }

    #[test]
    fn a_source_covers_its_folder_and_nothing_beside_it() {
        assert!(covers("shop/src", "shop/src/a.php"));
        assert!(!covers("shop/src", "shop/src2/a.php"));
        assert!(covers("shop/*.txt", "shop/terms.txt"));
        assert!(covers(".", "anything"));
    }

    #[test]
    fn every_image_of_ours_has_a_dockerfile_on_the_one_base() {
        for image in ["dns", "balancer", "nginx", "php", "mysql", "mariadb", "tools"] {
            let context = of_image(image, build_context());
            let dockerfile = context.files.iter().find(|f| f.path == context.dockerfile).unwrap();
            let text = std::str::from_utf8(&dockerfile.content).unwrap();
            assert!(text.starts_with("ARG BASE"), "{image}");
            assert!(context.files.len() > 1, "{image}");
        }
    }
}
