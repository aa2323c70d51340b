//! Components that export `wasi:http/incoming-handler`: programs that serve until they are ended.

use futures_util::future::join_all;
use tollgate_client::types::{ExecuteRequest, FindListenerRequest, GuestRuntimeKind};
use tollgate_client::{RefusalCode, Vm, program};
use tollgate_tests::Scene;

use crate::support::{Sidecar, Watch, allow_with, allowed, ask, get, refused, soon};

/// What it counts lives in an instance, of which each request has its own.
const HANDLER: &str = "
let count = 0;
export default { async fetch(request) {
  const { pathname } = new URL(request.url);
  if (pathname === '/say') console.log('said');
  if (pathname === '/exit') process.exit(3);
  if (pathname === '/wait') { console.log('waiting'); await new Promise((resolve) => setTimeout(resolve, 600000)); }
  if (pathname === '/slow') await new Promise((resolve) => setTimeout(resolve, 50));
  return new Response(`${request.method} ${pathname} ${await request.text()} ${++count}`, { status: 201, headers: { 'x-a': 'b' } });
} };
";

/// Builds it.
async fn handler(scene: &Scene) -> Vec<u8> {
    // In a folder of its own: no program is given one that holds the key of the log.
    scene.write("program/handler.mjs", HANDLER);
    let words = [
        "build",
        "program/handler.mjs",
        "--world",
        "http",
        "-o",
        "handler.wasm",
    ];
    let mut command = scene.command(words);
    let ended = tokio::task::spawn_blocking(move || command.status().unwrap());
    assert!(ended.await.unwrap().success());
    std::fs::read(scene.path("handler.wasm")).unwrap()
}

async fn put(sidecar: &Sidecar, vm: &Vm) {
    let bytes = handler(&sidecar.scene).await;
    soon(vm.write_file("/tmp/handler.wasm", &bytes))
        .await
        .unwrap();
}

fn serve(process: &str, port: &str) -> ExecuteRequest {
    let mut asked = program(process, GuestRuntimeKind::WebAssembly, "/tmp/handler.wasm");
    if !port.is_empty() {
        asked.env = vec![("PORT".to_owned(), port.to_owned())];
    }
    asked
}

#[tokio::test]
async fn a_component_answers_at_its_port_until_it_is_ended() {
    let (sidecar, vm) = allowed().await;
    put(&sidecar, &vm).await;
    let mut watch = Watch::over(&vm);
    soon(vm.execute(serve("h", "4700"))).await.unwrap();
    let wanted = FindListenerRequest {
        host: None,
        port: Some(4700),
        path: None,
    };
    let found = soon(vm.find_listener(wanted)).await.unwrap().unwrap();
    assert_eq!(found.process_id, "h");

    let mut asked = get(4700, "/a");
    asked.method = "POST".to_owned();
    asked.body = Some("body".to_owned());
    let answer = ask(&vm, asked).await;
    assert_eq!(
        (answer.status(), answer.text()),
        (201, "POST /a body 1".to_owned())
    );
    assert_eq!(answer.header("x-a").as_deref(), Some("b"));
    // Each request has a guest of its own.
    assert_eq!(ask(&vm, get(4700, "/b")).await.text(), "GET /b  1");
    let at_once = join_all((0..8).map(|_| ask(&vm, get(4700, "/slow")))).await;
    assert!(at_once.iter().all(|answer| answer.text() == "GET /slow  1"));
    ask(&vm, get(4700, "/say")).await;
    watch.wrote("h", "said").await;

    // One that ends without an answer ends no other.
    let message = refused(
        soon(vm.fetch(get(4700, "/exit"))).await,
        RefusalCode::ExecutionError,
    );
    assert!(message.contains("without an answer"), "{message}");
    assert_eq!(ask(&vm, get(4700, "/c")).await.status(), 201);

    let (asked, _killed) = tokio::join!(vm.fetch(get(4700, "/wait")), async {
        watch.wrote("h", "waiting").await;
        soon(vm.kill("h", "SIGTERM")).await.unwrap();
    });
    let message = refused(asked, RefusalCode::ExecutionError);
    assert!(message.contains("exited with code 143"), "{message}");
    assert_eq!(watch.ended("h").await, 143);
    let asked = soon(vm.fetch(get(4700, "/a"))).await;
    refused(asked, RefusalCode::ExecutionError);

    soon(vm.execute(serve("default", ""))).await.unwrap();
    assert_eq!(ask(&vm, get(8080, "/a")).await.status(), 201);
    let taken = refused(
        soon(vm.execute(serve("i", "8080"))).await,
        RefusalCode::KernelError,
    );
    assert!(taken.starts_with("EADDRINUSE"), "{taken}");
    let beyond = refused(
        soon(vm.execute(serve("i", "80"))).await,
        RefusalCode::KernelError,
    );
    assert!(beyond.starts_with("EACCES"), "{beyond}");
    refused(
        soon(vm.execute(serve("i", "x"))).await,
        RefusalCode::InvalidState,
    );
    // What was refused has left nothing behind.
    soon(vm.execute(serve("i", "8081"))).await.unwrap();

    let closed =
        r#"{"permissions":{"fs":"allow","childProcess":"allow","process":"allow","env":"allow"}}"#;
    let vm = sidecar.vm(closed).await;
    put(&sidecar, &vm).await;
    let denied = refused(
        soon(vm.execute(serve("h", "4700"))).await,
        RefusalCode::KernelError,
    );
    assert!(denied.starts_with("EACCES"), "{denied}");
    let vm = sidecar.vm(&allow_with("")).await;
    soon(vm.dispose()).await.unwrap();
}
