//! What a client is told before a limit of its VM is reached.

use tollgate_client::Event;
use tollgate_client::types::{EventPayload, StructuredEvent};
use tollgate_tests::scene;

use crate::served::Served;
use crate::support::{ALLOW, Host, soon};

#[tokio::test]
async fn a_root_that_is_nearly_full_is_told_of_once() {
    let members = r#","limits":{"resources":{"maxFilesystemBytes":100000}}}"#;
    let config = format!("{}{members}", ALLOW.strip_suffix('}').unwrap());
    let host = Host::of(scene!(), Served::new(), &[], &config).await;
    let mut told = host.connection.events();
    for (file, bytes) in [("/tmp/a", 40_000), ("/tmp/b", 45_000), ("/tmp/c", 5_000)] {
        soon(host.vm.write_file(file, &vec![1; bytes]))
            .await
            .unwrap();
    }
    // Emptied and filled again, it is told of again.
    for (file, bytes) in [("/tmp/a", 0), ("/tmp/b", 0), ("/tmp/a", 90_000)] {
        soon(host.vm.write_file(file, &vec![1; bytes]))
            .await
            .unwrap();
    }
    for (least, most) in [(85_000, 89_000), (90_000, 99_000)] {
        let Some(Event::Told(EventPayload::StructuredEvent(StructuredEvent { name, detail }))) =
            soon(told.next()).await
        else {
            panic!("nothing was told");
        };
        assert_eq!(name, "limit_warning");
        let value = |key: &str| {
            let found = detail.iter().find(|(known, _)| known == key);
            found.unwrap().1.clone()
        };
        assert_eq!(value("limit"), "vm_filesystem_bytes");
        assert_eq!(value("category"), "resource");
        assert_eq!(value("capacity"), "100000");
        let observed: u64 = value("observed").parse().unwrap();
        assert!((least..=most).contains(&observed), "{observed}");
        let percent: u64 = value("fillPercent").parse().unwrap();
        assert_eq!(percent, observed / 1_000);
    }
}
