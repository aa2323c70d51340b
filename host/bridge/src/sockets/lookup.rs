//! `wasi:sockets/ip-name-lookup`.

use std::net::IpAddr;
use std::task::{Context, Poll, Waker};

use tollgate_capability::net::{Lookup, ResolveError, resolve};
use tollgate_engine::Rate;
use tollgate_policy::{NetworkTarget, NetworkVerb, Operation, Transport, host_name};
use tollgate_world::Failure;
use tollgate_world::wasi::sockets::ip_name_lookup::{
    Host, HostResolveAddressStream, ResolveAddressStream,
};
use tollgate_world::wasi::sockets::network::{IpAddress, Network};
use wasmtime::component::Resource;
use wasmtime_wasi::p2::{DynPollable, Pollable, subscribe};

use super::{Refusal, SocketResult, address, pass};
use crate::given::Learnt;
use crate::view::{View, ours};

type Answer = Result<Vec<IpAddr>, ResolveError>;

/// A lookup, from the question to the last address.
struct Answers {
    /// In its one spelling.
    name: String,
    progress: Progress,
}

enum Progress {
    Asking(Lookup<'static>),
    /// The resolver has answered, and the guest has not heard.
    Answered(Answer),
    /// The guest hears one after the other.
    Telling(std::vec::IntoIter<IpAddr>),
    Failed(ResolveError),
}

impl Answers {
    /// Looks whether the resolver has answered, without waiting.
    fn look(&mut self) {
        if let Progress::Asking(lookup) = &mut self.progress {
            let mut context = Context::from_waker(Waker::noop());
            if let Poll::Ready(answer) = lookup.as_mut().poll(&mut context) {
                self.progress = Progress::Answered(answer);
            }
        }
    }

    /// What the resolver said, which the guest has not heard.
    fn answer(&self) -> Option<Answer> {
        match &self.progress {
            Progress::Answered(answer) => Some(answer.clone()),
            Progress::Asking(_) | Progress::Telling(_) | Progress::Failed(_) => None,
        }
    }

    /// The guest hears the answer, and its run has learnt what the name led to.
    fn hear(&mut self, answer: Answer, learnt: &mut Learnt) {
        self.progress = match answer {
            Ok(addresses) => {
                let addresses: Vec<IpAddr> = addresses.iter().map(IpAddr::to_canonical).collect();
                learnt.lookups.remember(&self.name, &addresses);
                Progress::Telling(addresses.into_iter())
            }
            Err(error) => Progress::Failed(error),
        };
    }
}

fn question(name: &str) -> Operation<'_> {
    Operation::Network {
        verb: NetworkVerb::Resolve,
        target: NetworkTarget {
            transport: Transport::Dns,
            host: Some(name),
            addr: None,
            port: None,
        },
    }
}

#[async_trait::async_trait]
impl Pollable for Answers {
    async fn ready(&mut self) {
        if let Progress::Asking(lookup) = &mut self.progress {
            // Dropped meanwhile, the lookup stands where it is.
            let answer = lookup.as_mut().await;
            self.progress = Progress::Answered(answer);
        }
    }
}

impl Host for View<'_> {
    async fn resolve_addresses(
        &mut self,
        _network: Resource<Network>,
        name: String,
    ) -> SocketResult<Resource<ResolveAddressStream>> {
        let answers = if let Ok(literal) = name.parse::<IpAddr>() {
            // It says what it is: nobody is asked, and nothing is learnt.
            Answers {
                name,
                progress: Progress::Telling(vec![literal].into_iter()),
            }
        } else {
            let name = host_name(&name)
                .map_err(|_| Refusal::InvalidArgument)?
                .into_owned();
            let resolver = self.given.resolver();
            let asked = name.clone();
            let ask = |permit| -> Result<Lookup<'static>, Refusal> {
                Ok(Box::pin(async move {
                    resolve(&*resolver, &asked, permit).await
                }))
            };
            let lookup = pass(
                self.gate,
                "wasi:sockets/ip-name-lookup#resolve-addresses",
                &question(&name),
                Rate::Single,
                ask,
            )
            .await?;
            let mut answers = Answers {
                name,
                progress: Progress::Asking(lookup),
            };
            // The question goes out now, and not only when the guest waits for the answer.
            answers.look();
            answers
        };
        self.put(answers).map_err(Failure::Trap)
    }
}

impl HostResolveAddressStream for View<'_> {
    async fn resolve_next_address(
        &mut self,
        handle: Resource<ResolveAddressStream>,
    ) -> SocketResult<Option<IpAddress>> {
        let (gate, learnt) = (self.gate, &mut *self.learnt);
        let answers: &mut Answers = self.table.get_mut(&ours(&handle)).map_err(Failure::trap)?;
        answers.look();
        if let Some(answer) = answers.answer() {
            let question = question(&answers.name);
            let passed = gate.through(
                "wasi:sockets/ip-name-lookup#[method]resolve-address-stream.resolve-next-address",
                &question,
                Rate::Single,
                Refusal::Denied,
                |permit, _| {
                    // Who may ask may hear: the permit covers this one answer.
                    drop(permit);
                    answer.map_err(Refusal::from)
                },
            );
            match passed.await.map_err(Failure::trap)? {
                Ok(addresses) => answers.hear(Ok(addresses), learnt),
                Err(Refusal::Resolver(error)) => answers.hear(Err(error), learnt),
                Err(denied) => return Err(denied.into()),
            }
        }
        match &mut answers.progress {
            Progress::Asking(_) | Progress::Answered(_) => Err(Refusal::WouldBlock.into()),
            Progress::Telling(addresses) => Ok(addresses.next().map(address::shown_ip)),
            Progress::Failed(error) => Err(Refusal::from(*error).into()),
        }
    }

    async fn subscribe(
        &mut self,
        handle: Resource<ResolveAddressStream>,
    ) -> wasmtime::Result<Resource<DynPollable>> {
        subscribe(self.table, ours::<_, Answers>(&handle))
    }

    async fn drop(&mut self, handle: Resource<ResolveAddressStream>) -> wasmtime::Result<()> {
        self.take::<_, Answers>(&handle).map(drop)
    }
}
