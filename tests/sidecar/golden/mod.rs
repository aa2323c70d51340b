//! Recorded conversations with the sidecar that this protocol was taken from, said again to this one: the same requests,
//! and answers of the same shape.
//!
//! The recordings lie beside the repository, where they do (`TOLLGATE_GOLDEN` may say where).

mod generated;
mod recorded;
mod replay;
mod shape;
mod told;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use self::recorded::Conversation;
use self::replay::replay;

/// The conversations in which this sidecar answers otherwise, on purpose. One that no longer differs is to be struck.
const DIFFERENT: &[(&str, &str)] = &[
    ("fs_exists", "a link that leads nowhere does not exist"),
    (
        "fs_mkdir",
        "a folder is made below one that is there: ENOENT",
    ),
    (
        "fs_proc_and_dev",
        "what lies in /dev and /proc is this sidecar's own",
    ),
    (
        "fs_read_dir_below_a_file",
        "below a file there is no folder: ENOTDIR",
    ),
    (
        "fs_realpath",
        "links that lead to each other are a loop: ELOOP",
    ),
    (
        "fs_remove_file_from_base_layer",
        "what lies in the base layer is this sidecar's own",
    ),
    (
        "fs_write_through_symlink",
        "a link that is put into a root belongs to nobody in particular, as a file does",
    ),
    (
        "js_bare_platform",
        "a program of the bare platform runs, and has `require`",
    ),
    (
        "js_command_node_version",
        "the version of Node is the one whose library the engine has",
    ),
    (
        "js_guest_etc_is_the_vms",
        "a VM's name is this sidecar's own",
    ),
    (
        "js_package_json_type_module",
        "a module has no `require`, and knows its file name",
    ),
    (
        "js_timers_and_promises",
        "turns are those of Node: `process.nextTick` before promises",
    ),
    (
        "python_waiting_on_stdin",
        "a line that Python reads has its end",
    ),
    (
        "signal_state_of_js",
        "each signal that is handled is told, SIGUSR1 too",
    ),
    (
        "snapshot_feeds_a_new_vm",
        "commands are found without files in /bin that stand for them",
    ),
    (
        "snapshot_root",
        "commands are found without files in /bin that stand for them",
    ),
];

/// What is recorded, and not served yet: Node's child processes and its sockets within a VM. And how many questions a mount of
/// the client's takes is each sidecar's own affair: those that a recording answers are not those that are asked here.
const NOT_SERVED: &[(&str, &str)] = &[
    (
        "callback_from_guest_javascript",
        "a guest starts no other program",
    ),
    ("js_child_process", "a guest starts no other program"),
    ("find_listener_tcp", "`node:net` is not served"),
    ("guest_tcp_to_itself", "`node:net` is not served"),
    (
        "mount_js_bridge_error_text",
        "other questions are asked of the client",
    ),
    (
        "mount_js_bridge_read_only",
        "other questions are asked of the client",
    ),
];

/// What lies beside the repository, where it does; `variable` may say that it is elsewhere.
fn beside(variable: &str, path: &str) -> Option<PathBuf> {
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let place = std::env::var_os(variable).map_or_else(|| shared.join(path), PathBuf::from);
    let there = place.exists();
    if !there {
        eprintln!("SKIPPED: {path} is not there ({variable} says where it is)");
    }
    there.then_some(place)
}

/// The recordings, if they are there.
fn conversations() -> Option<Vec<Conversation>> {
    let files = std::fs::read_dir(beside("TOLLGATE_GOLDEN", "golden")?).unwrap();
    let mut files: Vec<_> = files.map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| {
        path.extension()
            .is_some_and(|extension| extension == "json")
    });
    files.sort();
    assert!(files.len() > 100, "{} recordings", files.len());
    Some(files.iter().map(|file| Conversation::read(file)).collect())
}

#[test]
fn recorded_conversations_go_as_they_went() {
    let Some(conversations) = conversations() else {
        return;
    };
    let names: Vec<_> = conversations.iter().map(|each| each.name.clone()).collect();
    for (name, _) in DIFFERENT.iter().chain(NOT_SERVED) {
        assert!(
            names.iter().any(|each| each == name),
            "there is no recording {name}"
        );
    }
    // `TOLLGATE_GOLDEN_ONLY` is for who looks at one of them.
    let only = std::env::var("TOLLGATE_GOLDEN_ONLY").ok();
    let wanted = |each: &Conversation| only.as_ref().is_none_or(|only| each.name.contains(only));
    let conversations: Vec<_> = conversations.into_iter().filter(wanted).collect();
    let (open, found) = (
        Mutex::new(conversations.iter()),
        Mutex::new(BTreeMap::new()),
    );
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                loop {
                    let Some(next) = open.lock().unwrap().next() else {
                        return;
                    };
                    if let Some(differences) = replay(next) {
                        found.lock().unwrap().insert(next.name.clone(), differences);
                    }
                }
            });
        }
    });
    let wrong = judged(found.into_inner().unwrap());
    assert!(wrong.is_empty(), "{wrong}");
}

/// What is wrong with what went otherwise in each conversation: all that is not listed, and what is listed and went as it was
/// recorded.
fn judged(found: BTreeMap<String, Vec<String>>) -> String {
    let mut wrong = String::new();
    for (name, differences) in found {
        let meant = DIFFERENT
            .iter()
            .chain(NOT_SERVED)
            .find(|(each, _)| *each == name);
        match (meant, differences.is_empty()) {
            (None, false) => wrong += &format!("{name}:\n  {}\n", differences.join("\n  ")),
            (Some((_, why)), true) => wrong += &format!("{name} no longer differs, where {why}\n"),
            (None, true) | (Some(_), false) => {}
        }
    }
    wrong
}
