//! The agency's HTTPS client. The only file that names the HTTP crate.
//!
//! One client a visit, and one for what it asks in nobody's name: connections, TLS tickets and buffers of one citizen
//! never meet the next. Every call has a deadline and a largest size; an answer is read in pieces and given up the moment
//! it grows beyond that.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use contract::catalogue::{Catalogue, check};
use contract::message::{CatalogueRequest, IDEMPOTENCY_KEY, REQUEST_ID, WorkingDays, path};
use contract::problem::Problem;
use contract::site::Site;
use jiff::fmt::rfc2822;
use reqwest::StatusCode;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{DATE, ETAG};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{AgencyError, Answer, OutOfDate, Question};
use crate::crypto::random_hex;

/// Names the catalogue that is there already.
const IF_NONE_MATCH: &str = "if-none-match";

/// What every client is made from; read at start, and again where it is no longer taken.
#[derive(Clone)]
pub struct Credentials {
    url: String,
    terminal: String,
    files: Files,
    proof: Proof,
    timeout: Duration,
    reply_max_bytes: u64,
    document_max_bytes: u64,
    kept: Arc<Mutex<Option<Kept>>>,
    /// What the agency's clock said last, in milliseconds since 1970; 0 before it has said anything.
    date_unix_ms: Arc<AtomicI64>,
    keeper: Arc<dyn Fn(Keepsake) + Send + Sync>,
}

/// Where it lies.
#[derive(Clone)]
struct Files {
    authority: String,
    certificate: String,
    key: String,
}

/// Whom the terminal believes, and how it shows who it is.
#[derive(Clone)]
struct Proof {
    authority: reqwest::Certificate,
    identity: reqwest::Identity,
}

impl Files {
    fn read(&self) -> Result<Proof, CredentialsError> {
        let file = |name: &str| std::fs::read(name).map_err(|error| fault(name, &error));
        let mut pem = file(&self.key)?;
        pem.push(b'\n');
        pem.extend(file(&self.certificate)?);
        let authority = reqwest::Certificate::from_pem(&file(&self.authority)?);
        Ok(Proof {
            authority: authority.map_err(|error| fault(&self.authority, &error))?,
            identity: reqwest::Identity::from_pem(&pem).map_err(|error| fault(&self.certificate, &error))?,
        })
    }
}

/// Something public that the agency has just said, for whoever keeps it.
pub enum Keepsake {
    /// What it offers, checked, and its tag.
    Catalogue(Box<Catalogue>, String),
    /// When a person answers.
    Calendar(Box<WorkingDays>),
}

/// The last catalogue, with its tag. Nothing personal: the one thing that one visit's line leaves to the next.
#[derive(Clone)]
struct Kept {
    tag: String,
    catalogue: Catalogue,
}

/// What came back.
enum Reply {
    /// Its tag, where it has one, and its bytes.
    Body(Option<String>, Vec<u8>),
    /// What was named in the question still holds.
    Unchanged,
}

/// Why the credentials cannot be used: which file, and what is wrong with it.
#[derive(Debug, thiserror::Error)]
#[error("{file}: {why}")]
pub struct CredentialsError {
    file: String,
    why: String,
}

impl Credentials {
    /// Reads certificate authority, certificate and key, and makes `ring` the one TLS provider of the process.
    ///
    /// # Errors
    /// Names the file that is missing or not PEM.
    pub fn read(site: &Site) -> Result<Self, CredentialsError> {
        // A second call finds the provider already there; both are the same one.
        let _already_there = rustls::crypto::ring::default_provider().install_default();
        let files = Files {
            authority: site.agency.ca_file.clone(),
            certificate: site.agency.certificate_file.clone(),
            key: site.agency.key_file.clone(),
        };
        Ok(Self {
            url: site.agency.url.trim_end_matches('/').to_owned(),
            terminal: site.terminal.id.clone(),
            proof: files.read()?,
            files,
            timeout: Duration::from_millis(site.limits.agency_call_ms),
            reply_max_bytes: site.limits.reply_max_bytes,
            document_max_bytes: site.limits.document_max_bytes,
            kept: Arc::default(),
            date_unix_ms: Arc::default(),
            keeper: Arc::new(drop),
        })
    }

