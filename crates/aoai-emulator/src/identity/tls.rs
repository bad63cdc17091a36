//! TLS on loopback, under a certificate made at start.

use std::io;
use std::sync::Arc;

use rcgen::CertifiedKey;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs::default_provider;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

/// A certificate for this machine and for the names that clients insist on; as PEM, and ready to
/// be shown.
pub(crate) fn certificate() -> io::Result<(String, TlsAcceptor)> {
    let names: Vec<String> = NAMES.iter().map(|name| (*name).to_owned()).collect();
    let CertifiedKey { cert, signing_key } =
        rcgen::generate_simple_self_signed(names).map_err(io::Error::other)?;
    let key = PrivateKeyDer::try_from(signing_key.serialize_der()).map_err(io::Error::other)?;
    let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .and_then(|builder| {
            builder
                .with_no_client_auth()
                .with_single_cert(vec![cert.der().clone()], key)
        })
        .map_err(io::Error::other)?;
    Ok((cert.pem(), TlsAcceptor::from(Arc::new(config))))
}

/// Whoever sends one of Azure's own names here has said so to its resolver.
const NAMES: &[&str] = &[
    "localhost",
    "127.0.0.1",
    "login.microsoftonline.com",
    "management.azure.com",
    "*.vault.azure.net",
    "*.openai.azure.com",
];
