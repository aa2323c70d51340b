//! 102: mounts that the client serves.

use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tollgate_client::types::{JsBridgeCallRequest, OwnershipScope};
use tollgate_client::{Answering, Handler, Options};
use tollgate_tests::scene;

use crate::files::errno;
use crate::mounts::{mount, with};
use crate::support::{ALLOW, host_with, soon};

/// A mount with one folder that has one file.
#[derive(Clone, Default)]
struct Served(Arc<Mutex<Vec<String>>>);

fn stat(directory: bool) -> Value {
    json!({
        "mode": if directory { 0o040_755 } else { 0o100_644 }, "size": if directory { 0 } else { 11 }, "blocks": 1,
        "dev": 1, "rdev": 0, "isDirectory": directory, "isSymbolicLink": false, "atimeMs": 0, "mtimeMs": 0,
        "ctimeMs": 0, "birthtimeMs": 0, "ino": if directory { 1 } else { 2 }, "nlink": 1, "uid": 0, "gid": 0,
    })
}

impl Handler for Served {
    fn js_bridge(
        &self,
        _: OwnershipScope,
        call: JsBridgeCallRequest,
    ) -> Answering<Result<Option<String>, String>> {
        self.0.lock().unwrap().push(call.operation.clone());
        assert_eq!(call.mount_id, "m1");
        let args: Value = serde_json::from_str(&call.args).unwrap();
        let path = args["path"].as_str().unwrap_or_default().to_owned();
        Box::pin(async move {
            let value = match (call.operation.as_str(), path.as_str()) {
                ("exists", "/" | "/f") => json!(true),
                ("exists", _) => json!(false),
                ("realpath", "/" | "/f") => json!(path),
                ("stat" | "lstat", "/") => stat(true),
                ("stat" | "lstat", "/f") => stat(false),
                ("readFile", "/f") => json!(STANDARD.encode("from bridge")),
                ("pread", "/f") => {
                    let at = |name: &str| usize::try_from(args[name].as_u64().unwrap()).unwrap();
                    let rest = &b"from bridge"[at("offset").min(11)..];
                    json!(STANDARD.encode(&rest[..at("length").min(rest.len())]))
                }
                ("readDir", "/") => json!(["f"]),
                ("readDirWithTypes", "/") => {
                    json!([{"name": "f", "isDirectory": false, "isSymbolicLink": false}])
                }
                ("readFile" | "stat" | "lstat" | "realpath", "/odd") => {
                    return Err("it is odd".to_owned());
                }
                _ => return Err(format!("{path} was not found")),
            };
            Ok(Some(value.to_string()))
        })
    }
}

#[tokio::test]
async fn s102_a_mount_of_the_clients_is_read_by_asking_it() {
    let served = Served::default();
    let host = host_with(scene!(), &[], Options::default().handler(served.clone())).await;
    let vm = host.vm(ALLOW).await;
    let mounted = mount("/br", "js_bridge", r#"{"mountId":"m1"}"#, false);
    vm.configure(with(vec![mounted])).await.unwrap();
    assert_eq!(soon(vm.read_file("/br/f")).await.unwrap(), b"from bridge");
    assert!(
        served
            .0
            .lock()
            .unwrap()
            .iter()
            .any(|operation| ["readFile", "pread"].contains(&operation.as_str()))
    );
    assert_eq!(soon(vm.read_dir("/br")).await.unwrap(), ["f"]);
    assert_eq!(soon(vm.stat("/br/f")).await.unwrap().size, 11);
    errno(soon(vm.read_file("/br/none")).await, "ENOENT");
    errno(soon(vm.read_file("/br/odd")).await, "EIO");
    assert!(!soon(vm.exists("/br/none")).await.unwrap());
}
