//! Where an operation lives: its method, its path, and the surfaces that serve it.
//!
//! Everything here is pure: [`Endpoint::target`] turns names into a request target, and
//! [`Endpoint::matches`] turns a request target back into names. Clients use the one, servers and
//! test doubles the other.

use std::borrow::Cow;
use std::fmt;

use http::Method;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

pub use self::surface::{ApiVersion, InvalidSurface, Surface};

mod surface;

/// The static facts of one operation, shared by client, emulator and specs.
///
/// ```
/// use aoai_types::Operation;
/// use aoai_types::chat::CreateChatCompletion;
///
/// let chat = CreateChatCompletion::ENDPOINT;
/// assert_eq!((chat.id, chat.path), ("chat", "/chat/completions"));
/// assert!(chat.has_body && chat.safe_to_repeat && !chat.stateful);
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub struct Endpoint {
    /// The operation's name in specs, on the command line and in errors: `chat`, `models.list`.
    pub id: &'static str,
    /// The HTTP method.
    pub method: Method,
    /// The path below `/openai/v1` or `/openai`, with `{names}` for its parameters.
    pub path: &'static str,
    /// Whether the dated surface addresses it through a deployment.
    pub scope: Scope,
    /// How far the v1 surface serves it; `None` where it does not.
    pub v1: Option<Stage>,
    /// The first dated api-version that serves it; `None` where none does.
    pub dated: Option<ApiVersion>,
    /// Whether the request carries a body.
    pub has_body: bool,
    /// Whether doing it twice leaves the service as doing it once would.
    pub safe_to_repeat: bool,
    /// Whether what it makes or reads exists on one resource only.
    pub stateful: bool,
    /// What OpenTelemetry's conventions for generative AI call it; the id where they do not name it.
    pub gen_ai: &'static str,
    /// Headers that every request of it carries.
    pub headers: &'static [(&'static str, &'static str)],
}

/// What the dated surface puts between `/openai` and an operation's path.
///
/// ```
/// use aoai_types::{ENDPOINTS, Scope};
///
/// let through_deployments = ENDPOINTS.iter().filter(|it| it.scope == Scope::Deployment);
/// let ids: Vec<_> = through_deployments.map(|endpoint| endpoint.id).collect();
/// assert!(ids.contains(&"chat") && !ids.contains(&"files.list"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(
    clippy::exhaustive_enums,
    reason = "the service knows these two and no third"
)]
pub enum Scope {
    /// `/deployments/{deployment}`.
    Deployment,
    /// Nothing: the operation belongs to the whole resource.
    Resource,
}

/// How settled an operation is on the v1 surface.
///
/// ```
/// use aoai_types::chat::CreateChatCompletion;
/// use aoai_types::{Operation, Stage};
///
/// assert_eq!(CreateChatCompletion::ENDPOINT.v1, Some(Stage::Stable));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Stage {
    /// Served without opting in.
    Stable,
    /// Served where the caller opts in to the preview.
    Preview,
}

impl Endpoint {
    /// An endpoint that both surfaces serve, safe to repeat, without state.
    ///
    /// A `GET` or `DELETE` has no body; any other method has one.
    pub const fn new(id: &'static str, method: Method, scope: Scope, path: &'static str) -> Self {
        let has_body = !matches!(method, Method::GET | Method::DELETE | Method::HEAD);
        Self {
            id,
            method,
            path,
            scope,
            v1: Some(Stage::Stable),
            dated: Some(ApiVersion::stable(2022, 12, 1)),
            has_body,
            safe_to_repeat: true,
            stateful: false,
            gen_ai: id,
            headers: &[],
        }
    }

    /// Served by dated api-versions from `first` on only.
    #[must_use]
    pub const fn since(mut self, first: ApiVersion) -> Self {
        self.dated = Some(first);
        self
    }

