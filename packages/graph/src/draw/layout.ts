import { Graph, layout as runDagre, type Point } from '@dagrejs/dagre';
import type { Drawing } from './model';

interface PlacedNode {
  readonly name: string;
  /** The centre. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly PlacedNode[];
  /** For each edge of the drawing its way from border to border, and where its label stands. */
  readonly routes: readonly { readonly points: readonly Point[]; readonly label: Point }[];
}

const NODE_HEIGHT = 34;
/** Average width of a character of the 14 px (nodes) and 11 px (labels) fonts, a little wide. */
const NODE_LETTER = 8.4;
const LABEL_LETTER = 6.6;

/** Places the nodes in layers, causes above effects (Sugiyama; by dagre). */
export function layoutOf({ names, edges }: Drawing): Layout {
  const graph = new Graph({ multigraph: true });
  const crowded = names.length > 12;
  graph.setGraph({
    rankdir: 'TB',
    nodesep: crowded ? 18 : 36,
    ranksep: crowded ? 44 : 52,
    edgesep: crowded ? 8 : 14,
  });
  names.forEach((name, i) => {
    const width = Math.max(NODE_HEIGHT + 8, Array.from(name).length * NODE_LETTER + 24);
    graph.setNode(String(i), { width, height: NODE_HEIGHT });
  });
  edges.forEach(({ from, to, label }, index) => {
    if (from === to) return; // drawn by hand below: dagre clips them at the picture's edge
    const width = label === '' ? 0 : label.length * LABEL_LETTER + 6;
    const height = label === '' ? 0 : 14;
    graph.setEdge(String(from), String(to), { width, height, labelpos: 'c' }, String(index));
  });
  runDagre(graph);
  const nodes = names.map((name, i) => {
    const { x, y, width, height } = graph.node(String(i)) as PlacedNode;
    return { name, x, y, width, height };
  });
  const rows = new Set(nodes.map(({ y }) => Math.round(y)));
  const routes = edges.map(({ from, to }, index) => {
    if (from === to) return selfLoop(nodes[from]!);
    const route = graph.edge(String(from), String(to), String(index)) as {
      points: Point[];
      x?: number;
      y?: number;
    };
    const middle = route.points[Math.floor(route.points.length / 2)]!;
    return {
      points: throughRows(route.points, nodes[from]!, nodes[to]!, rows),
      label: { x: route.x ?? middle.x, y: route.y ?? middle.y },
    };
  });
  return fitted(nodes, routes);
}

/**
 * The way points of an edge so that it leaves and enters nodes above or below, never sideways, and
 * goes straight through the rows of nodes between: what lies beside it there is not crossed.
 */
function throughRows(
  points: readonly Point[],
  from: PlacedNode,
  to: PlacedNode,
  rows: ReadonlySet<number>,
): Point[] {
  const side = (to.y > from.y ? 1 : -1) * (NODE_HEIGHT / 2);
  const inner = points.slice(1, -1).flatMap(({ x, y }) =>
    rows.has(Math.round(y))
      ? [
          { x, y: y - side },
          { x, y: y + side },
        ]
      : [{ x, y }],
  );
  const first = port(from, inner[0] ?? to, side);
  return [first, ...inner, port(to, inner[inner.length - 1] ?? from, -side)];
}

/** Where an edge touches a node: on its flat side, a little towards where the edge goes. */
function port({ x, y, width }: PlacedNode, toward: Point, side: number): Point {
  const reach = (width - NODE_HEIGHT) / 2;
  const shift = Math.max(-reach, Math.min(reach, (toward.x - x) / 4));
  return { x: x + shift, y: y + side };
}

/** Moves everything so that it starts at the margin: dagre's own box leaves out some detours. */
function fitted(nodes: readonly PlacedNode[], routes: Layout['routes']): Layout {
  const corners = [
    ...nodes.flatMap(({ x, y, width, height }) => [
      { x: x - width / 2, y: y - height / 2 },
      { x: x + width / 2, y: y + height / 2 },
    ]),
    ...routes.flatMap(({ points, label }) => [...points, label]),
  ];
  const left = Math.min(...corners.map(({ x }) => x)) - MARGIN;
  const top = Math.min(...corners.map(({ y }) => y)) - MARGIN;
  const right = Math.max(...corners.map(({ x }) => x)) + MARGIN;
  const bottom = Math.max(...corners.map(({ y }) => y)) + MARGIN;
  const move = <P extends Point>(point: P): P => ({
    ...point,
    x: point.x - left,
    y: point.y - top,
  });
  return {
    width: nodes.length === 0 ? 0 : Math.ceil(right - left),
    height: nodes.length === 0 ? 0 : Math.ceil(bottom - top),
    nodes: nodes.map(move),
    routes: routes.map(({ points, label }) => ({ points: points.map(move), label: move(label) })),
  };
}

const MARGIN = 16;
const LOOP = 30;

function selfLoop({ x, y, width }: PlacedNode): Layout['routes'][number] {
  const side = x + width / 2;
  return {
    points: [
      { x: side - 4, y: y - 9 },
      { x: side + LOOP, y: y - 18 },
      { x: side + LOOP, y: y + 18 },
      { x: side - 4, y: y + 9 },
    ],
    label: { x: side + LOOP + 12, y },
  };
}
