//! An identity in place of a key: what it may do, and what it may not.
//!
//! The identity is an application of an emulator's tenant; what a program in Azure has instead
//! stands in the comments.

#![expect(clippy::print_stdout, reason = "it shows its answer")]

use std::error::Error;

use aoai_auth::rotation::{AzureAccount, KeyAccount as _};
use aoai_auth::{Cached, Entra};
use aoai_emulator::Services;
use aoai_http::Client;
use aoai_types::chat::{CreateChatCompletion, Message};

#[path = "../../aoai-auth/examples/support/azure.rs"]
mod azure;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    // In Azure: `EntraOptions::new()?`.
    let (emulator, services, options) = azure::start().await?;
    // In Azure: `Entra::default_chain(&options).build()`.
    let identity = |name: &str| {
        let (client, secret) = application(&services, name)?;
        let tenant = services.tenant();
        Ok::<_, Box<dyn Error>>(Entra::client_secret(tenant, client, secret, &options))
    };
    let me = identity("managed")?;

    let client = Client::builder(emulator.endpoint())
        .credential(Cached::new(me.clone()))
        .build()?;
    let request = CreateChatCompletion::new("chat", [Message::user("Say hello.")]);
    let answer = client.send(&request).await?;
    println!("It may call models: {} attempt.", answer.attempts().len());

    let account = AzureAccount::new(services.account(), me, &options)?;
    if let Err(error) = account.keys().await {
        println!("It may not see the keys: {error}.");
    }

    let stranger = Client::builder(emulator.endpoint())
        .credential(Cached::new(identity("roleless")?))
        .connections_of(&client)
        .build()?;
    if let Err(error) = stranger.send(&request).await {
        println!("Without the role it may do nothing: {error}.");
    }
    Ok(())
}

/// The id and the secret of an application.
fn application(services: &Services, name: &str) -> Result<(String, String), Box<dyn Error>> {
    let app = services.app(name).ok_or("there is no such application")?;
    let secret = app.client_secret.clone().ok_or("it has no secret")?;
    Ok((app.client_id.clone(), secret))
}
