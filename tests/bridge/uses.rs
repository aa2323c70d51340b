//! What can be done with files that the client serves.

use serde_json::Value;
use tollgate_client::Handler;
use tollgate_client::types::{GuestRuntimeKind, JsBridgeCallRequest, OwnershipScope};
use tollgate_client::{Answering, program};
use tollgate_tests::{guests, printed, scene};

use crate::served::Served;
use crate::support::{Host, mounts, said, soon};

#[tokio::test]
async fn s102_the_client_reads_what_it_serves_while_its_request_waits() {
    let served = Served::new();
    served.put("/old.txt", b"from bridge");
    let host = Host::new(scene!(), served.clone()).await;
    host.mount("/br", r#"{"mountId":"m1"}"#, false).await;
    assert!(served.asked().is_empty(), "mounting asks nothing");

    let read = soon(host.vm.read_file("/br/old.txt")).await.unwrap();
    assert_eq!(read, b"from bridge");
    let asked = ["lstat /old.txt", "lstat /old.txt", "readFile /old.txt"];
    assert_eq!(served.asked(), asked);
    assert_eq!(served.called()[0], "m1 js-bridge-call-1");
    assert_eq!(served.called()[2], "m1 js-bridge-call-3");

    let missing = said(soon(host.vm.read_file("/br/missing")).await);
    assert!(missing.starts_with("ENOENT: "), "{missing}");
    soon(host.vm.write_file("/br/new", b"written"))
        .await
        .unwrap();
    assert_eq!(served.content("/new"), b"written");
    let found = soon(host.vm.stat("/br/old.txt")).await.unwrap();
    assert_eq!((found.size, found.uid, found.gid), (11, 7, 8));
    let mut names = soon(host.vm.read_dir("/br")).await.unwrap();
    names.sort();
    assert_eq!(names, ["new", "old.txt"]);
    assert!(soon(host.vm.exists("/br/old.txt")).await.unwrap());
    assert!(!soon(host.vm.exists("/br/other")).await.unwrap());
}

#[tokio::test]
async fn s102_a_mount_without_a_name_is_called_by_its_place_and_may_be_read_only() {
    for config in ["null", "{}", r#"{"mountId":null}"#] {
        let served = Served::new();
        served.put("/f", b"x");
        let host = Host::new(scene!(), served.clone()).await;
        host.mount("/br", config, true).await;
        assert_eq!(soon(host.vm.read_file("/br/f")).await.unwrap(), b"x");
        assert_eq!(served.called()[0], "/br js-bridge-call-1");
        served.asked();
        let refused = said(soon(host.vm.write_file("/br/f", b"y")).await);
        assert!(refused.starts_with("EROFS: "), "{refused}");
        assert_eq!(served.content("/f"), b"x");
        assert!(
            served
                .asked()
                .iter()
                .all(|asked| asked.starts_with("lstat "))
        );
    }
}

#[tokio::test]
async fn a_configuration_that_makes_no_sense_is_refused() {
    let host = Host::new(scene!(), Served::new()).await;
    let long = format!("{{\"mountId\":\"{}\"}}", "n".repeat(2_000));
    for config in [
        "7",
        r#"{"mountId":7}"#,
        r#"{"timeoutMs":0}"#,
        r#"{"timeoutMs":30001}"#,
        &long,
    ] {
        let refused = said(soon(host.vm.configure(mounts("/br", config, false))).await);
        assert!(refused.starts_with("EINVAL: "), "{config}: {refused}");
    }
}

#[tokio::test]
async fn links_are_followed_by_the_sidecar_and_lead_through_the_vms_own_tree() {
    let served = Served::new();
    served.put_dir("/dir");
    served.put("/dir/f", b"beyond a link");
    served.put_link("/link", "dir");
    served.put_link("/out", "../etc/inside");
    served.put_link("/absolute", "/etc/inside");
    served.put_link("/loop", "loop");
    let host = Host::new(scene!(), served).await;
    host.mount("/br", "{}", false).await;
    soon(host.vm.write_file("/etc/inside", b"the VM's"))
        .await
        .unwrap();
    let read = |path: &'static str| soon(host.vm.read_file(path));
    assert_eq!(read("/br/link/f").await.unwrap(), b"beyond a link");
    assert_eq!(read("/br/out").await.unwrap(), b"the VM's");
    assert_eq!(read("/br/absolute").await.unwrap(), b"the VM's");
    let looped = said(read("/br/loop").await);
    assert!(looped.starts_with("ELOOP: "), "{looped}");
}

#[tokio::test]
async fn bytes_may_come_as_numbers_and_attributes_in_snake_case() {
    let served = Served::odd();
    let large: Vec<u8> = (0..=255).cycle().take(300_000).collect();
    served.put("/large", &large);
    served.put_dir("/dir");
    let host = Host::new(scene!(), served.clone()).await;
    host.mount("/br", "{}", false).await;
    assert_eq!(soon(host.vm.read_file("/br/large")).await.unwrap(), large);
    let mut names = soon(host.vm.read_dir("/br")).await.unwrap();
    names.sort();
    assert_eq!(names, ["dir", "large"]);
    let found = soon(host.vm.stat("/br/dir")).await.unwrap();
    assert!(found.is_directory);
}

#[tokio::test]
async fn a_program_in_javascript_reads_and_writes_what_the_client_serves() {
    let served = Served::new();
    served.put("/in.txt", b"asked");
    let mut host = Host::new(scene!(), served.clone()).await;
    host.mount("/br", "{}", false).await;
    let text = b"const fs = require('fs');
        fs.writeFileSync('/br/out.txt', fs.readFileSync('/br/in.txt', 'utf8') + ' and answered');
        fs.mkdirSync('/br/dir');
        let code;
        try { fs.readFileSync('/br/none') } catch (error) { code = error.code }
        console.log(fs.readdirSync('/br').sort().join(), code);";
    soon(host.vm.write_file("/tmp/p.cjs", text)).await.unwrap();
    let asked = program("p", GuestRuntimeKind::JavaScript, "/tmp/p.cjs");
    let (code, out, err) = host.run(asked).await;
    assert_eq!(
        (code, out.as_str()),
        (0, "dir,in.txt,out.txt ENOENT\n"),
        "{err}"
    );
    assert_eq!(served.content("/out.txt"), b"asked and answered");
}

#[tokio::test]
async fn a_webassembly_program_finds_files_as_it_knows_them() {
    let served = Served::new();
    let mut host = Host::new(scene!(), served.clone()).await;
    host.mount("/work", "{}", false).await;
    let guest = std::fs::read(guests::FILES).unwrap();
    soon(host.vm.write_file("/tmp/files.wasm", &guest))
        .await
        .unwrap();
    let asked = program("p", GuestRuntimeKind::WebAssembly, "/tmp/files.wasm");
    let (code, out, err) = host.run(asked).await;
    assert_eq!(code, 0, "{out}{err}");
    assert_eq!(out.lines().collect::<Vec<_>>(), printed::FILES);
    assert_eq!(served.content("/d"), b"hello");
}

/// Says the same to every question.
struct Parrot(Result<Option<&'static str>, &'static str>);

impl Handler for Parrot {
    fn js_bridge(
        &self,
        _: OwnershipScope,
        call: JsBridgeCallRequest,
    ) -> Answering<Result<Option<String>, String>> {
        let _arguments_are_json: Value = serde_json::from_str(&call.args).unwrap();
        let answer = self
            .0
            .map(|said| said.map(str::to_owned))
            .map_err(str::to_owned);
        Box::pin(async move { answer })
    }
}

#[tokio::test]
async fn words_of_an_error_become_an_errno() {
    for (text, errno) in [
        ("EPERM: host says no", "EACCES"),
        ("Not Found", "ENOENT"),
        ("permission denied", "EACCES"),
        ("it already exists", "EEXIST"),
        ("ENOTDIR: x", "ENOTDIR"),
        ("sorry", "EIO"),
        ("", "EIO"),
    ] {
        let host = Host::new(scene!(), Parrot(Err(text))).await;
        host.mount("/br", "{}", false).await;
        let refused = said(soon(host.vm.read_file("/br/x")).await);
        assert!(
            refused.starts_with(&format!("{errno}: ")),
            "{text}: {refused}"
        );
        assert!(
            text.is_empty() || !refused.contains("host says"),
            "{refused}"
        );
    }
}

#[tokio::test]
async fn nonsense_is_an_error_of_input_and_output() {
    for answer in [
        None,
        Some("null"),
        Some("{"),
        Some("[]"),
        Some(r#"{"size": -1}"#),
        Some(r#"{"size": 1e300}"#),
        // A link whose target is none.
        Some(r#"{"isSymbolicLink": true}"#),
    ] {
        let host = Host::new(scene!(), Parrot(Ok(answer))).await;
        host.mount("/br", "{}", false).await;
        let refused = said(soon(host.vm.read_file("/br/x")).await);
        assert!(refused.starts_with("EIO: "), "{answer:?}: {refused}");
        // The sidecar goes on.
        soon(host.vm.write_file("/tmp/f", b"x")).await.unwrap();
    }
}
