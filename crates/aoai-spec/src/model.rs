//! Specs as they are run: parsed, checked, complete.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use aoai_types::{Endpoint, Surface};
use serde_json::Value;

use crate::budget::Budget;
use crate::parse::form::Form;
use crate::pattern::Pattern;
use crate::snapshot::Detail;
use crate::source::{Source, Span};
use crate::value::{Key, Node};
use crate::vars::Scope;

/// One spec: steps, the variables they use and the matrix they run over.
#[derive(Debug)]
pub struct Spec {
    pub(crate) source: Arc<Source>,
    pub(crate) file: String,
    pub(crate) name: String,
    pub(crate) about: Option<String>,
    pub(crate) tags: Vec<String>,
    pub(crate) vars: Vec<Var>,
    pub(crate) matrix: Vec<Axis>,
    pub(crate) settings: Settings,
    /// What each of its cells may spend.
    pub(crate) budget: Budget,
    pub(crate) only: Option<Only>,
    pub(crate) steps: Vec<Step>,
    pub(crate) finally: Vec<Step>,
}

impl Spec {
    /// The file it stands in.
    pub fn source(&self) -> &Arc<Source> {
        &self.source
    }

    /// The file's path below the directory of the specs, without extension: `chat/basics`.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it is for.
    pub fn about(&self) -> Option<&str> {
        self.about.as_deref()
    }

    /// Its words for filters.
    pub fn tags(&self) -> &[String] {
        &self.tags
    }

    /// File and name: `chat/basics::one-word answer`.
    pub fn id(&self) -> String {
        format!("{}::{}", self.file, self.name)
    }

    /// Why it can run against the emulator only, if it can.
    pub(crate) fn needs_emulator(&self) -> Option<&'static str> {
        if self.only == Some(Only::Emulator) {
            return Some("it is for the emulator only");
        }
        let mut steps = self.steps.iter().chain(&self.finally);
        steps.find_map(|step| step.needs_emulator)
    }

    /// Whether a step of it does something to the emulator, which other specs must not notice.
    #[cfg(feature = "emulator")]
    pub(crate) fn changes_emulator(&self) -> bool {
        let mut steps = self.steps.iter().chain(&self.finally);
        steps.any(|step| matches!(step.verb, Verb::Emulator))
    }
}

/// A variable and its default.
#[derive(Debug)]
pub(crate) struct Var {
    pub(crate) key: Key,
    /// `None` where it must be supplied.
    pub(crate) default: Option<Node>,
}

/// An axis of the matrix.
#[derive(Clone, Debug)]
pub(crate) struct Axis {
    pub(crate) key: Key,
    pub(crate) values: Vec<Value>,
}

/// How to talk: a spec's or step's `use`.
#[derive(Clone, Debug, Default)]
pub(crate) struct Settings {
    pub(crate) api: Option<Surface>,
    pub(crate) credential: Option<String>,
    pub(crate) endpoint: Option<String>,
    pub(crate) via: Option<Via>,
    pub(crate) retries: Option<u32>,
    pub(crate) timeout: Option<Duration>,
}

impl Settings {
    /// These, and `weaker` where these say nothing.
    pub(crate) fn over(self, weaker: Self) -> Self {
        Self {
            api: self.api.or(weaker.api),
            credential: self.credential.or(weaker.credential),
            endpoint: self.endpoint.or(weaker.endpoint),
            via: self.via.or(weaker.via),
            retries: self.retries.or(weaker.retries),
            timeout: self.timeout.or(weaker.timeout),
        }
    }

    /// Sets one of the settings by name.
    ///
    /// # Errors
    ///
    /// What the setting takes instead; `None` where there is no such setting.
    pub(crate) fn set(&mut self, name: &str, value: &str) -> Result<(), Option<String>> {
        match name {
            "api" => {
                let surface = value.parse::<Surface>();
                self.api = Some(surface.map_err(|error| Some(error.to_string()))?);
            }
            "credential" => self.credential = Some(value.to_owned()),
            "endpoint" => self.endpoint = Some(value.to_owned()),
            "via" => self.via = Some(value.parse().map_err(Some)?),
            "retries" => {
                let number = value.parse();
                self.retries =
                    Some(number.map_err(|_| Some("a whole number, such as 2".to_owned()))?);
            }
            "timeout" => {
                let duration = crate::duration::parse(value);
                self.timeout =
                    Some(duration.ok_or_else(|| Some("a duration, such as 30s".to_owned()))?);
            }
            _ => return Err(None),
        }
        Ok(())
    }

    /// Whether these say something of one of the axes.
    pub(crate) fn sets(&self, axis: &str) -> bool {
        match axis {
            "api" => self.api.is_some(),
            "credential" => self.credential.is_some(),
            "endpoint" => self.endpoint.is_some(),
            _ => self.via.is_some(),
        }
    }

    pub(crate) const NAMES: &'static [&'static str] =
        &["api", "credential", "endpoint", "via", "retries", "timeout"];

    /// Those that an axis of the matrix can set.
    pub(crate) const AXES: &'static [&'static str] = &["api", "credential", "endpoint", "via"];
}

/// Whether a call goes through the wire types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_enums,
    reason = "it goes through them or it does not"
)]
pub enum Via {
    /// Decoded into the operation's type, and encoded from it.
    Typed,
    /// As it is written.
    Raw,
}

impl fmt::Display for Via {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Typed => "typed",
            Self::Raw => "raw",
        })
    }
}

