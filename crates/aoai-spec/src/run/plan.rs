//! What runs, with which settings and values, and what is skipped and why.

use aoai_types::Surface;
use serde_json::{Value, json};

use crate::budget::Budget;
use crate::cells::{self, Cell};
use crate::error::Error;
use crate::model::{Axis, Only, Settings, Spec, Step, Var, Verb, Via};
use crate::profile::{self, Profile};
use crate::vars::{self, Scope, as_text};

use super::select::test_id;
use super::tapes::Tapes;
use super::{Runner, Target};

/// One cell of one spec, ready to run.
#[derive(Debug)]
pub(crate) struct Planned<'a> {
    pub(crate) spec: &'a Spec,
    pub(crate) cell: Cell,
    /// Which of several runs of the cell it is, from 1.
    pub(crate) repetition: Option<u32>,
    /// How its steps talk unless they say otherwise.
    pub(crate) settings: Settings,
    /// The values of its texts, or why it is skipped.
    pub(crate) scope: Result<Scope, String>,
}

impl Planned<'_> {
    /// Skips it where there is no cassette to play.
    pub(super) fn needs(&mut self, tapes: &Tapes) {
        let test = test_id(&self.spec.id(), &self.cell.to_string());
        if let (Ok(_), Some(reason)) = (&self.scope, tapes.lacks(&test)) {
            self.scope = Err(reason);
        }
    }
}

