//! Tables and lines for people: colours only on a terminal, guest text always escaped.

use std::io::Write;

use anstyle::{AnsiColor, Style};
use comfy_table::{ContentArrangement, Table, presets};

use crate::exit::Failure;

pub(crate) const GOOD: Style = AnsiColor::Green.on_default();
pub(crate) const BAD: Style = AnsiColor::Red.on_default().bold();
pub(crate) const ODD: Style = AnsiColor::Yellow.on_default();
pub(crate) const HEADING: Style = Style::new().bold();
const FAINT: Style = Style::new().dimmed();

/// A table with a head, without lines between columns.
pub(crate) fn table<const N: usize>(head: [&str; N]) -> Table {
    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Disabled);
    table.set_header(head);
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    table
}

/// Prints `table` with a faint head and rows coloured by `style`, which sees the number of a row.
pub(crate) fn print(
    out: &mut dyn Write,
    table: &Table,
    style: impl Fn(usize) -> Style,
) -> std::io::Result<()> {
    for (index, line) in table.lines().enumerate() {
        let style = if index == 0 { FAINT } else { style(index - 1) };
        writeln!(out, "{style}{}{style:#}", line.trim_end())?;
    }
    Ok(())
}

/// Prints to standard output; a reader that went away is no failure.
pub(crate) fn to_stdout(
    print: impl FnOnce(&mut dyn Write) -> std::io::Result<()>,
) -> Result<(), Failure> {
    let mut out = anstream::stdout().lock();
    match print(&mut out).and_then(|()| out.flush()) {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        result => result.map_err(Failure::Print),
    }
}

/// Prints to standard error. That nobody reads it changes nothing.
pub(crate) fn to_stderr(print: impl FnOnce(&mut dyn Write) -> std::io::Result<()>) {
    let mut out = anstream::stderr().lock();
    let _unread = print(&mut out).and_then(|()| out.flush());
}

/// What a guest prints, as it prints it, on standard error.
pub(crate) fn of_guest(bytes: &[u8]) {
    // Where nobody reads it, the guest goes on.
    let _unread = std::io::stderr().lock().write_all(bytes);
}

/// Work that may take long, shown on a terminal once it does.
pub(crate) struct Progress(indicatif::ProgressBar);

/// Begins to show that `what` is under way.
pub(crate) fn progress(what: &'static str) -> Progress {
    let bar = indicatif::ProgressBar::new_spinner().with_message(what);
    bar.enable_steady_tick(std::time::Duration::from_millis(300));
    Progress(bar)
}

impl Progress {
    /// Takes it off the terminal.
    pub(crate) fn finish(self) {
        self.0.finish_and_clear();
    }
}

/// An error, on standard error.
pub(crate) fn complain(message: &str) {
    to_stderr(|out| {
        for (index, line) in message.lines().enumerate() {
            let start = if index == 0 {
                format!("{BAD}tollgate:{BAD:#} ")
            } else {
                "  ".to_owned()
            };
            writeln!(out, "{start}{}", tollgate_audit::printable(line))?;
        }
        Ok(())
    });
}

/// A warning, on standard error.
pub(crate) fn warn(message: &str) {
    to_stderr(|out| {
        writeln!(
            out,
            "{ODD}tollgate: warning:{ODD:#} {}",
            tollgate_audit::printable(message)
        )
    });
}

/// Guest text, fit for a terminal and for one line.
pub(crate) fn text(text: &str) -> String {
    tollgate_audit::printable(text).to_string()
}

/// A number of bytes, for people.
pub(crate) fn bytes(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["B", "KiB", "MiB", "GiB", "TiB"];
    let mut unit = 0;
    let mut whole = bytes;
    let mut tenths = 0;
    while whole >= 1024 && unit + 1 < UNITS.len() {
        tenths = (whole % 1024) * 10 / 1024;
        whole /= 1024;
        unit += 1;
    }
    let name = UNITS.get(unit).copied().unwrap_or_default();
    if unit == 0 {
        format!("{whole} {name}")
    } else {
        format!("{whole}.{tenths} {name}")
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn bytes_are_shown_in_the_largest_unit_that_they_fill() {
        for (number, shown) in [
            (0, "0 B"),
            (1023, "1023 B"),
            (1024, "1.0 KiB"),
            (1536, "1.5 KiB"),
            (5 << 20, "5.0 MiB"),
        ] {
            assert_eq!(super::bytes(number), shown);
        }
    }
}
