// The module `https`: requests go by the wire of fetch, and nobody serves TLS here.

const http = require('http');

require('internal/unavailable').fill(exports, 'https', ['createServer'], ['Server'],
                                     () => require('events'));
exports.request = (url, options, callback) => new http.ClientRequest(url, options, callback, 'https:');
exports.get = function get(url, options, callback) {
  const request = exports.request(url, options, callback);
  request.end();
  return request;
};
exports.Agent = http.Agent;
exports.globalAgent = http.globalAgent;
