//! A tool: functions with rich types, for calls with JSON; each does something that a tool may do, or may not.

mod bindings {
    wit_bindgen::generate!({
        inline: "
            package example:tools@1.0.0;

            /// Shapes, and what they come to.
            interface shapes {
                /// A place on a plane.
                record point {
                    /// To the right.
                    x: f64,
                    /// Upwards.
                    y: f64,
                }

                /// Something that has an area.
                variant shape {
                    /// The radius.
                    circle(f64),
                    /// Two corners that face each other.
                    rectangle(tuple<point, point>),
                    nothing,
                }

                enum unit { metre, inch }

                flags how { rounded, absolute }

                /// The area of a shape.
                ///
                /// An unknown shape has none.
                area: func(of: shape, %in: option<unit>, how: how) -> result<f64, string>;

                /// The middle of all points.
                middle: func(points: list<point>) -> option<point>;
            }

            world tool {
                export shapes;
                /// Gives back what it got.
                export echo: func(text: string) -> string;
                /// How often each byte comes, of those that come.
                export bytes: func(of: list<u8>) -> list<tuple<u8, u64>>;
                /// Reads a variable of the environment.
                export variable: func(name: string) -> option<string>;
                /// Reads a file.
                export file: func(path: string) -> result<string, string>;
                /// Says something on both streams.
                export say: func(text: string);
                /// Never ends.
                export spin: func();
                /// Takes more memory than there is.
                export swallow: func(mebibytes: u32) -> u64;
                /// Ends the guest.
                export leave: func(code: u8);
                /// Goes wrong.
                export crash: func();
                /// Prints without end.
                export babble: func();
            }
        ",
    });
    use super::Tool;
    export!(Tool);
}

use bindings::exports::example::tools::shapes;

struct Tool;

impl shapes::Guest for Tool {
    fn area(
        of: shapes::Shape,
        unit: Option<shapes::Unit>,
        how: shapes::How,
    ) -> Result<f64, String> {
        let metres = match of {
            shapes::Shape::Circle(radius) => radius * radius * std::f64::consts::PI,
            shapes::Shape::Rectangle((one, other)) => (one.x - other.x) * (one.y - other.y),
            shapes::Shape::Nothing => return Err("nothing has no area".to_owned()),
        };
        let mut area = match unit {
            None | Some(shapes::Unit::Metre) => metres,
            Some(shapes::Unit::Inch) => metres / (0.0254 * 0.0254),
        };
        if how.contains(shapes::How::ABSOLUTE) {
            area = area.abs();
        }
        if how.contains(shapes::How::ROUNDED) {
            area = area.round();
        }
        Ok(area)
    }

    fn middle(points: Vec<shapes::Point>) -> Option<shapes::Point> {
        if points.is_empty() {
            return None;
        }
        let count = points.len() as f64;
        Some(shapes::Point {
            x: points.iter().map(|point| point.x).sum::<f64>() / count,
            y: points.iter().map(|point| point.y).sum::<f64>() / count,
        })
    }
}

impl bindings::Guest for Tool {
    fn echo(text: String) -> String {
        text
    }

    fn bytes(of: Vec<u8>) -> Vec<(u8, u64)> {
        let mut counts = std::collections::BTreeMap::new();
        for byte in of {
            *counts.entry(byte).or_insert(0) += 1;
        }
        counts.into_iter().collect()
    }

    fn variable(name: String) -> Option<String> {
        std::env::var(name).ok()
    }

    fn file(path: String) -> Result<String, String> {
        std::fs::read_to_string(path).map_err(|error| format!("{:?}", error.kind()))
    }

    fn say(text: String) {
        println!("out {text}");
        eprintln!("err {text}");
    }

    fn spin() {
        loop {
            std::hint::black_box(());
        }
    }

    fn swallow(mebibytes: u32) -> u64 {
        let mut bytes = vec![1_u8; (mebibytes as usize) << 20];
        bytes[0] = 2;
        bytes.iter().map(|byte| u64::from(*byte)).sum()
    }

    fn leave(code: u8) {
        std::process::exit(code.into())
    }

    fn crash() {
        core::arch::wasm32::unreachable()
    }

    fn babble() {
        loop {
            println!("{}", "on and on ".repeat(100));
        }
    }
}

fn main() {
    println!("a tool is called with `tollgate call`");
}
