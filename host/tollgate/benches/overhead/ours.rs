//! Through Tollgate: file sink, policy, limits.

use std::path::Path;
use std::time::{Duration, Instant};

use cap_std::ambient_authority;
use cap_std::fs::Dir;
use tollgate::audit::{self, LogOptions};
use tollgate::engine::Pool;
use tollgate::vfs::Mount;
use tollgate::{Component, Grants, Host, Instance, RunOptions};

use crate::Pace;

/// How much the log says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Detail {
    /// Equal operations in a row share a record.
    Default,
    /// A record each.
    Full,
}

pub(crate) struct Ours {
    paces: Component,
    hello: Component,
    grants: Grants,
    work: Mount,
    _host: Host,
}

impl Ours {
    pub(crate) async fn new(folder: &Path, work: &Path, detail: Detail) -> Self {
        let log = folder.join(format!("{detail:?}.log"));
        let options = LogOptions {
            detail: match detail {
                Detail::Default => audit::Detail::Coalesced,
                Detail::Full => audit::Detail::Full,
            },
            ..LogOptions::default()
        };
        let host = Host::builder()
            .compile_in_process()
            .pool(Pool::of(1_000))
            .log_file(&log, folder.join("key"))
            .log_options(options)
            .end_without_flush()
            .build()
            .unwrap();
        let detail = match detail {
            Detail::Default => "coalesced",
            Detail::Full => "full",
        };
        let grants = host
            .grants_from_toml(
                "bench.toml",
                &format!(
                    "version = 1\n[limits]\nwall = \"1h\"\ncpu = \"1h\"\naudit = \"64GiB\"\naudit-rate = 100000000\n\
                     [audit]\ndetail = \"{detail}\"\n[stdio]\ndefault = \"allow\"\n[random]\ndefault = \"allow\"\n\
                     [clock]\ndefault = \"allow\"\n[env]\nallow = [\"GREETING\"]\n[fs]\nallow = [\"/work/**\", \"/work\"]\n"
                ),
            )
            .unwrap();
        let read = |guest| std::fs::read(guest).unwrap();
        Self {
            paces: host
                .load(read(tollgate_tests::guests::PACES))
                .await
                .unwrap(),
            hello: host
                .load(read(tollgate_tests::guests::HELLO))
                .await
                .unwrap(),
            grants,
            work: Mount::host(
                Dir::open_ambient_dir(work, ambient_authority()).unwrap(),
                false,
            )
            .unwrap(),
            _host: host,
        }
    }

    fn options(&self) -> RunOptions {
        RunOptions::new(&self.grants)
            .variable("GREETING", "good day")
            .mount("/work", self.work.clone())
    }

    pub(crate) async fn lives(&self, times: u64) -> Duration {
        let start = Instant::now();
        for _ in 0..times {
            let outcome = self
                .paces
                .call::<(), ()>("nothing", (), self.options())
                .await;
            outcome.unwrap().result.unwrap();
        }
        start.elapsed()
    }

    pub(crate) async fn hellos(&self, times: u64) -> Duration {
        let start = Instant::now();
        for _ in 0..times {
            let outcome = self.hello.command(self.options()).await;
            outcome.unwrap().result.unwrap();
        }
        start.elapsed()
    }

    pub(crate) async fn stay(&self) -> Stays {
        Stays(self.paces.instantiate(self.options()).await.unwrap())
    }
}

pub(crate) struct Stays(Instance);

impl Stays {
    pub(crate) async fn calls(&mut self, pace: Pace, calls: u64) -> Duration {
        let start = Instant::now();
        for _ in 0..calls {
            let done = match pace.size {
                None => self.0.call::<_, (u32,)>(pace.function, (pace.times,)).await,
                Some(size) => {
                    self.0
                        .call::<_, (u32,)>(pace.function, (size, pace.times))
                        .await
                }
            };
            assert_eq!(done.unwrap(), (pace.times,), "{}", pace.name);
        }
        start.elapsed()
    }
}
