//! How long things take, on each side by turns.

use std::time::{Duration, Instant};

use tollgate_client::types::GuestRuntimeKind::JavaScript;
use tollgate_client::types::VmFetchRequest;
use tollgate_client::{Session, Vm, program};

use crate::programs::{LANGUAGES, Language};
use crate::side::{Running, Side, furnished, kill, live, run, vm};

/// One thing that was measured.
pub(crate) struct Row {
    pub(crate) what: String,
    /// What of it there was on each side, in the order of the sides.
    pub(crate) sides: Vec<Vec<Duration>>,
    /// How many times as fast as the other side it is to be.
    pub(crate) wanted: Option<f64>,
}

/// A sidecar, and a VM in it.
struct Place {
    running: Running,
    session: Session,
    vm: Vm,
}

impl Place {
    async fn new(side: &Side) -> Self {
        let running = side.start().await;
        let session = running.session().await;
        let vm = furnished(&session).await;
        Self {
            running,
            session,
            vm,
        }
    }
}

/// Rounds of what takes microseconds here, and of what takes whole programs.
const CALLS: usize = 200;
const PROGRAMS: usize = 20;
/// Of what begins with a process of its own, which takes seconds on the other side.
const COLD: usize = 7;
/// Where each call leaves something behind on the other side, which stops it at some 250.
const FETCHES: usize = 150;
/// How many calls go to one side before it is the other's turn; one before them is not counted.
const BLOCK: usize = 10;

pub(crate) async fn measure(sides: &[Side]) -> Vec<Row> {
    let mut rows = vec![started(sides).await];
    rows.extend(cold(sides).await);
    let mut places = Vec::new();
    for side in sides {
        places.push(Place::new(side).await);
    }
    rows.extend(vms(&places).await);
    rows.push(kept().await);
    rows.extend(warm(sides, &places).await);
    rows.extend(calls(&places).await);
    rows.push(fetched(&places).await);
    rows.extend(killed(&places).await);
    for place in places {
        place.running.end().await;
    }
    rows
}

fn row(what: impl Into<String>, sides: usize, wanted: Option<f64>) -> Row {
    Row {
        what: what.into(),
        sides: vec![Vec::new(); sides],
        wanted,
    }
}

async fn started(sides: &[Side]) -> Row {
    let mut row = row("start, to Authenticated", sides.len(), None);
    for _ in 0..PROGRAMS {
        for (side, times) in sides.iter().zip(&mut row.sides) {
            let begun = Instant::now();
            let running = side.start().await;
            times.push(begun.elapsed());
            running.end().await;
        }
    }
    row
}

/// The first program of a sidecar that was just started. What it compiled is kept on disk from one to the next.
async fn cold(sides: &[Side]) -> Vec<Row> {
    let mut rows = Vec::new();
    for language in LANGUAGES {
        let wanted = (language == Language::JavaScript).then_some(30.0);
        let mut first = row(
            format!("{}, cold, to first byte", language.name()),
            sides.len(),
            None,
        );
        let mut exit = row(
            format!("{}, cold, to exit", language.name()),
            sides.len(),
            wanted,
        );
        for round in 0..=COLD {
            for (at, side) in sides.iter().enumerate() {
                let place = Place::new(side).await;
                let ran = run(&place.vm, language.hello(side)).await;
                // What is on no disk yet is not what starts anew.
                if round > 0 {
                    first.sides[at].push(ran.first);
                    exit.sides[at].push(ran.exit);
                }
                place.running.end().await;
            }
        }
        rows.extend([first, exit]);
    }
    rows
}

async fn warm(sides: &[Side], places: &[Place]) -> Vec<Row> {
    let mut rows = Vec::new();
    for language in LANGUAGES {
        let wanted = match language {
            Language::JavaScript => 100.0,
            Language::WebAssembly => 200.0,
            Language::Python => 300.0,
        };
        let mut first = row(
            format!("{}, warm, to first byte", language.name()),
            sides.len(),
            None,
        );
        let mut exit = row(
            format!("{}, warm, to exit", language.name()),
            sides.len(),
            Some(wanted),
        );
        for round in 0..PROGRAMS + 2 {
            for (at, (side, place)) in sides.iter().zip(places).enumerate() {
                let ran = run(&place.vm, language.hello(side)).await;
                if round >= 2 {
                    first.sides[at].push(ran.first);
                    exit.sides[at].push(ran.exit);
                }
            }
        }
        rows.extend([first, exit]);
    }
    rows
}

