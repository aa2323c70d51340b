//! From mounts as they were stated to mounts with a place, and the rules that let a guest use them.

use super::error::BuildError;
use crate::mount::{Mount, MountRequest};
use crate::path;
use crate::policy::Role;
use crate::rule::{Matcher, MountTree, Rule};
use crate::scope::Mode;
use crate::verb::{FsVerb, VerbSet};

/// The mounts of all requests, and the rules of the filesystem that let a guest use them, both in
/// the order of the requests.
///
/// # Errors
///
/// When two mounts of a run share a place. A ceiling's entries say where mounts may stand, not where
/// they do, so theirs may.
pub(super) fn place_all(
    role: Role,
    requests: Vec<MountRequest>,
) -> Result<(Vec<Mount>, Vec<Rule>), BuildError> {
    let mut mounts: Vec<Mount> = Vec::with_capacity(requests.len());
    let mut rules = Vec::with_capacity(requests.len());
    for request in requests {
        let (mount, rule) = place(role, request);
        let taken = mounts
            .iter()
            .find(|known| known.guest_path == mount.guest_path);
        if role == Role::Run
            && let Some(taken) = taken
        {
            return Err(BuildError::SamePlace {
                guest_path: mount.guest_path,
                first: taken.origin.clone(),
                second: mount.origin,
            });
        }
        mounts.push(mount);
        rules.push(rule);
    }
    if role == Role::Run {
        cut_inner_mounts(&mut rules, &mounts);
    }
    Ok((mounts, rules))
}

/// The mount of a request, and its rule.
fn place(role: Role, request: MountRequest) -> (Mount, Rule) {
    let MountRequest {
        host,
        relative_to,
        guest,
        read_only,
        statement,
    } = request;
    let (guest_name, guest_path) = guest.unwrap_or_else(|| default_place(role, &host));
    let verbs = if read_only {
        VerbSet::of(&FsVerb::READING)
    } else {
        VerbSet::of(FsVerb::ALL).without(FsVerb::MountSensitive.into())
    };
    let tree = MountTree {
        root: guest_path.as_str().into(),
        inner: Vec::new(),
    };
    let mount = Mount {
        host,
        relative_to,
        guest_name,
        guest_path,
        read_only,
        rule: statement.id.clone(),
        origin: statement.origin.clone(),
    };
    let matchers = vec![Matcher::Mount(tree)];
    (
        mount,
        Rule {
            mode: Mode::Allow,
            verbs,
            matchers,
            statement,
        },
    )
}

/// Where a mount stands that names no place: under its own name. A ceiling leaves the place to the
/// run.
fn default_place(role: Role, host: &str) -> (String, String) {
    match (role, path::canonical(host)) {
        (Role::Run, Ok(place)) => (host.to_owned(), place),
        (Role::Run, Err(_)) | (Role::Ceiling, _) => ("/".to_owned(), "/".to_owned()),
    }
}

/// Takes each mount's tree out of the trees around it. Not for a ceiling, whose entries overlap.
fn cut_inner_mounts(rules: &mut [Rule], mounts: &[Mount]) {
    for matcher in rules.iter_mut().flat_map(|rule| &mut rule.matchers) {
        let Matcher::Mount(tree) = matcher else {
            continue;
        };
        let inside = |mount: &&Mount| {
            *mount.guest_path != *tree.root && path::is_within(&mount.guest_path, &tree.root)
        };
        tree.inner = mounts
            .iter()
            .filter(inside)
            .map(|mount| mount.guest_path.as_str().into())
            .collect();
    }
}
