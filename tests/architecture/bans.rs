//! What is banned, class by class. The same table, seen through clippy, is
//! `clippy.toml`.

use crate::classes::{Ban, Class, Clippy, Scope};

/// Every ban on a path.
pub(crate) fn bans() -> impl Iterator<Item = &'static Ban> {
    [FS, NET, PROCESS, ENV, CLOCK, ENTROPY, STDIO, UNGATED, RAW]
        .into_iter()
        .flatten()
}

/// Methods that give access away by name alone, whatever they are called on.
/// A parser knows no types, so only names that mean nothing else stand here;
/// for the others, clippy has the type.
pub(crate) const METHODS: &[(Class, &str)] = &[
    (Class::Fs, "open_ambient_dir"),
    (Class::Fs, "create_ambient_dir_all"),
    (Class::Fs, "open_parent_dir"),
    (Class::Fs, "open_ambient"),
    (Class::Fs, "open_ambient_with"),
    (Class::Fs, "create_ambient"),
    (Class::Fs, "wasm_binary_file"),
    (Class::Fs, "wasm_binary_or_text_file"),
    (Class::Net, "to_socket_addrs"),
    (Class::Net, "bind_unix_listener"),
    (Class::Net, "bind_unix_datagram"),
    (Class::Net, "connect_unix_stream"),
    (Class::Net, "connect_unix_datagram"),
    (Class::Net, "insert_ip_net_port_any"),
    (Class::Clock, "elapsed"),
    (Class::Ungated, "inherit_stdio"),
    (Class::Ungated, "inherit_env"),
    (Class::Ungated, "inherit_args"),
    (Class::Ungated, "inherit_network"),
    (Class::Ungated, "preopened_dir"),
];

const FS: &[Ban] = &[
    Ban::all(
        Class::Fs,
        "std::fs",
        Clippy {
            methods: &[
                "canonicalize",
                "copy",
                "create_dir",
                "create_dir_all",
                "exists",
                "hard_link",
                "metadata",
                "read",
                "read_dir",
                "read_link",
                "read_to_string",
                "remove_dir",
                "remove_dir_all",
                "remove_file",
                "rename",
                "set_permissions",
                "soft_link",
                "symlink_metadata",
                "write",
            ],
            types: &["DirBuilder", "File", "OpenOptions"],
            macros: &[],
        },
    ),
    Ban::all(
        Class::Fs,
        "std::os::unix::fs",
        Clippy::methods(&["chown", "chroot", "fchown", "lchown", "symlink"]),
    ),
    Ban::all(Class::Fs, "std::os::linux::fs", Clippy::NONE),
    Ban::functions(
        Class::Fs,
        "std::path::Path",
        &[
            "canonicalize",
            "exists",
            "is_dir",
            "is_file",
            "is_symlink",
            "metadata",
            "read_dir",
            "read_link",
            "symlink_metadata",
            "try_exists",
        ],
    ),
    Ban::all(
        Class::Fs,
        "tokio::fs",
        Clippy {
            methods: &[
                "canonicalize",
                "copy",
                "create_dir",
                "create_dir_all",
                "hard_link",
                "metadata",
                "read",
                "read_dir",
                "read_link",
                "read_to_string",
                "remove_dir",
                "remove_dir_all",
                "remove_file",
                "rename",
                "set_permissions",
                "symlink",
                "symlink_metadata",
                "try_exists",
                "write",
            ],
            types: &["DirBuilder", "File", "OpenOptions"],
            macros: &[],
        },
    ),
    Ban::all(
        Class::Fs,
        "rustix::fs",
        Clippy {
            methods: &[
                "access",
                "accessat",
                "chmod",
                "chmodat",
                "chown",
                "chownat",
                "fadvise",
                "fchmod",
                "fchown",
                "fcntl_lock",
                "fdatasync",
                "flock",
                "fstat",
                "fstatfs",
                "fsync",
                "ftruncate",
                "futimens",
                "ioctl_getflags",
                "link",
                "linkat",
                "lstat",
                "mkdir",
                "mkdirat",
                "mknodat",
                "open",
                "openat",
                "openat2",
                "readlink",
                "readlinkat",
                "rename",
                "renameat",
                "renameat_with",
                "rmdir",
                "stat",
                "statat",
                "statfs",
                "statvfs",
                "statx",
                "symlink",
                "symlinkat",
                "unlink",
                "unlinkat",
                "utimensat",
            ],
            types: &["Dir"],
            macros: &[],
        },
    ),
    Ban::all(Class::Fs, "rustix::mount", Clippy::NONE),
    Ban::all(Class::Fs, "rustix::pty", Clippy::NONE),
    Ban::all(Class::Fs, "rustix::shm", Clippy::NONE),
    // cap-std narrows what it is given; these are the ways to be given all.
    Ban::functions(Class::Fs, "cap_std", &["ambient_authority"]),
    Ban::functions(
        Class::Fs,
        "cap_std::fs::Dir",
        &[
            "create_ambient_dir_all",
            "from_std_file",
            "open_ambient_dir",
            "open_parent_dir",
            "reopen_dir",
        ],
    ),
    Ban::functions(
        Class::Fs,
        "cap_std::fs::File",
        &[
            "create_ambient",
            "from_std",
            "open_ambient",
            "open_ambient_with",
        ],
    ),
    Ban::all(Class::Fs, "cap_primitives", Clippy::NONE),
    Ban::all(Class::Fs, "cap_tempfile", Clippy::NONE),
    Ban::all(Class::Fs, "cap_directories", Clippy::NONE),
    // The engine opens files by name, too.
    Ban::functions(
        Class::Fs,
        "wasmtime::Module",
        &[
            "deserialize_file",
            "deserialize_open_file",
            "from_file",
            "from_trusted_file",
        ],
    ),
    Ban::functions(
        Class::Fs,
        "wasmtime::component::Component",
        &["deserialize_file", "from_file"],
    ),
    Ban::functions(Class::Fs, "wasmtime::Engine", &["detect_precompiled_file"]),
    Ban::functions(
        Class::Fs,
        "wasmtime::CodeBuilder",
        &[
            "dwarf_package_file",
            "wasm_binary_file",
            "wasm_binary_or_text_file",
        ],
    ),
    Ban::all(Class::Fs, "async_fs", Clippy::NONE),
    Ban::all(Class::Fs, "fs_err", Clippy::NONE),
    Ban::all(Class::Fs, "fs2", Clippy::NONE),
    Ban::all(Class::Fs, "glob", Clippy::NONE),
    Ban::all(Class::Fs, "ignore", Clippy::NONE),
    Ban::all(Class::Fs, "memmap2", Clippy::NONE),
    Ban::all(Class::Fs, "tempfile", Clippy::NONE),
    Ban::all(Class::Fs, "walkdir", Clippy::NONE),
];

