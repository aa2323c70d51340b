const lines = [];
export const note = (line) => (line === undefined ? lines.join(' | ') : lines.push(line));
