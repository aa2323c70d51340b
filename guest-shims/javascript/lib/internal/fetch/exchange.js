// One request and its answer over `binding.http`. An answer that nobody reads does not keep a run alive.

const { Channel } = require('internal/fetch/channel');
const { http } = binding;

class Exchange extends Channel {
  constructor(method, url, headers, hasBody) {
    super(http, http.start(method, url, headers, hasBody));
  }

  // [status, [name, value, …]]
  async response() {
    for (;;) {
      this.check();
      const response = http.response(this.id);
      if (response !== null) return response;
      await this.ready();
    }
  }
}

module.exports = { Exchange };
