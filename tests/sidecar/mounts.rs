//! 62 to 68: roots that cannot be written to, and mounts.

use std::fs;
use std::os::unix::fs::symlink;

use tollgate_client::types::{
    ConfigureVmRequest, FsPermissionRule, FsPermissionRuleSet, FsPermissionScope, MountDescriptor,
    MountPluginDescriptor, PatternPermissionRule, PatternPermissionRuleSet, PatternPermissionScope,
    PermissionMode, PermissionsPolicy,
};
use tollgate_client::{Options, RefusalCode};
use tollgate_tests::scene;

use crate::files::errno;
use crate::support::{ALLOW, allow_with, allowed, code_of, host, host_with, refused};

/// A configuration that says nothing.
pub(crate) fn nothing() -> ConfigureVmRequest {
    ConfigureVmRequest {
        mounts: Vec::new(),
        software: Vec::new(),
        permissions: None,
        module_access_cwd: None,
        instructions: Vec::new(),
        projected_modules: Vec::new(),
        command_permissions: Vec::new(),
        loopback_exempt_ports: Vec::new(),
    }
}

pub(crate) fn mount(path: &str, id: &str, config: &str, read_only: bool) -> MountDescriptor {
    MountDescriptor {
        guest_path: path.to_owned(),
        read_only,
        plugin: MountPluginDescriptor {
            id: id.to_owned(),
            config: config.to_owned(),
        },
    }
}

pub(crate) fn with(mounts: Vec<MountDescriptor>) -> ConfigureVmRequest {
    ConfigureVmRequest {
        mounts,
        ..nothing()
    }
}

#[tokio::test]
async fn s62_a_root_that_is_read_only_is_read_and_not_written() {
    let host = host().await;
    let entries = r#""rootFilesystem":{"mode":"read-only","bootstrapEntries":[{"path":"/f","kind":"file","content":"fixed"}]}"#;
    let vm = host.vm(&allow_with(entries)).await;
    assert_eq!(vm.read_file("/f").await.unwrap(), b"fixed");
    assert!(vm.exists("/etc").await.unwrap());
    errno(vm.write_file("/f", b"x").await, "EROFS");
    errno(vm.write_file("/tmp/g", b"x").await, "EROFS");
    errno(vm.create_dir("/d").await, "EROFS");
    errno(vm.remove_file("/f").await, "EROFS");
    errno(vm.chmod("/f", 0o600).await, "EROFS");
    errno(vm.rename("/f", "/g").await, "EROFS");
    errno(vm.symlink("f", "/l").await, "EROFS");
    errno(vm.truncate("/f", 0).await, "EROFS");
    assert_eq!(vm.read_file("/f").await.unwrap(), b"fixed");
}

#[tokio::test]
async fn s63_a_mount_that_is_read_only_is_not_written() {
    let (_host, vm) = allowed().await;
    let answer = vm
        .configure(with(vec![mount("/m", "memory", "{}", true)]))
        .await
        .unwrap();
    assert_eq!(answer.applied_mounts, 1);
    errno(vm.write_file("/m/f", b"x").await, "EROFS");
    errno(vm.create_dir("/m/d").await, "EROFS");
    assert_eq!(vm.read_dir("/m").await.unwrap(), [""; 0]);
}

#[tokio::test]
async fn s64_nothing_is_renamed_from_one_mount_to_another() {
    let (_host, vm) = allowed().await;
    let mounts = vec![
        mount("/m", "memory", "{}", false),
        mount("/n", "memory", "{}", false),
    ];
    vm.configure(with(mounts)).await.unwrap();
    vm.write_file("/m/f", b"x").await.unwrap();
    vm.write_file("/tmp/f", b"x").await.unwrap();
    errno(vm.rename("/m/f", "/n/f").await, "EXDEV");
    errno(vm.rename("/tmp/f", "/m/g").await, "EXDEV");
    errno(vm.link("/m/f", "/n/f").await, "EXDEV");
    vm.rename("/m/f", "/m/g").await.unwrap();
    assert_eq!(vm.read_dir("/m").await.unwrap(), ["g"]);
}

#[tokio::test]
async fn s65_what_cannot_be_mounted_is_refused() {
    let (_host, vm) = allowed().await;
    let unknown = vm
        .configure(with(vec![mount("/m", "no_such", "{}", false)]))
        .await;
    let message = refused(unknown, RefusalCode::PluginError);
    assert!(
        message.starts_with("ENOSYS:") && message.contains("no_such"),
        "{message}"
    );
    let root = vm
        .configure(with(vec![mount("/", "memory", "{}", false)]))
        .await;
    errno(root, "EINVAL");
    let text = vm
        .configure(with(vec![mount("/m", "memory", "nonsense", false)]))
        .await;
    refused(text, RefusalCode::InvalidState);
}

