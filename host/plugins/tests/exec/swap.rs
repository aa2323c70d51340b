//! Files that are swapped while they are looked at: what was found beneath the folder runs, and nothing from outside of it.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::symlink;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rustix::fs::{FileType, Mode, mknodat};
use serde_json::{Value, json};
use tollgate_plugins::exec::Transport;
use tollgate_tests::commands::Then;

use crate::ground::{Ground, TALK, request, saying};

/// Swaps what lies at `tools/NAME` for as long as the flag stands: two programs, a link out, a folder, a pipe, nothing.
fn swapping(
    ground: &Ground,
    name: &str,
    one: &[u8],
    other: &[u8],
    on: Arc<AtomicBool>,
) -> std::thread::JoinHandle<()> {
    let (place, aside) = (
        ground.path(&format!("tools/{name}")),
        ground.path("tools/aside"),
    );
    let outside = ground.path(&format!("outside/{name}"));
    let (one, other) = (one.to_vec(), other.to_vec());
    std::thread::spawn(move || {
        let mut round = 0_u32;
        while on.load(Ordering::Relaxed) {
            round += 1;
            match round % 6 {
                0 | 3 => fs::write(&aside, &one).unwrap(),
                1 => fs::write(&aside, &other).unwrap(),
                2 => symlink(&outside, &aside).unwrap(),
                4 => mknodat(rustix::fs::CWD, &aside, FileType::Fifo, Mode::RUSR, 0).unwrap(),
                _ => fs::create_dir(&aside).unwrap(),
            }
            if place.is_dir() {
                fs::remove_dir(&place).unwrap();
            } else if aside.is_dir() {
                let _was_a_file = fs::remove_file(&place);
            }
            fs::rename(&aside, &place).unwrap();
        }
    })
}

async fn tally(transport: &Transport, path: &str, calls: u32) -> BTreeMap<String, u32> {
    let mut seen = BTreeMap::new();
    for _ in 0..calls {
        let answer = transport.call(request(path)).await;
        let word = match answer {
            Ok(value) => value.to_string(),
            Err(error) => error.code().to_string(),
        };
        *seen.entry(word).or_default() += 1;
    }
    seen
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_module_that_is_swapped_is_one_or_the_other_and_never_from_outside() {
    let ground = Ground::new();
    let (one, other) = (
        saying(b"\"one\"", Then::Exit(0)),
        saying(b"\"other\"", Then::Exit(0)),
    );
    ground.put("tools/say", &one);
    ground.put_saying("outside/say", b"\"outside\"", Then::Exit(0));
    let transport = ground.transport(TALK);
    let on = Arc::new(AtomicBool::new(true));
    let swapper = swapping(&ground, "say", &one, &other, Arc::clone(&on));
    let seen = tally(&transport, "/tools/say", 400).await;
    on.store(false, Ordering::Relaxed);
    swapper.join().unwrap();
    let expected = [
        "\"one\"",
        "\"other\"",
        "exec_program_missing",
        "exec_program_not_allowed",
        "exec_program_not_executable",
    ];
    assert!(
        seen.keys().all(|word| expected.contains(&word.as_str())),
        "{seen:?}"
    );
    assert!(seen.contains_key("\"one\"") && seen.len() > 2, "{seen:?}");
}

/// Languages want clocks and chance, as the command line grants them.
const LANGUAGES: &str = "version = 1\n[stdio]\ndefault = \"allow\"\n[clock]\ndefault = \"allow\"\n[random]\ndefault = \"allow\"\n";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_source_that_is_swapped_is_one_or_the_other_and_never_from_outside() {
    let ground = Ground::new();
    let (one, other) = ("console.log('1')", "console.log('2')");
    ground.put("tools/say.cjs", one);
    ground.put("outside/say.cjs", "console.log('3')");
    let transport = ground.transport(LANGUAGES);
    let warm = transport.call(request("/tools/say.cjs")).await;
    assert_eq!(warm.unwrap(), json!(1));
    let on = Arc::new(AtomicBool::new(true));
    let swapper = swapping(
        &ground,
        "say.cjs",
        one.as_bytes(),
        other.as_bytes(),
        Arc::clone(&on),
    );
    let seen = tally(&transport, "/tools/say.cjs", 60).await;
    on.store(false, Ordering::Relaxed);
    swapper.join().unwrap();
    // What was found was read, so that none of them fails in its run.
    let expected = [
        "1",
        "2",
        "exec_program_missing",
        "exec_program_not_allowed",
        "exec_program_not_executable",
    ];
    assert!(
        seen.keys().all(|word| expected.contains(&word.as_str())),
        "{seen:?}"
    );
    assert!(seen.contains_key("1"), "{seen:?}");
}

#[tokio::test]
async fn what_was_found_runs_though_its_file_is_gone() {
    let ground = Ground::new();
    // It says its own text, which it can know by being read before.
    let text = "const m = process.mainModule; require('./second.cjs'); console.log(JSON.stringify(m.filename))";
    ground.put("tools/first.cjs", text);
    ground.put("tools/second.cjs", "exports.a = 1");
    let transport = ground.transport(LANGUAGES);
    let answer = transport.call(request("/tools/first.cjs")).await;
    assert_eq!(answer.unwrap(), json!("/program/first.cjs"));
    // The folder itself may move: the handle is what counts.
    fs::rename(ground.path("tools"), ground.path("moved")).unwrap();
    fs::create_dir(ground.path("tools")).unwrap();
    ground.put("tools/first.cjs", "console.log('\"another\"')");
    let answer: Value = transport.call(request("/tools/first.cjs")).await.unwrap();
    assert_eq!(answer, json!("/program/first.cjs"));
}
