//! Operations on a path beneath a descriptor: resolve it, decide on where it leads, act on that handle.

use std::sync::Arc;

use tollgate_engine::{Outcome as _, Rate, Traffic};
use tollgate_policy::{FsVerb, Operation, Permit, RuleId};
use tollgate_vfs::{Follow, FsError, Target};
use tollgate_world::wasi::filesystem::types::{
    Descriptor as Marker, DescriptorStat, MetadataHashValue, NewTimestamp, PathFlags,
};
use tollgate_world::{Failure, FilesystemFailure};
use wasmtime::component::Resource;

use super::convert;
use super::pass::{Ask, pass, pass_all, resolve};
use crate::outcome::Fs;
use crate::view::View;

type FsResult<T> = Result<T, FilesystemFailure>;

/// A path beneath a descriptor.
type At<'a> = (&'a Resource<Marker>, &'a str);

impl View<'_> {
    /// One operation that takes one permit.
    async fn at<T>(
        &mut self,
        (import, verb): (&'static str, FsVerb),
        (handle, path): At<'_>,
        follow: Follow,
        act: impl FnOnce(Target, Permit, &mut Traffic) -> Result<T, FsError>,
    ) -> FsResult<T> {
        let dir = self.dir(handle)?;
        let target = resolve(self.gate, &dir, (import, verb), path, follow).await?;
        let asked = target.path().to_owned();
        let ask = Ask {
            import,
            verb,
            path: &asked,
            read_only: target.read_only(),
            rate: Rate::High,
        };
        pass(self.gate, ask, |permit, traffic| {
            act(target, permit, traffic)
        })
        .await
    }

    pub(super) async fn create_directory(
        &mut self,
        handle: &Resource<Marker>,
        path: &str,
    ) -> FsResult<()> {
        let call = (
            "wasi:filesystem/types#[method]descriptor.create-directory-at",
            FsVerb::CreateDir,
        );
        self.at(call, (handle, path), Follow::No, |target, permit, _| {
            target.create_dir(permit)
        })
        .await
    }

    pub(super) async fn stat_path(
        &mut self,
        handle: &Resource<Marker>,
        flags: PathFlags,
        path: &str,
    ) -> FsResult<DescriptorStat> {
        let call = (
            "wasi:filesystem/types#[method]descriptor.stat-at",
            FsVerb::Stat,
        );
        self.at(
            call,
            (handle, path),
            convert::follow(flags),
            |target, permit, _| target.stat(permit).map(|found| convert::stat(&found)),
        )
        .await
    }

    pub(super) async fn hash_path(
        &mut self,
        handle: &Resource<Marker>,
        flags: PathFlags,
        path: &str,
    ) -> FsResult<MetadataHashValue> {
        let call = (
            "wasi:filesystem/types#[method]descriptor.metadata-hash-at",
            FsVerb::Stat,
        );
        self.at(
            call,
            (handle, path),
            convert::follow(flags),
            |target, permit, _| {
                let hash = target.metadata_hash(permit)?;
                Ok(MetadataHashValue {
                    lower: hash.lower,
                    upper: hash.upper,
                })
            },
        )
        .await
    }

    pub(super) async fn set_times_of_path(
        &mut self,
        handle: &Resource<Marker>,
        flags: PathFlags,
        path: &str,
        (accessed, modified): (&NewTimestamp, &NewTimestamp),
    ) -> FsResult<()> {
        let call = (
            "wasi:filesystem/types#[method]descriptor.set-times-at",
            FsVerb::Write,
        );
        self.at(
            call,
            (handle, path),
            convert::follow(flags),
            |target, permit, _| target.set_times(convert::times(accessed, modified)?, permit),
        )
        .await
    }

    pub(super) async fn read_link(
        &mut self,
        handle: &Resource<Marker>,
        path: &str,
    ) -> FsResult<String> {
        let call = (
            "wasi:filesystem/types#[method]descriptor.readlink-at",
            FsVerb::Read,
        );
        self.at(
            call,
            (handle, path),
            Follow::No,
            |target, permit, traffic| {
                let link = target.readlink(permit)?;
                traffic.bytes_in = link.len() as u64;
                Ok(link)
            },
        )
        .await
    }

    pub(super) async fn remove_directory(
        &mut self,
        handle: &Resource<Marker>,
        path: &str,
    ) -> FsResult<()> {
        let call = (
            "wasi:filesystem/types#[method]descriptor.remove-directory-at",
            FsVerb::Rm,
        );
        self.at(call, (handle, path), Follow::No, |target, permit, _| {
            target.remove_dir(permit)
        })
        .await
    }

    pub(super) async fn unlink(&mut self, handle: &Resource<Marker>, path: &str) -> FsResult<()> {
        let call = (
            "wasi:filesystem/types#[method]descriptor.unlink-file-at",
            FsVerb::Rm,
        );
        self.at(call, (handle, path), Follow::No, |target, permit, _| {
            target.unlink(permit)
        })
        .await
    }

    pub(super) async fn symlink(
        &mut self,
        handle: &Resource<Marker>,
        link: &str,
        path: &str,
    ) -> FsResult<()> {
        let call = (
            "wasi:filesystem/types#[method]descriptor.symlink-at",
            FsVerb::Symlink,
        );
        self.at(call, (handle, path), Follow::No, |target, permit, _| {
            target.symlink(link, permit)
        })
        .await
    }

    /// A folder takes along what lies in it. Where some rule tells parts of it apart, under the old name or the new one,
    /// moving it whole would carry those parts past the rule, so that rule refuses it.
    pub(super) async fn rename(&mut self, from: At<'_>, to: At<'_>) -> FsResult<()> {
        let (import, verb) = (
            "wasi:filesystem/types#[method]descriptor.rename-at",
            FsVerb::Rename,
        );
        let policy = Arc::clone(self.gate.shared_policy());
        let mut kept: Option<(String, RuleId)> = None;
        let act = |source: Target, destination: Target, permit, to_permit| {
            let rule = policy
                .tells_apart(source.path())
                .or_else(|| policy.tells_apart(destination.path()));
            let Some(rule) = rule else {
                return source.rename(destination, permit, to_permit);
            };
            let path = source.path().to_owned();
            let result = source.rename_unless_directory(destination, permit, to_permit);
            if result == Err(FsError::Access) {
                kept = Some((path, rule.clone()));
            }
            result
        };
        let result = self
            .two_names((import, verb), from, Follow::No, to, act)
            .await;
        if let Some((path, rule)) = kept {
            let operation = Operation::Fs { verb, path: &path };
            let outcome = Fs(FsError::Access).case();
            self.gate
                .refuse(import, &operation, rule.as_str(), outcome)
                .await
                .map_err(Failure::trap)?;
        }
        result
    }

    pub(super) async fn link(
        &mut self,
        from: At<'_>,
        flags: PathFlags,
        to: At<'_>,
    ) -> FsResult<()> {
        let call = (
            "wasi:filesystem/types#[method]descriptor.link-at",
            FsVerb::Write,
        );
        if flags.contains(PathFlags::SYMLINK_FOLLOW) {
            // As wasmtime: a link to what a link leads to is refused, so that no name appears for a file that the
            // guest reached only by following.
            return Err(Fs(FsError::Invalid).into());
        }
        self.two_names(call, from, Follow::No, to, Target::link)
            .await
    }

    /// An operation that gives something another name: it takes a permit at each end, and one to read what gets the
    /// new name, because under it other rules may hold than under the old one.
    async fn two_names(
        &mut self,
        (import, verb): (&'static str, FsVerb),
        from: At<'_>,
        follow: Follow,
        to: At<'_>,
        act: impl FnOnce(Target, Target, Permit, Permit) -> Result<(), FsError>,
    ) -> FsResult<()> {
        let (from_dir, to_dir) = (self.dir(from.0)?, self.dir(to.0)?);
        let source = resolve(self.gate, &from_dir, (import, verb), from.1, follow).await?;
        let destination = resolve(self.gate, &to_dir, (import, verb), to.1, Follow::No).await?;
        let (old, new) = (source.path().to_owned(), destination.path().to_owned());
        let ask = |verb, path, target: &Target| Ask {
            import,
            verb,
            path,
            read_only: target.read_only(),
            rate: Rate::Single,
        };
        let asks = [
            ask(FsVerb::Read, old.as_str(), &source),
            ask(verb, old.as_str(), &source),
            ask(verb, new.as_str(), &destination),
        ];
        pass_all(self.gate, &asks, |permits| {
            match <[Permit; 3]>::try_from(permits) {
                Ok([_read, first, second]) => act(source, destination, first, second),
                Err(_) => Err(FsError::Access),
            }
        })
        .await
    }
}
