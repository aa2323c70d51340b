// The module `dns`: names are resolved by the host, for fetch; a program cannot ask.

const { fill } = require('internal/unavailable');

const functions = [
  'getServers', 'lookup', 'lookupService', 'resolve', 'resolve4', 'resolve6', 'resolveAny', 'resolveCaa',
  'resolveCname', 'resolveMx', 'resolveNaptr', 'resolveNs', 'resolvePtr', 'resolveSoa', 'resolveSrv', 'resolveTxt',
  'reverse', 'setDefaultResultOrder', 'getDefaultResultOrder', 'setServers',
];

fill(exports, 'dns', functions, ['Resolver']);
exports.promises = fill({}, 'dns.promises', functions, ['Resolver']);
