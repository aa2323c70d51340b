use tollgate_tests::scene;
fn m(t: &str) -> Vec<u8> {
    wat::parse_str(t).unwrap()
}
fn fused(widths: &[usize], leaf: &str, count: usize) -> String {
    let mut types = format!("(type $t0 (list {leaf}))");
    if leaf == "var" {
        types = format!(
            "(type $v (variant {})) (type $t0 (list $v))",
            (0..widths[0])
                .map(|i| format!("(case \"c{i}\" string)"))
                .collect::<String>()
        );
    }
    for (i, w) in widths.iter().enumerate() {
        types += &format!(
            "(type $t{} (tuple {}))",
            i + 1,
            format!("$t{i} ").repeat(*w)
        );
    }
    let n = widths.len();
    let core = "(core module $m (memory (export \"mem\") 1) (func (export \"f\") (param i32 i32)) (func (export \"r\") (param i32 i32 i32 i32) (result i32) unreachable)) (core instance $i (instantiate $m))";
    let exports:String=(0..count).map(|j|format!("(func (export \"f{j}\") (param \"p\" (list $t{n})) (canon lift (core func $i \"f\") (memory $i \"mem\") (realloc (func $i \"r\"))))")).collect();
    let imports: String = (0..count)
        .map(|j| format!("(import \"f{j}\" (func $f{j} (param \"p\" (list $t{n}))))"))
        .collect();
    let lowers:String=(0..count).map(|j|format!("(core func $l{j} (canon lower (func $f{j}) (memory $i \"mem\") (realloc (func $i \"r\"))))")).collect();
    let user: String = (0..count)
        .map(|j| format!("(import \"\" \"l{j}\" (func (param i32 i32)))"))
        .collect();
    let with: String = (0..count)
        .map(|j| format!("(export \"l{j}\" (func $l{j}))"))
        .collect();
    let inst: String = (0..count)
        .map(|j| format!("(with \"f{j}\" (func $a \"f{j}\"))"))
        .collect();
    format!(
        "(component (component $A {types} {core} {exports}) (component $B {types} {imports} {core} {lowers} (core module $u {user}) (core instance (instantiate $u (with \"\" (instance {with}))))) (instance $a (instantiate $A)) (instance (instantiate $B {inst})))"
    )
}
#[test]
fn survey() {
    let mut cases: Vec<(String, Vec<u8>)> = vec![];
    for (w, l, c) in [
        (vec![10usize], "string", 1usize),
        (vec![100], "string", 1),
        (vec![100, 10], "string", 1),
        (vec![100, 100], "string", 1),
        (vec![100, 100, 10], "string", 1),
        (vec![100, 100], "string", 10),
        (vec![1000], "var", 1),
        (vec![100], "string", 1000),
    ] {
        cases.push((format!("{w:?} {l} x{c}"), m(&fused(&w, l, c))));
    }
    let inst = |n: usize| {
        let mut t = String::from("(component (type $t0 (instance))");
        for i in 0..n {
            t += &format!(
                "(type $t{} (instance (alias outer 1 $t{i} (type $x)) (export \"a\" (instance (type $x)))))",
                i + 1
            );
        }
        t.push(')');
        m(&t)
    };
    for n in [90, 98, 100, 120, 126, 127, 128, 200] {
        cases.push((format!("instance chain {n}"), inst(n)));
    }
    let comp = |n: usize| {
        let mut t = String::from("(component (type $t0 (component))");
        for i in 0..n {
            t += &format!(
                "(type $t{} (component (alias outer 1 $t{i} (type $x)) (import \"a\" (component (type $x)))))",
                i + 1
            );
        }
        t.push(')');
        m(&t)
    };
    for n in [120, 127, 128, 200] {
        cases.push((format!("component chain {n}"), comp(n)));
    }
    let coremod = |n: usize| {
        let mut t = String::from("(component (type $t0 (component))");
        for i in 0..n {
            t += &format!(
                "(type $t{} (component (import \"i\" (instance (alias outer 2 $t{i} (type $x)) (export \"a\" (component (type $x)))))))",
                i + 1
            );
        }
        t.push(')');
        m(&t)
    };
    for n in [60, 64, 70, 200] {
        cases.push((format!("mixed chain {n}"), coremod(n)));
    }
    let nestc = |n: usize| {
        let mut t = String::new();
        for _ in 0..n {
            t += "(component ";
        }
        for i in 0..n {
            t += &format!("(export \"c{i}\" (component 0)))");
            if i == n - 1 {}
        }
        t
    };
    let _ = nestc;
    let sc = scene!();
    for (name, bytes) in cases {
        let f = sc.write("x.wasm", &bytes);
        let fin = sc
            .tollgate([
                "run".as_ref(),
                "--limit".as_ref(),
                "memory=64MiB".as_ref(),
                f.as_os_str(),
            ])
            .patience(std::time::Duration::from_secs(60))
            .run();
        eprintln!(
            "{name:32} {:>9}B code={:?} {:>6}ms {:>5}MiB {}",
            bytes.len(),
            fin.code,
            fin.wall.as_millis(),
            fin.peak_bytes >> 20,
            fin.stderr
                .chars()
                .take(200)
                .collect::<String>()
                .replace('\n', " | ")
        );
    }
}
