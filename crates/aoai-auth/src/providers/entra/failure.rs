//! What failures of `azure_identity` mean, told without what they echo.

use std::error::Error as StdError;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use azure_core::error::ErrorKind as AzureKind;

use super::witness::Refusal;
use crate::credential::Secret;
use crate::error::{Error, ErrorKind};
use crate::redact::scrub;

/// Whence tokens come, as errors tell it, with the secrets that must not be told.
#[derive(Clone)]
pub(super) struct Source(Arc<Inner>);

struct Inner {
    name: String,
    nature: Nature,
    secrets: Vec<Secret>,
    /// The assertion that was sent last.
    assertion: Mutex<Option<Secret>>,
}

/// Who answers, and so how to read the answer.
#[derive(Clone, Copy, Debug)]
enum Nature {
    Service,
    ManagedIdentity,
    Tool {
        program: &'static str,
        login: &'static str,
    },
}

impl Source {
    pub(super) fn service(name: &str) -> Self {
        Self::new(name, Nature::Service)
    }

    pub(super) fn managed_identity(name: &str) -> Self {
        Self::new(name, Nature::ManagedIdentity)
    }

    pub(super) fn tool(name: &str, program: &'static str, login: &'static str) -> Self {
        Self::new(name, Nature::Tool { program, login })
    }

    fn new(name: &str, nature: Nature) -> Self {
        Self(Arc::new(Inner {
            name: name.to_owned(),
            nature,
            secrets: Vec::new(),
            assertion: Mutex::default(),
        }))
    }

    /// The same, with secrets that identity services may echo.
    pub(super) fn knowing(self, secrets: impl IntoIterator<Item = Secret>) -> Self {
        Self(Arc::new(Inner {
            name: self.0.name.clone(),
            nature: self.0.nature,
            secrets: secrets.into_iter().collect(),
            assertion: Mutex::default(),
        }))
    }

    /// Takes note of the assertion that is about to be sent.
    pub(super) fn learn(&self, assertion: &Secret) {
        *self.assertion() = Some(assertion.clone());
    }

    pub(super) fn name(&self) -> &str {
        &self.0.name
    }

