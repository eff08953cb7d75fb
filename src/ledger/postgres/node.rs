//! What the tasks of one node share: the way to the database, and what it has in memory.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;

use deadpool_postgres::{Hook, HookError, Manager, ManagerConfig, Object, Pool, PoolError, RecyclingMethod, Runtime};
use rand::RngExt;
use tokio::sync::{Notify, watch};
use tokio::time::{Instant, sleep};

use super::connector::Connector;
use super::directory::{self, Loaded};
use super::errors::PgError;
use super::journal::Journal;
use super::session;
use super::write_queue::{PATIENCE, WriteQueue};
use crate::ledger::counters::Counters;
use crate::ledger::{Directory, ProgramId, Queue, SharedConfig};

/// Connections for all but saves: what testers look up and change, and members that calls look up.
const POOL: usize = 4;
/// How often something is tried again because others were in the way.
const MOST_TRIES: u32 = 20;

/// One process with the ledger open.
pub struct Node {
    pub connector: Connector,
    pub pool: Pool,
    pub queue: WriteQueue,
    pub counters: Counters,
    pub journal: Journal,
    pub config: watch::Sender<Arc<SharedConfig>>,
    /// Whether the database tells of changes; others have to be asked.
    pub supports_notify: AtomicBool,
    /// To look at once for what has changed.
    pub look: Notify,
    directory: RwLock<Arc<Directory>>,
    programs: Mutex<Programs>,
    /// One reads the directory at a time, so that an older one never replaces a newer one.
    loading: tokio::sync::Mutex<()>,
    /// As above, for the shared configuration.
    pub reading_config: tokio::sync::Mutex<()>,
    config_version: AtomicI64,
}

/// What writers know of programs.
#[derive(Default)]
struct Programs {
    epochs: HashMap<ProgramId, i64>,
    /// Those of which a statement may still be under way on a session that is lost.
    uncertain: HashSet<ProgramId>,
}

/// A program as a writer finds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known {
    pub epoch: i64,
    /// That of the directory's program.
    pub version: u64,
}

impl Node {
    /// A node that knows nothing yet.
    ///
    /// # Errors
    /// What the pool says of its settings.
    pub fn new(connector: Connector, queue: Queue) -> Result<Self, String> {
        let config = ManagerConfig { recycling_method: RecyclingMethod::Fast };
        let manager = Manager::from_connect(tokio_postgres::Config::new(), connector.clone(), config);
        let pool = Pool::builder(manager)
            .max_size(POOL)
            .runtime(Runtime::Tokio1)
            .wait_timeout(Some(PATIENCE / 2))
            .create_timeout(Some(PATIENCE / 2))
            .post_create(Hook::async_fn(|client, _| {
                Box::pin(async move {
                    session::settle(client).await.map_err(|error| HookError::message(error.reason().to_owned()))
                })
            }))
            .build();
        Ok(Self {
            connector,
            pool: pool.map_err(|error| error.to_string())?,
            queue: WriteQueue::new(queue.length),
            counters: Counters::default(),
            journal: Journal::default(),
            config: watch::Sender::new(Arc::default()),
            supports_notify: AtomicBool::new(false),
            look: Notify::new(),
            directory: RwLock::default(),
            programs: Mutex::default(),
            loading: tokio::sync::Mutex::default(),
            reading_config: tokio::sync::Mutex::default(),
            config_version: AtomicI64::new(0),
        })
    }

    /// A connection for anything but saves.
    ///
    /// # Errors
    /// [`PgError::Lost`]; nothing was done.
    pub async fn client(&self) -> Result<Object, PgError> {
        self.pool.get().await.map_err(|error| match error {
            PoolError::Backend(error) => PgError::from(error),
            PoolError::Timeout(_) => PgError::Lost("the database gives no connection in time".into()),
            other => PgError::Lost(other.to_string()),
        })
    }

