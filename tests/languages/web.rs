//! Text, compressed data and what a fetch receives, as the standards of the web and Node have them.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::thread;

use tollgate_tests::{Scene, scene};

fn said(scene: &Scene, program: &str) -> String {
    let file = scene.write("app/main.mjs", program);
    let finished = scene.run(&file).finish();
    finished.expect(0);
    finished.stdout
}

#[test]
fn what_was_encoded_into_bytes_says_how_much_of_the_text_it_was() {
    let program = "const encoder = new TextEncoder();\n\
         for (const [text, size] of [['héé', 3], ['h€😀x', 5], ['a😀', 4], ['ab\\ud800c', 5], ['', 2], ['abc', 3]]) {\n\
           const { read, written } = encoder.encodeInto(text, new Uint8Array(size));\n\
           console.log(read, written);\n\
         }\n";
    assert_eq!(said(&scene!(), program), "2 3\n2 4\n1 1\n3 5\n0 0\n3 3\n");
}

#[test]
fn text_is_read_in_every_encoding_of_the_standard() {
    let program = "const texts = {\n\
           'Shift_JIS': [0x93, 0xFA, 0x96, 0x7B], 'euc-kr': [0xC7, 0xD1], 'gb18030': [0xC4, 0xE3], 'big5': [0xA4, 0xA4],\n\
           'cp1251': [0xCF, 0xF0], 'latin2': [0xB1], 'koi8-r': [0xF0], 'macintosh': [0x80], 'euc-jp': [0xC6, 0xFC],\n\
           'latin1': [0x80], 'utf-16be': [0, 65, 0xD8, 0], 'utf-16': [0xFF, 0xFE, 65, 0, 1], ' UTF8\\n': [0xEF, 0xBB, 0xBF, 65, 0xF0],\n\
         };\n\
         for (const [label, bytes] of Object.entries(texts)) {\n\
           const decoder = new TextDecoder(label);\n\
           console.log(decoder.encoding, decoder.decode(Uint8Array.from(bytes)));\n\
         }\n\
         for (const label of ['replacement', 'none']) {\n\
           try { new TextDecoder(label); } catch (error) { console.log(error.name, error.code); }\n\
         }\n";
    assert_eq!(
        said(&scene!(), program),
        "shift_jis 日本\neuc-kr 한\ngb18030 你\nbig5 中\nwindows-1251 Пр\niso-8859-2 ą\nkoi8-r П\nmacintosh Ä\n\
         euc-jp 日\nwindows-1252 €\nutf-16be A\u{fffd}\nutf-16le A\u{fffd}\nutf-8 A\u{fffd}\n\
         RangeError ERR_ENCODING_NOT_SUPPORTED\nRangeError ERR_ENCODING_NOT_SUPPORTED\n"
    );
}

#[test]
fn text_comes_in_parts_and_each_text_begins_anew() {
    let program = "const each = (decoder, bytes) => [...bytes].map((byte) => decoder.decode(Uint8Array.of(byte), { stream: true })).join('');\n\
         const decoder = new TextDecoder();\n\
         const bytes = new TextEncoder().encode('\\uFEFFhé€😀');\n\
         for (let i = 0; i < 2; i++) console.log(JSON.stringify(each(decoder, bytes) + decoder.decode()));\n\
         const japanese = new TextDecoder('shift_jis');\n\
         console.log(each(japanese, [0x93, 0xFA]), japanese.decode(Uint8Array.of(0x93)), japanese.decode(Uint8Array.of(65)));\n\
         const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });\n\
         for (const [part, stream] of [[[0xE2], true], [[], false], [[0xEF, 0xBB, 0xBF, 65], false], [[0xC3], true], [[0xA9], false]]) {\n\
           try { console.log(JSON.stringify(strict.decode(Uint8Array.from(part), { stream }))); } catch (error) { console.log(error.name, error.code); }\n\
         }\n";
    assert_eq!(
        said(&scene!(), program),
        "\"hé€😀\"\n\"hé€😀\"\n日 \u{fffd} A\n\
         \"\"\nTypeError ERR_ENCODING_INVALID_ENCODED_DATA\n\"\u{feff}A\"\n\"\"\n\"é\"\n"
    );
}

/// `coded\n`, as `gzip` of another make has compressed it: a header of ten bytes, the deflated text, its sum and its length.
const GZIP: &[u8] = &[
    0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 3, 0x4b, 0xce, 0x4f, 0x49, 0x4d, 0xe1, 2, 0, 0xe9, 0x12, 0xdc,
    0x3f, 6, 0, 0, 0,
];

#[test]
fn what_was_compressed_elsewhere_is_read_and_what_is_broken_says_how() {
    let program = format!(
        "import zlib from 'node:zlib';\n\
         const gzip = Buffer.from({GZIP:?});\n\
         const say = (work) => {{ try {{ console.log(`${{work()}}`.trim()); }} catch (error) {{ console.log(error.code, error.errno); }} }};\n\
         say(() => zlib.gunzipSync(gzip));\n\
         say(() => zlib.unzipSync(gzip));\n\
         say(() => zlib.gunzipSync(Buffer.concat([gzip, gzip, Buffer.alloc(3)])).length);\n\
         say(() => zlib.gunzipSync(Buffer.concat([gzip, Buffer.from('and no member of gzip')])));\n\
         say(() => zlib.gunzipSync(gzip.subarray(0, 14)));\n\
         say(() => zlib.gunzipSync(gzip.with(-6, 1)));\n\
         say(() => zlib.gunzipSync(gzip, {{ maxOutputLength: 5 }}));\n\
         say(() => zlib.inflateSync(Buffer.concat([zlib.deflateSync('deflated'), Buffer.from('left')])));\n\
         say(() => zlib.inflateRawSync(zlib.deflateRawSync(Buffer.alloc(1 << 20))).length);\n\
         say(() => zlib.deflateSync('a'.repeat(5000), {{ level: 0 }}).length > 5000);\n\
         say(() => zlib.crc32('lo', zlib.crc32('hel')));\n"
    );
    assert_eq!(
        said(&scene!(), &program),
        "coded\ncoded\n12\nZ_DATA_ERROR -3\nZ_BUF_ERROR -5\nZ_DATA_ERROR -3\nERR_BUFFER_TOO_LARGE undefined\ndeflated\n\
         1048576\ntrue\n907060870\n"
    );
}

