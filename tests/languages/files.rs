//! The files of a program, and the files that it may open: two things.

use tollgate_tests::scene;

const LOOK: &str = "const fs = require('fs');\n\
    const tried = (name) => { try { return fs.readFileSync(name, 'utf8').trim(); } catch (error) { return error.code; } };\n\
    console.log(require('./data.json').word, tried(__dirname + '/data.json'), tried('data.json'), __filename);";

#[test]
fn a_program_loads_its_files_and_opens_none_that_was_not_granted() {
    let scene = scene!();
    scene.write("app/data.json", r#"{ "word": "loaded" }"#);
    let file = scene.write("app/main.js", LOOK);
    let finished = scene.run(&file).finish();
    finished.expect(0);
    let line = finished.stdout.trim();
    assert!(line.starts_with("loaded E"), "{line}");
    assert!(line.ends_with("/program/main.js"), "{line}");
    assert!(!line.contains("word"), "{line}");
}

#[test]
fn a_granted_folder_shows_the_program_where_a_person_expects_it() {
    let scene = scene!();
    scene.write("app/data.json", r#"{ "word": "loaded" }"#);
    scene.write("app/main.js", LOOK);
    let finished = scene
        .tollgate(["run", "--dir", ".", "main.js"])
        .current_dir(&scene.path("app"))
        .run();
    finished.expect(0);
    assert_eq!(
        finished.stdout,
        "loaded { \"word\": \"loaded\" } { \"word\": \"loaded\" } /main.js\n"
    );
}

#[test]
fn files_are_written_and_read_where_they_are_granted() {
    let scene = scene!();
    let file = scene.write(
        "app/write.mjs",
        "import { readFile, writeFile, mkdir, readdir, rm, stat } from 'node:fs/promises';\n\
         await mkdir('/work/a/b', { recursive: true });\n\
         await writeFile('/work/a/b/c.txt', 'text');\n\
         console.log(await readFile('/work/a/b/c.txt', 'utf8'), await readdir('/work/a'), (await stat('/work/a/b/c.txt')).size);\n\
         await rm('/work/a/b/c.txt');\n\
         await writeFile('/work/kept', 'kept');",
    );
    let (finished, records) = scene.run(&file).work().logged();
    finished.expect(0);
    assert_eq!(finished.stdout, "text [ 'b' ] 4\n");
    assert_eq!(
        std::fs::read_to_string(scene.work().join("kept")).unwrap(),
        "kept"
    );
    assert!(
        records
            .iter()
            .any(|record| record.is("fs.write", "/work/kept")),
        "{records:#?}"
    );
}

/// What a module says that works with files in `/work`, which is granted.
fn said_at_work(program: &str) -> String {
    let scene = scene!();
    let text = format!("import fs from 'node:fs';\nprocess.chdir('/work');\n{program}");
    let file = scene.write("app/main.mjs", &text);
    let finished = scene.run(&file).work().finish();
    finished.expect(0);
    finished.stdout
}

#[test]
fn a_folder_with_links_is_copied_and_they_lead_where_they_led() {
    let said = said_at_work(
        "fs.mkdirSync('from/inner', { recursive: true });\n\
         fs.writeFileSync('from/file', 'text');\n\
         fs.symlinkSync('file', 'from/beside');\n\
         fs.symlinkSync('../file', 'from/inner/above');\n\
         fs.cpSync('from', 'to', { recursive: true });\n\
         await fs.promises.cp('from', 'deep/er', { recursive: true });\n\
         fs.cpSync('from', 'same', { recursive: true, verbatimSymlinks: true });\n\
         for (const link of ['to/beside', 'to/inner/above', 'deep/er/inner/above', 'same/inner/above']) {\n\
           console.log(fs.readFileSync(link, 'utf8'), fs.realpathSync(link));\n\
         }\n",
    );
    assert_eq!(
        said,
        "text /work/from/file\ntext /work/from/file\ntext /work/from/file\ntext /work/same/file\n"
    );
}

#[test]
fn what_is_appended_goes_behind_all_and_is_read_on_from_there() {
    let said = said_at_work(
        "fs.writeFileSync('file', 'abc');\n\
         const both = fs.openSync('file', 'a+'), bytes = Buffer.alloc(9);\n\
         const read = (at = null) => bytes.toString('utf8', 0, fs.readSync(both, bytes, 0, 9, at));\n\
         fs.readSync(both, bytes, 0, 1, null);\n\
         fs.writeSync(both, 'de');\n\
         console.log([read(), read(0)]);\n\
         fs.writeSync(both, 'f', 0);\n\
         console.log([read(), read(), read(0)]);\n\
         fs.closeSync(both);\n\
         const only = fs.openSync('file', 'a');\n\
         fs.writeSync(only, 'g', 1);\n\
         fs.closeSync(only);\n\
         console.log(fs.readFileSync('file', 'utf8'));\n",
    );
    assert_eq!(said, "[ '', 'abcde' ]\n[ 'f', '', 'abcdef' ]\nabcdefg\n");
}

#[test]
fn the_first_folder_that_was_made_has_the_name_that_was_asked_for() {
    let said = said_at_work(
        "const make = (path) => fs.mkdirSync(path, { recursive: true });\n\
         console.log(make('one/two'), make('one/two'), make('./one/../three'), make('/work/four/five'));\n",
    );
    assert_eq!(said, "one undefined ./one/../three /work/four\n");
}