    pub fn directory(&self) -> Arc<Directory> {
        self.directory.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Reads the directory anew if the database has another one.
    ///
    /// # Errors
    /// [`PgError`].
    pub async fn refresh(&self) -> Result<(), PgError> {
        let _turn = self.loading.lock().await;
        let mut client = self.client().await?;
        let Loaded { directory, epochs } = directory::load(&mut client).await?;
        self.programs().epochs = epochs;
        // One at a time: nobody replaces it meanwhile.
        let directory = Arc::new(directory.following(&self.directory()));
        *self.directory.write().unwrap_or_else(PoisonError::into_inner) = directory;
        Ok(())
    }

    /// Reads the epoch of a program anew, and all if the program has another version.
    ///
    /// # Errors
    /// [`PgError`].
    pub async fn renew(&self, program: ProgramId, version: u64) -> Result<(), PgError> {
        let row = {
            let client = self.client().await?;
            let sql = "SELECT version, epoch FROM program JOIN program_epoch USING (program_id) WHERE program_id = $1";
            let statement = client.prepare_cached(sql).await?;
            client.query_opt(&statement, &[&program.0]).await?
        };
        match row {
            Some(row) if row.get::<_, i64>(0) == version.cast_signed() => {
                self.set_epoch(program, row.get(1));
                Ok(())
            }
            _ => self.refresh().await,
        }
    }

    /// What a save of this program has to name; `None` if there is no such program.
    pub fn known(&self, program: ProgramId) -> Option<Known> {
        let version = self.directory().programs().iter().find(|other| other.id == program)?.version;
        let epoch = *self.programs().epochs.get(&program)?;
        Some(Known { epoch, version })
    }

    /// To be told by whoever has made a new epoch.
    pub fn set_epoch(&self, program: ProgramId, epoch: i64) {
        self.programs().epochs.insert(program, epoch);
    }

    /// Notes that nobody knows what became of a statement about this program.
    pub fn mark_uncertain(&self, program: ProgramId) {
        self.programs().uncertain.insert(program);
    }

    pub fn is_uncertain(&self, program: ProgramId) -> bool {
        self.programs().uncertain.contains(&program)
    }

    /// Notes that no older statement about this program can be done any more.
    pub fn mark_fenced(&self, program: ProgramId) {
        self.programs().uncertain.remove(&program);
    }

    /// The version of the shared configuration that this node has.
    pub fn config_version(&self) -> i64 {
        self.config_version.load(Relaxed)
    }

    pub fn set_board_version(&self, version: i64) {
        self.config_version.store(version, Relaxed);
    }

    /// Whether a commit counts that was made since there were so many warnings: one that the server warned of may not be on the
    /// standby.
    ///
    /// # Errors
    /// [`PgError::Refused`]; the change is made, unless the standby takes over.
    pub fn confirm(&self, warnings: u64) -> Result<(), PgError> {
        match self.connector.warnings() == warnings {
            true => Ok(()),
            false => {
                Err(PgError::Refused("the database warns that a standby may not have the change; make it again".into()))
            }
        }
    }

    /// Whether other nodes are told of changes by the database itself.
    pub fn supports_notify(&self) -> bool {
        self.supports_notify.load(Relaxed)
    }

    fn programs(&self) -> MutexGuard<'_, Programs> {
        self.programs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How often, and how long, something is tried.
#[derive(Debug)]
pub struct Retry {
    count: u32,
    until: Instant,
}

impl Retry {
    pub fn until(until: Instant) -> Self {
        Self { count: 0, until }
    }

    pub fn patient() -> Self {
        Self::until(Instant::now() + PATIENCE)
    }

    /// How often it was tried again.
    pub fn count(&self) -> u32 {
        self.count
    }

    /// Waits for a moment, longer each time, and by chance, so that those who were in each other's way don't meet again.
    ///
    /// # Errors
    /// The error, if it is final.
    pub async fn again(&mut self, error: PgError) -> Result<(), PgError> {
        let pause = match &error {
            PgError::Refused(_) => return Err(error),
            PgError::Conflict(_) if self.count >= MOST_TRIES => return Err(error),
            PgError::Conflict(_) => 1 << self.count.min(5),
            PgError::Lost(_) => 200,
        };
        self.count += 1;
        let pause = Duration::from_millis(rand::rng().random_range(pause / 2..=pause));
        if Instant::now() + pause >= self.until {
            return Err(error);
        }
        sleep(pause).await;
        Ok(())
    }
}
