//! Does its job, and looks around while it is there: what a plugin from somewhere may do.

use std::net::TcpStream;
use std::{env, fs};

fn look(what: &str, result: Result<(), std::io::Error>) {
    match result {
        Ok(()) => println!("  {what}: it worked"),
        Err(error) => println!("  {what}: {error}"),
    }
}

fn main() {
    match fs::read_to_string("/data/notes.txt") {
        Ok(notes) => println!("notes.txt has {} words", notes.split_whitespace().count()),
        Err(error) => println!("notes.txt: {error}"),
    }
    println!("and while it is there:");
    look(
        "read the key beside it",
        fs::read("/data/private/key.pem").map(drop),
    );
    look(
        "leave something behind",
        fs::write("/data/left-behind", "boo"),
    );
    look(
        "climb out of the folder",
        fs::read("/data/../etc/passwd").map(drop),
    );
    look(
        "call home",
        TcpStream::connect(("203.0.113.7", 443)).map(drop),
    );
    println!(
        "  see the token: {}",
        env::var("API_TOKEN").unwrap_or_else(|_| "there is none".to_owned())
    );
}
