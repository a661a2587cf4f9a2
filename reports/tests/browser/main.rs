//! The page in a real browser: headless Chromium, driven by its debugging protocol.
//!
//! Where there is no Chromium the tests are reported as ignored, with a sentence that says so; with
//! `REDLINE_NEED_BROWSER=1`, as CI sets it, they fail instead.
#![expect(clippy::unwrap_used, reason = "a test may fail loudly")]

mod chromium;
mod disturbed;
mod documents;
mod draws;
mod hostile;
mod lists;
mod live;
mod looks;
mod page;
mod saves;
mod size;
mod works;

use libtest_mimic::{Arguments, Trial};

fn main() -> std::process::ExitCode {
    let mut arguments = Arguments::from_args();
    // Each test has a browser of its own, and machines that test are small.
    arguments.test_threads = Some(1);
    let needed = std::env::var("REDLINE_NEED_BROWSER").is_ok_and(|v| v == "1");
    let absent = chromium::program().is_none() && !needed;
    if absent {
        eprintln!(
            "There is no Chromium on this machine: the tests of the page in a browser are IGNORED. Install `chromium` to run them."
        );
    }
    let tests: [(&str, fn()); 14] = [
        ("every_chart_has_its_data_in_both_schemes", draws::every_chart_has_its_data_in_both_schemes),
        ("a_load_that_was_held_has_its_charts", draws::a_load_that_was_held_has_its_charts),
        ("a_click_in_the_legend_hides_and_shows", works::a_click_in_the_legend_hides_and_shows),
        ("the_zoom_works_by_button_and_by_wheel", works::the_zoom_works_by_button_and_by_wheel),
        ("values_can_be_read_by_keyboard", works::values_can_be_read_by_keyboard),
        ("what_is_saved_is_what_was_stored", saves::what_is_saved_is_what_was_stored),
        ("a_hostile_document_does_nothing", hostile::a_hostile_document_does_nothing),
        ("an_hour_opens_in_two_seconds", size::an_hour_opens_in_two_seconds),
        ("the_list_of_runs_shows_the_trend", lists::the_list_of_runs_shows_the_trend),
        ("a_fault_is_shaded_with_its_control_beside_it", disturbed::a_fault_is_shaded_with_its_control_beside_it),
        ("each_request_of_a_session_is_a_row", disturbed::each_request_of_a_session_is_a_row),
        ("what_a_browser_saw_is_there_with_pictures", disturbed::what_a_browser_saw_is_there_with_pictures),
        ("a_live_page_draws_what_it_is_told", live::a_live_page_draws_what_it_is_told),
        ("it_fits_a_phone_and_prints", looks::it_fits_a_phone_and_prints),
    ];
    let tests = tests.into_iter().map(|(name, test)| {
        Trial::test(name, move || {
            test();
            Ok(())
        })
        .with_ignored_flag(absent)
    });
    libtest_mimic::run(&arguments, tests.collect()).exit_code()
}
