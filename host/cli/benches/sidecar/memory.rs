//! What VMs and live programs take.

use std::time::Duration;

use crate::programs::{LANGUAGES, Language};
use crate::side::{Running, Side, furnished, live, vm};

const VMS: usize = 100;
const LIVE: usize = 50;

/// Bytes of one thing, each, on each side.
pub(crate) struct Row {
    pub(crate) what: String,
    pub(crate) sides: Vec<Option<Bytes>>,
    /// What it is to stay below.
    pub(crate) wanted: Option<u64>,
}

/// Of a process: what is its own, and what it has of what is shared as well.
#[derive(Clone, Copy)]
pub(crate) struct Bytes {
    pub(crate) private: u64,
    pub(crate) proportional: u64,
    /// Of how many this is the mean.
    pub(crate) of: usize,
}

pub(crate) async fn measure(sides: &[Side]) -> Vec<Row> {
    let mut rows = vec![Row {
        what: "a VM".to_owned(),
        sides: Vec::new(),
        wanted: None,
    }];
    for side in sides {
        rows[0].sides.push(Some(of_vms(side).await));
    }
    for language in LANGUAGES {
        let wanted = match language {
            Language::JavaScript => 1 << 20,
            Language::WebAssembly => 256 << 10,
            Language::Python => 8 << 20,
        };
        let what = format!("a live program in {}", language.name());
        let mut row = Row {
            what,
            sides: Vec::new(),
            wanted: Some(wanted),
        };
        for side in sides {
            row.sides.push(Some(of_programs(side, language).await));
        }
        rows.push(row);
    }
    rows
}

async fn of_vms(side: &Side) -> Bytes {
    let running = side.start().await;
    let session = running.session().await;
    let _first = vm(&session).await;
    let before = settled(&running).await;
    let mut vms = Vec::new();
    for _ in 0..VMS {
        vms.push(vm(&session).await);
    }
    let bytes = each(before, settled(&running).await, VMS);
    running.end().await;
    bytes
}

/// All in one VM, beside one more that was there before and has brought what all share.
async fn of_programs(side: &Side, language: Language) -> Bytes {
    // Where few may live, all but the first.
    let count = side.most_live.map_or(LIVE, |most| (most - 1).max(1));
    let running = side.start().await;
    let session = running.session().await;
    let place = furnished(&session).await;
    live(&place, language.waits(side, "first")).await;
    let before = settled(&running).await;
    for number in 0..count {
        live(&place, language.waits(side, &format!("p{number}"))).await;
    }
    let bytes = each(before, settled(&running).await, count);
    running.end().await;
    bytes
}

fn each(before: Bytes, after: Bytes, of: usize) -> Bytes {
    let mean = |before: u64, after: u64| after.saturating_sub(before) / of as u64;
    Bytes {
        private: mean(before.private, after.private),
        proportional: mean(before.proportional, after.proportional),
        of,
    }
}

/// What it takes once that has stopped growing.
async fn settled(running: &Running) -> Bytes {
    let mut last = taken(running.pid());
    loop {
        tokio::time::sleep(Duration::from_millis(400)).await;
        let now = taken(running.pid());
        if now.private <= last.private + (64 << 10) {
            return now;
        }
        last = now;
    }
}

fn taken(pid: u32) -> Bytes {
    let text = std::fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).unwrap();
    let of = |name: &str| {
        let line = text.lines().find(|line| line.starts_with(name)).unwrap();
        let kib: u64 = line.split_whitespace().nth(1).unwrap().parse().unwrap();
        kib << 10
    };
    Bytes {
        private: of("Private_Dirty:"),
        proportional: of("Pss:"),
        of: 1,
    }
}
