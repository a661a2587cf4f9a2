//! A test that fails leaves no stack behind.

use std::{cell::RefCell, panic, sync::Once, thread};

use redline_stack::RunId;

thread_local! {
    /// The runs that the test of this thread has begun.
    static BEGUN: RefCell<Vec<RunId>> = const { RefCell::new(Vec::new()) };
}

/// From now on a panic in this thread removes what carries the run's label.
pub(crate) fn when_it_fails(run: &RunId) {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let usual = panic::take_hook();
        panic::set_hook(Box::new(move |told| {
            usual(told);
            BEGUN.take().iter().for_each(sweep);
        }));
    });
    BEGUN.with_borrow_mut(|begun| begun.push(run.clone()));
}

/// In a thread of its own: the panicking one may be inside a runtime.
fn sweep(run: &RunId) {
    let run = run.clone();
    let swept = thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().ok()?;
        runtime.block_on(redline_stack::clean_run(&run)).ok()
    });
    if !matches!(swept.join(), Ok(Some(_))) {
        eprintln!("what the failed test started could not be removed; `redline clean` does it");
    }
}

#[test]
fn a_failed_test_sweeps_in_its_own_thread_only() {
    let begun = || BEGUN.with_borrow(Vec::len);
    when_it_fails(&RunId::random());
    assert!(begun() >= 1);
    assert_eq!(thread::spawn(begun).join().ok(), Some(0));
    BEGUN.take();
}