    /// Takes what lies on the disk now: it may have been renewed since the start. Where that cannot be used, what was read before stays.
    pub fn read_again(&mut self) {
        let Ok(proof) = self.files.read() else { return };
        // A key and another's certificate are found out only where a client is made of them.
        let renewed = Self { proof, ..self.clone() };
        if Client::new(&renewed).is_ok() {
            *self = renewed;
        }
    }

    /// What the agency's clock has said since this was last asked, in milliseconds since 1970 and as exact as a second.
    #[must_use]
    pub fn take_date(&self) -> Option<i64> {
        Some(self.date_unix_ms.swap(0, Ordering::AcqRel)).filter(|date| *date != 0)
    }

    /// With the catalogue that was kept under this tag, so that it is asked for only where it has changed; and from here on `keeper` is handed
    /// what the agency makes public. It must not wait.
    #[must_use]
    pub fn remembering(
        mut self,
        catalogue: Option<&Catalogue>,
        tag: String,
        keeper: Arc<dyn Fn(Keepsake) + Send + Sync>,
    ) -> Self {
        let kept = catalogue.filter(|_| !tag.is_empty()).map(|catalogue| Kept { tag, catalogue: catalogue.clone() });
        self.kept = Arc::new(Mutex::new(kept));
        self.keeper = keeper;
        self
    }

    /// How long a call may take.
    #[must_use]
    pub const fn timeout(&self) -> Duration {
        self.timeout
    }
}

fn fault(file: &str, why: &dyn std::fmt::Display) -> CredentialsError {
    CredentialsError { file: file.to_owned(), why: why.to_string() }
}

/// One visit's line to the agency.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    to: Credentials,
}

impl Client {
    /// A fresh client; does not connect yet.
    ///
    /// # Errors
    /// [`AgencyError::Untrusted`] where certificate and key do not make an identity.
    pub fn new(to: &Credentials) -> Result<Self, AgencyError> {
        let http = reqwest::Client::builder()
            .tls_certs_only([to.proof.authority.clone()])
            .identity(to.proof.identity.clone())
            .https_only(true)
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(to.timeout)
            .dns_resolver(Arc::new(Names { patience: to.timeout / 2 }))
            .build()
            .map_err(|_| AgencyError::Untrusted)?;
        Ok(Self { http, to: to.clone() })
    }

    /// Asks one question.
    ///
    /// # Errors
    /// As [`AgencyError`] says.
    pub async fn ask(&self, question: &Question) -> Result<Answer, AgencyError> {
        match question {
            Question::Catalogue => self.catalogue().await.map(Answer::Catalogue),
            Question::Authority(request) => self.json(path::CARD_AUTHORITY, request).await.map(Answer::Authority),
            Question::SendCode(request) => self.json(path::SEND_CODE, request).await.map(Answer::CodeSent),
            Question::SignIn(request) => self.json(path::SIGN_IN, request).await.map(Answer::SignedIn),
            Question::AskWitness(request) => {
                self.json(path::WITNESS_CHALLENGE, request).await.map(Answer::WitnessChallenge)
            }
            Question::Witness(request) => self.json(path::WITNESS, request).await.map(Answer::Witnessed),
            Question::Query(request) => self.json(path::QUERY, request).await.map(Answer::Queried),
            Question::Prefill(request) => self.json(path::PREFILL, request).await.map(Answer::Prefilled),
            Question::File(key, request) => {
                let body = self.body(path::FILE, request, Some(key), self.to.reply_max_bytes).await?;
                read(&body).map(Answer::Case)
            }
            Question::Find(request) => self.json(path::FIND, request).await.map(Answer::Case),
            Question::Issue(request) => self.json(path::ISSUE, request).await.map(Answer::Issued),
            Question::Fetch(request) => {
                self.body(path::FETCH, request, None, self.to.document_max_bytes).await.map(Answer::Content)
            }
            Question::Evaluate(request) => self.json(path::EVALUATE, request).await.map(Answer::Evaluated),
            Question::Answers(request) => self.json(path::QUESTIONNAIRES, request).await.map(Answer::AnswersKept),
            Question::Search(request) => self.json(path::SEARCH_TEXTS, request).await.map(Answer::Found),
            Question::Read(request) => self.json(path::READ_TEXT, request).await.map(Answer::Text),
            Question::Bulletin(request) => self.json(path::BULLETIN, request).await.map(Answer::Bulletin),
            Question::Calendar(request) => {
                let calendar: Box<WorkingDays> = self.json(path::CALENDAR, request).await?;
                (self.to.keeper)(Keepsake::Calendar(calendar.clone()));
                Ok(Answer::Calendar(calendar))
            }
            Question::Leave(key, request) => {
                let body = self.body(path::QUESTIONS, request, Some(key), self.to.reply_max_bytes).await?;
                read(&body).map(Answer::Left)
            }
            Question::Deliver(parcel) => self.json(path::PARCELS, parcel).await.map(Answer::Delivered),
            Question::Report(request) => self.json(path::ACTS, request).await.map(Answer::Kept),
        }
    }

