//! Modules in folders that were granted to a program, outside of its own: found by the host, by the same rules, and each
//! look of it the program's own use of its files.

use tollgate_tests::{Finished, Record, Scene, scene};

/// A granted folder with modules of every kind.
fn laid_out() -> Scene {
    let scene = scene!();
    for (name, text) in [
        ("work/plain.js", "exports.said = 'plain';"),
        ("work/lib/index.js", "exports.said = 'index';"),
        (
            "work/lib/near.cjs",
            "exports.said = require('../plain').said + ' near';",
        ),
        ("work/data.json", r#"{ "said": "json" }"#),
        ("work/typed.ts", "export const said: string = 'typed';"),
        ("work/typed.cts", "exports.said = 'cts' as string;"),
        (
            "work/esm/package.json",
            r##"{ "name": "own", "type": "module", "exports": { "./part": "./part.js" }, "imports": { "#inner": "./inner.js" } }"##,
        ),
        ("work/esm/part.js", "export { said } from '#inner';"),
        (
            "work/esm/inner.js",
            "export const said = import.meta.url.split('/').at(-1);",
        ),
        ("work/esm/self.js", "export { said } from 'own/part';"),
        (
            "work/node_modules/dep/package.json",
            r#"{ "name": "dep", "exports": { ".": { "import": "./m.mjs", "require": "./c.cjs" }, "./sub/*": "./deep/*.js" } }"#,
        ),
        (
            "work/node_modules/dep/m.mjs",
            "export const said = 'dep by import';",
        ),
        (
            "work/node_modules/dep/c.cjs",
            "exports.said = 'dep by require';",
        ),
        ("work/node_modules/dep/deep/one.js", "exports.said = 'one';"),
        (
            "work/node_modules/main/package.json",
            r#"{ "main": "./lib/start" }"#,
        ),
        (
            "work/node_modules/main/lib/start.js",
            "exports.said = 'main';",
        ),
        (
            "work/uses.mjs",
            "import { said } from 'dep'; import main from 'main'; import one from 'dep/sub/one';\nexport const all = [said, main.said, one.said];",
        ),
    ] {
        scene.write(name, text);
    }
    scene
}

fn is(records: &[Record], operation: &str, path: &str, decision: &str) -> bool {
    let wanted = |record: &Record| record.is(operation, path) && record.decision == decision;
    records.iter().any(wanted)
}

#[test]
fn modules_of_every_kind_are_found_in_a_granted_folder() {
    let scene = laid_out();
    let file = scene.write(
        "app/main.mjs",
        "import { createRequire } from 'node:module';\n\
         import plain from '/work/plain.js';\n\
         import data from '/work/data.json' with { type: 'json' };\n\
         import { said as typed } from '../work/typed.ts';\n\
         import { said as self } from '/work/esm/self.js';\n\
         import { all } from '/work/uses.mjs';\n\
         const require = createRequire(import.meta.url);\n\
         const there = createRequire('/work/here.js');\n\
         console.log(plain.said, data.said, typed, self, ...all);\n\
         console.log(require('/work/lib').said, require('../work/lib/near.cjs').said, require('/work/data').said, require('/work/typed.cts').said);\n\
         console.log(there('dep').said, there('./plain').said, there.resolve('main'), require.resolve('dep', { paths: ['/work/lib'] }));\n\
         console.log((await import('file:///work/plain.js?again')).default.said, require('/work/plain') === there('./plain.js'));\n\
         console.log(require('/work/esm/part').said);",
    );
    let (finished, records) = scene.run(&file).work().logged();
    finished.expect(0);
    assert_eq!(
        finished.lines(),
        [
            "plain json typed inner.js dep by import main one",
            "index plain near json cts",
            "dep by require plain /work/node_modules/main/lib/start.js /work/node_modules/dep/c.cjs",
            "plain true",
            "inner.js",
        ]
    );
    for (path, text) in [
        ("/work/plain.js", "work/plain.js"),
        ("/work/typed.ts", "work/typed.ts"),
    ] {
        let length = scene.read(text).len() as u64;
        let read = |record: &Record| record.is("fs.read", path) && record.bytes_in == length;
        assert!(records.iter().any(read), "{path}: {records:#?}");
        assert!(
            is(&records, "fs.stat", path, "allow"),
            "{path}: {records:#?}"
        );
    }
    assert!(
        is(
            &records,
            "fs.read",
            "/work/node_modules/dep/package.json",
            "allow"
        ),
        "{records:#?}"
    );
    // No file of the folder is taken for one of the program's.
    let taken = |record: &&Record| {
        record.operation == "program.load"
            && record.resource.ends_with(".js")
            && record.resource.starts_with("/work/")
    };
    assert_eq!(records.iter().find(taken), None);
}

const TRIED: &str = "import { createRequire } from 'node:module';\n\
    const require = createRequire(import.meta.url);\n\
    for (const name of ['/work/there.js', '/work/gone.js', '/work/there', '/work']) {\n\
      const tried = [];\n\
      try { require(name); tried.push('loaded'); } catch (error) { tried.push(error.code); }\n\
      await import(name).then(() => tried.push('loaded'), (error) => tried.push(error.code));\n\
      console.log(name, ...tried);\n\
    }";

fn tried(scene: &Scene, policy: Option<&str>) -> (Finished, Vec<Record>) {
    scene.write("work/there.js", "console.log('it ran')");
    let file = scene.write("app/main.mjs", TRIED);
    let run = scene.run(&file);
    match policy {
        Some(policy) => run.policy(policy).logged(),
        None => run.logged(),
    }
}

const NOTHING: [&str; 4] = [
    "/work/there.js MODULE_NOT_FOUND ERR_MODULE_NOT_FOUND",
    "/work/gone.js MODULE_NOT_FOUND ERR_MODULE_NOT_FOUND",
    "/work/there MODULE_NOT_FOUND ERR_MODULE_NOT_FOUND",
    "/work MODULE_NOT_FOUND ERR_MODULE_NOT_FOUND",
];

#[test]
fn without_a_grant_what_is_there_and_what_is_not_look_alike() {
    let scene = scene!();
    let (finished, records) = tried(&scene, None);
    finished.expect(0);
    assert_eq!(finished.lines(), NOTHING);
    assert!(
        !records
            .iter()
            .any(|record| record.operation.starts_with("fs.")),
        "{records:#?}"
    );
}

#[test]
fn what_a_policy_denies_is_as_if_it_were_not_there_and_is_recorded() {
    let scene = scene!();
    let policy = "version = 1\n[stdio]\ndefault = \"allow\"\n[program]\nallow = [\"**\"]\n\
        [fs]\ndeny = [\"/work/**\", \"/work\"]\n[[mount]]\nhost = \"work\"\nguest = \"/work\"\n";
    scene.write("work/x", "");
    let (finished, records) = tried(&scene, Some(policy));
    finished.expect(0);
    assert_eq!(finished.lines(), NOTHING);
    for path in ["/work/there.js", "/work/gone.js"] {
        assert!(
            is(&records, "fs.stat", path, "deny"),
            "{path}: {records:#?}"
        );
        assert!(
            !is(&records, "fs.stat", path, "allow"),
            "{path}: {records:#?}"
        );
    }
}

#[test]
fn a_link_out_of_the_folder_leads_nowhere() {
    let scene = scene!();
    let secret = scene.write("elsewhere/secret.js", "console.log('it ran')");
    scene.write("work/x", "");
    let link =
        |to: &std::path::Path, at: &str| std::os::unix::fs::symlink(to, scene.path(at)).unwrap();
    link(&secret, "work/absolute.js");
    link(
        std::path::Path::new("../elsewhere/secret.js"),
        "work/relative.js",
    );
    link(std::path::Path::new("../elsewhere"), "work/folder");
    let file = scene.write(
        "app/main.js",
        "for (const name of ['absolute', 'relative', 'folder/secret', 'folder/gone']) {\n\
           try { require(`/work/${name}.js`) } catch (error) { console.log(error.code, error.message.split('\\n')[0]) }\n\
         }",
    );
    let (finished, records) = scene.run(&file).work().logged();
    finished.expect(0);
    let said = |name: &str| format!("MODULE_NOT_FOUND Cannot find module '/work/{name}.js'");
    let expected: Vec<String> = ["absolute", "relative", "folder/secret", "folder/gone"]
        .map(said)
        .into();
    assert_eq!(finished.lines(), expected);
    assert!(
        records
            .iter()
            .any(|record| record.decision == "deny" && record.rule == "wall:0"),
        "{records:#?}"
    );
}

#[test]
fn a_link_within_the_folder_is_the_file_that_it_leads_to() {
    let scene = scene!();
    scene.write("work/real/mod.js", "exports.where = __filename;");
    std::os::unix::fs::symlink("real/mod.js", scene.path("work/link.js")).unwrap();
    let file = scene.write(
        "app/main.js",
        "console.log(require('/work/link.js').where, require('/work/link') === require('/work/real/mod'))",
    );
    let finished = scene.run(&file).work().finish();
    finished.expect(0);
    assert_eq!(finished.stdout, "/work/real/mod.js true\n");
}

#[test]
fn what_the_program_writes_it_finds() {
    let scene = scene!();
    scene.write("work/x", "");
    let file = scene.write(
        "app/main.mjs",
        "import fs from 'node:fs';\n\
         import { createRequire } from 'node:module';\n\
         const require = createRequire('/work/main.js');\n\
         const tried = () => { try { return require('late'); } catch (error) { return error.code; } };\n\
         console.log(tried(), await import('/work/late.mjs').catch((error) => error.code));\n\
         fs.mkdirSync('/work/node_modules/late/lib', { recursive: true });\n\
         fs.writeFileSync('/work/node_modules/late/package.json', '{ \"main\": \"lib/a.js\" }');\n\
         fs.writeFileSync('/work/node_modules/late/lib/a.js', 'module.exports = \"first\"');\n\
         fs.writeFileSync('/work/late.mjs', 'export default \"written\"');\n\
         console.log(tried(), (await import('/work/late.mjs')).default);\n\
         fs.writeFileSync('/work/node_modules/late/package.json', '{ \"exports\": \"./b.cjs\" }');\n\
         fs.writeFileSync('/work/node_modules/late/b.cjs', 'module.exports = \"second\"');\n\
         console.log(require.resolve('late'));",
    );
    let finished = scene.run(&file).work().finish();
    finished.expect(0);
    assert_eq!(
        finished.lines(),
        [
            "MODULE_NOT_FOUND ERR_MODULE_NOT_FOUND",
            "first written",
            "/work/node_modules/late/b.cjs",
        ]
    );
}

/// A program in a folder that is granted to it as well: what it installs there is its own.
#[test]
fn what_the_program_writes_into_its_own_folder_it_finds() {
    let scene = scene!();
    scene.write("app/package.json", "{}");
    scene.write(
        "app/main.js",
        "const fs = require('fs');\n\
         const tried = () => { try { return require('late'); } catch (error) { return error.code; } };\n\
         console.log(tried());\n\
         fs.mkdirSync('/node_modules/late/lib', { recursive: true });\n\
         fs.writeFileSync('/node_modules/late/package.json', '{ \"main\": \"lib/a.js\" }');\n\
         fs.writeFileSync('/node_modules/late/lib/a.js', 'module.exports = \"found\"');\n\
         console.log(tried());",
    );
    let finished = scene
        .tollgate(["run", "--dir", ".", "main.js"])
        .current_dir(&scene.path("app"))
        .run();
    finished.expect(0);
    assert_eq!(finished.stdout, "MODULE_NOT_FOUND\nfound\n");
}

#[test]
fn the_limit_of_a_call_bounds_what_is_loaded() {
    let scene = scene!();
    scene.write("work/long.js", format!("//{}\n", "x".repeat(100_000)));
    scene.write("work/short.js", "exports.said = 'short'");
    let file = scene.write(
        "app/main.js",
        "console.log(require('/work/short.js').said);\n\
         try { require('/work/long.js') } catch (error) { console.log(error.code, error.message) }",
    );
    let limits = ["--limit", "host-call-bytes=65536"];
    let finished = scene.run(&file).work().flags(&limits).finish();
    finished.expect(0);
    assert_eq!(
        finished.stdout,
        "short\nERR_TOLLGATE_UNREADABLE Cannot load '/work/long.js': longer than 65536 bytes\n"
    );
}

#[test]
fn a_specifier_that_would_take_more_looks_than_one_may_is_refused() {
    let scene = scene!();
    scene.write("work/x", "");
    let file = scene.write(
        "app/main.js",
        "const deep = '/work/' + 'a/'.repeat(1900);\n\
         try { require('module').createRequire(deep)('nothing') } catch (error) { console.log(error.code) }",
    );
    let finished = scene.run(&file).work().finish();
    finished.expect(0);
    assert_eq!(finished.stdout, "ERR_TOLLGATE_RESOLUTION_LIMIT\n");
}

#[test]
fn what_a_policy_keeps_a_program_from_loading_is_not_read_instead() {
    let scene = scene!();
    scene.write("app/package.json", "{}");
    scene.write("app/node_modules/evil/index.js", "console.log('evil');");
    scene.write(
        "app/main.js",
        "try { require('evil') } catch (error) { console.log(error.code) }",
    );
    let policy = scene.write(
        "app/policy.toml",
        "version = 1\n[stdio]\ndefault = \"allow\"\n\
         [program]\nallow = [\"**\"]\ndeny = [\"/node_modules/evil/**\"]\n",
    );
    let policy = policy.display().to_string();
    let finished = scene
        .tollgate(["run", "--dir", ".", "--policy", policy.as_str(), "main.js"])
        .current_dir(&scene.path("app"))
        .run();
    finished.expect(0);
    assert_eq!(finished.stdout, "EACCES\n");
}

#[test]
fn the_digest_of_the_program_counts_its_own_files_alone() {
    let digest = |granted: &str| {
        let scene = scene!();
        scene.write("work/used.js", granted);
        let file = scene.write("app/main.js", "require('/work/used.js')");
        let (finished, records) = scene.run(&file).work().logged();
        finished.expect(0);
        let of_program = |record: &&Record| record.operation == "run.program";
        records
            .iter()
            .find(of_program)
            .expect("a record of the program")
            .resource
            .clone()
    };
    assert_eq!(digest("1"), digest("2"));
}

/// What a program names by itself: NODE_PATH, `module.paths`, extensions of its own.
#[test]
fn folders_and_extensions_of_the_programs_own_are_looked_at() {
    let scene = laid_out();
    scene.write(
        "work/shared/alone/package.json",
        r#"{ "name": "alone", "exports": "./e.js" }"#,
    );
    scene.write("work/shared/alone/e.js", "exports.said = 'alone';");
    scene.write("work/shared/flat.js", "exports.said = 'flat';");
    scene.write("work/odd.odd", "odd text");
    scene.write("work/oddly/index.odd", "odder text");
    let file = scene.write(
        "app/main.js",
        "const Module = require('module');\n\
         process.env.NODE_PATH = '/work/shared'; Module._initPaths();\n\
         console.log(require('alone').said, require('flat').said);\n\
         module.paths.push('/work/node_modules');\n\
         console.log(require('dep').said, require('dep/sub/one').said);\n\
         require.extensions['.odd'] = (module, name) => { module.exports = require('fs').readFileSync(name, 'utf8'); };\n\
         console.log(require('/work/odd'), require('/work/oddly'), Module._findPath('./plain', ['/work']));",
    );
    let finished = scene.run(&file).work().finish();
    finished.expect(0);
    assert_eq!(
        finished.lines(),
        [
            "alone flat",
            "dep by require one",
            "odd text odder text /work/plain.js",
        ]
    );
}
