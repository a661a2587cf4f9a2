//! The models that come with redline, and those of the user.

use std::path::Path;

use crate::{Model, ModelError, written};

/// Name, file and text of each; a new model is one more line here and its file.
const BUILT_IN: [(&str, &str, &str); 1] =
    [("model", "stack/model-server/models/model.toml", include_str!("../models/model.toml"))];

/// All models that come with redline.
///
/// # Errors
/// If one of the files that were built in is wrong; a test sees to it that none is.
pub fn all() -> Result<Vec<Model>, ModelError> {
    BUILT_IN.iter().map(|(name, file, text)| written::model(name, file, text)).collect()
}

/// The model of that name, or the one in the file at that path; `None` if it is neither, so that it may still
/// be another kind of topology. A file is a model's if it has a `model` table.
///
/// # Errors
/// If the file is a model's and is wrong: one sentence that names the file and the key.
pub fn find(name_or_path: &str) -> Result<Option<Model>, ModelError> {
    if let Some((name, file, text)) = BUILT_IN.iter().find(|(name, ..)| *name == name_or_path) {
        return written::model(name, file, text).map(Some);
    }
    let path = Path::new(name_or_path);
    let Ok(text) = std::fs::read_to_string(path) else { return Ok(None) };
    if !text.lines().any(|line| line.trim_start().starts_with("[model]") || line.trim_start().starts_with("[model.")) {
        return Ok(None);
    }
    let name = path.file_stem().map_or_else(|| "model".into(), |stem| stem.to_string_lossy().into_owned());
    written::model(&name, name_or_path, &text).map(Some)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const GOOD: &str = BUILT_IN[0].2;

    #[test]
    fn every_model_that_comes_with_redline_is_right() {
        assert_eq!(all().unwrap().len(), BUILT_IN.len());
        assert!(find("model").unwrap().is_some());
        assert!(find("single").unwrap().is_none());
    }

    #[rstest]
    #[case::unknown_key("cpus = 1 ", "cpu = 1 ", "cpu")]
    #[case::no_cpu("cpus = 1 ", "cpus = 0 ", "model.cpus")]
    #[case::no_slots("concurrency = 16", "concurrency = 0", "model.application.concurrency")]
    #[case::no_time("demand = \"40ms\"", "demand = \"0ms\"", "model.application.demand")]
    #[case::no_unit("demand = \"40ms\"", "demand = \"40\"", "demand")]
    #[case::odd_distribution("\"lognormal\"", "\"normal\"", "distribution")]
    #[case::no_cv("cv = 1.0", "", "model.application.cv")]
    #[case::cv_of_nothing("distribution = \"exponential\"", "distribution = \"exponential\"\ncv = 1.0", "model.web.cv")]
    #[case::odd_work("work = \"sleep\"", "work = \"rest\"", "work")]
    #[case::odd_page("login = 3.0", "logon = 3.0", "model.weights.logon")]
    #[case::negative_weight("login = 3.0", "login = -3.0", "model.weights.login")]
    #[case::no_toml("[model.web]", "[model.web", "line")]
    fn a_wrong_file_is_refused_in_one_sentence(#[case] from: &str, #[case] to: &str, #[case] key: &str) {
        assert!(GOOD.contains(from), "{from}");
        let error = written::model("mine", "mine.toml", &GOOD.replacen(from, to, 1)).unwrap_err().to_string();
        assert_eq!(error.lines().count(), 1, "{error}");
        assert!(error.starts_with("mine.toml: `") && error.contains(key), "{error}");
    }
}
