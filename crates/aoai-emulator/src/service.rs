//! The services that an emulator stands in for, told apart by path.

/// One of the services that an emulator stands in for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Service {
    /// Azure OpenAI: `/openai/…`.
    OpenAi,
    /// Entra's token endpoint.
    Token,
    /// The endpoints of managed identities, on App Service and on virtual machines.
    ManagedIdentity,
    /// Key Vault.
    Vault,
    /// Azure Resource Manager.
    Arm,
}

impl Service {
    /// The service that a path belongs to; `None` for Entra's descriptions of itself and for the
    /// assertions of Azure Pipelines.
    pub(crate) fn of(path: &str) -> Option<Self> {
        if path.ends_with("/oauth2/v2.0/token") {
            return Some(Self::Token);
        }
        if path.ends_with("/.well-known/openid-configuration")
            || path.ends_with("/discovery/v2.0/keys")
            || path.ends_with("/oidctoken")
        {
            return None;
        }
        Some(match path {
            "/msi/token" | "/metadata/identity/oauth2/token" => Self::ManagedIdentity,
            path if path.starts_with("/secrets/") => Self::Vault,
            path if path.starts_with("/subscriptions/") => Self::Arm,
            _ => Self::OpenAi,
        })
    }
}
