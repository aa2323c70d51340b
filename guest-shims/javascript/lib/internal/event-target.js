const { Event, CustomEvent, kTrusted } = require('internal/event-target/event');
const target = require('internal/event-target/target');

module.exports = {
  Event,
  CustomEvent,
  kTrusted,
  ...target,
  get NodeEventTarget() { return require('internal/event-target/node').NodeEventTarget; },
};
