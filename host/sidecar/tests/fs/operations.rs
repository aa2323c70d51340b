//! The twenty operations.

use tollgate_protocol::RefusalCode;
use tollgate_protocol::types::{
    GuestFilesystemCallRequest as Request, GuestFilesystemOperation as Op,
    RootFilesystemEntryEncoding as Encoding,
};
use tollgate_sidecar::fs::FsLimits;

use crate::support::*;

#[tokio::test]
async fn s48_what_is_written_is_read_as_text_or_as_base64() {
    let vm = vm().await;
    vm.write("/f", "grüße").await.unwrap();
    let read = vm.on(Op::ReadFile, "/f").await.unwrap();
    assert_eq!(read.content.as_deref(), Some("grüße"));
    assert_eq!(read.encoding, Some(Encoding::Utf8));
    let binary = Request {
        content: Some("/////w==".to_owned()),
        encoding: Some(Encoding::Base64),
        ..request(Op::WriteFile, "/b")
    };
    vm.ask(binary).await.unwrap();
    let read = vm.on(Op::ReadFile, "/b").await.unwrap();
    assert_eq!(read.content.as_deref(), Some("/////w=="));
    assert_eq!(read.encoding, Some(Encoding::Base64));
    let text = Request {
        content: Some("cGxhaW4=".to_owned()),
        encoding: Some(Encoding::Base64),
        ..request(Op::WriteFile, "/t")
    };
    vm.ask(text).await.unwrap();
    assert_eq!(vm.read("/t").await.unwrap(), "plain");
    vm.write("/f", "").await.unwrap();
    assert_eq!(vm.read("/f").await.unwrap(), "");
}

#[tokio::test]
async fn s48_a_content_of_many_pieces_comes_back_whole() {
    let vm = vm().await;
    let content: String = ('a'..='z').cycle().take(3 * 1024 * 1024 + 7).collect();
    vm.write("/big", &content).await.unwrap();
    assert_eq!(vm.stat("/big").await.unwrap().size, content.len() as u64);
    assert!(vm.read("/big").await.unwrap() == content);
}

#[tokio::test]
async fn s49_missing_parents_of_a_file_are_made() {
    let vm = vm().await;
    vm.write("/a/b/c", "x").await.unwrap();
    assert_eq!(vm.read("/a/b/c").await.unwrap(), "x");
    let made = vm.stat("/a/b").await.unwrap();
    assert_eq!(
        (made.mode, made.uid, made.gid, made.is_directory),
        (0o040_755, 1000, 1000, true)
    );
    refused(vm.write("/a/b/c/d", "x").await, "ENOTDIR");
    refused(vm.write("/a/b", "x").await, "EISDIR");
    refused(vm.write("/", "x").await, "EISDIR");
}

#[tokio::test]
async fn s50_a_missing_file_cannot_be_read() {
    let vm = vm().await;
    let error = vm.read("/none").await.unwrap_err();
    assert_eq!(
        error.message,
        "ENOENT: no such file or directory, open '/none'"
    );
    vm.write("/f", "x").await.unwrap();
    refused(vm.read("/f/g").await, "ENOTDIR");
    refused(vm.stat("/f/g").await, "ENOTDIR");
    assert!(!vm.exists("/f/g").await);
    refused(vm.read("/etc").await, "EISDIR");
}

#[tokio::test]
async fn s51_an_existing_folder_is_fine_where_parents_are_made() {
    let vm = vm().await;
    let recursive = |path| Request {
        recursive: true,
        ..request(Op::Mkdir, path)
    };
    vm.on(Op::Mkdir, "/d").await.unwrap();
    refused(vm.on(Op::Mkdir, "/d").await, "EEXIST");
    vm.ask(recursive("/d/e/f")).await.unwrap();
    vm.ask(recursive("/d/e/f")).await.unwrap();
    vm.ask(recursive("/")).await.unwrap();
    vm.write("/d/x", "").await.unwrap();
    refused(vm.ask(recursive("/d/x")).await, "EEXIST");
    refused(vm.ask(recursive("/d/x/y")).await, "ENOTDIR");
}

#[tokio::test]
async fn s52_a_folder_below_a_missing_one_is_not_made() {
    let vm = vm().await;
    refused(vm.on(Op::CreateDir, "/q/r").await, "ENOENT");
    refused(vm.on(Op::Mkdir, "/q/r").await, "ENOENT");
    vm.on(Op::CreateDir, "/q").await.unwrap();
    refused(vm.on(Op::CreateDir, "/q").await, "EEXIST");
}

