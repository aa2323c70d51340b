//! What one run is given.

use std::any::Any;
use std::borrow::Cow;
use std::sync::Arc;

use bytes::Bytes;
use tollgate_bridge::ports::Ports;
use tollgate_bridge::{
    Attached, Captured, Guest, Input, Output, PipeInput, Program, QueuedOutput, Signals,
};
use tollgate_capability::http::Client;
use tollgate_capability::net::{Resolver, Sockets};
use tollgate_engine::{Control, Decider, Gate, InForce};
use tollgate_policy::Effective;
use tollgate_vfs::{Mount, Tree, TreeBuilder};

use crate::error::Refused;
use crate::grants::{Grants, LiveGrants};
use crate::shared::Place;

/// The longest working directory, in bytes: as long as a path of the guest's may be.
const LONGEST_FOLDER: usize = 4096;

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
pub struct RunOptions(Box<Options>);

/// In one piece behind a pointer: it is made by many hands, and each of them would copy it.
#[derive(Debug)]
struct Options {
    grants: Grants,
    live: Option<LiveGrants>,
    name: Cow<'static, str>,
    place: Place,
    arguments: Vec<String>,
    environment: Vec<(String, String)>,
    mounts: Vec<(String, Mount)>,
    tree: Option<Tree>,
    rooted: bool,
    cwd: Cow<'static, str>,
    stdin: Input,
    stdout: Stream,
    stderr: Stream,
    queue: Option<QueuedOutput>,
    control: Option<Control>,
    decider: Option<Deciding>,
    state: Option<Arc<dyn Any + Send + Sync>>,
    attached: Attached,
    program: Option<Arc<dyn Program>>,
    ports: Option<Arc<dyn Ports>>,
    signals: Option<Signals>,
    sockets: Option<Sockets>,
    resolver: Option<Resolving>,
}

/// Where names are looked up. What that is like inside is nobody's business.
#[derive(Clone)]
struct Resolving(Arc<dyn Resolver>);

impl std::fmt::Debug for Resolving {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Resolver").finish_non_exhaustive()
    }
}

/// Who is asked. What that is like inside is nobody's business.
#[derive(Clone)]
pub(crate) struct Deciding(pub(crate) Arc<dyn Decider>);

impl std::fmt::Debug for Deciding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Deciding").finish_non_exhaustive()
    }
}

impl RunOptions {
    /// A run that may do what `grants` say.
    #[must_use]
    pub fn new(grants: &Grants) -> Self {
        Self(Box::new(Options {
            grants: grants.clone(),
            live: None,
            name: Cow::Borrowed("component"),
            place: Place::default(),
            arguments: Vec::new(),
            environment: Vec::new(),
            mounts: Vec::new(),
            tree: None,
            rooted: false,
            cwd: Cow::Borrowed("/"),
            stdin: Input::Bytes(Bytes::new()),
            stdout: Stream::default(),
            stderr: Stream::default(),
            queue: None,
            control: None,
            decider: None,
            state: None,
            attached: Attached::default(),
            program: None,
            ports: None,
            signals: None,
            sockets: None,
            resolver: None,
        }))
    }

