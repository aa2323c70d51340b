//! Building a policy: statements from flags, a file or a program become rules.

mod error;
mod flags;
mod mounts;

pub use error::BuildError;

use std::collections::BTreeMap;

use crate::audit::AuditStated;
use crate::bounds::{MOST_PATTERN_BYTES, MOST_PATTERNS};
use crate::env::{EnvError, Environment, without_value};
use crate::grant::{self, DirGrant, Effect, GrantError, GrantProblem};
use crate::judge::{Fallback, Order, ScopeRules, Scopes};
use crate::limits::{LimitKey, LimitSet};
use crate::mount::{HostPath, MountRequest, RelativeTo};
use crate::policy::{Policy, Role};
use crate::rule::{Matcher, Origin, Rule, RuleId, Source, Statement};
use crate::scope::{Mode, Scope, ScopeSet};
use crate::suggest;

/// Collects statements into a [`Policy`] in the language of files and flags, where the strictest
/// matching rule decides.
///
/// The methods named after flags take the very strings of the flags.
#[derive(Clone, Debug)]
pub struct PolicyBuilder {
    role: Role,
    /// Statements so far, per source.
    counts: BTreeMap<Source, usize>,
    order: usize,
    rules: Vec<(Scope, Rule)>,
    defaults: BTreeMap<Scope, (Mode, Statement)>,
    mentioned: ScopeSet,
    mounts: Vec<MountRequest>,
    environment: Environment,
    limits: LimitSet,
    flag_limits: Vec<LimitKey>,
    audit: AuditStated,
    authorities: Vec<HostPath>,
    command_line: bool,
}

/// Where in a text a grant goes wrong, and how.
pub(crate) type Refusal = (usize, GrantProblem);

impl PolicyBuilder {
    /// An empty policy for a run: everything is denied.
    #[must_use]
    #[expect(
        clippy::new_without_default,
        reason = "a policy begins on purpose, not by default"
    )]
    pub fn new() -> Self {
        Self::of_role(Role::Run)
    }

    /// An empty ceiling: no run may do anything.
    #[must_use]
    pub fn ceiling() -> Self {
        Self::of_role(Role::Ceiling)
    }

    pub(crate) fn of_role(role: Role) -> Self {
        Self {
            role,
            counts: BTreeMap::new(),
            order: 0,
            rules: Vec::new(),
            defaults: BTreeMap::new(),
            mentioned: ScopeSet::NONE,
            mounts: Vec::new(),
            environment: Environment::default(),
            limits: LimitSet::default(),
            flag_limits: Vec::new(),
            audit: AuditStated::default(),
            authorities: Vec::new(),
            command_line: false,
        }
    }

    /// For programs that embed the host: the mode of a scope where no rule matches.
    pub fn default_mode(&mut self, scope: Scope, mode: Mode) -> &mut Self {
        let statement = self.statement(self.program(), &Origin::new("program"));
        self.push_default(scope, mode, statement);
        self
    }

    /// For programs that embed the host: a rule, in the string that a file would list under `mode`.
    ///
    /// # Errors
    ///
    /// When the text is no grant of this scope; the error says at which character.
    pub fn rule(&mut self, scope: Scope, mode: Mode, text: &str) -> Result<&mut Self, GrantError> {
        let origin = Origin::new("program");
        let source = self.program();
        self.item(scope, mode, text, source, &origin)
            .map_err(|refusal| refused(format!("[{scope}] {mode}"), text, refusal))?;
        Ok(self)
    }

    /// The defaults of the command line: standard streams, clocks and entropy are allowed where
    /// nothing is stated about them. A guest without them can hardly tell that it failed.
    pub fn command_line_defaults(&mut self) -> &mut Self {
        self.command_line = true;
        self
    }

    /// Makes the policy.
    ///
    /// # Errors
    ///
    /// When two mounts share a place, or there are more patterns than a policy may have.
    pub fn build(mut self) -> Result<Policy, BuildError> {
        let (mounts, mount_rules) = mounts::place_all(self.role, self.mounts)?;
        let mount_rules = mount_rules.into_iter().map(|rule| (Scope::Fs, rule));
        self.rules.extend(mount_rules);
        within_bounds(self.rules.iter().map(|(_, rule)| rule))
            .map_err(|(count, bytes)| BuildError::TooManyPatterns { count, bytes })?;
        let (role, mentioned) = (self.role, self.mentioned);
        let mut defaults = self.defaults;
        let env_default = defaults.get(&Scope::Env).map(|(mode, _)| *mode);
        let mut rules: BTreeMap<Scope, Vec<Rule>> = BTreeMap::new();
        for (scope, rule) in self.rules {
            rules.entry(scope).or_default().push(rule);
        }
        let scopes = Scopes::build(|scope| {
            let fallback = match defaults.remove(&scope) {
                Some((mode, statement)) => Fallback::Stated(mode, statement),
                None => Fallback::Silence(RuleId::silence(role == Role::Ceiling, scope)),
            };
            let rules = rules.remove(&scope).unwrap_or_default();
            ScopeRules::new(Order::Strictest, rules, fallback).mentioned(mentioned.contains(scope))
        });
        let open = env_default.is_some_and(|mode| mode != Mode::Deny);
        let policy = Policy {
            role,
            scopes,
            mounts,
            environment: Environment {
                open,
                ..self.environment
            },
            limits: self.limits,
            audit: self.audit,
            authorities: self.authorities,
        };
        Ok(if self.command_line {
            policy.command_line_defaults()
        } else {
            policy
        })
    }
}

