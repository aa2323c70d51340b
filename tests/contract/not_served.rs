//! The names that are not served yet.

use std::collections::BTreeSet;

use crate::document::{Contract, NAMES};

/// The names that are not served yet, by their groups. Serving one means to take it out of here.
const NOT_SERVED: [(&str, &[&str]); 12] = [
    (
        "text of modules that the original host brings; ours are in the engine",
        &["_loadPolyfill"],
    ),
    (
        "the rest of cryptography",
        &[
            "_cryptoPbkdf2",
            "_cryptoScrypt",
            "_cryptoCipheriv",
            "_cryptoDecipheriv",
            "_cryptoCipherivCreate",
            "_cryptoCipherivUpdate",
            "_cryptoCipherivFinal",
            "_cryptoSign",
            "_cryptoVerify",
            "_cryptoAsymmetricOp",
            "_cryptoCreateKeyObject",
            "_cryptoGenerateKeyPairSync",
            "_cryptoGenerateKeySync",
            "_cryptoGeneratePrimeSync",
            "_cryptoDiffieHellman",
            "_cryptoDiffieHellmanGroup",
            "_cryptoDiffieHellmanSessionCreate",
            "_cryptoDiffieHellmanSessionCall",
            "_cryptoSubtle",
        ],
    ),
    (
        "processes beside the program's own",
        &[
            "_childProcessSpawnStart",
            "_childProcessPoll",
            "_childProcessStdinWrite",
            "_childProcessStdinClose",
            "_childProcessKill",
            "_childProcessSpawnSync",
            "_processKill",
            "_processSignalState",
        ],
    ),
    (
        "contexts",
        &["_vmCreateContext", "_vmRunInContext", "_vmRunInThisContext"],
    ),
    (
        "HTTP/2",
        &[
            "_networkHttp2ServerListenRaw",
            "_networkHttp2SessionConnectRaw",
            "_networkHttp2SessionRequestRaw",
            "_networkHttp2SessionSettingsRaw",
            "_networkHttp2SessionSetLocalWindowSizeRaw",
            "_networkHttp2SessionGoawayRaw",
            "_networkHttp2SessionCloseRaw",
            "_networkHttp2SessionDestroyRaw",
            "_networkHttp2ServerPollRaw",
            "_networkHttp2SessionPollRaw",
            "_networkHttp2StreamRespondRaw",
            "_networkHttp2StreamPushStreamRaw",
            "_networkHttp2StreamWriteRaw",
            "_networkHttp2StreamEndRaw",
            "_networkHttp2StreamCloseRaw",
            "_networkHttp2StreamPauseRaw",
            "_networkHttp2StreamResumeRaw",
            "_networkHttp2StreamRespondWithFileRaw",
            "_networkHttp2ServerRespondRaw",
            "_networkHttp2ServerCloseRaw",
            "_networkHttp2ServerWaitRaw",
            "_networkHttp2SessionWaitRaw",
        ],
    ),
    (
        "serving HTTP/1",
        &[
            "_networkHttpServerRespondRaw",
            "_networkHttpServerRequestRaw",
            "_networkHttpServerListenRaw",
            "_networkHttpServerCloseRaw",
            "_networkHttpServerWaitRaw",
            "_upgradeSocketWriteRaw",
            "_upgradeSocketEndRaw",
            "_upgradeSocketDestroyRaw",
        ],
    ),
    (
        "names of hosts",
        &[
            "_networkDnsLookupSyncRaw",
            "_networkDnsLookupRaw",
            "_networkDnsResolveRaw",
        ],
    ),
    (
        "TCP and TLS",
        &[
            "_netSocketConnectRaw",
            "_netSocketPollRaw",
            "_netSocketReadRaw",
            "_netSocketSetNoDelayRaw",
            "_netSocketSetKeepAliveRaw",
            "_netSocketWriteRaw",
            "_netSocketEndRaw",
            "_netSocketDestroyRaw",
            "_netSocketUpgradeTlsRaw",
            "_netSocketGetTlsClientHelloRaw",
            "_netSocketTlsQueryRaw",
            "_tlsGetCiphersRaw",
            "_netReserveTcpPortRaw",
            "_netReleaseTcpPortRaw",
            "_netServerListenRaw",
            "_netServerAcceptRaw",
            "_netSocketWaitConnectRaw",
            "_netServerCloseRaw",
        ],
    ),
    (
        "UDP",
        &[
            "_dgramSocketCreateRaw",
            "_dgramSocketBindRaw",
            "_dgramSocketRecvRaw",
            "_dgramSocketSendRaw",
            "_dgramSocketCloseRaw",
            "_dgramSocketAddressRaw",
            "_dgramSocketSetBufferSizeRaw",
            "_dgramSocketGetBufferSizeRaw",
        ],
    ),
    (
        "SQLite",
        &[
            "_sqliteConstantsRaw",
            "_sqliteDatabaseOpenRaw",
            "_sqliteDatabaseCloseRaw",
            "_sqliteDatabaseExecRaw",
            "_sqliteDatabaseQueryRaw",
            "_sqliteDatabasePrepareRaw",
            "_sqliteDatabaseLocationRaw",
            "_sqliteDatabaseCheckpointRaw",
            "_sqliteStatementRunRaw",
            "_sqliteStatementGetRaw",
            "_sqliteStatementAllRaw",
            "_sqliteStatementColumnsRaw",
            "_sqliteStatementSetReturnArraysRaw",
            "_sqliteStatementSetReadBigIntsRaw",
            "_sqliteStatementSetAllowBareNamedParametersRaw",
            "_sqliteStatementSetAllowUnknownNamedParametersRaw",
            "_sqliteStatementFinalizeRaw",
        ],
    ),
    (
        "a terminal's mode is the operator's own, and WASI has no way to change it",
        &["_ptySetRawMode"],
    ),
    (
        "`import()`, which the engine has by itself",
        &["_dynamicImport"],
    ),
];

#[test]
fn names_that_are_not_served_are_listed() {
    let contract = Contract::ours();
    let listed: Vec<&str> = NOT_SERVED
        .iter()
        .flat_map(|(_, names)| *names)
        .copied()
        .collect();
    let mut known: BTreeSet<&str> = BTreeSet::new();
    for name in &listed {
        assert!(known.insert(name), "{name} is listed twice");
        assert!(
            !contract.served.contains_key(*name),
            "{name} is served: it is listed no longer"
        );
        contract.group_of(name);
    }
    let missing: Vec<&str> = contract
        .groups
        .iter()
        .flat_map(|group| &group.names)
        .map(String::as_str)
        .filter(|name| !contract.served.contains_key(*name) && !known.contains(name))
        .collect();
    assert!(missing.is_empty(), "neither served nor listed: {missing:?}");
    assert_eq!(listed.len() + contract.served.len(), NAMES);
}
