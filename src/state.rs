//! What the process is made of: built once at start, shared by every request, taken down in order at the stop.

use std::sync::Arc;

use url::Url;

use crate::audit::Audit;
use crate::changes::{self, Changes};
use crate::clock::Clock;
use crate::erp::Erp;
use crate::files::Files;
use crate::identity::{self, Authenticator};
use crate::limit::{self, Limiter};
use crate::reports::Press;
use crate::settings::{Current, SettingsError};
use crate::store::Db;
use crate::tools::Services;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Where the process can be reached.
#[derive(Clone, Debug)]
pub struct Addresses {
    /// Origin that clients use, without a path.
    pub public_url: Url,
    /// Address that is listened on.
    pub listen: std::net::SocketAddr,
    /// Proxies whose X-Forwarded-For is believed.
    pub trusted_proxies: Vec<ipnet::IpNet>,
}

impl Addresses {
    /// The public origin, without a slash at its end: also the issuer of tokens (RFC 8414, section 2).
    pub fn origin(&self) -> String {
        self.public_url.origin().ascii_serialization()
    }

    /// The MCP endpoint as clients know it: also the resource that tokens are for (RFC 8707).
    pub fn mcp_url(&self) -> String {
        format!("{}/mcp", self.origin())
    }

    /// Where the resource's metadata stand (RFC 9728, section 3.1).
    pub fn resource_metadata(&self) -> String {
        format!("{}/.well-known/oauth-protected-resource/mcp", self.origin())
    }
}

/// Everything a request may need.
pub struct AppState {
    /// The database.
    pub db: Db,
    /// The time.
    pub clock: Clock,
    /// Where the process can be reached.
    pub addresses: Addresses,
    /// Settings, modules and policies that hold now.
    pub current: Current,
    /// Who is behind a bearer token.
    pub authenticator: Arc<Authenticator>,
    /// Rate limits.
    pub limiter: Limiter,
    /// What every tool call shares.
    pub services: Arc<Services>,
    tasks: TaskTracker,
    stopping: CancellationToken,
}

impl AppState {
    /// Starts every part on a database that is migrated and filled.
    pub async fn start(
        db: Db,
        clock: Clock,
        addresses: Addresses,
        erp: Arc<dyn Erp>,
        press: Press,
    ) -> Result<Self, SettingsError> {
        let files = Files::new(db.clone(), clock.clone(), &addresses.origin());
        let services = Arc::new(Services {
            changes: Changes::new(db.clone(), clock.clone(), Arc::clone(&erp)),
            erp,
            press,
            files: files.clone(),
            audit: Audit::start(db.clone(), clock.clone()),
            clock: clock.clone(),
            contexts: Arc::default(),
        });
        let authenticator = Arc::new(Authenticator::new(db.clone(), clock.clone()));
        let (tasks, stopping) = (TaskTracker::new(), CancellationToken::new());
        let (writing, stop) = (Arc::clone(&authenticator), stopping.clone());
        tasks.spawn(async move { writing.write_uses(stop).await });
        tasks.spawn(identity::sweep_always(db.clone(), clock.clone(), stopping.clone()));
        tasks.spawn(files.sweep_always(stopping.clone()));
        tasks.spawn(changes::sweep_always(db.clone(), clock.clone(), stopping.clone()));
        tasks.spawn(limit::sweep_always(db.clone(), clock.clone(), stopping.clone()));
        Ok(Self {
            current: Current::start(&db).await?,
            limiter: Limiter::new(db.clone(), clock.clone()),
            authenticator,
            services,
            addresses,
            clock,
            db,
            tasks,
            stopping,
        })
    }

    /// Writes what is still in memory and closes the database; to be called when no request is under way.
    pub async fn stop(&self) {
        self.stopping.cancel();
        self.tasks.close();
        self.tasks.wait().await;
        self.services.audit.close().await;
        self.db.close().await;
    }
}