#[tokio::test]
async fn s53_a_folder_with_something_in_it_is_not_removed() {
    let vm = vm().await;
    vm.write("/d/f", "x").await.unwrap();
    refused(vm.on(Op::RemoveDir, "/d").await, "ENOTEMPTY");
    refused(vm.on(Op::RemoveFile, "/d").await, "EISDIR");
    refused(vm.on(Op::RemoveDir, "/d/f").await, "ENOTDIR");
    vm.on(Op::RemoveFile, "/d/f").await.unwrap();
    vm.on(Op::RemoveDir, "/d").await.unwrap();
    refused(vm.on(Op::RemoveFile, "/srv").await, "EISDIR");
    vm.on(Op::RemoveDir, "/srv").await.unwrap();
    assert!(!vm.exists("/srv").await);
}

#[tokio::test]
async fn s54_names_come_in_their_order() {
    let vm = vm().await;
    let given = [
        folder("/d"),
        file("/d/b", ""),
        file("/d/a", ""),
        folder("/d/sub"),
        file("/d/.hid", ""),
        link("/d/l", "a"),
    ];
    assert_eq!(vm.files.bootstrap(given.to_vec()).unwrap(), 6);
    let names = vm.names("/d").await.unwrap();
    assert_eq!(names, [".hid", "a", "b", "l", "sub"]);
    refused(vm.names("/none").await, "ENOENT");
    refused(vm.names("/d/a").await, "ENOTDIR");
}

#[tokio::test]
async fn s55_what_leads_nowhere_does_not_exist() {
    let vm = vm().await;
    vm.symlink("/dangling", "/nowhere").await.unwrap();
    vm.symlink("/round", "/round").await.unwrap();
    for path in ["/dangling", "/nowhere", "/round", "/none/below"] {
        assert!(!vm.exists(path).await, "{path}");
    }
    for path in ["", "/", "etc", "/etc/passwd", "/dev/null"] {
        assert!(vm.exists(path).await, "{path}");
    }
    vm.write("/f", "after a dangling link").await.unwrap();
    vm.write("/dangling", "made").await.unwrap();
    assert_eq!(vm.read("/nowhere").await.unwrap(), "made");
}

#[tokio::test]
async fn s56_a_link_and_what_it_leads_to_are_told_apart() {
    let vm = vm().await;
    vm.write("/f", "F").await.unwrap();
    vm.symlink("/l", "/f").await.unwrap();
    let itself = vm.lstat("/l").await.unwrap();
    assert_eq!((itself.is_symbolic_link, itself.mode), (true, 0o120_777));
    let target = vm.stat("/l").await.unwrap();
    assert_eq!((target.is_symbolic_link, target.mode), (false, 0o100_644));
    assert_eq!(target, vm.stat("/f").await.unwrap());
    assert_ne!(itself.ino, target.ino);
    assert_eq!(itself.dev, target.dev);
    let said = vm.on(Op::ReadLink, "/l").await.unwrap();
    assert_eq!(said.target.as_deref(), Some("/f"));
    refused(vm.on(Op::ReadLink, "/f").await, "EINVAL");
    refused(vm.on(Op::ReadLink, "/none").await, "ENOENT");
    refused(vm.symlink("/l", "/x").await, "EEXIST");
}

#[tokio::test]
async fn s57_a_circle_of_links_is_told_as_one() {
    let vm = vm().await;
    vm.symlink("/c1", "/c2").await.unwrap();
    vm.symlink("/c2", "/c1").await.unwrap();
    refused(vm.read("/c1").await, "ELOOP");
    refused(vm.on(Op::Realpath, "/c1").await, "ELOOP");
    refused(vm.stat("/c1/x").await, "ELOOP");
    assert!(vm.lstat("/c1").await.unwrap().is_symbolic_link);
}

#[tokio::test]
async fn s58_an_answer_has_the_path_that_was_asked_for() {
    let vm = vm().await;
    for path in ["rel.txt", "/etc/../rel.txt", "//rel.txt"] {
        let request = Request {
            content: Some("r".to_owned()),
            ..request(Op::WriteFile, path)
        };
        let said = vm.ask(request).await.unwrap();
        assert_eq!((said.operation, said.path.as_str()), (Op::WriteFile, path));
    }
    assert_eq!(vm.read("/rel.txt").await.unwrap(), "r");
    vm.symlink("/l", "/etc").await.unwrap();
    for (path, real) in [
        ("/l/passwd", "/etc/passwd"),
        ("/usr/../l", "/etc"),
        ("", "/"),
    ] {
        let said = vm.on(Op::Realpath, path).await.unwrap();
        assert_eq!(
            (said.path.as_str(), said.target.as_deref()),
            (path, Some(real))
        );
    }
    refused(vm.on(Op::Realpath, "/none").await, "ENOENT");
}

