//! Signals on their way into a run.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

/// Signals that no program may handle: they are the host's own.
const KILL: u8 = 9;
const STOP: u8 = 19;
const LAST: u8 = 31;

/// What a program does with a signal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Disposition {
    /// What whoever sends it has it do.
    Default,
    /// Nothing.
    Ignore,
    /// It is handled by the program.
    Handle,
}

/// A way for signals into one run. Clones are the same. A signal is a number from 1 to 31, as on Linux; any other one is none.
#[derive(Debug, Clone, Default)]
pub struct Signals(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    sets: Mutex<Sets>,
    came: Notify,
}

/// One bit for each signal, so that nothing here grows.
#[derive(Debug, Clone, Copy, Default)]
struct Sets {
    ignored: u32,
    handled: u32,
    waiting: u32,
}

fn bit(signal: u8) -> u32 {
    match signal {
        1..=LAST => 1 << signal,
        _ => 0,
    }
}

impl Signals {
    /// A way into a run that is to begin.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn sets(&self) -> MutexGuard<'_, Sets> {
        // Plain numbers.
        self.0.sets.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sends a signal, and says what the program does with it: the default is left to whoever sends.
    pub fn send(&self, signal: u8) -> Disposition {
        let bit = bit(signal);
        let mut sets = self.sets();
        let disposition = sets.of(bit);
        if disposition == Disposition::Handle {
            sets.waiting |= bit;
            drop(sets);
            self.0.came.notify_waiters();
        }
        disposition
    }

    /// What the program does with each signal for which it said so, by number.
    #[must_use]
    pub fn dispositions(&self) -> Vec<(u8, Disposition)> {
        let sets = *self.sets();
        let all = (1..=LAST).map(|signal| (signal, sets.of(bit(signal))));
        all.filter(|(_, disposition)| *disposition != Disposition::Default)
            .collect()
    }

    /// Waits until a signal waits to be fetched.
    pub(crate) async fn come(&self) {
        loop {
            let came = self.0.came.notified();
            tokio::pin!(came);
            // What comes from here on is not missed.
            came.as_mut().enable();
            if self.sets().waiting != 0 {
                return;
            }
            came.await;
        }
    }

    pub(crate) fn dispose(&self, signal: u8, disposition: Disposition) -> bool {
        let bit = bit(signal);
        if bit == 0 || signal == KILL || signal == STOP {
            return false;
        }
        let mut sets = self.sets();
        sets.ignored &= !bit;
        sets.handled &= !bit;
        match disposition {
            Disposition::Default => {}
            Disposition::Ignore => sets.ignored |= bit,
            Disposition::Handle => sets.handled |= bit,
        }
        // What came for a handler that is gone is not for the next one.
        sets.waiting &= sets.handled;
        true
    }

    pub(crate) fn next(&self) -> Option<u8> {
        let mut sets = self.sets();
        let first = u8::try_from(sets.waiting.trailing_zeros()).ok()?;
        let is_one = bit(first) & sets.waiting != 0;
        sets.waiting &= !bit(first);
        is_one.then_some(first)
    }
}

impl Sets {
    fn of(self, bit: u32) -> Disposition {
        if self.handled & bit != 0 {
            Disposition::Handle
        } else if self.ignored & bit != 0 {
            Disposition::Ignore
        } else {
            Disposition::Default
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Disposition::{Default, Handle, Ignore};
    use super::*;

    #[test]
    fn a_signal_that_is_handled_waits_once() {
        let signals = Signals::new();
        assert_eq!(signals.send(15), Default);
        assert!(signals.dispose(15, Handle));
        assert!(signals.dispose(2, Handle));
        assert!(signals.dispose(1, Ignore));
        for signal in [15, 15, 2] {
            assert_eq!(signals.send(signal), Handle);
        }
        assert_eq!(signals.send(1), Ignore);
        assert_eq!(
            [signals.next(), signals.next(), signals.next()],
            [Some(2), Some(15), None]
        );
        assert_eq!(
            signals.dispositions(),
            [(1, Ignore), (2, Handle), (15, Handle)]
        );
    }

    #[test]
    fn what_no_program_may_handle_is_not_handled() {
        let signals = Signals::new();
        for signal in [0, KILL, STOP, 32, 64, u8::MAX] {
            assert!(!signals.dispose(signal, Handle), "{signal}");
            assert_eq!(signals.send(signal), Default, "{signal}");
        }
        assert_eq!(signals.next(), None);
    }

    #[test]
    fn what_came_for_a_handler_is_gone_with_it() {
        let signals = Signals::new();
        signals.dispose(15, Handle);
        signals.send(15);
        signals.dispose(15, Default);
        signals.dispose(15, Handle);
        assert_eq!(signals.next(), None);
    }
}