    /// Not served by any dated api-version.
    #[must_use]
    pub const fn v1_only(mut self) -> Self {
        self.dated = None;
        self
    }

    /// Not served by the v1 surface.
    #[must_use]
    pub const fn dated_only(mut self) -> Self {
        self.v1 = None;
        self
    }

    /// Served by the v1 surface as a preview.
    #[must_use]
    pub const fn v1_preview(mut self) -> Self {
        self.v1 = Some(Stage::Preview);
        self
    }

    /// Sent without a body although its method could carry one.
    #[must_use]
    pub const fn without_body(mut self) -> Self {
        self.has_body = false;
        self
    }

    /// Doing it twice does it twice: it creates something.
    #[must_use]
    pub const fn not_repeatable(mut self) -> Self {
        self.safe_to_repeat = false;
        self
    }

    /// What it makes or reads exists on one resource only.
    #[must_use]
    pub const fn stateful(mut self) -> Self {
        self.stateful = true;
        self
    }

    /// OpenTelemetry's conventions for generative AI have this name for it.
    #[must_use]
    pub const fn gen_ai(mut self, name: &'static str) -> Self {
        self.gen_ai = name;
        self
    }

    /// Every request of it carries these headers.
    #[must_use]
    pub const fn with_headers(mut self, headers: &'static [(&'static str, &'static str)]) -> Self {
        self.headers = headers;
        self
    }

    /// Whether `surface` is known to serve this operation.
    ///
    /// The service may know better: this is for explaining a 404, not for refusing a call.
    pub fn is_served_by(&self, surface: Surface) -> bool {
        match surface {
            Surface::V1 => self.v1 == Some(Stage::Stable),
            Surface::V1Preview => self.v1.is_some(),
            Surface::Dated(version) => self.dated.is_some_and(|first| first <= version),
        }
    }

