//! Servers in JavaScript: `node:http` at a port of the VM.

use futures_util::future::join_all;
use serde_json::json;
use tollgate_client::RefusalCode;
use tollgate_client::types::{StreamChannel, VmFetchRequest};

use crate::support::{Sidecar, allow_with, allowed, ask, get, refused, serving, soon};

const ECHO: &str = "
const http = require('http');
const server = http.createServer((request, response) => {
  let body = '';
  request.on('data', (chunk) => body += chunk);
  request.on('end', () => {
    if (request.url === '/missing') { response.statusCode = 404; return response.end('nope'); }
    if (request.url === '/binary') return response.end(Buffer.from([0, 255, 1, 254]));
    if (request.url === '/pieces') { response.write('a'); response.write('b'); return response.end('c'); }
    if (request.url === '/none') { response.writeHead(204); return response.end(); }
    if (request.url === '/fields') return response.end(JSON.stringify([request.headers, request.rawHeaders, request.httpVersion]));
    if (request.url === '/list') return response.writeHead(200, 'Fine', { 'Set-Cookie': ['a=1', 'b=2'] }).end();
    response.setHeader('x-answer', 'yes');
    response.setHeader('content-type', 'text/plain');
    response.end([request.method, request.url, request.headers['x-in'] ?? '-', `[${body}]`].join(' '));
  });
});
server.listen(4341, '127.0.0.1', () => console.log('listening', JSON.stringify(server.address())));
";

fn post(port: u16, path: &str, body: &str) -> VmFetchRequest {
    VmFetchRequest {
        method: "POST".to_owned(),
        body: Some(body.to_owned()),
        headers_json: r#"{"x-in":["a","b"]}"#.to_owned(),
        ..get(port, path)
    }
}