#[tokio::test]
async fn s59_parts_are_read_as_far_as_there_is_something() {
    let vm = vm().await;
    vm.write("/f", "0123456789").await.unwrap();
    let part = async |offset, len| {
        let request = Request {
            offset,
            len,
            ..request(Op::Pread, "/f")
        };
        vm.ask(request).await
    };
    let text = async |offset, len| {
        part(Some(offset), Some(len))
            .await
            .unwrap()
            .content
            .unwrap()
    };
    assert_eq!(text(3, 4).await, "3456");
    assert_eq!(text(8, 100).await, "89");
    assert_eq!(text(50, 4).await, "");
    assert_eq!(text(2, 0).await, "");
    invalid(part(None, Some(1)).await, "requires offset");
    invalid(part(Some(1), None).await, "requires len");
    refused(part(Some(0), Some(1 << 40)).await, "EINVAL");
    refused(part(Some(u64::MAX), Some(1)).await, "EINVAL");
    vm.write("/u", "grüße").await.unwrap();
    let cut = Request {
        offset: Some(0),
        len: Some(3),
        ..request(Op::Pread, "/u")
    };
    assert_eq!(vm.ask(cut).await.unwrap().encoding, Some(Encoding::Base64));
}

#[tokio::test]
async fn s60_an_argument_that_is_needed_is_asked_for() {
    let vm = vm().await;
    vm.write("/f", "x").await.unwrap();
    let needy = [
        (Op::Rename, "destination_path"),
        (Op::Link, "destination_path"),
        (Op::Symlink, "target"),
        (Op::Chmod, "mode"),
        (Op::Chown, "uid"),
        (Op::Utimes, "atime_ms"),
        (Op::Truncate, "len"),
        (Op::WriteFile, "content"),
    ];
    for (operation, name) in needy {
        invalid(vm.on(operation, "/f").await, name);
    }
    let chown = Request {
        uid: Some(1),
        ..request(Op::Chown, "/f")
    };
    invalid(vm.ask(chown).await, "gid");
    let utimes = Request {
        atime_ms: Some(1),
        ..request(Op::Utimes, "/f")
    };
    invalid(vm.ask(utimes).await, "mtime_ms");
}

#[tokio::test]
async fn s61_base64_that_is_none_is_refused_and_nothing_is_written() {
    let vm = vm().await;
    vm.write("/a", "before").await.unwrap();
    let bad = Request {
        content: Some("***".to_owned()),
        encoding: Some(Encoding::Base64),
        ..request(Op::WriteFile, "/a")
    };
    invalid(vm.ask(bad).await, "base64");
    assert_eq!(vm.read("/a").await.unwrap(), "before");
}

#[tokio::test]
async fn names_are_given_and_taken() {
    let vm = vm().await;
    vm.write("/a", "A").await.unwrap();
    vm.write("/d/x", "X").await.unwrap();
    let renamed = vm.to(Op::Rename, "/a", "/d/x").await.unwrap();
    assert_eq!(renamed.target.as_deref(), Some("/d/x"));
    assert_eq!(vm.read("/d/x").await.unwrap(), "A");
    vm.to(Op::Rename, "/d", "/e").await.unwrap();
    assert_eq!(vm.read("/e/x").await.unwrap(), "A");
    refused(vm.to(Op::Rename, "/e", "/e/below").await, "EINVAL");
    refused(vm.to(Op::Rename, "/none", "/z").await, "ENOENT");
    vm.write("/full/f", "").await.unwrap();
    refused(vm.to(Op::Rename, "/e", "/full").await, "ENOTEMPTY");
    let linked = vm.to(Op::Link, "/e/x", "/l").await.unwrap();
    assert_eq!(linked.target.as_deref(), Some("/l"));
    assert_eq!(vm.stat("/l").await.unwrap().nlink, 2);
    vm.write("/l", "both").await.unwrap();
    vm.on(Op::RemoveFile, "/e/x").await.unwrap();
    assert_eq!(vm.read("/l").await.unwrap(), "both");
    refused(vm.to(Op::Link, "/l", "/etc/passwd").await, "EEXIST");
    refused(vm.to(Op::Link, "/e", "/f").await, "EPERM");
}

