//! What a sidecar asks of others: the folder that keeps the files of VMs, and components that are bridges.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tollgate::{Host, RunOptions};
use tollgate_policy::Policy;
use tollgate_sidecar::{Bridges, ComponentBridge, DiskPersistence, Keys, Persistence};
use tollgate_vfs::Mount;

use crate::args::SidecarArgs;
use crate::exit::Failure;
use crate::host::folders::{self, Bases, Own};
use crate::host::{files, identity, serve};

/// What a component gets without a policy.
const NOTHING: &str = "version = 1\n";

/// Where bridges are, and what must not be theirs.
pub(crate) struct Ground<'a> {
    /// Folders that clients may have mounted.
    pub(crate) roots: &'a [PathBuf],
    /// The command's own folders.
    pub(crate) own: Vec<Own>,
    /// The folder of the ceiling.
    pub(crate) ceiling: PathBuf,
}

/// The bridges of a sidecar, and those of them that are components.
pub(crate) async fn bridges(
    args: &SidecarArgs,
    host: &Host,
    token: Option<&str>,
    ground: Ground<'_>,
) -> Result<(Bridges, Vec<ComponentBridge>), Failure> {
    let components = components(args, host, &ground).await?;
    let mut bridges = Bridges::default();
    let mut keeping = Vec::new();
    if let Some(folder) = &args.state {
        let store = DiskPersistence::open(serve::state(folder, ground.roots)?);
        let store = store.map_err(|error| {
            Failure::Host(format!("`{}` cannot be used: {error}", folder.display()))
        })?;
        keeping.push(Arc::new(store) as Arc<_>);
    }
    for component in &components {
        keeping.extend(component.persistence());
        if let Some(permissions) = component.permissions()
            && bridges.permissions.replace(permissions).is_some()
        {
            return Err(Failure::Usage(
                "two components of --bridge decide about permissions".to_owned(),
            ));
        }
    }
    if keeping.len() > 1 {
        return Err(Failure::Usage(
            "of --state and the components of --bridge only one can keep the files of VMs"
                .to_owned(),
        ));
    }
    bridges.persistence = keeping.pop().map(|bridge| Persistence {
        bridge,
        keys: keys(args, token),
    });
    Ok((bridges, components))
}

/// What the files of VMs are called. At a socket they belong to who may connect there: this user and, where there is a token,
/// whoever has it. Of the token only a digest is written down.
fn keys(args: &SidecarArgs, token: Option<&str>) -> Keys {
    if args.listen.is_none() {
        return Keys::PerVm;
    }
    let whose = format!("tollgate sidecar token\0{}", token.unwrap_or_default());
    let whose = tollgate::vfs::Digest::of(whose.as_bytes());
    Keys::PerName {
        owner: format!("uid-{}/{whose}", identity::user()),
    }
}

async fn components(
    args: &SidecarArgs,
    host: &Host,
    ground: &Ground<'_>,
) -> Result<Vec<ComponentBridge>, Failure> {
    let mut components = Vec::new();
    for file in &args.bridge {
        let wrong = |error: &dyn std::fmt::Display| {
            Failure::Usage(format!("--bridge {}: {error}", file.display()))
        };
        let options = options(args.bridge_policy.as_deref(), host, ground)?;
        let name = file.file_name().unwrap_or(file.as_os_str());
        let options = options.name(name.to_string_lossy());
        let component = host.load(files::component(file)?).await;
        let component = component.map_err(|error| wrong(&error))?;
        let bridge = ComponentBridge::new(component, options);
        components.push(bridge.map_err(|error| wrong(&error))?);
    }
    Ok(components)
}

/// What a component may do and take.
fn options(file: Option<&Path>, host: &Host, ground: &Ground<'_>) -> Result<RunOptions, Failure> {
    let policy = match file {
        None => Policy::from_toml("no policy", NOTHING)?,
        Some(file) => Policy::from_toml(&file.display().to_string(), &files::policy(file)?)?,
    };
    let grants = host
        .grants(policy)
        .map_err(|error| Failure::Usage(format!("--bridge-policy: {error}")))?;
    let bases = Bases {
        policy: file
            .and_then(Path::parent)
            .map(Path::to_path_buf)
            .unwrap_or_default(),
        ceiling: ground.ceiling.clone(),
    };
    let mut options = RunOptions::new(&grants);
    for mount in grants.policy().mounts() {
        let folder = folders::open(mount, grants.policy(), &bases)?;
        folders::check_own(mount, &folder, &ground.own, &bases)?;
        let place = folders::place(&mount.host, mount.relative_to, &bases.policy);
        serve::apart(
            &files::real(&place)?,
            ground.roots,
            "a folder of --bridge-policy",
        )?;
        let mounted = Mount::host(folder.dir, folder.read_only)?;
        options = options.mount(&mount.guest_path, mounted);
    }
    Ok(options)
}
