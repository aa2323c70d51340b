// The module `child_process`: a component has no processes beside it.

require('internal/unavailable').fill(exports, 'child_process', [
  'exec', 'execFile', 'execFileSync', 'execSync', 'fork', 'spawn', 'spawnSync',
], ['ChildProcess'], () => require('events'));
