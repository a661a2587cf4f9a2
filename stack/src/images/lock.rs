//! One build of the same image at a time on this machine.

use std::{
    fs::{File, TryLockError},
    time::Duration,
};

use crate::{StackError, cache};

/// Held while building; the system lets go of it with the process, however that ends.
pub(super) struct Lock(#[expect(dead_code, reason = "the lock lives as long as the open file")] File);

/// Waits until nobody else on this machine builds `reference`; `on_wait` is called once if somebody does.
pub(super) async fn acquire(reference: &str, on_wait: impl Fn()) -> Result<Lock, StackError> {
    let folder = cache::folder()?;
    let path = folder.join(format!("{}.lock", reference.replace([':', '/'], "-")));
    let file = File::create(&path).map_err(StackError::io(&path, "creating the lock"))?;
    let mut told = false;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(Lock(file)),
            Err(TryLockError::WouldBlock) => {
                if !told {
                    on_wait();
                    told = true;
                }
                // A blocking lock would hold up Ctrl-C for as long as the other build takes.
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
            Err(TryLockError::Error(source)) => return Err(StackError::io(&path, "locking")(source)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_second_builder_waits_for_the_first() {
        let reference = format!("redline-test:{:08x}", rand::random::<u32>());
        let first = acquire(&reference, || ()).await.unwrap();
        let (sender, mut waits) = tokio::sync::mpsc::unbounded_channel();
        let second = acquire(&reference, || sender.send(()).unwrap());
        tokio::pin!(second);
        tokio::select! {
            _ = &mut second => panic!("both have it"),
            _ = waits.recv() => {}
        }
        drop(first);
        second.await.unwrap();
        let _ = std::fs::remove_file(cache::folder().unwrap().join(format!("{}.lock", reference.replace(':', "-"))));
    }
}
