//! Resources: those that a world imports, and those that a program defines.

use std::sync::{Arc, Mutex};

use tollgate_tests::scene;
use wasmtime::component::{Linker, Resource, ResourceAny, ResourceType, Val};

use super::built;
use crate::any_host::{AnyHost, State};

const WIT: &str = "
package test:things@0.1.0;

interface blobs {
  resource blob {
    constructor(text: string);
    text: func() -> string;
    part: func(start: u32) -> blob;
    join: static func(a: blob, b: borrow<blob>) -> blob;
  }
  look: func(it: borrow<blob>) -> string;
  keep: func(it: option<blob>);
}

interface counters {
  resource counter {
    constructor(start: s32);
    next: func() -> s32;
    merge: static func(a: counter, b: counter) -> counter;
    parse: static func(text: string) -> result<counter, string>;
  }
  sum: func(all: list<borrow<counter>>) -> s32;
  dropped: func() -> list<s32>;
}

interface work {
  use blobs.{blob};
  lent: func(it: borrow<blob>) -> string;
  made: func(text: string) -> blob;
  taken: func(it: blob) -> string;
  chained: func(count: u32) -> string;
  misused: func(text: string) -> list<string>;
}

world things {
  import blobs;
  export counters;
  export work;
}
";

const PROGRAM: &str = "
import { Blob, look, keep } from 'test:things/blobs@0.1.0';