#[tokio::test]
async fn attributes_are_set_and_told() {
    let vm = vm().await;
    vm.write("/f", "F").await.unwrap();
    let chmod = Request {
        mode: Some(0o4755),
        ..request(Op::Chmod, "/f")
    };
    vm.ask(chmod).await.unwrap();
    let chown = Request {
        uid: Some(1),
        gid: Some(2),
        ..request(Op::Chown, "/f")
    };
    vm.ask(chown).await.unwrap();
    let utimes = Request {
        atime_ms: Some(1_700_000_000_000),
        mtime_ms: Some(1_710_000_000_123),
        ..request(Op::Utimes, "/f")
    };
    vm.ask(utimes).await.unwrap();
    let told = vm.stat("/f").await.unwrap();
    assert_eq!((told.mode, told.uid, told.gid), (0o104_755, 1, 2));
    assert_eq!(told.atime_ms, 1_700_000_000_000);
    assert_eq!(told.mtime_ms, 1_710_000_000_123);
    assert_eq!((told.size, told.blocks, told.nlink), (1, 1, 1));
    let root = vm.stat("/").await.unwrap();
    assert_eq!((root.size, root.blocks, root.is_directory), (4096, 8, true));
}

#[tokio::test]
async fn lengths_are_cut_and_extended() {
    let vm = vm().await;
    vm.write("/f", "abcdef").await.unwrap();
    let truncate = |len| Request {
        len: Some(len),
        ..request(Op::Truncate, "/f")
    };
    vm.ask(truncate(3)).await.unwrap();
    vm.ask(truncate(5)).await.unwrap();
    assert_eq!(vm.read("/f").await.unwrap(), "abc\0\0");
    refused(vm.ask(truncate(1 << 40)).await, "ENOSPC");
    refused(vm.ask(truncate(u64::MAX)).await, "ENOSPC");
    let folder = Request {
        len: Some(1),
        ..request(Op::Truncate, "/etc")
    };
    refused(vm.ask(folder).await, "EISDIR");
}

#[tokio::test]
async fn odd_paths_are_refused_by_what_is_odd_about_them() {
    let vm = vm().await;
    refused(vm.read("/a\0b").await, "EINVAL");
    refused(vm.read("/a\u{1b}[2J").await, "EINVAL");
    refused(vm.read(&"/a".repeat(2_049)).await, "ENAMETOOLONG");
    refused(
        vm.write(&format!("/{}", "n".repeat(256)), "").await,
        "ENAMETOOLONG",
    );
    refused(vm.write("/.secure-exec-overlay/x", "").await, "EPERM");
    vm.write(&"/a".repeat(2_048), "deep").await.unwrap();
    assert_eq!(vm.read(&"/a".repeat(2_048)).await.unwrap(), "deep");
}

#[tokio::test]
async fn what_fits_no_answer_is_refused_before_it_is_sent() {
    let limits = FsLimits {
        answer_bytes: 1_000,
        readdir_entries: 3,
        ..FsLimits::default()
    };
    let making = Making {
        limits,
        ..Making::default()
    };
    let vm = making.made().await.unwrap();
    vm.write("/f", &"x".repeat(1_000)).await.unwrap();
    assert_eq!(vm.read("/f").await.unwrap().len(), 1_000);
    vm.write("/f", &"x".repeat(1_001)).await.unwrap();
    let code = vm.read("/f").await.unwrap_err().code;
    assert_eq!(code, RefusalCode::FrameTooLarge);
    let part = Request {
        offset: Some(1_000),
        len: Some(5_000),
        ..request(Op::Pread, "/f")
    };
    assert_eq!(vm.ask(part).await.unwrap().content.as_deref(), Some("x"));
    let sparse = Request {
        len: Some(64 << 20),
        ..request(Op::Truncate, "/f")
    };
    vm.ask(sparse).await.unwrap();
    let code = vm.read("/f").await.unwrap_err().code;
    assert_eq!(code, RefusalCode::FrameTooLarge);
    refused(vm.names("/usr").await, "ENOMEM");
    let code = vm.files.snapshot_root().unwrap_err().code;
    assert_eq!(code, RefusalCode::FrameTooLarge);
}

#[tokio::test]
async fn a_vm_holds_what_its_limits_say() {
    let limits = FsLimits {
        filesystem_bytes: 10_000,
        inodes: 20,
        ..FsLimits::default()
    };
    let making = Making {
        limits,
        ..Making::default()
    };
    let vm = making.made().await.unwrap();
    refused(vm.write("/f", &"x".repeat(20_000)).await, "ENOSPC");
    vm.on(Op::RemoveFile, "/f").await.unwrap();
    vm.write("/f", &"x".repeat(5_000)).await.unwrap();
    for number in 0.. {
        if number > 20 {
            panic!("more files than there may be");
        }
        if let Err(error) = vm.write(&format!("/n{number}"), "").await {
            refused::<()>(Err(error), "ENOSPC");
            break;
        }
    }
}
