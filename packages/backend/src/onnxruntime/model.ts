import { integer, message, text } from './protobuf';

const FLOAT = 1;
const ATTRIBUTE_INT = 2;

const attribute = (name: string, value: number): number[] =>
  message(5, text(1, name), integer(3, value), integer(20, ATTRIBUTE_INT));

/** A float32 tensor of so many axes, of any size. */
const tensor = (field: number, name: string, axes: number): number[] => {
  const sizes = Array.from({ length: axes }, (_, i) => message(1, text(2, `${name}${i}`)));
  return message(
    field,
    text(1, name),
    message(2, message(1, integer(1, FLOAT), message(2, ...sizes))),
  );
};

/** A serialised ONNX model (IR 8, operator set 17) of one operator, from `inputs` to y. */
function model(
  operator: string,
  inputs: readonly string[],
  axes: number,
  ...attributes: number[][]
): Uint8Array {
  const node = message(
    1,
    ...inputs.map((name) => text(1, name)),
    text(2, 'y'),
    text(4, operator),
    ...attributes,
  );
  const graph = message(
    7,
    node,
    text(2, 'g'),
    ...inputs.map((name) => tensor(11, name, axes)),
    tensor(12, 'y', axes),
  );
  return Uint8Array.from([...integer(1, 8), ...message(8, integer(2, 17)), ...graph]);
}

/** y = op(a)·op(b). */
export const gemmModel = (transposeA: boolean, transposeB: boolean): Uint8Array =>
  model(
    'Gemm',
    ['a', 'b'],
    2,
    attribute('transA', Number(transposeA)),
    attribute('transB', Number(transposeB)),
  );

/** y = f(x) for each number of a vector. */
export const mapModel = (operator: string): Uint8Array => model(operator, ['x'], 1);
