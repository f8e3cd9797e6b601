//! Starts and stops the server. The binary and the hall call it; what is answered stands in `calls`. Must never listen without
//! client certificates.

#[cfg(test)]
mod tests;

use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::Arc;
use std::thread::JoinHandle;

use axum::Router;
use axum_server::Handle;
use axum_server::tls_rustls::{RustlsAcceptor, RustlsConfig};
use contract::format::Date;

use crate::calls::{self, Agency};
use crate::clock::Clock;
use crate::legacy::province::BadProvince;
use crate::legacy::{Legacy, Upstream};
use crate::opener::Opener;
use crate::pdf::Face;
use crate::persona::PersonaError;
use crate::rules::{self, BadRules};
use crate::seal::{Algorithm, Seal, SealError};
use crate::seed::SeedError;
use crate::store::Store;
use crate::tls::TlsError;
use crate::wire::Wires;
use crate::{cases, catalogue, made_up, mishap, opinion, persona, seed, texts, tls};

/// What a server needs to know; `agency serve --help` explains each.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct Settings {
    pub listen: SocketAddr,
    pub data: PathBuf,
    pub certs: PathBuf,
    pub personas: PathBuf,
    pub today: Option<Date>,
    pub font: PathBuf,
    pub mishaps: Option<PathBuf>,
    pub catalogue: Option<PathBuf>,
    pub seal: Algorithm,
    pub legacy: Option<Upstream>,
}

/// Why the server does not start.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// No socket, thread or runtime.
    #[error("cannot listen: {0}")]
    Listen(#[from] std::io::Error),
    /// See [`TlsError`].
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The table of people cannot be read.
    #[error(transparent)]
    Personas(#[from] PersonaError),
    /// The database cannot be opened.
    #[error("database: {0}")]
    Store(#[from] rusqlite::Error),
    /// It cannot be filled.
    #[error(transparent)]
    Seed(#[from] SeedError),
    /// There is no key to sign documents with.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// The built-in catalogue is broken.
    #[error(transparent)]
    Catalogue(#[from] catalogue::CatalogueError),
    /// The table of staff or that of authorities is broken.
    #[error("staff or mandates: {0}")]
    People(#[from] toml::de::Error),
    /// The built-in texts are broken.
    #[error(transparent)]
    Texts(#[from] texts::TextsError),
    /// What people are asked cannot be.
    #[error(transparent)]
    Opinions(#[from] opinion::OpinionError),
    /// The rules' figures or calendar are broken.
    #[error(transparent)]
    Rules(#[from] BadRules),
    /// The table of the old system's province is broken.
    #[error(transparent)]
    Province(#[from] BadProvince),
    /// The documents' font is missing or is none.
    #[error("font: {0}")]
    Font(#[from] crate::pdf::PdfError),
}

/// A running server; dropping it stops it.
pub struct Server {
    address: SocketAddr,
    handle: Handle<SocketAddr>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Starts a server; when this returns, it can be called.
    ///
    /// # Errors
    /// See [`Failure`].
    pub fn start(settings: Settings) -> Result<Self, Failure> {
        let tls = RustlsConfig::from_config(tls::config(&settings.certs)?);
        let listener = TcpListener::bind(settings.listen)?;
        let address = listener.local_addr()?;
        let agency = open(&settings)?;
        let mut app = calls::router(Arc::new(agency)).layer(axum::middleware::from_fn(calls::name_terminal));
        if let Some(file) = settings.mishaps {
            app = app.layer(axum::middleware::from_fn_with_state(Arc::new(file), mishap::apply));
        }
        // Outside everything: what goes wrong on demand is an answer to its request, too.
        let app = app.layer(axum::middleware::from_fn(calls::echo));
        let handle = Handle::new();
        // Four workers: one call may hold the database and two may wait for the disk while another hangs on purpose.
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(4).enable_all().build()?;
        let serving = serve(listener, tls, handle.clone(), app);
        let thread = std::thread::Builder::new().name("agency".to_owned()).spawn(move || runtime.block_on(serving))?;
        Ok(Self { address, handle, thread: Some(thread) })
    }

    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Waits until the server has stopped, which without a fault is never.
    pub fn wait(mut self) {
        self.join();
    }

    fn join(&mut self) {
        if let Some(thread) = self.thread.take() {
            // A panic of that thread has been reported by itself.
            let _ = thread.join();
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.handle.shutdown();
        self.join();
    }
}

fn open(settings: &Settings) -> Result<Agency, Failure> {
    let people = persona::read(&settings.personas)?;
    let clock = Clock { fixed: settings.today };
    let store = Store::open(&settings.data)?;
    let rules = rules::read()?;
    store.transact(|db| {
        seed::fill(db, &people, &rules, clock.today())?;
        cases::effect::lay_over(db).map_err(SeedError::from)
    })?;
    let face = Face::read(&settings.font)?;
    let seal = Seal::open(&settings.data, settings.seal)?;
    let (catalogue, made_up) = made_up::read(settings.catalogue.as_deref())?;
    let published = texts::read()?;
    let opinions = opinion::read()?;
    let orders = settings.mishaps.clone();
    let (staff, mandates) = (crate::staff::read()?, crate::mandates::read()?);
    let legacy = settings.legacy.as_ref().map(Legacy::open).transpose()?;
    Ok(Agency {
        store,
        clock,
        catalogue,
        made_up,
        rules,
        face,
        orders,
        seal,
        published,
        staff,
        mandates,
        legacy,
        opinions,
        opener: Opener::of(&settings.certs),
    })
}

async fn serve(listener: TcpListener, tls: RustlsConfig, handle: Handle<SocketAddr>, app: Router) {
    let acceptor = RustlsAcceptor::new(tls).acceptor(Wires);
    let served = match axum_server::from_tcp(listener) {
        Ok(server) => server.acceptor(acceptor).handle(handle).serve(app.into_make_service()).await,
        Err(error) => Err(error),
    };
    if let Err(error) = served {
        eprintln!("agency: {error}");
    }
}
