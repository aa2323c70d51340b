const semver = require('semver');
console.log(semver.satisfies('1.2.3', '^1.2 || >=3 <4'), semver.sort(['1.10.0', '1.9.0', '1.10.0-rc.1']), semver.inc('1.2.3', 'preminor', 'beta'), semver.coerce('v3.4 stable').version, new semver.Range('~1.2.3').format());
