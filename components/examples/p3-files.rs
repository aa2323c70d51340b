//! Makes, writes, reads, lists and removes files over 0.3.

use tollgate_components::p3::act::{append, folder, list, open, read, write};
use tollgate_components::p3::host::wasi::clocks::system_clock::Instant;
use tollgate_components::p3::host::wasi::filesystem::types::{
    DescriptorFlags, ErrorCode, NewTimestamp, OpenFlags, PathFlags,
};
use tollgate_components::{report, say};

async fn work() -> Result<(), ErrorCode> {
    let folder = folder().ok_or(ErrorCode::NoEntry)?;
    let both = DescriptorFlags::READ | DescriptorFlags::WRITE;
    let file = open(&folder, "made.txt", OpenFlags::CREATE, both).await?;
    let long = vec![b'x'; 200_000];
    write(&file, long, 0).await?;
    write(&file, b"hello ".to_vec(), 0).await?;
    file.set_size(6).await?;
    append(&file, b"world".to_vec()).await?;
    let text = String::from_utf8_lossy(&read(&file, 0).await?).into_owned();
    say!("read {text}");
    say!(
        "from the middle {}",
        String::from_utf8_lossy(&read(&file, 6).await?)
    );
    say!("past the end {}", read(&file, 1000).await?.len());
    let stat = folder
        .stat_at(PathFlags::empty(), "made.txt".to_owned())
        .await?;
    say!("size {} {:?}", stat.size, stat.type_);
    let early = NewTimestamp::Timestamp(Instant {
        seconds: -86_400,
        nanoseconds: 1,
    });
    file.set_times(NewTimestamp::NoChange, early).await?;
    let modified = file.stat().await?.data_modification_timestamp;
    say!(
        "modified {:?}",
        modified.map(|time| (time.seconds, time.nanoseconds))
    );
    folder.create_directory_at("many".to_owned()).await?;
    for number in 0..200 {
        let name = format!("many/{number:03}");
        drop(open(&folder, &name, OpenFlags::CREATE, DescriptorFlags::WRITE).await?);
    }
    let many = open(&folder, "many", OpenFlags::DIRECTORY, DescriptorFlags::READ).await?;
    let entries = list(&many).await?;
    let names: Vec<_> = entries.iter().map(|entry| entry.name.as_str()).collect();
    say!(
        "entries {} {:?} {:?}",
        names.len(),
        names.first(),
        names.last()
    );
    folder
        .rename_at("made.txt".to_owned(), &many, "moved.txt".to_owned())
        .await?;
    many.unlink_file_at("moved.txt".to_owned()).await?;
    let gone = open(
        &many,
        "moved.txt",
        OpenFlags::empty(),
        DescriptorFlags::READ,
    )
    .await;
    report("gone", gone.map(|_| ""));
    report("read a folder", read(&many, 0).await.map(|_| ""));
    report(
        "write a folder",
        write(&many, Vec::new(), 0).await.map(|()| ""),
    );
    let empty = open(&folder, "empty", OpenFlags::CREATE, DescriptorFlags::READ).await?;
    report(
        "write what is for reading",
        write(&empty, b"x".to_vec(), 0).await.map(|()| ""),
    );
    report("list a file", list(&empty).await.map(|_| ""));
    report(
        "read an empty file",
        read(&empty, 0).await.map(|bytes| bytes.len()),
    );
    Ok(())
}

async fn run() -> Result<(), ()> {
    report("all", work().await.map(|()| ""));
    Ok(())
}

tollgate_components::p3_command!(run);
