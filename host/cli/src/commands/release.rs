//! Which release of WASI is asked for, and what to say where it is not there.

use tollgate_bridge::HAS_WASI_P3;
use tollgate_engine::{Profile, Source};

use crate::exit::Failure;

/// Refuses `--wasi-p3` in a build that lacks it, before anything is read.
pub(crate) fn check_flag(wasi_p3: bool) -> Result<(), Failure> {
    if wasi_p3 && !HAS_WASI_P3 {
        return Err(Failure::Usage(format!("--wasi-p3: {}", missing(false))));
    }
    Ok(())
}

/// Refuses a component of a release that profile `P` does not run, and says what it takes.
pub(crate) fn check_source<P: Profile>(source: &Source, file: &str) -> Result<(), Failure> {
    if source.is_p3() && !P::ASYNC {
        return Err(Failure::Release {
            file: file.to_owned(),
            cure: missing(HAS_WASI_P3),
        });
    }
    Ok(())
}

fn missing(built: bool) -> &'static str {
    if built {
        "which is experimental: give --wasi-p3"
    } else {
        "which this build of tollgate leaves out: build it with `--features wasi-p3`"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_build_without_it_names_the_feature_and_one_with_it_the_flag() {
        assert!(missing(false).contains("--features wasi-p3"));
        assert!(missing(true).contains("--wasi-p3") && !missing(true).contains("features"));
        assert_eq!(check_flag(true).is_err(), !HAS_WASI_P3);
        assert!(check_flag(false).is_ok());
    }
}
