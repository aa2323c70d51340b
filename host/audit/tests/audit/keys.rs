use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use tempfile::TempDir;
use tollgate_audit::{OpenError, SigningKey};

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

fn chmod(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

fn place() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config/tollgate/audit.key");
    (folder, path)
}

#[test]
fn the_key_is_made_once_and_for_its_owner_alone() {
    let (_folder, path) = place();
    let made = SigningKey::load_or_create(&path).unwrap();
    assert_eq!(mode(&path), 0o600);
    assert_eq!(mode(path.parent().unwrap()), 0o700);
    assert_eq!(mode(path.parent().unwrap().parent().unwrap()), 0o700);
    assert_eq!(
        SigningKey::load_or_create(&path).unwrap().public_key(),
        made.public_key()
    );
    let entries = fs::read_dir(path.parent().unwrap()).unwrap().count();
    assert_eq!(entries, 1, "nothing is left beside it");
    let text = fs::read_to_string(&path).unwrap();
    assert!(
        text.starts_with("tollgate-audit-key-1 ") && text.len() == 21 + 64 + 1,
        "{text}"
    );
}

#[test]
fn hosts_that_start_at_once_use_one_key() {
    let (_folder, path) = place();
    let keys = std::thread::scope(|scope| {
        let load = || {
            SigningKey::load_or_create(&path)
                .unwrap()
                .public_key()
                .to_string()
        };
        let threads: Vec<_> = (0..16).map(|_| scope.spawn(load)).collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect::<Vec<_>>()
    });
    assert!(keys.windows(2).all(|pair| pair[0] == pair[1]));
}

#[test]
fn a69_a_key_that_others_can_read_is_refused() {
    let (_folder, path) = place();
    SigningKey::load_or_create(&path).unwrap();
    for open in [0o640, 0o604, 0o620, 0o610] {
        chmod(&path, open);
        let error = SigningKey::load_or_create(&path).err();
        assert!(
            matches!(error, Some(OpenError::Mode { mode, .. }) if mode == open),
            "{error:?}"
        );
    }
}

#[test]
fn a69_a_key_in_a_folder_that_others_can_write_is_refused() {
    let (_folder, path) = place();
    SigningKey::load_or_create(&path).unwrap();
    chmod(path.parent().unwrap(), 0o777);
    assert!(matches!(
        SigningKey::load_or_create(&path).err(),
        Some(OpenError::Mode { .. })
    ));
    chmod(path.parent().unwrap(), 0o1777);
    assert!(
        SigningKey::load_or_create(&path).is_ok(),
        "as in a system's folder for temporary files"
    );
}

#[test]
fn a69_a_key_of_another_user_is_refused() {
    let (_folder, path) = place();
    SigningKey::load_or_create(&path).unwrap();
    match std::os::unix::fs::chown(&path, Some(65534), None) {
        Ok(()) => assert!(matches!(
            SigningKey::load_or_create(&path).err(),
            Some(OpenError::Owner { .. })
        )),
        Err(error) => eprintln!("SKIPPED: files can't be given away here: {error}"),
    }
}

#[test]
fn what_is_no_key_is_refused_and_left_as_it_is() {
    let (_folder, path) = place();
    SigningKey::load_or_create(&path).unwrap();
    let good = fs::read_to_string(&path).unwrap();
    let bad = [
        "",
        "x",
        good.trim_end(),
        &good.to_uppercase(),
        &format!("{good}\n"),
        &good.replace("key-1", "key-2"),
    ];
    for text in bad {
        fs::write(&path, text).unwrap();
        assert!(
            matches!(
                SigningKey::load_or_create(&path).err(),
                Some(OpenError::NotAKey)
            ),
            "{text}"
        );
        assert_eq!(fs::read_to_string(&path).unwrap(), text);
    }
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    chmod(&path, 0o700);
    assert!(matches!(
        SigningKey::load_or_create(&path).err(),
        Some(OpenError::NotRegular { .. })
    ));
}
