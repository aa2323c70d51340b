//! A tool of the machine's that a build starts, and that ends with whoever waits for it.

use std::ffi::OsStr;
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::io::{AsyncReadExt as _, BufReader};
use tokio::process::{Child, ChildStderr, Command};

/// What is kept of what a tool says.
const MOST_SAID: u64 = 64 << 10;

/// Why a tool did not do its work.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ToolError {
    #[error("`{program}` cannot be started: {cause}")]
    Start {
        program: String,
        cause: std::io::Error,
    },
    #[error("`{program}` was not done after {} s", time.as_secs())]
    Time { program: String, time: Duration },
    #[error("{0}")]
    Said(String),
    #[error("`{program}` ended with {status}")]
    Ended { program: String, status: ExitStatus },
}

/// The group of processes that the tool begins: what it starts itself is in it.
struct Group(Option<Pid>);

impl Group {
    fn of(child: &Child) -> Self {
        let pid = child.id().and_then(|id| i32::try_from(id).ok());
        Self(pid.and_then(Pid::from_raw))
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        if let Some(pid) = self.0 {
            // It may be over already.
            let _gone = kill_process_group(pid, Signal::KILL);
        }
    }
}

/// Runs `program` in `folder` until it ends, at most for `time`. It has the environment of this process, nothing on standard
/// input but its end when this process ends, and its standard output goes nowhere. Dropping the future ends it, with all that
/// it has started.
pub(crate) async fn run(
    program: &str,
    arguments: impl IntoIterator<Item = impl AsRef<OsStr>>,
    folder: &Path,
    time: Duration,
) -> Result<(), ToolError> {
    let start = |cause| ToolError::Start {
        program: program.to_owned(),
        cause,
    };
    let mut child = Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .process_group(0)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .map_err(start)?;
    let mut group = Group::of(&child);
    // Held until the tool has ended: by its end the tool learns of ours.
    let _input = child.stdin.take();
    let errors = child.stderr.take();
    let ended = tokio::time::timeout(time, async {
        let said = match errors {
            Some(errors) => said(errors).await,
            None => String::new(),
        };
        (child.wait().await, said)
    })
    .await;
    let Ok((status, said)) = ended else {
        drop(group);
        let _killed = child.wait().await;
        return Err(ToolError::Time {
            program: program.to_owned(),
            time,
        });
    };
    let status = status.map_err(start)?;
    // What was in the group is over, and its number may be another's by now.
    group.0 = None;
    match (status.success(), said.trim()) {
        (true, _) => Ok(()),
        (false, "") => Err(ToolError::Ended {
            program: program.to_owned(),
            status,
        }),
        (false, said) => Err(ToolError::Said(said.to_owned())),
    }
}

/// What the tool says, up to a length; the rest is read so that it need not wait for a reader.
async fn said(errors: ChildStderr) -> String {
    let mut errors = BufReader::new(errors);
    let mut kept = Vec::new();
    let _as_far = (&mut errors).take(MOST_SAID).read_to_end(&mut kept).await;
    let _the_rest = tokio::io::copy(&mut errors, &mut tokio::io::sink()).await;
    String::from_utf8_lossy(&kept).into_owned()
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    fn of<T>(work: impl Future<Output = T>) -> T {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(work)
    }

    fn shell(text: &str, milliseconds: u64) -> Result<(), ToolError> {
        let time = Duration::from_millis(milliseconds);
        of(run("sh", ["-c", text], Path::new("/"), time))
    }

    #[test]
    fn what_a_tool_says_is_why_it_failed() {
        shell("echo fine >&2", 60_000).unwrap();
        let said = shell("echo why >&2; exit 3", 60_000).unwrap_err();
        assert_eq!(said.to_string(), "why");
        let ended = shell("exit 3", 60_000).unwrap_err();
        assert_eq!(ended.to_string(), "`sh` ended with exit status: 3");
        let much = "head -c 1000000 /dev/zero | tr '\\0' x >&2; exit 1";
        assert_eq!(shell(much, 60_000).unwrap_err().to_string().len(), 65_536);
        let none = of(run(
            "./no-such-tool",
            [""; 0],
            Path::new("/"),
            Duration::from_secs(9),
        ));
        assert!(matches!(none, Err(ToolError::Start { .. })));
    }

    #[test]
    fn a_tool_that_hangs_is_ended_with_all_that_it_started() {
        let mark = format!("{}", std::process::id() + 1_000_000);
        let begun = Instant::now();
        let error = shell(&format!("sleep {mark} & sleep {mark}"), 200).unwrap_err();
        assert!(matches!(error, ToolError::Time { .. }), "{error}");
        assert!(begun.elapsed() < Duration::from_secs(2));
        let left = || {
            let found = std::process::Command::new("pgrep")
                .args(["-f", &format!("sleep {mark}")])
                .status();
            found.unwrap().success()
        };
        let deadline = Instant::now() + Duration::from_secs(2);
        while left() {
            assert!(Instant::now() < deadline, "it is still there");
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}
