//! What a process has of the machine.

/// What a process has open, and in place.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Held {
    pub(crate) files: usize,
    pub(crate) threads: u64,
    pub(crate) bytes: u64,
    /// Processor time so far, in hundredths of a second.
    pub(crate) ticks: u64,
}

impl Held {
    pub(crate) fn by(process: u32) -> Self {
        let files = std::fs::read_dir(format!("/proc/{process}/fd")).unwrap();
        let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
        let number = |name: &str| -> u64 {
            let line = status.lines().find(|line| line.starts_with(name)).unwrap();
            line.split_whitespace().nth(1).unwrap().parse().unwrap()
        };
        let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap();
        // The name of the program may have spaces in it, and ends with the last bracket.
        let fields: Vec<&str> = stat
            .rsplit(')')
            .next()
            .unwrap()
            .split_whitespace()
            .collect();
        let ticks = |at: usize| -> u64 { fields[at].parse().unwrap() };
        Self {
            files: files.count(),
            threads: number("Threads:"),
            bytes: number("VmRSS:") << 10,
            ticks: ticks(11) + ticks(12),
        }
    }
}