    /// The names of the path's parameters, in order.
    pub fn path_params(&self) -> impl Iterator<Item = &'static str> {
        let begun = self.path.split('{').skip(1);
        begun.filter_map(|parameter| Some(parameter.split_once('}')?.0))
    }

    /// The request target, from the first slash on: path and query.
    ///
    /// Only the eight operations of [`Scope::Deployment`] put the deployment into the path, and
    /// only on a dated surface; elsewhere it is ignored here and belongs into the body.
    ///
    /// ```
    /// use aoai_types::{ENDPOINTS, Query, Surface};
    ///
    /// let chat = ENDPOINTS.iter().find(|endpoint| endpoint.id == "chat").unwrap();
    /// let dated = Surface::dated("2024-10-21")?;
    /// assert_eq!(
    ///     chat.target(dated, Some("my dep"), &[], &Query::new())?,
    ///     "/openai/deployments/my%20dep/chat/completions?api-version=2024-10-21",
    /// );
    /// assert_eq!(
    ///     chat.target(Surface::V1, Some("my dep"), &[], &Query::new())?,
    ///     "/openai/v1/chat/completions",
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// A deployment that the path needs is missing, the number of `args` is not that of the
    /// path's parameters, or a name is empty, `.` or `..` (which a server would resolve away).
    pub fn target(
        &self,
        surface: Surface,
        deployment: Option<&str>,
        args: &[&str],
        query: &Query,
    ) -> Result<String, InvalidTarget> {
        let mut target = String::with_capacity(96);
        target.push_str(match surface {
            Surface::V1 | Surface::V1Preview => "/openai/v1",
            Surface::Dated(_) => "/openai",
        });
        if let (Surface::Dated(_), Scope::Deployment) = (surface, self.scope) {
            target.push_str("/deployments/");
            let name = deployment.ok_or_else(|| self.invalid("deployment", None))?;
            self.push_segment(&mut target, "deployment", name)?;
        }
        let mut args = args.iter();
        let mut path = self.path;
        while let Some((text, parameter)) = path.split_once('{') {
            let (name, rest) = parameter.split_once('}').unwrap_or((parameter, ""));
            let value = args.next().ok_or_else(|| self.invalid(name, None))?;
            target.push_str(text);
            self.push_segment(&mut target, name, value)?;
            path = rest;
        }
        target.push_str(path);
        if let Some(surplus) = args.next() {
            return Err(self.invalid("surplus path parameter", Some(surplus)));
        }
        let mut separator = '?';
        if let Some(version) = surface.api_version() {
            target.push_str("?api-version=");
            target.push_str(&version);
            separator = '&';
        }
        query.append_to(&mut target, separator);
        Ok(target)
    }

    /// Reads a request target that [`target`](Self::target) could have written.
    ///
    /// `None` where method or path are another operation's. Names come back decoded.
    pub fn matches(&self, method: &Method, target: &str) -> Option<Matched> {
        if *method != self.method {
            return None;
        }
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let (mut rest, v1) = match path.strip_prefix("/openai/v1") {
            Some(rest) if rest.starts_with('/') => (rest, true),
            _ => (path.strip_prefix("/openai")?, false),
        };
        let mut deployment = None;
        if !v1 && self.scope == Scope::Deployment {
            let (name, after) = split_segment(rest.strip_prefix("/deployments")?)?;
            deployment = Some(decode(name)?);
            rest = after;
        }
        let mut args = Vec::new();
        for segment in self.path.split('/').skip(1) {
            let (found, after) = split_segment(rest)?;
            match parameter(segment) {
                Some(_) if found.is_empty() => return None,
                Some(_) => args.push(decode(found)?),
                None if found != segment => return None,
                None => {}
            }
            rest = after;
        }
        if !rest.is_empty() {
            return None;
        }
        let mut query = Query::parse(query);
        let api_version = query.remove("api-version");
        Some(Matched {
            v1,
            api_version,
            deployment,
            args,
            query,
        })
    }

    fn push_segment(
        &self,
        target: &mut String,
        what: &'static str,
        value: &str,
    ) -> Result<(), InvalidTarget> {
        if matches!(value, "" | "." | "..") {
            return Err(self.invalid(what, Some(value)));
        }
        target.extend(utf8_percent_encode(value, SEGMENT));
        Ok(())
    }

    fn invalid(&self, what: &'static str, value: Option<&str>) -> InvalidTarget {
        InvalidTarget {
            operation: self.id,
            what,
            value: value.map(Into::into),
        }
    }
}

/// What [`Endpoint::matches`] read from a request target.
///
/// ```
/// use aoai_types::chat::CreateChatCompletion;
/// use aoai_types::{Operation, Surface};
///
/// let target = "/openai/deployments/my%20gpt/chat/completions?api-version=2024-10-21";
/// let matched = CreateChatCompletion::ENDPOINT.matches(&http::Method::POST, target).unwrap();
/// assert_eq!(matched.deployment.as_deref(), Some("my gpt"));
/// assert_eq!(matched.surface(), Some(Surface::LATEST_DATED));
/// assert!(matched.args.is_empty() && matched.query.is_empty());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Matched {
    /// Whether the path lies below `/openai/v1`.
    pub v1: bool,
    /// The query's `api-version` as it was written, if any.
    pub api_version: Option<String>,
    /// The deployment that the path names.
    pub deployment: Option<String>,
    /// The values of the path's parameters, in order.
    pub args: Vec<String>,
    /// The query without its `api-version`.
    pub query: Query,
}

impl Matched {
    /// The surface that was addressed; `None` where the api-version does not fit the path.
    pub fn surface(&self) -> Option<Surface> {
        match (self.v1, self.api_version.as_deref()) {
            (true, None | Some("v1")) => Some(Surface::V1),
            (true, Some("preview")) => Some(Surface::V1Preview),
            (true, Some(_)) | (false, None) => None,
            (false, Some(version)) => version.parse().ok().map(Surface::Dated),
        }
    }
}