#[tokio::test]
async fn s66_a_configuration_takes_the_place_of_the_one_before() {
    let (_host, vm) = allowed().await;
    vm.configure(with(vec![mount("/m", "memory", "{}", false)]))
        .await
        .unwrap();
    vm.write_file("/m/f", b"x").await.unwrap();
    let answer = vm
        .configure(with(vec![mount("/n", "memory", "{}", false)]))
        .await
        .unwrap();
    assert_eq!(answer.applied_mounts, 1);
    assert!(!vm.exists("/m/f").await.unwrap());
    vm.write_file("/n/f", b"x").await.unwrap();
    vm.configure(nothing()).await.unwrap();
    assert!(!vm.exists("/n/f").await.unwrap());
}

#[tokio::test]
async fn s67_rules_about_nothing_are_refused() {
    let (_host, vm) = allowed().await;
    let nobody = PermissionsPolicy {
        fs: None,
        network: None,
        child_process: None,
        process: None,
        env: None,
        tool: None,
    };
    let files = |operations: &[&str], paths: &[&str]| PermissionsPolicy {
        fs: Some(FsPermissionScope::FsPermissionRuleSet(
            FsPermissionRuleSet {
                default: None,
                rules: vec![FsPermissionRule {
                    mode: PermissionMode::Allow,
                    operations: operations.iter().map(|text| (*text).to_owned()).collect(),
                    paths: paths.iter().map(|text| (*text).to_owned()).collect(),
                }],
            },
        )),
        ..nobody.clone()
    };
    let rules = PatternPermissionRuleSet {
        default: None,
        rules: vec![PatternPermissionRule {
            mode: PermissionMode::Allow,
            operations: vec!["*".to_owned()],
            patterns: Vec::new(),
        }],
    };
    let network = PermissionsPolicy {
        network: Some(PatternPermissionScope::PatternPermissionRuleSet(rules)),
        ..nobody.clone()
    };
    for (policy, what) in [
        (
            files(&[], &["**"]),
            "fs.rules[0].operations must not be empty",
        ),
        (files(&["read"], &[]), "fs.rules[0].paths must not be empty"),
        (network, "network.rules[0].patterns must not be empty"),
    ] {
        let asked = ConfigureVmRequest {
            permissions: Some(policy),
            ..nothing()
        };
        let message = refused(vm.configure(asked).await, RefusalCode::InvalidState);
        assert!(message.contains(what), "{message}");
    }
    // The policy is what it was.
    vm.write_file("/tmp/f", b"x").await.unwrap();
}

#[tokio::test]
async fn s68_a_folder_of_the_host_gives_nothing_beside_it() {
    let scene = scene!();
    let work = scene.work();
    fs::write(scene.path("secret"), "secret").unwrap();
    fs::write(work.join("f"), "inside").unwrap();
    symlink("../secret", work.join("up")).unwrap();
    symlink(scene.path("secret"), work.join("absolute")).unwrap();
    symlink("f", work.join("fine")).unwrap();
    let root = work.display().to_string();
    let host = host_with(scene, &["--host-root", &root], Options::default()).await;
    let vm = host.vm(ALLOW).await;
    let config = format!("{{\"hostPath\":{root:?}}}");
    vm.configure(with(vec![mount("/h", "host_dir", &config, false)]))
        .await
        .unwrap();
    assert_eq!(vm.read_file("/h/f").await.unwrap(), b"inside");
    assert_eq!(vm.read_file("/h/fine").await.unwrap(), b"inside");
    for path in ["/h/up", "/h/absolute", "/h/../secret", "/h/f/../../secret"] {
        let (_, message) = code_of(vm.read_file(path).await);
        assert!(
            !message.contains("secret\"") && !message.contains(&root),
            "{message}"
        );
    }
    vm.write_file("/h/new", b"written").await.unwrap();
    assert_eq!(fs::read(work.join("new")).unwrap(), b"written");
    // Where a link leads is a place of the guest's own tree: whatever comes of it, the host's file is not touched.
    let _anywhere = vm.write_file("/h/up", b"overwritten").await;
    let _anywhere = vm.write_file("/h/absolute", b"overwritten").await;
    assert_eq!(fs::read(host.scene.path("secret")).unwrap(), b"secret");
    // Nor is any other folder of the host mounted than below the one that the operator names.
    let other = format!(
        "{{\"hostPath\":{:?}}}",
        host.scene.root().display().to_string()
    );
    let answer = vm
        .configure(with(vec![mount("/h", "host_dir", &other, false)]))
        .await;
    code_of(answer);
}
