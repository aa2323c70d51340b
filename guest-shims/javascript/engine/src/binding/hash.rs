//! Digests and codes, which are computed in the guest: they reach nothing outside.

use std::cell::RefCell;

use hmac::{Hmac, KeyInit, Mac};
use md5::Md5;
use rquickjs::function::Opt;
use rquickjs::prelude::Func;
use rquickjs::{Ctx, Object, Result, TypedArray};
use sha1::Sha1;
use sha2::{Digest, Sha224, Sha256, Sha384, Sha512};

use super::numbered::Numbered;
use crate::failure::throw;
use crate::raw;

/// One that is under way.
trait Running {
    fn copy(&self) -> Box<dyn Running>;
    fn update(&mut self, bytes: &[u8]);
    fn finish(self: Box<Self>) -> Vec<u8>;
}

struct Hash<D>(D);
struct Code<M>(M);

impl<D: Digest + Clone + 'static> Running for Hash<D> {
    fn copy(&self) -> Box<dyn Running> {
        Box::new(Hash(self.0.clone()))
    }

    fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn finish(self: Box<Self>) -> Vec<u8> {
        self.0.finalize().to_vec()
    }
}

impl<M: Mac + Clone + 'static> Running for Code<M> {
    fn copy(&self) -> Box<dyn Running> {
        Box::new(Code(self.0.clone()))
    }

    fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn finish(self: Box<Self>) -> Vec<u8> {
        self.0.finalize().into_bytes().to_vec()
    }
}

macro_rules! algorithms {
    ($($name:literal => $digest:ty),* $(,)?) => {
        fn start(algorithm: &str, key: Option<&[u8]>) -> Option<Box<dyn Running>> {
            Some(match (algorithm, key) {
                $(
                    ($name, None) => Box::new(Hash(<$digest>::new())),
                    ($name, Some(key)) => Box::new(Code(<Hmac<$digest> as KeyInit>::new_from_slice(key).ok()?)),
                )*
                _ => return None,
            })
        }
    };
}

algorithms! {
    "md5" => Md5,
    "sha1" => Sha1,
    "sha224" => Sha224,
    "sha256" => Sha256,
    "sha384" => Sha384,
    "sha512" => Sha512,
}

thread_local! {
    static UNDER_WAY: RefCell<Numbered<Box<dyn Running>>> = RefCell::default();
}

fn started<'js>(
    ctx: &Ctx<'js>,
    algorithm: &str,
    key: Option<&TypedArray<'js, u8>>,
) -> Result<Box<dyn Running>> {
    let running = match key {
        Some(key) => raw::with_bytes(ctx, key, |key| start(algorithm, Some(key)))?,
        None => start(algorithm, None),
    };
    running.ok_or_else(|| throw(ctx, "ERR_CRYPTO_INVALID_DIGEST", "Invalid digest"))
}

fn whole<'js>(
    ctx: Ctx<'js>,
    mut running: Box<dyn Running>,
    bytes: &TypedArray<'js, u8>,
) -> Result<TypedArray<'js, u8>> {
    raw::with_bytes(&ctx, bytes, |bytes| running.update(bytes))?;
    TypedArray::new(ctx, running.finish())
}

fn digest<'js>(
    ctx: Ctx<'js>,
    algorithm: String,
    bytes: TypedArray<'js, u8>,
) -> Result<TypedArray<'js, u8>> {
    let running = started(&ctx, &algorithm, None)?;
    whole(ctx, running, &bytes)
}

fn hmac<'js>(
    ctx: Ctx<'js>,
    algorithm: String,
    key: TypedArray<'js, u8>,
    bytes: TypedArray<'js, u8>,
) -> Result<TypedArray<'js, u8>> {
    let running = started(&ctx, &algorithm, Some(&key))?;
    whole(ctx, running, &bytes)
}

fn kept(running: Box<dyn Running>) -> u32 {
    UNDER_WAY.with_borrow_mut(|all| all.add(running))
}

fn create_one<'js>(
    ctx: Ctx<'js>,
    algorithm: String,
    key: Opt<Option<TypedArray<'js, u8>>>,
) -> Result<u32> {
    started(&ctx, &algorithm, key.0.flatten().as_ref()).map(kept)
}

fn copy(ctx: Ctx<'_>, number: u32) -> Result<u32> {
    let copied = UNDER_WAY.with_borrow(|all| all.get(number).map(|running| running.copy()));
    copied.map(kept).ok_or_else(|| gone(&ctx))
}

fn gone(ctx: &Ctx<'_>) -> rquickjs::Error {
    throw(ctx, "ERR_CRYPTO_HASH_FINALIZED", "Digest already called")
}

fn update<'js>(ctx: Ctx<'js>, number: u32, bytes: TypedArray<'js, u8>) -> Result<()> {
    let known = raw::with_bytes(&ctx, &bytes, |bytes| {
        UNDER_WAY.with_borrow_mut(|all| all.get_mut(number).map(|running| running.update(bytes)))
    })?;
    known.ok_or_else(|| gone(&ctx))
}

fn finish<'js>(ctx: Ctx<'js>, number: u32) -> Result<TypedArray<'js, u8>> {
    let running = UNDER_WAY.with_borrow_mut(|all| all.remove(number));
    let running = running.ok_or_else(|| gone(&ctx))?;
    TypedArray::new(ctx, running.finish())
}

pub(super) fn create<'js>(ctx: &Ctx<'js>) -> Result<Object<'js>> {
    let object = Object::new(ctx.clone())?;
    object.set("digest", Func::from(digest))?;
    object.set("hmac", Func::from(hmac))?;
    object.set("create", Func::from(create_one))?;
    object.set("copy", Func::from(copy))?;
    object.set("update", Func::from(update))?;
    object.set("finish", Func::from(finish))?;
    Ok(object)
}
