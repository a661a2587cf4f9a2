//! The schema that is checked in is the one that the types give.

mod support;

use support::{finish, redline};

#[test]
fn the_schema_that_is_checked_in_is_true() {
    let (code, schema, _) = finish(redline().arg("schema"));
    assert_eq!(code, 0);
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../reports/schema/run.schema.json");
    let stored = std::fs::read_to_string(path).unwrap_or_default();
    assert_eq!(stored, schema, "the document changed: `cargo run -- schema > reports/schema/run.schema.json`");
}

#[test]
fn so_is_that_of_a_comparison() {
    let (code, schema, _) = finish(redline().args(["schema", "comparison"]));
    assert_eq!(code, 0);
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../reports/schema/comparison.schema.json");
    let stored = std::fs::read_to_string(path).unwrap_or_default();
    let how = "the document changed: `cargo run -- schema comparison > reports/schema/comparison.schema.json`";
    assert_eq!(stored, schema, "{how}");
}
