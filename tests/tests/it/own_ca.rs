//! A certificate authority of the caller's own: a client that knows it is answered, any other is
//! not.

use std::error::Error as _;

use aoai_auth::ApiKey;
use aoai_emulator::{Config, Emulator, Identity};
use aoai_http::{Client, ErrorKind};
use aoai_types::models::ListModels;

#[tokio::test]
async fn a_client_with_a_ca_of_its_own_is_answered_over_tls() {
    let mut config = Config::default();
    config.identity = Some(Identity::default());
    let emulator = Emulator::start(config).await.unwrap();
    let services = emulator.services().unwrap();
    let [key, _] = emulator.keys();
    let call = async |connections: reqwest::ClientBuilder| {
        let none = reqwest::redirect::Policy::none();
        let client = Client::builder(services.authority())
            .credential(ApiKey::new(&*key))
            .http_client(connections.redirect(none).build().unwrap())
            .max_retries(0)
            .build()
            .unwrap();
        client.send(&ListModels::new()).await
    };

    let ca = reqwest::Certificate::from_pem(services.certificate().as_bytes()).unwrap();
    let trusting = reqwest::Client::builder().tls_certs_merge([ca]);
    assert!(!call(trusting).await.unwrap().data.is_empty());

    let error = call(reqwest::Client::builder()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connection);
    let mut told = String::new();
    let mut cause = error.source();
    while let Some(deeper) = cause {
        told.push_str(&deeper.to_string());
        cause = deeper.source();
    }
    assert!(told.contains("certificate"), "{told}");
}
