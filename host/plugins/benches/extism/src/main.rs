//! Calls a plugin as often as it is told to, and says how long the calls took: `fresh BYTES CALLS` with a new instance for each
//! call, from one compiled plugin; `kept BYTES CALLS` with one instance for all. The plugin's file is the argument. Each answer
//! is a line of nanoseconds, one number a call.

use std::io::{BufRead as _, Write as _};
use std::time::Instant;

use extism::{CompiledPlugin, Manifest, Plugin, PluginBuilder, Wasm};

fn call(plugin: &mut Plugin, input: &str, bytes: usize) {
    let output: &str = plugin.call("echo", input).expect("the plugin answers");
    let value: serde_json::Value = serde_json::from_str(output).expect("the answer is JSON");
    assert_eq!(value.as_str().map(str::len), Some(bytes));
}

fn main() {
    let file = std::env::args()
        .nth(1)
        .expect("the plugin's file is the argument");
    let plugin = std::fs::read(file).expect("the plugin can be read");
    let manifest = Manifest::new([Wasm::data(plugin)]);
    let builder = PluginBuilder::new(manifest).with_wasi(true);
    let compiled = CompiledPlugin::new(builder).expect("the plugin compiles");
    let mut kept = Plugin::new_from_compiled(&compiled).expect("there is an instance");
    let mut out = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let line = line.expect("a line is text");
        let words: Vec<&str> = line.split(' ').collect();
        let [how, bytes, calls] = words[..] else {
            panic!("`{line}` is no order");
        };
        let bytes: usize = bytes.parse().expect("bytes are a number");
        let calls: usize = calls.parse().expect("calls are a number");
        let input = serde_json::json!({ "text": "x".repeat(bytes) }).to_string();
        for _ in 0..calls {
            let begun = Instant::now();
            if how == "fresh" {
                let mut plugin =
                    Plugin::new_from_compiled(&compiled).expect("there is an instance");
                call(&mut plugin, &input, bytes);
            } else {
                call(&mut kept, &input, bytes);
            }
            write!(out, "{} ", begun.elapsed().as_nanos()).expect("somebody reads");
        }
        writeln!(out).expect("somebody reads");
        out.flush().expect("somebody reads");
    }
}
