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
use super::errors::Trouble;
use super::journal::Journal;
use super::session;
use super::waiting::Waiting;
use crate::ledger::counters::Counters;
use crate::ledger::{Board, Directory, ProgramId, Queue};

/// How long a call waits for the database, with all tries together.
pub const PATIENCE: Duration = Duration::from_secs(10);
/// Connections for all but saves: what testers look up and change, and members that calls look up.
const POOL: usize = 4;
/// How often something is tried again because others were in the way.
const MOST_TRIES: u32 = 20;

/// One process with the ledger open.
pub struct Node {
    pub connector: Connector,
    pub pool: Pool,
    pub waiting: Waiting,
    pub counters: Counters,
    pub journal: Journal,
    pub board: watch::Sender<Arc<Board>>,
    /// Whether the database tells of changes; others have to be asked.
    pub tells: AtomicBool,
    /// To look at once for what has changed.
    pub look: Notify,
    directory: RwLock<Arc<Directory>>,
    programs: Mutex<Programs>,
    /// One reads the directory at a time, so that an older one never replaces a newer one.
    loading: tokio::sync::Mutex<()>,
    /// As above, for the board.
    pub reading_board: tokio::sync::Mutex<()>,
    board_version: AtomicI64,
}

/// What writers know of programs.
#[derive(Default)]
struct Programs {
    epochs: HashMap<ProgramId, i64>,
    /// Those of which a statement may still be under way on a session that is lost.
    in_doubt: HashSet<ProgramId>,
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
        let manager = Manager::from_connect(connector.config().clone(), connector.clone(), config);
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
            waiting: Waiting::new(queue.length),
            counters: Counters::default(),
            journal: Journal::default(),
            board: watch::Sender::new(Arc::default()),
            tells: AtomicBool::new(false),
            look: Notify::new(),
            directory: RwLock::default(),
            programs: Mutex::default(),
            loading: tokio::sync::Mutex::default(),
            reading_board: tokio::sync::Mutex::default(),
            board_version: AtomicI64::new(0),
        })
    }

    /// A connection for anything but saves.
    ///
    /// # Errors
    /// [`Trouble::Lost`]; nothing was done.
    pub async fn client(&self) -> Result<Object, Trouble> {
        self.pool.get().await.map_err(|error| match error {
            PoolError::Backend(error) => Trouble::from(error),
            PoolError::Timeout(_) => Trouble::Lost("the database gives no connection in time".into()),
            other => Trouble::Lost(other.to_string()),
        })
    }

    pub fn directory(&self) -> Arc<Directory> {
        self.directory.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Reads the directory anew if the database has another one.
    ///
    /// # Errors
    /// [`Trouble`].
    pub async fn refresh(&self) -> Result<(), Trouble> {
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
    /// [`Trouble`].
    pub async fn renew(&self, program: ProgramId, version: u64) -> Result<(), Trouble> {
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
    pub fn doubt(&self, program: ProgramId) {
        self.programs().in_doubt.insert(program);
    }

    pub fn is_in_doubt(&self, program: ProgramId) -> bool {
        self.programs().in_doubt.contains(&program)
    }

    /// Notes that no older statement about this program can be done any more.
    pub fn trust(&self, program: ProgramId) {
        self.programs().in_doubt.remove(&program);
    }

    /// The version of the board that this node has.
    pub fn board_version(&self) -> i64 {
        self.board_version.load(Relaxed)
    }

    pub fn set_board_version(&self, version: i64) {
        self.board_version.store(version, Relaxed);
    }

    /// Whether a commit counts that was made since there were so many warnings: one that the server warned of may not be on the
    /// standby.
    ///
    /// # Errors
    /// [`Trouble::Refused`]; the change is made, unless the standby takes over.
    pub fn confirm(&self, warnings: u64) -> Result<(), Trouble> {
        match self.connector.warnings() == warnings {
            true => Ok(()),
            false => {
                Err(Trouble::Refused("the database warns that a standby may not have the change; make it again".into()))
            }
        }
    }

    /// Whether other nodes are told of changes by the database itself.
    pub fn tells(&self) -> bool {
        self.tells.load(Relaxed)
    }

    fn programs(&self) -> MutexGuard<'_, Programs> {
        self.programs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How often, and how long, something is tried.
#[derive(Debug)]
pub struct Tries {
    count: u32,
    until: Instant,
}

impl Tries {
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
    /// The trouble, if it is final.
    pub async fn again(&mut self, trouble: Trouble) -> Result<(), Trouble> {
        let pause = match &trouble {
            Trouble::Refused(_) => return Err(trouble),
            Trouble::Conflict(_) if self.count >= MOST_TRIES => return Err(trouble),
            Trouble::Conflict(_) => 1 << self.count.min(5),
            Trouble::Lost(_) => 200,
        };
        self.count += 1;
        let pause = Duration::from_millis(rand::rng().random_range(pause / 2..=pause));
        if Instant::now() + pause >= self.until {
            return Err(trouble);
        }
        sleep(pause).await;
        Ok(())
    }
}
