//! A child process with a hard end: a host that hangs must fail the test instead of hanging it.

use std::ffi::OsStr;
use std::io::{Read, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

/// How long a process may take where a test does not say.
const PATIENCE: Duration = Duration::from_secs(120);
/// How often a process is looked at.
const GLANCE: Duration = Duration::from_millis(3);

/// A program that is about to be started.
#[derive(Debug)]
pub struct Program {
    command: Command,
    input: Vec<u8>,
    patience: Duration,
}

/// How a process ended.
#[derive(Debug, Clone)]
pub struct Finished {
    /// The exit code; none when a signal ended it.
    pub code: Option<i32>,
    /// Standard output. What is no UTF-8 is replaced.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
    /// From start to end.
    pub wall: Duration,
    /// The most memory that was seen to be resident, in bytes.
    pub peak_bytes: u64,
}

impl Finished {
    /// Checks the exit code.
    ///
    /// # Panics
    ///
    /// When it is another one; says what was printed.
    #[track_caller]
    pub fn expect(&self, code: i32) -> &Self {
        let head: String = self.stdout.chars().take(4_000).collect();
        assert_eq!(
            self.code,
            Some(code),
            "standard output: {head}\nstandard error: {}",
            self.stderr
        );
        self
    }

    /// The lines of standard output.
    #[must_use]
    pub fn lines(&self) -> Vec<&str> {
        self.stdout.lines().collect()
    }

    /// Whether standard output has exactly this line.
    #[must_use]
    pub fn says(&self, line: &str) -> bool {
        self.stdout.lines().any(|each| each == line)
    }
}

impl Program {
    /// The program at `path`, with an empty environment and no input.
    #[must_use]
    pub fn new(path: &Path) -> Self {
        let mut command = Command::new(path);
        command.env_clear();
        Self {
            command,
            input: Vec::new(),
            patience: PATIENCE,
        }
    }

    /// Adds arguments.
    #[must_use]
    pub fn args(mut self, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Self {
        self.command.args(arguments);
        self
    }

    /// Sets an environment variable.
    #[must_use]
    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// Sets the working directory.
    #[must_use]
    pub fn current_dir(mut self, path: &Path) -> Self {
        self.command.current_dir(path);
        self
    }

    /// Sets what stands on standard input.
    #[must_use]
    pub fn input(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.input = bytes.into();
        self
    }

    /// Sets how long it may take.
    #[must_use]
    pub fn patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Starts it, feeds it its input, and waits for its end.
    ///
    /// # Panics
    ///
    /// When it cannot be started or takes longer than it may.
    #[must_use]
    pub fn run(mut self) -> Finished {
        let input = std::mem::take(&mut self.input);
        let mut running = self.start();
        let stdin = running.stdin.take();
        let feeder = thread::spawn(move || {
            if let Some(mut stdin) = stdin {
                // Whoever does not read all of its input has closed it, which is no failure of the test.
                let _closed = stdin.write_all(&input);
            }
        });
        let finished = running.wait();
        let _fed = feeder.join();
        finished
    }

    /// Starts it with its input open.
    ///
    /// # Panics
    ///
    /// When it cannot be started.
    #[must_use]
    pub fn start(mut self) -> Running {
        let mut child = self
            .command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{:?} cannot be started: {error}", self.command));
        let (line, lines) = channel();
        let stdout = child.stdout.take().map(|pipe| collect(pipe, Some(line)));
        let stderr = child.stderr.take().map(|pipe| collect(pipe, None));
        Running {
            stdin: child.stdin.take(),
            child,
            stdout,
            stderr,
            lines,
            started: Instant::now(),
            patience: self.patience,
        }
    }
}

/// A process that runs. Dropped, it is killed.
#[derive(Debug)]
pub struct Running {
    child: Child,
    /// Its standard input.
    pub stdin: Option<ChildStdin>,
    stdout: Option<JoinHandle<Vec<u8>>>,
    stderr: Option<JoinHandle<Vec<u8>>>,
    lines: Receiver<String>,
    started: Instant,
    patience: Duration,
}

impl Drop for Running {
    fn drop(&mut self) {
        let _gone = self.child.kill();
        let _reaped = self.child.wait();
    }
}

impl Running {
    /// Sends a signal.
    ///
    /// # Panics
    ///
    /// When it cannot be sent.
    pub fn signal(&self, signal: Signal) {
        let pid = i32::try_from(self.child.id())
            .ok()
            .and_then(Pid::from_raw)
            .expect("a child has a process number");
        kill_process(pid, signal).expect("the child is there");
    }

    /// Writes one line to its input.
    ///
    /// # Panics
    ///
    /// When the input is closed.
    pub fn tell(&mut self, line: &str) {
        let stdin = self.stdin.as_mut().expect("the input is open");
        // In one piece, as a terminal hands a line over: a guest that reads what is there must not find half of one.
        stdin
            .write_all(format!("{line}\n").as_bytes())
            .expect("the child reads");
    }

    /// Waits for the next line of its output.
    ///
    /// # Panics
    ///
    /// When none comes in time.
    #[must_use]
    pub fn line(&self) -> String {
        match self.lines.recv_timeout(self.patience) {
            Ok(line) => line,
            Err(RecvTimeoutError::Timeout) => panic!("no line within {:?}", self.patience),
            Err(RecvTimeoutError::Disconnected) => panic!("the child ended without another line"),
        }
    }

    /// Writes one line and waits for the answer.
    #[must_use]
    pub fn ask(&mut self, line: &str) -> String {
        self.tell(line);
        self.line()
    }

    /// Its number.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Closes its input and waits for its end.
    ///
    /// # Panics
    ///
    /// When it takes longer than it may.
    #[must_use]
    pub fn wait(mut self) -> Finished {
        drop(self.stdin.take());
        let mut peak_bytes = 0;
        let status = loop {
            peak_bytes = peak_bytes.max(resident(self.child.id()));
            if let Some(status) = self.child.try_wait().expect("the child is ours") {
                break status;
            }
            if self.started.elapsed() > self.patience {
                self.give_up();
            }
            thread::sleep(GLANCE);
        };
        self.finished(status, peak_bytes)
    }

    fn finished(&mut self, status: ExitStatus, peak_bytes: u64) -> Finished {
        Finished {
            code: status.code(),
            stdout: text(self.stdout.take()),
            stderr: text(self.stderr.take()),
            wall: self.started.elapsed(),
            peak_bytes,
        }
    }

    fn give_up(&mut self) -> ! {
        let _gone = self.child.kill();
        let _reaped = self.child.wait();
        let (stdout, stderr) = (text(self.stdout.take()), text(self.stderr.take()));
        let stdout: String = stdout.chars().take(4_000).collect();
        panic!(
            "not done after {:?}\nstandard output: {stdout}\nstandard error: {stderr}",
            self.patience
        );
    }
}

fn text(reader: Option<JoinHandle<Vec<u8>>>) -> String {
    let bytes = reader
        .and_then(|reader| reader.join().ok())
        .unwrap_or_default();
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Reads a pipe to its end, and hands on each line as it comes, where somebody waits for lines.
fn collect(
    mut pipe: impl Read + Send + 'static,
    lines: Option<std::sync::mpsc::Sender<String>>,
) -> JoinHandle<Vec<u8>> {
    thread::spawn(move || {
        let (mut all, mut told) = (Vec::new(), 0);
        let mut chunk = vec![0; 64 * 1024];
        while let Ok(read @ 1..) = pipe.read(&mut chunk) {
            all.extend(chunk.iter().take(read));
            let Some(lines) = &lines else { continue };
            // A flood without line ends is not looked through again with each chunk.
            while let Some(end) = all
                .iter()
                .skip(told)
                .take(1 << 20)
                .position(|byte| *byte == b'\n')
            {
                let line = all.get(told..told + end).unwrap_or_default();
                let _nobody_listens = lines.send(String::from_utf8_lossy(line).into_owned());
                told += end + 1;
            }
        }
        all
    })
}

/// The most memory that was resident so far; 0 when the process is gone.
fn resident(id: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kibibytes = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok());
    kibibytes.unwrap_or_default() * 1024
}
