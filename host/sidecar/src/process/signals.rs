//! Signals by their names and numbers, as Linux has them.

use crate::rejection::Rejection;

/// What a signal does to a program that handles none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effect {
    /// Nothing: whether there is such a program is all that is asked.
    Ask,
    /// It ends, with 128 and this number as its code.
    End(i32),
    /// It stands still.
    Stop,
    /// It goes on.
    Continue,
    /// Nothing.
    Ignore,
}

/// A signal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Signal {
    /// With `SIG`.
    pub(crate) name: &'static str,
    pub(crate) number: i32,
}

const SIGNALS: [Signal; 32] = [
    signal("0", 0),
    signal("SIGHUP", 1),
    signal("SIGINT", 2),
    signal("SIGQUIT", 3),
    signal("SIGILL", 4),
    signal("SIGTRAP", 5),
    signal("SIGABRT", 6),
    signal("SIGBUS", 7),
    signal("SIGFPE", 8),
    signal("SIGKILL", 9),
    signal("SIGUSR1", 10),
    signal("SIGSEGV", 11),
    signal("SIGUSR2", 12),
    signal("SIGPIPE", 13),
    signal("SIGALRM", 14),
    signal("SIGTERM", 15),
    signal("SIGSTKFLT", 16),
    signal("SIGCHLD", 17),
    signal("SIGCONT", 18),
    signal("SIGSTOP", 19),
    signal("SIGTSTP", 20),
    signal("SIGTTIN", 21),
    signal("SIGTTOU", 22),
    signal("SIGURG", 23),
    signal("SIGXCPU", 24),
    signal("SIGXFSZ", 25),
    signal("SIGVTALRM", 26),
    signal("SIGPROF", 27),
    signal("SIGWINCH", 28),
    signal("SIGIO", 29),
    signal("SIGPWR", 30),
    signal("SIGSYS", 31),
];

/// Other names of the same.
const ALIASES: [(&str, i32); 2] = [("IOT", 6), ("POLL", 29)];

const fn signal(name: &'static str, number: i32) -> Signal {
    Signal { name, number }
}

impl Signal {
    /// What ends a program that does not end by itself.
    pub(crate) const KILL: Self = signal("SIGKILL", 9);
    /// What ends a program whose VM is given up.
    pub(crate) const TERM: Self = signal("SIGTERM", 15);

    /// Reads a name, with or without `SIG`, in either case, or a number from 0 to 31.
    pub(crate) fn parse(text: &str) -> Result<Self, Rejection> {
        let trimmed = text.trim();
        if trimmed.is_empty() {
            return Err(Rejection::state(
                "unsupported kill_process signal: kill_process requires a non-empty signal",
            ));
        }
        let upper = trimmed.to_ascii_uppercase();
        let bare = upper.strip_prefix("SIG").unwrap_or(&upper);
        let is_number = bare == upper && bare.bytes().all(|byte| byte.is_ascii_digit());
        let number = is_number.then(|| bare.parse::<i32>().ok()).flatten();
        let alias = || {
            let alias = ALIASES.iter().find(|(name, _)| *name == bare);
            alias.map(|(_, number)| *number)
        };
        let wanted = number.or_else(alias);
        let is_it = |signal: &&Self| match wanted {
            Some(number) => signal.number == number,
            None => signal.number != 0 && signal.name.strip_prefix("SIG") == Some(bare),
        };
        SIGNALS.iter().find(is_it).copied().ok_or_else(|| {
            let shown: String = trimmed.chars().take(32).collect();
            Rejection::state(format!(
                "unsupported kill_process signal {}",
                shown.escape_debug()
            ))
        })
    }

    /// What it does.
    pub(crate) fn effect(self) -> Effect {
        match self.number {
            0 => Effect::Ask,
            18 => Effect::Continue,
            19..=22 => Effect::Stop,
            17 | 23 | 28 => Effect::Ignore,
            number => Effect::End(128 + number),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signal_has_a_name_and_a_number() {
        for text in ["SIGTERM", "sigterm", "term", " 15 "] {
            assert_eq!(Signal::parse(text), Ok(Signal::TERM), "{text}");
        }
        assert_eq!(Signal::parse("IOT").map(|signal| signal.number), Ok(6));
        assert_eq!(Signal::parse("0").map(Signal::effect), Ok(Effect::Ask));
        assert_eq!(
            Signal::parse("KILL").map(Signal::effect),
            Ok(Effect::End(137))
        );
        for text in ["", " ", "SIG", "32", "-1", "+9", "SIG9", "NOPE", "SIGNOPE"] {
            assert!(Signal::parse(text).is_err(), "{text}");
        }
        for (number, signal) in SIGNALS.iter().enumerate() {
            assert_eq!(usize::try_from(signal.number), Ok(number));
        }
    }
}
