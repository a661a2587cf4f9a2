//! The shop's code: one folder a release, and a link to the one that is served.

use testcontainers::bollard::{Docker, body_full, query_parameters::UploadToContainerOptionsBuilder};

use crate::{
    StackError,
    error::one_line,
    exec::{self, User},
    member::Member,
};

/// It becomes a folder, a text in PHP and a part of a column's name.
pub(super) fn check(version: &str) -> Result<(), StackError> {
    let fits = (1..=20).contains(&version.len())
        && version.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'.' || b == b'-')
        && !version.starts_with('.');
    if fits { Ok(()) } else { Err(StackError::Version(version.into())) }
}

/// Writes the release beside the others. Nobody sees it yet.
pub(super) async fn release(docker: &Docker, member: &Member, version: &str) -> Result<(), String> {
    let script = format!(
        "set -e; umask 022; new=/srv/releases/{version}
        if [ \"$(readlink /srv/shop)\" = releases/{version} ]; then echo 'it is the present version already'; exit 1; fi
        rm -rf $new; mkdir $new; cp -R /srv/shop/. $new/
        sed -i \"s/const SHOP = '[^']*'/const SHOP = '{version}'/\" $new/src/Version.php
        grep -q \"const SHOP = '{version}'\" $new/src/Version.php || {{ echo 'the code has no version'; exit 1; }}"
    );
    let ended = exec::run(docker, &member.id, User::Root, &["sh", "-c", &script]).await.map_err(|e| e.to_string())?;
    if ended.code == 0 { Ok(()) } else { Err(format!("the release was not written: {}", one_line(&ended.said))) }
}

/// Makes a release the one that is served, in one step.
pub(super) async fn swap(docker: &Docker, member: &Member, version: &str) -> Result<(), String> {
    let script = format!("ln -sfn releases/{version} /srv/next && mv -T /srv/next /srv/shop");
    exec::succeed(docker, &member.id, User::Root, &["sh", "-c", &script]).await.map(drop)
}

/// The same in a container that does not run.
pub(super) async fn swap_while_stopped(docker: &Docker, member: &Member, version: &str) -> Result<(), String> {
    let mut archive = tokio_tar::Builder::new(Vec::new());
    let mut header = tokio_tar::Header::new_gnu();
    header.set_entry_type(tokio_tar::EntryType::Symlink);
    header.set_size(0);
    header.set_mode(0o777);
    let packed = async {
        header.set_path("shop")?;
        header.set_link_name(format!("releases/{version}"))?;
        header.set_cksum();
        archive.append(&header, tokio::io::empty()).await?;
        archive.into_inner().await
    };
    let tar = packed.await.map_err(|error| error.to_string())?;
    let options = UploadToContainerOptionsBuilder::new().path("/srv").build();
    let sent = docker.upload_to_container(&member.id, Some(options), body_full(tar.into())).await;
    sent.map_err(|error| one_line(&error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_a_plain_word() {
        assert!(check("2.0.1-rc1").is_ok());
        for bad in ["", "../x", ".", "2.0'", "a b", "2;rm", "123456789012345678901"] {
            assert!(check(bad).is_err(), "{bad}");
        }
    }
}
