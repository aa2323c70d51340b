//! From flags and files to the policy that holds.

use std::path::{Path, PathBuf};

use tollgate_policy::{Effective, Policy, PolicyBuilder, ScopeSet};

use crate::args::Grants;
use crate::exit::Failure;
use crate::host::files;
use crate::host::folders::Bases;

/// The policy of a command, and where its relative host paths begin.
pub(crate) struct Loaded {
    pub(crate) effective: Effective,
    pub(crate) bases: Bases,
}

fn base(file: &Path) -> PathBuf {
    file.parent().map(Path::to_path_buf).unwrap_or_default()
}

fn name(file: &Path) -> String {
    file.display().to_string()
}

/// Reads the files, adds the flags, and holds both against the ceiling.
pub(crate) fn load(
    grants: &Grants,
    ceiling: Option<&Path>,
    audit: Option<&str>,
    permissive: ScopeSet,
    program: bool,
) -> Result<Loaded, Failure> {
    let mut builder = match &grants.policy {
        Some(file) => PolicyBuilder::from_toml(&name(file), &files::policy(file)?)?,
        None => PolicyBuilder::new(),
    };
    add_flags(&mut builder, grants)?;
    if let Some(file) = audit {
        builder.audit_file(file)?;
    }
    builder.command_line_defaults();
    let mut run = builder.build()?;
    if program {
        run = run.with_program();
    }
    let limit = match ceiling {
        Some(file) => Some(
            Policy::ceiling_from_toml(&name(file), &files::policy(file)?)?.command_line_defaults(),
        ),
        None => None,
    };
    let bases = Bases {
        policy: grants.policy.as_deref().map(base).unwrap_or_default(),
        ceiling: ceiling.map(base).unwrap_or_default(),
    };
    Ok(Loaded {
        effective: Effective::new(run, limit)?.with_permissive(permissive),
        bases,
    })
}

type Add = for<'a> fn(
    &'a mut PolicyBuilder,
    &str,
) -> Result<&'a mut PolicyBuilder, tollgate_policy::GrantError>;

fn add_flags(builder: &mut PolicyBuilder, grants: &Grants) -> Result<(), Failure> {
    let flags: [(&[String], Add); 13] = [
        (&grants.dir, PolicyBuilder::dir),
        (&grants.env, PolicyBuilder::env),
        (&grants.allow_net, PolicyBuilder::allow_net),
        (&grants.allow_listen, PolicyBuilder::allow_listen),
        (&grants.allow_control, PolicyBuilder::allow_control),
        (&grants.deny_control, PolicyBuilder::deny_control),
        (&grants.deny_net, PolicyBuilder::deny_net),
        (&grants.deny_listen, PolicyBuilder::deny_listen),
        (&grants.deny_env, PolicyBuilder::deny_env),
        (&grants.deny_read, PolicyBuilder::deny_read),
        (&grants.deny_write, PolicyBuilder::deny_write),
        (&grants.limit, PolicyBuilder::limit),
        (&grants.ca, PolicyBuilder::ca),
    ];
    for (texts, add) in flags {
        for text in texts {
            add(builder, text)?;
        }
    }
    Ok(())
}
