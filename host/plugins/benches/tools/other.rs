//! Another host of plugins, in a process of its own: it has another engine.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

#[derive(Clone, Copy)]
pub(crate) enum How {
    Fresh,
    Kept,
}

pub(crate) struct Other {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Drop for Other {
    fn drop(&mut self) {
        let _it_ended = self.child.kill();
        let _it_ended = self.child.wait();
    }
}

impl Other {
    pub(crate) fn from_environment() -> Option<Self> {
        let command = std::env::var_os("TOLLGATE_EXTISM")?;
        let plugin = std::env::var_os("TOLLGATE_EXTISM_PLUGIN")?;
        let mut child = Command::new(command)
            .arg(plugin)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let input = child.stdin.take().unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        Some(Self {
            child,
            input,
            output,
        })
    }

    /// How long each of so many calls took there.
    pub(crate) fn calls(&mut self, how: How, size: usize, calls: usize) -> Vec<Duration> {
        let how = match how {
            How::Fresh => "fresh",
            How::Kept => "kept",
        };
        writeln!(self.input, "{how} {size} {calls}").unwrap();
        self.input.flush().unwrap();
        let mut line = String::new();
        self.output.read_line(&mut line).unwrap();
        let took: Vec<Duration> = line
            .split_whitespace()
            .map(|nanoseconds| Duration::from_nanos(nanoseconds.parse().unwrap()))
            .collect();
        assert_eq!(took.len(), calls, "{line}");
        took
    }
}
