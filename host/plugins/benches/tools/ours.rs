//! Through the registry: schema, policy, limits, and a log in a file.

use std::path::Path;
use std::time::{Duration, Instant};

use tollgate::Host;
use tollgate::engine::Pool;
use tollgate::policy::Policy;
use tollgate_plugins::{Tools, json};
use tollgate_tests::guests;

pub(crate) struct Ours {
    tools: Tools,
    host: Host,
}

impl Ours {
    pub(crate) async fn new(folder: &Path) -> Self {
        let host = Host::builder()
            .compile_in_process()
            .pool(Pool::of(1_000))
            .log_file(folder.join("log"), folder.join("key"))
            .end_without_flush()
            .build()
            .unwrap();
        let tools = Tools::new(&host);
        let policy = Policy::from_toml(
            "bench.toml",
            "version = 1\n[limits]\naudit = \"64GiB\"\naudit-rate = 100000000\n",
        );
        let bytes = std::fs::read(guests::TOOL).unwrap();
        tools.load("tool", bytes, policy.unwrap()).await.unwrap();
        Self { tools, host }
    }

    async fn call(tools: &Tools, input: &str, size: usize) {
        let input = json::read(input.as_bytes()).unwrap();
        let reply = tools.call("tool", "echo", input).await.unwrap();
        assert_eq!(serde_json::to_string(&reply.value).unwrap().len(), size + 2);
    }

    pub(crate) async fn calls(&self, input: &str, size: usize, calls: usize) -> Vec<Duration> {
        let mut took = Vec::new();
        for _ in 0..calls {
            let begun = Instant::now();
            Self::call(&self.tools, input, size).await;
            took.push(begun.elapsed());
        }
        took
    }

    pub(crate) async fn a_second(&self, input: &str, size: usize, long: Duration) -> f64 {
        let callers = (0..4).map(|_| {
            let (tools, input) = (self.tools.clone(), input.to_owned());
            tokio::spawn(async move {
                let (begun, mut calls) = (Instant::now(), 0_u32);
                while begun.elapsed() < long {
                    Self::call(&tools, &input, size).await;
                    calls += 1;
                }
                f64::from(calls) / begun.elapsed().as_secs_f64()
            })
        });
        let mut sum = 0.0;
        for caller in callers.collect::<Vec<_>>() {
            sum += caller.await.unwrap();
        }
        let _kept_until_here = &self.host;
        sum
    }
}