/// The query parameters of a request, in order, repeated names allowed.
///
/// ```
/// use aoai_types::Query;
///
/// let mut query = Query::parse("limit=2&include[]=a&include[]=b+c");
/// assert_eq!(query.get("limit"), Some("2"));
/// query.push("after", "file-1");
/// let values: Vec<_> = query.iter().map(|(_, value)| value).collect();
/// assert_eq!(values, ["2", "a", "b c", "file-1"]);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query(Vec<(Cow<'static, str>, String)>);

impl Query {
    /// No parameters.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Adds a parameter after those that are there.
    pub fn push(&mut self, name: impl Into<Cow<'static, str>>, value: impl Into<String>) {
        self.0.push((name.into(), value.into()));
    }

    /// The parameters as name and value, not encoded.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (&**name, value.as_str()))
    }

    /// The first value of a name.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.iter()
            .find(|(key, _)| *key == name)
            .map(|(_, value)| value)
    }

    /// Takes a name out and gives its first value.
    pub fn remove(&mut self, name: &str) -> Option<String> {
        let at = self.0.iter().position(|(key, _)| key == name)?;
        let (_, value) = self.0.remove(at);
        self.0.retain(|(key, _)| key != name);
        Some(value)
    }

    /// Whether there is no parameter.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Reads `a=1&b=2`, percent- and plus-decoded; what is not UTF-8 is replaced.
    pub fn parse(query: &str) -> Self {
        let decode = |text: &str| {
            let spaced = text.replace('+', " ");
            percent_decode_str(&spaced).decode_utf8_lossy().into_owned()
        };
        let pairs = query
            .split('&')
            .filter(|pair| !pair.is_empty())
            .map(|pair| {
                let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
                (Cow::Owned(decode(name)), decode(value))
            });
        Self(pairs.collect())
    }

    fn append_to(&self, target: &mut String, mut separator: char) {
        for (name, value) in self.iter() {
            target.push(separator);
            target.extend(utf8_percent_encode(name, QUERY));
            target.push('=');
            target.extend(utf8_percent_encode(value, QUERY));
            separator = '&';
        }
    }
}

/// A request target that cannot be written.
///
/// ```
/// use aoai_types::models::GetModel;
/// use aoai_types::{Operation, Query, Surface};
///
/// let target = GetModel::ENDPOINT.target(Surface::V1, None, &[".."], &Query::new());
/// let error = target.unwrap_err().to_string();
/// assert!(error.starts_with(r#"models.get: ".." cannot be the model"#));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidTarget {
    operation: &'static str,
    what: &'static str,
    value: Option<Box<str>>,
}

impl fmt::Display for InvalidTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            operation,
            what,
            value,
        } = self;
        match value {
            None => write!(
                f,
                "{operation}: the path needs a {what}, and none was given"
            ),
            Some(value) => write!(
                f,
                "{operation}: {value:?} cannot be the {what}: a path segment is not empty, \
                 and not \".\" or \"..\""
            ),
        }
    }
}

impl std::error::Error for InvalidTarget {}

fn parameter(segment: &'static str) -> Option<&'static str> {
    segment.strip_prefix('{')?.strip_suffix('}')
}

/// `/a/b` is `a` and `/b`.
fn split_segment(path: &str) -> Option<(&str, &str)> {
    let path = path.strip_prefix('/')?;
    Some(path.split_at(path.find('/').unwrap_or(path.len())))
}

fn decode(segment: &str) -> Option<String> {
    Some(percent_decode_str(segment).decode_utf8().ok()?.into_owned())
}

/// What RFC 3986 lets stand in a path segment stays; all else is encoded.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'!')
    .remove(b'$')
    .remove(b'&')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b'*')
    .remove(b'+')
    .remove(b',')
    .remove(b';')
    .remove(b'=')
    .remove(b':')
    .remove(b'@');

const QUERY: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');
