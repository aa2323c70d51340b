//! What one run asks, and what is made for the next one.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use super::asked::{Asked, Text};
use super::bounds::{LEAST_TEXTS, MOST_TEXTS};
use super::making::{Job, Making, Work};
use super::pack::{Name, Pack};
use super::shared::{Shared, locked};
use crate::cache::Key;

/// How many texts a run asked for the code of, and how many had some.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CodeUse {
    /// Texts that were asked for.
    pub asked: u64,
    /// Texts whose code was there.
    pub found: u64,
}

/// What begins the program: its path in the guest's tree, and its text.
struct Beginning {
    path: String,
    text: Text,
}

/// Where a program's code is kept, and what was kept when the run first asked.
struct Kept {
    work: Work,
    pack: Arc<Pack>,
}

#[derive(Default)]
struct State {
    used: CodeUse,
    /// Those that there was not too little of yet.
    few: Vec<Job>,
    /// Bytes of all texts that are or were to be made.
    texts: usize,
    making: Option<Making>,
}

/// What one run asks. Dropped, it leaves what is being made to come to its end.
pub struct CodeRun {
    shared: Arc<Shared>,
    beginning: OnceLock<Beginning>,
    kept: OnceLock<Kept>,
    found: Arc<Mutex<BTreeSet<Name>>>,
    state: Mutex<State>,
}

impl std::fmt::Debug for CodeRun {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CodeRun").finish_non_exhaustive()
    }
}

impl CodeRun {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        Self {
            shared,
            beginning: OnceLock::new(),
            kept: OnceLock::new(),
            found: Arc::default(),
            state: Mutex::default(),
        }
    }

    /// Says what the program begins with. Without it nothing is kept; only the first time counts.
    pub fn begins_with(&self, path: &str, text: &Text) {
        let _only_once = self.beginning.set(Beginning {
            path: path.to_owned(),
            text: text.clone(),
        });
    }

    /// The code of a text, at most `most` bytes of it; where there is none it is made for the next run.
    pub fn code(&self, asked: Asked, most: u64) -> Option<Vec<u8>> {
        if !asked.is_worth_it() {
            return None;
        }
        let kept = self.kept()?;
        let name = asked.hash();
        let found = kept.pack.code(&name);
        let mut state = locked(&self.state);
        state.used.asked += 1;
        let Some(code) = found else {
            self.want(&mut state, kept, Job { name, asked });
            return None;
        };
        locked(&self.found).insert(name);
        // What is known not to compile is compiled by the run, for its error.
        if code.is_empty() || code.len() as u64 > most {
            return None;
        }
        state.used.found += 1;
        Some(code.to_vec())
    }

    /// What was asked so far.
    #[must_use]
    pub fn used(&self) -> CodeUse {
        locked(&self.state).used
    }

    /// What is kept of the program, looked up when it is first asked for.
    fn kept(&self) -> Option<&Kept> {
        let beginning = self.beginning.get()?;
        Some(self.kept.get_or_init(|| {
            let source = beginning.text.digest();
            let key = Key::of_code(self.shared.runtime, &beginning.path, source);
            let pack = self.shared.find(&key).unwrap_or_default();
            let work = Work::new(key, source, Arc::clone(&self.found));
            Kept { work, pack }
        }))
    }

    /// Has code made, once there is enough to make it of.
    fn want(&self, state: &mut State, kept: &Kept, job: Job) {
        let texts = state.texts.saturating_add(job.asked.text.as_str().len());
        if texts > MOST_TEXTS {
            return;
        }
        state.texts = texts;
        let late = match &state.making {
            Some(making) => making.add(job),
            None => Some(job),
        };
        let Some(job) = late else { return };
        state.few.push(job);
        if texts < LEAST_TEXTS {
            return;
        }
        // Where as many as may be at a time are under way, it is another run's turn.
        let few = std::mem::take(&mut state.few);
        state.making = Making::begin(&self.shared, &kept.work);
        if let Some(making) = &state.making {
            let _late = few.into_iter().filter_map(|job| making.add(job)).count();
        }
    }

    /// Waits until what is being made is kept, for at most so long; then what is made by then is kept.
    pub async fn settle(&self, longest: Duration) {
        let making = locked(&self.state).making.take();
        if let Some(making) = making {
            making.settle(longest).await;
        }
    }
}
