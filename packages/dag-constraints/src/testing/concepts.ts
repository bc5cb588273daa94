import { createRng } from '@causal/random';

/** `n` random rows of the pendulum grid (angle, light, length, position; spec: data sets). */
export function pendulumLabels(n: number, seed: number): number[][] {
  const rows: number[][] = [];
  for (let i = -40; i <= 43; i++) {
    for (let j = 60; j <= 147; j++) {
      if (j === 100) continue;
      const angle = (i * Math.PI) / 200;
      const light = (j * Math.PI) / 200;
      const slope = Math.tan(light);
      const project = (x: number, y: number): number => (-0.5 - (y - x * slope)) / slope;
      const pivot = project(10, 10.5);
      const end = project(10 + 9.5 * Math.sin(angle), 10.5 - 9.5 * Math.cos(angle));
      rows.push([angle, light, Math.max(3, Math.abs(pivot - end)), (pivot + end) / 2]);
    }
  }
  return draw(rows, n, seed);
}

export const PENDULUM_GRAPH = [
  [0, 0, 1, 1],
  [0, 0, 1, 1],
  [0, 0, 0, 0],
  [0, 0, 0, 0],
];

/** `n` random rows of the flow grid (ball size, water height, water flow, hole position). */
export function flowLabels(n: number, seed: number): number[][] {
  const rows: number[][] = [];
  for (let r = 5; r <= 34; r++) {
    for (let h = 10; h <= 39; h++) {
      for (let k = 6; k <= 14; k++) {
        const ball = r / 30;
        const height = ball ** 3 + h / 10;
        const hole = k / 3;
        rows.push([ball, height, Math.sqrt(1.96 * height * (hole - 0.5)), hole]);
      }
    }
  }
  return draw(rows, n, seed);
}

export const FLOW_GRAPH = [
  [0, 1, 0, 0],
  [0, 0, 1, 0],
  [0, 0, 0, 0],
  [0, 0, 1, 0],
];

function draw(rows: number[][], n: number, seed: number): number[][] {
  return [...createRng(seed).permutation(rows.length).subarray(0, n)].map((i) => rows[i]!);
}