const gone = [];
class Counter {
  #at;
  constructor(start) { this.#at = start; }
  next() { return this.#at++; }
  static merge(a, b) { return new Counter(a.#at + b.#at); }
  static parse(text) {
    if (!/^\\d+$/.test(text)) throw new Error(`no number: ${text}`);
    return new Counter(Number(text));
  }
  [Symbol.dispose]() { gone.push(this.#at); }
}
export const counters = {
  Counter,
  sum: (all) => all.reduce((sum, counter) => sum + counter.next(), 0),
  dropped: () => gone.splice(0),
};

let kept;
const said = (call) => { try { return String(call()); } catch (error) { return `${error.name}: ${error.message}`; } };
export const work = {
  async lent(it) {
    await null;
    const text = `${it instanceof Blob} ${it.text()} ${look(it)}`;
    kept = it;
    return text;
  },
  made: (text) => new Blob(text).part(1),
  taken(it) {
    const joined = Blob.join(it, new Blob('!'));
    keep(undefined);
    return joined.text();
  },
  chained(count) {
    // Each is made from the one before, and all of them are garbage.
    let blob = new Blob('x'.repeat(count));
    for (let i = 1; i < count; i++) blob = blob.part(1);
    return blob.text();
  },
  misused(text) {
    const blob = new Blob(text);
    const lines = [said(() => kept.text())];
    keep(blob);
    lines.push(said(() => blob.text()), said(() => look({})), said(() => look(undefined)), said(() => Blob.join(new Blob('a'))));
    const other = new Blob('other');
    other[Symbol.dispose]();
    lines.push(said(() => other.text()), said(() => Blob('a')));
    return lines;
  },
};
";

struct Blob;

/// What the host knows of: the text of each, and whose part it is.
#[derive(Default)]
struct Blobs {
    all: Vec<Option<(String, Option<usize>)>>,
    kept: usize,
    made: usize,
}

impl Blobs {
    fn put(&mut self, text: String, whole: Option<usize>) -> Resource<Blob> {
        self.all.push(Some((text, whole)));
        self.made += 1;
        Resource::new_own(u32::try_from(self.all.len() - 1).expect("few"))
    }

    fn text(&self, at: &Resource<Blob>) -> String {
        let found = self.all.get(at.rep() as usize).and_then(Option::as_ref);
        found.expect("it was not let go").0.clone()
    }

    fn let_go(&mut self, at: u32) {
        let at = at as usize;
        let has_parts = self
            .all
            .iter()
            .flatten()
            .any(|(_, whole)| *whole == Some(at));
        assert!(!has_parts, "a whole went before its parts");
        let found = self.all.get_mut(at).and_then(Option::take);
        assert!(found.is_some(), "it went twice");
    }

    fn left(&self) -> usize {
        self.all.iter().flatten().count()
    }
}

fn serve(linker: &mut Linker<State>, blobs: &Arc<Mutex<Blobs>>) {
    let mut instance = linker
        .instance("test:things/blobs@0.1.0")
        .expect("it is new");
    let with = |blobs: &Arc<Mutex<Blobs>>| Arc::clone(blobs);
    let own = with(blobs);
    instance
        .resource("blob", ResourceType::host::<Blob>(), move |_, rep| {
            own.lock().expect("one thread").let_go(rep);
            Ok(())
        })
        .expect("it is new");
    let own = with(blobs);
    instance
        .func_wrap("[constructor]blob", move |_, (text,): (String,)| {
            Ok((own.lock().expect("one thread").put(text, None),))
        })
        .expect("it is new");
    for name in ["[method]blob.text", "look"] {
        let own = with(blobs);
        instance
            .func_wrap(name, move |_, (it,): (Resource<Blob>,)| {
                assert!(!it.owned());
                Ok((own.lock().expect("one thread").text(&it),))
            })
            .expect("it is new");
    }
    let own = with(blobs);
    instance
        .func_wrap(
            "[method]blob.part",
            move |_, (it, from): (Resource<Blob>, u32)| {
                let mut blobs = own.lock().expect("one thread");
                let text = blobs.text(&it)[from as usize..].to_owned();
                let whole = it.rep() as usize;
                Ok((blobs.put(text, Some(whole)),))
            },
        )
        .expect("it is new");
    let own = with(blobs);
    let join = move |_: wasmtime::StoreContextMut<'_, State>,
                     (a, b): (Resource<Blob>, Resource<Blob>)| {
        assert!(a.owned() && !b.owned());
        let mut blobs = own.lock().expect("one thread");
        let text = blobs.text(&a) + &blobs.text(&b);
        blobs.let_go(a.rep());
        Ok((blobs.put(text, None),))
    };
    instance
        .func_wrap("[static]blob.join", join)
        .expect("it is new");
    let own = with(blobs);
    instance
        .func_wrap("keep", move |_, (it,): (Option<Resource<Blob>>,)| {
            own.lock().expect("one thread").kept += usize::from(it.is_some());
            Ok(())
        })
        .expect("it is new");
}

fn host(blobs: &Arc<Mutex<Blobs>>) -> AnyHost {
    let scene = scene!();
    scene.write("app/wit/things.wit", WIT);
    scene.write("app/app.mjs", PROGRAM);
    let component = built(&scene, "app/app.mjs", "things");
    AnyHost::serving(&component, |linker| serve(linker, blobs))
}

fn resource(given: Result<Option<Val>, String>) -> ResourceAny {
    let resource = match &given {
        Ok(Some(Val::Resource(resource))) => Some(*resource),
        _ => None,
    };
    resource.unwrap_or_else(|| unreachable!("{given:?}"))
}

fn text(text: &str) -> Val {
    Val::String(text.to_owned())
}

#[test]
fn resources_that_a_program_defines_are_objects_of_its_classes() {
    const COUNTERS: Option<&str> = Some("test:things/counters@0.1.0");
    let host = host(&Arc::default());
    let mut started = host.start();
    let a = resource(started.call(COUNTERS, "[constructor]counter", &[Val::S32(5)]));
    let b = resource(started.call(COUNTERS, "[constructor]counter", &[Val::S32(i32::MIN)]));
    let next = |counter| [Val::Resource(counter)];
    assert_eq!(
        started.call(COUNTERS, "[method]counter.next", &next(a)),
        Ok(Some(Val::S32(5)))
    );
    assert_eq!(
        started.call(COUNTERS, "[method]counter.next", &next(a)),
        Ok(Some(Val::S32(6)))
    );
    let next_of_b = started.call(COUNTERS, "[method]counter.next", &next(b));
    assert_eq!(next_of_b, Ok(Some(Val::S32(i32::MIN))));

    let all = Val::List(vec![Val::Resource(a), Val::Resource(a)]);
    assert_eq!(
        started.call(COUNTERS, "sum", &[all]),
        Ok(Some(Val::S32(7 + 8)))
    );

    // What is taken back is the program's again, and not let go.
    let both = [Val::Resource(a), Val::Resource(b)];
    let merged = resource(started.call(COUNTERS, "[static]counter.merge", &both));
    let sum = i32::MIN + 1 + 9;
    assert_eq!(
        started.call(COUNTERS, "dropped", &[]),
        Ok(Some(Val::List(Vec::new())))
    );
    started.let_go(merged);
    let dropped = started.call(COUNTERS, "dropped", &[]);
    assert_eq!(dropped, Ok(Some(Val::List(vec![Val::S32(sum)]))));

    let parsed = started.call(COUNTERS, "[static]counter.parse", &[text("x")]);
    let why = Box::new(text("no number: x"));
    assert_eq!(parsed, Ok(Some(Val::Result(Err(Some(why))))));
    let parsed = started.call(COUNTERS, "[static]counter.parse", &[text("41")]);
    let Ok(Some(Val::Result(Ok(Some(parsed))))) = parsed else {
        panic!("{parsed:?}")
    };
    assert_eq!(
        started.call(COUNTERS, "[method]counter.next", &[*parsed]),
        Ok(Some(Val::S32(41)))
    );
}

#[test]
fn resources_that_a_world_imports_are_classes_whose_objects_stand_for_handles() {
    const WORK: Option<&str> = Some("test:things/work@0.1.0");
    let blobs: Arc<Mutex<Blobs>> = Arc::default();
    let host = host(&blobs);
    let mut started = host.start();
    let made = resource(started.call(WORK, "made", &[text("abc")]));
    let lent = started.call(WORK, "lent", &[Val::Resource(made)]);
    assert_eq!(lent, Ok(Some(text("true bc bc"))));
    let taken = started.call(WORK, "taken", &[Val::Resource(made)]);
    assert_eq!(taken, Ok(Some(text("bc!"))));

    let said = started.call(WORK, "misused", &[text("mine")]);
    let Ok(Some(Val::List(said))) = said else {
        panic!("{said:?}")
    };
    let said: Vec<String> = said.iter().map(|line| format!("{line:?}")).collect();
    let name = "test:things/blobs@0.1.0#";
    for (line, part) in [
        (
            0,
            format!(
                "TypeError: {name}[method]blob.text: self: expected blob that was not given away or let go"
            ),
        ),
        (
            1,
            format!(
                "TypeError: {name}[method]blob.text: self: expected blob that was not given away or let go"
            ),
        ),
        (
            2,
            format!(
                "TypeError: {name}look: it: expected blob, an object of the class Blob, got an object"
            ),
        ),
        (
            3,
            format!(
                "TypeError: {name}look: it: expected blob, an object of the class Blob, got undefined"
            ),
        ),
        (
            4,
            format!(
                "TypeError: {name}[static]blob.join: b: expected blob, an object of the class Blob, got undefined"
            ),
        ),
        (
            5,
            "expected blob that was not given away or let go".to_owned(),
        ),
        (6, "TypeError".to_owned()),
    ] {
        assert!(said[line].contains(&part), "{part}\n{}", said[line]);
    }
    assert_eq!(blobs.lock().expect("one thread").kept, 1);
}

#[test]
fn handles_that_are_garbage_are_let_go_and_parts_before_their_whole() {
    const WORK: Option<&str> = Some("test:things/work@0.1.0");
    let blobs: Arc<Mutex<Blobs>> = Arc::default();
    let host = host(&blobs);
    let mut started = host.start();
    for _ in 0..300 {
        let chained = started.call(WORK, "chained", &[Val::U32(50)]);
        assert_eq!(chained, Ok(Some(text("x"))));
    }
    let blobs = blobs.lock().expect("one thread");
    assert_eq!(blobs.made, 15_000);
    assert!(blobs.left() < 7_500, "{} are left", blobs.left());
}

#[test]
fn a_resource_of_the_worlds_own_is_the_default_of_a_module_of_its_name() {
    let scene = scene!();
    scene.write(
        "app/wit/mine.wit",
        "package test:mine;
         world mine {
           resource number { constructor(it: u8); get: func() -> u8; }
           import note: func(it: borrow<number>);
           export g: func(given: number) -> u8;
         }",
    );
    scene.write(
        "app/app.mjs",
        "import Number, { Number as Same } from 'number';
         import note from 'note';
         export const g = (given) => { const made = new Same(40); note(made); return made.get() + given.get() + (Number === Same); };",
    );
    let component = built(&scene, "app/app.mjs", "mine");
    let host = AnyHost::serving(&component, |linker| {
        let mut root = linker.root();
        root.resource("number", ResourceType::host::<Blob>(), |_, _| Ok(()))
            .expect("it is new");
        root.func_wrap("[constructor]number", |_, (it,): (u8,)| {
            Ok((Resource::<Blob>::new_own(it.into()),))
        })
        .expect("it is new");
        root.func_wrap("[method]number.get", |_, (it,): (Resource<Blob>,)| {
            Ok((u8::try_from(it.rep()).expect("it was one"),))
        })
        .expect("it is new");
        root.func_wrap("note", |_, (it,): (Resource<Blob>,)| {
            assert_eq!(it.rep(), 40);
            Ok(())
        })
        .expect("it is new");
    });
    let mut started = host.start();
    let given = started.own(Resource::<Blob>::new_own(1));
    assert_eq!(started.call(None, "g", &[given]), Ok(Some(Val::U8(42))));
}
