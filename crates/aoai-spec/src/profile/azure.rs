//! Credentials of Microsoft Entra ID, and keys in Key Vault.

use std::sync::{Arc, OnceLock};

use aoai_auth::{
    ApiKey, Chain, Clock, CredentialProvider, Entra, EntraOptions, KeyVaultSecret, ManagedIdentity,
    Result,
};

use super::credential::{CredentialSource, needed_text};
use super::read::resolve;
use crate::diagnostic::Problems;
use crate::parse::fields::{Fields, wrong};
use crate::value::Node;
use crate::vars::{self, Scope};

/// Options that are made when they are first needed, as that reads the system's certificates.
#[derive(Clone, Default)]
struct Options(Arc<OnceLock<Result<EntraOptions>>>);

impl Options {
    fn get(&self, clock: &Arc<dyn Clock>) -> Result<EntraOptions> {
        let made = self.0.get_or_init(EntraOptions::new).clone();
        made.map(|options| options.with_clock(Arc::clone(clock)))
    }
}

/// Makes a provider of tokens.
type Identity = dyn Fn(&EntraOptions) -> Arc<dyn CredentialProvider> + Send + Sync;

/// Tokens of Entra ID; absent where the text is empty.
pub(super) fn entra(
    node: &Node,
    scope: &Scope,
    problems: &mut Problems,
) -> Option<CredentialSource> {
    let identity = identity(node, scope, problems)?;
    let options = Options::default();
    Some(CredentialSource::maker(move |clock| {
        or_error(options.get(clock).map(|options| identity(&options)))
    }))
}

/// A key in a vault; absent where the vault's address is empty.
pub(super) fn key_vault(
    node: &Node,
    scope: &Scope,
    problems: &mut Problems,
) -> Option<CredentialSource> {
    let fields = Fields::read(node, "`key_vault`", KEY_VAULT_KEYS, problems)?;
    let url = needed_text(&fields, "url", scope, problems);
    let secret = needed_text(&fields, "secret", scope, problems);
    let version = fields.get("version").and_then(|node| plain(node, scope));
    let identity = match fields.get("entra") {
        Some(node) => identity(node, scope, problems)?,
        None => named("default")?,
    };
    let (url, secret) = (url?, secret?);
    let options = Options::default();
    let make = move |clock: &_| {
        let options = options.get(clock)?;
        let key = KeyVaultSecret::new(&url, &secret, identity(&options), &options)?;
        Ok(match &version {
            Some(version) => key.version(version),
            None => key,
        })
    };
    Some(CredentialSource::maker(move |clock| or_error(make(clock))))
}

/// This provider, or one that says why there is none.
pub(super) fn or_error(provider: Result<impl CredentialProvider>) -> Arc<dyn CredentialProvider> {
    match provider {
        Ok(provider) => Arc::new(provider),
        Err(error) => Arc::new(Chain::new().or_result(Err::<ApiKey, _>(error))),
    }
}

fn identity(node: &Node, scope: &Scope, problems: &mut Problems) -> Option<Arc<Identity>> {
    if node.as_text().is_some() {
        let name = plain(node, scope)?;
        let found = named(&name);
        if found.is_none() {
            unknown(node, problems);
        }
        return found;
    }
    let fields = Fields::read(node, "`entra`", ENTRA_KEYS, problems)?;
    if let Some(node) = fields.get("managed_identity") {
        let fields = Fields::read(node, "`managed_identity`", &["client_id"], problems)?;
        let id = needed_text(&fields, "client_id", scope, problems)?;
        return Some(Arc::new(move |options| {
            let identity = ManagedIdentity::ClientId(id.clone());
            Arc::new(Entra::managed_identity(identity, options))
        }));
    }
    let Some(node) = fields.get("client_secret") else {
        if node.as_map().is_some_and(<[_]>::is_empty) {
            unknown(node, problems);
        }
        return None;
    };
    let fields = Fields::read(node, "`client_secret`", CLIENT_SECRET_KEYS, problems)?;
    let [tenant, client, secret] =
        ["tenant", "client", "secret"].map(|name| needed_text(&fields, name, scope, problems));
    let (tenant, client, secret) = (tenant?, client?, aoai_auth::Secret::new(secret?));
    Some(Arc::new(move |options| {
        let (tenant, client) = (tenant.as_str(), client.as_str());
        let entra = Entra::client_secret(tenant, client, secret.clone(), options);
        Arc::new(entra)
    }))
}

/// The identities that need no more than their name.
fn named(name: &str) -> Option<Arc<Identity>> {
    Some(match name {
        "default" => Arc::new(|options| Arc::new(Entra::default_chain(options).build())),
        "workload_identity" => Arc::new(|options| Arc::new(Entra::workload_identity(options))),
        "managed_identity" => {
            Arc::new(|options| Arc::new(Entra::managed_identity(ManagedIdentity::System, options)))
        }
        "developer_tools" => Arc::new(|options| Arc::new(Entra::developer_tools(options))),
        "azure_cli" => Arc::new(|options| Arc::new(Entra::azure_cli(options))),
        "azure_developer_cli" => Arc::new(|options| Arc::new(Entra::azure_developer_cli(options))),
        _ => return None,
    })
}

fn unknown(node: &Node, problems: &mut Problems) {
    let wanted = format!(
        "one of {}, or a mapping with one of {}",
        NAMED.join(", "),
        ENTRA_KEYS.join(", ")
    );
    wrong(node, "entra", &wanted, problems);
}

fn plain(node: &Node, scope: &Scope) -> Option<String> {
    let value = resolve(node, scope)?;
    Some(vars::as_text(&value)).filter(|text| !text.is_empty())
}

const NAMED: &[&str] = &[
    "default",
    "workload_identity",
    "managed_identity",
    "developer_tools",
    "azure_cli",
    "azure_developer_cli",
];

const ENTRA_KEYS: &[&str] = &["client_secret", "managed_identity"];

const CLIENT_SECRET_KEYS: &[&str] = &["tenant", "client", "secret"];

const KEY_VAULT_KEYS: &[&str] = &["url", "secret", "version", "entra"];
