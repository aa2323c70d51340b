//! The two engines.

use std::path::{Path, PathBuf};
use std::time::Duration;

use tollgate_tests::{Finished, Program, Scene, scene};

/// How long a program may run: most take some milliseconds.
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) struct Engines {
    native: PathBuf,
    /// Where `guest.mjs` and the programs are.
    home: PathBuf,
    /// The compiled engine component lies in its cache, for all runs.
    scene: Scene,
}

/// What came of a run.
pub(crate) struct Outcome {
    pub(crate) code: Option<i32>,
    pub(crate) printed: String,
    pub(crate) complaint: String,
}

impl From<Finished> for Outcome {
    fn from(finished: Finished) -> Self {
        Self {
            code: finished.code,
            printed: finished.stdout,
            complaint: finished.stderr,
        }
    }
}

impl Engines {
    pub(crate) fn new(native: PathBuf, home: PathBuf) -> Self {
        let scene = scene!();
        Self {
            native,
            home,
            scene,
        }
    }

    /// The program at this path beneath the home, first in QuickJS itself, then in the engine component.
    pub(crate) fn run(&self, program: &str) -> (Outcome, Outcome) {
        // A guest's time zone is UTC, whatever the machine's is.
        let native = Program::new(&self.native)
            .args([self.home.join(program)])
            .env("TZ", "UTC");
        let runner = self.home.join("guest.mjs");
        let asked = format!("./{program}");
        let guest = self
            .scene
            .tollgate([Path::new("run"), &runner, Path::new(&asked)]);
        let finish = |program: Program| program.patience(PATIENCE).run().into();
        (finish(native), finish(guest))
    }
}
