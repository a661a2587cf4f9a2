//! A base image out of Debian's packages: `mmdebstrap --variant=minbase trixie`, then `docker import`.

use std::path::Path;

use futures::StreamExt;
use testcontainers::bollard::{Docker, body_try_stream, query_parameters::CreateImageOptionsBuilder};
use tokio_util::io::ReaderStream;

use super::mmdebstrap;
use crate::{OnEvent, StackEvent, cache, error::one_line, labels};

/// Makes the image `reference`; in the error what was tried and why it did not work.
pub(super) async fn make(docker: &Docker, reference: &str, on_event: OnEvent<'_>) -> Result<(), String> {
    let folder = cache::folder().map_err(|e| e.to_string())?;
    let program = mmdebstrap::program(&folder).await?;
    on_event(StackEvent::Base { doing: format!("{} --variant=minbase trixie (about 15 s)", program.display()) });
    // Not piped into Docker: an archive that ends early would be imported as if it were whole.
    let archive = folder.join(format!("base-{}.tar", std::process::id()));
    let made = async {
        mmdebstrap::run(&program, &archive).await?;
        on_event(StackEvent::Base { doing: "importing it into Docker".into() });
        import(docker, reference, &archive).await
    };
    let ended = made.await;
    let _ = std::fs::remove_file(&archive);
    ended
}

async fn import(docker: &Docker, reference: &str, archive: &Path) -> Result<(), String> {
    let file = tokio::fs::File::open(archive).await.map_err(|e| format!("{}: {e}", archive.display()))?;
    let (repository, tag) = reference.split_once(':').unwrap_or((reference, "latest"));
    let options = CreateImageOptionsBuilder::new()
        .from_src("-")
        .repo(repository)
        .tag(tag)
        .changes(vec![format!("LABEL {}=1", labels::IMAGE), "CMD [\"bash\"]".into()])
        .build();
    let mut progress = docker.create_image(Some(options), Some(body_try_stream(ReaderStream::new(file))), None);
    while let Some(message) = progress.next().await {
        message.map_err(|error| format!("docker import: {}", one_line(&error.to_string())))?;
    }
    Ok(())
}