    /// The catalogue; the last one where the agency says that it is still in force.
    async fn catalogue(&self) -> Result<Catalogue, AgencyError> {
        let request = CatalogueRequest { terminal: self.to.terminal.clone() };
        let kept = self.to.kept.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let header = kept.as_ref().map(|kept| (IF_NONE_MATCH, kept.tag.as_str()));
        let (tag, body) = match (self.send(path::CATALOGUE, &request, header, self.to.reply_max_bytes).await?, kept) {
            (Reply::Body(tag, body), _) => (tag, body),
            (Reply::Unchanged, Some(kept)) => {
                (self.to.keeper)(Keepsake::Catalogue(Box::new(kept.catalogue.clone()), kept.tag));
                return Ok(kept.catalogue);
            }
            (Reply::Unchanged, None) => return Err(AgencyError::Garbled),
        };
        let catalogue: Catalogue = read(&body)?;
        // One that nothing can be done with is not kept in the place of one that is good.
        if check(&catalogue).is_empty() {
            let newest = tag.clone().map(|tag| Kept { tag, catalogue: catalogue.clone() });
            *self.to.kept.lock().unwrap_or_else(PoisonError::into_inner) = newest;
            (self.to.keeper)(Keepsake::Catalogue(Box::new(catalogue.clone()), tag.unwrap_or_default()));
        }
        Ok(catalogue)
    }

    async fn json<Q: Serialize + Sync, A: DeserializeOwned>(&self, path: &str, request: &Q) -> Result<A, AgencyError> {
        read(&self.body(path, request, None, self.to.reply_max_bytes).await?)
    }

    /// `key`: the act id under which a repeat is harmless.
    async fn body<Q: Serialize + Sync>(
        &self,
        path: &str,
        request: &Q,
        key: Option<&str>,
        max_bytes: u64,
    ) -> Result<Vec<u8>, AgencyError> {
        match self.send(path, request, key.map(|key| (IDEMPOTENCY_KEY, key)), max_bytes).await? {
            Reply::Body(_, body) => Ok(body),
            Reply::Unchanged => Err(AgencyError::Garbled),
        }
    }

    async fn send<Q: Serialize + Sync>(
        &self,
        path: &str,
        request: &Q,
        header: Option<(&str, &str)>,
        max_bytes: u64,
    ) -> Result<Reply, AgencyError> {
        let url = format!("{}{path}", self.to.url);
        // A number that counted on would tell whose opinion comes right after whose visit.
        let id = random_hex::<16>().map_err(|_| AgencyError::Cancelled)?;
        let mut post = self.http.post(url).json(request).header(REQUEST_ID, &id);
        if let Some((name, value)) = header {
            post = post.header(name, value);
        }
        let mut reply = post.send().await.map_err(|error| failure(&error))?;
        if reply.headers().get(REQUEST_ID).is_none_or(|echoed| echoed.as_bytes() != id.as_bytes()) {
            return Err(not_ours(reply.status()));
        }
        let date = reply.headers().get(DATE).and_then(|date| date.to_str().ok()).and_then(unix_ms);
        self.to.date_unix_ms.store(date.unwrap_or(0), Ordering::Release);
        let mut body = Vec::new();
        while let Some(piece) = reply.chunk().await.map_err(|error| failure(&error))? {
            if (body.len() + piece.len()) as u64 > max_bytes {
                return Err(AgencyError::Garbled);
            }
            body.extend_from_slice(&piece);
        }
        match reply.status() {
            StatusCode::NOT_MODIFIED => Ok(Reply::Unchanged),
            status if status.is_success() => {
                let tag = reply.headers().get(ETAG).and_then(|tag| tag.to_str().ok()).map(str::to_owned);
                Ok(Reply::Body(tag, body))
            }
            status => Err(match serde_json::from_slice::<Problem>(&body) {
                Ok(problem) => AgencyError::Refused(problem),
                Err(_) if status.is_server_error() => AgencyError::Broken,
                Err(_) => AgencyError::Garbled,
            }),
        }
    }
}

