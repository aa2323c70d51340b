const lines = [];
export const log = (line) => (line === undefined ? lines : lines.push(line));
