//! Two tenants run the same component, compiled and linked once, under grants and with notes of their own.
//!
//! ```sh
//! cargo run --example tenants
//! ```
#![expect(
    clippy::disallowed_macros,
    reason = "an example shows what it does to the person who started it"
)]

mod store;

use std::error::Error;
use std::sync::Arc;

use store::Notes;
use tollgate::policy::{Mode, PolicyBuilder, Scope};
use tollgate::{Component, Grants, Host, RunOptions};

struct Tenant {
    name: &'static str,
    grants: Grants,
    notes: Arc<Notes>,
}

impl Tenant {
    fn new(host: &Host, name: &'static str, rooms: &[&str]) -> Result<Self, Box<dyn Error>> {
        let mut policy = PolicyBuilder::new();
        for room in rooms {
            policy.rule(Scope::Keyvalue, Mode::Allow, &format!("notes/{room}/**"))?;
        }
        let notes = Arc::new(Notes::default());
        notes.put("kitchen/list", "salt");
        Ok(Self {
            name,
            grants: host.grants(policy.build()?)?,
            notes,
        })
    }

    /// Keeps one guest for two calls.
    async fn work(&self, component: &Component) -> Result<(), Box<dyn Error>> {
        let options = RunOptions::new(&self.grants)
            .name(self.name)
            .state(Arc::clone(&self.notes));
        let mut guest = component.instantiate(options).await?;
        for to in ["kitchen/copy", "attic/copy"] {
            let arguments = ("kitchen/list".to_owned(), to.to_owned());
            let (copied,) = guest
                .call::<_, (Result<(), String>,)>("copy", arguments)
                .await?;
            println!("{} copies to {to}: {copied:?}", self.name);
        }
        let outcome = guest.close().await;
        println!(
            "{} was denied {} times",
            self.name,
            outcome.denied().map(|row| row.sum.count).sum::<u64>()
        );
        Ok(())
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    // Whatever a tenant's policy says, no guest of this host gets more than notes and a second a call.
    let mut ceiling = PolicyBuilder::ceiling();
    ceiling
        .rule(Scope::Keyvalue, Mode::Allow, "notes/**")?
        .limit("wall=1s,memory=4MiB")?;
    let host = store::provide(Host::builder().compile_in_process())
        .ceiling(ceiling.build()?)
        .build()?;
    let component = host
        .load(wat::parse_str(include_str!("copier.wat"))?)
        .await?;

    let both = Tenant::new(&host, "anna", &["kitchen", "attic"])?;
    let one = Tenant::new(&host, "boris", &["kitchen"])?;
    let (anna, boris) = tokio::join!(both.work(&component), one.work(&component));
    anna.and(boris)?;
    assert!(both.notes.get("attic/copy").is_some());
    assert!(one.notes.get("attic/copy").is_none());
    Ok(())
}
