//! Sends many requests at once, and reports how many were taken. Arguments: how many, then as `http`.

use tollgate_components::say;
use tollgate_components::web::Asked;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let many: usize = arguments
        .next()
        .and_then(|number| number.parse().ok())
        .unwrap_or(0);
    let asked = Asked::read(arguments);
    let futures: Vec<_> = (0..many).filter_map(|_| asked.send()).collect();
    say!("under way: {}", futures.len());
    if asked.one("drop").is_some() {
        drop(futures);
        say!("again: {}", (0..many).filter_map(|_| asked.send()).count());
        return;
    }
    let answered = futures
        .iter()
        .filter(|future| Asked::answer(future).is_ok())
        .count();
    say!("answered: {answered}");
}
