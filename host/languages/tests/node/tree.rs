//! The tree that Node and we are asked about, and the questions.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

/// Files with what they hold. Most hold nothing, because nothing is loaded.
const FILES: &[(&str, &str)] = &[
    ("/package.json", r##"{"name":"self","type":"module","exports":{".":"./a.mjs","./sub":"./lib/sub.js","./gone":"./gone.js","./enc":"./lib/x%2fy.js"},
      "imports":{"#a":"./a.mjs","#gone":"./gone.mjs","#fs":"fs","#nodefs":"node:fs","#dep":"plain","#deep/*":"./lib/*.js","#deep/null/*":null,
      "#dep/*":"with-exports/*","#both":{"require":"./c.cjs","import":"./a.mjs"},"#none":{"browser":"./a.mjs"},"#arr":["bad:url","./a.mjs"],
      "#up":"../a.mjs","#abs":"/a.mjs","#url":"https://x/y","#num":5,"#obj":{"0":"./a.mjs"},"#missing-dep":"not-there","#null":null,"#*x":"./lib/*.js","#q":"./a.mjs?x=1"}}"##),
    ("/a.mjs", ""), ("/c.cjs", ""), ("/b.js", ""), ("/b.json", "{}"), ("/d.json", "{}"), ("/e.node", ""), ("/noext", ""),
    ("/style.css", ""), ("/mod.wasm", ""), ("/a b.mjs", ""), ("/p%20q.mjs", ""), ("/é.mjs", ""), ("/h#h.mjs", ""), ("/q?q.mjs", ""),
    ("/.hidden", ""), ("/x.y.js", ""), ("/lib/sub.js", ""), ("/lib/index.js", ""), ("/lib/x.js", ""), ("/lib/null/x.js", ""), ("/lib/a/b.js", ""),
    ("/dir-json/index.json", "{}"), ("/dir-node/index.node", ""), ("/dir-empty/readme", ""),
    ("/dir-main/package.json", r#"{"main":"main"}"#), ("/dir-main/main.js", ""),
    ("/dir-main-dir/package.json", r#"{"main":"./inner/"}"#), ("/dir-main-dir/inner/index.js", ""),
    ("/dir-main-gone/package.json", r#"{"main":"gone.js"}"#),
    ("/dir-main-fallback/package.json", r#"{"main":"gone.js"}"#), ("/dir-main-fallback/index.js", ""),
    ("/dir-main-odd/package.json", r#"{"main":["x"],"type":"commonjs"}"#), ("/dir-main-odd/index.js", ""),
    ("/dir-bad/package.json", "{ nope"), ("/dir-bad/index.js", ""),
    ("/both.js", ""), ("/both/index.js", ""),
    ("/cjs/package.json", r#"{"type":"commonjs"}"#), ("/cjs/x.js", ""), ("/cjs/noext", ""), ("/cjs/from.js", ""),
    ("/untyped/package.json", r#"{"type":"other"}"#), ("/untyped/x.js", ""), ("/untyped/noext", ""),
    ("/node_modules/plain/index.js", ""), ("/node_modules/plain/lib/x.js", ""), ("/node_modules/plain/lib/index.js", ""), ("/node_modules/plain/x.mjs", ""),
    ("/node_modules/single.js", ""), ("/node_modules/#hash/index.js", ""),
    ("/node_modules/with-main/package.json", r#"{"name":"with-main","main":"lib/main"}"#), ("/node_modules/with-main/lib/main.js", ""), ("/node_modules/with-main/other.js", ""),
    ("/node_modules/main-gone/package.json", r#"{"main":"gone"}"#),
    ("/node_modules/nothing/package.json", "{}"),
    ("/node_modules/nothing-at-all/readme", ""),
    ("/node_modules/main-json/package.json", r#"{"main":"data"}"#), ("/node_modules/main-json/data.json", "{}"),
    ("/node_modules/main-folder/package.json", r#"{"main":"lib"}"#), ("/node_modules/main-folder/lib/index.js", ""),
    ("/node_modules/main-index/package.json", r#"{"main":"gone"}"#), ("/node_modules/main-index/index.js", ""),
    ("/node_modules/main-percent/package.json", r#"{"main":"a%20b.js"}"#), ("/node_modules/main-percent/a b.js", ""), ("/node_modules/main-percent/a%20b.js", ""),
    ("/node_modules/with-exports/package.json", r#"{"name":"with-exports","type":"module","exports":{".":{"import":"./m.mjs","require":"./m.cjs"},
      "./package.json":"./package.json","./x":"./x.js","./dir/*":"./dir/*.js","./dir/private/*":null,"./dir/*.json":"./dir/*.json","./f/*/g/*":"./f/*.js","./two/*":"./two/*/*.js",
      "./gone":"./gone.js","./outside":"../plain/index.js","./bare":"plain","./nm":"./node_modules/x.js","./dots":"./a/../x.js","./dots-enc":"./a/%2e%2e/x.js","./abs":"/x.js","./null":null,"./num":1,"./bool":true,
      "./cond":{"node":{"import":"./m.mjs","browser":"./b.js"},"default":"./m.cjs"},"./cond-none":{"browser":"./b.js"},"./cond-null":{"node":null,"default":"./x.js"},
      "./arr":["plain","./x.js"],"./arr-bad":["plain","../x"],"./arr-null":["plain",null],"./arr-empty":[],"./arr-cond":[{"browser":"./b.js"},"./x.js"],"./arr-gone":["./gone.js","./x.js"],"./numkeys":{"1":"./x.js"},
      "./dirs/":"./dir/","./asdir":"./dir","./sync":{"module-sync":"./m.mjs","default":"./x.js"},"./addons":{"node-addons":"./gone.js","default":"./x.js"},
      "./json":"./dir/a.json","./enc":"./dir/a%62.js","./sep":"./dir%2fa.js","./bad":"./%zz.js","./q":"./x.js?q=1","./tail/*/end":"./dir/*.js","./double":".//x.js","./trail/*":"./dir/*","./space/*":"./sp ace/*.js","./obj":{"import":{},"default":"./x.js"}}}"#),
    ("/node_modules/with-exports/m.mjs", ""), ("/node_modules/with-exports/m.cjs", ""), ("/node_modules/with-exports/x.js", ""), ("/node_modules/with-exports/dir/a.js", ""),
    ("/node_modules/with-exports/dir/b.js", ""), ("/node_modules/with-exports/dir/ab.js", ""), ("/node_modules/with-exports/dir/a.json", "{}"), ("/node_modules/with-exports/dir/private/a.js", ""), ("/node_modules/with-exports/two/a/a.js", ""),
    ("/node_modules/with-exports/sp ace/a.js", ""), ("/node_modules/with-exports/dir/deep/a.js", ""),
    ("/node_modules/sugar/package.json", r#"{"exports":"./s.js"}"#), ("/node_modules/sugar/s.js", ""),
    ("/node_modules/sugar-cond/package.json", r#"{"exports":{"import":"./i.js","default":"./d.js"}}"#), ("/node_modules/sugar-cond/i.js", ""), ("/node_modules/sugar-cond/d.js", ""),
    ("/node_modules/sugar-arr/package.json", r#"{"exports":["./s.js"]}"#), ("/node_modules/sugar-arr/s.js", ""),
    ("/node_modules/sugar-bad/package.json", r#"{"exports":"s.js"}"#),
    ("/node_modules/mixed/package.json", r#"{"exports":{".":"./s.js","import":"./s.js"}}"#),
    ("/node_modules/exp-false/package.json", r#"{"exports":false}"#), ("/node_modules/exp-false/index.js", ""),
    ("/node_modules/exp-null/package.json", r#"{"exports":null}"#), ("/node_modules/exp-null/index.js", ""),
    ("/node_modules/exp-empty/package.json", r#"{"exports":{}}"#), ("/node_modules/exp-empty/index.js", ""),
    ("/node_modules/exp-numkeys/package.json", r#"{"exports":{"1":"./index.js"}}"#),
    ("/node_modules/bad-json/package.json", "{ nope"), ("/node_modules/bad-json/index.js", ""),
    ("/node_modules/bom/package.json", "\u{feff}{\"main\":\"m.js\"}"), ("/node_modules/bom/m.js", ""),
    ("/node_modules/array-json/package.json", "[1]"), ("/node_modules/array-json/index.js", ""),
    ("/node_modules/@scope/pkg/package.json", r#"{"name":"@scope/pkg","exports":{".":"./i.js","./x":"./i.js"}}"#), ("/node_modules/@scope/pkg/i.js", ""),
    ("/node_modules/@scope/plain/index.js", ""), ("/node_modules/@scope/plain/x.js", ""), ("/node_modules/@alone/index.js", ""),
    ("/node_modules/fs/index.js", ""), ("/node_modules/test/index.js", ""), ("/node_modules/sqlite/index.js", ""),
    ("/node_modules/outer/index.js", ""), ("/node_modules/outer/node_modules/inner/index.js", ""), ("/node_modules/outer/node_modules/plain/index.js", ""),
    ("/node_modules/outer/from.js", ""), ("/node_modules/inner-file", ""),
    ("/pk/nested/from.js", ""), ("/pk/node_modules/plain/index.js", ""), ("/pk/node_modules/near/index.js", ""), ("/pk/node_modules/with-main/nothing.js", ""),
    ("/store/linked/package.json", r#"{"name":"linked","type":"module","main":"l.js"}"#), ("/store/linked/l.js", ""), ("/store/linked/m.mjs", ""),
    ("/we ird#dir%/from.mjs", ""), ("/we ird#dir%/x.mjs", ""), ("/we ird#dir%/package.json", r##"{"name":"weird","exports":{"./*":"./*.mjs"},"imports":{"#x":"./x.mjs","#bad":"./%"}}"##),
];

const LINKS: &[(&str, &str)] = &[
    ("/node_modules/linked", "../store/linked"),
    ("/link.mjs", "a.mjs"),
    ("/link-dir", "lib"),
    ("/broken.js", "nowhere.js"),
    ("/loop.js", "loop.js"),
];

/// Where the questions are asked from.
pub(crate) const FROM: &[&str] = &[
    "/a.mjs",
    "/lib/sub.js",
    "/cjs/from.js",
    "/pk/nested/from.js",
    "/node_modules/outer/from.js",
    "/node_modules/with-exports/m.mjs",
    "/store/linked/l.js",
    "/we ird#dir%/from.mjs",
    "/dir-bad/index.js",
];

/// What is asked for. `ROOT` is the tree's own path.
pub(crate) const SPECIFIERS: &[&str] = &[
    "", ".", "..", "./", "../", "...", "..foo", ".foo", "/", "//", "///", "\\", "./a.mjs", "./a", "./b", "./b.js", "./b.json", "./d", "./e", "./e.node", "./noext", "./style.css",
    "./style", "./mod.wasm", "./a b.mjs", "./a%20b.mjs", "./p%20q.mjs", "./p%2520q.mjs", "./%C3%A9.mjs", "./é.mjs", "./h#h.mjs", "./h%23h.mjs", "./q?q.mjs", "./q%3Fq.mjs",
    "./.hidden", "./x.y", "./x.y.js", "./lib", "./lib/", "./lib/.", "./lib/..", "./lib/sub", "./lib//sub.js", "./lib\\sub.js", "./lib%2fsub.js", "./lib%5Csub.js", "./%", "./%zz", "./%ff", "./%00",
    "./dir-json", "./dir-node", "./dir-empty", "./dir-main", "./dir-main/", "./dir-main-dir", "./dir-main-gone", "./dir-main-fallback", "./dir-main-odd", "./dir-bad", "./dir-bad/index.js", "./both", "./both/",
    "./gone", "./gone.js", "../a.mjs", "../../a.mjs", "../../../a.mjs", "../lib", "./cjs/x.js", "./cjs/noext", "./untyped/x.js", "./untyped/noext", "../cjs/x.js", "./link.mjs", "./link-dir", "./link-dir/sub.js", "./broken.js", "./loop.js",
    "./a.mjs?x", "./a.mjs?x=1#y", "./a.mjs#y", "./a.mjs?", "./a.mjs#", "./gone.mjs?x", "./a.mjs/", "./a.mjs/x", "./%2e%2e/a.mjs", "./x.mjs", " ./a.mjs", "./a.mjs ", "./a.mjs\n",
    "ROOT/a.mjs", "ROOT/lib", "ROOT/gone", "file://ROOT/a.mjs", "file:ROOT/a.mjs", "file://localhostROOT/a.mjs", "file://otherROOT/a.mjs", "FILE://ROOT/a.mjs", "file://ROOT/lib", "file://ROOT/gone.mjs", "file://ROOT/a.mjs?q#f", "file:", "file:./a.mjs",
    "data:text/javascript,1", "https://example.com/x.js", "http:", "http://", "blob:x", "npm:x", "c:/x", "nope:x",
    "fs", "fs/promises", "node:fs", "node:fs/promises", "node:test", "test", "sqlite", "node:sqlite", "node:nope", "node:", "fs/", "fs/nope", "NODE:fs", "node:fs?x",
    "plain", "plain/", "plain/lib", "plain/lib/", "plain/lib/x", "plain/lib/x.js", "plain/x.mjs", "plain/x.mjs?z", "plain/gone.js", "plain/../plain/index.js", "plain/./index.js", "single", "single.js", "inner-file", "not-there", "not-there/x",
    "with-main", "with-main/other", "with-main/other.js", "with-main/package.json", "main-gone", "nothing", "nothing-at-all", "main-json", "main-folder", "main-index", "main-percent",
    "with-exports", "with-exports/package.json", "with-exports/x", "with-exports/x.js", "with-exports/dir/a", "with-exports/dir/a.js", "with-exports/dir/a.json", "with-exports/dir/private/a", "with-exports/dir/deep/a", "with-exports/dir/", "with-exports/dir/../a", "with-exports/dir/node_modules/x", "with-exports/dir/.", "with-exports/dir/gone", "with-exports/dir/*", "with-exports/dir/a?q", "with-exports/dir/%61", "with-exports/dir/a%2fb", "with-exports/dir//a", "with-exports/dir/a\\b",
    "with-exports/f/1/g/2", "with-exports/two/a", "with-exports/gone", "with-exports/outside", "with-exports/bare", "with-exports/nm", "with-exports/dots", "with-exports/dots-enc", "with-exports/abs", "with-exports/null", "with-exports/num", "with-exports/bool",
    "with-exports/cond", "with-exports/cond-none", "with-exports/cond-null", "with-exports/arr", "with-exports/arr-bad", "with-exports/arr-null", "with-exports/arr-empty", "with-exports/arr-cond", "with-exports/arr-gone", "with-exports/numkeys", "with-exports/dirs/", "with-exports/dirs/a.js", "with-exports/asdir", "with-exports/sync", "with-exports/addons", "with-exports/json", "with-exports/enc", "with-exports/sep", "with-exports/bad", "with-exports/q", "with-exports/tail/a/end", "with-exports/tail/end", "with-exports/double", "with-exports/trail/a.js", "with-exports/trail/a/", "with-exports/space/a", "with-exports/obj", "with-exports/", "with-exports/*", "with-exports?x", "with-exports#x",
    "sugar", "sugar/x", "sugar-cond", "sugar-cond/x", "sugar-arr", "sugar-bad", "mixed", "mixed/x", "exp-false", "exp-false/x", "exp-null", "exp-empty", "exp-numkeys", "bad-json", "bad-json/index.js", "bom", "array-json",
    "@scope/pkg", "@scope/pkg/x", "@scope/pkg/y", "@scope/plain", "@scope/plain/x.js", "@scope", "@scope/", "@scope/gone", "@alone", "@", "@/x", "@scope\\x", "a%2fb", "a\\b", ".bad", "@scope/%", "plain%",
    "self", "self/sub", "self/gone", "self/nope", "self/enc", "selfish", "linked", "linked/m.mjs", "linked/l", "weird", "weird/x", "outer", "inner", "near", "node_modules/plain",
    "#a", "#gone", "#fs", "#nodefs", "#dep", "#deep/x", "#deep/a/b", "#deep/gone", "#deep/null/x", "#deep/../x", "#dep/x", "#dep/dir/a", "#dep/nope", "#both", "#none", "#arr", "#up", "#abs", "#url", "#num", "#obj", "#missing-dep", "#null", "#", "#/", "#/x", "#x", "#subx", "#nope", "#nope/", "#bad", "#q", "#hash", "#deep/*",
];

/// Specifiers of which Node makes a path that nobody meant: a name that a URL ends in, or no name at all. We say that
/// there is nothing, in other words.
pub(crate) const LOST: &[&str] = &["", "@scope/", "./%00", "with-exports?x", "with-exports#x"];

/// Makes the tree in the folder `root`.
pub(crate) fn lay_out(root: &Path) {
    for (path, text) in FILES {
        let path = root.join(&path[1..]);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    for (path, target) in LINKS {
        symlink(target, root.join(&path[1..])).unwrap();
    }
}
