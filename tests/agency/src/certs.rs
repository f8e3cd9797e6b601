//! Development certificates: an authority, the server's and a terminal's, and the same from an unrelated authority under
//! `wrong/`, which everybody must refuse. `agency certs` and the hall call it. Must never make a certificate for production.

use std::fs;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use contract::format::Date;
use contract::site::is_terminal_id;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    date_time_ymd,
};

use crate::opener::{self, OpenerError};

/// Why there are no certificates.
#[derive(Debug, thiserror::Error)]
pub enum CertsError {
    /// It can be no terminal's id.
    #[error("terminal id: 1 to 32 lower-case letters, digits or hyphens, at most ten digits in a row")]
    Terminal,
    /// A file could not be read or written.
    #[error("certificates: {0}")]
    File(#[from] std::io::Error),
    /// A key or certificate could not be made.
    #[error("certificates: {0}")]
    Made(#[from] rcgen::Error),
    /// There is no key to which terminals seal.
    #[error("key for sealing: {0}")]
    Seal(#[from] OpenerError),
}

/// Writes `seal.key` and `seal.pub` (see [`opener`]), `ca.pem`, `server.pem`, `<terminal>.pem` and their `-key.pem` (mode 0600) into `dir` and `dir/wrong`. What is
/// there already stays, so that a second terminal gets its certificate from the same authority.
///
/// # Errors
/// See [`CertsError`].
pub fn make(dir: &Path, terminal: &str) -> Result<(), CertsError> {
    if !is_terminal_id(terminal) {
        return Err(CertsError::Terminal);
    }
    let wrong = dir.join("wrong");
    family(dir, terminal, &authority_in(dir, "Development CA")?, LAST_DAY)?;
    opener::make(dir)?;
    family(&wrong, terminal, &authority_in(&wrong, "Unrelated CA")?, LAST_DAY)
}

/// Writes the same into `dir/expired`, from the authority in `dir` and good until the beginning of this day: for whoever must refuse exactly
/// that.
///
/// # Errors
/// See [`CertsError`].
pub fn make_expired(dir: &Path, terminal: &str, day: Date) -> Result<(), CertsError> {
    let expired = dir.join("expired");
    let issuer = authority_in(dir, "Development CA")?;
    fs::create_dir_all(&expired)?;
    fs::copy(dir.join("ca.pem"), expired.join("ca.pem"))?;
    family(&expired, terminal, &issuer, (i32::from(day.year()), day.month(), day.day()))
}

/// Year, month, day at whose beginning a certificate expires.
type LastDay = (i32, u8, u8);

const LAST_DAY: LastDay = (2040, 1, 1);

fn family(dir: &Path, terminal: &str, issuer: &Issuer<'static, KeyPair>, last_day: LastDay) -> Result<(), CertsError> {
    let names = ["localhost", "agency.test", "127.0.0.1"].map(str::to_owned);
    let mut server = CertificateParams::new(names)?;
    server.distinguished_name.push(DnType::CommonName, "localhost");
    server.extended_key_usages.push(ExtendedKeyUsagePurpose::ServerAuth);
    leaf(dir, "server", server, issuer, last_day)?;
    let mut client = CertificateParams::new(Vec::new())?;
    client.distinguished_name.push(DnType::CommonName, terminal);
    client.extended_key_usages.push(ExtendedKeyUsagePurpose::ClientAuth);
    leaf(dir, terminal, client, issuer, last_day)
}

fn authority_in(dir: &Path, name: &str) -> Result<Issuer<'static, KeyPair>, CertsError> {
    fs::create_dir_all(dir)?;
    let (certificate, key_file) = (dir.join("ca.pem"), dir.join("ca-key.pem"));
    let mut params = CertificateParams::new(Vec::new())?;
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    valid(&mut params, LAST_DAY);
    if certificate.exists() && key_file.exists() {
        return Ok(Issuer::new(params, KeyPair::from_pem(&fs::read_to_string(key_file)?)?));
    }
    let key = KeyPair::generate()?;
    fs::write(certificate, params.self_signed(&key)?.pem())?;
    write_key(&key_file, &key)?;
    Ok(Issuer::new(params, key))
}

fn leaf(
    dir: &Path,
    file: &str,
    mut params: CertificateParams,
    issuer: &Issuer<'static, KeyPair>,
    last_day: LastDay,
) -> Result<(), CertsError> {
    let (certificate, key_file) = (dir.join(format!("{file}.pem")), dir.join(format!("{file}-key.pem")));
    if certificate.exists() && key_file.exists() {
        return Ok(());
    }
    params.use_authority_key_identifier_extension = true;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    valid(&mut params, last_day);
    let key = KeyPair::generate()?;
    fs::write(certificate, params.signed_by(&key, issuer)?.pem())?;
    write_key(&key_file, &key)
}

fn valid(params: &mut CertificateParams, (year, month, day): LastDay) {
    params.not_before = date_time_ymd(2025, 1, 1);
    params.not_after = date_time_ymd(year, month, day);
}

fn write_key(file: &Path, key: &KeyPair) -> Result<(), CertsError> {
    // A file that was there keeps its mode when it is written over.
    if file.exists() {
        fs::remove_file(file)?;
    }
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(file)?;
    Ok(file.write_all(key.serialize_pem().as_bytes())?)
}
