//! From mounts as they were stated to mounts with a place, and the rules that let a guest use them.

use super::{BuildError, PolicyBuilder};
use crate::mount::{Mount, MountRequest};
use crate::path;
use crate::policy::Role;
use crate::rule::{Matcher, MountTree, Rule};
use crate::scope::{Mode, Scope};
use crate::verb::{FsVerb, VerbSet};

impl PolicyBuilder {
    /// Turns mount requests into mounts and into the rules that let a guest use them.
    pub(super) fn finish_mounts(&mut self) -> Result<Vec<Mount>, BuildError> {
        let requests = std::mem::take(&mut self.mounts);
        let mut mounts: Vec<Mount> = Vec::with_capacity(requests.len());
        for request in requests {
            let (mount, rule) = self.place(request);
            let taken = mounts
                .iter()
                .find(|known| known.guest_path == mount.guest_path);
            if self.role == Role::Run
                && let Some(taken) = taken
            {
                return Err(BuildError::SamePlace {
                    guest_path: mount.guest_path,
                    first: taken.origin.clone(),
                    second: mount.origin,
                });
            }
            mounts.push(mount);
            self.rules.push((Scope::Fs, rule));
        }
        self.cut_inner_mounts(&mounts);
        Ok(mounts)
    }

    /// The mount of a request, and its rule.
    fn place(&self, request: MountRequest) -> (Mount, Rule) {
        let MountRequest {
            host,
            relative_to,
            guest,
            read_only,
            statement,
        } = request;
        let (guest_name, guest_path) = guest.unwrap_or_else(|| self.default_place(&host));
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

    /// Where a mount stands that names no place: under its own name. A ceiling leaves the place to
    /// the run.
    fn default_place(&self, host: &str) -> (String, String) {
        match (self.role, path::canonical(host)) {
            (Role::Run, Ok(place)) => (host.to_owned(), place),
            (Role::Run, Err(_)) | (Role::Ceiling, _) => ("/".to_owned(), "/".to_owned()),
        }
    }

    /// Takes each mount's tree out of the trees around it. A ceiling's entries say where mounts may
    /// stand, not where they do, so theirs overlap.
    fn cut_inner_mounts(&mut self, mounts: &[Mount]) {
        if self.role == Role::Ceiling {
            return;
        }
        for (_, rule) in &mut self.rules {
            for matcher in &mut rule.matchers {
                let Matcher::Mount(tree) = matcher else {
                    continue;
                };
                let inside = |mount: &&Mount| {
                    *mount.guest_path != *tree.root
                        && path::is_within(&mount.guest_path, &tree.root)
                };
                tree.inner = mounts
                    .iter()
                    .filter(inside)
                    .map(|mount| mount.guest_path.as_str().into())
                    .collect();
            }
        }
    }
}
