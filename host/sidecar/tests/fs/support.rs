//! A VM's filesystem with a gate of its own, and one-line operations on it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tollgate::audit::{Log, LogOptions};
use tollgate::policy::Policy;
use tollgate::vfs::{Clock, Timestamp};
use tollgate::{Host, Principal, Standing};
use tollgate_protocol::RefusalCode;
use tollgate_protocol::types::{
    GuestFilesystemCallRequest as Request, GuestFilesystemOperation as Op,
    GuestFilesystemResultResponse as Response, GuestFilesystemStat, MountDescriptor,
    MountPluginDescriptor, RootFilesystemDescriptor, RootFilesystemEntry as Entry,
    RootFilesystemEntryEncoding as Encoding, RootFilesystemEntryKind as Kind,
    RootFilesystemLowerDescriptor, RootFilesystemMode, SnapshotRootFilesystemLower,
};
use tollgate_sidecar::Rejection;
use tollgate_sidecar::fs::{Filesystem, FsLimits, HostRoot, RootSpec};

pub(crate) const ALL: &str = r#"{"fs":"allow"}"#;

pub(crate) fn clock() -> Clock {
    Arc::new(|| Timestamp {
        seconds: 1_700_000_000,
        nanos: 5_000_000,
    })
}

pub(crate) struct Vm {
    pub(crate) files: Filesystem,
    pub(crate) principal: Principal,
    pub(crate) host: Host,
    pub(crate) log: Log,
}

/// How a VM is made that is not as usual.
pub(crate) struct Making {
    pub(crate) spec: RootSpec,
    pub(crate) limits: FsLimits,
    pub(crate) host_root: HostRoot,
    pub(crate) permissions: String,
}

impl Default for Making {
    fn default() -> Self {
        Self {
            spec: RootSpec::Layers(descriptor()),
            limits: FsLimits::default(),
            host_root: HostRoot::none(),
            permissions: ALL.to_owned(),
        }
    }
}

impl Making {
    pub(crate) async fn made(self) -> Result<Vm, Rejection> {
        let files = Filesystem::create(self.spec, self.limits, &self.host_root, clock())?;
        let log = Log::memory(LogOptions {
            recent_records: 100_000,
            ..LogOptions::default()
        });
        let host = Host::builder()
            .compile_in_process()
            .log(log.clone())
            .build()
            .unwrap();
        let grants = host.grants(policy(&self.permissions)).unwrap();
        let standing = Standing {
            name: "vm-1".to_owned(),
            who: "client".to_owned(),
            vm: Some("vm-1".to_owned()),
            begins: "vm.created",
            ends: "vm.disposed",
        };
        let principal = host.principal(&grants, standing).await.unwrap();
        Ok(Vm {
            files,
            principal,
            host,
            log,
        })
    }
}

/// Permissions of the protocol, and what the host gives beside them.
pub(crate) fn policy(permissions: &str) -> Policy {
    Policy::from_protocol_json(permissions)
        .unwrap()
        .command_line_defaults()
}

/// A VM that may do everything, with nothing but the base layer.
pub(crate) async fn vm() -> Vm {
    Making::default().made().await.unwrap()
}

/// The same under these permissions.
pub(crate) async fn vm_under(permissions: &str) -> Vm {
    let permissions = permissions.to_owned();
    let making = Making {
        permissions,
        ..Making::default()
    };
    making.made().await.unwrap()
}

/// A VM with this root.
pub(crate) async fn vm_on(root: RootFilesystemDescriptor) -> Vm {
    let making = Making {
        spec: RootSpec::Layers(root),
        ..Making::default()
    };
    making.made().await.unwrap()
}

pub(crate) fn descriptor() -> RootFilesystemDescriptor {
    RootFilesystemDescriptor {
        mode: RootFilesystemMode::Ephemeral,
        disable_default_base_layer: false,
        lowers: Vec::new(),
        bootstrap_entries: Vec::new(),
    }
}

pub(crate) fn lower(entries: Vec<Entry>) -> RootFilesystemLowerDescriptor {
    let lower = SnapshotRootFilesystemLower { entries };
    RootFilesystemLowerDescriptor::SnapshotRootFilesystemLower(lower)
}

fn entry(path: &str, kind: Kind) -> Entry {
    Entry {
        path: path.to_owned(),
        kind,
        mode: None,
        uid: None,
        gid: None,
        content: None,
        encoding: None,
        target: None,
        executable: false,
    }
}

pub(crate) fn folder(path: &str) -> Entry {
    entry(path, Kind::Directory)
}

pub(crate) fn file(path: &str, content: &str) -> Entry {
    Entry {
        content: Some(content.to_owned()),
        encoding: Some(Encoding::Utf8),
        ..entry(path, Kind::File)
    }
}

