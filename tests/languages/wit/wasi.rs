//! Worlds with interfaces of WASI in them: those that the program calls itself, and those that it exports.

use tollgate_tests::{Scene, scene};

use super::built;
use crate::any_host::{AnyHost, interfaces};

/// The WIT of WASI beside the world, in this version.
fn wasi(scene: &Scene, version: &str) {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../wit/deps");
    for file in std::fs::read_dir(folder).expect("the repository has it") {
        let path = file.expect("it can be read").path();
        let name = path
            .file_name()
            .expect("it has a name")
            .to_string_lossy()
            .into_owned();
        let text = std::fs::read_to_string(&path).expect("it can be read");
        let text = text.replace("0.2.12", version);
        scene.write(&format!("app/wit/deps/{name}"), text);
    }
}

#[test]
fn what_a_world_imports_of_wasi_passes_the_gate() {
    let scene = scene!();
    wasi(&scene, "0.2.12");
    scene.write(
        "app/wit/world.wit",
        "package test:direct;
         world direct {
           import wasi:cli/stdout@0.2.12;
           import wasi:cli/environment@0.2.12;
           import wasi:clocks/monotonic-clock@0.2.12;
           import wasi:filesystem/preopens@0.2.12;
           export wasi:cli/run@0.2.12;
           export open: func(path: string) -> result<string, string>;
         }",
    );
    scene.write("data/a.txt", "written here");
    scene.write(
        "app/app.mjs",
        "import { getStdout } from 'wasi:cli/stdout@0.2.12';
         import { getEnvironment } from 'wasi:cli/environment';
         import { subscribeDuration } from 'wasi:clocks/monotonic-clock@0.2.12';
         import { getDirectories } from 'wasi:filesystem/preopens@0.2.12';
         const { encode } = new TextEncoder();
         export const run = { run() {
           const pause = subscribeDuration(1_000_000n);
           pause.block();
           getStdout().blockingWriteAndFlush(new TextEncoder().encode(`direct ${pause.ready()} ${JSON.stringify(getEnvironment())}\\n`));
         } };
         export function open(path) {
           const [[root]] = getDirectories();
           try {
             const file = root.openAt({ symlinkFollow: true }, path, {}, { read: true });
             return new TextDecoder().decode(file.read(100n, 0n)[0]);
           } catch (error) {
             throw `${error.name} ${error.payload}`;
           }
         }",
    );
    let component = built(&scene, "app/app.mjs", "direct");
    let finished = scene.run(&component).flags(&["--env", "A=b"]).finish();
    finished.expect(0);
    assert_eq!(finished.stdout, "direct true [[\"A\",\"b\"]]\n");
    let dir = format!("{}::/data:ro", scene.path("data").display());
    let open = |path: &str| {
        let call = format!("open({path:?})");
        let flags = ["--dir", &dir, "--invoke", &call];
        let (finished, records) = scene.run(&component).flags(&flags).logged();
        finished.expect(0);
        let read = records
            .iter()
            .any(|record| record.is("fs.read", "/data/a.txt"));
        (finished.stdout.trim_end().to_owned(), read)
    };
    let before = r#"err("ComponentError no-entry")"#.to_owned();
    assert_eq!(open("b.txt"), (before, false));
    assert_eq!(open("a.txt"), (r#"ok("written here")"#.to_owned(), true));
    let outside = r#"err("ComponentError not-permitted")"#;
    assert_eq!(open("../a").0, outside);
}

#[test]
fn a_world_of_an_older_wasi_is_of_one_wasi_with_the_engine() {
    let scene = scene!();
    wasi(&scene, "0.2.3");
    scene.write(
        "app/wit/world.wit",
        "package test:old;
         world old { import wasi:http/outgoing-handler@0.2.3; export wasi:http/incoming-handler@0.2.3; }",
    );
    scene.write(
        "app/app.mjs",
        "import { Fields, OutgoingBody, OutgoingResponse, ResponseOutparam } from 'wasi:http/types@0.2.3';
         export const incomingHandler = { async handle(request, out) {
           await new Promise((resolve) => setTimeout(resolve, 5));
           const text = (value) => new TextEncoder().encode(value);
           const headers = Fields.fromList([['x-path', text(request.pathWithQuery())]]);
           const response = new OutgoingResponse(headers);
           const body = response.body();
           ResponseOutparam.set(out, { tag: 'ok', val: response });
           const stream = body.write();
           stream.blockingWriteAndFlush(text(JSON.stringify([request.method(), request.scheme()])));
           stream[Symbol.dispose]();
           OutgoingBody.finish(body, undefined);
         } };",
    );
    let component = built(&scene, "app/app.mjs", "old");
    let (imports, exports) = interfaces(&component);
    assert_eq!(exports, ["wasi:http/incoming-handler@0.2.3"]);
    let versions = imports
        .iter()
        .filter(|name| name.starts_with("wasi:http/types@"));
    assert_eq!(versions.count(), 1, "{imports:?}");
    let answer = AnyHost::load(&component).ask("POST", "http://example.com/a?b=c", "");
    assert_eq!(answer.status, 200);
    assert_eq!(answer.body, r#"[{"tag":"post"},{"tag":"HTTP"}]"#);
    assert!(
        answer
            .headers
            .contains(&("x-path".to_owned(), "/a?b=c".to_owned()))
    );
}