/// A moment as HTTP writes it (RFC 9110, 5.6.7), in milliseconds since 1970.
fn unix_ms(date: &str) -> Option<i64> {
    rfc2822::parse(date).ok().map(|date| date.timestamp().as_millisecond())
}

/// What came does not say that it answers this request: whatever stands in it, nothing is known of what was asked. A gateway that has lost the
/// agency says so in its own words.
fn not_ours(status: StatusCode) -> AgencyError {
    if status.is_server_error() { AgencyError::Broken } else { AgencyError::Garbled }
}

fn read<A: DeserializeOwned>(body: &[u8]) -> Result<A, AgencyError> {
    serde_json::from_slice(body).map_err(|_| AgencyError::Garbled)
}

/// The crate's error, by what the citizen must be told and the technician must mend.
fn failure(error: &reqwest::Error) -> AgencyError {
    // Any other fault of TLS comes when the question may have been read: what is damaged may be the answer to it.
    let unread = below::<rustls::Error>(error).filter(|tls| error.is_connect() || refuses_us(tls));
    if error.is_timeout() {
        AgencyError::Timeout
    } else if let Some(tls) = unread {
        untrusted(tls)
    } else if below::<NoName>(error).is_some() {
        AgencyError::NoName
    } else if error.is_connect() {
        AgencyError::Unreachable
    } else if error.is_request() {
        AgencyError::Lost
    } else {
        AgencyError::Garbled
    }
}

/// Whether the agency says that it does not take our certificate. With TLS 1.3 that is heard when the handshake is over here and the question may
/// be on its way; the agency reads nothing before it has looked at the certificate (RFC 8446, 4.4). It says so under the connection's keys, so
/// that nobody between can.
fn refuses_us(error: &rustls::Error) -> bool {
    use rustls::AlertDescription::{
        AccessDenied, BadCertificate, CertificateExpired, CertificateRequired, CertificateRevoked, CertificateUnknown,
        NoCertificate, UnknownCA, UnsupportedCertificate,
    };
    let rustls::Error::AlertReceived(alert) = error else { return false };
    matches!(
        alert,
        AccessDenied
            | BadCertificate
            | CertificateExpired
            | CertificateRequired
            | CertificateRevoked
            | CertificateUnknown
            | NoCertificate
            | UnknownCA
            | UnsupportedCertificate
    )
}

/// No agency answers with a certificate that expired so long ago: it would have served no terminal since.
const EXPIRED_FOR_LONG: Duration = Duration::from_secs(90 * 86_400);

/// Whether times have to do with it, and whose. A certificate from the future is no agency's: the clock stands in the past.
fn untrusted(error: &rustls::Error) -> AgencyError {
    use rustls::CertificateError::{Expired, ExpiredContext, NotValidYet, NotValidYetContext};
    use rustls::Error::{AlertReceived, InvalidCertificate};
    AgencyError::OutOfDate(match error {
        InvalidCertificate(NotValidYet | NotValidYetContext { .. }) => OutOfDate::Clock,
        InvalidCertificate(ExpiredContext { time, not_after })
            if time.as_secs().saturating_sub(not_after.as_secs()) > EXPIRED_FOR_LONG.as_secs() =>
        {
            OutOfDate::Clock
        }
        InvalidCertificate(Expired | ExpiredContext { .. }) => OutOfDate::Agency,
        AlertReceived(rustls::AlertDescription::CertificateExpired) => OutOfDate::Own,
        _ => return AgencyError::Untrusted,
    })
}

