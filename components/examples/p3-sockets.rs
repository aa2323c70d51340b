//! Imports an interface of 0.3 that the host does not provide.

mod host {
    wit_bindgen::generate!({
        inline: "package tollgate:guest-sockets; world guest { import wasi:sockets/ip-name-lookup@0.3.0; }",
        path: "../wit/p3",
        world: "tollgate:guest-sockets/guest",
        generate_all,
    });
}

async fn run() -> Result<(), ()> {
    let found = host::wasi::sockets::ip_name_lookup::resolve_addresses("example.org".to_owned());
    println!("{:?}", found.await.is_ok());
    Ok(())
}

tollgate_components::p3_command!(run);
