// The module `repl`.

require('internal/unavailable').fill(exports, 'repl', ['start'], ['REPLServer', 'Recoverable']);