/// A VM whose files are on the disk before it is said to be gone. The original keeps none.
async fn kept() -> Row {
    let mut row = row("dispose of a VM whose files are kept", 1, None);
    let side = Side::keeping();
    let running = side.start().await;
    let session = running.session().await;
    for _ in 0..2 * PROGRAMS {
        let vm = vm(&session).await;
        vm.write_file("/kept", &[7; 4_096]).await.unwrap();
        let begun = Instant::now();
        vm.dispose().await.unwrap();
        row.sides[0].push(begun.elapsed());
    }
    running.end().await;
    row
}

async fn vms(places: &[Place]) -> Vec<Row> {
    let mut made = row("create a VM", places.len(), None);
    let mut gone = row("dispose of a VM", places.len(), None);
    let mut lived = row(
        "dispose of a VM in which a program waits",
        places.len(),
        None,
    );
    for _ in 0..2 * PROGRAMS {
        for (at, place) in places.iter().enumerate() {
            let begun = Instant::now();
            let vm = vm(&place.session).await;
            made.sides[at].push(begun.elapsed());
            let begun = Instant::now();
            vm.dispose().await.unwrap();
            gone.sides[at].push(begun.elapsed());
        }
    }
    for _ in 0..PROGRAMS {
        for (at, place) in places.iter().enumerate() {
            let vm = furnished(&place.session).await;
            live(&vm, program("waits", JavaScript, "/wait.js")).await;
            let begun = Instant::now();
            vm.dispose().await.unwrap();
            lived.sides[at].push(begun.elapsed());
        }
    }
    vec![made, gone, lived]
}

async fn calls(places: &[Place]) -> Vec<Row> {
    let bytes: Vec<u8> = (0..4096_u32)
        .map(|at| b'a' + u8::try_from(at % 26).unwrap())
        .collect();
    let mut write = row("write 4 KiB", places.len(), Some(20.0));
    let mut read = row("read 4 KiB", places.len(), Some(20.0));
    let mut stat = row("stat", places.len(), Some(4.0));
    for _ in 0..CALLS / BLOCK {
        for (at, Place { vm, .. }) in places.iter().enumerate() {
            for call in 0..=BLOCK {
                let begun = Instant::now();
                vm.write_file("/workspace/file", &bytes).await.unwrap();
                let wrote = begun.elapsed();
                let begun = Instant::now();
                let content = vm.read_file("/workspace/file").await.unwrap();
                let was_read = begun.elapsed();
                assert_eq!(content, bytes);
                let begun = Instant::now();
                vm.stat("/workspace/file").await.unwrap();
                let told = begun.elapsed();
                if call > 0 {
                    write.sides[at].push(wrote);
                    read.sides[at].push(was_read);
                    stat.sides[at].push(told);
                }
            }
        }
    }
    vec![write, read, stat]
}

async fn fetched(places: &[Place]) -> Row {
    let mut row = row(
        "fetch from a server in JavaScript",
        places.len(),
        Some(50.0),
    );
    for Place { vm, .. } in places {
        live(vm, program("serve", JavaScript, "/serve.js")).await;
    }
    for _ in 0..FETCHES / BLOCK {
        for (at, Place { vm, .. }) in places.iter().enumerate() {
            for call in 0..=BLOCK {
                let asked = VmFetchRequest {
                    port: 4_000,
                    method: "GET".to_owned(),
                    path: "/".to_owned(),
                    headers_json: "{}".to_owned(),
                    body: None,
                };
                let begun = Instant::now();
                let answer = vm.fetch(asked).await.unwrap();
                let took = begun.elapsed();
                assert!(answer.contains("\"status\":200"), "{answer}");
                if call > 0 {
                    row.sides[at].push(took);
                }
            }
        }
    }
    for Place { vm, .. } in places {
        kill(vm, "serve").await;
    }
    row
}

async fn killed(places: &[Place]) -> Vec<Row> {
    let mut rows = Vec::new();
    for (what, path) in [("waits", "/wait.js"), ("never waits", "/spin.js")] {
        let mut row = row(
            format!("kill of a program that {what}, to its exit"),
            places.len(),
            Some(30.0),
        );
        for _ in 0..PROGRAMS {
            for (at, Place { vm, .. }) in places.iter().enumerate() {
                live(vm, program("killed", JavaScript, path)).await;
                row.sides[at].push(kill(vm, "killed").await);
            }
        }
        rows.push(row);
    }
    rows
}
