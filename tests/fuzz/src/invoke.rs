//! `--invoke`: a call by name, with arguments in WAVE, on a component whose functions give back what they are given.
//! What comes back, given again, comes back unchanged.

use std::sync::{Arc, OnceLock};

use tokio::runtime::Runtime;
use tollgate_audit::{Log, LogOptions, RunIdentity, RunLimits};
use tollgate_bridge::{Guest, add_to_linker};
use tollgate_engine::{
    Ended, Engine, Entry, Gate, Invocation, Loaded, RunError, RunProfile, Source,
};
use tollgate_policy::{Effective, PolicyBuilder};

/// Functions that give back what they are given, one per kind of type. A list of anything is a pointer and a length, so
/// one core function does for all of them.
const ECHO: &str = r#"(component
  (core module $m
    (memory (export "mem") 2)
    (global $top (mut i32) (i32.const 1024))
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (local $at i32)
      (local.set $at (i32.and (i32.add (global.get $top) (i32.const 7)) (i32.const -8)))
      (global.set $top (i32.add (local.get $at) (local.get 3)))
      (block $grown
        (loop $more
          (br_if $grown (i32.le_u (global.get $top) (i32.mul (memory.size) (i32.const 65536))))
          (br_if $more (i32.ge_s (memory.grow (i32.const 16)) (i32.const 0)))
          unreachable))
      (local.get $at))
    (func (export "number") (param i32) (result i32) (local.get 0))
    (func (export "float") (param f64) (result f64) (local.get 0))
    (func (export "pair") (param i32 i32) (result i32)
      (i32.store (i32.const 16) (local.get 0)) (i32.store (i32.const 20) (local.get 1)) (i32.const 16)))
  (core instance $i (instantiate $m))
  (type $color (enum "red" "green"))
  (type $mode (flags "read" "write" "run-it"))
  (type $point (record (field "x" s32) (field "y" (option f32))))
  (type $shape (variant (case "dot") (case "disc" $point) (case "many" (list u8))))
  (export $color' "color" (type $color))
  (export $mode' "mode" (type $mode))
  (export $point' "point" (type $point))
  (type $shape2 (variant (case "dot") (case "disc" $point') (case "many" (list u8))))
  (export $shape' "shape" (type $shape2))
  (func (export "u32") (param "p" u32) (result u32) (canon lift (core func $i "number")))
  (func (export "s8") (param "p" s8) (result s8) (canon lift (core func $i "number")))
  (func (export "char") (param "p" char) (result char) (canon lift (core func $i "number")))
  (func (export "truth") (param "p" bool) (result bool) (canon lift (core func $i "number")))
  (func (export "hue") (param "p" $color') (result $color') (canon lift (core func $i "number")))
  (func (export "modes") (param "p" $mode') (result $mode') (canon lift (core func $i "number")))
  (func (export "float") (param "p" f64) (result f64) (canon lift (core func $i "float")))
  (func (export "text") (param "p" string) (result string)
    (canon lift (core func $i "pair") (memory $i "mem") (realloc (func $i "realloc"))))
  (func (export "texts") (param "p" (list string)) (result (list string))
    (canon lift (core func $i "pair") (memory $i "mem") (realloc (func $i "realloc"))))
  (func (export "shapes") (param "p" (list $shape')) (result (list $shape'))
    (canon lift (core func $i "pair") (memory $i "mem") (realloc (func $i "realloc"))))
  (func (export "results") (param "p" (list (result (tuple u8 $color') (error string))))
    (result (list (result (tuple u8 $color') (error string))))
    (canon lift (core func $i "pair") (memory $i "mem") (realloc (func $i "realloc"))))
  (func (export "nested") (param "p" (list (list (option u64)))) (result (list (list (option u64))))
    (canon lift (core func $i "pair") (memory $i "mem") (realloc (func $i "realloc")))))"#;

struct Host {
    runtime: Runtime,
    engine: Engine<RunProfile>,
    echo: Loaded<Guest>,
    log: Log,
    policy: Arc<Effective>,
}

fn host() -> &'static Host {
    static HOST: OnceLock<Host> = OnceLock::new();
    HOST.get_or_init(|| start().expect("a host can be started"))
}

fn start() -> Result<Host, Box<dyn std::error::Error>> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let engine = Engine::new()?;
    let source = Source::new(wat::parse_str(ECHO)?)?;
    let (component, _) = engine.compile_in_process(&source, None, drop)?;
    let echo = engine.link(source.digest(), &component, add_to_linker)?;
    let mut builder = PolicyBuilder::new();
    builder.limit("memory=16MiB,wall=10s")?;
    let policy = Arc::new(Effective::new(builder.build()?, None)?);
    Ok(Host {
        runtime,
        engine,
        echo,
        log: Log::memory(LogOptions::default()),
        policy,
    })
}

impl Host {
    fn call(&self, invocation: Invocation) -> Result<Vec<String>, RunError> {
        let identity = RunIdentity {
            run: "run".to_owned(),
            vm: None,
            process: None,
            component: "sha256:00".to_owned(),
        };
        let gate = Gate::new(
            Arc::clone(&self.policy),
            self.log.run(identity, RunLimits::default()),
            None,
        );
        let guest = Guest::builder(gate).build();
        let (ended, _) = self.runtime.block_on(self.engine.run(
            &self.echo,
            guest,
            &Entry::Invoke(invocation),
        ));
        match ended? {
            Ended::Returned(values) => Ok(values),
            Ended::Exit(code) => panic!("a function exits with {code}"),
        }
    }
}

/// Holds invocations to that.
///
/// # Panics
///
/// When it does not hold.
pub fn check(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let Ok(invocation) = text.parse::<Invocation>() else {
        return;
    };
    let name = text.split_once('(').map_or("", |(name, _)| name).trim();
    match host().call(invocation) {
        Ok(values) => {
            let again = format!("{name}({})", values.join(", "));
            let invocation = again
                .parse()
                .unwrap_or_else(|error| panic!("{again}: {error}"));
            let returned = host()
                .call(invocation)
                .unwrap_or_else(|error| panic!("{again}: {error}"));
            assert_eq!(returned, values, "{text:?}");
        }
        Err(RunError::Invoke(error)) => assert!(!error.to_string().contains(".cargo"), "{error}"),
        // A text that is larger than the guest's memory.
        Err(RunError::Limit(_) | RunError::TooLarge(_) | RunError::Trap(_)) => {
            assert!(text.len() > 1 << 16, "{text:?} ends the guest");
        }
        Err(RunError::AuditFailed(error) | RunError::Full(error)) => panic!("{error}"),
        Err(RunError::Killed(signal)) => panic!("{signal}"),
    }
}

/// A call of each function, and calls of none.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    [
        "u32(42)",
        "s8(-128)",
        "char('\\u{1f600}')",
        "truth(true)",
        "hue(green)",
        "modes({read, run-it})",
        "float(-1.5e300)",
        "float(nan)",
        "text(\"a\\n\\\"b\\\" \\u{fc}\")",
        "texts([\"\", \"b\"])",
        "shapes([dot, disc({x: -1, y: some(0.5)}), many([1, 2])])",
        "results([ok((1, red)), err(\"x\")])",
        "nested([[some(1), none], []])",
        " u32 ( 1 ) ",
        "nothing(1)",
        "u32(1, 2)",
    ]
    .map(|text| text.as_bytes().to_vec())
    .into()
}
