//! What a program gets hold of: addresses, credentials, the vault.

use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use serde_json::json;

use super::Directory;
use super::arm::ACCOUNT;
use crate::KeySlot;
use crate::config::{App, Identity};
use crate::state::State;

/// The services of a running emulator that hand out credentials.
///
/// Everything is served twice: on the emulator's own port in plain HTTP, and under
/// [`authority`](Self::authority) over TLS, since Microsoft's clients insist on it.
///
/// Cheap to clone. What is asked of it once the emulator is gone is answered all the same.
#[derive(Clone)]
pub struct Services {
    state: Arc<State>,
    directory: Arc<Directory>,
}

impl Services {
    pub(crate) fn new(state: &Arc<State>) -> Option<Self> {
        let directory = Arc::clone(state.directory.as_ref()?);
        let state = Arc::clone(state);
        Some(Self { state, directory })
    }

    /// Where they are reached over TLS, `https://localhost:PORT`: the authority host of Entra, the
    /// vault and Resource Manager in one.
    pub fn authority(&self) -> &str {
        &self.directory.authority
    }

    /// The socket behind [`authority`](Self::authority), for a client that is to find one of Azure's
    /// own names here.
    pub fn address(&self) -> SocketAddr {
        let port = self.authority().rsplit(':').next();
        let port = port.and_then(|port| port.parse().ok());
        (Ipv4Addr::LOCALHOST, port.unwrap_or_default()).into()
    }

    /// The vault's address, `https://emulator.vault.azure.net`: clients that verify the vault's
    /// challenge insist on such a name, and have to be told that it is at
    /// [`address`](Self::address). Others may use [`authority`](Self::authority).
    pub fn vault(&self) -> String {
        format!("https://{}", self.vault_host())
    }

    /// The name in the vault's address.
    pub fn vault_host(&self) -> &'static str {
        "emulator.vault.azure.net"
    }

    /// The certificate to trust, as PEM. It covers `*.vault.azure.net` and other names of Azure's,
    /// for clients whose resolver sends those here.
    pub fn certificate(&self) -> &str {
        &self.directory.certificate
    }

    /// The tenant's id.
    pub fn tenant(&self) -> &str {
        &self.directory.identity.tenant
    }

    /// An app by its name in the configuration; it has a client secret.
    pub fn app(&self, name: &str) -> Option<&App> {
        self.directory.identity.apps.get(name)
    }

    /// A token for an app, `audience` being a resource such as `https://ai.azure.com`, given out
    /// without asking for any secret.
    pub fn token(&self, app: &str, audience: &str) -> Option<String> {
        let app = self.app(app)?;
        Some(self.directory.issue(app, audience, self.state.clock.unix()))
    }

    /// The same, given out so long ago that it has just expired.
    pub fn expired_token(&self, app: &str, audience: &str) -> Option<String> {
        let app = self.app(app)?;
        let lifetime = self.directory.identity.token_lifetime;
        let issued = self.state.clock.unix().saturating_sub(lifetime);
        Some(self.directory.issue(app, audience, issued))
    }

    /// What App Service would put into `IDENTITY_HEADER`; the endpoint beside it is `/msi/token`.
    pub fn identity_header(&self) -> &str {
        &self.directory.identity_header
    }

    /// The resource id of the account, for Resource Manager's `listKeys` and `regenerateKey`.
    pub fn account(&self) -> &'static str {
        ACCOUNT
    }

    /// Adds a version to a secret of the vault, and gives the version's id.
    pub fn set_secret(&self, name: &str, value: &str) -> String {
        self.directory
            .vault
            .set(name, value, self.state.clock.unix())
    }

    /// The current value of a secret.
    pub fn secret(&self, name: &str) -> Option<String> {
        self.directory.vault.value(name)
    }

    /// Disables or enables a version of a secret, the current one where none is named; whether it
    /// is there.
    pub fn enable_secret(&self, name: &str, version: Option<&str>, enabled: bool) -> bool {
        self.directory
            .vault
            .change(name, version, &json!({"enabled": enabled}))
    }

    /// Lets the current version of a secret expire, in seconds since 1970; whether it is there.
    pub fn expire_secret(&self, name: &str, at: u64) -> bool {
        self.directory.vault.change(name, None, &json!({"exp": at}))
    }

    /// Removes a secret with all its versions; whether it was there.
    pub fn remove_secret(&self, name: &str) -> bool {
        self.directory.vault.remove(name)
    }

    /// Regenerates the key that [`Identity::KEY_SECRET`] holds and puts the new one there: what a
    /// client reads after its next refusal is valid again. `None` where the secret holds no key.
    pub fn rotate_vault_key(&self) -> Option<String> {
        let held = self.secret(Identity::KEY_SECRET)?;
        let [first, second] = self.state.keys();
        let slot = if held == first {
            KeySlot::Key1
        } else if held == second {
            KeySlot::Key2
        } else {
            return None;
        };
        let key = self.state.rotate(slot);
        self.set_secret(Identity::KEY_SECRET, &key);
        Some(key)
    }
}

impl fmt::Debug for Services {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Services")
            .field("authority", &self.directory.authority)
            .field("tenant", &self.directory.identity.tenant)
            .finish_non_exhaustive()
    }
}
