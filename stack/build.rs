//! Tells cargo what is embedded, so that adding one file to `topologies/` is enough.

fn main() {
    for folder in ["topologies", "images", "shop"] {
        println!("cargo::rerun-if-changed={folder}");
    }
}
