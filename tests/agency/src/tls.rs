//! TLS: the server's certificate, the authority that terminals must come from, and whose certificate a peer showed; a terminal's side of
//! it, for what stands between the two. Must never let anybody in without a certificate of that authority.

use std::path::Path;
use std::sync::Arc;

use axum_server::tls::TlsInfo;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use x509_parser::prelude::{FromDer, X509Certificate};

use crate::random;

/// Why TLS cannot be offered.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A PEM file is missing or is none.
    #[error("certificate files: {0}")]
    File(#[from] rustls::pki_types::pem::Error),
    /// Certificate and key are refused.
    #[error("certificate: {0}")]
    Refused(#[from] rustls::Error),
    /// The authority cannot be used to check clients.
    #[error("authority: {0}")]
    Authority(#[from] rustls::server::VerifierBuilderError),
}

/// The server's side of TLS, from the files that `agency certs` wrote.
///
/// # Errors
/// See [`TlsError`].
pub fn config(certs: &Path) -> Result<Arc<ServerConfig>, TlsError> {
    let provider = Arc::new(random::provider());
    let verifier =
        WebPkiClientVerifier::builder_with_provider(Arc::new(authority(certs)?), provider.clone()).build()?;
    let chain = CertificateDer::pem_file_iter(certs.join("server.pem"))?.collect::<Result<Vec<_>, _>>()?;
    let key = PrivateKeyDer::from_pem_file(certs.join("server-key.pem"))?;
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_client_cert_verifier(verifier)
        .with_single_cert(chain, key)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

/// A terminal's side of TLS, from the same files.
///
/// # Errors
/// See [`TlsError`].
pub fn client(certs: &Path, terminal: &str) -> Result<Arc<ClientConfig>, TlsError> {
    let chain = vec![CertificateDer::from_pem_file(certs.join(format!("{terminal}.pem")))?];
    let key = PrivateKeyDer::from_pem_file(certs.join(format!("{terminal}-key.pem")))?;
    let config = ClientConfig::builder_with_provider(Arc::new(random::provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(authority(certs)?);
    Ok(Arc::new(config.with_client_auth_cert(chain, key)?))
}

fn authority(certs: &Path) -> Result<RootCertStore, TlsError> {
    let mut authority = RootCertStore::empty();
    authority.add(CertificateDer::from_pem_file(certs.join("ca.pem"))?)?;
    Ok(authority)
}

/// The terminal whose certificate the peer showed: its common name.
pub(crate) fn terminal_of(info: &TlsInfo) -> Option<String> {
    let (_, certificate) = X509Certificate::from_der(info.peer_certificates.first()?).ok()?;
    let name = certificate.subject().iter_common_name().next()?.as_str().ok()?;
    contract::site::is_terminal_id(name).then(|| name.to_owned())
}