impl std::str::FromStr for Via {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "typed" => Ok(Self::Typed),
            "raw" => Ok(Self::Raw),
            _ => Err("`typed` or `raw`".to_owned()),
        }
    }
}

/// Where a spec can run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Only {
    Emulator,
    Live,
}

/// One step of a spec.
#[derive(Debug)]
pub(crate) struct Step {
    pub(crate) span: Span,
    pub(crate) name: String,
    pub(crate) verb: Verb,
    pub(crate) deployment: Option<Node>,
    pub(crate) params: Vec<(Key, Node)>,
    pub(crate) headers: Vec<(Key, Node)>,
    /// The members of the body, be it JSON or a form.
    pub(crate) body: Option<Node>,
    /// What makes a form of the body.
    pub(crate) form: Option<Form>,
    /// Whether the body says `stream: true`.
    pub(crate) streams: bool,
    pub(crate) settings: Settings,
    pub(crate) poll: Option<Poll>,
    pub(crate) expect: Option<Pattern>,
    pub(crate) save: Vec<Save>,
    /// How much of the answer must be as when somebody last looked.
    pub(crate) snapshot: Option<Detail>,
    /// The file it stands in, where that is not the spec's.
    pub(crate) source: Option<Arc<Source>>,
    pub(crate) emulator: Option<Node>,
    /// Why it can run against the emulator only, if it can.
    pub(crate) needs_emulator: Option<&'static str>,
    /// Whether its keys fit together, so that its body is worth a look.
    pub(crate) is_consistent: bool,
}

/// What a step does.
#[derive(Debug)]
pub(crate) enum Verb {
    /// A typed operation.
    Call(&'static Endpoint),
    /// A request as it is written.
    Http { method: http::Method, path: Node },
    /// Something done to the emulator.
    Emulator,
    /// The steps from here on are those of another file, with values of their own.
    Enter(Box<Fragment>),
    /// They end here.
    Leave,
}

/// What a file with steps is given, and what is kept of it.
#[derive(Debug)]
pub(crate) struct Fragment {
    /// Its variables.
    pub(crate) vars: Vec<Var>,
    /// Values for them, from whoever runs it.
    pub(crate) given: Vec<(Key, Node)>,
    /// Its values that whoever runs it keeps.
    pub(crate) save: Vec<Save>,
}

impl Fragment {
    /// The values of its steps. What has no value is told to `undefined`, which may go on.
    ///
    /// # Errors
    ///
    /// Those of `undefined`.
    pub(crate) fn scope<E>(
        &self,
        outer: &Scope,
        undefined: impl Fn(String) -> Result<(), E>,
    ) -> Result<Scope, E> {
        let mut scope = outer.built_in();
        for (key, node) in &self.given {
            match outer.node(node) {
                Ok(value) => scope.set(key.name.clone(), value),
                Err(path) => undefined(path)?,
            }
        }
        for var in &self.vars {
            let Some(default) = &var.default else {
                continue;
            };
            if scope.contains(&var.key.name) {
                continue;
            }
            match scope.node(default) {
                Ok(value) => scope.set(var.key.name.clone(), value),
                Err(path) => undefined(path)?,
            }
        }
        Ok(scope)
    }
}

impl Step {
    /// A step that makes no call.
    pub(crate) fn marker(span: Span, name: String, verb: Verb) -> Self {
        Self {
            span,
            name,
            verb,
            deployment: None,
            params: Vec::new(),
            headers: Vec::new(),
            body: None,
            form: None,
            streams: false,
            settings: Settings::default(),
            poll: None,
            expect: None,
            save: Vec::new(),
            snapshot: None,
            source: None,
            emulator: None,
            needs_emulator: None,
            is_consistent: false,
        }
    }

    /// The names of variables that the step's texts refer to.
    pub(crate) fn roots(&self) -> Vec<&str> {
        let mut roots = Vec::new();
        for node in self.nodes() {
            node.each_text(&mut |text, _| {
                roots.extend(crate::vars::references(text).map(|reference| reference.root()));
            });
        }
        roots
    }

    /// What it saves, or keeps of the file that it runs.
    pub(crate) fn saves(&self) -> &[Save] {
        match &self.verb {
            Verb::Enter(fragment) => &fragment.save,
            _ => &self.save,
        }
    }

    /// Everything in it that may hold references.
    pub(crate) fn nodes(&self) -> impl Iterator<Item = &Node> {
        let path = match &self.verb {
            Verb::Http { path, .. } => Some(path),
            _ => None,
        };
        let single = [&self.deployment, &self.body, &self.emulator];
        let patterns = self.poll.iter().flat_map(|poll| {
            let abort = poll.abort.iter();
            std::iter::once(&poll.until).chain(abort)
        });
        let patterns = patterns.chain(&self.expect);
        let given = match &self.verb {
            Verb::Enter(fragment) => &fragment.given[..],
            _ => &[],
        };
        let named = self.params.iter().chain(&self.headers).chain(given);
        path.into_iter()
            .chain(single.into_iter().flatten())
            .chain(named.map(|(_, node)| node))
            .chain(patterns.map(|pattern| &pattern.node))
    }
}

/// Calls again until the result is as wanted.
#[derive(Debug)]
pub(crate) struct Poll {
    pub(crate) until: Pattern,
    pub(crate) abort: Option<Pattern>,
    pub(crate) every: Duration,
    pub(crate) within: Duration,
}

/// A part of a result kept under a name.
#[derive(Debug)]
pub(crate) struct Save {
    pub(crate) key: Key,
    pub(crate) path: String,
    pub(crate) span: Span,
}
