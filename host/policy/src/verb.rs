//! The operation words of each scope, and sets of them.

use serde::Serialize;

use crate::scope::Scope;
use crate::words::{UnknownWord, verbs};

verbs! {
    /// What a guest does to a path.
    pub enum FsVerb of "fs" {
        /// Content, link targets and real paths.
        Read = "read",
        /// Content, length, times, modes, owners, and both ends of a hard link.
        Write = "write",
        /// A new folder.
        CreateDir = "create_dir",
        /// Names in a folder.
        Readdir = "readdir",
        /// Metadata and existence.
        Stat = "stat",
        /// Removing a file or a folder.
        Rm = "rm",
        /// Both ends of a rename.
        Rename = "rename",
        /// A new symbolic link, at the link's own path.
        Symlink = "symlink",
        /// Mounting over a place that the system owns. No flag grants it.
        MountSensitive = "mount_sensitive",
    }
}

impl FsVerb {
    /// What `read` means in files and flags: whatever reveals and changes nothing.
    pub(crate) const READING: [Self; 3] = [Self::Read, Self::Readdir, Self::Stat];

    /// What `write` means in files and flags: whatever changes the tree.
    pub(crate) const WRITING: [Self; 5] = [
        Self::Write,
        Self::CreateDir,
        Self::Rm,
        Self::Rename,
        Self::Symlink,
    ];
}

verbs! {
    /// What a guest does on the network.
    pub enum NetworkVerb of "network" {
        /// Opening a connection, or fixing the peer of a datagram socket.
        Connect = "connect",
        /// Sending a datagram to a peer.
        Send = "send",
        /// Asking a resolver for the addresses of a name.
        Resolve = "resolve",
        /// Taking a local address.
        Bind = "bind",
        /// Accepting connections, or receiving datagrams from anybody.
        Listen = "listen",
        /// Looking at the sockets of the VM.
        Inspect = "inspect",
        /// Answering requests at a port of the VM's own, which nobody outside the sidecar reaches.
        Serve = "serve",
    }
}

impl NetworkVerb {
    /// What `--allow-net` grants.
    pub(crate) const OUTGOING: [Self; 3] = [Self::Connect, Self::Send, Self::Resolve];

    /// What `--allow-listen` grants.
    pub(crate) const INCOMING: [Self; 2] = [Self::Bind, Self::Listen];

    /// The word of the sidecar protocol that covers this verb.
    #[must_use]
    pub const fn protocol_word(self) -> &'static str {
        match self {
            Self::Connect | Self::Send => "http",
            Self::Resolve => "dns",
            Self::Bind | Self::Listen | Self::Serve => "listen",
            Self::Inspect => "inspect",
        }
    }
}

verbs! {
    /// What a guest does with the HTTP client.
    pub enum HttpVerb of "http" {
        /// Sending a request.
        Request = "request",
    }
}

verbs! {
    /// What a guest does with programs.
    pub enum ChildProcessVerb of "child-process" {
        /// Starting one.
        Spawn = "spawn",
    }
}

verbs! {
    /// What a guest does with the VM's process table.
    pub enum ProcessVerb of "process" {
        /// Reading it.
        Inspect = "inspect",
    }
}

verbs! {
    /// What a guest does with an environment variable.
    pub enum EnvVerb of "env" {
        /// Reading its value.
        Read = "read",
        /// Changing its value for programs that it starts.
        Write = "write",
    }
}

verbs! {
    /// What a guest does with a tool.
    pub enum ToolVerb of "tool" {
        /// Calling it.
        Invoke = "invoke",
    }
}

verbs! {
    /// What a guest does with a standard stream.
    pub enum StdioVerb of "stdio" {
        /// Taking bytes from it.
        Read = "read",
        /// Putting bytes into it.
        Write = "write",
    }
}

verbs! {
    /// What a guest does with a clock.
    pub enum ClockVerb of "clock" {
        /// Reading it, or waiting on it.
        Read = "read",
    }
}

verbs! {
    /// What a guest does with a source of entropy.
    pub enum RandomVerb of "random" {
        /// Drawing bytes.
        Read = "read",
    }
}

verbs! {
    /// What a guest does with a secret.
    pub enum SecretVerb of "secret" {
        /// Learning it.
        Read = "read",
    }
}

verbs! {
    /// What a guest does with the host's control interface.
    pub enum ControlVerb of "control" {
        /// Calling one of its functions; the function is the resource.
        Call = "call",
    }
}

verbs! {
    /// What a guest does with a key-value store.
    pub enum KeyvalueVerb of "keyvalue" {
        /// Reading a key.
        Read = "read",
        /// Writing a key.
        Write = "write",
        /// Removing a key.
        Delete = "delete",
        /// Listing keys.
        List = "list",
    }
}

verbs! {
    /// What a guest does with a blob store.
    pub enum BlobstoreVerb of "blobstore" {
        /// Reading an object.
        Read = "read",
        /// Writing an object.
        Write = "write",
        /// Removing an object or a container.
        Delete = "delete",
        /// Listing objects.
        List = "list",
    }
}

verbs! {
    /// What a guest does with configuration.
    pub enum ConfigVerb of "config" {
        /// Reading a value.
        Read = "read",
    }
}

