//! The services around Azure OpenAI that hand out credentials: Entra, managed identities, Key
//! Vault, Azure Resource Manager.

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::request::Parts;
use http::{HeaderMap, Response, StatusCode};
use serde_json::{Value, json};

use aoai_types::Query;

use self::jwt::{Claims, Signer};
use self::vault::Vault;
use crate::config::{App, Identity, Role};
use crate::headers::put_text;
use crate::serve::SecureDoor;
use crate::service::Service;
use crate::state::{State, canary};
use crate::stream::{self, Body};
use crate::text;

mod arm;
mod discovery;
mod jwt;
mod managed;
mod pipelines;
mod services;
pub(crate) mod tls;
mod token;
mod vault;

pub use self::services::Services;

/// The tenant, its vault and its signing key.
pub(crate) struct Directory {
    pub(crate) identity: Identity,
    pub(crate) vault: Vault,
    /// Where the services are reached over TLS: `https://localhost:PORT`.
    pub(crate) authority: String,
    /// The certificate that they show, as PEM.
    pub(crate) certificate: String,
    /// What App Service's identity endpoint wants to see.
    pub(crate) identity_header: String,
    signer: Signer,
}

impl Directory {
    /// A tenant that is reached through `door`, with a vault that holds `key`.
    pub(crate) fn new(mut identity: Identity, door: &SecureDoor, key: &str) -> Self {
        for app in identity.apps.values_mut() {
            app.client_secret.get_or_insert_with(canary);
        }
        let vault = Vault::default();
        vault.set(Identity::KEY_SECRET, key, 0);
        Self {
            identity,
            vault,
            authority: door.authority.clone(),
            certificate: door.certificate.clone(),
            identity_header: canary(),
            signer: Signer::default(),
        }
    }

    /// The app that `is_it` finds.
    fn app(&self, is_it: impl Fn(&App) -> bool) -> Option<&App> {
        self.identity.apps.values().find(|app| is_it(app))
    }

    /// A token for `app`, to show to `audience`.
    fn issue(&self, app: &App, audience: &str, now: u64) -> String {
        self.signer.sign(&Claims {
            audience: audience.to_owned(),
            issuer: self.issuer(),
            object_id: app.object_id(),
            client_id: app.client_id.clone(),
            tenant: self.identity.tenant.clone(),
            issued: now,
            expires: now + self.identity.token_lifetime,
        })
    }

    /// An assertion of another issuer, for a service connection.
    fn vouch(&self, connection: Option<&str>, now: u64) -> String {
        let subject = connection.unwrap_or_default().to_owned();
        self.signer.sign(&Claims {
            audience: "api://AzureADTokenExchange".to_owned(),
            issuer: format!("{}/pipelines", self.authority),
            object_id: subject.clone(),
            client_id: subject,
            tenant: self.identity.tenant.clone(),
            issued: now,
            expires: now + 300,
        })
    }

    fn issuer(&self) -> String {
        format!("{}/{}/v2.0", self.authority, self.identity.tenant)
    }

    /// The app that a request's token stands for, if the token is in order and meant for here.
    pub(crate) fn bearer(&self, headers: &HeaderMap, now: u64, audiences: &[&str]) -> Option<&App> {
        let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
        if !scheme.eq_ignore_ascii_case("bearer") {
            return None;
        }
        let claims = self.signer.verify(token)?;
        let fits = claims.issuer == self.issuer()
            && claims.issued <= now
            && now < claims.expires
            && audiences.contains(&claims.audience.trim_end_matches('/'));
        if !fits {
            return None;
        }
        self.app(|app| app.object_id() == claims.object_id)
    }
}

impl App {
    /// Whether it has one of these roles.
    pub(crate) fn may(&self, roles: &[Role]) -> bool {
        self.roles.iter().any(|role| roles.contains(role))
    }
}

/// Answers a request to any of the services but Azure OpenAI itself.
pub(crate) fn answer(
    state: &State,
    directory: &Directory,
    service: Option<Service>,
    request: &Parts,
    body: &Bytes,
) -> Reply {
    let cx = Context {
        state,
        directory,
        request,
        body,
        path: request.uri.path(),
        query: Query::parse(request.uri.query().unwrap_or_default()),
        now: state.clock.unix_for(&request.headers),
    };
    match service {
        None if cx.path.ends_with("/oidctoken") => pipelines::answer(&cx),
        None => discovery::answer(&cx),
        Some(Service::Token) => token::answer(&cx),
        Some(Service::ManagedIdentity) => managed::answer(&cx),
        Some(Service::Vault) => vault::answer(&cx),
        Some(Service::Arm | Service::OpenAi) => arm::answer(&cx),
    }
}

/// A request to one of the services, and where it arrived.
struct Context<'a> {
    state: &'a State,
    directory: &'a Directory,
    request: &'a Parts,
    body: &'a Bytes,
    path: &'a str,
    query: Query,
    now: u64,
}

impl Context<'_> {
    fn header(&self, name: &str) -> Option<&str> {
        self.request.headers.get(name)?.to_str().ok()
    }

    fn json(&self) -> Value {
        serde_json::from_slice(self.body).unwrap_or(Value::Null)
    }
}

/// What a service answers.
pub(crate) struct Reply {
    status: StatusCode,
    headers: Vec<(&'static str, String)>,
    body: Value,
}

impl Reply {
    fn ok(body: Value) -> Self {
        Self::new(StatusCode::OK, body)
    }

    fn new(status: StatusCode, body: Value) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body,
        }
    }

    /// `{"error": {"code": …, "message": …}}`, the form of Key Vault and Resource Manager.
    fn error(status: StatusCode, code: &str, message: impl Into<String>) -> Self {
        Self::new(
            status,
            json!({"error": {"code": code, "message": message.into()}}),
        )
    }

    fn header(mut self, name: &'static str, value: String) -> Self {
        self.headers.push((name, value));
        self
    }

    pub(crate) fn into_response(self) -> Response<Body> {
        let mut response = Response::new(stream::whole(self.body.to_string().into()));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        put_text(
            headers,
            CONTENT_TYPE.as_str(),
            "application/json; charset=utf-8",
        );
        put_text(headers, "x-ms-request-id", &text::guid());
        for (name, value) in &self.headers {
            put_text(headers, name, value);
        }
        response
    }
}
