//! What a call of an embedder's function asks for, and what a guest is answered when that is denied.

use tollgate_engine::Rate;
use tollgate_policy::{Operation, Scope};

/// A scope and the operation that a function always asks for, if it always asks for the same.
pub(super) type Asks = (Scope, Option<Operation<'static>>);

type EachTime<P> = Box<dyn for<'a> Fn(&'a P) -> Operation<'a> + Send + Sync>;

enum What<P> {
    Same(Operation<'static>),
    Each(Scope, EachTime<P>),
}

/// What each call of a function asks for.
pub struct Ask<P> {
    what: What<P>,
    rate: Rate,
}

impl<P> std::fmt::Debug for Ask<P> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Ask")
            .field("scope", &self.asks().0)
            .field("rate", &self.rate)
            .finish_non_exhaustive()
    }
}

impl<P> Ask<P> {
    /// The same with each call.
    #[must_use]
    pub fn same(operation: Operation<'static>) -> Self {
        Self {
            what: What::Same(operation),
            rate: Rate::Single,
        }
    }

    /// What `operation` makes of a call's parameters. It must be of `scope`, which is what the component is known to ask
    /// for before it runs; an operation of another scope ends the guest.
    pub fn each<F>(scope: Scope, operation: F) -> Self
    where
        F: for<'a> Fn(&'a P) -> Operation<'a> + Send + Sync + 'static,
    {
        Self {
            what: What::Each(scope, Box::new(operation)),
            rate: Rate::Single,
        }
    }

    /// Expects many equal calls, so that they may share a record unless the policy wants full detail.
    #[must_use]
    pub fn often(mut self) -> Self {
        self.rate = Rate::High;
        self
    }

    pub(super) fn rate(&self) -> Rate {
        self.rate
    }

    pub(super) fn asks(&self) -> Asks {
        match &self.what {
            What::Same(operation) => (operation.scope(), Some(*operation)),
            What::Each(scope, _) => (*scope, None),
        }
    }

    pub(super) fn operation<'a>(&self, parameters: &'a P) -> Operation<'a> {
        match &self.what {
            What::Same(operation) => *operation,
            What::Each(_, operation) => operation(parameters),
        }
    }
}

type Answer<P, R> = Box<dyn Fn(&P) -> R + Send + Sync>;

/// What a guest is answered when a call is denied: a value of the interface's own, such as its error for that.
pub struct Denial<P, R> {
    pub(super) case: &'static str,
    pub(super) answer: Answer<P, R>,
}

impl<P, R> std::fmt::Debug for Denial<P, R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Denial")
            .field("case", &self.case)
            .finish_non_exhaustive()
    }
}

impl<P, R> Denial<P, R> {
    /// Answers with what `answer` gives; the record names it `case`, the error's name in WIT.
    pub fn with(case: &'static str, answer: impl Fn(&P) -> R + Send + Sync + 'static) -> Self {
        Self {
            case,
            answer: Box::new(answer),
        }
    }
}
