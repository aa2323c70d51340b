//! 103 to 107: requests to a guest's server, extensions, and what only a sidecar asks.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tollgate_client::RefusalCode;
use tollgate_client::types::{
    ExtEnvelope, FilesystemOperation, HostFilesystemCallRequest, PersistenceFlushRequest,
    PersistenceLoadRequest, RequestPayload, VmFetchRequest,
};

use crate::support::{Watch, allowed, connection_of, refused, session_of, soon, start_js, vm_of};

#[tokio::test]
async fn s103_what_only_a_sidecar_asks_is_refused_whatever_the_scope() {
    let (host, vm) = allowed().await;
    let asked = [
        RequestPayload::HostFilesystemCallRequest(HostFilesystemCallRequest {
            operation: FilesystemOperation::Read,
            path: "/etc/passwd".to_owned(),
            payload_size_bytes: 0,
        }),
        RequestPayload::PersistenceLoadRequest(PersistenceLoadRequest {
            key: "k".to_owned(),
        }),
        RequestPayload::PersistenceFlushRequest(PersistenceFlushRequest {
            key: "k".to_owned(),
            payload_size_bytes: 0,
        }),
    ];
    let scopes = [
        vm.ownership(),
        host.session.ownership(),
        host.connection.ownership(),
        connection_of("conn-9"),
        session_of(),
        vm_of("vm-9"),
    ];
    for payload in &asked {
        for scope in &scopes {
            let answer = host.client.request(scope.clone(), payload.clone()).await;
            refused(answer, RefusalCode::UnsupportedDirection);
        }
    }
}

#[tokio::test]
async fn s104_an_extension_that_is_not_there_is_named() {
    let (host, vm) = allowed().await;
    let envelope = |namespace: &str| ExtEnvelope {
        namespace: namespace.to_owned(),
        payload: vec![1],
    };
    for namespace in ["no.such/1", ""] {
        for answer in [
            vm.ext(envelope(namespace)).await,
            host.connection.ext(envelope(namespace)).await,
        ] {
            let message = refused(answer, RefusalCode::UnknownExtension);
            assert!(message.contains(namespace), "{message}");
        }
    }
    let nobody = RequestPayload::ExtEnvelope(envelope("no.such/1"));
    let answer = host.client.request(vm_of("vm-9"), nobody).await;
    refused(answer, RefusalCode::UnknownExtension);
}

fn get(port: u16, path: &str) -> VmFetchRequest {
    VmFetchRequest {
        port,
        method: "GET".to_owned(),
        path: path.to_owned(),
        headers_json: "{}".to_owned(),
        body: None,
    }
}

#[tokio::test]
async fn s105_a_request_to_nobody_is_refused_and_so_are_headers_that_are_none() {
    let (_host, vm) = allowed().await;
    let message = refused(vm.fetch(get(4399, "/")).await, RefusalCode::ExecutionError);
    assert!(
        message.contains("could not find a guest HTTP listener on port 4399"),
        "{message}"
    );
    for headers in [
        "nope",
        "[]",
        "1",
        r#"{"x":{"y":1}}"#,
        r#"{"x":1}"#,
        r#"{"x":[1]}"#,
        "",
    ] {
        let asked = VmFetchRequest {
            headers_json: headers.to_owned(),
            ..get(4399, "/")
        };
        refused(vm.fetch(asked).await, RefusalCode::InvalidState);
    }
}

const SERVER: &str = "
const http = require('http');
const server = http.createServer((request, response) => {
  let body = '';
  request.on('data', (chunk) => body += chunk);
  request.on('end', () => {
    if (request.url === '/binary') return response.end(Buffer.from([0, 255, 1, 254]));
    response.statusCode = 201;
    response.setHeader('x-answer', 'yes');
    response.end([request.method, request.url, request.headers['x-in'], body].join(' '));
  });
});
server.listen(4310, '127.0.0.1', () => console.log('listening'));
";

#[tokio::test]
async fn s106_an_answer_has_pairs_of_headers_and_a_body_in_base64() {
    let (_host, vm) = allowed().await;
    let mut watch = Watch::over(&vm);
    start_js(&vm, "server", SERVER).await;
    watch.wrote("server", "listening").await;
    let asked = VmFetchRequest {
        method: "POST".to_owned(),
        headers_json: r#"{"x-in":"seen"}"#.to_owned(),
        body: Some("the body".to_owned()),
        ..get(4310, "path?query")
    };
    let answer: Value = serde_json::from_str(&soon(vm.fetch(asked)).await.unwrap()).unwrap();
    assert_eq!(
        (&answer["status"], &answer["statusText"]),
        (&json!(201), &json!("Created"))
    );
    assert_eq!(answer["bodyEncoding"], "base64");
    let body = STANDARD.decode(answer["body"].as_str().unwrap()).unwrap();
    assert_eq!(body, b"POST /path?query seen the body");
    let headers = answer["headers"].as_array().unwrap();
    assert!(headers.contains(&json!(["x-answer", "yes"])), "{headers:?}");
    assert!(answer["rawHeaders"].as_array().unwrap().len() >= 2 * headers.len());
    assert_eq!(answer["url"], "http://127.0.0.1:4310/path?query");
    let answer: Value =
        serde_json::from_str(&soon(vm.fetch(get(4310, "/binary"))).await.unwrap()).unwrap();
    let body = STANDARD.decode(answer["body"].as_str().unwrap()).unwrap();
    assert_eq!(body, [0, 255, 1, 254]);
}

#[tokio::test]
async fn s107_a_new_vm_has_no_programs_that_nobody_waited_for() {
    let (_host, vm) = allowed().await;
    assert_eq!(vm.zombie_timer_count().await.unwrap(), 0);
}