pub(crate) fn link(path: &str, target: &str) -> Entry {
    Entry {
        target: Some(target.to_owned()),
        ..entry(path, Kind::Symlink)
    }
}

pub(crate) fn mount(place: &str, plugin: MountPluginDescriptor) -> MountDescriptor {
    MountDescriptor {
        guest_path: place.to_owned(),
        read_only: false,
        plugin,
    }
}

pub(crate) fn plugin(id: &str, config: &str) -> MountPluginDescriptor {
    MountPluginDescriptor {
        id: id.to_owned(),
        config: config.to_owned(),
    }
}

pub(crate) fn host_dir(path: &Path) -> MountPluginDescriptor {
    let config = format!(r#"{{"hostPath":{:?}}}"#, path.to_str().unwrap());
    plugin("host_dir", &config)
}

/// These folders of the machine as those that the operator named.
pub(crate) fn host_root(folders: &[&Path]) -> HostRoot {
    let open = |folder: &&Path| {
        let authority = cap_std::ambient_authority();
        let dir = cap_std::fs::Dir::open_ambient_dir(folder, authority).unwrap();
        (PathBuf::from(folder), dir)
    };
    HostRoot::new(folders.iter().map(open))
}

pub(crate) fn request(operation: Op, path: &str) -> Request {
    Request::new(operation, path)
}

pub(crate) type Said<T> = Result<T, Rejection>;

impl Vm {
    pub(crate) async fn ask(&self, request: Request) -> Said<Response> {
        self.files.call(self.principal.gate(), request).await
    }

    pub(crate) async fn on(&self, operation: Op, path: &str) -> Said<Response> {
        self.ask(request(operation, path)).await
    }

    pub(crate) async fn write(&self, path: &str, content: &str) -> Said<Response> {
        self.ask(Request {
            content: Some(content.to_owned()),
            ..request(Op::WriteFile, path)
        })
        .await
    }

    pub(crate) async fn read(&self, path: &str) -> Said<String> {
        let read = self.on(Op::ReadFile, path).await?;
        Ok(read.content.unwrap())
    }

    pub(crate) async fn names(&self, path: &str) -> Said<Vec<String>> {
        Ok(self.on(Op::ReadDir, path).await?.entries.unwrap())
    }

    pub(crate) async fn exists(&self, path: &str) -> bool {
        let told = self.on(Op::Exists, path).await.unwrap();
        told.exists.unwrap()
    }

    pub(crate) async fn stat(&self, path: &str) -> Said<GuestFilesystemStat> {
        Ok(self.on(Op::Stat, path).await?.stat.unwrap())
    }

    pub(crate) async fn lstat(&self, path: &str) -> Said<GuestFilesystemStat> {
        Ok(self.on(Op::Lstat, path).await?.stat.unwrap())
    }

    pub(crate) async fn to(&self, operation: Op, path: &str, to: &str) -> Said<Response> {
        self.ask(Request {
            destination_path: Some(to.to_owned()),
            ..request(operation, path)
        })
        .await
    }

    pub(crate) async fn symlink(&self, path: &str, target: &str) -> Said<Response> {
        self.ask(Request {
            target: Some(target.to_owned()),
            ..request(Op::Symlink, path)
        })
        .await
    }

    pub(crate) fn mounted(&self, mounts: Vec<MountDescriptor>) -> Said<u32> {
        let applied = self.files.configure_mounts(mounts, None)?;
        Ok(applied.mounts)
    }
}

/// Holds a refusal by an errno: the code, and how the message begins.
#[track_caller]
pub(crate) fn refused<T: std::fmt::Debug>(said: Said<T>, errno: &str) {
    let rejection = said.unwrap_err();
    let code = rejection.code;
    assert_eq!(code, RefusalCode::KernelError, "{rejection}");
    begins(&rejection, errno);
}

/// Holds a refusal by what serves a mount.
#[track_caller]
pub(crate) fn unserved<T: std::fmt::Debug>(said: Said<T>, errno: &str) {
    let rejection = said.unwrap_err();
    let code = rejection.code;
    assert_eq!(code, RefusalCode::PluginError, "{rejection}");
    begins(&rejection, errno);
}

/// Holds a refusal of the request itself.
#[track_caller]
pub(crate) fn invalid<T: std::fmt::Debug>(said: Said<T>, part: &str) {
    let rejection = said.unwrap_err();
    let code = rejection.code;
    assert_eq!(code, RefusalCode::InvalidState, "{rejection}");
    assert!(rejection.message.contains(part), "{rejection}");
}

#[track_caller]
fn begins(rejection: &Rejection, errno: &str) {
    let found = rejection.message.split_once(": ").map(|(word, _)| word);
    assert_eq!(found, Some(errno), "{rejection}");
}