#[test]
fn compressed_streams_come_in_parts() {
    let program = "import zlib from 'node:zlib';\n\
         const two = Buffer.concat([zlib.gzipSync('one '), zlib.gzipSync('two')]);\n\
         const reader = zlib.createGunzip().setEncoding('utf8');\n\
         for (const byte of two) reader.write(Buffer.of(byte));\n\
         reader.end();\n\
         console.log((await reader.toArray()).join(''));\n\
         const writer = zlib.createDeflate();\n\
         const got = [];\n\
         writer.on('data', (piece) => got.push(piece));\n\
         writer.write('flushed');\n\
         await new Promise((resolve) => writer.flush(resolve));\n\
         console.log(zlib.inflateSync(Buffer.concat(got), { finishFlush: zlib.constants.Z_SYNC_FLUSH }).toString());\n\
         for (const format of ['gzip', 'deflate', 'deflate-raw']) {\n\
           const packed = new Blob(['stream '.repeat(3)]).stream().pipeThrough(new CompressionStream(format));\n\
           console.log(await new Response(packed.pipeThrough(new DecompressionStream(format))).text());\n\
         }\n\
         for (const bytes of [[1, 2, 3, 4, 5, 6, 7, 8, 9, 10], two.subarray(0, 12), two]) {\n\
           const broken = new Blob([Uint8Array.from(bytes)]).stream().pipeThrough(new DecompressionStream('gzip'));\n\
           console.log(await new Response(broken).text().catch((error) => error.name));\n\
         }\n";
    assert_eq!(
        said(&scene!(), program),
        "one two\nflushed\nstream stream stream\nstream stream stream\nstream stream stream\nTypeError\nTypeError\nTypeError\n"
            .replace("stream stream stream\n", "stream stream stream \n")
    );
}

/// A server that gives each request these bytes with this header, and says what was asked of it.
fn server(header: &'static str, body: &'static [u8]) -> (u16, thread::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let asked = thread::spawn(move || {
        let (mut peer, _) = listener.accept().expect("a peer");
        let mut asked = Vec::new();
        while !asked.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            peer.read_exact(&mut byte).expect("a byte");
            asked.extend_from_slice(&byte);
        }
        let head = format!(
            "HTTP/1.1 200 OK\r\n{header}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
            body.len()
        );
        peer.write_all(head.as_bytes()).expect("room");
        peer.write_all(body).expect("room");
        String::from_utf8_lossy(&asked).to_lowercase()
    });
    (port, asked)
}

/// What a program says of the answer of such a server, and what it asked.
fn received(header: &'static str, body: &'static [u8]) -> (String, String) {
    let (port, asked) = server(header, body);
    let scene = scene!();
    let file = scene.write(
        "app/main.mjs",
        format!(
            "const answer = await fetch('http://127.0.0.1:{port}/');\n\
             const text = await answer.text().catch((error) => `${{error.name}}: ${{error.cause.message}}`);\n\
             console.log(text.trim(), answer.headers.get('content-encoding'), answer.headers.get('content-length'));\n"
        ),
    );
    let net = format!("--allow-net=127.0.0.1:{port}");
    let finished = scene.run(&file).flags(&[&net]).finish();
    finished.expect(0);
    (finished.stdout, asked.join().expect("a request"))
}

#[test]
fn a_fetch_asks_for_codings_and_gives_what_was_coded() {
    let (text, asked) = received("Content-Encoding: gzip", GZIP);
    // A handler may answer with what it got: neither header would be true of that.
    assert_eq!(text, "coded null null\n");
    assert!(
        asked.contains("\r\naccept-encoding: gzip, deflate\r\n"),
        "{asked}"
    );

    let (text, _) = received("Content-Encoding: deflate", &GZIP[10..18]);
    assert_eq!(text, "coded null null\n");
    let (text, _) = received("Content-Encoding: identity", b"plain");
    assert_eq!(text, "plain null null\n");
    let (text, _) = received("X-Other: 1", b"plain");
    assert_eq!(text, "plain null 5\n");
}

#[test]
fn a_coding_that_is_broken_or_unknown_ends_the_body_with_an_error() {
    let (text, _) = received("Content-Encoding: gzip", b"this is no gzip at all");
    assert_eq!(text, "TypeError: incorrect header check null null\n");
    let (text, _) = received("Content-Encoding: br", b"x");
    assert_eq!(
        text,
        "TypeError: The content encoding \"br\" is not supported null null\n"
    );
    let (text, _) = received("Content-Encoding: gzip, gzip, gzip, gzip, gzip, gzip", GZIP);
    assert_eq!(
        text,
        "TypeError: There are more than 5 content encodings null null\n"
    );
}

#[test]
fn headers_are_shown_with_all_their_cookies() {
    let program =
        "console.log(new Headers([['set-cookie', 'x=1'], ['a', 'b'], ['set-cookie', 'y=2']]));\n";
    assert_eq!(
        said(&scene!(), program),
        "Headers { a: 'b', 'set-cookie': 'x=1, y=2' }\n"
    );
}
