//! What the engine component cures of QuickJS itself (`guest-shims/javascript/toolchain`).

use tollgate_tests::scene;

#[test]
fn an_asynchronous_generator_answers_what_it_was_asked_after_a_return() {
    let scene = scene!();
    let file = scene.write(
        "app/main.mjs",
        "async function* counts() { yield 1; yield 2; }\n\
         const settled = (list) => Promise.all(list.map((promise) => promise.then((step) => step.value + ':' + step.done, (error) => error)));\n\
         const fresh = counts();\n\
         console.log(await settled([fresh.return('r'), fresh.next(), fresh.return('s'), fresh.throw('t'), fresh.next()]));\n\
         const begun = counts();\n\
         console.log(await settled([begun.next(), begun.return(Promise.resolve('r')), begun.next(), begun.next()]));\n\
         const over = counts();\n\
         for await (const count of over) console.log(count);\n\
         console.log(await settled([over.throw('t'), over.next(), over.return(7), over.next()]));\n",
    );
    let finished = scene.run(&file).finish();
    finished.expect(0);
    assert_eq!(
        finished.stdout,
        "[ 'r:true', 'undefined:true', 's:true', 't', 'undefined:true' ]\n\
         [ '1:false', 'r:true', 'undefined:true', 'undefined:true' ]\n\
         1\n2\n\
         [ 't', 'undefined:true', '7:true', 'undefined:true' ]\n"
    );
}

#[test]
fn a_string_is_spread_into_its_characters() {
    let scene = scene!();
    let file = scene.write(
        "app/main.mjs",
        "const { 0: first, ...rest } = 'abc';\n\
         console.log({ ...'ab', ...1, ...null, ...undefined, ...true, ...Symbol() }, first, rest, Object.assign({}, 'xy', 5));\n",
    );
    let finished = scene.run(&file).finish();
    finished.expect(0);
    assert_eq!(
        finished.stdout,
        "{ '0': 'a', '1': 'b' } a { '1': 'b', '2': 'c' } { '0': 'x', '1': 'y' }\n"
    );
}

#[test]
fn bits_that_are_kept_of_a_bigint_make_no_negative_number() {
    let scene = scene!();
    let file = scene.write(
        "app/main.mjs",
        "const { asUintN } = BigInt;\n\
         console.log(asUintN(64, -1n), asUintN(32, 0xffffffffn), asUintN(1, 3n), asUintN(0, 7n), asUintN(128, -2n), asUintN(64, 2n ** 64n + 5n));\n\
         console.log(asUintN.name, asUintN.length, BigInt.asIntN(64, 2n ** 63n), Object.keys(BigInt).length);\n\
         try { asUintN(-1, 1n); } catch (error) { console.log(error.name); }\n\
         try { asUintN(8, 1); } catch (error) { console.log(error.name); }\n",
    );
    let finished = scene.run(&file).finish();
    finished.expect(0);
    assert_eq!(
        finished.stdout,
        "18446744073709551615n 4294967295n 1n 0n 340282366920938463463374607431768211454n 5n\n\
         asUintN 2 -9223372036854775808n 0\nRangeError\nTypeError\n"
    );
}
