//! Many requests, one after the other and at once: nothing of them stays in the sidecar.

use futures_util::future::join_all;

use crate::support::{allowed, ask, get, serving};

/// How many; `TOLLGATE_FETCHES` says another number.
fn fetches() -> usize {
    let stated = std::env::var("TOLLGATE_FETCHES").ok();
    stated.map_or(600, |stated| stated.parse().expect("a number"))
}

/// How many files a process has open, and how many bytes of memory it has in place.
fn held(process: u32) -> (usize, u64) {
    let files = std::fs::read_dir(format!("/proc/{process}/fd")).unwrap();
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmRSS:"))
        .unwrap();
    let kib: u64 = line.split_whitespace().nth(1).unwrap().parse().unwrap();
    (files.count(), kib << 10)
}

#[tokio::test]
async fn nothing_stays_of_thousands_of_requests() {
    let (sidecar, vm) = allowed().await;
    let program = "
      let count = 0;
      require('http').createServer((request, response) => {
        if (++count % 2) response.end(request.url);
        else setTimeout(() => response.end(request.url), 1);
      }).listen(4800, () => console.log('listening'));";
    let watch = serving(&vm, "p", program).await;
    let round = async |from: usize, many: usize| {
        for first in (from..from + many).step_by(50) {
            let asked = (first..(first + 50).min(from + many)).map(|number| {
                let vm = &vm;
                async move {
                    let path = format!("/{number}");
                    assert_eq!(ask(vm, get(4800, &path)).await.text(), path);
                }
            });
            join_all(asked).await;
        }
    };
    // What is made once is there after the first ones.
    round(0, 200).await;
    let (files, bytes) = held(sidecar.process);
    let started = std::time::Instant::now();
    round(200, fetches()).await;
    let took = started.elapsed();
    let (files_after, bytes_after) = held(sidecar.process);
    eprintln!(
        "{} requests in {took:.2?}; files {files} -> {files_after}, memory {bytes} -> {bytes_after}",
        fetches()
    );
    assert!(files_after <= files + 4, "{files} -> {files_after}");
    assert!(
        bytes_after <= bytes + (32 << 20),
        "{bytes} -> {bytes_after}"
    );
    assert_eq!(watch.exit("p"), None);
}