    /// What the guest is called: its argument before all others, and the resource of the records that begin and end it.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.0.name = Cow::Owned(name.into());
        self
    }

    /// Arguments, which follow the name.
    #[must_use]
    pub fn arguments(mut self, arguments: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.0
            .arguments
            .extend(arguments.into_iter().map(Into::into));
        self
    }

    /// A variable of the environment that the policy's grants are taken from: the guest sees it if its policy names it.
    #[must_use]
    pub fn variable(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.0.environment.push((name.into(), value.into()));
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
        self.0.mounts.push((place.into(), mount));
        self
    }

    /// Who is asked what the policy leaves to be asked, in place of the host's own decider.
    #[must_use]
    pub fn decider(mut self, decider: Arc<dyn Decider>) -> Self {
        self.0.decider = Some(Deciding(decider));
        self
    }

    /// The VM that the run takes place in, and its number there: for its records.
    #[must_use]
    pub fn process(mut self, vm: impl Into<String>, process: u64) -> Self {
        self.0.place = Place {
            vm: Some(vm.into()),
            process: Some(process),
        };
        self
    }

    /// The mounts are all that the guest knows as a filesystem, as a VM's are: links may have absolute targets, which lead
    /// from `/` ([`TreeBuilder::rooted`]). Where something is mounted at `/`, the guest has one descriptor, on that, and
    /// reaches all other mounts through it, so that a link leads from wherever it lies to wherever it says. Off unless said.
    #[must_use]
    pub fn rooted(mut self, rooted: bool) -> Self {
        self.0.rooted = rooted;
        self
    }

    /// A whole tree, in the place of all mounts: for runs that share one filesystem. How many handles the guest may have
    /// open in it, and whether it is rooted, is the tree's to say.
    #[must_use]
    pub fn tree(mut self, tree: Tree) -> Self {
        self.0.tree = Some(tree);
        self
    }

    /// The folder that the run begins in, by its path in the guest's tree: absolute, without `.`, `..`, empty names and a
    /// slash at the end. It is not looked for. Without it: `/`.
    ///
    /// This is `initial-cwd` of WASI. JavaScript and Python programs begin there, and relative paths lead from there; a
    /// folder that Python may not look at ends it at once. The C library that Rust and C programs are linked with asks for
    /// none and begins in `/`, so that such a program has to ask itself, or to be told, as by a
    /// [variable](RunOptions::variable) `PWD`.
    #[must_use]
    pub fn cwd(mut self, folder: impl Into<String>) -> Self {
        self.0.cwd = Cow::Owned(folder.into());
        self
    }

    /// Standard input: what is written to the pipe while the run goes on. The guest waits while the pipe is empty, and reads
    /// the end once it is closed, or its other end dropped, and empty.
    ///
    /// ```
    /// # use tollgate::{Channel, Host, RunOptions, StdinPipe, output_queue};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let host = Host::builder().compile_in_process().build()?;
    /// # let cat = host.load(std::fs::read(tollgate_tests::guests::CAT)?).await?;
    /// # let grants = host.grants_from_toml("cat.toml", "version = 1\n[stdio]\ndefault = \"allow\"\n")?;
    /// let (pipe, input) = StdinPipe::new(); // at most 16 MiB that are not read yet
    /// let (output, mut printed) = output_queue(None); // at most 256 KiB, then the guest waits
    /// let options = RunOptions::new(&grants).stdin_pipe(input).output(output);
    /// let run = tokio::spawn({
    ///     let cat = cat.clone();
    ///     async move { cat.command(options).await }
    /// });
    /// pipe.write("hello")?; // never waits; `PipeError` where it cannot be written
    /// pipe.close();
    /// let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    /// while let Some((channel, bytes)) = printed.recv().await {
    ///     match channel {
    ///         Channel::Stdout => stdout.extend(bytes),
    ///         Channel::Stderr => stderr.extend(bytes),
    ///     }
    /// }
    /// assert_eq!(stdout, b"hello");
    /// assert_eq!(stderr, b"read Ok(5) wrote true\n");
    /// assert!(run.await??.result.is_ok());
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn stdin_pipe(mut self, input: PipeInput) -> Self {
        self.0.stdin = Input::Pipe(input);
        self
    }

    /// Standard output and error, in place of what [`RunOptions::stdout`] and [`RunOptions::stderr`] say: into one queue, in
    /// the order that the guest wrote. The guest's writes wait while the queue is full. Whatever it wrote by its end,
    /// however that came, is in the queue. See [`RunOptions::stdin_pipe`] for an example.
    #[must_use]
    pub fn output(mut self, queue: QueuedOutput) -> Self {
        self.0.queue = Some(queue);
        self
    }

    /// A handle that halts the run and ends it. One handle is for one run.
    ///
    /// ```
    /// # use tollgate::engine::RunError;
    /// # use tollgate::{Host, RunControl, RunOptions};
    /// # #[tokio::main(flavor = "multi_thread", worker_threads = 2)]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let host = Host::builder().compile_in_process().build()?;
    /// # let endless = host.load(std::fs::read(tollgate_tests::guests::ENDLESS)?).await?;
    /// # let grants = host.grants_from_toml("endless.toml", "version = 1")?;
    /// let control = RunControl::new();
    /// let options = RunOptions::new(&grants).control(&control);
    /// let run = tokio::spawn(async move { endless.command(options).await });
    /// control.pause(); // SIGSTOP: it takes neither wall nor processor time
    /// control.resume(); // SIGCONT
    /// control.kill("SIGKILL");
    /// let outcome = run.await??;
    /// assert!(matches!(outcome.result, Err(RunError::Killed("SIGKILL"))));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn control(mut self, control: &Control) -> Self {
        self.0.control = Some(control.clone());
        self
    }

    /// Standard input: these bytes, then the end.
    #[must_use]
    pub fn stdin(mut self, bytes: impl Into<Bytes>) -> Self {
        self.0.stdin = Input::Bytes(bytes.into());
        self
    }

    /// Standard input: the process's own.
    #[must_use]
    pub fn inherit_stdin(mut self) -> Self {
        self.0.stdin = Input::Inherit;
        self
    }

    /// Standard output.
    #[must_use]
    pub fn stdout(mut self, stream: Stream) -> Self {
        self.0.stdout = stream;
        self
    }

    /// Standard error.
    #[must_use]
    pub fn stderr(mut self, stream: Stream) -> Self {
        self.0.stderr = stream;
        self
    }

    /// What the embedder's own interfaces work on in this run:
    /// [`Admitted::state`](crate::interface::Admitted::state).
    #[must_use]
    pub fn state<S: Send + Sync + 'static>(mut self, state: Arc<S>) -> Self {
        self.0.state = Some(state);
        self
    }
}

