//! The server over real TLS, on a port of its own, with certificates made for the test.

#![allow(clippy::unwrap_used)]

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use super::*;
use crate::{FONT_FILE, certs, random};

struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Self {
        let dir = std::env::temp_dir().join(format!("agency-{name}-{}", std::process::id()));
        certs::make(&dir, "t-0301").unwrap();
        Self(dir)
    }

    fn server(&self, mishaps: Option<PathBuf>) -> Server {
        let personas = Path::new(env!("CARGO_MANIFEST_DIR")).join("../personas.toml");
        let (data, certs, font) = (self.0.join("data"), self.0.clone(), FONT_FILE.into());
        let listen = "127.0.0.1:0".parse().unwrap();
        let seal = Algorithm::default();
        let (catalogue, legacy) = (None, None);
        let settings = Settings { listen, data, certs, personas, today: None, font, mishaps, catalogue, seal, legacy };
        Server::start(settings).unwrap()
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).unwrap();
    }
}

/// A connection that trusts the authority in `certs` and shows the client certificate in `own`.
fn connect(server: &Server, certs: &Path, own: Option<&Path>) -> StreamOwned<ClientConnection, TcpStream> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(certs.join("ca.pem")).unwrap()).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(random::provider()));
    let config = config.with_safe_default_protocol_versions().unwrap().with_root_certificates(roots);
    let config = match own {
        None => config.with_no_client_auth(),
        Some(dir) => {
            let chain = vec![CertificateDer::from_pem_file(dir.join("t-0301.pem")).unwrap()];
            let key = PrivateKeyDer::from_pem_file(dir.join("t-0301-key.pem")).unwrap();
            config.with_client_auth_cert(chain, key).unwrap()
        }
    };
    let tcp = TcpStream::connect(server.address()).unwrap();
    tcp.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    StreamOwned::new(ClientConnection::new(Arc::new(config), ServerName::try_from("localhost").unwrap()).unwrap(), tcp)
}

fn ask(stream: &mut impl Write) -> std::io::Result<()> {
    let body = r#"{"terminal":"t-0301"}"#;
    write!(
        stream,
        "POST /v1/catalogue HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )?;
    stream.flush()
}

fn answer(mut stream: impl Read + Write) -> std::io::Result<String> {
    ask(&mut stream)?;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

#[test]
fn a_peer_without_the_right_certificate_is_answered() {
    let scratch = Scratch::new("peers");
    let server = scratch.server(None);
    let (certs, wrong) = (scratch.0.as_path(), scratch.0.join("wrong"));
    assert!(answer(connect(&server, certs, Some(certs))).unwrap().starts_with("HTTP/1.1 200"));
    assert!(answer(connect(&server, certs, None)).is_err());
    assert!(answer(connect(&server, certs, Some(&wrong))).is_err());
    assert!(answer(connect(&server, &wrong, Some(certs))).is_err());
}

#[test]
fn a_call_that_hangs_keeps_the_server_from_stopping() {
    let scratch = Scratch::new("hangs");
    let mishaps = scratch.0.join("mishaps");
    std::fs::write(&mishaps, "hang /v1/catalogue\n").unwrap();
    let server = scratch.server(Some(mishaps));
    let mut stream = connect(&server, &scratch.0, Some(&scratch.0));
    ask(&mut stream).unwrap();
    stream.sock.set_read_timeout(Some(Duration::from_millis(200))).unwrap();
    assert!(stream.read(&mut [0; 1]).is_err());
    drop(server);
    assert!(!matches!(stream.read(&mut [0; 1]), Ok(1)));
}
