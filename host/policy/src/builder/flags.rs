//! The flags of the command line, by the very strings that they take.

use super::{PolicyBuilder, Refusal, host_path, refused};
use crate::audit::{Detail, Flush};
use crate::env::{EnvEntry, without_value};
use crate::grant::{self, DirGrant, Effect, GrantError};
use crate::limits;
use crate::mount::RelativeTo;
use crate::net::{Direction, Endpoint};
use crate::policy::Role;
use crate::rule::{Matcher, Origin, Rule, Source, Statement};
use crate::scope::{Mode, Scope};
use crate::verb::{FsVerb, VerbSet};

impl PolicyBuilder {
    /// `--dir HOST[::GUEST][:ro]`: a mount, and the use of what is in it.
    ///
    /// # Errors
    ///
    /// When the text is no such grant; the error says at which character.
    pub fn dir(&mut self, text: &str) -> Result<&mut Self, GrantError> {
        self.flag("--dir", text, |builder, statement| {
            let grant = DirGrant::parse(text).map_err(grant::within(0))?;
            builder.push_mount(grant, RelativeTo::WorkingDirectory, statement);
            Ok(())
        })
    }

    /// `--env NAME[=VALUE]`: a variable, inherited where it has no value.
    ///
    /// # Errors
    ///
    /// When the text is no such grant. The error never shows the value.
    pub fn env(&mut self, text: &str) -> Result<&mut Self, GrantError> {
        self.flag("--env", text, |builder, statement| {
            builder.push_env(Mode::Allow, text, statement)
        })
    }

    /// `--deny-env NAME`: a variable, or a pattern of names, that stays hidden.
    ///
    /// # Errors
    ///
    /// When the text is no name or pattern.
    pub fn deny_env(&mut self, text: &str) -> Result<&mut Self, GrantError> {
        self.flag("--deny-env", text, |builder, statement| {
            builder.push_env(Mode::Deny, text, statement)
        })
    }

    /// `--allow-net H[:P]`: connecting, sending and resolving, over TCP, UDP and HTTP.
    ///
    /// # Errors
    ///
    /// When the text is no host with ports; the error says at which character.
    pub fn allow_net(&mut self, text: &str) -> Result<&mut Self, GrantError> {
        self.net("--allow-net", Direction::Outgoing, Mode::Allow, text)
    }

    /// `--deny-net H[:P]`: the same, refused. `*` refuses every address, also internal ones.
    ///
    /// # Errors
    ///
    /// When the text is no host with ports; the error says at which character.
    pub fn deny_net(&mut self, text: &str) -> Result<&mut Self, GrantError> {
        self.net("--deny-net", Direction::Outgoing, Mode::Deny, text)
    }

    /// `--allow-listen A[:P]`: binding and listening. `*` is every address of this machine.
    ///
    /// # Errors
    ///
    /// When the text is no address with ports; the error says at which character.
    pub fn allow_listen(&mut self, text: &str) -> Result<&mut Self, GrantError> {
        self.net("--allow-listen", Direction::Incoming, Mode::Allow, text)
    }

    /// `--deny-listen A[:P]`: the same, refused.
    ///
    /// # Errors
    ///
    /// When the text is no address with ports; the error says at which character.
    pub fn deny_listen(&mut self, text: &str) -> Result<&mut Self, GrantError> {
        self.net("--deny-listen", Direction::Incoming, Mode::Deny, text)
    }

    /// `--allow-control[=FUNCTION]`: calling functions of `tollgate:sidecar/control`, by name or by a pattern of names.
    ///
    /// # Errors
    ///
    /// When the text is no such name or pattern.
    pub fn allow_control(&mut self, text: &str) -> Result<&mut Self, GrantError> {
        self.control("--allow-control", Mode::Allow, text)
    }

    /// `--deny-control FUNCTION`: the same, refused.
    ///
    /// # Errors
    ///
    /// When the text is no such name or pattern.
    pub fn deny_control(&mut self, text: &str) -> Result<&mut Self, GrantError> {
        self.control("--deny-control", Mode::Deny, text)
    }

    /// `--deny-read GLOB`: guest paths whose content, names and metadata stay hidden.
    ///
    /// # Errors
    ///
    /// When the text is no pattern, or one that no guest path can match.
    pub fn deny_read(&mut self, text: &str) -> Result<&mut Self, GrantError> {
        self.deny_paths("--deny-read", VerbSet::of(&FsVerb::READING), text)
    }

    /// `--deny-write GLOB`: guest paths that stay as they are.
    ///
    /// # Errors
    ///
    /// When the text is no pattern, or one that no guest path can match.
    pub fn deny_write(&mut self, text: &str) -> Result<&mut Self, GrantError> {
        self.deny_paths("--deny-write", VerbSet::of(&FsVerb::WRITING), text)
    }

