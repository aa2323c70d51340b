// The whole of a stream, of Node or of the web.

async function pieces(stream, take) {
  for await (const chunk of stream) take(chunk);
}

async function blob(stream) {
  const chunks = [];
  await pieces(stream, (chunk) => chunks.push(chunk));
  return new (require('internal/blob').Blob)(chunks);
}

async function arrayBuffer(stream) {
  return (await blob(stream)).arrayBuffer();
}

async function buffer(stream) {
  return Buffer.from(await arrayBuffer(stream));
}

async function text(stream) {
  const decoder = new (require('internal/encoding').TextDecoder)();
  let whole = '';
  await pieces(stream, (chunk) => {
    whole += typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true });
  });
  return whole + decoder.decode();
}

async function json(stream) {
  return JSON.parse(await text(stream));
}

module.exports = { arrayBuffer, blob, buffer, text, json };
