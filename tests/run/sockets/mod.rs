//! Sockets with real peers: this process is the other end.

mod datagrams;
mod denied;
mod floods;
mod names;
mod options;
mod peers;
mod streams;

pub(crate) use datagrams::udp_peer;
pub(crate) use denied::{net_ops, sockets};
pub(crate) use floods::socket_flood;
pub(crate) use names::dial;
pub(crate) use streams::{tcp_client, tcp_server};

use tollgate_tests::{Record, Running, Scene, guests};

/// A run of `net-ops` that is told what to do line by line.
fn script(scene: &Scene, flags: &[&str]) -> Running {
    scene.run(guests::NET_OPS).flags(flags).start()
}

/// Checks the answer to each line.
#[track_caller]
fn tell(running: &mut Running, lines: &[(&str, &str)]) {
    for (line, expected) in lines {
        let answer = running.ask(line);
        assert_eq!(answer, *expected, "{line}");
    }
}

/// The answers to `lines`, and the log.
#[track_caller]
fn answers(scene: &Scene, flags: &[&str], lines: &[&str]) -> (Vec<String>, Vec<Record>) {
    let run = scene.run(guests::NET_OPS).flags(flags);
    let (finished, records) = run.input(lines.join("\n") + "\n").logged();
    let answers: Vec<String> = finished
        .expect(0)
        .stdout
        .lines()
        .map(str::to_owned)
        .collect();
    assert_eq!(answers.len(), lines.len(), "{answers:?}");
    (answers, records)
}

/// The sum over the records of an operation on a resource: bytes in, bytes out.
fn traffic(records: &[Record], operation: &str, resource: &str) -> (u64, u64) {
    records
        .iter()
        .filter(|record| record.is(operation, resource))
        .fold((0, 0), |(bytes_in, bytes_out), record| {
            (bytes_in + record.bytes_in, bytes_out + record.bytes_out)
        })
}

/// The sockets that a process has open.
fn sockets_of(id: u32) -> usize {
    let folder = std::fs::read_dir(format!("/proc/{id}/fd")).unwrap();
    folder
        .filter_map(|entry| std::fs::read_link(entry.unwrap().path()).ok())
        .filter(|target| target.to_string_lossy().starts_with("socket:"))
        .count()
}