verbs! {
    /// What a guest does with the log.
    pub enum LoggingVerb of "logging" {
        /// Writing a message.
        Write = "write",
    }
}

verbs! {
    /// What a guest does with a linked interface.
    pub enum LinkVerb of "link" {
        /// Calling a function of it.
        Call = "call",
    }
}

verbs! {
    /// What a language's runtime does with the program that it runs.
    pub enum ProgramVerb of "program" {
        /// Loading one of its files, to run it.
        Load = "load",
    }
}

impl Scope {
    /// The operation words of this scope.
    #[must_use]
    pub const fn verbs(self) -> &'static [&'static str] {
        match self {
            Self::Fs => FsVerb::WORDS,
            Self::Network => NetworkVerb::WORDS,
            Self::Http => HttpVerb::WORDS,
            Self::ChildProcess => ChildProcessVerb::WORDS,
            Self::Process => ProcessVerb::WORDS,
            Self::Env => EnvVerb::WORDS,
            Self::Tool => ToolVerb::WORDS,
            Self::Stdio => StdioVerb::WORDS,
            Self::Clock => ClockVerb::WORDS,
            Self::Random => RandomVerb::WORDS,
            Self::Secret => SecretVerb::WORDS,
            Self::Control => ControlVerb::WORDS,
            Self::Keyvalue => KeyvalueVerb::WORDS,
            Self::Blobstore => BlobstoreVerb::WORDS,
            Self::Config => ConfigVerb::WORDS,
            Self::Logging => LoggingVerb::WORDS,
            Self::Link => LinkVerb::WORDS,
            Self::Program => ProgramVerb::WORDS,
        }
    }
}

/// A set of verbs of one scope: bit `n` is the scope's `n`th word. Which scope is known where the
/// set stands; the sets of two scopes never meet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct VerbSet(u16);

impl VerbSet {
    /// No verb.
    pub(crate) const NONE: Self = Self(0);
    /// Every verb of whichever scope, also verbs that a later version adds.
    pub(crate) const ALL: Self = Self(u16::MAX);

    pub(crate) const fn single(bit: u8) -> Self {
        Self(1 << bit)
    }

    pub(crate) const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(crate) const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    pub(crate) const fn intersects(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// The set of `verbs`.
    pub(crate) fn of<V: Into<Self> + Copy>(verbs: &[V]) -> Self {
        verbs
            .iter()
            .fold(Self::NONE, |set, verb| set.with((*verb).into()))
    }

    /// The one verb of `scope` that is spelled `word`, or every verb for `*`.
    pub(crate) fn from_word(scope: Scope, word: &str) -> Result<Self, UnknownWord> {
        if word == "*" {
            return Ok(Self::ALL);
        }
        (0u8..)
            .zip(scope.verbs())
            .find(|(_, known)| **known == word)
            .map(|(bit, _)| Self::single(bit))
            .ok_or_else(|| UnknownWord::new("operation word", word, scope.verbs().iter().copied()))
    }

    /// The words of this set in `scope`; `["*"]` when it holds them all.
    pub(crate) fn words(self, scope: Scope) -> Verbs {
        if self == Self::ALL {
            return Verbs(vec!["*"]);
        }
        let words = (0u8..)
            .zip(scope.verbs())
            .filter(|(bit, _)| self.intersects(Self::single(*bit)))
            .map(|(_, word)| *word);
        Verbs(words.collect())
    }
}

/// The words of a set of verbs, for people and programs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Verbs(Vec<&'static str>);

impl Verbs {
    /// The words; `["*"]` stands for every verb of the scope.
    #[must_use]
    pub fn as_slice(&self) -> &[&'static str] {
        &self.0
    }
}

impl std::fmt::Display for Verbs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(&self.0.join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_each_scope_fit_a_set_and_name_one_verb_each() {
        for scope in Scope::ALL {
            assert!(scope.verbs().len() <= 16, "{scope}");
            for word in scope.verbs() {
                let set = VerbSet::from_word(*scope, word).unwrap();
                assert_eq!(set.words(*scope).as_slice(), [*word]);
            }
        }
    }

    #[test]
    fn the_bit_of_a_verb_is_its_place_among_the_words() {
        for verb in FsVerb::ALL {
            assert_eq!(
                VerbSet::from(*verb).words(Scope::Fs).as_slice(),
                [verb.as_str()]
            );
        }
        for verb in NetworkVerb::ALL {
            assert_eq!(
                VerbSet::from(*verb).words(Scope::Network).as_slice(),
                [verb.as_str()]
            );
        }
    }

    #[test]
    fn reading_and_writing_leave_out_only_sensitive_mounts() {
        let both = VerbSet::of(&FsVerb::READING).with(VerbSet::of(&FsVerb::WRITING));
        let every = VerbSet::of(FsVerb::ALL);
        assert_eq!(both, every.without(FsVerb::MountSensitive.into()));
    }

    #[test]
    fn names_of_operations_begin_with_their_scope() {
        assert_eq!(FsVerb::CreateDir.operation(), "fs.create_dir");
        assert_eq!(ChildProcessVerb::Spawn.operation(), "child-process.spawn");
    }
}
