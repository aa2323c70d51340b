export const other = named();
export default function named() { return typeof named; }
