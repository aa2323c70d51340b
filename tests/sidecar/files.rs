//! 48 to 61: files of a VM, from outside.

use tollgate_client::types::{
    GuestFilesystemCallRequest, GuestFilesystemOperation, RootFilesystemEntryEncoding,
};
use tollgate_client::{Error, RefusalCode, Vm};

use crate::support::{allowed, fs_call, refused};

/// That the files say no, with this errno at the beginning.
#[track_caller]
pub(crate) fn errno<T>(answer: Result<T, Error>, name: &str) {
    let message = refused(answer, RefusalCode::KernelError);
    assert!(message.starts_with(&format!("{name}:")), "{message}");
}

#[tokio::test]
async fn s48_what_is_written_is_read() {
    let (_host, vm) = allowed().await;
    let binary: Vec<u8> = (0..=255).collect();
    for (content, encoding) in [
        ("grün\n".as_bytes(), RootFilesystemEntryEncoding::Utf8),
        (&[], RootFilesystemEntryEncoding::Utf8),
        (&binary, RootFilesystemEntryEncoding::Base64),
    ] {
        vm.write_file("/tmp/f", content).await.unwrap();
        assert_eq!(vm.read_file("/tmp/f").await.unwrap(), content);
        let asked = fs_call(GuestFilesystemOperation::ReadFile, "/tmp/f");
        let answer = vm.filesystem_call(asked).await.unwrap();
        assert_eq!(answer.encoding, Some(encoding));
    }
    // Text that came as base64 is text all the same.
    let asked = GuestFilesystemCallRequest {
        content: Some("YWJj".to_owned()),
        encoding: Some(RootFilesystemEntryEncoding::Base64),
        ..fs_call(GuestFilesystemOperation::WriteFile, "/tmp/f")
    };
    vm.filesystem_call(asked).await.unwrap();
    let asked = fs_call(GuestFilesystemOperation::ReadFile, "/tmp/f");
    let answer = vm.filesystem_call(asked).await.unwrap();
    let text = Some(RootFilesystemEntryEncoding::Utf8);
    assert_eq!(
        (answer.content.as_deref(), answer.encoding),
        (Some("abc"), text)
    );
}

#[tokio::test]
async fn s49_a_file_is_written_with_its_parents() {
    let (_host, vm) = allowed().await;
    vm.write_file("/a/b/c/f", b"x").await.unwrap();
    assert_eq!(vm.read_dir("/a/b").await.unwrap(), ["c"]);
    assert_eq!(vm.read_file("/a/b/c/f").await.unwrap(), b"x");
}

#[tokio::test]
async fn s50_a_file_that_is_not_there_is_not_read() {
    let (_host, vm) = allowed().await;
    errno(vm.read_file("/none").await, "ENOENT");
    errno(vm.read_file("/none/such").await, "ENOENT");
}

#[tokio::test]
async fn s51_a_folder_that_is_there_is_made_only_recursively() {
    let (_host, vm) = allowed().await;
    vm.mkdir("/d", false).await.unwrap();
    errno(vm.mkdir("/d", false).await, "EEXIST");
    vm.mkdir("/d", true).await.unwrap();
    vm.mkdir("/d/e/f", true).await.unwrap();
    assert_eq!(vm.read_dir("/d/e").await.unwrap(), ["f"]);
    vm.write_file("/d/file", b"").await.unwrap();
    errno(vm.mkdir("/d/file", true).await, "EEXIST");
}

/// And so for `MKDIR` that is not recursive: parents are made by who asks for them.
#[tokio::test]
async fn s52_a_folder_is_not_made_below_none() {
    let (_host, vm) = allowed().await;
    errno(vm.create_dir("/none/d").await, "ENOENT");
    errno(vm.mkdir("/none/d", false).await, "ENOENT");
    assert!(!vm.exists("/none").await.unwrap());
    vm.create_dir("/d").await.unwrap();
    errno(vm.create_dir("/d").await, "EEXIST");
}

#[tokio::test]
async fn s53_a_folder_is_removed_when_it_is_empty() {
    let (_host, vm) = allowed().await;
    vm.write_file("/d/f", b"").await.unwrap();
    errno(vm.remove_dir("/d").await, "ENOTEMPTY");
    vm.remove_file("/d/f").await.unwrap();
    vm.remove_dir("/d").await.unwrap();
    assert!(!vm.exists("/d").await.unwrap());
}

#[tokio::test]
async fn s54_a_folder_is_listed_in_order() {
    let (_host, vm) = allowed().await;
    for name in ["b", "a", "c", "B", "aa"] {
        vm.write_file(&format!("/d/{name}"), b"").await.unwrap();
    }
    assert_eq!(vm.read_dir("/d").await.unwrap(), ["B", "a", "aa", "b", "c"]);
}

#[tokio::test]
async fn s55_what_leads_nowhere_does_not_exist() {
    let (_host, vm) = allowed().await;
    vm.symlink("/none", "/tmp/dangling").await.unwrap();
    vm.symlink("loop", "/tmp/loop").await.unwrap();
    vm.write_file("/tmp/f", b"").await.unwrap();
    for path in [
        "/none",
        "/tmp/dangling",
        "/tmp/loop",
        "/tmp/f/g",
        "/none/such",
    ] {
        assert!(!vm.exists(path).await.unwrap(), "{path}");
    }
    assert!(vm.exists("/tmp/f").await.unwrap());
}