    /// The credential could not be made: nobody was asked.
    pub(super) fn unusable(&self, error: &(dyn StdError + Send + Sync + 'static)) -> Error {
        let causes = Causes::of(error);
        if let Some(own) = causes.own() {
            return Error::new(own.kind(), format!("{}: {own}", self.name()));
        }
        let told = self.scrub(&causes.deepest().to_string());
        Error::new(
            ErrorKind::Misconfigured,
            format!("{} cannot be used: {told}", self.name()),
        )
    }

    /// No answer came in time.
    pub(super) fn late(&self, patience: Duration) -> Error {
        Error::new(
            ErrorKind::Unavailable,
            format!("{} gave no token within {patience:?}", self.name()),
        )
    }

    /// The answer was a refusal, or there was none.
    pub(super) fn failed(&self, error: &azure_core::Error, refusal: Option<&Refusal>) -> Error {
        let causes = Causes::of(error);
        if let Some(own) = causes.own() {
            return Error::new(own.kind(), format!("{}: {own}", self.name()));
        }
        if let Nature::Tool { program, login } = self.0.nature {
            return self.tool_failed(program, login, &causes);
        }
        if let Some(refusal) = refusal {
            return self.refused(refusal.status, &self.scrub(&refusal.text));
        }
        if let Some(status) = causes.status() {
            return self.refused(status, &self.scrub(&causes.deepest().to_string()));
        }
        let cause = Cause(self.scrub(&causes.told()));
        if causes.of_kind(|kind| matches!(kind, AzureKind::Connection | AzureKind::Io)) {
            let message = format!("{}: its identity service cannot be reached", self.name());
            return Error::new(ErrorKind::Unavailable, message).with_source(cause);
        }
        if let Some(told) = causes.unreadable() {
            let message = format!(
                "{}: the answer of its identity service cannot be read{told}",
                self.name()
            );
            return Error::new(ErrorKind::Unavailable, message);
        }
        let message = format!("{} cannot be used", self.name());
        Error::new(ErrorKind::Misconfigured, message).with_source(cause)
    }

    /// `told` is what the service said, scrubbed.
    fn refused(&self, status: u16, told: &str) -> Error {
        let said = if told.is_empty() {
            String::new()
        } else {
            format!(": {told}")
        };
        if matches!(status, 408 | 429 | 500..) {
            return Error::new(
                ErrorKind::Unavailable,
                format!(
                    "{}: its identity service answered {status}{said}",
                    self.name()
                ),
            );
        }
        // Where the host has the identity, Entra ID itself says what is wrong.
        let is_absent = status == 400 && !told.contains("AADSTS");
        if matches!(self.0.nature, Nature::ManagedIdentity) && is_absent {
            return Error::new(
                ErrorKind::NotConfigured,
                format!(
                    "{} is not assigned to this host; \
                     assign it in the Azure portal under Identity of the host's resource",
                    self.name()
                ),
            );
        }
        let (kind, way_out) = way_out(told);
        let way_out = way_out.map_or_else(String::new, |way_out| format!("; {way_out}"));
        Error::new(
            kind,
            format!(
                "Entra ID refused {} with {status}{said}{way_out}",
                self.name()
            ),
        )
    }

    fn tool_failed(&self, program: &str, login: &str, causes: &Causes<'_>) -> Error {
        if let Some(told) = causes.unreadable() {
            return Error::new(
                ErrorKind::Unavailable,
                format!(
                    "{}: what `{program}` printed cannot be read{told}",
                    self.name()
                ),
            );
        }
        let told = self.scrub(&causes.deepest().to_string());
        if told.contains("not found on PATH") || told.contains("wasn't found on PATH") {
            return Error::new(
                ErrorKind::NotConfigured,
                format!("{}: `{program}` is not on the PATH", self.name()),
            );
        }
        if told.contains(login) || told.to_ascii_lowercase().contains("not logged in") {
            return Error::new(
                ErrorKind::NotConfigured,
                format!("{}: nobody is logged in; run `{login}`", self.name()),
            );
        }
        Error::new(
            ErrorKind::Refused,
            format!("{} gave no token: {told}", self.name()),
        )
    }

    /// On one line, without secrets, and not endless.
    fn scrub(&self, text: &str) -> String {
        let assertion = self.assertion().clone();
        let secrets = self.0.secrets.iter().chain(&assertion).map(Secret::expose);
        let text = scrub(text, secrets);
        let text = text
            .split_once(TROUBLESHOOTING)
            .map_or(text.as_str(), |(before, _)| before);
        let mut line = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if let Some((end, _)) = line.char_indices().nth(LONGEST) {
            line.truncate(end);
            line.push('…');
        }
        line.trim_end_matches('.').to_owned()
    }

    fn assertion(&self) -> std::sync::MutexGuard<'_, Option<Secret>> {
        self.0
            .assertion
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// The causes of a failure, as text that holds no secret: the errors themselves might.
#[derive(Debug)]
struct Cause(String);

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl StdError for Cause {}

/// What an `AADSTS` code asks for.
fn way_out(told: &str) -> (ErrorKind, Option<&'static str>) {
    let code = told.split_once("AADSTS").map(|(_, rest)| {
        rest.split(|letter: char| !letter.is_ascii_digit())
            .next()
            .unwrap_or_default()
    });
    match code.unwrap_or_default() {
        "7000215" => (
            ErrorKind::Refused,
            Some(
                "take the secret's value, not its id, from Certificates & secrets of the app registration",
            ),
        ),
        "7000222" => (
            ErrorKind::Refused,
            Some("make a new secret under Certificates & secrets of the app registration"),
        ),
        "700027" => (
            ErrorKind::Refused,
            Some("upload the certificate under Certificates & secrets of the app registration"),
        ),
        "70021" | "700213" | "700211" | "700212" | "7002138" => (
            ErrorKind::Refused,
            Some(
                "compare issuer, subject and audience with Federated credentials of the application",
            ),
        ),
        "700016" | "90002" | "900023" => (
            ErrorKind::Misconfigured,
            Some(
                "compare the tenant id and the client id with the overview of the app registration",
            ),
        ),
        "500011" | "50001" | "70011" | "1002012" => (
            ErrorKind::Misconfigured,
            Some("check the audience and the cloud"),
        ),
        _ => (ErrorKind::Refused, None),
    }
}

/// An error of `azure_core` with all that caused it.
pub(crate) struct Causes<'a>(&'a (dyn StdError + 'static));

impl<'a> Causes<'a> {
    pub(crate) fn of(error: &'a (dyn StdError + 'static)) -> Self {
        Self(error)
    }

    /// An error of this crate that went through the Azure SDK.
    pub(crate) fn own(&self) -> Option<&'a Error> {
        self.chain().find_map(|error| error.downcast_ref())
    }

    /// Whether one of them is of such a kind.
    pub(crate) fn of_kind(&self, kind: impl Fn(&AzureKind) -> bool) -> bool {
        self.kinds().any(kind)
    }

    /// The texts of all from the innermost of `azure_core` on: the outer ones repeat it.
    pub(crate) fn told(&self) -> String {
        let mut texts: Vec<String> = Self(self.deepest())
            .chain()
            .map(ToString::to_string)
            .collect();
        texts.dedup();
        texts.join(": ")
    }

    /// Why an answer could not be decoded, if that is what happened.
    ///
    /// A decoder quotes what it could not decode, and that may be a token: only words that quote
    /// nothing are told.
    fn unreadable(&self) -> Option<String> {
        if !self.of_kind(|kind| *kind == AzureKind::DataConversion) {
            return None;
        }
        let told = self.deepest().to_string();
        let quotes_nothing = ["missing field", "expires_on field not found", "EOF while"]
            .into_iter()
            .any(|start| told.starts_with(start));
        Some(if quotes_nothing {
            format!(": {}", told.trim_end_matches('.'))
        } else {
            String::new()
        })
    }

    fn status(&self) -> Option<u16> {
        self.kinds().find_map(|kind| match kind {
            AzureKind::HttpResponse { status, .. } => Some(u16::from(*status)),
            _ => None,
        })
    }

    fn deepest(&self) -> &'a (dyn StdError + 'static) {
        self.chain()
            .filter(|error| error.is::<azure_core::Error>())
            .last()
            .unwrap_or(self.0)
    }

    fn kinds(&self) -> impl Iterator<Item = &'a AzureKind> {
        self.chain()
            .filter_map(|error| error.downcast_ref::<azure_core::Error>())
            .map(azure_core::Error::kind)
    }

    fn chain(&self) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
        std::iter::successors(Some(self.0), |error| (*error).source())
    }
}

/// What `azure_identity` appends to every message.
const TROUBLESHOOTING: &str = "To troubleshoot, visit";
/// Enough for the longest message of Entra ID with its trace ids.
const LONGEST: usize = 600;
