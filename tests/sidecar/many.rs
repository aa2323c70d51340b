//! Many VMs at once, and many one after the other.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use tollgate_client::types::GuestRuntimeKind;
use tollgate_client::{Vm, program};
use tollgate_tests::{guests, scene};

use crate::support::{ALLOW, Held, Served, Watch, guest, soon};

/// How many are tried; the variable says another number.
fn number(variable: &str, most: usize) -> usize {
    let stated = std::env::var(variable).ok();
    stated.map_or(most, |stated| stated.parse().expect("a number"))
}

const ECHO: &str = "process.stdin.on('data', (text) => process.stdout.write(text))";

fn said(number: usize) -> String {
    format!("I am {number}\n")
}

/// Starts a program that says what it is told, and stays.
async fn start(vm: &Vm, number: usize) {
    let (runtime, path, bytes) = if number.is_multiple_of(2) {
        let wasm = GuestRuntimeKind::WebAssembly;
        (wasm, "/tmp/cat.wasm", guest(guests::CAT))
    } else {
        let javascript = GuestRuntimeKind::JavaScript;
        (javascript, "/tmp/echo.cjs", ECHO.as_bytes().to_vec())
    };
    soon(vm.write_file(path, &bytes)).await.unwrap();
    soon(vm.execute(program("stays", runtime, path)))
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hundreds_of_vms_live_each_with_a_program() {
    const AT_ONCE: usize = 25;
    let vms = number("TOLLGATE_VMS", 500);
    let served = Served::new(scene!(), &[]).await;
    let (_client, connection) = served.client("").await.unwrap();
    let session = connection.open_session().await.unwrap();
    let started = Instant::now();
    let mut alive = Vec::new();
    for first in (0..vms).step_by(AT_ONCE) {
        let made = (first..(first + AT_ONCE).min(vms)).map(|number| {
            let session = &session;
            async move {
                let vm = session.create_vm(GuestRuntimeKind::WebAssembly, ALLOW);
                let vm = soon(vm).await.unwrap();
                let watch = Watch::over(&vm);
                start(&vm, number).await;
                (vm, watch)
            }
        });
        alive.extend(join_all(made).await);
    }
    let made = started.elapsed();
    // All of them live, and each is told its own. What is WebAssembly answers at its end.
    let spoken = alive
        .iter_mut()
        .enumerate()
        .map(|(number, (vm, watch))| async move {
            let text = said(number);
            let written = vm.write_stdin("stays", text.as_bytes());
            soon(written).await.unwrap();
            if !number.is_multiple_of(2) {
                watch.wrote("stays", &text).await;
            }
        });
    join_all(spoken).await;
    let full = Held::by(served.process());
    eprintln!("{vms} VMs with a program each in {made:.2?}: {full:?}");
    // Nobody has anything to do.
    tokio::time::sleep(Duration::from_millis(500)).await;
    let idle = Held::by(served.process()).ticks - full.ticks;
    assert!(
        idle <= 10,
        "{idle} hundredths of a second of processor time in half a second"
    );
    assert!(full.threads < 64, "{full:?}");
    assert!(
        full.bytes < (200 << 20) + (vms as u64) * (4 << 20),
        "{full:?}"
    );

    let ended = alive.iter_mut().enumerate().step_by(2);
    let ended = ended.map(|(number, (vm, watch))| async move {
        soon(vm.close_stdin("stays")).await.unwrap();
        assert_eq!(watch.ended("stays").await.expect(0).stdout, said(number));
    });
    join_all(ended).await;
    let started = Instant::now();
    join_all(alive.iter().map(|(vm, _)| soon(vm.dispose()))).await;
    eprintln!("disposed of in {:.2?}", started.elapsed());
    let after = Held::by(served.process());
    assert!(after.files <= 64, "{after:?}");
}

/// Nothing stays of VMs that are made, run something and are disposed of.
#[tokio::test]
async fn nothing_stays_of_thousands_of_vms() {
    let cycles = number("TOLLGATE_CYCLES", 400);
    let served = Served::new(scene!(), &[]).await;
    let (_client, connection) = served.client("").await.unwrap();
    let session = connection.open_session().await.unwrap();
    let process = served.process();
    let hello = guest(guests::HELLO);
    let round = async |from: usize, many: usize| {
        for number in from..from + many {
            let vm = session.create_vm(GuestRuntimeKind::WebAssembly, ALLOW);
            let vm = soon(vm).await.unwrap();
            let mut watch = Watch::over(&vm);
            let asked = if number.is_multiple_of(4) {
                let text = format!("console.log('hello', {number})");
                soon(vm.write_file("/hello.cjs", text.as_bytes()))
                    .await
                    .unwrap();
                program("p", GuestRuntimeKind::JavaScript, "/hello.cjs")
            } else {
                soon(vm.write_file("/hello.wasm", &hello)).await.unwrap();
                program("p", GuestRuntimeKind::WebAssembly, "/hello.wasm")
            };
            soon(vm.execute(asked)).await.unwrap();
            assert!(watch.ended("p").await.expect(0).stdout.starts_with("hello"));
            soon(vm.dispose()).await.unwrap();
        }
    };
    // What is made once is there after the first ones.
    round(0, 200).await;
    let before = Held::by(process);
    let started = Instant::now();
    round(200, cycles).await;
    let took = started.elapsed();
    let after = Held::by(process);
    eprintln!("{cycles} cycles in {took:.2?}: {before:?} -> {after:?}");
    assert!(after.files <= before.files + 4, "{before:?} -> {after:?}");
    assert!(
        after.threads <= before.threads + 4,
        "{before:?} -> {after:?}"
    );
    assert!(
        after.bytes <= before.bytes + (32 << 20),
        "{before:?} -> {after:?}"
    );
}