impl Runner {
    /// The cells of a spec that are to run.
    pub(crate) fn cells<'a>(
        &self,
        spec: &'a Spec,
        profile: &Profile,
        run_id: &str,
    ) -> Result<Vec<Planned<'a>>, Error> {
        let mut planned = Vec::new();
        for (cell, settings) in self.fitting(spec, profile)? {
            if !self
                .selection
                .takes(&test_id(&spec.id(), &cell.to_string()))
            {
                continue;
            }
            for repetition in 1..=self.repeat {
                let repetition = (self.repeat > 1).then_some(repetition);
                // What a run names after itself must not meet what the run before it has left.
                let run_id = match repetition {
                    None => run_id.to_owned(),
                    Some(number) => format!("{run_id}-{number}"),
                };
                let skipped = skip(spec, &settings, profile);
                let scope = match skipped.or_else(|| self.uncounted(spec, profile)) {
                    Some(reason) => Err(reason),
                    None => self.scope(spec, &cell, profile, &run_id)?,
                };
                planned.push(Planned {
                    spec,
                    cell: cell.clone(),
                    repetition,
                    settings: settings.clone(),
                    scope,
                });
            }
        }
        Ok(planned)
    }

    /// The cells of a spec that fit filters and settings, in whatever part of a run they are.
    pub(super) fn fitting(
        &self,
        spec: &Spec,
        profile: &Profile,
    ) -> Result<Vec<(Cell, Settings)>, Error> {
        let mut fitting = Vec::new();
        for cell in cells::product(&self.pinned(spec, profile)?) {
            let settings = self.settings(spec, &cell, profile)?;
            let mut wanted = self.filters.iter();
            if wanted.all(|filter| filter.matches(spec, &cell, &settings)) {
                fitting.push((cell, settings));
            }
        }
        Ok(fitting)
    }

    /// Why nobody could tell whether a spec keeps its budget. A replay costs nothing.
    fn uncounted(&self, spec: &Spec, profile: &Profile) -> Option<String> {
        spec.budget.usd.filter(|_| self.replayed().is_none())?;
        let (name, alias) = (&profile.name, unpriced(spec, profile)?);
        Some(format!(
            "its budget is in dollars, and profile {name} has no price for `{alias}`"
        ))
    }

    /// The axes of the matrix without the values that `set` and `var` leave out.
    fn pinned(&self, spec: &Spec, profile: &Profile) -> Result<Vec<Axis>, Error> {
        let mut pinned = Vec::new();
        let own = spec.matrix.iter().cloned();
        for mut axis in own.chain(self.widened(spec, profile)) {
            let name = axis.key.name.as_str();
            if let Some(value) = last(&self.set, name) {
                axis.values.retain(|own| as_text(own) == *value);
            }
            if let Some(text) = last(&self.vars, name) {
                let like = axis.values.first();
                let value = vars::read_as(text, like).map_err(|wanted| {
                    Error::usage(format!("`{name}` cannot be `{text}`: it is {wanted}"))
                })?;
                axis.values = vec![value];
            }
            pinned.push(axis);
        }
        Ok(pinned)
    }

    /// Spec over `--set` over profile; an axis has the strength of the spec.
    fn settings(&self, spec: &Spec, cell: &Cell, profile: &Profile) -> Result<Settings, Error> {
        let told = |name: &str, value: &str, wanted: Option<String>| {
            let wanted = wanted
                .map(|wanted| format!(": {wanted}"))
                .unwrap_or_default();
            Error::usage(format!("`{name}` cannot be `{value}`{wanted}"))
        };
        let mut own = spec.settings.clone();
        for name in Settings::AXES {
            if let Some(value) = cell.text(name) {
                own.set(name, &value)
                    .map_err(|wanted| told(name, &value, wanted))?;
            }
        }
        let mut set = Settings::default();
        for (name, value) in &self.set {
            if Settings::NAMES.contains(&name.as_str()) {
                set.set(name, value)
                    .map_err(|wanted| told(name, value, wanted))?;
            }
        }
        let weakest = Settings {
            api: Some(profile.api),
            credential: Some(profile.usual_credential().to_owned()),
            endpoint: Some(profile.usual_endpoint().to_owned()),
            via: Some(Via::Typed),
            retries: profile.retries,
            timeout: profile.timeout,
        };
        Ok(own.over(set).over(weakest))
    }

    /// The values of a cell; the inner error is the reason to skip it.
    fn scope(
        &self,
        spec: &Spec,
        cell: &Cell,
        profile: &Profile,
        run_id: &str,
    ) -> Result<Result<Scope, String>, Error> {
        let mut scope = Scope::default();
        scope.set("run", json!({ "id": run_id }));
        let mut deployments: Value = json!({ "missing": MISSING });
        for (alias, name) in &profile.deployments {
            deployments[alias] = name.as_str().into();
        }
        scope.set("deployment", deployments);
        for (name, value) in &cell.values {
            scope.set(name.clone(), value.clone());
        }
        for var in &spec.vars {
            match self.value(var, &scope, profile)? {
                Ok(value) => scope.set(var.key.name.clone(), value),
                Err(reason) => return Ok(Err(reason)),
            }
        }
        Ok(Ok(scope))
    }

    /// Registers the secrets of a target, and what is given in the place of those that are
    /// variables, with what keeps them out of reports.
    ///
    /// # Errors
    ///
    /// One is too short for that.
    pub(super) fn register_secrets(&self, target: &Target) -> Result<(), Error> {
        target.register_secrets(&self.redactor)?;
        for name in &target.profile.secret_names {
            let given = self.given(name).filter(|text| !text.is_empty());
            if let Some(secret) = given {
                let registered = self.redactor.register(name, &secret);
                registered.map_err(Error::setup)?;
            }
        }
        Ok(())
    }

    /// What `--var` says, or the environment.
    pub(super) fn given(&self, name: &str) -> Option<String> {
        let given = last(&self.vars, name);
        given
            .map(str::to_owned)
            .or_else(|| (self.lookup)(&variable(name)))
    }

    /// `--var` over the environment over the profile over the default.
    fn value(
        &self,
        var: &Var,
        scope: &Scope,
        profile: &Profile,
    ) -> Result<Result<Value, String>, Error> {
        let name = var.key.name.as_str();
        let default = var.default.as_ref().map(|node| {
            let mut inputs = scope.clone();
            inputs.extend(profile::environment(node, &*self.lookup));
            inputs.node(node)
        });
        if let Some(text) = self.given(name) {
            let like = default.as_ref().and_then(|default| default.as_ref().ok());
            let value = vars::read_as(&text, like).map_err(|wanted| {
                // This is told before anything is masked.
                let shown = if profile.secret_names.contains(name) {
                    "its secret value".to_owned()
                } else {
                    format!("`{text}`")
                };
                Error::usage(format!(
                    "the variable `{name}` is {wanted}, which {shown} is not"
                ))
            })?;
            return Ok(Ok(value));
        }
        if let Some(value) = profile.var_of(name) {
            return Ok(Ok(value));
        }
        Ok(match default {
            Some(Ok(value)) => Ok(value),
            Some(Err(path)) => Err(format!("`{name}` needs `{path}`, which is not set")),
            None => Err(profile.lacks_variable(name, &variable(name))),
        })
    }
}

/// The environment's name for a variable of a spec.
fn variable(name: &str) -> String {
    format!("AOAI_SPEC_{}", name.to_uppercase().replace('-', "_"))
}

/// What was said of a name the last time, which is what counts.
fn last<'a>(said: &'a [(String, String)], name: &str) -> Option<&'a str> {
    let mut said = said.iter().rev();
    let (_, value) = said.find(|(known, _)| known == name)?;
    Some(value)
}