#[tokio::test]
async fn s56_a_link_is_looked_at_or_through() {
    let (_host, vm) = allowed().await;
    vm.write_file("/tmp/f", b"four").await.unwrap();
    vm.symlink("f", "/tmp/l").await.unwrap();
    let (link, target) = (
        vm.lstat("/tmp/l").await.unwrap(),
        vm.stat("/tmp/l").await.unwrap(),
    );
    assert!(link.is_symbolic_link && !target.is_symbolic_link);
    assert_eq!(
        (link.mode & 0o170_000, target.mode & 0o170_000),
        (0o120_000, 0o100_000)
    );
    assert_eq!(target.size, 4);
    assert_eq!(target.ino, vm.stat("/tmp/f").await.unwrap().ino);
}

#[tokio::test]
async fn s57_links_that_lead_to_each_other_are_a_loop() {
    let (_host, vm) = allowed().await;
    vm.symlink("b", "/tmp/a").await.unwrap();
    vm.symlink("a", "/tmp/b").await.unwrap();
    errno(vm.read_file("/tmp/a").await, "ELOOP");
    errno(vm.stat("/tmp/b").await, "ELOOP");
    errno(vm.realpath("/tmp/a").await, "ELOOP");
    vm.lstat("/tmp/a").await.unwrap();
}

#[tokio::test]
async fn s58_the_path_of_an_answer_is_that_of_the_question() {
    let (_host, vm) = allowed().await;
    for path in ["/tmp", "tmp", "/tmp/../tmp/.", "//tmp//"] {
        let asked = fs_call(GuestFilesystemOperation::Stat, path);
        assert_eq!(vm.filesystem_call(asked).await.unwrap().path, path);
    }
}

async fn lacks(vm: &Vm, asked: GuestFilesystemCallRequest) {
    let operation = asked.operation;
    let message = refused(vm.filesystem_call(asked).await, RefusalCode::InvalidState);
    assert!(!message.is_empty(), "{operation:?}");
}

#[tokio::test]
async fn s59_a_part_of_a_file_is_read_from_where_to_where_is_said() {
    let (_host, vm) = allowed().await;
    vm.write_file("/tmp/f", b"0123456789").await.unwrap();
    assert_eq!(vm.pread("/tmp/f", 3, 4).await.unwrap(), b"3456");
    assert_eq!(vm.pread("/tmp/f", 8, 100).await.unwrap(), b"89");
    assert_eq!(vm.pread("/tmp/f", 10, 1).await.unwrap(), b"");
    assert_eq!(vm.pread("/tmp/f", 1 << 40, 1).await.unwrap(), b"");
    let pread = || fs_call(GuestFilesystemOperation::Pread, "/tmp/f");
    lacks(
        &vm,
        GuestFilesystemCallRequest {
            len: Some(1),
            ..pread()
        },
    )
    .await;
    lacks(
        &vm,
        GuestFilesystemCallRequest {
            offset: Some(1),
            ..pread()
        },
    )
    .await;
}

#[tokio::test]
async fn s60_an_operation_without_what_it_needs_is_refused() {
    use GuestFilesystemOperation as Operation;
    let (_host, vm) = allowed().await;
    vm.write_file("/tmp/f", b"x").await.unwrap();
    for operation in [
        Operation::Rename,
        Operation::Link,
        Operation::Symlink,
        Operation::Chmod,
        Operation::Chown,
        Operation::Utimes,
        Operation::Truncate,
        Operation::WriteFile,
    ] {
        lacks(&vm, fs_call(operation, "/tmp/f")).await;
    }
    let half = |operation| fs_call(operation, "/tmp/f");
    lacks(
        &vm,
        GuestFilesystemCallRequest {
            uid: Some(1),
            ..half(Operation::Chown)
        },
    )
    .await;
    lacks(
        &vm,
        GuestFilesystemCallRequest {
            gid: Some(1),
            ..half(Operation::Chown)
        },
    )
    .await;
    lacks(
        &vm,
        GuestFilesystemCallRequest {
            atime_ms: Some(1),
            ..half(Operation::Utimes)
        },
    )
    .await;
    lacks(
        &vm,
        GuestFilesystemCallRequest {
            mtime_ms: Some(1),
            ..half(Operation::Utimes)
        },
    )
    .await;
    assert_eq!(vm.read_file("/tmp/f").await.unwrap(), b"x");
}

#[tokio::test]
async fn s61_content_that_is_no_base64_is_refused() {
    let (_host, vm) = allowed().await;
    for content in ["*", "YWJ", "YWJj\n!", "ÿ"] {
        let asked = GuestFilesystemCallRequest {
            content: Some(content.to_owned()),
            encoding: Some(RootFilesystemEntryEncoding::Base64),
            ..fs_call(GuestFilesystemOperation::WriteFile, "/tmp/f")
        };
        lacks(&vm, asked).await;
    }
    assert!(!vm.exists("/tmp/f").await.unwrap());
}
