//! The credentials of a profile.

use std::fmt;
use std::sync::Arc;

use aoai_auth::{AccessToken, ApiKey, Clock, CredentialProvider, ErrorKind, Secret, TwoKeys};

use super::read::{resolve, text};
use crate::diagnostic::Problems;
use crate::parse::fields::Fields;
use crate::value::Node;
use crate::vars::{self, Scope};

/// What a credential's name stands for.
#[derive(Clone)]
pub(crate) enum CredentialSource {
    ApiKey(Secret),
    Token(Secret),
    /// Makes a provider for one cell, which has a clock of its own; what the provider learns there
    /// stays there.
    Maker(Arc<Maker>),
}

type Maker = dyn Fn(&Arc<dyn Clock>) -> Arc<dyn CredentialProvider> + Send + Sync;

impl CredentialSource {
    pub(super) fn maker<P: CredentialProvider>(
        make: impl Fn(&Arc<dyn Clock>) -> P + Send + Sync + 'static,
    ) -> Self {
        Self::Maker(Arc::new(move |clock| Arc::new(make(clock))))
    }

    fn provider(&self, clock: &Arc<dyn Clock>) -> Arc<dyn CredentialProvider> {
        match self {
            Self::ApiKey(key) => Arc::new(ApiKey::new(key.clone())),
            Self::Token(token) => Arc::new(AccessToken::new(token.clone())),
            Self::Maker(make) => make(clock),
        }
    }
}

impl fmt::Debug for CredentialSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ApiKey(_) => "ApiKey",
            Self::Token(_) => "Token",
            Self::Maker(_) => "Maker",
        })
    }
}

/// What a credential of a profile stands for; `None` where it is absent.
pub(super) fn read(
    node: &Node,
    scope: &Scope,
    lookup: &dyn Fn(&str) -> Option<String>,
    problems: &mut Problems,
) -> Option<CredentialSource> {
    Fields::read(node, "a credential", CREDENTIAL_KEYS, problems)?;
    let [(key, value)] = node.as_map()? else {
        let kinds = CREDENTIAL_KEYS.join("`, `");
        problems.error(node.span, format!("a credential is one of `{kinds}`"), "");
        return None;
    };
    match key.name.as_str() {
        "api_key" => {
            let key = text(key, value, scope, problems)?;
            Some(CredentialSource::ApiKey(Secret::new(key)))
        }
        "token" => {
            let token = text(key, value, scope, problems)?;
            Some(CredentialSource::Token(Secret::new(token)))
        }
        "dotenv" => dotenv(value, scope, lookup, problems),
        "two_keys" => {
            let fields = Fields::read(value, "`two_keys`", TWO_KEYS_KEYS, problems)?;
            let [primary, secondary] = ["primary", "secondary"].map(|name| {
                let node = needed(&fields, name, problems)?;
                read(node, scope, lookup, problems)
            });
            let (primary, secondary) = (primary?, secondary?);
            Some(CredentialSource::maker(move |clock| {
                TwoKeys::new(primary.provider(clock), secondary.provider(clock))
            }))
        }
        #[cfg(feature = "identity")]
        "entra" => super::azure::entra(value, scope, problems),
        #[cfg(feature = "identity")]
        "key_vault" => super::azure::key_vault(value, scope, problems),
        #[cfg(not(feature = "identity"))]
        kind @ ("entra" | "key_vault") => {
            let message = format!("`{kind}` needs a build with the feature `identity`");
            problems.error(key.span, message, "");
            None
        }
        _ => None,
    }
}

/// A key in a file that is read whenever it is needed; absent where the file does not have it.
fn dotenv(
    node: &Node,
    scope: &Scope,
    lookup: &dyn Fn(&str) -> Option<String>,
    problems: &mut Problems,
) -> Option<CredentialSource> {
    let fields = Fields::read(node, "`dotenv`", DOTENV_KEYS, problems)?;
    let path = needed_text(&fields, "path", scope, problems);
    let name = needed_text(&fields, "name", scope, problems);
    match ApiKey::from_dotenv_or(path?, &name?, lookup) {
        Ok(key) => Some(CredentialSource::maker(move |_| key.clone())),
        Err(error) if error.kind() == ErrorKind::NotConfigured => None,
        Err(error) => {
            problems.error(node.span, "the key cannot be read", error.to_string());
            None
        }
    }
}

/// A text that must be there; `None` where it is empty, which means absent.
pub(super) fn needed_text(
    fields: &Fields<'_>,
    name: &str,
    scope: &Scope,
    problems: &mut Problems,
) -> Option<String> {
    let node = needed(fields, name, problems)?;
    let value = resolve(node, scope)?;
    Some(vars::as_text(&value)).filter(|text| !text.is_empty())
}

fn needed<'a>(fields: &Fields<'a>, name: &str, problems: &mut Problems) -> Option<&'a Node> {
    let node = fields.get(name);
    if node.is_none() {
        problems.error(fields.span, format!("`{name}` is missing"), "");
    }
    node
}

const CREDENTIAL_KEYS: &[&str] = &[
    "api_key",
    "token",
    "dotenv",
    "two_keys",
    "entra",
    "key_vault",
];

const DOTENV_KEYS: &[&str] = &["path", "name"];

const TWO_KEYS_KEYS: &[&str] = &["primary", "secondary"];