    /// `--limit KEY=VALUE,…`. A flag goes before a file.
    ///
    /// # Errors
    ///
    /// When a key is unknown or stated twice by flags, or a value can't be read.
    pub fn limit(&mut self, text: &str) -> Result<&mut Self, GrantError> {
        const FLAG: &str = "--limit";
        let refuse = |(offset, error): (usize, limits::LimitError)| {
            refused(FLAG.to_owned(), text, (offset, error.into()))
        };
        let origin = Origin::new(&format!("{FLAG} {text}"));
        for (key, value) in limits::parse_list(text).map_err(refuse)? {
            if self.flag_limits.contains(&key) {
                return Err(refuse((0, limits::LimitError::Twice(key))));
            }
            self.flag_limits.push(key);
            self.limits.state(key, value, origin.clone());
        }
        Ok(self)
    }

    /// `--ca FILE`: certificates that TLS trusts besides the system's.
    ///
    /// # Errors
    ///
    /// When the text can't be a path.
    pub fn ca(&mut self, text: &str) -> Result<&mut Self, GrantError> {
        let path = host_path(text, RelativeTo::WorkingDirectory)
            .map_err(|problem| refused("--ca".to_owned(), text, (0, problem)))?;
        self.authorities.push(path);
        Ok(self)
    }

    /// `--audit FILE`: where records go.
    ///
    /// # Errors
    ///
    /// When the text can't be a path.
    pub fn audit_file(&mut self, text: &str) -> Result<&mut Self, GrantError> {
        let path = host_path(text, RelativeTo::WorkingDirectory)
            .map_err(|problem| refused("--audit".to_owned(), text, (0, problem)))?;
        self.audit.file = Some(path);
        Ok(self)
    }

    /// When records become durable.
    pub fn audit_flush(&mut self, flush: Flush) -> &mut Self {
        self.audit.flush = Some(flush);
        self
    }

    /// What becomes one record.
    pub fn audit_detail(&mut self, detail: Detail) -> &mut Self {
        self.audit.detail = Some(detail);
        self
    }
}

impl PolicyBuilder {
    /// Takes one flag: a statement of its own, or an error that shows no secret.
    fn flag(
        &mut self,
        flag: &str,
        text: &str,
        take: impl FnOnce(&mut Self, Statement) -> Result<(), Refusal>,
    ) -> Result<&mut Self, GrantError> {
        let origin = Origin::new(&format!("{flag} {}", without_value_if_env(flag, text)));
        let source = match self.role {
            Role::Run => Source::Flags,
            Role::Ceiling => Source::Ceiling,
        };
        let statement = self.statement(source, &origin);
        take(self, statement).map_err(|refusal| refused(flag.to_owned(), text, refusal))?;
        Ok(self)
    }

    fn net(
        &mut self,
        flag: &str,
        direction: Direction,
        mode: Mode,
        text: &str,
    ) -> Result<&mut Self, GrantError> {
        self.flag(flag, text, |builder, statement| {
            let endpoint = Endpoint::parse(direction, text).map_err(grant::within(0))?;
            let effect = match direction {
                Direction::Outgoing => Effect::outgoing(endpoint),
                Direction::Incoming => Effect::incoming(endpoint),
            };
            builder.push_effect(mode, effect, &statement);
            Ok(())
        })
    }

    fn control(&mut self, flag: &str, mode: Mode, text: &str) -> Result<&mut Self, GrantError> {
        self.flag(flag, text, |builder, statement| {
            let effect = grant::parse_item(Scope::Control, mode, text)?;
            builder.push_effect(mode, effect, &statement);
            Ok(())
        })
    }

    fn deny_paths(
        &mut self,
        flag: &str,
        verbs: VerbSet,
        text: &str,
    ) -> Result<&mut Self, GrantError> {
        self.flag(flag, text, |builder, statement| {
            let pattern = grant::path_pattern(text).map_err(grant::within(0))?;
            let matchers = vec![Matcher::Glob(pattern)];
            builder.rules.push((
                Scope::Fs,
                Rule {
                    mode: Mode::Deny,
                    verbs,
                    matchers,
                    statement,
                },
            ));
            Ok(())
        })
    }

    fn push_env(&mut self, mode: Mode, text: &str, statement: Statement) -> Result<(), Refusal> {
        let entry = EnvEntry::parse(text).map_err(grant::at(0))?;
        let effect = Effect::environment(mode, entry).map_err(grant::at(0))?;
        self.check_effect(&effect)?;
        self.push_effect(mode, effect, &statement);
        Ok(())
    }
}

fn without_value_if_env(flag: &str, text: &str) -> String {
    if flag.ends_with("-env") {
        without_value(text)
    } else {
        text.to_owned()
    }
}