impl RunOptions {
    /// The program that the component, a language's runtime, is to run: for JavaScript the component is
    /// `tollgate_languages::ENGINE`, and the program a `tollgate_languages::JavaScript`. Its files load without a grant
    /// where the policy says nothing else ([`Policy::with_program`](tollgate_policy::Policy::with_program)).
    #[must_use]
    pub fn program(mut self, program: Arc<dyn Program>) -> Self {
        self.0.program = Some(program);
        self
    }

    /// The same for another run. None where a [tree](RunOptions::tree) was given whole, which counts the handles of one run.
    #[must_use]
    pub fn again(&self) -> Option<Self> {
        if self.0.tree.is_some() {
            return None;
        }
        Some(Self(Box::new(Options {
            grants: match &self.0.live {
                Some(live) => live.now(),
                None => self.0.grants.clone(),
            },
            live: self.0.live.clone(),
            name: self.0.name.clone(),
            place: self.0.place.clone(),
            arguments: self.0.arguments.clone(),
            environment: self.0.environment.clone(),
            mounts: self.0.mounts.clone(),
            tree: None,
            rooted: self.0.rooted,
            cwd: self.0.cwd.clone(),
            stdin: self.0.stdin.clone(),
            stdout: self.0.stdout,
            stderr: self.0.stderr,
            queue: self.0.queue.clone(),
            decider: self.0.decider.clone(),
            control: self.0.control.clone(),
            state: self.0.state.clone(),
            attached: self.0.attached.copied(),
            program: self.0.program.clone(),
            ports: self.0.ports.clone(),
            signals: self.0.signals.clone(),
            sockets: self.0.sockets.clone(),
            resolver: self.0.resolver.clone(),
        })))
    }

    /// What interfaces that come with a library work on for this run, one thing of each type. A host's own interfaces have
    /// [`RunOptions::state`].
    #[must_use]
    pub fn attach<T: Send + Sync + 'static>(self, thing: Arc<T>) -> Self {
        self.0.attached.put(thing);
        self
    }

    /// The network in which the guest may listen at ports (`tollgate:host/http-server`), as its policy says. Without it a
    /// guest that would listen is told that it is in none.
    #[must_use]
    pub fn ports(mut self, ports: Arc<dyn Ports>) -> Self {
        self.0.ports = Some(ports);
        self
    }

    /// Puts the run under grants that can be replaced while it goes on, in place of those that it was made with.
    #[must_use]
    pub fn live(mut self, grants: &LiveGrants) -> Self {
        self.0.grants = grants.now();
        self.0.live = Some(grants.clone());
        self
    }

    /// Where names are looked up, in place of [the host's own](crate::HostBuilder::resolver). The policy decides before it is
    /// asked, and again about the addresses that it gives.
    #[must_use]
    pub fn resolver(mut self, resolver: Arc<dyn Resolver>) -> Self {
        self.0.resolver = Some(Resolving(resolver));
        self
    }

    /// The places of the guest's sockets, for several guests that may have so many together. Without it the guest has as many
    /// places as its policy's limit `handles` says.
    #[must_use]
    pub fn sockets(mut self, sockets: &Sockets) -> Self {
        self.0.sockets = Some(sockets.clone());
        self
    }

    /// By which the guest is sent signals (`tollgate:host/signals`); without it by nothing. What a signal does that the guest
    /// does not handle is the sender's affair: see [`Signals::send`].
    #[must_use]
    pub fn signals(mut self, signals: Signals) -> Self {
        self.0.signals = Some(signals);
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
    pub(crate) policy: InForce,
    pub(crate) name: Cow<'static, str>,
    pub(crate) place: Place,
    pub(crate) program: Option<Arc<dyn Program>>,
    pub(crate) control: Option<Control>,
    ports: Option<Arc<dyn Ports>>,
    attached: Attached,
    signals: Option<Signals>,
    sockets: Option<Sockets>,
    pub(crate) decider: Option<Deciding>,
    kept: Kept,
    cwd: Cow<'static, str>,
    arguments: Vec<String>,
    variables: Vec<(String, String)>,
    /// None where nothing is mounted.
    tree: Option<Tree>,
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
            .arguments(std::iter::once(self.name.into_owned()).chain(self.arguments))
            .environment(self.variables)
            .cwd(self.cwd)
            .stdin(self.stdin)
            .stdout(self.stdout)
            .stderr(self.stderr)
            .attached(self.attached)
            .http(self.http);
        if let Some(tree) = self.tree {
            guest = guest.tree(tree);
        }
        if let Some(resolver) = self.resolver {
            guest = guest.resolver(resolver);
        }
        if let Some(state) = self.state {
            guest = guest.state(state);
        }
        if let Some(program) = self.program {
            guest = guest.program(program);
        }
        if let Some(ports) = self.ports {
            guest = guest.ports(ports);
        }
        if let Some(signals) = self.signals {
            guest = guest.signals(signals);
        }
        if let Some(sockets) = self.sockets {
            guest = guest.sockets(sockets);
        }
        (guest.build(), self.kept)
    }
}

