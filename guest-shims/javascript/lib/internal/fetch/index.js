// What fetch brings along, each loaded when it is asked for.

const lazy = (name, from) => Object.defineProperty(exports, name, {
  get: () => require(from)[name], enumerable: true, configurable: true,
});

lazy('fetch', 'internal/fetch/fetch');
lazy('Headers', 'internal/fetch/headers');
lazy('FormData', 'internal/fetch/form-data');
lazy('Request', 'internal/fetch/request');
lazy('Response', 'internal/fetch/response');
