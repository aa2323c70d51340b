// How the older interface resolves one URL against another: by segments of the path, with the old browsers' manners.

const { Url, slashed, isHostless, partNames, joinPath } = require('internal/url/legacy');

const segmentsOf = (pathname) => (pathname ? pathname.split('/') : []);

function copyParts(from, to) {
  for (const name of partNames) to[name] = from[name];
}

function finish(result) {
  result.href = result.format();
  return result;
}

// In a URL without slashes what stands before an `@` in the host is not seen as such while parsing.
function splitAuth(result) {
  const host = result.host;
  const at = host ? host.indexOf('@') : -1;
  if (at <= 0) return;
  result.auth = host.slice(0, at);
  result.host = result.hostname = host.slice(at + 1);
}

function takeQuery(result, relative) {
  result.search = relative.search;
  result.query = relative.query;
}

function withOtherProtocol(result, relative) {
  if (!slashed.has(relative.protocol)) {
    copyParts(relative, result);
    return finish(result);
  }
  result.protocol = relative.protocol;
  let { host, hostname } = relative;
  if (!host && !/^file:?$/.test(relative.protocol) && !isHostless(relative.protocol)) {
    // `http:a/b`: the first segment that says something is the host.
    const path = (relative.pathname || '').split('/');
    while (path.length > 0 && !host) host = path.shift();
    host ||= '';
    hostname ||= '';
    if (path[0] !== '') path.unshift('');
    if (path.length < 2) path.unshift('');
    result.pathname = path.join('/');
  } else {
    result.pathname = relative.pathname;
  }
  takeQuery(result, relative);
  result.host = host || '';
  result.auth = relative.auth;
  result.hostname = hostname || host;
  result.port = relative.port;
  if (result.pathname || result.search) result.path = joinPath(result);
  result.slashes ||= relative.slashes;
  return finish(result);
}

// The dots taken out, from the end to the front; what goes above the beginning is counted.
function foldDots(path) {
  let up = 0;
  for (let i = path.length - 1; i >= 0; i--) {
    if (path[i] === '.') {
      path.splice(i, 1);
    } else if (path[i] === '..') {
      path.splice(i, 1);
      up++;
    } else if (up > 0) {
      path.splice(i, 1);
      up--;
    }
  }
  return up;
}

// The host of a URL without slashes stands in its path for as long as that is worked on.
function hostIntoPath(holder, path) {
  if (!holder.host) return;
  if (path[0] === '') path[0] = holder.host;
  else path.unshift(holder.host);
}

module.exports = function resolveObject(source, relative) {
  if (typeof relative === 'string') relative = new Url().parse(relative, false, true);
  const result = new Url();
  copyParts(source, result);
  // A hash never survives, not even where the relative URL is empty.
  result.hash = relative.hash;
  if (relative.href === '') return finish(result);

  if (relative.slashes && !relative.protocol) {
    for (const name of partNames) if (name !== 'protocol') result[name] = relative[name];
    if (slashed.has(result.protocol) && result.hostname && !result.pathname) result.path = result.pathname = '/';
    return finish(result);
  }
  if (relative.protocol && relative.protocol !== result.protocol) return withOtherProtocol(result, relative);

  const sourceIsAbsolute = result.pathname?.[0] === '/';
  const relativeIsAbsolute = Boolean(relative.host) || relative.pathname?.[0] === '/';
  const mayNotGoAbove = relativeIsAbsolute || sourceIsAbsolute || Boolean(result.host && relative.pathname);
  let endsAbsolute = mayNotGoAbove;
  let path = segmentsOf(result.pathname);
  const more = segmentsOf(relative.pathname);
  const plain = Boolean(result.protocol) && !slashed.has(result.protocol);
  let relativeHost = relative.host;
  let relativeHostname = relative.hostname;

  if (plain) {
    result.hostname = '';
    result.port = null;
    hostIntoPath(result, path);
    result.host = '';
    if (relative.protocol) {
      relativeHostname = null;
      result.auth = null;
      hostIntoPath(relative, more);
      relativeHost = null;
    }
    endsAbsolute &&= more[0] === '' || path[0] === '';
  }

  if (relativeIsAbsolute) {
    if (relativeHost || relativeHost === '') {
      if (result.host !== relativeHost) result.auth = null;
      result.host = relativeHost;
      result.port = relative.port;
    }
    if (relativeHostname || relativeHostname === '') {
      if (result.hostname !== relativeHostname) result.auth = null;
      result.hostname = relativeHostname;
    }
    takeQuery(result, relative);
    path = more;
  } else if (more.length > 0) {
    path.pop();
    path = path.concat(more);
    takeQuery(result, relative);
  } else if (relative.search !== null && relative.search !== undefined) {
    if (plain) {
      result.hostname = result.host = path.shift();
      splitAuth(result);
    }
    takeQuery(result, relative);
    if (result.pathname !== null || result.search !== null) result.path = joinPath(result);
    return finish(result);
  }

  if (path.length === 0) {
    result.pathname = null;
    result.path = result.search ? `/${result.search}` : null;
    return finish(result);
  }

  const last = path[path.length - 1];
  const trailing = last === '' ||
    ((result.host || relativeHost || path.length > 1) && (last === '.' || last === '..'));
  const up = foldDots(path);
  if (!endsAbsolute && !mayNotGoAbove) for (let i = 0; i < up; i++) path.unshift('..');
  if (endsAbsolute && path[0] !== '' && path[0]?.[0] !== '/') path.unshift('');
  if (trailing && !path.join('/').endsWith('/')) path.push('');

  const absolute = path[0] === '' || path[0]?.[0] === '/';
  if (plain) {
    result.hostname = result.host = absolute || path.length === 0 ? '' : path.shift();
    splitAuth(result);
  }
  endsAbsolute ||= Boolean(result.host && path.length > 0);
  if (endsAbsolute && !absolute) path.unshift('');
  if (path.length > 0) {
    result.pathname = path.join('/');
  } else {
    result.pathname = null;
    result.path = null;
  }
  if (result.pathname !== null || result.search !== null) result.path = joinPath(result);
  result.auth = relative.auth || result.auth;
  result.slashes ||= relative.slashes;
  return finish(result);
};
