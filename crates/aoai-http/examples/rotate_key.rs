//! The rotation of a key, while a program calls all the time.
//!
//! Account and vault are an emulator's; what a program in Azure has instead stands in the comments.

#![expect(clippy::print_stdout, reason = "it shows each step")]

use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use aoai_auth::rotation::{AzureAccount, KeyVaultStore, Readers, Rotation};
use aoai_auth::{Cached, Entra, KeyVaultSecret};
use aoai_http::Client;
use aoai_types::chat::{CreateChatCompletion, Message};

#[path = "../../aoai-auth/examples/support/azure.rs"]
mod azure;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let (emulator, services, options) = azure::start().await?;
    let app = services.app("app").ok_or("there is no such application")?;
    let secret = app.client_secret.clone().unwrap_or_default();
    // In Azure: `Entra::azure_cli(&EntraOptions::new()?)`, say, and the resource's id and the
    // vault's address from the portal. A minute is a better age for a key than a moment.
    let me = Entra::client_secret(services.tenant(), app.client_id.as_str(), secret, &options);
    let (resource, vault, age) = (
        services.account(),
        services.vault(),
        Duration::from_millis(500),
    );

    let key = KeyVaultSecret::new(&vault, "aoai-key", me.clone(), &options)?.refresh_after(age);
    let client = Client::builder(emulator.endpoint())
        .credential(Cached::new(key))
        .build()?;
    let stopped = Arc::new(AtomicBool::new(false));
    let calls = tokio::spawn(call_on(client, Arc::clone(&stopped)));

    let account = AzureAccount::new(resource, me.clone(), &options)?;
    let store = KeyVaultStore::new(&vault, "aoai-key", me, &options)?;
    let rotation = Rotation::new(account, store, Readers::within(2 * age));
    println!("{}", rotation.plan().await?);
    rotation.run(|step| println!("now: {step}")).await?;

    stopped.store(true, Ordering::Relaxed);
    println!("{} calls meanwhile, and none failed", calls.await??);
    Ok(())
}

/// Calls until it is told to stop; how often.
async fn call_on(client: Client, stopped: Arc<AtomicBool>) -> Result<usize, aoai_http::Error> {
    let request = CreateChatCompletion::new("chat", [Message::user("Say hello.")]);
    let mut calls = 0;
    while !stopped.load(Ordering::Relaxed) {
        client.send(&request).await?;
        calls += 1;
    }
    Ok(calls)
}
