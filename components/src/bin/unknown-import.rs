//! Imports an interface that no host provides.

mod bindings {
    wit_bindgen::generate!({
        inline: "
            package nobody:provides@3.1.4;

            interface this-one {
                call: func(number: u32) -> u32;
            }

            world unknown-import {
                import this-one;
            }
        ",
    });
}

fn main() {
    println!("{}", bindings::nobody::provides::this_one::call(1));
}