#[tokio::test]
async fn a_server_answers_what_it_is_asked() {
    let (_sidecar, vm) = allowed().await;
    let watch = serving(&vm, "p", ECHO).await;
    let printed = watch.written("p", StreamChannel::Stdout);
    assert_eq!(
        printed,
        "listening {\"address\":\"127.0.0.1\",\"family\":\"IPv4\",\"port\":4341}\n"
    );
    let answer = ask(&vm, post(4341, "p?q", "the body")).await;
    assert_eq!(answer.text(), "POST /p?q a, b [the body]");
    assert_eq!(
        answer.json["headers"],
        json!([
            ["x-answer", "yes"],
            ["content-type", "text/plain"],
            ["content-length", "25"],
            ["connection", "close"]
        ])
    );
    assert_eq!(
        answer.json["rawHeaders"],
        json!([
            "x-answer",
            "yes",
            "content-type",
            "text/plain",
            "Content-Length",
            "25",
            "Connection",
            "close"
        ])
    );
    assert_eq!(answer.json["url"], "http://127.0.0.1:4341/p?q");
    assert_eq!(answer.json["statusText"], "OK");

    let missing = ask(&vm, get(4341, "/missing")).await;
    assert_eq!((missing.status(), missing.text()), (404, "nope".to_owned()));
    assert_eq!(
        ask(&vm, get(4341, "/binary")).await.body(),
        [0, 255, 1, 254]
    );
    assert_eq!(ask(&vm, get(4341, "/pieces")).await.text(), "abc");
    let none = ask(&vm, get(4341, "/none")).await;
    assert_eq!((none.status(), none.text()), (204, String::new()));
    let list = ask(&vm, get(4341, "/list")).await;
    let cookies = [json!(["set-cookie", "a=1"]), json!(["set-cookie", "b=2"])];
    assert_eq!(list.json["headers"].as_array().unwrap()[..2], cookies);
    let head = VmFetchRequest {
        method: "HEAD".to_owned(),
        ..get(4341, "/pieces")
    };
    let head = ask(&vm, head).await;
    assert_eq!((head.status(), head.text()), (200, String::new()));
    let fields = ask(&vm, get(4341, "/fields")).await.text();
    assert!(fields.contains(r#""host":"127.0.0.1:4341""#), "{fields}");
    assert!(fields.ends_with(r#","1.1"]"#), "{fields}");
}

#[tokio::test]
async fn what_is_no_message_of_http_is_answered_with_400() {
    let (_sidecar, vm) = allowed().await;
    let _watch = serving(&vm, "p", ECHO).await;
    let asked = VmFetchRequest {
        method: "GE T".to_owned(),
        ..get(4341, "/")
    };
    let answer = ask(&vm, asked).await;
    assert_eq!(
        answer.json,
        json!({
            "body": "", "bodyEncoding": "base64", "headers": [["connection", "close"]],
            "rawHeaders": ["Connection", "close"], "status": 400, "statusText": "Bad Request",
            "url": "http://127.0.0.1:4341/"
        })
    );
    for (path, headers) in [
        ("/a b", "{}"),
        ("/", r#"{"x":"1\r\ny: 2"}"#),
        ("/", r#"{"a b":"1"}"#),
    ] {
        let asked = VmFetchRequest {
            headers_json: headers.to_owned(),
            ..get(4341, path)
        };
        assert_eq!(ask(&vm, asked).await.status(), 400, "{path} {headers}");
    }
}

/// Holds the first answer back until the last one is asked for.
const HELD: &str = "
const held = [];
require('http').createServer((request, response) => {
  held.push([request.url, response]);
  if (held.length === 8) for (const [url, each] of held.reverse()) setTimeout(() => each.end(`answer ${url}`), 5);
}).listen(4342, () => console.log('listening'));
";

#[tokio::test]
async fn requests_are_answered_at_once_and_told_in_their_order() {
    let (_sidecar, vm) = allowed().await;
    let _watch = serving(&vm, "p", HELD).await;
    let order = std::sync::Mutex::new(Vec::new());
    let asked = (0..8).map(|number| {
        let (vm, order) = (&vm, &order);
        async move {
            let answer = ask(vm, get(4342, &format!("/{number}"))).await;
            order.lock().unwrap().push(number);
            answer.text()
        }
    });
    let answers = join_all(asked).await;
    for (number, answer) in answers.iter().enumerate() {
        assert_eq!(answer, &format!("answer /{number}"));
    }
    assert_eq!(order.into_inner().unwrap(), (0..8).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_handler_that_throws_costs_its_own_request_alone() {
    let (_sidecar, vm) = allowed().await;
    let program = "
      require('http').createServer((request, response) => {
        if (request.url === '/throw') throw new Error('handler broke');
        response.end('well');
      }).listen(4343, '127.0.0.1', () => console.log('listening'));";
    let watch = serving(&vm, "p", program).await;
    for _ in 0..3 {
        let answer = ask(&vm, get(4343, "/throw")).await;
        assert_eq!(answer.status(), 500);
        assert_eq!(answer.text(), "Error: handler broke");
        assert_eq!(answer.header("content-length").as_deref(), Some("20"));
        assert_eq!(ask(&vm, get(4343, "/")).await.text(), "well");
    }
    assert_eq!(watch.exit("p"), None);
}

#[tokio::test]
async fn a_process_that_ends_with_a_request_unanswered_is_told_with_its_code() {
    let (_sidecar, vm) = allowed().await;
    let program = "
      require('http').createServer((request, response) => {
        if (request.url === '/exit') process.exit(7);
        if (request.url === '/last') { response.end('bye'); response.on('finish', () => process.exit(0)); }
        if (request.url === '/half') { response.write('half'); setTimeout(() => process.exit(9), 20); }
        if (request.url === '/wait') console.log('waiting');
      }).listen(4344, () => console.log('listening'));";
    let mut watch = serving(&vm, "a", program).await;
    let message = refused(
        soon(vm.fetch(get(4344, "/exit"))).await,
        RefusalCode::ExecutionError,
    );
    assert!(message.contains("exited with code 7"), "{message}");
    assert_eq!(watch.ended("a").await, 7);
    let message = refused(
        soon(vm.fetch(get(4344, "/"))).await,
        RefusalCode::ExecutionError,
    );
    assert!(
        message.contains("could not find a guest HTTP listener on port 4344"),
        "{message}"
    );

    let mut watch = serving(&vm, "b", program).await;
    let message = refused(
        soon(vm.fetch(get(4344, "/half"))).await,
        RefusalCode::ExecutionError,
    );
    assert!(message.contains("exited with code 9"), "{message}");
    assert_eq!(watch.ended("b").await, 9);

    let mut watch = serving(&vm, "c", program).await;
    assert_eq!(ask(&vm, get(4344, "/last")).await.text(), "bye");
    assert_eq!(watch.ended("c").await, 0);

    let mut watch = serving(&vm, "d", program).await;
    let (asked, _killed) = tokio::join!(vm.fetch(get(4344, "/wait")), async {
        watch.wrote("d", "waiting").await;
        soon(vm.kill("d", "SIGKILL")).await.unwrap();
    });
    let message = refused(asked, RefusalCode::ExecutionError);
    assert!(message.contains("exited with code 137"), "{message}");
    assert_eq!(watch.ended("d").await, 137);
}

#[tokio::test]
async fn an_answer_beyond_the_limit_is_refused_and_the_server_goes_on() {
    let sidecar = Sidecar::start().await;
    let vm = sidecar
        .vm(&allow_with(
            r#","limits":{"http":{"maxFetchResponseBytes":4096}}"#,
        ))
        .await;
    let program = "
      require('http').createServer((request, response) => {
        response.end('x'.repeat(Number(request.url.slice(1))));
      }).listen(4345, () => console.log('listening'));";
    let _watch = serving(&vm, "p", program).await;
    for bytes in [4000, 100_000, 3_000_000] {
        let asked = vm.fetch(get(4345, &format!("/{bytes}")));
        let message = refused(soon(asked).await, RefusalCode::ExecutionError);
        assert!(message.contains("limit is 4096"), "{message}");
    }
    assert_eq!(ask(&vm, get(4345, "/2000")).await.body().len(), 2000);
}

#[tokio::test]
async fn large_bodies_go_both_ways() {
    let (_sidecar, vm) = allowed().await;
    let program = "
      require('http').createServer(async (request, response) => {
        let bytes = 0;
        for await (const chunk of request) bytes += chunk.length;
        response.write('y'.repeat(300000));
        response.end(String(bytes));
      }).listen(4346, () => console.log('listening'));";
    let _watch = serving(&vm, "p", program).await;
    let answer = ask(&vm, post(4346, "/", &"z".repeat(1 << 20))).await.text();
    assert_eq!(answer.len(), 300_007);
    assert!(answer.ends_with("y1048576"));
}
