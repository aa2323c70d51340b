// What a program may set on the module `buffer`.

exports.INSPECT_MAX_BYTES = 50;
