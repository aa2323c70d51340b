//! The kinds of host access, and the shape of a ban.

/// A kind of access to what is outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Class {
    /// Files and folders of the host, by path.
    Fs,
    /// Sockets and name resolution.
    Net,
    /// Other processes, signals, and the end of our own.
    Process,
    /// The environment: variables, arguments, the working directory, the
    /// machine's name.
    Env,
    /// The time of day and the time that passed.
    Clock,
    /// Randomness.
    Entropy,
    /// Standard input, output and error.
    Stdio,
    /// A ready-made host side of WASI, which asks no policy.
    Ungated,
    /// What goes round the standard library: foreign functions, raw system
    /// calls, other systems' extensions.
    Raw,
    /// What a reader of the source cannot judge.
    Hidden,
}

impl Class {
    pub(crate) const ALL: [Self; 10] = [
        Self::Fs,
        Self::Net,
        Self::Process,
        Self::Env,
        Self::Clock,
        Self::Entropy,
        Self::Stdio,
        Self::Ungated,
        Self::Raw,
        Self::Hidden,
    ];

    /// The class as `clippy.toml` spells it at the start of a reason.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Fs => "fs",
            Self::Net => "net",
            Self::Process => "process",
            Self::Env => "env",
            Self::Clock => "clock",
            Self::Entropy => "entropy",
            Self::Stdio => "stdio",
            Self::Ungated => "ungated",
            Self::Raw => "raw",
            Self::Hidden => "hidden",
        }
    }

    /// What to do instead.
    pub(crate) fn instead(self) -> &'static str {
        match self {
            Self::Fs => "host files are reached beneath a mount, by tollgate-vfs",
            Self::Net => "sockets and names are reached by tollgate-capability, with a permit",
            Self::Process => "the host starts and signals no process",
            Self::Env => {
                "the environment is read once, by the command line, and passed on as values"
            }
            Self::Clock => {
                "time is a capability: take a clock of tollgate-capability, or an instant from the caller"
            }
            Self::Entropy => {
                "randomness is a capability: take a source of tollgate-capability, or bytes from the caller"
            }
            Self::Stdio => {
                "the host's own streams belong to the command line; a guest's are a capability"
            }
            Self::Ungated => {
                "only tollgate-bridge's host sides are linked, because only they pass the gate"
            }
            Self::Raw => "use a capability; nothing here speaks to the system by itself",
            Self::Hidden => "write the path out, so that a reader can judge it",
        }
    }
}

/// A part of some crate that may not be named outside the sanctioned folders.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ban {
    pub(crate) class: Class,
    /// A crate, module or type.
    pub(crate) path: &'static str,
    pub(crate) scope: Scope,
    /// What clippy is told, relative to `path`.
    pub(crate) clippy: Clippy,
}

/// How much of a path is banned.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Scope {
    /// All of it, but for the names that are listed and touch nothing.
    All { but: &'static [&'static str] },
    /// The names that are listed.
    Only(&'static [&'static str]),
}

/// What of a ban clippy can hold. A module as a whole is none of these, so
/// what it offers is listed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Clippy {
    pub(crate) methods: &'static [&'static str],
    pub(crate) types: &'static [&'static str],
    pub(crate) macros: &'static [&'static str],
}

impl Clippy {
    /// Clippy knows nothing of it: the crate or the feature is not in the
    /// build, and stays out of it by this ban.
    pub(crate) const NONE: Self = Self {
        methods: &[],
        types: &[],
        macros: &[],
    };

    pub(crate) const fn methods(methods: &'static [&'static str]) -> Self {
        Self {
            methods,
            ..Self::NONE
        }
    }

    pub(crate) const fn types(types: &'static [&'static str]) -> Self {
        Self {
            types,
            ..Self::NONE
        }
    }
}

impl Ban {
    /// `path` and everything in it.
    pub(crate) const fn all(class: Class, path: &'static str, clippy: Clippy) -> Self {
        Self {
            class,
            path,
            scope: Scope::All { but: &[] },
            clippy,
        }
    }

    /// Functions or methods of a module or type, and nothing else of it.
    pub(crate) const fn functions(
        class: Class,
        path: &'static str,
        names: &'static [&'static str],
    ) -> Self {
        Self {
            class,
            path,
            scope: Scope::Only(names),
            clippy: Clippy::methods(names),
        }
    }

    /// Types of a module, and nothing else of it.
    pub(crate) const fn types(
        class: Class,
        path: &'static str,
        names: &'static [&'static str],
    ) -> Self {
        Self {
            class,
            path,
            scope: Scope::Only(names),
            clippy: Clippy::types(names),
        }
    }

    /// Whether the absolute name `name` is banned. With `whole`, everything in
    /// `name` is meant, as by `use name::*`.
    pub(crate) fn covers(&self, name: &[String], whole: bool) -> bool {
        let Some(inside) = strip(name, self.path) else {
            return false;
        };
        match (self.scope, inside) {
            // `use std::process;` alone is no use of what is banned in it.
            (Scope::All { but }, []) => but.is_empty() || whole,
            (Scope::All { but }, [first, ..]) => !but.contains(&first.as_str()),
            // A glob may bring in what is listed, but then its use is seen.
            (Scope::Only(_), []) => false,
            (Scope::Only(names), [first, ..]) => names.contains(&first.as_str()),
        }
    }

    /// Whether the ban is about something strictly inside `name`.
    pub(crate) fn lies_in(&self, name: &[String]) -> bool {
        let path: Vec<_> = self.path.split("::").collect();
        let listed = matches!(self.scope, Scope::Only(_) | Scope::All { but: [_, ..] });
        name.len() < path.len() + usize::from(listed)
            && name.iter().zip(&path).all(|(part, other)| part == other)
    }
}

/// What is left of `name` after `path`, if it begins with that.
fn strip<'n>(name: &'n [String], path: &str) -> Option<&'n [String]> {
    let mut rest = name;
    for part in path.split("::") {
        let (first, tail) = rest.split_first()?;
        if first != part {
            return None;
        }
        rest = tail;
    }
    Some(rest)
}
