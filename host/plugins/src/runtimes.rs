//! What programs run in: the engine of JavaScript and the runner of Python, each loaded once for all who share them, and
//! WebAssembly programs that were loaded before.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::OnceCell;
use tollgate::engine::Digest;
use tollgate::{Component, Host, LoadError};
use tollgate_languages::{ENGINE, ENGINE_DIGEST};

/// WebAssembly programs that are kept loaded. Compiled code lies in the cache on the disk too.
pub const KEPT_PROGRAMS: usize = 64;

/// What runs programs in Python, where it was found.
pub struct FoundRunner {
    /// Of its binary.
    pub digest: Digest,
    /// Reads the binary, where nothing was compiled from it yet.
    pub read: Box<dyn FnOnce() -> Result<Vec<u8>, String> + Send>,
}

impl std::fmt::Debug for FoundRunner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FoundRunner")
            .field("digest", &self.digest)
            .finish_non_exhaustive()
    }
}

/// Finds what runs programs in Python.
pub type FindRunner = dyn Fn() -> Result<FoundRunner, String> + Send + Sync;

/// What runs programs in Python, read when the first one is to be run.
#[derive(Clone)]
pub struct PythonRunner(Arc<FindRunner>);

impl PythonRunner {
    /// A runner that `find` reads. Its error says what to do, to whoever may know what lies on this machine.
    pub fn new(find: impl Fn() -> Result<FoundRunner, String> + Send + Sync + 'static) -> Self {
        Self(Arc::new(find))
    }
}

impl std::fmt::Debug for PythonRunner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PythonRunner")
    }
}

/// Why nothing is loaded that could run a program. Its text is for whoever runs the host: it may name what lies there.
#[derive(Debug, thiserror::Error)]
pub enum NotLoaded {
    /// A language's runtime cannot be loaded.
    #[error("{what} cannot be loaded: {error}")]
    Runtime {
        /// Which.
        what: &'static str,
        /// Why not.
        error: LoadError,
    },
    /// Nobody said where the runner of Python is.
    #[error("there is no runner for Python")]
    NoPython,
    /// The runner of Python cannot be found or read, in the words of whoever looked for it.
    #[error("{0}")]
    Runner(String),
    /// The WebAssembly program is refused.
    #[error(transparent)]
    Program(LoadError),
}

/// What programs run in, loaded once.
pub struct Runtimes {
    host: Host,
    javascript: Arc<OnceCell<Component>>,
    find_python: Option<PythonRunner>,
    python: Arc<OnceCell<Component>>,
    /// The last used at the back.
    programs: Mutex<VecDeque<(Digest, Component)>>,
}

impl std::fmt::Debug for Runtimes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Runtimes").finish_non_exhaustive()
    }
}

const JAVASCRIPT: &str = "the engine of JavaScript";
const PYTHON: &str = "the runner of Python";

fn failed(what: &'static str, error: LoadError) -> NotLoaded {
    NotLoaded::Runtime { what, error }
}

/// What is in the cell, or what `load` gives, on a task of its own: a runtime takes longer to compile than some wait for it,
/// and would never be there for those who do not wait long enough.
async fn once(
    cell: &Arc<OnceCell<Component>>,
    what: &'static str,
    load: impl Future<Output = Result<Component, NotLoaded>> + Send + 'static,
) -> Result<Component, NotLoaded> {
    if let Some(known) = cell.get() {
        return Ok(known.clone());
    }
    let cell = Arc::clone(cell);
    let loading = tokio::spawn(async move { cell.get_or_try_init(|| load).await.cloned() });
    let ended = |_cut_off| Err(failed(what, LoadError::RuntimeEnded));
    loading.await.unwrap_or_else(ended)
}

/// Reads something of the runner, away from the threads that serve guests.
async fn reading<T: Send + 'static>(
    read: impl FnOnce() -> Result<T, String> + Send + 'static,
) -> Result<T, NotLoaded> {
    tokio::task::spawn_blocking(read)
        .await
        .unwrap_or_else(|_| Err("the runner of Python cannot be read".to_owned()))
        .map_err(NotLoaded::Runner)
}

impl Runtimes {
    /// Nothing is loaded yet. Without a runner there are no programs in Python.
    #[must_use]
    pub fn new(host: Host, find_python: Option<PythonRunner>) -> Self {
        Self {
            host,
            javascript: Arc::default(),
            find_python,
            python: Arc::default(),
            programs: Mutex::default(),
        }
    }

    /// The engine of JavaScript. Whoever gives up waiting for it leaves it to be loaded for the next one.
    ///
    /// # Errors
    ///
    /// [`NotLoaded::Runtime`]. Who asks next tries again.
    pub async fn javascript(&self) -> Result<Component, NotLoaded> {
        let host = self.host.clone();
        let load = async move {
            let found = match Digest::parse(ENGINE_DIGEST) {
                Some(digest) => host.find(digest, true).await,
                None => Ok(None),
            };
            let loaded = match found {
                Ok(Some(found)) => Ok(found),
                Ok(None) => host.load(ENGINE).await,
                Err(error) => Err(error),
            };
            loaded.map_err(|error| failed(JAVASCRIPT, error))
        };
        once(&self.javascript, JAVASCRIPT, load).await
    }

    /// The runner of Python. Whoever gives up waiting for it leaves it to be loaded for the next one.
    ///
    /// # Errors
    ///
    /// [`NotLoaded::NoPython`], [`NotLoaded::Runner`], [`NotLoaded::Runtime`]. Who asks next tries again.
    pub async fn python(&self) -> Result<Component, NotLoaded> {
        let (host, find) = (self.host.clone(), self.find_python.clone());
        let load = async move {
            let Some(PythonRunner(find)) = find else {
                return Err(NotLoaded::NoPython);
            };
            let FoundRunner { digest, read } = reading(move || find()).await?;
            let failed = |error| failed(PYTHON, error);
            if let Some(found) = host.find(digest, true).await.map_err(failed)? {
                return Ok(found);
            }
            let bytes = reading(read).await?;
            host.load(bytes).await.map_err(failed)
        };
        once(&self.python, PYTHON, load).await
    }

    /// A WebAssembly program: a component, or a WASI 0.1 command.
    ///
    /// # Errors
    ///
    /// [`NotLoaded::Program`].
    pub async fn program(&self, bytes: Cow<'_, [u8]>) -> Result<Component, NotLoaded> {
        let digest = Digest::of(&bytes);
        if let Some(known) = self.known(digest) {
            return Ok(known);
        }
        let loaded = self.host.load(bytes.into_owned()).await;
        let loaded = loaded.map_err(NotLoaded::Program)?;
        self.keep(digest, &loaded);
        Ok(loaded)
    }

    fn known(&self, digest: Digest) -> Option<Component> {
        let mut programs = self.programs.lock().unwrap_or_else(PoisonError::into_inner);
        let at = programs.iter().position(|(known, _)| *known == digest)?;
        let found = programs.remove(at)?;
        let component = found.1.clone();
        programs.push_back(found);
        Some(component)
    }

    fn keep(&self, digest: Digest, component: &Component) {
        let mut programs = self.programs.lock().unwrap_or_else(PoisonError::into_inner);
        if programs.iter().all(|(known, _)| *known != digest) {
            programs.push_back((digest, component.clone()));
        }
        while programs.len() > KEPT_PROGRAMS {
            programs.pop_front();
        }
    }
}
