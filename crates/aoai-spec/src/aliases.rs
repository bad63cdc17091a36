//! Names that specs leave to profiles: of deployments, credentials and endpoints.
//!
//! A test is skipped where its profile lacks one of them, so that a misspelt one would be skipped
//! everywhere.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Problems, did_you_mean};
use crate::source::{Source, Span};
use crate::suite;
use crate::value::{Data, Node};
use crate::vars;

/// The names that some target has.
#[derive(Debug)]
pub(crate) struct Known {
    deployments: BTreeSet<String>,
    credentials: BTreeSet<String>,
    endpoints: BTreeSet<String>,
    /// Whether there are profiles beside the specs, so that no others are to be reckoned with.
    has_profiles: bool,
}

/// What a name is of.
#[derive(Clone, Copy)]
enum Kind {
    Deployment,
    Credential,
    Endpoint,
}

impl Known {
    /// The names of the emulator, and of the profiles beside the specs.
    pub(crate) fn beside(root: &Path) -> Self {
        let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let mut known = Self {
            deployments: set(&["missing"]),
            credentials: set(BUILT_IN),
            endpoints: set(&["main"]),
            has_profiles: false,
        };
        known.add_emulator(root);
        for profile in profiles(root) {
            known.has_profiles = true;
            for (part, names) in [
                ("deployments", &mut known.deployments),
                ("credentials", &mut known.credentials),
                ("endpoints", &mut known.endpoints),
            ] {
                let members = profile.get(part).and_then(Node::as_map);
                let members = members.unwrap_or_default().iter();
                names.extend(members.map(|(key, _)| key.name.clone()));
            }
        }
        known
    }

    #[cfg(feature = "emulator")]
    fn add_emulator(&mut self, root: &Path) {
        let text = suite::read(&root.join("emulator.yaml"));
        let config = text.map_or_else(
            |_| Some(aoai_emulator::Config::default()),
            |text| aoai_emulator::Config::from_yaml(&text).ok(),
        );
        let deployments = config.into_iter().flat_map(|config| config.deployments);
        self.deployments.extend(deployments.map(|(name, _)| name));
        let credentials = OF_THE_EMULATOR.iter().map(|name| (*name).to_owned());
        self.credentials.extend(credentials);
    }

    #[cfg(not(feature = "emulator"))]
    #[expect(
        clippy::unused_self,
        reason = "without an emulator there is nothing to add"
    )]
    fn add_emulator(&mut self, _root: &Path) {}

    /// Warns of each place that names something known nowhere.
    ///
    /// A profile may come from a program, too. Without any beside the specs only a name that is
    /// nearly a known one is taken for a mistake.
    pub(crate) fn unknown_in(&self, source: &Arc<Source>) -> Vec<Diagnostic> {
        let mut silent = Problems::new(Arc::clone(source));
        let documents = Node::read_all(&mut silent);
        let mut problems = Problems::new(Arc::clone(source));
        for document in &documents {
            self.settings(document.get("use"), &mut problems);
            let axes = document.get("matrix");
            for (name, kind) in SETTINGS {
                let Some(Data::List(values)) =
                    axes.and_then(|axes| axes.get(name)).map(|it| &it.data)
                else {
                    continue;
                };
                for value in values {
                    self.check(*kind, value, &mut problems);
                }
            }
            for part in ["steps", "finally"] {
                if let Some(Data::List(steps)) = document.get(part).map(|steps| &steps.data) {
                    for step in steps {
                        self.step(step, &mut problems);
                    }
                }
            }
        }
        problems.finish()
    }

    fn step(&self, step: &Node, problems: &mut Problems) {
        self.settings(step.get("use"), problems);
        if let Some(alias) = step.get("deployment") {
            self.check(Kind::Deployment, alias, problems);
        }
        step.each_text(&mut |text, span| {
            for reference in vars::references(text) {
                if let Some(alias) = reference.path.strip_prefix("deployment.") {
                    self.check_name(Kind::Deployment, alias, span, problems);
                }
            }
        });
    }

    fn settings(&self, settings: Option<&Node>, problems: &mut Problems) {
        for (name, kind) in SETTINGS {
            if let Some(node) = settings.and_then(|settings| settings.get(name)) {
                self.check(*kind, node, problems);
            }
        }
    }

    fn check(&self, kind: Kind, node: &Node, problems: &mut Problems) {
        let name = node.as_text().filter(|name| !name.contains("${"));
        if let Some(name) = name {
            self.check_name(kind, name, node.span, problems);
        }
    }

    fn check_name(&self, kind: Kind, name: &str, span: Span, problems: &mut Problems) {
        let (what, known) = match kind {
            Kind::Deployment => ("deployment", &self.deployments),
            Kind::Credential => ("credential", &self.credentials),
            Kind::Endpoint => ("endpoint", &self.endpoints),
        };
        if known.contains(name) {
            return;
        }
        let near = did_you_mean(name, known.iter().map(String::as_str));
        if near.is_none() && !self.has_profiles {
            return;
        }
        let label = if self.has_profiles {
            "neither the emulator nor profiles.yaml has it"
        } else {
            "the emulator has none of this name"
        };
        let message = format!("no {what} `{name}` is known, so that the test is always skipped");
        let help = near.unwrap_or_else(|| {
            format!("name one that is there, or add it to the `{what}s` of a profile")
        });
        problems.warning(span, message, label).help(help);
    }
}

/// The profiles beside the specs; none where they cannot be read, which others tell.
fn profiles(root: &Path) -> Vec<Node> {
    let path = root.join("profiles.yaml");
    let Ok(text) = suite::read(&path) else {
        return Vec::new();
    };
    let mut silent = Problems::new(Source::new(path.display().to_string(), text));
    let documents = Node::read_all(&mut silent);
    let profiles = documents.first().and_then(Node::as_map).unwrap_or_default();
    profiles
        .iter()
        .map(|(_, profile)| profile.clone())
        .collect()
}

const SETTINGS: &[(&str, Kind)] = &[
    ("credential", Kind::Credential),
    ("endpoint", Kind::Endpoint),
];

/// Credentials that every profile has, and the one that specs use unless they name another.
const BUILT_IN: &[&str] = &["key", "wrong-key", "none"];

/// Those of the emulator, with the services that hand out tokens.
#[cfg(feature = "emulator")]
const OF_THE_EMULATOR: &[&str] = &[
    "second-key",
    "two-keys",
    "dotenv",
    "entra",
    "vault",
    "no-role",
    "wrong-audience",
    "expired-token",
];
