//! `run` read on its own, before all commands are made.
//!
//! Most processes are started for `run`, and clap takes longer to make every command than a short program takes to run. What is
//! wrong there, or asks for help, is read once more with all commands, which have the words for it.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::Parser;

use super::{Args, Command, Run};

impl Args {
    /// What `words` ask for. Where they are wrong, or ask for help, the process ends with the answer to that.
    pub(crate) fn of(words: &[OsString]) -> Self {
        read_alone(words).unwrap_or_else(|| Self::parse_from(words))
    }
}

/// What [`Command::Run`] takes, and the flags of every command.
#[derive(Parser)]
#[command(version)]
struct RunAlone {
    #[arg(long)]
    ceiling: Option<PathBuf>,
    #[command(flatten)]
    run: Run,
}

fn read_alone(words: &[OsString]) -> Option<Args> {
    let (_program, alone) = words.split_first()?;
    alone.first().filter(|command| *command == "run")?;
    let RunAlone { ceiling, run } = RunAlone::try_parse_from(alone).ok()?;
    let command = Command::Run(Box::new(run));
    Some(Args { ceiling, command })
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    fn words<'a>(line: impl IntoIterator<Item = &'a str>) -> Vec<OsString> {
        ["tollgate"]
            .into_iter()
            .chain(line)
            .map(OsString::from)
            .collect()
    }

    fn shown(args: Option<Args>) -> Option<String> {
        args.map(|args| format!("{args:?}"))
    }

    /// What both ways make of the words, which is the same.
    #[track_caller]
    fn read(line: &[&str]) -> Option<String> {
        let words = words(line.iter().copied());
        let alone = shown(read_alone(&words));
        assert_eq!(alone, shown(Args::try_parse_from(&words).ok()), "{line:?}");
        alone
    }

    #[test]
    fn every_flag_of_run_means_the_same_alone() {
        let command = Args::command();
        let run = command.find_subcommand("run").unwrap();
        let (mut taken, mut flags) = (0, 0);
        for flag in run.get_arguments().chain(command.get_arguments()) {
            let Some(long) = flag.get_long() else {
                continue;
            };
            flags += 1;
            let long = format!("--{long}");
            let with_value = format!("{long}=json");
            for line in [
                &["run", &long, "a.js", "b"] as &[_],
                &["run", &long, "js", "a.js", &long],
                &["run", &with_value, "a.js", &with_value],
                &["run", &long, "x", &long, "x", "a.js"],
                &["run", "a.js", &long],
            ] {
                taken += usize::from(read(line).is_some());
            }
        }
        assert!(flags >= 20, "{flags}");
        assert!(taken > 3 * flags, "{taken} of {flags}");
    }

    #[test]
    fn what_is_the_guests_is_the_guests_alone_too() {
        for line in [
            &["run", "a.js", "--help"] as &[_],
            &["run", "a.js", "--", "-V"],
            &["run", "--", "a.js", "--dir", "."],
            &["run", "-e", "1", "--", "--dir", "."],
            &["run", "-e1", "-", "x"],
            &["run", "--eval=1", "run"],
            &["run", "--dir", ".", "--dir=/a::/b:ro", "a.js", "--dir", "/"],
            &["run", "-", "run"],
            &["run", "run", "run"],
            &["run", "./-x"],
            &["run", "--allow-control", "a.js"],
        ] {
            assert!(read(line).is_some(), "{line:?}");
        }
    }

    #[test]
    fn whatever_is_wrong_or_asks_for_help_is_left_to_all_commands() {
        for line in [
            &["run"] as &[_],
            &["run", "--help"],
            &["run", "-h", "a.js"],
            &["run", "--version"],
            &["run", "-V"],
            &["run", "--dir"],
            &["run", "--lang", "cobol", "-"],
            &["run", "--report=picture", "a.js"],
            &["run", "--wasi-p3=yes", "a.js"],
        ] {
            assert_eq!(read(line), None, "{line:?}");
        }
        for line in [
            &[] as &[_],
            &["--ceiling", "c.toml", "run", "a.js"],
            &["inspect", "a.wasm"],
            &["running", "a.js"],
        ] {
            assert!(
                read_alone(&words(line.iter().copied())).is_none(),
                "{line:?}"
            );
        }
    }
}
