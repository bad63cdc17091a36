//! A token for the service connection of a job in Azure Pipelines.
//!
//! Elsewhere it runs a second time, with what the job would have in its environment.

#![expect(clippy::print_stdout, reason = "it shows what it found")]

use std::error::Error;

use aoai_auth::testing::stand_in;
use aoai_auth::{Audience, Cached, CredentialProvider, Entra};

#[path = "support/again.rs"]
mod again;
#[path = "support/azure.rs"]
mod azure;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let variable = |name: &str| again::variable(name).ok_or(format!("{name} is not set"));
    if variable("SYSTEM_OIDCREQUESTURI").is_err() {
        let (emulator, services, _) = azure::start().await?;
        println!("SYSTEM_OIDCREQUESTURI is not set: asking an emulator");
        let app = services.app("app").ok_or("there is no such application")?;
        let path = "contoso/project/_apis/distributedtask/hubs/build/plans/1/jobs/2/oidctoken";
        return again::run([
            (
                "SYSTEM_OIDCREQUESTURI",
                format!("{}/{path}", emulator.endpoint()),
            ),
            ("SYSTEM_ACCESSTOKEN", "not-a-real-token".to_owned()),
            ("EXAMPLE_TENANT", services.tenant().to_owned()),
            ("EXAMPLE_CLIENT", app.client_id.clone()),
            ("EXAMPLE_AUTHORITY", services.authority().to_owned()),
            ("EXAMPLE_CERTIFICATE", services.certificate().to_owned()),
        ]);
    }
    // In a job: `EntraOptions::new()?`.
    let (authority, certificate) = (
        variable("EXAMPLE_AUTHORITY")?,
        variable("EXAMPLE_CERTIFICATE")?,
    );
    let options = stand_in(&authority, &certificate, [])?;
    let provider = Cached::new(Entra::azure_pipelines(
        variable("EXAMPLE_TENANT")?,
        variable("EXAMPLE_CLIENT")?,
        "the id of the service connection",
        variable("SYSTEM_ACCESSTOKEN")?,
        &options,
    ));
    let issued = provider.credential(&Audience::AI).await?;
    println!("{:?}: {:?}", issued.source, issued.credential);
    Ok(())
}
