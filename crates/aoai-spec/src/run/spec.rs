//! One spec in code.

use std::str::FromStr;

use super::{Runner, SpecReport};
use crate::error::Error;
use crate::model::Spec;
use crate::profile::Profile;
use crate::suite::Suite;

impl Spec {
    /// Runs this spec, all its cells.
    ///
    /// ```no_run
    /// # async fn example(profile: &aoai_spec::Profile) -> Result<(), aoai_spec::Error> {
    /// let spec: aoai_spec::Spec = "
    /// name: a conversation
    /// steps:
    ///   - name: second turn
    ///     call: chat
    ///     deployment: chat
    ///     body: {messages: [{role: user, content: My name is Ada.}]}
    ///     expect: {text: $nonempty}
    /// "
    /// .parse()?;
    /// let report = spec.run(profile).await?;
    /// assert!(report.step("second turn").unwrap().text().contains("Ada"));
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// The profile cannot be used.
    pub async fn run(&self, profile: &Profile) -> Result<SpecReport, Error> {
        let runner = Runner::new("").profile(profile.clone());
        let report = runner
            .run_files(&[std::slice::from_ref(self)], &|_| {})
            .await?;
        let mut specs = report.specs.into_iter();
        Ok(specs.next().unwrap_or_else(|| SpecReport::new(self)))
    }
}

impl FromStr for Spec {
    type Err = Error;

    /// Reads a text with one spec in it.
    fn from_str(text: &str) -> Result<Self, Error> {
        let suite = Suite::from_text("spec.yaml", text);
        if suite.has_errors() {
            return Err(Error::spec(suite.diagnostics().to_vec()));
        }
        let mut specs = suite.into_specs();
        match (specs.next(), specs.next()) {
            (Some(spec), None) => Ok(spec),
            _ => Err(Error::usage(
                "the text has none or several specs; `Runner::from_text` takes several",
            )),
        }
    }
}