/// What the reader of files uses.
impl PolicyBuilder {
    pub(crate) fn role(&self) -> Role {
        self.role
    }

    /// Names the next statement of `source`.
    pub(crate) fn statement(&mut self, source: Source, origin: &Origin) -> Statement {
        let count = self.counts.entry(source).or_default();
        let id = RuleId::new(source, *count);
        *count += 1;
        self.order += 1;
        Statement {
            id,
            origin: origin.clone(),
            order: self.order,
        }
    }

    pub(crate) fn item(
        &mut self,
        scope: Scope,
        mode: Mode,
        text: &str,
        source: Source,
        origin: &Origin,
    ) -> Result<(), Refusal> {
        let effect = grant::parse_item(scope, mode, text)?;
        self.check_effect(&effect)?;
        let statement = self.statement(source, origin);
        self.push_effect(mode, effect, &statement);
        Ok(())
    }

    pub(crate) fn push_default(&mut self, scope: Scope, mode: Mode, statement: Statement) {
        self.defaults.insert(scope, (mode, statement));
    }

    /// Notes that there is a table for `scope`, be it empty.
    pub(crate) fn mention(&mut self, scope: Scope) {
        self.mentioned = self.mentioned.with(scope);
    }

    pub(crate) fn push_mount(
        &mut self,
        grant: DirGrant,
        relative_to: RelativeTo,
        statement: Statement,
    ) {
        let DirGrant {
            host,
            guest,
            read_only,
        } = grant;
        self.mounts.push(MountRequest {
            host,
            relative_to,
            guest,
            read_only,
            statement,
        });
    }

    pub(crate) fn limits_mut(&mut self) -> &mut LimitSet {
        &mut self.limits
    }

    pub(crate) fn audit_mut(&mut self) -> &mut AuditStated {
        &mut self.audit
    }

    pub(crate) fn push_authority(&mut self, path: HostPath) {
        self.authorities.push(path);
    }
}

impl PolicyBuilder {
    /// The source of what a program states.
    fn program(&self) -> Source {
        match self.role {
            Role::Run => Source::Api,
            Role::Ceiling => Source::Ceiling,
        }
    }

    /// A ceiling says what may be; it brings nothing into a run.
    fn check_effect(&self, effect: &Effect) -> Result<(), Refusal> {
        let sets_value = effect
            .env
            .as_ref()
            .is_some_and(|entry| entry.value.is_some());
        match (self.role, sets_value) {
            (Role::Ceiling, true) => Err((0, EnvError::Ceiling.into())),
            (Role::Ceiling | Role::Run, _) => Ok(()),
        }
    }

    fn push_effect(&mut self, mode: Mode, effect: Effect, statement: &Statement) {
        for (scope, verbs, matcher) in effect.rules {
            let statement = statement.clone();
            self.rules.push((
                scope,
                Rule {
                    mode,
                    verbs,
                    matchers: vec![matcher],
                    statement,
                },
            ));
        }
        self.environment.entries.extend(effect.env);
    }
}

/// Whether so many patterns may be in one policy; otherwise their number and bytes.
pub(crate) fn within_bounds<'r>(
    rules: impl Iterator<Item = &'r Rule>,
) -> Result<(), (usize, usize)> {
    let matchers = rules.flat_map(|rule| &rule.matchers);
    let (count, bytes) = matchers.fold((0, 0), |(count, bytes), matcher| {
        let length = match matcher {
            Matcher::Glob(pattern) => pattern.as_str().len(),
            Matcher::Everything
            | Matcher::Mount(_)
            | Matcher::Endpoint(_)
            | Matcher::Http(_)
            | Matcher::Internal(_) => 0,
        };
        (count + 1, bytes + length)
    });
    if count > MOST_PATTERNS || bytes > MOST_PATTERN_BYTES {
        Err((count, bytes))
    } else {
        Ok(())
    }
}

/// A path of the host that others will open.
pub(crate) fn host_path(text: &str, relative_to: RelativeTo) -> Result<HostPath, GrantProblem> {
    if text.is_empty() || text.contains('\0') {
        return Err(GrantProblem::HostPath);
    }
    Ok(HostPath {
        path: text.to_owned(),
        relative_to,
    })
}

/// An error about the text of a grant, fit to be shown.
pub(crate) fn refused(place: String, text: &str, (offset, problem): Refusal) -> GrantError {
    let secret = place.ends_with("-env") || place.starts_with("[env]");
    let text = if secret {
        without_value(text)
    } else {
        text.to_owned()
    };
    GrantError {
        place,
        text: suggest::shortened(&text),
        offset,
        problem: Box::new(problem),
    }
}
