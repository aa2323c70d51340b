// The old module `constants`: those of os, fs and crypto in one object.

const { constants } = require('os');

Object.assign(exports, constants.dlopen, constants.errno, constants.priority, constants.signals,
              require('fs').constants);
