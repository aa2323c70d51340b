//! Programs in the source of a language.

use std::path::Path;

use serde_json::{Value, json};
use tollgate_languages::RUNNER_INPUTS;

use crate::support::{SECRET, Tools, request, request_with};

const JAVASCRIPT: &str = r"
import { area } from './lib/area.mjs';
import { readFileSync } from 'node:fs';
const input = JSON.parse(readFileSync(0, 'utf8'));
console.error(input.secret, process.env.SECRET);
console.log(JSON.stringify({ area: area(input), argv: process.argv.slice(1), env: process.env }));
";

#[test]
fn a_javascript_program_imports_what_lies_beside_it() {
    let tools = Tools::new();
    tools.put("app/package.json", r#"{"type": "module"}"#);
    tools.put(
        "app/lib/area.mjs",
        "export const area = ({ w, h }) => w * h;",
    );
    let path = tools
        .put("app/src/../main.js", JAVASCRIPT)
        .replace("src/../", "");
    let asked = request_with(
        &path,
        &json!({
            "argv": ["--round", ""],
            "stdin_json": {"w": 2, "h": 3, "secret": SECRET},
            "env": {"UNIT": "m", "SECRET": SECRET},
        }),
    );
    let flags = ["--env", "UNIT", "--env", "FIXED=yes"];
    let answered = tools.asked(&flags, &asked);
    // It sees the variables that the policy names, by the request's values or the policy's own.
    let expected = json!({
        "area": 6,
        "argv": ["/program/main.js", "--round", ""],
        "env": {"UNIT": "m", "FIXED": "yes"},
    });
    assert_eq!(answered.ok(), &expected);
}

#[test]
fn typescript_is_a_program_too() {
    let tools = Tools::new();
    let path = tools.put("a.mts", "const n: number = 4; console.log(n);");
    assert_eq!(tools.ask(&request(&path)).ok(), &json!(4));
}

#[test]
fn what_lies_outside_of_its_package_is_not_read() {
    let tools = Tools::new();
    tools.put("secret.js", "export const secret = 'outside';");
    tools.put("app/package.json", r#"{"type": "module"}"#);
    let text = "let out = null; try { out = await import('../secret.js') } catch (e) { out = e.code } console.log(JSON.stringify(out));";
    let path = tools.put("app/main.js", text);
    let answered = tools.ask(&request(&path));
    assert_eq!(answered.ok(), &json!("ERR_MODULE_NOT_FOUND"));
    let text = "const fs = require('fs'); let out; try { out = fs.readFileSync(__filename, 'utf8') } catch (e) { out = e.code } console.log(JSON.stringify(out));";
    let path = tools.put("app/own.cjs", text);
    // Its own files are its own by `import`, and by nothing else.
    let answered = tools.ask(&request(&path));
    assert_ne!(answered.ok(), &json!(text));
}

#[test]
fn what_a_javascript_program_throws_is_in_no_error() {
    let tools = Tools::new();
    let path = tools.put("bad.js", format!("throw new Error('{SECRET}')"));
    let answered = tools.ask(&request(&path));
    let details = json!({"program_path": path, "exit_code": 1, "signal": null});
    let message = "program exited with non-zero status";
    answered.refused("exec_failed", "Unknown", message, details);
}

/// A cache with the runner of Python in it, which the tests of Python make where it is on this machine.
fn python_cache() -> Option<std::path::PathBuf> {
    let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).join("python-cache");
    let runner = format!("python-{RUNNER_INPUTS}.json");
    let there = cache.join("tollgate/runners").join(runner).is_file();
    if !there {
        eprintln!(
            "SKIPPED: no runner of Python was made for tests (`cargo nextest run -E 'test(python)'` does that)"
        );
    }
    there.then_some(cache)
}

const PYTHON: &str = r"
import json, os, sys
from lib.area import area
got = json.load(sys.stdin)
print(got['secret'], file=sys.stderr)
print(json.dumps({'area': area(got), 'argv': sys.argv, 'unit': os.environ.get('UNIT'), 'secret': os.environ.get('SECRET')}))
";

#[test]
fn a_python_program_imports_what_lies_beside_it() {
    let Some(cache) = python_cache() else {
        return;
    };
    let tools = Tools::new().with_cache(&cache);
    tools.put(
        "app/lib/area.py",
        "def area(of): return of['w'] * of['h']\n",
    );
    let path = tools.put("app/main.py", PYTHON);
    let asked = request_with(
        &path,
        &json!({
            "argv": ["--round"],
            "stdin_json": {"w": 2, "h": 3, "secret": SECRET},
            "env": {"UNIT": "m", "SECRET": SECRET},
        }),
    );
    let answered = tools.asked(&["--env", "UNIT"], &asked);
    let expected = json!({
        "area": 6, "argv": ["/program/main.py", "--round"], "unit": "m", "secret": null,
    });
    assert_eq!(answered.ok(), &expected);
    let path = tools.put("bad.py", format!("raise SystemExit('{SECRET}')"));
    let answered = tools.ask(&request(&path));
    let details = json!({"program_path": path, "exit_code": 1, "signal": null});
    let message = "program exited with non-zero status";
    answered.refused("exec_failed", "Unknown", message, details);
}

#[test]
fn without_a_runner_no_python_is_started() {
    let tools = Tools::new();
    let empty = tools.scene.path("empty");
    let tools = tools.with_cache(&empty);
    let path = tools.put("a.py", "print(1)");
    let answered = tools.ask(&request(&path));
    let details: Value = json!({"program_path": path, "reason": "runtime"});
    answered.refused(
        "exec_spawn_failed",
        "Unknown",
        "failed to spawn program",
        details,
    );
}
