//! The disk that a component's data is on, and limits on what it may do there.

use std::{
    fs,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};

use nix::sys::stat::{major, minor};
use redline_model::Rate;
use testcontainers::bollard::models::{HostConfig, ThrottleDevice};

/// The most reads and writes a second.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct DiskLimits {
    pub reads: Option<Rate>,
    pub writes: Option<Rate>,
}

/// Such limits on one disk.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Throttle {
    disk: PathBuf,
    limits: DiskLimits,
}

impl DiskLimits {
    /// These limits on the disk that `folder` is on; `None` where there are none.
    ///
    /// # Errors
    /// Why they cannot be had here.
    pub(crate) fn on(self, folder: &Path) -> Result<Option<Throttle>, String> {
        if self == Self::default() {
            return Ok(None);
        }
        let disk = disk_of(folder, Path::new("/sys/dev/block"))?;
        Ok(Some(Throttle { disk, limits: self }))
    }
}

impl Throttle {
    /// Puts the limits into what Docker is told.
    pub(crate) fn tell(&self, host: &mut HostConfig) {
        let limit = |rate: Option<Rate>| {
            let path = Some(self.disk.display().to_string());
            rate.map(|rate| vec![ThrottleDevice { path, rate: Some(rate.0 as i64) }])
        };
        host.blkio_device_read_iops = limit(self.limits.reads);
        host.blkio_device_write_iops = limit(self.limits.writes);
    }
}

/// The limits as Docker reads them back.
pub(crate) fn read_back(host: &HostConfig) -> DiskLimits {
    let of = |all: &Option<Vec<ThrottleDevice>>| Some(Rate(all.as_ref()?.first()?.rate? as f64));
    DiskLimits { reads: of(&host.blkio_device_read_iops), writes: of(&host.blkio_device_write_iops) }
}

/// The whole disk below the folder's file system: the kernel limits disks and not their partitions.
fn disk_of(folder: &Path, devices: &Path) -> Result<PathBuf, String> {
    let unknown = |why: &str| format!("the disk that {} is on cannot be told ({why})", folder.display());
    let device = fs::metadata(folder).map_err(|e| unknown(&e.to_string()))?.dev();
    let entry = devices.join(format!("{}:{}", major(device), minor(device)));
    let mut found = fs::canonicalize(&entry).map_err(|_| unknown("its file system is on no single disk"))?;
    if found.join("partition").exists() {
        found.pop();
    }
    let name = found.file_name().ok_or_else(|| unknown("the kernel does not name it"))?;
    Ok(Path::new("/dev").join(name))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    /// A kernel's folder of devices in which the folder's own device is `to`.
    fn devices(folder: &Path, to: &str) -> PathBuf {
        let device = fs::metadata(folder).unwrap().dev();
        let devices = folder.join("dev");
        fs::create_dir_all(&devices).unwrap();
        fs::create_dir_all(folder.join("sda/sda1")).unwrap();
        fs::write(folder.join("sda/sda1/partition"), "1").unwrap();
        symlink(folder.join(to), devices.join(format!("{}:{}", major(device), minor(device)))).unwrap();
        devices
    }

    #[test]
    fn a_partition_is_on_its_disk() {
        for to in ["sda", "sda/sda1"] {
            let folder = tempfile::tempdir().unwrap();
            let devices = devices(folder.path(), to);
            assert_eq!(disk_of(folder.path(), &devices), Ok("/dev/sda".into()));
        }
    }

    #[test]
    fn a_file_system_without_a_disk_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let problem = disk_of(folder.path(), Path::new("/no/such/folder")).unwrap_err();
        assert!(problem.contains("on no single disk"), "{problem}");
    }

    #[test]
    fn limits_are_told_and_read_back() {
        let limits = DiskLimits { reads: Some(Rate(300.0)), writes: None };
        let mut host = HostConfig::default();
        Throttle { disk: "/dev/sda".into(), limits }.tell(&mut host);
        assert_eq!(read_back(&host), limits);
        assert_eq!(read_back(&HostConfig::default()), DiskLimits::default());
    }
}
