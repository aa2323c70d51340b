// The module `url`.

const { codes } = require('internal/errors');
const { defineLazy } = require('internal/util');

function domainToASCII(domain) {
  if (arguments.length < 1) throw new codes.ERR_MISSING_ARGS('domain');
  return binding.url.domainToASCII(require('internal/url').toText(domain));
}

function domainToUnicode(domain) {
  if (arguments.length < 1) throw new codes.ERR_MISSING_ARGS('domain');
  return binding.url.domainToUnicode(require('internal/url').toText(domain));
}

defineLazy(exports, 'internal/url/legacy', ['Url', 'parse', 'resolve', 'resolveObject', 'format']);
defineLazy(exports, 'internal/url', ['URL', 'URLSearchParams']);
exports.domainToASCII = domainToASCII;
exports.domainToUnicode = domainToUnicode;
defineLazy(exports, 'internal/url', ['pathToFileURL', 'fileURLToPath', 'urlToHttpOptions']);