/// A budget in dollars can be kept only where every deployment has a price, and where it and they are
/// numbers that something can be more than.
pub(super) fn check_prices(
    budget: &Budget,
    profile: &Profile,
    planned: &[Vec<Vec<Planned<'_>>>],
) -> Result<(), Error> {
    let mut prices = profile.prices.iter();
    if let Some((alias, _)) = prices.find(|(_, price)| !price.is_money()) {
        let name = &profile.name;
        return Err(Error::setup(format!(
            "the price of `{alias}` in profile {name} is no number of US dollars"
        )));
    }
    match budget.usd {
        None => return Ok(()),
        Some(usd) if usd.is_nan() => {
            return Err(Error::setup("the budget is no number of US dollars"));
        }
        Some(_) => {}
    }
    let runs = planned.iter().flatten().flatten();
    let mut runs = runs.filter(|planned| planned.scope.is_ok());
    let unpriced = runs.find_map(|planned| unpriced(planned.spec, profile));
    unpriced.map_or(Ok(()), |alias| {
        Err(Error::setup(format!(
            "the budget is in dollars, and profile {} has no price for `{alias}`",
            profile.name
        )))
    })
}

/// Why a cell cannot run against a profile.
fn skip(spec: &Spec, settings: &Settings, profile: &Profile) -> Option<String> {
    if !profile.is_emulator
        && let Some(reason) = spec.needs_emulator()
    {
        return Some(reason.to_owned());
    }
    if profile.is_emulator && spec.only == Some(Only::Live) {
        return Some("it is for a live resource only".to_owned());
    }
    let mut steps = spec.steps.iter().chain(&spec.finally);
    steps.find_map(|step| skip_step(step, settings, profile))
}

/// A deployment that a spec calls and that has no price.
fn unpriced<'a>(spec: &'a Spec, profile: &Profile) -> Option<&'a str> {
    let mut steps = spec.steps.iter().chain(&spec.finally);
    steps.find_map(|step| {
        let alias = step.deployment.as_ref()?.as_text()?;
        let known = alias == "missing" || alias.contains("${") || profile.price_of(alias).is_some();
        (!known).then_some(alias)
    })
}

fn skip_step(step: &Step, settings: &Settings, profile: &Profile) -> Option<String> {
    if matches!(step.verb, Verb::Emulator | Verb::Enter(_) | Verb::Leave) {
        return None;
    }
    let settings = step.settings.clone().over(settings.clone());
    let endpoint = settings.endpoint.as_deref().unwrap_or_default();
    if !profile.endpoints.contains_key(endpoint) {
        let part = format!("endpoint `{endpoint}`");
        let lacks = profile.lacks(&part);
        if profile.unset.contains_key(&part) || profile.endpoints.is_empty() {
            return Some(lacks);
        }
        let others: Vec<&str> = profile.endpoints.keys().map(String::as_str).collect();
        return Some(format!("{lacks}; it has: {}", others.join(", ")));
    }
    let credential = settings.credential.as_deref().unwrap_or_default();
    if !profile.credentials.contains_key(credential) && ![WRONG_KEY, NONE].contains(&credential) {
        return Some(profile.lacks(&format!("credential `{credential}`")));
    }
    let aliases = step.nodes().flat_map(aliases);
    let deployment = step.deployment.as_ref().and_then(|node| node.as_text());
    let deployment = deployment.filter(|alias| !alias.contains("${"));
    for alias in aliases.chain(deployment.map(str::to_owned)) {
        if alias != "missing" && !profile.deployments.contains_key(&alias) {
            return Some(profile.lacks(&format!("deployment `{alias}`")));
        }
    }
    let surface = settings.api.unwrap_or(Surface::V1);
    match &step.verb {
        Verb::Call(endpoint) if !endpoint.is_served_by(surface) => {
            Some(format!("`{}` is not in {surface}", endpoint.id))
        }
        _ => None,
    }
}

/// The aliases in `${deployment.alias}`.
fn aliases(node: &crate::value::Node) -> Vec<String> {
    let mut found = Vec::new();
    node.each_text(&mut |text, _| {
        let references = vars::references(text);
        found.extend(references.filter_map(|reference| {
            let alias = reference.path.strip_prefix("deployment.")?;
            Some(alias.to_owned())
        }));
    });
    found
}

/// The name behind the alias `missing`: no resource has it.
pub(crate) const MISSING: &str = "no-such-deployment";

/// The credential that the service refuses.
pub(crate) const WRONG_KEY: &str = "wrong-key";

/// No credential at all.
pub(crate) const NONE: &str = "none";
