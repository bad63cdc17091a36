//! Who may ask for tokens, and what they may do with them.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;

/// An Entra tenant, a key vault and the resource's place in Azure Resource Manager.
///
/// The default tenant has three apps: `app` with every role, `roleless` with none, and
/// `managed`, the machine's own identity. The vault keeps the account's first key under
/// [`Identity::KEY_SECRET`].
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Identity {
    /// The tenant's id.
    pub tenant: String,
    /// The apps by a name that only the configuration knows.
    pub apps: BTreeMap<String, App>,
    /// For how many seconds a token is valid.
    pub token_lifetime: u64,
    /// The port of the TLS listener on 127.0.0.1; 0 for any that is free.
    pub port: u16,
}

impl Identity {
    /// The secret that holds the account's first key when the emulator starts.
    pub const KEY_SECRET: &'static str = "aoai-key";
}

impl Default for Identity {
    fn default() -> Self {
        let app = |client: &str| App::new(format!("{client}-0000-4000-8000-00000000c11e"));
        let roles = [Role::OpenAiUser, Role::Contributor, Role::SecretsOfficer];
        let managed = App {
            managed: Some(Managed::System),
            ..app("33333333").roles([Role::OpenAiUser, Role::SecretsUser])
        };
        let apps = [
            ("app", app("11111111").roles(roles)),
            ("roleless", app("22222222")),
            ("managed", managed),
        ];
        Self {
            tenant: "00000000-0000-4000-8000-00000007e4a7".to_owned(),
            apps: apps.map(|(name, app)| (name.to_owned(), app)).into(),
            token_lifetime: 4800,
            port: 0,
        }
    }
}

/// An app registration, or a managed identity.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct App {
    /// Its client id.
    pub client_id: String,
    /// Its secret; made up at start where it is not given.
    #[serde(default)]
    pub client_secret: Option<String>,
    /// The one assertion that it may log in with; any JWT where it is not given.
    #[serde(default)]
    pub assertion: Option<String>,
    /// What it may do.
    #[serde(default)]
    pub roles: Vec<Role>,
    /// Whether it is a managed identity, and of which kind.
    #[serde(default)]
    pub managed: Option<Managed>,
}

impl App {
    /// An app without roles.
    pub fn new(client_id: impl Into<String>) -> Self {
        Self {
            client_id: client_id.into(),
            client_secret: None,
            assertion: None,
            roles: Vec::new(),
            managed: None,
        }
    }

    /// With these roles.
    #[must_use]
    pub fn roles(mut self, roles: impl IntoIterator<Item = Role>) -> Self {
        self.roles = roles.into_iter().collect();
        self
    }

    /// The id of its service principal, to which roles are given.
    pub fn object_id(&self) -> String {
        // Derived, so that there is one id less to write down; the form is that of a GUID.
        let hash = crate::text::hash(self.client_id.as_bytes());
        format!(
            "{:08x}-0000-4000-8000-{:012x}",
            hash >> 32,
            hash & 0xffff_ffff
        )
    }
}

impl fmt::Debug for App {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("App")
            .field("client_id", &self.client_id)
            .field("roles", &self.roles)
            .field("managed", &self.managed)
            .finish_non_exhaustive()
    }
}

/// What a principal may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Role {
    /// Cognitive Services OpenAI User: call the models, not see the keys.
    #[serde(rename = "openai_user")]
    OpenAiUser,
    /// Cognitive Services Contributor: see and regenerate the keys, not call the models.
    Contributor,
    /// Key Vault Secrets User: read secrets.
    SecretsUser,
    /// Key Vault Secrets Officer: read and write secrets.
    SecretsOfficer,
}

/// The kinds of managed identities.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Managed {
    /// The machine's own, got without naming it.
    System,
    /// One that was assigned to it, got by its client id.
    User,
}
