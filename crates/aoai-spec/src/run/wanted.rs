//! What a run is asked for, held against the specs that are there.

use super::filter::Filter;
use super::plan::{NONE, WRONG_KEY};
use super::{Plan, Runner};
use crate::diagnostic::did_you_mean;
use crate::error::Error;
use crate::model::{Settings, Spec};
use crate::profile::Profile;
use crate::suite::Suite;

impl Runner {
    /// A name that no spec knows is a slip of the fingers, and so is a value that no setting takes.
    ///
    /// # Errors
    ///
    /// There is such a name or value.
    pub(super) fn check_names(&self, files: &[&[Spec]], profile: &Profile) -> Result<(), Error> {
        let specs = || files.iter().copied().flatten();
        let axes: Vec<&str> = specs()
            .flat_map(|spec| &spec.matrix)
            .map(|axis| axis.key.name.as_str())
            .collect();
        for filter in &self.filters {
            filter.check(&axes).map_err(Error::usage)?;
            self.check_left_out(filter, files, profile)?;
        }
        for (name, value) in &self.set {
            let is_axis = axes.contains(&name.as_str());
            match Settings::default().set(name, value) {
                Err(None) if !is_axis => {
                    let known = Settings::NAMES.join(", ");
                    return Err(Error::usage(format!(
                        "`{name}` is no setting ({known}) and no axis of these specs"
                    )));
                }
                Err(Some(wanted)) => {
                    let reason = format!("`{name}` cannot be `{value}`: {wanted}");
                    return Err(Error::usage(reason));
                }
                Err(None) | Ok(()) => {}
            }
            check_part(name, value, files, profile)?;
        }
        let declared = |name: &str| {
            let mut vars = specs().flat_map(|spec| &spec.vars);
            vars.any(|var| var.key.name == name)
        };
        let unknown = |name: &&String| !declared(name) && !axes.contains(&name.as_str());
        match self.vars.iter().map(|(name, _)| name).find(unknown) {
            Some(name) => Err(Error::usage(format!(
                "no spec here has a variable `{name}`"
            ))),
            None => Ok(()),
        }
    }

    /// What is to be left out is somewhere among the specs, if not among those that are named.
    ///
    /// # Errors
    ///
    /// It is nowhere, so that nothing would be left out.
    fn check_left_out(
        &self,
        filter: &Filter,
        files: &[&[Spec]],
        profile: &Profile,
    ) -> Result<(), Error> {
        let is_known_at_profile = filter.axis().is_some_and(|(name, value)| match name {
            // What these may be has been looked at.
            "api" | "via" => true,
            _ => has_part(name, value, profile),
        });
        let mut named = files.iter().copied().flatten();
        if !filter.is_negated() || is_known_at_profile || named.any(|spec| filter.is_known_to(spec))
        {
            return Ok(());
        }
        let meant = if self.only.is_empty() {
            filter.meant(files.iter().copied().flatten())
        } else {
            let all = Suite::load(&self.root, &[]).map_err(Error::io)?;
            // A file with errors does not tell what is in it.
            if all.has_errors() || all.specs().any(|spec| filter.is_known_to(spec)) {
                return Ok(());
            }
            filter.meant(all.specs())
        };
        let meant = meant.unwrap_or_else(|| "`list` tells what there is".to_owned());
        Err(Error::usage(format!(
            "`{filter}` leaves nothing out: no spec is or has what it names; {meant}"
        )))
    }

    /// Whoever asks for some of the tests wants one of them at least. The part of a shard may be
    /// empty, and what failed last time may be gone, but not all parts together.
    ///
    /// # Errors
    ///
    /// Filters and settings leave no test of those that there are.
    pub(super) fn check_left(
        &self,
        files: &[&[Spec]],
        profile: &Profile,
        planned: &Plan<'_>,
    ) -> Result<(), Error> {
        let specs = files.iter().map(|file| file.len()).sum::<usize>();
        let filters = self.filters.iter().map(|filter| format!("`{filter}`"));
        let set = self.set.iter();
        let asked = filters.chain(set.map(|(name, value)| format!("`{name}={value}`")));
        let asked: Vec<_> = asked.collect();
        let is_part = self.selection.shard.is_some() || self.selection.tests.is_some();
        let is_left = planned.iter().flatten().any(|cells| !cells.is_empty());
        if specs == 0 && !is_part && !self.only.is_empty() {
            return Err(self.no_spec());
        }
        if is_left || specs == 0 || asked.is_empty() {
            return Ok(());
        }
        for spec in files.iter().copied().flatten() {
            if !self.fitting(spec, profile)?.is_empty() {
                return Ok(());
            }
        }
        Err(Error::usage(format!(
            "no test is left of {}: there is none that fits {}; `list` tells what there is",
            crate::report::count(specs, "spec"),
            asked.join(" and ")
        )))
    }

    /// What was named has nothing to run.
    fn no_spec(&self) -> Error {
        let named = self.only.iter().map(|path| path.display().to_string());
        let named: Vec<_> = named.collect();
        let is_fragment = |path: &std::path::PathBuf| {
            let name = path.file_name().unwrap_or_default();
            name.to_string_lossy().starts_with('_')
        };
        let hint = if self.only.iter().any(is_fragment) {
            "; a file whose name begins with `_` has steps that specs take with `run`"
        } else {
            ""
        };
        Error::usage(format!("no spec is in {}{hint}", named.join(", ")))
    }
}

/// Whether a spec says this itself, which is then skipped where the profile does not have it.
fn is_in_specs(name: &str, value: &str, files: &[&[Spec]]) -> bool {
    let mut specs = files.iter().copied().flatten();
    specs.any(|spec| {
        let mut axes = spec.matrix.iter().filter(|axis| axis.key.name == name);
        let own = match name {
            "endpoint" => &spec.settings.endpoint,
            _ => &spec.settings.credential,
        };
        axes.any(|axis| axis.values.iter().any(|own| own == value)) || own.as_deref() == Some(value)
    })
}

/// The names that a profile has for one of its parts, and those that are there without it; `None`
/// where nothing of a profile is called so.
fn parts<'a>(name: &str, profile: &'a Profile) -> Option<Vec<&'a str>> {
    match name {
        "endpoint" => Some(profile.endpoints.keys().map(String::as_str).collect()),
        "credential" => {
            let own = profile.credentials.keys().map(String::as_str);
            Some(own.chain([WRONG_KEY, NONE]).collect())
        }
        _ => None,
    }
}

/// Whether the profile has a part of this name, be it without a value.
fn has_part(name: &str, value: &str, profile: &Profile) -> bool {
    let parts = parts(name, profile).unwrap_or_default();
    parts.contains(&value) || profile.unset.contains_key(&format!("{name} `{value}`"))
}

/// # Errors
///
/// The profile does not know an endpoint or a credential of this name, and no spec does: every test
/// would be skipped.
fn check_part(name: &str, value: &str, files: &[&[Spec]], profile: &Profile) -> Result<(), Error> {
    let Some(known) = parts(name, profile) else {
        return Ok(());
    };
    if has_part(name, value, profile) || known.is_empty() || is_in_specs(name, value, files) {
        return Ok(());
    }
    let near = did_you_mean(value, known.iter().copied())
        .unwrap_or_else(|| format!("it has: {}", known.join(", ")));
    let part = format!("{name} `{value}`");
    Err(Error::usage(format!("{}; {near}", profile.lacks(&part))))
}
