//! `tollgate sidecar`: serves the sidecar protocol.

use std::path::{Path, PathBuf};

use tollgate::Host;
use tollgate::engine::Pool;
use tollgate_policy::{AuditSettings, Effective, Policy, PolicyBuilder};
use tollgate_protocol::FrameLimits;
use tollgate_sidecar::fs::HostRoot;
use tollgate_sidecar::{Options, PythonRunner, Sidecar};

use super::bridges::{self, Ground};
use super::own::own_folders;
use super::{log, program};
use crate::args::SidecarArgs;
use crate::exit::Failure;
use crate::host::folders::{Bases, Own};
use crate::host::signals::Signals;
use crate::host::{environment, files, serve};
use crate::terminal::table;

/// Programs that find a place in the pool, where they start faster. Each takes a system call when the sidecar starts; those
/// beyond them live too.
const POOLED: u32 = 128;

pub(crate) fn sidecar(args: &SidecarArgs, ceiling: Option<&Path>) -> Result<u8, Failure> {
    let limits = frames(args)?;
    let auth_token = args
        .auth_token_file
        .as_deref()
        .map(files::token)
        .transpose()?;
    let roots = args.host_root.iter().map(|folder| serve::root(folder));
    let roots = roots.collect::<Result<Vec<_>, _>>()?;
    let places: Vec<_> = roots.iter().map(|(path, _)| path.clone()).collect();
    let Hosting { host, log, own } = host(args, ceiling)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::Host(format!("the runtime cannot start: {error}")))?;
    let ground = Ground {
        roots: &places,
        own,
        ceiling: folder_of(ceiling),
    };
    let asked = bridges::bridges(args, &host, auth_token.as_deref(), ground);
    let (bridges, components) = runtime.block_on(asked)?;
    let options = Options {
        auth_token,
        frames: limits,
        host_root: HostRoot::new(roots),
        python: Some(PythonRunner::new(program::found_python_runner)),
        bridges,
    };
    let sidecar = Sidecar::new(host, options);
    let served = runtime.block_on(async {
        let mut signals = Signals::install()?;
        let serving = async {
            match &args.listen {
                Some(address) => serve::socket(&sidecar, address, complain).await,
                None => serve::stdio(&sidecar).await,
            }
        };
        let served = tokio::select! {
            served = serving => served,
            // Whoever asks a server to end is not told that something went wrong.
            asked = signals.end() => match asked {
                Failure::Terminated if args.listen.is_some() => Ok(()),
                other => Err(other),
            },
        };
        // Also of VMs that were about to end when the last client left.
        sidecar.end().await;
        for component in &components {
            component.close().await;
        }
        served
    });
    drop(sidecar);
    runtime.shutdown_background();
    let closed = log.close();
    served?;
    closed?;
    Ok(0)
}

fn complain(what: &str) {
    table::warn(what);
}

fn frames(args: &SidecarArgs) -> Result<FrameLimits, Failure> {
    match args.max_frame_bytes {
        None => Ok(FrameLimits::default()),
        Some(bytes) if bytes >= 4_096 => Ok(FrameLimits::of(bytes)),
        Some(_) => Err(Failure::Usage(
            "--max-frame-bytes is at least 4096: less fits no answer".to_owned(),
        )),
    }
}

/// A host, its log, and folders of the command's own.
struct Hosting {
    host: Host,
    log: tollgate_audit::Log,
    own: Vec<Own>,
}

fn folder_of(file: Option<&Path>) -> PathBuf {
    let folder = file.and_then(Path::parent);
    folder.map(Path::to_path_buf).unwrap_or_default()
}

/// The host that the VMs live in: under the operator's ceiling, with a log of its own.
fn host(args: &SidecarArgs, ceiling: Option<&Path>) -> Result<Hosting, Failure> {
    let bases = Bases {
        policy: PathBuf::new(),
        ceiling: folder_of(ceiling),
    };
    let ceiling = ceiling
        .map(|file| {
            let text = files::policy(file)?;
            let policy = Policy::ceiling_from_toml(&file.display().to_string(), &text)?;
            Ok::<_, Failure>(policy.command_line_defaults())
        })
        .transpose()?;
    let mut own = PolicyBuilder::new();
    if let Some(file) = &args.log.audit {
        own.audit_file(file)?;
    }
    let stated = Effective::new(own.build()?, ceiling.clone())?;
    let audit: AuditSettings = stated.audit();
    let place = log::Place::new(&audit, args.log.audit_key.as_deref(), &bases)?;
    let mut own = own_folders(&place);
    own.extend(args.state.clone().map(|path| Own {
        what: "the files of VMs",
        path,
        secret: true,
        entire: true,
    }));
    let log = place.open()?;
    let mut builder = Host::builder()
        .log(log.clone())
        .end_without_flush()
        .pool_and_beyond(Pool::of(POOLED));
    if let Some(ceiling) = ceiling {
        let trust = files::authorities(&stated, &bases)?;
        builder = builder
            // Its log is open already.
            .ceiling(ceiling.with_open_log())
            .trust(tollgate_capability::http::Trust::new(trust));
    }
    if let Some(cache) = environment::cache() {
        builder = builder.cache(cache);
    }
    let host = builder
        .build()
        .map_err(|error| Failure::Host(error.to_string()))?;
    Ok(Hosting { host, log, own })
}
