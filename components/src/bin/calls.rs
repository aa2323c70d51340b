//! Exports functions of its own, for `--invoke`; run as a command, it only says so.

mod bindings {
    wit_bindgen::generate!({
        inline: "
            package tollgate:guests@1.0.0;

            interface math {
                add: func(a: s32, b: s32) -> s32;
                greet: func(name: string) -> string;
            }

            world calls {
                export math;
                export greet: func(name: string, times: u32) -> string;
                export fail: func() -> result<u32, string>;
                export crash: func();
            }
        ",
    });
    use super::Calls;
    export!(Calls);
}

struct Calls;

impl bindings::Guest for Calls {
    fn greet(name: String, times: u32) -> String {
        format!("hello {name} ")
            .repeat(times.min(1_000) as usize)
            .trim_end()
            .to_owned()
    }

    fn fail() -> Result<u32, String> {
        Err("as asked".to_owned())
    }

    fn crash() {
        core::arch::wasm32::unreachable()
    }
}

impl bindings::exports::tollgate::guests::math::Guest for Calls {
    fn add(a: i32, b: i32) -> i32 {
        a.wrapping_add(b)
    }

    fn greet(name: String) -> String {
        format!("the sum of {name}")
    }
}

fn main() {
    tollgate_components::say!("call a function of mine");
}