const NET: &[Ban] = &[
    // The rest of `std::net` is addresses, which are data.
    Ban {
        class: Class::Net,
        path: "std::net",
        scope: Scope::Only(&["TcpListener", "TcpStream", "ToSocketAddrs", "UdpSocket"]),
        clippy: Clippy {
            methods: &["ToSocketAddrs::to_socket_addrs"],
            types: &["TcpListener", "TcpStream", "UdpSocket"],
            macros: &[],
        },
    },
    Ban::all(
        Class::Net,
        "std::os::unix::net",
        Clippy::types(&["UnixDatagram", "UnixListener", "UnixStream"]),
    ),
    Ban::all(Class::Net, "std::os::linux::net", Clippy::NONE),
    Ban::all(
        Class::Net,
        "tokio::net",
        Clippy {
            methods: &["lookup_host"],
            types: &[
                "TcpListener",
                "TcpSocket",
                "TcpStream",
                "UdpSocket",
                "UnixDatagram",
                "UnixListener",
                "UnixStream",
            ],
            macros: &[],
        },
    ),
    Ban::all(Class::Net, "rustix::net", Clippy::NONE),
    Ban::all(
        Class::Net,
        "cap_std::net",
        Clippy::types(&["Pool", "TcpListener", "TcpStream", "UdpSocket"]),
    ),
    Ban::functions(
        Class::Net,
        "cap_std::fs::Dir",
        &[
            "bind_unix_datagram",
            "bind_unix_listener",
            "connect_unix_datagram",
            "connect_unix_stream",
            "send_to_unix_datagram_addr",
        ],
    ),
    Ban::all(Class::Net, "async_net", Clippy::NONE),
    Ban::all(Class::Net, "async_std", Clippy::NONE),
    Ban::all(Class::Net, "h2", Clippy::NONE),
    Ban::all(Class::Net, "hickory_resolver", Clippy::NONE),
    Ban::all(Class::Net, "hyper", Clippy::NONE),
    Ban::all(Class::Net, "hyper_util", Clippy::NONE),
    Ban::all(Class::Net, "mio", Clippy::NONE),
    Ban::all(Class::Net, "quinn", Clippy::NONE),
    Ban::all(Class::Net, "reqwest", Clippy::NONE),
    Ban::all(Class::Net, "smol", Clippy::NONE),
    Ban::all(Class::Net, "socket2", Clippy::NONE),
    Ban::all(Class::Net, "ureq", Clippy::NONE),
];

