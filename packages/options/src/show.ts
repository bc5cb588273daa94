/** Any value, short enough for one line of an error. */
export function show(value: unknown): string {
  if (typeof value === 'string')
    return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
  if (typeof value === 'function') return 'a function';
  if (value === null || typeof value !== 'object') return String(value);
  if (Array.isArray(value) || ArrayBuffer.isView(value)) {
    const items = Array.from(value as ArrayLike<unknown>);
    const shown = items
      .slice(0, 6)
      .map((item) => (typeof item === 'object' && item ? '…' : show(item)));
    return `[${shown.join(', ')}${items.length > 6 ? `, … (${items.length} items)` : ''}]`;
  }
  const type = Object.getPrototypeOf(value)?.constructor?.name ?? 'Object';
  const keys = Object.keys(value);
  const listed = keys.slice(0, 5).join(', ') + (keys.length > 5 ? ', …' : '');
  return type === 'Object' ? `an object { ${listed} }` : `an instance of ${type}`;
}
