//! `open-at`: one permit for each right that the new descriptor has.

use tollgate_engine::{Gate, Rate};
use tollgate_policy::FsVerb;
use tollgate_vfs::{OpenOptions, Opened, Permits};

use super::Descriptor;
use super::pass::{Ask, Undone, pass_all, resolve};
use super::paths::At;

pub(crate) async fn open(
    gate: &Gate,
    import: &'static str,
    at: At<'_>,
    options: OpenOptions,
) -> Result<Descriptor, Undone> {
    let first = options.verbs().next().unwrap_or(FsVerb::Stat);
    let follow = options.follow(at.follow);
    let target = resolve(gate, at.dir, (import, first), at.path, follow).await?;
    let (asked, read_only) = (target.path().to_owned(), target.read_only());
    let ask = |verb| Ask {
        import,
        verb,
        path: &asked,
        read_only,
        rate: Rate::Single,
    };
    let asks: Vec<Ask<'_>> = options.verbs().map(ask).collect();
    let open = |permits: Vec<_>| target.open(options, permits.into_iter().collect::<Permits>());
    Ok(match pass_all(gate, &asks, open).await? {
        Opened::File(file) => Descriptor::File(file),
        Opened::Dir(dir) => Descriptor::Dir(dir),
    })
}
