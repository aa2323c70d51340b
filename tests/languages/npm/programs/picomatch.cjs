const picomatch = require('picomatch');
const match = picomatch(['src/**/*.{js,ts}', '!**/*.test.*']);
console.log(['src/a.js', 'src/b/c.ts', 'lib/a.js', 'src/a.test.js'].map((name) => match(name)), picomatch.makeRe('a/[0-9]?(x)*').source);
