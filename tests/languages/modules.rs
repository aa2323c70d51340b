//! How the files of a program find each other, and what of it is recorded.

use tollgate_tests::scene;

#[test]
fn modules_of_every_kind_find_each_other() {
    let scene = scene!();
    scene.write(
        "app/package.json",
        r##"{ "name": "app", "type": "module", "imports": { "#own": "./own.js" } }"##,
    );
    scene.write("app/own.js", "export const own = 'own';");
    scene.write(
        "app/old.cjs",
        "exports.old = require('./data.json').old; exports.dir = __dirname;",
    );
    scene.write("app/data.json", r#"{ "old": "cjs" }"#);
    scene.write(
        "app/typed.ts",
        "export const typed: string = 'ts';\nexport type T = string;",
    );
    scene.write(
        "app/node_modules/dep/package.json",
        r#"{ "name": "dep", "exports": { "import": "./m.mjs", "require": "./c.cjs" } }"#,
    );
    scene.write(
        "app/node_modules/dep/m.mjs",
        "export default 'esm dependency';",
    );
    scene.write(
        "app/node_modules/dep/c.cjs",
        "module.exports = 'cjs dependency';",
    );
    let file = scene.write(
        "app/main.js",
        "import { own } from '#own';\n\
         import { old, dir } from './old.cjs';\n\
         import { typed } from './typed.ts';\n\
         import dep from 'dep';\n\
         import data from './data.json' with { type: 'json' };\n\
         import { createRequire } from 'node:module';\n\
         const later = await import('./own.js');\n\
         const require = createRequire(import.meta.url);\n\
         console.log(own, old, dir, typed, dep, data.old, later.own, require('dep'), import.meta.filename);",
    );
    let (finished, records) = scene.run(&file).logged();
    finished.expect(0);
    assert_eq!(
        finished.stdout,
        "own cjs /program ts esm dependency cjs own cjs dependency /program/main.js\n"
    );
    let loads = |path: &str| {
        records
            .iter()
            .any(|record| record.operation == "program.load" && record.resource == path)
    };
    assert!(loads("/program/own.js"), "{records:#?}");
    assert!(loads("/program/node_modules/dep/m.mjs"), "{records:#?}");
}

#[test]
fn what_is_not_there_is_said_as_node_says_it() {
    let scene = scene!();
    let file = scene.write(
        "app/missing.mjs",
        "const say = (error) => console.log(error.code, error.message.split('\\n')[0]);\n\
         await import('./gone.mjs').catch(say);\n\
         await import('gone').catch(say);\n\
         await import('node:gone').catch(say);\n\
         await import('https://example.com/a.js').catch(say);\n\
         const { createRequire } = await import('module');\n\
         try { createRequire(import.meta.url)('./gone'); } catch (error) { say(error); }",
    );
    let finished = scene.run(&file).finish();
    finished.expect(0);
    let lines = finished.lines();
    assert!(lines[0].starts_with("ERR_MODULE_NOT_FOUND Cannot find module '/program/gone.mjs' imported from /program/missing.mjs"), "{lines:?}");
    assert!(
        lines[1].starts_with(
            "ERR_MODULE_NOT_FOUND Cannot find package 'gone' imported from /program/missing.mjs"
        ),
        "{lines:?}"
    );
    assert!(
        lines[2].starts_with("ERR_UNKNOWN_BUILTIN_MODULE"),
        "{lines:?}"
    );
    assert!(
        lines[3].starts_with("ERR_UNSUPPORTED_ESM_URL_SCHEME"),
        "{lines:?}"
    );
    assert!(
        lines[4].starts_with("MODULE_NOT_FOUND Cannot find module './gone'"),
        "{lines:?}"
    );
}

#[test]
fn a_link_out_of_the_package_is_refused() {
    let scene = scene!();
    let secret = scene.write(
        "elsewhere/secret.js",
        "console.log('secret'); module.exports = 'secret';",
    );
    scene.write("app/package.json", "{}");
    let file = scene.write("app/main.js", "console.log(require('./linked.js'));");
    std::os::unix::fs::symlink(&secret, scene.path("app/linked.js")).unwrap();
    let finished = scene.run(&file).finish();
    finished.expect(1);
    assert!(!finished.stdout.contains("secret"), "{}", finished.stdout);
    assert!(
        finished.stderr.contains("ERR_TOLLGATE_LINK_OUTSIDE"),
        "{}",
        finished.stderr
    );
    assert!(
        !finished.stderr.contains("elsewhere"),
        "{}",
        finished.stderr
    );
}

#[test]
fn a_policy_can_keep_a_part_of_a_program_from_being_loaded() {
    let scene = scene!();
    scene.write("app/package.json", "{}");
    scene.write("app/node_modules/evil/index.js", "console.log('evil');");
    let file = scene.write(
        "app/main.js",
        "try { require('evil') } catch (error) { console.log(error.code) }",
    );
    let (finished, records) = scene
        .run(&file)
        .policy(
            "version = 1\n[stdio]\ndefault = \"allow\"\n\
             [program]\nallow = [\"**\"]\ndeny = [\"/program/node_modules/evil/**\"]\n",
        )
        .logged();
    finished.expect(0);
    assert_eq!(finished.stdout, "EACCES\n");
    assert!(
        records
            .iter()
            .any(|record| record.operation == "program.load" && record.decision == "deny")
    );
}

#[test]
fn a_policy_that_denies_the_entry_runs_nothing() {
    let scene = scene!();
    let file = scene.write("app/main.js", "console.log('it ran');");
    let (finished, records) = scene
        .run(&file)
        .policy(
            "version = 1\n[stdio]\ndefault = \"allow\"\n\
             [program]\nallow = [\"**\"]\ndeny = [\"/program/main.js\"]\n",
        )
        .logged();
    finished.expect(1);
    assert_eq!(finished.stdout, "");
    assert!(records.iter().any(|record| {
        record.is("program.load", "/program/main.js") && record.decision == "deny"
    }));
}

#[test]
fn the_digest_of_what_was_loaded_is_recorded() {
    let digest = |text: &str| {
        let scene = scene!();
        scene.write("app/used.js", text);
        scene.write("app/unused.js", text);
        let file = scene.write("app/main.js", "require('./used.js')");
        let (finished, records) = scene.run(&file).logged();
        finished.expect(0);
        let record = records
            .into_iter()
            .find(|record| record.operation == "run.program")
            .expect("a record of the program");
        record.resource
    };
    assert!(digest("").starts_with("sha256:"));
    assert_eq!(digest("1"), digest("1"));
    assert_ne!(digest("1"), digest("2"));
}

#[test]
fn flags_of_components_are_refused_for_programs() {
    let scene = scene!();
    let file = scene.write("app/main.js", "console.log('it ran');");
    let flags = ["--invoke", "initialise()"];
    let finished = scene.run(&file).flags(&flags).finish();
    finished.expect(2);
    assert_eq!(finished.stdout, "");
}
