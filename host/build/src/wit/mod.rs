//! A world of the user's own: what it wants of the engine, and how the engine comes to have it.
//!
//! The engine is one artifact, whose imports and exports are fixed. What a world adds is a core module that is made for it
//! (`glue`), linked into the same component (`link`), so that both share one memory, one table of functions and one table
//! of handles. It knows how many values a function takes as WebAssembly has them, and no more of their types: the engine's
//! library reads and writes the values themselves, by a description of the world that lies in its memory (`describe`).

mod describe;
mod docs;
mod engine;
mod error;
mod glue;
mod link;
mod plan;
mod stand_in;

use wit_parser::{PackageId, Resolve, WorldId};

pub use docs::document;
pub use error::WitError;
pub(crate) use link::link;
use plan::Plan;

/// A world, with all that it refers to.
#[derive(Debug)]
pub struct Wit {
    resolve: Resolve,
    world: WorldId,
    plan: Plan,
}

impl Wit {
    /// A world of a package: the one of this name, or the only one.
    ///
    /// # Errors
    ///
    /// As [`WitError`].
    pub fn new(resolve: Resolve, package: PackageId, name: Option<&str>) -> Result<Self, WitError> {
        let world = resolve
            .select_world(&[package], name)
            .map_err(|error| WitError::World(format!("{error:#}")))?;
        let plan = Plan::new(&resolve, world)?;
        Ok(Self {
            resolve,
            world,
            plan,
        })
    }

    /// What a program can import of the world, by the specifiers that stand for it.
    #[must_use]
    pub fn specifiers(&self) -> Vec<String> {
        self.plan.specifiers()
    }

    /// What the engine's library is told about it.
    pub(crate) fn description(&self) -> String {
        self.plan.describe().to_string()
    }
}
