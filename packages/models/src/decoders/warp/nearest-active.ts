/**
 * Gives each pixel marked −1 the mark of its nearest marked pixel (Euclidean, exact; ties go to
 * the first in reading order).
 */
export function nearestActive(marks: Int32Array, width: number): Int32Array {
  const active: number[] = [];
  for (let p = 0; p < marks.length; p++) if (marks[p]! >= 0) active.push(p);
  return marks.map((mark, p) => {
    if (mark >= 0) return mark;
    const y = Math.floor(p / width);
    const x = p % width;
    let best = Infinity;
    let found = -1;
    for (const q of active) {
      const dy = Math.floor(q / width) - y;
      const dx = (q % width) - x;
      const distance = dx * dx + dy * dy;
      if (distance < best) {
        best = distance;
        found = marks[q]!;
      }
    }
    return found;
  });
}
