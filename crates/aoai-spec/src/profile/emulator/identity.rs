//! The credentials that the emulator's tenant and vault hand out.

use std::sync::{Arc, LazyLock};

use aoai_auth::testing::stand_in;
use aoai_auth::{
    AccessToken, Chain, Clock, Entra, EntraOptions, Error, ErrorKind, KeyVaultSecret, Result,
};
use aoai_emulator::{Identity, Services};

use crate::profile::Profile;
use crate::profile::credential::CredentialSource;

/// Adds them to the emulator's profile.
pub(super) fn add(profile: Profile, services: &Services) -> Profile {
    let vault = services.vault_host();
    let at_emulator = stand_in(services.authority(), services.certificate(), [vault]);
    let options = move |clock: &Arc<dyn Clock>| -> Result<EntraOptions> {
        Ok(at_emulator.clone()?.with_clock(Arc::clone(clock)))
    };
    let app = |name: &str| {
        let (app, tenant) = (services.app(name).cloned(), services.tenant().to_owned());
        let (options, name) = (options.clone(), name.to_owned());
        move |clock: &Arc<dyn Clock>| {
            let app = app.as_ref().ok_or_else(|| missing(&name))?;
            let secret = app.client_secret.as_deref().unwrap_or_default();
            let (tenant, client) = (tenant.as_str(), app.client_id.as_str());
            let options = options(clock)?;
            Ok(Entra::client_secret(tenant, client, secret, &options))
        }
    };
    let (entra, no_role, reader) = (app("app"), app("roleless"), app("app"));
    let vault = services.vault();
    let key = move |clock: &Arc<dyn Clock>| {
        let (reader, options) = (reader(clock)?, options(clock)?);
        KeyVaultSecret::new(&vault, Identity::KEY_SECRET, reader, &options)
    };
    let entra = CredentialSource::maker(move |clock| Chain::new().or_result(entra(clock)));
    let no_role = CredentialSource::maker(move |clock| Chain::new().or_result(no_role(clock)));
    let key = CredentialSource::maker(move |clock| Chain::new().or_result(key(clock)));
    let token = |issue: fn(&Services, &str, &str) -> Option<String>, audience: &'static str| {
        let services = services.clone();
        // One for all cells: a second one would be worth another try.
        let issued = LazyLock::new(move || issue(&services, "app", audience));
        CredentialSource::maker(move |_| AccessToken::new((*issued).clone().unwrap_or_default()))
    };
    profile
        .insert("entra", entra)
        .insert("no-role", no_role)
        .insert("vault", key)
        .insert(
            "wrong-audience",
            token(Services::token, "https://vault.azure.net"),
        )
        .insert(
            "expired-token",
            token(
                Services::expired_token,
                "https://cognitiveservices.azure.com",
            ),
        )
}

fn missing(name: &str) -> Error {
    let told = format!("the emulator's configuration has no app `{name}`");
    Error::new(ErrorKind::NotConfigured, told)
}
