//! One run of the built binary.

use std::io::{Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use tollgate_tests::chosen_binary;

use crate::audit::{self, Audit};
use crate::list::{List, Run};

/// The longest of the programs sleeps for three seconds. One that is still
/// there after this long hangs, or its host does.
const PATIENCE: Duration = Duration::from_secs(60);

/// More than any of the programs has to say, in bytes.
const MOST_OUTPUT: u64 = 1 << 20;

/// How a run ended.
#[derive(Debug, Clone)]
pub(crate) struct Ended {
    /// None when a signal ended the process, ours after [`PATIENCE`] included.
    pub(crate) exit: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) audit: Audit,
}

/// Runs the module that lies in `place` as the list says. `home` is where the
/// host finds what it keeps about its user: the real one is no test's business.
pub(crate) fn run(list: &List, run: &Run, place: &Path, home: &Path) -> Ended {
    let log = home.join("audit.jsonl");
    let mut command = tollgate_at(home);
    command
        .current_dir(place)
        .arg("run")
        .arg("--audit")
        .arg(&log);
    for mount in &list.layout(run).mounts {
        command.args(["--dir", mount]);
    }
    for (name, value) in &run.env {
        command.args(["--env", &format!("{name}={value}")]);
    }
    command.arg(run.argument_0()).args(run.args.iter().skip(1));
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the built binary starts");
    // The texts are shorter than a pipe holds, so that this can't wait for a program that doesn't read; one that has
    // ended already is no failure of the test.
    let mut stdin = child.stdin.take().expect("standard input is a pipe");
    let _ended_already = stdin.write_all(run.stdin.as_bytes());
    drop(stdin);
    let stdout = collect(child.stdout.take().expect("standard output is a pipe"));
    let stderr = collect(child.stderr.take().expect("standard error is a pipe"));
    let exit = wait(&mut child);
    Ended {
        exit,
        stdout: stdout.join().expect("standard output can be read"),
        stderr: stderr.join().expect("standard error can be read"),
        audit: audit::of(&log, tollgate_at(home)),
    }
}

/// The built binary with an environment of ours alone.
fn tollgate_at(home: &Path) -> Command {
    let mut command = Command::new(chosen_binary(env!("CARGO_BIN_EXE_tollgate")));
    command.env_clear().env("HOME", home);
    command
}

/// Reads to the end beside the program, which would otherwise wait for us.
fn collect(pipe: impl Read + Send + 'static) -> thread::JoinHandle<String> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        pipe.take(MOST_OUTPUT)
            .read_to_end(&mut bytes)
            .expect("a pipe can be read");
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

fn wait(child: &mut Child) -> Option<i32> {
    let patience = Instant::now() + PATIENCE;
    loop {
        if let Some(status) = child.try_wait().expect("a child can be waited for") {
            return status.code();
        }
        if Instant::now() > patience {
            child.kill().expect("a child can be ended");
        }
        thread::sleep(Duration::from_millis(5));
    }
}
