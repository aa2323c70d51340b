use tollgate_tests::scene;
use std::fmt::Write as _;
fn m(t:&str)->Vec<u8>{wat::parse_str(t).unwrap()}
fn command(body:&str)->Vec<u8>{m(&format!("(module {body})"))}
fn rep(n:usize,f:impl Fn(usize)->String)->String{(0..n).map(f).collect()}
const START:&str="(memory (export \"memory\") 1) (func (export \"_start\"))";
#[test]
fn survey(){
 let mut cases:Vec<(&str,Vec<u8>)>=vec![];
 let body=|n:usize|{let mut b=String::from("(local i32)");for _ in 0..n/4{b.push_str("local.get 0 i32.const 1 i32.add local.set 0 ");}b};
 cases.push(("i24 300k", command(&format!("(memory (export \"memory\") 1) (func (export \"_start\") {})",body(300_000)))));
 cases.push(("i24 under cap", command(&format!("(memory (export \"memory\") 1) (func (export \"_start\") {})",body(298_000*4*10/16/4*3/2)))));
 let loads=|n:usize|{let mut b=String::new();for k in 0..n{let _=write!(b,"(i32.store (i32.const {}) (i32.load (i32.const {})))",k%60000,(k*7)%60000);}b};
 cases.push(("i24 loads under cap", command(&format!("(memory (export \"memory\") 1) (func (export \"_start\") {})",loads(40_000)))));
 cases.push(("i25 50k", command(&format!("{START} {}",rep(50_000,|_|"(func)".into())))));
 cases.push(("i25 99k", command(&format!("{START} {}",rep(99_000,|i|format!("(func (param i32) (result i32) local.get 0 i32.const {i} i32.add)"))))));
 cases.push(("i25 101k", command(&format!("{START} {}",rep(101_000,|_|"(func)".into())))));
 // many functions just under the cap each
 cases.push(("i24x20 functions of 490k", command(&format!("(memory (export \"memory\") 1) (func (export \"_start\")) {}",rep(4,|_|format!("(func {})",body(250_000)))))));
 cases.push(("i27 br_table 200k", command(&format!("{START} (func (param i32) (block (br_table {} 0 (local.get 0))))",rep(200_000,|_|"0 ".into())))));
 cases.push(("i27 br_table 100k nested", command(&format!("{START} (func (param i32) (block (block (br_table {} 0 (local.get 0)))))",rep(120_000,|i|if i%2==0{"0 ".into()}else{"1 ".into()})))));
 cases.push(("i28 49k locals", command(&format!("(memory (export \"memory\") 1) (func (export \"_start\") (local {}))",rep(49_000,|_|"i32 ".into())))));
 cases.push(("i28 51k locals", command(&format!("(memory (export \"memory\") 1) (func (export \"_start\") (local {}))",rep(51_000,|_|"i32 ".into())))));
 cases.push(("i28 49k locals used", command(&format!("(memory (export \"memory\") 1) (func (export \"_start\") (local {}) {})",rep(49_000,|_|"i64 ".into()),rep(49_000,|i|format!("(local.set {i} (i64.const {i}))"))))));
 cases.push(("i29 100k imports", command(&format!("{} {START}",rep(100_000,|_|"(import \"wasi_snapshot_preview1\" \"sched_yield\" (func (result i32)))".into())))));
 cases.push(("i29 19k imports", command(&format!("{} {START}",rep(19_000,|_|"(import \"wasi_snapshot_preview1\" \"sched_yield\" (func (result i32)))".into())))));
 cases.push(("i29 19k component imports", m(&format!("(component {})",rep(19_000,|i|format!("(import \"f{i}\" (func))"))))));
 cases.push(("i29 100k component imports", m(&format!("(component {})",rep(100_000,|i|format!("(import \"f{i}\" (func))"))))));
 cases.push(("i30 100k exports", command(&format!("{START} (func $f) {}",rep(100_000,|i|format!("(export \"e{i}\" (func $f))"))))));
 cases.push(("i30 99k exports", command(&format!("{START} (func $f) {}",rep(99_000,|i|format!("(export \"e{i}\" (func $f))"))))));
 cases.push(("i31 99k types", command(&format!("{} {START}",rep(99_000,|_|"(type (func))".into())))));
 cases.push(("i31 99k distinct types", command(&format!("{} {START}",rep(99_000,|i|format!("(type (func (param {})))",(0..17).map(|b|if i>>b&1==1{"i32 "}else{"i64 "}).collect::<String>()))))));
 cases.push(("i31 101k types", command(&format!("{} {START}",rep(101_000,|_|"(type (func))".into())))));
 cases.push(("i31 99k component types", m(&format!("(component {})",rep(99_000,|_|"(type (list u8))".into())))));
 let nest=|n:usize|format!("{}{}","(component ".repeat(n),")".repeat(n));
 cases.push(("i32 nest 31", m(&nest(31))));
 for n in [90usize,2000]{ cases.push((if n==90{"i32 nest 90"}else{"i32 nest 2000"}, nested(n))); }
 let chain=|n:usize,f:&dyn Fn(usize)->String|{let mut t=String::from("(component (type $t0 (list u8))");for i in 1..n{let _=write!(t,"(type $t{i} {})",f(i-1));}t.push(')');m(&t)};
 for (name,f) in [("list",Box::new(|i:usize|format!("(list $t{i})")) as Box<dyn Fn(usize)->String>),("option",Box::new(|i|format!("(option $t{i})"))),("tuple",Box::new(|i|format!("(tuple $t{i})"))),("record",Box::new(|i|format!("(record (field \"f\" $t{i}))"))),("tuple2",Box::new(|i|format!("(tuple $t{i} $t{i})"))),("variant",Box::new(|i|format!("(variant (case \"f\" $t{i}))")))]{
   for n in [90,200,20_000]{ let nm:&'static str=Box::leak(format!("i33/a35 {name} {n}").into_boxed_str()); cases.push((nm,chain(n,&*f))); }
 }
 let flat=|n:usize|{format!("(component (type $r0 (tuple {})) (type $r1 (tuple {})) (type $r2 (tuple {})) (import \"f\" (func (param \"p\" $r2))))","u8 ".repeat(n),"$r0 ".repeat(n),"$r1 ".repeat(n))};
 cases.push(("i33 10^7 flat", m(&flat(216))));
 cases.push(("i34 func type ref chain", wat_try("(module (type $t0 (func))", 20_000, |i|format!("(type $t{} (func (param (ref null $t{i}))))",i+1),"(memory (export \"memory\") 1) (func (export \"_start\")))")));
 cases.push(("i34 gc chain", wat_try("(module (type $t0 (struct))", 20_000, |i|format!("(type $t{} (struct (field (ref null $t{i}))))",i+1),"(memory (export \"memory\") 1) (func (export \"_start\")))")));
 cases.push(("i34 instance type chain", {let mut t=String::from("(component (type $t0 (instance))");for i in 0..20_000{let _=write!(t,"(type $t{} (instance (alias outer 1 $t{i} (type $x)) (export \"a\" (instance (type $x)))))",i+1);}t.push(')');m(&t)}));
 cases.push(("i35 8MiB data", command(&format!("(memory (export \"memory\") 200) (func (export \"_start\")) (data (i32.const 0) \"{}\")","a".repeat(8<<20)))));
 cases.push(("i35 custom 16MiB", command(&format!("{START} (@custom \"x\" \"{}\")","a".repeat(16<<20)))));
 cases.push(("i35 name 90k", command(&format!("{START} (func (export \"{}\"))","a".repeat(90_000)))));
 cases.push(("i35 name 110k", command(&format!("{START} (func (export \"{}\"))","a".repeat(110_000)))));
 let sc=scene!();
 for (name,bytes) in cases {
  let f=sc.write("x.wasm",&bytes);
  let fin=sc.tollgate(["run".as_ref(),f.as_os_str()]).run();
  eprintln!("{name:32} {:>9}B code={:?} {:>6}ms {:>5}MiB {}",bytes.len(),fin.code,fin.wall.as_millis(),fin.peak_bytes>>20,fin.stderr.chars().take(170).collect::<String>().replace('\n'," | "));
 }
}
fn wat_try(head:&str,n:usize,f:impl Fn(usize)->String,tail:&str)->Vec<u8>{let mut t=String::from(head);for i in 0..n{t.push_str(&f(i));}t.push_str(tail);m(&t)}
fn nested(n:usize)->Vec<u8>{
 let mut inner=b"\0asm\x0d\0\x01\0".to_vec();
 for _ in 1..n{let mut o=b"\0asm\x0d\0\x01\0".to_vec();o.push(4);let mut l=inner.len();loop{let b=(l&0x7f) as u8;l>>=7;if l==0{o.push(b);break}o.push(b|0x80);}o.extend(&inner);inner=o;}
 inner
}
