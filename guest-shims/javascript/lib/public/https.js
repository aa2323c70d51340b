// The module `https`: programs reach the network through fetch.

const http = require('http');

require('internal/unavailable').fill(exports, 'https', ['createServer', 'get', 'request'], ['Server'],
                                     () => require('events'));
exports.Agent = http.Agent;
exports.globalAgent = http.globalAgent;
