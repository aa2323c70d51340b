//! Where the clients of a sidecar come from: this process's own streams, or a socket that is its user's alone.

use std::os::fd::AsFd as _;
use std::os::unix::fs::{FileTypeExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use cap_std::ambient_authority;
use cap_std::fs::Dir;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::unix::pipe;
use tokio::net::{UnixListener, UnixStream};
use tokio::task::JoinSet;
use tollgate_sidecar::{Sidecar, TransportError};

use crate::exit::Failure;

/// What an address on a socket begins with.
const UNIX: &str = "unix:";

fn failed(what: &Path, cause: std::io::Error) -> Failure {
    match cause.kind() {
        std::io::ErrorKind::NotFound => Failure::NotFound(what.display().to_string()),
        _ => Failure::Folder {
            folder: what.display().to_string(),
            cause,
        },
    }
}

/// A folder that clients may have mounted, with the path by which they name it.
pub(crate) fn root(folder: &Path) -> Result<(PathBuf, Dir), Failure> {
    let real = std::fs::canonicalize(folder).map_err(|cause| failed(folder, cause))?;
    let dir =
        Dir::open_ambient_dir(&real, ambient_authority()).map_err(|cause| failed(folder, cause))?;
    Ok((real, dir))
}

/// The folder that the files of VMs are kept in, made where it is not there, for nobody but its owner. One that clients could
/// have mounted is refused: what lies in it is put into VMs unasked.
pub(crate) fn state(folder: &Path, roots: &[PathBuf]) -> Result<Dir, Failure> {
    use std::os::unix::fs::DirBuilderExt as _;
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true).mode(0o700);
    builder
        .create(folder)
        .map_err(|cause| failed(folder, cause))?;
    let (real, dir) = root(folder)?;
    apart(&real, roots, "the folder of --state")?;
    Ok(dir)
}

/// Refuses a folder that lies in one of those that clients may have mounted, or holds one: what is in it would be their own.
pub(crate) fn apart(folder: &Path, roots: &[PathBuf], what: &str) -> Result<(), Failure> {
    let shared = |root: &PathBuf| root.starts_with(folder) || folder.starts_with(root);
    if !roots.iter().any(shared) {
        return Ok(());
    }
    Err(Failure::Usage(format!(
        "{what} cannot lie in a --host-root, nor hold one: what is in it would be the clients' own"
    )))
}

fn ended(result: Result<(), TransportError>) -> Result<(), Failure> {
    result.map_err(|error| Failure::Host(error.to_string()))
}

/// Serves the one client at the other ends of standard input and output.
///
/// On a task of the runtime's own: what is waited for on the main thread is woken by one of its workers, and wakes a worker with
/// each request.
pub(crate) async fn stdio(sidecar: &Sidecar) -> Result<(), Failure> {
    let sidecar = sidecar.clone();
    let mut serving = JoinSet::new();
    serving.spawn(async move { sidecar.serve(input(), output()).await });
    match serving.join_next().await {
        Some(Ok(served)) => ended(served),
        Some(Err(cut_off)) if cut_off.is_panic() => std::panic::resume_unwind(cut_off.into_panic()),
        Some(Err(_)) | None => Ok(()),
    }
}

type Input = Box<dyn AsyncRead + Unpin + Send>;
type Output = Box<dyn AsyncWrite + Unpin + Send>;

/// Standard input, without a thread between where it can be waited for: a pipe or a socket.
fn input() -> Input {
    let own = || std::io::stdin().as_fd().try_clone_to_owned();
    if let Ok(pipe) = own().and_then(pipe::Receiver::from_owned_fd) {
        return Box::new(pipe);
    }
    match own().and_then(socket_of) {
        Ok(socket) => Box::new(socket),
        Err(_neither) => Box::new(tokio::io::stdin()),
    }
}

