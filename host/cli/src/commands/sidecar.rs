//! `tollgate sidecar`: serves the sidecar protocol.

use std::path::Path;

use tollgate::Host;
use tollgate_policy::{AuditSettings, Effective, Policy, PolicyBuilder};
use tollgate_protocol::FrameLimits;
use tollgate_sidecar::fs::HostRoot;
use tollgate_sidecar::{
    Bridges, DiskPersistence, Keys, Options, Persistence, PythonRunner, Sidecar,
};

use super::{log, program};
use crate::args::SidecarArgs;
use crate::exit::Failure;
use crate::host::folders::Bases;
use crate::host::signals::Signals;
use crate::host::{environment, files, identity, serve};
use crate::terminal::table;

pub(crate) fn sidecar(args: &SidecarArgs, ceiling: Option<&Path>) -> Result<u8, Failure> {
    let limits = frames(args)?;
    let auth_token = args
        .auth_token_file
        .as_deref()
        .map(files::token)
        .transpose()?;
    let roots = args.host_root.iter().map(|folder| serve::root(folder));
    let roots = roots.collect::<Result<Vec<_>, _>>()?;
    let persistence = persistence(args, &roots, auth_token.as_deref())?;
    let host_root = HostRoot::new(roots);
    let (host, log) = host(args, ceiling)?;
    let options = Options {
        auth_token,
        frames: limits,
        host_root,
        python: Some(PythonRunner::new(python)),
        bridges: Bridges { persistence },
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::Host(format!("the runtime cannot start: {error}")))?;
    let sidecar = Sidecar::new(host, options);
    let served = runtime.block_on(async {
        let mut signals = Signals::install()?;
        let serving = async {
            match &args.listen {
                Some(address) => serve::socket(&sidecar, address, complain).await,
                None => serve::stdio(&sidecar).await,
            }
        };
        tokio::select! {
            served = serving => {
                // Of VMs that were about to end when the last client left.
                sidecar.end().await;
                served
            }
            asked = signals.end() => {
                // Whoever asks a server to end is not told that something went wrong.
                sidecar.end().await;
                match asked {
                    Failure::Terminated if args.listen.is_some() => Ok(()),
                    other => Err(other),
                }
            }
        }
    });
    drop(sidecar);
    runtime.shutdown_background();
    let closed = log.close();
    served?;
    closed?;
    Ok(0)
}

/// What keeps the files of VMs, where the operator named a folder for it. At a socket they belong to who may connect there: this
/// user and, where there is a token, whoever has it. Of the token only a digest is written down.
fn persistence(
    args: &SidecarArgs,
    roots: &[(std::path::PathBuf, cap_std::fs::Dir)],
    token: Option<&str>,
) -> Result<Option<Persistence>, Failure> {
    let Some(folder) = &args.state else {
        return Ok(None);
    };
    let roots: Vec<_> = roots.iter().map(|(path, _)| path.clone()).collect();
    let store = DiskPersistence::open(serve::state(folder, &roots)?).map_err(|error| {
        Failure::Host(format!("`{}` cannot be used: {error}", folder.display()))
    })?;
    let keys = match (&args.listen, token) {
        (None, _) => Keys::PerVm,
        (Some(_), token) => {
            let user = identity::user();
            let whose = format!("tollgate sidecar token\0{}", token.unwrap_or_default());
            let whose = tollgate::vfs::Digest::of(whose.as_bytes());
            Keys::PerName {
                owner: format!("uid-{user}/{whose}"),
            }
        }
    };
    Ok(Some(Persistence {
        bridge: std::sync::Arc::new(store),
        keys,
    }))
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

/// The host that the VMs live in: under the operator's ceiling, with a log of its own.
fn host(
    args: &SidecarArgs,
    ceiling: Option<&Path>,
) -> Result<(Host, tollgate_audit::Log), Failure> {
    let bases = Bases {
        policy: std::path::PathBuf::new(),
        ceiling: ceiling
            .and_then(Path::parent)
            .map(Path::to_path_buf)
            .unwrap_or_default(),
    };
    let ceiling = ceiling
        .map(|file| {
            let text = files::policy(file)?;
            let policy = Policy::ceiling_from_toml(&file.display().to_string(), &text)?;
            Ok::<_, Failure>(policy.command_line_defaults())
        })
        .transpose()?;
    let mut own = PolicyBuilder::new();
    if let Some(file) = &args.audit {
        own.audit_file(file)?;
    }
    let own = Effective::new(own.build()?, ceiling.clone())?;
    let audit: AuditSettings = own.audit();
    let place = log::Place::new(&audit, args.audit_key.as_deref(), &bases)?;
    let log = place.open()?;
    let mut builder = Host::builder().log(log.clone()).end_without_flush();
    if let Some(ceiling) = ceiling {
        let trust = files::authorities(&own, &bases)?;
        builder = builder
            .ceiling(ceiling)
            .trust(tollgate_capability::http::Trust::new(trust));
    }
    if let Some(cache) = environment::cache() {
        builder = builder.cache(cache);
    }
    let host = builder
        .build()
        .map_err(|error| Failure::Host(error.to_string()))?;
    Ok((host, log))
}

/// Reads what runs programs in Python.
fn python() -> Result<Vec<u8>, String> {
    let runner = program::python_runner().map_err(|failure| failure.to_string())?;
    match runner.read() {
        Ok(Some(bytes)) => Ok(bytes),
        Ok(None) => Err(Failure::NoRunner.to_string()),
        Err(error) => Err(Failure::Runner(error).to_string()),
    }
}