impl RunOptions {
    pub(crate) fn grants(&self) -> &Grants {
        &self.0.grants
    }

    pub(crate) fn prepare(
        self,
        resolver: Option<Arc<dyn Resolver>>,
        http: Client,
    ) -> Result<Prepared, Refused> {
        let Self(own) = self;
        let policy = Arc::clone(&own.grants.policy);
        if !is_folder(&own.cwd) {
            return Err(Refused::WorkingDirectory {
                path: own.cwd.into_owned(),
            });
        }
        let tree = match own.tree {
            Some(tree) => Some(whole(&policy, tree)?),
            None => tree(&policy, own.mounts, own.rooted)?,
        };
        let variables = policy
            .environment(own.environment)
            .into_iter()
            .map(|variable| (variable.name, variable.value.into_inner()))
            .collect();
        let open = |stream: Stream| match &own.queue {
            Some(queue) => (Output::Queue(queue.clone()), None),
            None => stream.open(),
        };
        let (stdout, kept_stdout) = open(own.stdout);
        let (stderr, kept_stderr) = open(own.stderr);
        Ok(Prepared {
            policy: match own.live {
                Some(live) => live.policy,
                None => InForce::new(Arc::clone(&own.grants.policy)),
            },
            name: own.name,
            place: own.place,
            program: own.program,
            control: own.control,
            ports: own.ports,
            signals: own.signals,
            sockets: own.sockets,
            decider: own.decider,
            cwd: own.cwd,
            kept: Kept {
                stdout: kept_stdout,
                stderr: kept_stderr,
            },
            arguments: own.arguments,
            variables,
            tree,
            stdin: own.stdin,
            stdout,
            stderr,
            attached: own.attached,
            state: own.state,
            resolver: own.resolver.map(|own| own.0).or(resolver),
            http,
        })
    }
}

/// Whether it is the path of a folder in the guest's tree, as it is written in full.
fn is_folder(path: &str) -> bool {
    let is_name = |name: &str| !matches!(name, "" | "." | "..");
    let rest = path.strip_prefix('/');
    rest.is_some_and(|rest| rest.is_empty() || rest.split('/').all(is_name))
        && path.len() <= LONGEST_FOLDER
        && !path.contains('\0')
}

/// A tree that was given whole, for a policy that mounts nothing by itself.
fn whole(policy: &Effective, tree: Tree) -> Result<Tree, Refused> {
    match policy.mounts().first() {
        Some(mount) => Err(Refused::NoMount {
            place: mount.guest_path.clone(),
        }),
        None => Ok(tree),
    }
}

fn tree(
    policy: &Effective,
    given: Vec<(String, Mount)>,
    rooted: bool,
) -> Result<Option<Tree>, Refused> {
    if given.is_empty() && policy.mounts().is_empty() {
        return Ok(None);
    }
    let handles = usize::try_from(policy.limits().handles).unwrap_or(usize::MAX);
    let mut builder = TreeBuilder::with_capacity(given.len())
        .max_open_handles(handles)
        .rooted(rooted);
    let has_root = given.iter().any(|(place, _)| is_root(place));
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
        builder = if rooted && has_root && !is_root(&place) {
            builder.within(&place, mount)?
        } else {
            builder.mount(name, &place, mount)?
        };
    }
    Ok(Some(builder.build()))
}

fn is_root(place: &str) -> bool {
    matches!(place, "/" | ".")
}