const PROCESS: &[Ban] = &[
    Ban {
        class: Class::Process,
        path: "std::process",
        // What `main` returns.
        scope: Scope::All {
            but: &["ExitCode", "Termination"],
        },
        clippy: Clippy {
            methods: &["abort", "exit", "id"],
            types: &["Child", "Command"],
            macros: &[],
        },
    },
    Ban::all(Class::Process, "std::os::linux::process", Clippy::NONE),
    Ban::all(
        Class::Process,
        "std::os::unix::process",
        Clippy::methods(&["parent_id"]),
    ),
    Ban::all(Class::Process, "tokio::process", Clippy::NONE),
    Ban::all(
        Class::Process,
        "tokio::signal",
        Clippy::methods(&["ctrl_c", "unix::signal"]),
    ),
    Ban {
        class: Class::Process,
        path: "rustix::process",
        // Who we are, which decides whom a file may belong to.
        scope: Scope::All {
            but: &["getegid", "geteuid", "getgid", "getuid"],
        },
        clippy: Clippy::methods(&[
            "chdir",
            "fchdir",
            "getpid",
            "getrlimit",
            "kill_current_process_group",
            "kill_process",
            "kill_process_group",
            "prlimit",
            "setrlimit",
            "umask",
            "wait",
            "waitpid",
        ]),
    },
    Ban::all(Class::Process, "rustix::runtime", Clippy::NONE),
    Ban::all(Class::Process, "async_process", Clippy::NONE),
    Ban::all(Class::Process, "ctrlc", Clippy::NONE),
    Ban::all(Class::Process, "duct", Clippy::NONE),
    Ban::all(Class::Process, "signal_hook", Clippy::NONE),
];

const ENV: &[Ban] = &[
    Ban {
        class: Class::Env,
        path: "std::env",
        // Constants of the build, and functions on text alone.
        scope: Scope::All {
            but: &["consts", "join_paths", "split_paths"],
        },
        clippy: Clippy::methods(&[
            "args",
            "args_os",
            "current_dir",
            "current_exe",
            "home_dir",
            "remove_var",
            "set_current_dir",
            "set_var",
            "temp_dir",
            "var",
            "var_os",
            "vars",
            "vars_os",
        ]),
    },
    // It reads the working directory.
    Ban::functions(Class::Env, "std::path", &["absolute"]),
    Ban::all(Class::Env, "rustix::param", Clippy::NONE),
    Ban::all(
        Class::Env,
        "rustix::system",
        Clippy::methods(&["sethostname", "sysinfo", "uname"]),
    ),
    Ban::functions(Class::Env, "jiff::tz::TimeZone", &["system", "try_system"]),
    Ban::all(Class::Env, "directories", Clippy::NONE),
    Ban::all(Class::Env, "dirs", Clippy::NONE),
    Ban::all(Class::Env, "dotenvy", Clippy::NONE),
    Ban::all(Class::Env, "etcetera", Clippy::NONE),
    Ban::all(Class::Env, "home", Clippy::NONE),
    Ban::all(Class::Env, "hostname", Clippy::NONE),
    Ban::all(Class::Env, "whoami", Clippy::NONE),
];

const CLOCK: &[Ban] = &[
    // An instant is data; to ask for the present one is access.
    Ban::functions(Class::Clock, "std::time::Instant", &["elapsed", "now"]),
    Ban::functions(Class::Clock, "std::time::SystemTime", &["elapsed", "now"]),
    Ban::functions(Class::Clock, "tokio::time::Instant", &["elapsed", "now"]),
    Ban::functions(Class::Clock, "jiff::Timestamp", &["now"]),
    Ban::functions(Class::Clock, "jiff::Zoned", &["now"]),
    Ban::types(
        Class::Clock,
        "cap_std::time",
        &["MonotonicClock", "SystemClock"],
    ),
    Ban {
        class: Class::Clock,
        path: "rustix::time",
        // Numbers.
        scope: Scope::All {
            but: &["ClockId", "Nsecs", "Secs", "Timespec"],
        },
        clippy: Clippy::methods(&["clock_getres", "clock_gettime", "clock_gettime_dynamic"]),
    },
    Ban::all(Class::Clock, "chrono", Clippy::NONE),
    Ban::all(Class::Clock, "coarsetime", Clippy::NONE),
    Ban::all(Class::Clock, "quanta", Clippy::NONE),
];

