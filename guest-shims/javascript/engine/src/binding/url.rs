//! URLs, by the WHATWG standard.

use rquickjs::function::Opt;
use rquickjs::prelude::Func;
use rquickjs::{Array, Ctx, Object, Result, Value};
use url::{Position, Url, quirks};

/// The href, and where its parts begin and end: all of it is ASCII, so that offsets are those of a string too.
fn described<'js>(ctx: &Ctx<'js>, url: &Url) -> Result<Value<'js>> {
    let offset = |position: Position| url[..position].len();
    let port = url.port().map_or(-1, i32::from);
    let search = if url.query().is_some() {
        offset(Position::BeforeQuery) - 1
    } else {
        0
    };
    let hash = if url.fragment().is_some() {
        offset(Position::BeforeFragment) - 1
    } else {
        0
    };
    let array = Array::new(ctx.clone())?;
    array.set(0, url.as_str())?;
    let parts = [
        offset(Position::AfterScheme) + 1,
        offset(Position::AfterUsername),
        offset(Position::BeforeHost),
        offset(Position::AfterHost),
    ];
    for (at, part) in parts.into_iter().enumerate() {
        array.set(at + 1, part)?;
    }
    array.set(5, port)?;
    array.set(6, offset(Position::BeforePath))?;
    array.set(7, search)?;
    array.set(8, hash)?;
    Ok(array.into_value())
}

fn parse<'js>(ctx: Ctx<'js>, input: String, base: Opt<Option<String>>) -> Result<Value<'js>> {
    let base = match base.0.flatten() {
        Some(base) => match Url::parse(&base) {
            Ok(base) => Some(base),
            Err(_) => return Ok(Value::new_null(ctx)),
        },
        None => None,
    };
    match Url::options().base_url(base.as_ref()).parse(&input) {
        Ok(url) => described(&ctx, &url),
        Err(_) => Ok(Value::new_null(ctx)),
    }
}

/// What the setters of the standard do; `None` where the value is refused.
fn set(href: String, part: String, value: String) -> Option<String> {
    let mut url = Url::parse(&href).ok()?;
    let taken = match part.as_str() {
        "href" => quirks::set_href(&mut url, &value).is_ok(),
        "protocol" => quirks::set_protocol(&mut url, &value).is_ok(),
        "username" => quirks::set_username(&mut url, &value).is_ok(),
        "password" => quirks::set_password(&mut url, &value).is_ok(),
        "host" => quirks::set_host(&mut url, &value).is_ok(),
        "hostname" => quirks::set_hostname(&mut url, &value).is_ok(),
        "port" => quirks::set_port(&mut url, &value).is_ok(),
        "pathname" => {
            quirks::set_pathname(&mut url, &value);
            true
        }
        "search" => {
            quirks::set_search(&mut url, &value);
            true
        }
        "hash" => {
            quirks::set_hash(&mut url, &value);
            true
        }
        _ => false,
    };
    taken.then(|| url.into())
}

pub(super) fn create<'js>(ctx: &Ctx<'js>) -> Result<Object<'js>> {
    let object = Object::new(ctx.clone())?;
    object.set("parse", Func::from(parse))?;
    object.set("set", Func::from(set))?;
    object.set(
        "domainToASCII",
        Func::from(|name: String| quirks::domain_to_ascii(&name)),
    )?;
    object.set(
        "domainToUnicode",
        Func::from(|name: String| quirks::domain_to_unicode(&name)),
    )?;
    Ok(object)
}
