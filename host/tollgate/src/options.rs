//! What one run is given.

use std::any::Any;
use std::sync::Arc;

use bytes::Bytes;
use tollgate_bridge::{Captured, Guest, Input, Output, Program};
use tollgate_capability::http::Client;
use tollgate_capability::net::Resolver;
use tollgate_engine::Gate;
use tollgate_policy::Effective;
use tollgate_vfs::{Mount, Tree, TreeBuilder};

use crate::error::Refused;
use crate::grants::Grants;
use crate::shared::Place;

/// Where a guest's standard output or error goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Stream {
    /// Nowhere; it is metered and recorded all the same.
    #[default]
    Discard,
    /// Into memory, at most as much as the run's limit of output: [`Outcome::stdout`](crate::Outcome::stdout).
    Capture,
    /// To the process's own stream.
    Inherit,
}

impl Stream {
    fn open(self) -> (Output, Option<Captured>) {
        match self {
            Self::Discard => (Output::Discard, None),
            Self::Inherit => (Output::Inherit, None),
            Self::Capture => {
                let captured = Captured::default();
                (Output::Capture(captured.clone()), Some(captured))
            }
        }
    }
}

/// What one run is given. Without more: no arguments, environment, files or input, and its output goes nowhere.
#[derive(Debug)]
pub struct RunOptions {
    pub(crate) grants: Grants,
    pub(crate) name: String,
    place: Place,
    arguments: Vec<String>,
    environment: Vec<(String, String)>,
    mounts: Vec<(String, Mount)>,
    rooted: bool,
    stdin: Input,
    stdout: Stream,
    stderr: Stream,
    state: Option<Arc<dyn Any + Send + Sync>>,
    program: Option<Arc<dyn Program>>,
}

impl RunOptions {
    /// A run that may do what `grants` say.
    #[must_use]
    pub fn new(grants: &Grants) -> Self {
        Self {
            grants: grants.clone(),
            name: "component".to_owned(),
            place: Place::default(),
            arguments: Vec::new(),
            environment: Vec::new(),
            mounts: Vec::new(),
            rooted: false,
            stdin: Input::Bytes(Bytes::new()),
            stdout: Stream::default(),
            stderr: Stream::default(),
            state: None,
            program: None,
        }
    }

    /// What the guest is called: its argument before all others, and the resource of the records that begin and end it.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// Arguments, which follow the name.
    #[must_use]
    pub fn arguments(mut self, arguments: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.arguments.extend(arguments.into_iter().map(Into::into));
        self
    }

    /// A variable of the environment that the policy's grants are taken from: the guest sees it if its policy names it.
    #[must_use]
    pub fn variable(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.environment.push((name.into(), value.into()));
        self
    }

    /// Mounts something at `place` of the guest's tree: a folder of the host by the capability on it, memory, or an
    /// overlay. What of it the guest may use the policy says.
    ///
    /// A policy that mounts a folder itself says where in the tree it is and whether it may be changed; the folder is
    /// given here, under the very same place, because the host opens no path by itself. Never give a folder that holds
    /// the host's log, key or cache: with these a guest is its own witness, and what lies in the cache is native code.
    #[must_use]
    pub fn mount(mut self, place: impl Into<String>, mount: Mount) -> Self {
        self.mounts.push((place.into(), mount));
        self
    }

    /// What is mounted at `/` is all that the guest knows as a filesystem, as in a VM: it gets one descriptor, on `/`, and the
    /// other mounts lie within. Absolute links are followed from there.
    #[must_use]
    pub fn rooted(mut self) -> Self {
        self.rooted = true;
        self
    }

    /// The VM that the run takes place in, and its number there: for its records.
    #[must_use]
    pub fn process(mut self, vm: impl Into<String>, process: u64) -> Self {
        self.place = Place {
            vm: Some(vm.into()),
            process: Some(process),
        };
        self
    }

    /// Standard input: these bytes, then the end.
    #[must_use]
    pub fn stdin(mut self, bytes: impl Into<Bytes>) -> Self {
        self.stdin = Input::Bytes(bytes.into());
        self
    }

    /// Standard input: the process's own.
    #[must_use]
    pub fn inherit_stdin(mut self) -> Self {
        self.stdin = Input::Inherit;
        self
    }

    /// Standard output.
    #[must_use]
    pub fn stdout(mut self, stream: Stream) -> Self {
        self.stdout = stream;
        self
    }

    /// Standard error.
    #[must_use]
    pub fn stderr(mut self, stream: Stream) -> Self {
        self.stderr = stream;
        self
    }

