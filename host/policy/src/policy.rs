//! The policy object: what flags, files, clients and programs all reduce to.

use serde_json::{Value, json};

use crate::asked::Asked;
use crate::audit::{AuditSettings, AuditStated};
use crate::env::Environment;
use crate::judge::{Fallback, Order, ScopeRules, Scopes, Verdict};
use crate::limits::{LimitEntry, LimitKey, LimitSet, Limits};
use crate::mount::{HostPath, Mount};
use crate::rule::{Matcher, Origin, Rule, RuleId, RuleRow, Source, Statement};
use crate::scope::{Mode, Scope};
use crate::verb::VerbSet;

/// The place among the rules that are built in, behind those of the command line.
const PROGRAM_RULE: usize = 3;

/// Whom a policy speaks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Whoever starts a run.
    Run,
    /// Whoever starts the host: no run exceeds it.
    Ceiling,
}

/// Everything that was stated about what a run may do. A scope that nothing was stated about is
/// denied.
#[derive(Clone, Debug)]
pub struct Policy {
    pub(crate) role: Role,
    pub(crate) scopes: Scopes,
    pub(crate) mounts: Vec<Mount>,
    pub(crate) environment: Environment,
    pub(crate) limits: LimitSet,
    pub(crate) audit: AuditStated,
    pub(crate) authorities: Vec<HostPath>,
}

impl Policy {
    /// Whom it speaks for.
    #[must_use]
    pub fn role(&self) -> Role {
        self.role
    }

    /// Whether anything is stated about `scope`.
    #[must_use]
    pub fn states(&self, scope: Scope) -> bool {
        self.scopes.of(scope).is_stated()
    }

    /// The folders that it mounts; for a ceiling, the folders that runs may mount.
    #[must_use]
    pub fn mounts(&self) -> &[Mount] {
        &self.mounts
    }

    /// Its limits; the default where nothing is stated.
    #[must_use]
    pub fn limits(&self) -> Limits {
        self.limits.resolved()
    }

    /// Its limits with where each is stated, for listings.
    #[must_use]
    pub fn limit_entries(&self) -> Vec<LimitEntry> {
        self.limits.entries()
    }

    /// How its runs are recorded.
    #[must_use]
    pub fn audit(&self) -> AuditSettings {
        self.audit.resolved()
    }

    /// The same, without a file for the log: for a host whose log is open already, by whoever read the policy and saw to that.
    #[must_use]
    pub fn with_open_log(mut self) -> Self {
        self.audit.file = None;
        self
    }

    /// Files with certificates that TLS trusts besides the system's.
    #[must_use]
    pub fn authorities(&self) -> &[HostPath] {
        &self.authorities
    }

    /// Allows standard streams, clocks and entropy where nothing is stated about them, as the
    /// command line does. A table of a file replaces the whole default of its scope.
    #[must_use]
    pub fn command_line_defaults(mut self) -> Self {
        for (index, scope) in [Scope::Stdio, Scope::Clock, Scope::Random]
            .into_iter()
            .enumerate()
        {
            self.allow_unless_stated(index, scope, "default of the command line");
        }
        self
    }

    /// Allows the program's own files to be loaded where nothing is stated about them: who runs a program grants it that.
    #[must_use]
    pub fn with_program(mut self) -> Self {
        self.allow_unless_stated(PROGRAM_RULE, Scope::Program, "the program that is run");
        self
    }

    /// Sets a limit where nothing is stated about it, in bytes, milliseconds or ones: the default of an entry point that has
    /// another one than the table. A value beyond what can be stated is the largest that can.
    #[must_use]
    pub fn limit_unless_stated(mut self, key: LimitKey, value: u64, origin: &'static str) -> Self {
        if !self.limits.states(key) {
            let value = value.clamp(1, key.row().largest);
            self.limits.state(key, value, Origin::new(origin));
        }
        self
    }

    fn allow_unless_stated(&mut self, index: usize, scope: Scope, origin: &'static str) {
        if self.states(scope) {
            return;
        }
        let statement = Statement {
            id: RuleId::new(Source::Builtin, index),
            origin: Origin::new(origin),
            order: index,
        };
        let rule = Rule {
            mode: Mode::Allow,
            verbs: VerbSet::ALL,
            matchers: vec![Matcher::Everything],
            statement,
        };
        let silence = Fallback::Silence(RuleId::silence(self.role == Role::Ceiling, scope));
        *self.scopes.of_mut(scope) = ScopeRules::new(Order::Strictest, vec![rule], silence);
    }

    /// Every rule and every stated default, in the order of their statements.
    #[must_use]
    pub fn rules(&self) -> Vec<RuleRow> {
        let mut rows: Vec<(usize, RuleRow)> = Scope::ALL
            .iter()
            .flat_map(|scope| self.rows_of(*scope))
            .collect();
        rows.sort_by_key(|(order, _)| *order);
        rows.into_iter().map(|(_, row)| row).collect()
    }

    /// The whole policy for programs. It holds no environment value.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let orders: serde_json::Map<String, Value> = Scope::ALL
            .iter()
            .filter(|scope| self.states(**scope))
            .map(|scope| (scope.as_str().to_owned(), self.scope_json(*scope)))
            .collect();
        json!({
            "version": 1,
            "role": match self.role { Role::Run => "run", Role::Ceiling => "ceiling" },
            "scopes": orders,
            "rules": self.rules(),
            "mounts": self.mounts,
            "limits": self.limit_entries(),
            "audit": self.audit(),
            "ca": self.authorities,
        })
    }

    pub(crate) fn judge(&self, asked: &Asked<'_, '_>) -> Verdict<'_> {
        self.scopes.judge(asked)
    }

    fn scope_json(&self, scope: Scope) -> Value {
        let rules = self.scopes.of(scope);
        let default = match rules.fallback() {
            Fallback::Silence(_) => Mode::Deny,
            Fallback::Stated(mode, _) => *mode,
        };
        let decides = match rules.order() {
            Order::LastMatch => "last-match",
            Order::Strictest => "strictest",
        };
        json!({ "default": default, "decides": decides })
    }

    fn rows_of(&self, scope: Scope) -> impl Iterator<Item = (usize, RuleRow)> {
        let rules = self.scopes.of(scope);
        let stated = rules
            .rules()
            .iter()
            .map(move |rule| (rule.statement.order, rule.row(scope)));
        stated.chain(rules.fallback().row(scope))
    }
}

impl Fallback {
    /// The row of a stated default; silence has none in listings.
    pub(crate) fn row(&self, scope: Scope) -> Option<(usize, RuleRow)> {
        match self {
            Self::Silence(_) => None,
            Self::Stated(mode, statement) => Some((
                statement.order,
                RuleRow {
                    rule: statement.id.clone(),
                    scope,
                    mode: *mode,
                    operations: VerbSet::ALL.words(scope),
                    pattern: "default".to_owned(),
                    origin: statement.origin.clone(),
                },
            )),
        }
    }
}
