//! Writes to standard output for ever, and says on standard error if that is refused.

use std::io::Write as _;

fn main() {
    let chunk = [b'x'; 16 * 1024];
    let mut out = std::io::stdout();
    let mut written = 0_u64;
    loop {
        match out.write_all(&chunk) {
            Ok(()) => written += chunk.len() as u64,
            Err(error) => {
                let _closed = writeln!(
                    std::io::stderr(),
                    "refused after {written}: {:?}",
                    error.kind()
                );
                std::process::exit(1);
            }
        }
    }
}