/// The same for standard output.
fn output() -> Output {
    let own = || std::io::stdout().as_fd().try_clone_to_owned();
    if let Ok(pipe) = own().and_then(pipe::Sender::from_owned_fd) {
        return Box::new(pipe);
    }
    match own().and_then(socket_of) {
        Ok(socket) => Box::new(socket),
        Err(_neither) => Box::new(tokio::io::stdout()),
    }
}

fn socket_of(fd: std::os::fd::OwnedFd) -> std::io::Result<UnixStream> {
    let stream = std::os::unix::net::UnixStream::from(fd);
    // Fails for whatever is no such socket.
    stream.local_addr()?;
    stream.set_nonblocking(true)?;
    UnixStream::from_std(stream)
}

/// A name of a socket in the filesystem, which goes with this.
struct Name(PathBuf);

impl Drop for Name {
    fn drop(&mut self) {
        let _gone_already = std::fs::remove_file(&self.0);
    }
}

/// A socket that is listened on.
struct Bound {
    listener: UnixListener,
    name: Name,
}

impl Bound {
    /// Whoever finds it under its name may connect: it is listened on by then.
    fn new(path: PathBuf) -> Result<Self, Failure> {
        let failed = |cause: std::io::Error| {
            Failure::Host(format!(
                "`{}` cannot be listened on: {cause}",
                path.display()
            ))
        };
        remove_left_over(&path).map_err(failed)?;
        let hidden = path.with_file_name(format!(".{}", std::process::id()));
        let Self { listener, name } = Self::at(hidden).map_err(failed)?;
        std::fs::hard_link(&name.0, &path).map_err(failed)?;
        Ok(Self {
            listener,
            name: Name(path),
        })
    }

    fn at(path: PathBuf) -> std::io::Result<Self> {
        remove_left_over(&path)?;
        // Nobody else may connect, not even in the moment before its mode is set.
        let before = rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o177));
        let listener = UnixListener::bind(&path);
        rustix::process::umask(before);
        let bound = Self {
            listener: listener?,
            name: Name(path),
        };
        std::fs::set_permissions(&bound.name.0, std::fs::Permissions::from_mode(0o600))?;
        Ok(bound)
    }
}

/// Removes a socket that nobody listens on.
fn remove_left_over(path: &Path) -> std::io::Result<()> {
    if is_left_over(path) {
        std::fs::remove_file(path)?;
    }
    Ok(())
}

/// Whether a socket lies there that nobody listens on.
fn is_left_over(path: &Path) -> bool {
    let is_socket =
        std::fs::symlink_metadata(path).is_ok_and(|found| found.file_type().is_socket());
    is_socket
        && std::os::unix::net::UnixStream::connect(path)
            .is_err_and(|error| error.kind() == std::io::ErrorKind::ConnectionRefused)
}

/// Serves every client that connects to the socket at `address`, `unix:PATH`, and runs as this user. What goes wrong with one
/// of them is told to `complain`, and to no other.
pub(crate) async fn socket(
    sidecar: &Sidecar,
    address: &str,
    complain: fn(&str),
) -> Result<(), Failure> {
    let path = address
        .strip_prefix(UNIX)
        .filter(|path| !path.is_empty())
        .ok_or_else(|| Failure::Usage(format!("--listen is {UNIX}PATH, not `{address}`")))?;
    let bound = Bound::new(PathBuf::from(path))?;
    let own = rustix::process::geteuid().as_raw();
    loop {
        let stream = match bound.listener.accept().await {
            Ok((stream, _)) => stream,
            Err(error) => {
                // Most likely there are no more descriptors: those who are served give some back.
                complain(&format!("a client cannot be accepted: {error}"));
                tokio::time::sleep(std::time::Duration::from_millis(100)).await;
                continue;
            }
        };
        if !stream.peer_cred().is_ok_and(|peer| peer.uid() == own) {
            complain("a client of another user was turned away");
            continue;
        }
        let sidecar = sidecar.clone();
        tokio::spawn(async move {
            let (input, output) = stream.into_split();
            if let Err(error) = sidecar.serve(input, output).await {
                complain(&format!("a client's connection ended: {error}"));
            }
        });
    }
}