const ENTROPY: &[Ban] = &[
    Ban::all(
        Class::Entropy,
        "getrandom",
        Clippy::methods(&["fill", "fill_uninit", "u32", "u64"]),
    ),
    Ban::all(
        Class::Entropy,
        "rustix::rand",
        Clippy::methods(&["getrandom"]),
    ),
    Ban::all(Class::Entropy, "fastrand", Clippy::NONE),
    Ban::all(Class::Entropy, "rand", Clippy::NONE),
    Ban::all(Class::Entropy, "ring", Clippy::NONE),
    Ban::all(Class::Entropy, "uuid", Clippy::NONE),
];

const STDIO: &[Ban] = &[
    Ban::functions(Class::Stdio, "std::io", &["stderr", "stdin", "stdout"]),
    Ban {
        class: Class::Stdio,
        path: "std",
        scope: Scope::Only(&["dbg", "eprint", "eprintln", "print", "println"]),
        clippy: Clippy {
            macros: &["dbg", "eprint", "eprintln", "print", "println"],
            ..Clippy::NONE
        },
    },
    Ban::functions(Class::Stdio, "tokio::io", &["stderr", "stdin", "stdout"]),
    // The engine's own door to them; its stream traits are no door.
    Ban::functions(
        Class::Stdio,
        "wasmtime_wasi::cli",
        &["stderr", "stdin", "stdout"],
    ),
    Ban::all(
        Class::Stdio,
        "rustix::stdio",
        Clippy::methods(&["stderr", "stdin", "stdout"]),
    ),
    Ban {
        class: Class::Stdio,
        path: "anstream",
        scope: Scope::Only(&["eprint", "eprintln", "print", "println", "stderr", "stdout"]),
        clippy: Clippy {
            methods: &["stderr", "stdout"],
            types: &[],
            macros: &["eprint", "eprintln", "print", "println"],
        },
    },
    Ban::all(
        Class::Stdio,
        "indicatif",
        Clippy::types(&["MultiProgress", "ProgressBar"]),
    ),
];

const UNGATED: &[Ban] = &[
    Ban {
        class: Class::Ungated,
        path: "wasmtime_wasi",
        scope: Scope::Only(&[
            "WasiCtx",
            "WasiCtxBuilder",
            "WasiCtxView",
            "WasiView",
            "clocks",
            "filesystem",
            "p0",
            "p1",
            "p3",
            "random",
            "sockets",
        ]),
        clippy: Clippy::types(&["WasiCtx", "WasiCtxBuilder", "WasiCtxView"]),
    },
    Ban {
        class: Class::Ungated,
        path: "wasmtime_wasi::p2",
        scope: Scope::Only(&[
            "add_to_linker_async",
            "add_to_linker_proxy_interfaces_async",
            "add_to_linker_proxy_interfaces_sync",
            "add_to_linker_sync",
            "add_to_linker_with_options_async",
            "add_to_linker_with_options_sync",
            "Network",
            "TcpSocket",
            "UdpSocket",
        ]),
        clippy: Clippy {
            methods: &[
                "add_to_linker_async",
                "add_to_linker_proxy_interfaces_async",
                "add_to_linker_proxy_interfaces_sync",
                "add_to_linker_sync",
                "add_to_linker_with_options_async",
                "add_to_linker_with_options_sync",
            ],
            types: &["Network", "TcpSocket", "UdpSocket"],
            macros: &[],
        },
    },
    Ban::functions(
        Class::Ungated,
        "wasmtime_wasi_http::p2",
        &[
            "add_only_http_to_linker_async",
            "add_only_http_to_linker_sync",
            "add_to_linker_async",
            "add_to_linker_sync",
        ],
    ),
    Ban {
        class: Class::Ungated,
        path: "wasmtime_wasi_http",
        scope: Scope::Only(&["default_send_request", "p3"]),
        clippy: Clippy::NONE,
    },
];

const RAW: &[Ban] = &[
    Ban::all(Class::Raw, "libc", Clippy::NONE),
    Ban::all(Class::Raw, "linux_raw_sys", Clippy::NONE),
    Ban::all(Class::Raw, "nix", Clippy::NONE),
    Ban::all(Class::Raw, "std::arch", Clippy::NONE),
    Ban::all(Class::Raw, "core::arch", Clippy::NONE),
    Ban::all(Class::Raw, "std::os::windows", Clippy::NONE),
    Ban::all(Class::Raw, "std::os::wasi", Clippy::NONE),
    Ban::all(Class::Raw, "syscalls", Clippy::NONE),
    Ban::all(Class::Raw, "winapi", Clippy::NONE),
    Ban::all(Class::Raw, "windows", Clippy::NONE),
    Ban::all(Class::Raw, "windows_sys", Clippy::NONE),
];
