// Messages of streams, files, cryptography, performance and the network.

const received = (value) => require('internal/errors/messages').received(value);

module.exports = {
  __proto__: null,

  ERR_DIR_CLOSED: ['Error', 'Directory handle was closed'],
  ERR_DIR_CONCURRENT_OPERATION: ['Error',
    'Cannot do synchronous work on directory handle with concurrent asynchronous operations'],
  ERR_FS_CP_DIR_TO_NON_DIR: ['SystemError', 'Cannot overwrite non-directory with directory'],
  ERR_FS_CP_EEXIST: ['SystemError', 'Target already exists'],
  ERR_FS_CP_EINVAL: ['SystemError', 'Invalid src or dest'],
  ERR_FS_CP_FIFO_PIPE: ['SystemError', 'Cannot copy a FIFO pipe'],
  ERR_FS_CP_NON_DIR_TO_DIR: ['SystemError', 'Cannot overwrite directory with non-directory'],
  ERR_FS_CP_SOCKET: ['SystemError', 'Cannot copy a socket file'],
  ERR_FS_CP_SYMLINK_TO_SUBDIRECTORY: ['SystemError', 'Cannot overwrite symlink in subdirectory of self'],
  ERR_FS_CP_UNKNOWN: ['SystemError', 'Cannot copy an unknown file type'],
  ERR_FS_EISDIR: ['SystemError', 'Path is a directory'],
  ERR_FS_FILE_TOO_LARGE: ['RangeError', (size) => `File size (${size}) is greater than 2 GiB`],
  ERR_FS_INVALID_SYMLINK_TYPE: ['Error', (type) =>
    `Symlink type must be one of "dir", "file", or "junction". Received "${type}"`],

  ERR_MULTIPLE_CALLBACK: ['Error', 'Callback called multiple times'],
  ERR_STREAM_ALREADY_FINISHED: ['Error', (name) => `Cannot call ${name} after a stream was finished`],
  ERR_STREAM_CANNOT_PIPE: ['Error', 'Cannot pipe, not readable'],
  ERR_STREAM_DESTROYED: ['Error', (name) => `Cannot call ${name} after a stream was destroyed`],
  ERR_STREAM_NULL_VALUES: ['TypeError', 'May not write null values to stream'],
  ERR_STREAM_PREMATURE_CLOSE: ['Error', 'Premature close'],
  ERR_STREAM_PUSH_AFTER_EOF: ['Error', 'stream.push() after EOF'],
  ERR_STREAM_UNSHIFT_AFTER_END_EVENT: ['Error', 'stream.unshift() after end event'],
  ERR_STREAM_WRAP: ['Error', 'Stream has StringDecoder set or is in objectMode'],
  ERR_STREAM_WRITE_AFTER_END: ['Error', 'write after end'],
  ERR_TTY_INIT_FAILED: ['SystemError', 'TTY initialization failed'],
  ERR_INVALID_CURSOR_POS: ['TypeError', 'Cannot set cursor row without setting its column'],

  ERR_CRYPTO_HASH_FINALIZED: ['Error', 'Digest already called'],
  ERR_CRYPTO_HASH_UPDATE_FAILED: ['Error', 'Hash update failed'],
  ERR_CRYPTO_INCOMPATIBLE_KEY: ['Error', (name, text) => `Incompatible ${name}: ${text}`],
  ERR_CRYPTO_INVALID_DIGEST: ['TypeError', (digest) => `Invalid digest: ${digest}`],
  ERR_CRYPTO_INVALID_JWK: ['TypeError', 'Invalid JWK data'],
  ERR_CRYPTO_INVALID_KEYLEN: ['RangeError', 'Invalid key length'],
  ERR_CRYPTO_INVALID_KEYTYPE: ['RangeError', 'Invalid key type'],
  ERR_CRYPTO_INVALID_KEY_OBJECT_TYPE: ['TypeError', (type, expected) => `Invalid key object type ${type}, expected ${expected}.`],
  ERR_CRYPTO_INVALID_STATE: ['Error', (name) => `Invalid state for operation ${name}`],
  ERR_CRYPTO_SCRYPT_INVALID_PARAMETER: ['Error', 'Invalid scrypt parameter'],
  ERR_CRYPTO_SIGN_KEY_REQUIRED: ['Error', 'No key provided to sign'],
  ERR_CRYPTO_TIMING_SAFE_EQUAL_LENGTH: ['RangeError', 'Input buffers must have the same byte length'],
  ERR_CRYPTO_UNKNOWN_CIPHER: ['Error', 'Unknown cipher'],

  ERR_PERFORMANCE_INVALID_TIMESTAMP: ['TypeError', (time) => `${time} is not a valid timestamp`],
  ERR_PERFORMANCE_MEASURE_INVALID_OPTIONS: ['TypeError', (text) => text],
  ERR_VALID_PERFORMANCE_ENTRY_TYPE: ['Error', 'At least one valid performance entry type is required'],

  ERR_HTTP_BODY_NOT_ALLOWED: ['Error', 'Adding content for this request method or response status is not allowed.'],
  ERR_HTTP_HEADERS_SENT: ['Error', (verb) => `Cannot ${verb} headers after they are sent to the client`],
  ERR_HTTP_INVALID_HEADER_VALUE: ['TypeError', (value, name) => `Invalid value "${value}" for header "${name}"`],
  ERR_HTTP_INVALID_STATUS_CODE: ['RangeError', (status) => `Invalid status code: ${status}`],
  ERR_INVALID_ADDRESS: ['Error', 'Invalid address'],
  ERR_INVALID_ADDRESS_FAMILY: ['RangeError', (family, host, port) => `Invalid address family: ${family} ${host}:${port}`,
    (family, host, port) => ({ host, port })],
  ERR_INVALID_HTTP_TOKEN: ['TypeError', (name, field) => `${name} must be a valid HTTP token ["${field}"]`],
  ERR_INVALID_IP_ADDRESS: ['TypeError', (address) => `Invalid IP address: ${address}`],
  ERR_INVALID_PROTOCOL: ['TypeError', (actual, expected) => `Protocol "${actual}" not supported. Expected "${expected}"`],
  ERR_SERVER_ALREADY_LISTEN: ['Error', 'Listen method has been called more than once without closing.'],
  ERR_SERVER_NOT_RUNNING: ['Error', 'Server is not running.'],
  ERR_SOCKET_BAD_PORT: ['RangeError', (name, port, allowZero = true) =>
    `${name} should be ${allowZero ? '>=' : '>'} 0 and < 65536. Received ${received(port)}.`],
  ERR_SOCKET_CLOSED: ['Error', 'Socket is closed'],
  ERR_UNESCAPED_CHARACTERS: ['TypeError', (name) => `${name} contains unescaped characters`],
  ERR_IPC_CHANNEL_CLOSED: ['Error', 'Channel closed'],

  ERR_MESSAGE_TARGET_CONTEXT_UNAVAILABLE: ['Error', 'Message target context unavailable'],
  ERR_MISSING_TRANSFERABLE_IN_TRANSFER_LIST: ['TypeError',
    'Object that needs transfer was found in message but not listed in transferList'],
  ERR_CLOSED_MESSAGE_PORT: ['Error', 'Cannot send data on closed MessagePort'],
  ERR_WORKER_NOT_RUNNING: ['Error', 'Worker instance not running'],
  ERR_WORKER_UNSUPPORTED_OPERATION: ['TypeError', (name) => `${name} is not supported in workers`],
  ERR_WEBASSEMBLY_RESPONSE: ['TypeError', (text) => `WebAssembly response ${text}`],

  ERR_DLOPEN_DISABLED: ['Error', 'Cannot load native addon because loading addons is disabled.'],
  ERR_TEST_FAILURE: ['Error', (error) => error?.message ?? String(error),
    (error, failureType) => ({ failureType, cause: error })],
  ERR_UNHANDLED_REJECTION: ['Error', (reason) =>
    'This error originated either by throwing inside of an async function without a catch block, or by rejecting a ' +
    `promise which was not handled with .catch(). The promise rejected with the reason "${reason}".`],
};
