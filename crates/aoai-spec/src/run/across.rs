//! Specs widened over what the profile has, for those that do not say themselves how they talk.

use aoai_types::Surface;
use serde_json::Value;

use super::Runner;
use crate::error::Error;
use crate::model::{Axis, Settings, Spec, Via};
use crate::profile::Profile;
use crate::source::Span;
use crate::value::Key;

impl Runner {
    /// Runs each spec over all values that the profile has for `api`, `credential`, `endpoint` or
    /// `via`, unless the spec itself sets it or has an axis of that name.
    pub fn across(mut self, axis: impl Into<String>) -> Self {
        self.across.push(axis.into());
        self
    }

    /// # Errors
    ///
    /// A name is not one of those that a spec can be widened over.
    pub(super) fn check_across(&self) -> Result<(), Error> {
        let unknown = |name: &&String| !Settings::AXES.contains(&name.as_str());
        match self.across.iter().find(unknown) {
            None => Ok(()),
            Some(name) => Err(Error::usage(format!(
                "specs cannot be run across `{name}`, but across {}",
                Settings::AXES.join(", ")
            ))),
        }
    }

    /// The axes that a spec gets besides its own.
    pub(super) fn widened(&self, spec: &Spec, profile: &Profile) -> Vec<Axis> {
        let names = Settings::AXES.iter().copied();
        let asked = names.filter(|name| self.across.iter().any(|across| across == name));
        let free = asked.filter(|name| {
            let is_axis = spec.matrix.iter().any(|axis| axis.key.name == *name);
            !is_axis && !spec.settings.sets(name)
        });
        free.map(|name| Axis {
            key: Key {
                name: name.to_owned(),
                span: Span::default(),
            },
            values: values(name, profile),
        })
        .collect()
    }
}

fn values(name: &str, profile: &Profile) -> Vec<Value> {
    let texts: Vec<String> = match name {
        "api" => {
            let mut apis = vec![Surface::LATEST_DATED, Surface::V1];
            if !apis.contains(&profile.api) {
                apis.push(profile.api);
            }
            apis.iter().map(ToString::to_string).collect()
        }
        "credential" => profile.credentials.keys().cloned().collect(),
        "endpoint" => profile.endpoints.keys().cloned().collect(),
        _ => [Via::Typed, Via::Raw].map(|via| via.to_string()).to_vec(),
    };
    texts.into_iter().map(Value::from).collect()
}