    /// What the embedder's own interfaces work on in this run:
    /// [`Admitted::state`](crate::interface::Admitted::state).
    #[must_use]
    pub fn state<S: Send + Sync + 'static>(mut self, state: Arc<S>) -> Self {
        self.state = Some(state);
        self
    }
}

impl RunOptions {
    /// The program that the component, a language's runtime, is to run: for JavaScript the component is
    /// `tollgate_languages::ENGINE`, and the program a `tollgate_languages::JavaScript`. Its files load without a grant
    /// where the policy says nothing else ([`Policy::with_program`](tollgate_policy::Policy::with_program)).
    #[must_use]
    pub fn program(mut self, program: Arc<dyn Program>) -> Self {
        self.program = Some(program);
        self
    }
}

/// What is kept of a guest's output.
#[derive(Debug, Clone, Default)]
pub(crate) struct Kept {
    stdout: Option<Captured>,
    stderr: Option<Captured>,
}

impl Kept {
    pub(crate) fn take_stdout(&self) -> Vec<u8> {
        self.stdout.as_ref().map(Captured::take).unwrap_or_default()
    }

    pub(crate) fn take_stderr(&self) -> Vec<u8> {
        self.stderr.as_ref().map(Captured::take).unwrap_or_default()
    }
}

/// Everything of a run that can be refused, made before its first record.
pub(crate) struct Prepared {
    pub(crate) grants: Grants,
    pub(crate) name: String,
    pub(crate) place: Place,
    pub(crate) program: Option<Arc<dyn Program>>,
    kept: Kept,
    arguments: Vec<String>,
    variables: Vec<(String, String)>,
    tree: Tree,
    stdin: Input,
    stdout: Output,
    stderr: Output,
    state: Option<Arc<dyn Any + Send + Sync>>,
    resolver: Option<Arc<dyn Resolver>>,
    http: Client,
}

impl Prepared {
    pub(crate) fn guest(self, gate: Gate) -> (Guest, Kept) {
        let mut guest = Guest::builder(gate)
            .arguments(std::iter::once(self.name).chain(self.arguments))
            .environment(self.variables)
            .tree(self.tree)
            .stdin(self.stdin)
            .stdout(self.stdout)
            .stderr(self.stderr)
            .http(self.http);
        if let Some(resolver) = self.resolver {
            guest = guest.resolver(resolver);
        }
        if let Some(state) = self.state {
            guest = guest.state(state);
        }
        if let Some(program) = self.program {
            guest = guest.program(program);
        }
        (guest.build(), self.kept)
    }
}

impl RunOptions {
    pub(crate) fn prepare(
        self,
        resolver: Option<Arc<dyn Resolver>>,
        http: Client,
    ) -> Result<Prepared, Refused> {
        let policy = Arc::clone(&self.grants.policy);
        let tree = tree(&policy, self.mounts, self.rooted)?;
        let variables = policy
            .environment(self.environment)
            .into_iter()
            .map(|variable| (variable.name, variable.value.into_inner()))
            .collect();
        let (stdout, kept_stdout) = self.stdout.open();
        let (stderr, kept_stderr) = self.stderr.open();
        Ok(Prepared {
            grants: self.grants,
            name: self.name,
            place: self.place,
            program: self.program,
            kept: Kept {
                stdout: kept_stdout,
                stderr: kept_stderr,
            },
            arguments: self.arguments,
            variables,
            tree,
            stdin: self.stdin,
            stdout,
            stderr,
            state: self.state,
            resolver,
            http,
        })
    }
}

fn tree(policy: &Effective, given: Vec<(String, Mount)>, rooted: bool) -> Result<Tree, Refused> {
    let handles = usize::try_from(policy.limits().handles).unwrap_or(usize::MAX);
    let mut builder = TreeBuilder::with_capacity(given.len())
        .max_open_handles(handles)
        .rooted(rooted);
    for mount in policy.mounts() {
        if !given.iter().any(|(place, _)| *place == mount.guest_path) {
            return Err(Refused::NoMount {
                place: mount.guest_path.clone(),
            });
        }
    }
    for (place, mount) in given {
        let stated = policy
            .mounts()
            .iter()
            .find(|stated| stated.guest_path == place);
        let (name, mount) = match stated {
            Some(stated) if stated.read_only => (&stated.guest_name, mount.read_only(true)),
            Some(stated) => (&stated.guest_name, mount),
            None => (&place, mount),
        };
        builder = if rooted && place != "/" {
            builder.within(&place, mount)?
        } else {
            builder.mount(name, &place, mount)?
        };
    }
    Ok(builder.build())
}