/// What lies below an error: as a source, or inside I/O errors, which hide what they carry from their own source.
fn below<'a, E: std::error::Error + 'static>(error: &'a (dyn std::error::Error + 'static)) -> Option<&'a E> {
    let carried = || error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
    error
        .downcast_ref()
        .or_else(|| carried().and_then(|inner| below(inner)))
        .or_else(|| error.source().and_then(|source| below(source)))
}

/// The agency's host name leads nowhere.
#[derive(Debug, thiserror::Error)]
#[error("no such name, or nobody who knows names")]
struct NoName;

/// Asks the machine for addresses, but no longer than a call can wait: a name service that is gone may stay silent for long.
struct Names {
    patience: Duration,
}

impl Resolve for Names {
    fn resolve(&self, name: Name) -> Resolving {
        let patience = self.patience;
        Box::pin(async move {
            let asked = tokio::time::timeout(patience, tokio::net::lookup_host((name.as_str(), 0))).await;
            let found: Vec<SocketAddr> = asked.map_err(|_| NoName)?.map_err(|_| NoName)?.collect();
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use rustls::CertificateError::{ExpiredContext, NotValidYet};
    use rustls::Error::InvalidCertificate;
    use rustls::pki_types::UnixTime;

    use super::*;

    #[test]
    fn a_certificate_of_yesterday_is_the_clocks_fault_or_one_of_years_ago_is_not() {
        let expired_for = |days: u64| {
            let at = |days: u64| UnixTime::since_unix_epoch(Duration::from_secs(days * 86_400));
            untrusted(&InvalidCertificate(ExpiredContext { time: at(20_000 + days), not_after: at(20_000) }))
        };
        assert_eq!(expired_for(1), AgencyError::OutOfDate(OutOfDate::Agency));
        assert_eq!(expired_for(3650), AgencyError::OutOfDate(OutOfDate::Clock));
        assert_eq!(untrusted(&InvalidCertificate(NotValidYet)), AgencyError::OutOfDate(OutOfDate::Clock));
    }

    #[test]
    fn a_record_that_was_damaged_counts_as_a_certificate_that_was_refused() {
        use rustls::AlertDescription::{
            BadRecordMac, CertificateExpired, CertificateRequired, InternalError, UnknownCA,
        };
        use rustls::Error::{AlertReceived, DecryptError};
        for alert in [CertificateExpired, CertificateRequired, UnknownCA] {
            assert!(refuses_us(&AlertReceived(alert)), "{alert:?}");
        }
        for other in [AlertReceived(BadRecordMac), AlertReceived(InternalError), DecryptError] {
            assert!(!refuses_us(&other), "{other:?}");
        }
        // Of what the agency shows, the handshake judges.
        assert!(!refuses_us(&InvalidCertificate(NotValidYet)));
    }

    #[test]
    fn a_date_that_is_none_tells_the_time() {
        assert_eq!(unix_ms("Sun, 06 Nov 1994 08:49:37 GMT"), Some(784_111_777_000));
        for junk in ["", "yesterday", "Sun, 06 Nov 1994 08:49:77 GMT", "784111777", "1994-11-06T08:49:37Z"] {
            assert_eq!(unix_ms(junk), None, "{junk}");
        }
    }

    #[test]
    fn a_name_service_that_stays_silent_is_waited_for() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let names = Names { patience: Duration::ZERO };
        let answer = runtime.block_on(names.resolve("agency.test".parse().unwrap()));
        assert!(answer.is_err_and(|error| error.is::<NoName>()));
        // It may go on asking; nobody waits for that either.
        runtime.shutdown_background();
    }

    #[test]
    fn what_an_error_carries_is_not_found_below_another() {
        let tls = std::io::Error::other(InvalidCertificate(NotValidYet));
        let above = std::io::Error::other(tls);
        assert!(below::<rustls::Error>(&above).is_some() && below::<NoName>(&above).is_none());
    }
}
