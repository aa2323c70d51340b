// The module `wasi`.

require('internal/unavailable').fill(exports, 'wasi', [], ['WASI']);
